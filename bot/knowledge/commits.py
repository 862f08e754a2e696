"""A commit made without a working copy: its tree, its author, its message, and the name of its branch."""

from __future__ import annotations

import re
import secrets
import tempfile
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from bot.knowledge.git import Git, RepositoryError
from bot.knowledge.scalars import one_line, paragraphs

NOREPLY = "noreply@caveat.invalid"
COMMITTER = "Caveat"
SOMEBODY = "A moderator"
PREFIX = "caveat/"
_LONGEST_AUTHOR = 80
_LONGEST_NAME = 40
_STRIPPED_BY_GIT = " .,:;'\"\\<>"
# Where `git am` would see the end of the message, a header, or the next mail.
_NOT_IN_A_MAIL = re.compile(
    r"^(?=---|diff -|Index: |>*From |(?:From|Date|Subject|Content-\S+|MIME-\S+): )", re.MULTILINE
)


def commit_files(
    git: Git, folder: Path, parent: str, files: Mapping[str, str], *, author_name: str, message: str
) -> str | None:
    """A commit upon `parent` with these files (path in the repository -> whole text).

    None where that changes nothing. No ref names it yet; its dates are now, in UTC.
    `folder` is for an index that is gone afterwards.
    """
    with tempfile.TemporaryDirectory(dir=folder, prefix="work-") as made:
        index = {"GIT_INDEX_FILE": str(Path(made) / "index")}
        git.ask("read-tree", parent, env=index)
        listed = b"".join(
            f"100644 {git.ask('hash-object', '-w', '--stdin', stdin=_raw(text))}\t{path}\0".encode()
            for path, text in files.items()
        )
        git.ask("update-index", "-z", "--index-info", stdin=listed, env=index)
        tree = git.ask("write-tree", env=index)
    if tree == git.ask("rev-parse", "--verify", f"{parent}^{{tree}}"):
        return None
    said = commit_message(message).encode()
    return git.ask("commit-tree", tree, "-p", parent, "-F", "-", stdin=said, env=_people(author_name))


def author(name: str) -> str:
    """A display name as git takes one: on one line, without <>, not empty."""
    plain = one_line(name.replace("<", "").replace(">", ""))[:_LONGEST_AUTHOR].strip(_STRIPPED_BY_GIT)
    return plain or SOMEBODY


def commit_message(text: str) -> str:
    """A message that arrives whole in a patch: its first line is its subject, an empty line follows.

    What `git am` would read as its own, such as a line of dashes, is set in by a blank.
    """
    subject, _, body = (paragraphs(text) or "Change the knowledge").partition("\n")
    body = re.sub(r"\n{3,}", "\n\n", body.strip("\n"))
    return _NOT_IN_A_MAIL.sub(" ", f"{subject}\n\n{body}").strip() + "\n"


def branch_name(name: str) -> str:
    """A new branch, called after what is done in it; its ending keeps it apart from every other."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", letters))[:_LONGEST_NAME].strip("-") or "change"
    return f"{PREFIX}{slug}-{secrets.token_hex(3)}"


def _people(author_name: str) -> dict[str, str]:
    return {
        "GIT_AUTHOR_NAME": author(author_name),
        "GIT_AUTHOR_EMAIL": NOREPLY,
        "GIT_COMMITTER_NAME": COMMITTER,
        "GIT_COMMITTER_EMAIL": NOREPLY,
    }


def _raw(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise RepositoryError(
            "the text holds half a character, which no file can hold: type it anew"
        ) from None
