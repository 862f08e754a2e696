"""What a moderator proposes in words, and what it makes of the files; nothing that could tell who asked."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from pathlib import PurePosixPath

from bot.core.problem import Problem
from bot.core.scrub import KEPT_CHARACTERS, scrub
from bot.knowledge.draft import new_entry
from bot.knowledge.edit import Refused, add_decoy, add_phrasing
from bot.knowledge.rulebook import quoted
from bot.knowledge.scalars import one_line, paragraphs
from bot.store.changes import ChangeKind, FileChange

_ENTRY_FILE = re.compile(r"entries/[^/]+/([^/]+)\.yaml")
_PIECE = KEPT_CHARACTERS - 100


class Why(StrEnum):
    """Why nothing was proposed. The first six are those of `bot.knowledge.edit.Refusal`."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    DUPLICATE = "duplicate"
    LIST_FULL = "list-full"
    NO_LIST = "no-list"
    UNREADABLE = "unreadable"
    TELLS_WHO = "tells-who"
    UNKNOWN = "unknown"
    ERRORS = "errors"
    OUTDATED = "outdated"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class NotProposed:
    """Why not, and what to do, in one line of plain words each; nothing was written down.

    `problems` are those that the change would cause. `rewording` is the text as it could go in, where
    that which was typed holds what could tell who asked.
    """

    why: Why
    message: str
    mend: str
    problems: tuple[Problem, ...] = ()
    rewording: str | None = None


@dataclass(frozen=True, slots=True)
class Addition:
    """One more phrasing or decoy of an entry."""

    kind: ChangeKind
    entry_id: str
    words: str


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be drafted: the question, and whatever is known already.

    `level` and `group` are keys of caveats.yaml and groups.yaml, `sources` keys of sources.yaml.
    """

    question: str
    level: str
    group: str
    answer: str = ""
    details: str = ""
    sources: tuple[str, ...] = ()
    phrasings: tuple[str, ...] = ()
    professional_first: bool = True


@dataclass(frozen=True, slots=True)
class Written:
    """The entry's id, and its file as it was and as it is to be."""

    entry_id: str
    file: FileChange


def telling(idea: Addition | NewEntry) -> NotProposed | None:
    """The refusal of words that hold what could tell who asked: git does not forget. None for others."""
    for what, text in _texts(idea):
        for piece in _pieces(text):
            if (scrubbed := scrub(piece)) != piece:
                message = f"the {what} holds what could tell who asked; without it: {quoted(scrubbed)}"
                mend = "git does not forget, so write it in words of your own and send it again"
                return NotProposed(Why.TELLS_WHO, message, mend, rewording=scrubbed)
    return None


def written(idea: Addition | NewEntry, files: Mapping[str, str], today: date) -> Written | NotProposed:
    """The idea in the knowledge `files` (path -> text). Refused as `bot.knowledge.edit.Refusal` says.

    Also where the entry that is meant, or the group, is unknown.
    """
    if isinstance(idea, Addition):
        return _added(idea, files)
    ids = entry_paths(files)
    try:
        made = new_entry(
            question=idea.question,
            group=idea.group,
            caveat=idea.level,
            today=today,
            answer=idea.answer,
            details=idea.details,
            sources=idea.sources,
            phrasings=idea.phrasings,
            professional_first=idea.professional_first,
            taken=ids,
        )
    except ValueError:
        groups = sorted({PurePosixPath(path).parts[1] for path in ids.values()})
        message = f"{quoted(idea.group)} is not a group"
        return NotProposed(Why.UNKNOWN, message, f"take one of these: {', '.join(groups)}")
    if isinstance(made, Refused):
        return refusal(made)
    return Written(made.slug, FileChange(made.path, None, made.text))


def entry_paths(files: Mapping[str, str]) -> dict[str, str]:
    """Id -> path of every entry."""
    hits = (_ENTRY_FILE.fullmatch(path) for path in files)
    return {hit[1]: hit[0] for hit in hits if hit is not None}


def add(kind: ChangeKind, text: str, words: str) -> str | Refused:
    """The text of an entry's file with one more phrasing or decoy."""
    edited = (add_phrasing if kind is ChangeKind.PHRASING else add_decoy)(text, words)
    return edited if isinstance(edited, Refused) else edited.text


def refusal(refused: Refused) -> NotProposed:
    """Why an edit was not made, as why nothing was proposed."""
    return NotProposed(Why(refused.why.value), refused.message, refused.mend)


def _added(idea: Addition, files: Mapping[str, str]) -> Written | NotProposed:
    ids = entry_paths(files)
    path = ids.get(idea.entry_id)
    if path is None:
        near = get_close_matches(idea.entry_id, ids, n=1)
        mend = (
            f'did you mean "{near[0]}"?' if near else "an entry's id is the name of its file, without .yaml"
        )
        return NotProposed(Why.UNKNOWN, f"there is no entry {quoted(idea.entry_id)}", mend)
    new = add(idea.kind, files[path], idea.words)
    if isinstance(new, Refused):
        return refusal(new)
    return Written(idea.entry_id, FileChange(path, files[path], new))


def _texts(idea: Addition | NewEntry) -> Iterator[tuple[str, str]]:
    if isinstance(idea, Addition):
        yield idea.kind.value, idea.words
        return
    yield "question", idea.question
    yield from (("phrasing", text) for text in idea.phrasings)
    yield "answer", idea.answer
    yield "longer story", idea.details


def _pieces(text: str) -> Iterator[str]:
    """The text in parts that are short enough to be scrubbed whole, each on one line."""
    for line in paragraphs(text).split("\n"):
        yield from textwrap.wrap(one_line(line), _PIECE, break_long_words=False, break_on_hyphens=False)
