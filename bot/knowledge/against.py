"""Against: what was changed in substance since an older state, and whether a correction says so."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

from bot.core.corrected import Change, uncorrected
from bot.core.entry import Entry
from bot.core.library import Library
from bot.core.problem import Problem
from bot.knowledge.git import NoRepository, RepositoryError
from bot.knowledge.load import KnowledgeNotFoundError, Loaded, load_library
from bot.knowledge.revisions import Revisions
from bot.knowledge.rulebook import quoted
from bot.knowledge.rules import Finding
from bot.knowledge.snapshot import write_snapshot
from bot.knowledge.tree import Path as Place

WORDS_AROUND = 3
"""Of what changed in a long text, so that it is found."""
_FIELDS = {
    "the urgent line": "urgent",
    "professional_first": "professional_first",
    "the caveat level": "caveat",
    "the answer": "answer",
}
_MEND = "add to `corrections`: `- on: year-month-day` and `changed: what members should know now`"


def library_at(folder: Path, revision: str) -> Library:
    """The knowledge of a folder as it stood at a revision of the repository around it, as far as it reads.

    Raises RepositoryError, whose message tells the mend.
    """
    revisions = Revisions.of(folder)
    if isinstance(revisions, NoRepository):
        raise RepositoryError(f"{revisions.why}; give a folder that is kept in git, or leave --against out")
    files = revisions.files_at(revision)
    with tempfile.TemporaryDirectory(prefix="caveat-against-") as made:
        write_snapshot(files, Path(made))
        try:
            return load_library(Path(made)).draft
        except KnowledgeNotFoundError as fault:
            where = f"there was no knowledge in this folder at {quoted(revision)}"
            raise RepositoryError(f"{where}: name a later commit, branch or tag") from fault


def correction_problems(before: Library, loaded: Loaded) -> Iterator[Problem]:
    """What members who read the older answers would not be told of."""
    for owner in loaded.owners:
        old = None if owner.is_kind else before.entries.get(owner.id)
        new = None if owner.is_kind else loaded.draft.entries.get(owner.id)
        if old is not None and new is not None:
            for place, rule, message, mend in (*_gone(old, new), *_missing(old, new)):
                yield owner.problem(place, rule, message, mend)


def _gone(old: Entry, new: Entry) -> Iterator[Finding]:
    """Members were promised a public record; and which message shows which is counted by their number."""
    days = [correction.on for correction in new.corrections]
    for position, correction in enumerate(old.corrections):
        if position >= len(days) or days[position] != correction.on:
            message = f"the correction of {correction.on} is gone: {quoted(correction.changed)}"
            mend = "put it back where it stood, and newer ones below it: the record of corrections is public"
            yield ("corrections",), "correction-gone", message, mend
            return


def _missing(old: Entry, new: Entry) -> Iterator[Finding]:
    for change in uncorrected(old, new):
        was, now = map(quoted, _passages(change.before, change.after))
        said = f"{change.what} was {was} and is {now}"
        place = _place(change, new)
        if change.may_be_typo:
            mend = f"where it is more than a slip of the pen, {_MEND}"
            yield place, "correction-perhaps", f"{said}, without a new correction", mend
        else:
            yield place, "correction-missing", f"{said}, without a new correction", _MEND


def _passages(before: str, after: str) -> tuple[str, str]:
    """Where two texts part for the first time, with a few words around it."""
    was, now = before.split(), after.split()
    for how, at, end, there, there_end in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if how != "equal":
            first = max(at - WORDS_AROUND, 0), max(there - WORDS_AROUND, 0)
            old, new = was[first[0] : end + WORDS_AROUND], now[first[1] : there_end + WORDS_AROUND]
            return " ".join(old), " ".join(new)
    return before, after


def _place(change: Change, entry: Entry) -> Place:
    """Where the change stands in the file."""
    if change.what in _FIELDS:
        return (_FIELDS[change.what],)
    for position, claim in enumerate(entry.claims):
        if change.what.endswith(f" {claim.id}"):
            return ("claims", position, "verdict")
    return ("claims",)
