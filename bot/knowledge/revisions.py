"""Read the knowledge as it was at a revision; nothing is checked out, nothing in the repository changes."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from bot.knowledge.git import Git, NoRepository, RepositoryError, find_git, parts_at_zeros
from bot.knowledge.rulebook import quoted

_FILE = re.compile(rb"100[0-7]{3} blob ([0-9a-f]+)\t(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Revisions:
    """A repository and the folder in it that holds the knowledge; "" where it holds nothing else.

    Revisions are named as git takes them: a commit, a branch, a tag, `HEAD~1`. Paths are relative
    to the knowledge folder, as in a Problem. Each method raises RepositoryError for a name that is none.
    """

    git: Git
    knowledge_path: str

    @classmethod
    def of(cls, folder: Path) -> Revisions | NoRepository:
        """The repository around a knowledge folder, such as the working copy that one is in."""
        git = find_git()
        if isinstance(git, NoRepository):
            return git
        place = git_dir_of(git, folder)
        if place is None:
            return no_repository_at(folder)
        prefix = replace(git, settings=_ANY_OWNER).run("rev-parse", "--show-prefix", where=folder)
        path = os.fsdecode(prefix.out).strip("\n").strip("/") if prefix.code == 0 else ""
        return cls(replace(git, git_dir=place), path)

    def commit_of(self, revision: str) -> str:
        """The full name of the commit that is meant."""
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if revision.isprintable() and (ran := self.git.run(*words)).code == 0:
            return ran.out.decode().strip()
        mend = "name a commit, a branch or a tag that is there; `git fetch` brings those that are not"
        raise RepositoryError(f"{quoted(revision)} is no revision of this repository: {mend}")

    def files_at(self, revision: str) -> dict[str, str]:
        """Path -> text of every file, in the order of the paths.

        A byte that is no UTF-8 becomes a lone surrogate; encoding with `surrogateescape` gives it back.
        """
        found = self._blobs(self._listed(revision))
        return {path: raw.decode("utf-8", "surrogateescape") for path, raw in found}

    def text_at(self, revision: str, path: str) -> str | None:
        """One file's text as in `files_at`, None where it is not there."""
        inside = self.inside(path)
        listed = [item for item in self._listed(revision) if item[0] == inside]
        return next((raw.decode("utf-8", "surrogateescape") for _, raw in self._blobs(listed)), None)

    def changed_files(self, revision: str, since: str | None = None) -> tuple[str, ...]:
        """Paths that differ between two revisions, sorted.

        Without `since`: what `revision` changes against the main line, from where it left that.
        """
        commit = self.commit_of(revision)
        start = self.commit_of(since) if since is not None else self._parting(commit)
        words = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", start, commit, "--", *self._only()]
        changed = parts_at_zeros(self.git.ask_bytes(*words))
        return tuple(sorted(self._outside(os.fsdecode(name)) for name in changed))

    def export(self, revision: str, folder: Path) -> None:
        """Write the knowledge as it was into a folder that does not exist yet: wholly, or not at all."""
        commit = self.commit_of(revision)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}-") as made:
            whole = Path(made) / "whole"
            whole.mkdir()
            for path, raw in self._blobs(self._listed(commit)):
                file = whole / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(raw)
            if folder.exists():
                raise RepositoryError(f"{folder} is there already: name a folder that does not exist")
            whole.rename(folder)

    def inside(self, path: str) -> str:
        """The path in the repository of a path in the knowledge folder.

        Raises RepositoryError for one that would leave it, or that git keeps for itself.
        """
        parts = PurePosixPath(path).parts
        is_odd = not path or path != "/".join(parts) or path.startswith("/") or "\0" in path or "\n" in path
        if is_odd or not all(_is_name(part) for part in parts):
            raise RepositoryError(
                f"{quoted(path)} is no path within the knowledge folder: write entries/group/name.yaml"
            )
        return f"{self.knowledge_path}/{path}" if self.knowledge_path else path

    def _outside(self, path: str) -> str:
        return path.removeprefix(f"{self.knowledge_path}/") if self.knowledge_path else path

    def _only(self) -> list[str]:
        return [self.knowledge_path] if self.knowledge_path else []

    def _parting(self, commit: str) -> str:
        ran = self.git.run("merge-base", "HEAD", commit)
        if ran.code != 0:
            raise RepositoryError(
                f"{commit[:12]} and the main line share no commit: name what to compare it with"
            )
        return ran.out.decode().strip()

    def _listed(self, revision: str) -> list[tuple[str, str]]:
        """Path in the repository and blob of every ordinary file; links and submodules are none."""
        commit = self.commit_of(revision)
        listing = self.git.ask_bytes("ls-tree", "-r", "-z", "--full-tree", commit, "--", *self._only())
        found = (_FILE.fullmatch(line) for line in parts_at_zeros(listing))
        return [(os.fsdecode(hit[2]), hit[1].decode()) for hit in found if hit is not None]

    def _blobs(self, listed: list[tuple[str, str]]) -> Iterator[tuple[str, bytes]]:
        """Path in the knowledge folder and content, in the order given."""
        wanted = [(path, blob) for path, blob in listed if all(map(_is_name, path.split("/")))]
        if not wanted:
            return
        names = "".join(f"{blob}\n" for _, blob in wanted).encode()
        out = self.git.ask_bytes("cat-file", "--batch", stdin=names)
        at = 0
        for path, _ in wanted:
            end = out.index(b"\n", at)
            size = int(out[at:end].rsplit(b" ", 1)[1])
            yield self._outside(path), out[end + 1 : end + 1 + size]
            at = end + 1 + size + 1


def git_dir_of(git: Git, folder: Path) -> Path | None:
    """Where the repository around a folder keeps the history of all its working copies; None for none."""
    if not folder.is_dir():
        return None
    asked = replace(git, settings=_ANY_OWNER)
    ran = asked.run("rev-parse", "--path-format=absolute", "--git-common-dir", where=folder)
    return Path(os.fsdecode(ran.out.removesuffix(b"\n"))) if ran.code == 0 else None


def no_repository_at(folder: Path) -> NoRepository:
    """That the folder lies in no repository."""
    return NoRepository(
        f"{folder} lies in no git repository",
        "set the address of a remote, or take the file and the patch",
    )


_ANY_OWNER = (("safe.directory", "*"),)
"""The folder was named by whoever runs the bot, and is only read; in a container another user owns it."""


def _is_name(part: str) -> bool:
    return part not in ("", ".", "..") and part.lower() != ".git"
