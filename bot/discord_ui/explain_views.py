"""Why a question found what it found, as moderators read it in Discord."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from discord import ui

from bot.core import limits
from bot.core import wording_moderators as wording
from bot.core.library import Library
from bot.core.outcome import Abstain, Answer, Outcome, Refer, Suggest
from bot.discord_ui.buttons import said
from bot.discord_ui.render import cut, quoted
from bot.matching.explain import Explanation, Near, Reasoned

WORDS_SHOWN = 6
_TEXT_ROOM = 150
_QUESTION_ROOM = 300
_ROOM = limits.MESSAGE_TEXT - 300
"""The last line, on how to mend it, stands whatever had to be cut above it."""


def explain_view(
    question: str, found: Explanation, library: Library, shown: str | None = None
) -> ui.LayoutView:
    """The question, how it was read, what was decided, and what speaks for and against each candidate.

    `shown` is the entry of the answer that it is asked of; it is marked among the candidates.
    """
    return said(cut("\n".join(_lines(question, found, library, shown)), _ROOM), wording.EXPLAIN_MEND)


def _lines(question: str, found: Explanation, library: Library, shown: str | None) -> Iterator[str]:
    yield wording.EXPLAIN_HEADING.format(question=quoted(question, _QUESTION_ROOM))
    if not found.read_as:
        yield wording.EXPLAIN_NOTHING
    else:
        yield wording.EXPLAIN_READ_AS.format(text=quoted(found.read_as, _QUESTION_ROOM))
    for typed, read in found.respelt[:WORDS_SHOWN]:
        yield wording.EXPLAIN_RESPELT.format(typed=quoted(typed, _TEXT_ROOM), read=quoted(read, _TEXT_ROOM))
    yield _decision(found)
    if found.passed_over is not None:
        yield wording.EXPLAIN_PASSED_OVER.format(kind=found.passed_over)
    if found.read_as:
        yield _counted(found)
        yield _unknown(found)
    decided = {candidate.entry_id: candidate.confidence for candidate in found.outcome.candidates}
    for place, own in enumerate(found.candidates, start=1):
        # Whoever is left out of what was decided was hit by a decoy, word for word.
        sure = own.confidence if own.is_kind or not decided else decided.get(own.id, 0.0)
        yield from _candidate(place, own, sure, library, shown)
    if shown is not None and shown not in [own.id for own in found.candidates]:
        yield wording.EXPLAIN_NOT_AMONG


def _decision(found: Explanation) -> str:
    limits_now = found.thresholds
    sure = found.outcome.candidates[0].confidence if found.outcome.candidates else 0.0
    match found.outcome:
        case Answer():
            return wording.EXPLAIN_ANSWER.format(sure=sure, limit=limits_now.answer)
        case Suggest():
            return wording.EXPLAIN_SUGGEST.format(sure=sure, low=limits_now.suggest, high=limits_now.answer)
        case Refer(kind):
            return wording.EXPLAIN_REFER.format(kind=kind, limit=limits_now.refer)
        case Abstain():
            return wording.EXPLAIN_ABSTAIN.format(why=_why(found.outcome, found, sure))


def _why(outcome: Outcome, found: Explanation, sure: float) -> str:
    reason = outcome.reason if isinstance(outcome, Abstain) else None
    if reason in wording.EXPLAIN_WHY:
        return wording.EXPLAIN_WHY[reason]
    if not found.candidates:
        return wording.EXPLAIN_NONE
    return wording.EXPLAIN_TOO_UNSURE.format(sure=sure, limit=found.thresholds.suggest)


def _counted(found: Explanation) -> str:
    if not found.counted:
        return wording.EXPLAIN_NO_WORD_COUNTED
    told = ", ".join(
        f"{quoted(word, _TEXT_ROOM)} ({lost:+.2f})" for word, lost in found.counted[:WORDS_SHOWN]
    )
    return wording.EXPLAIN_COUNTED.format(words=told)


def _unknown(found: Explanation) -> str:
    if not found.unknown:
        return wording.EXPLAIN_ALL_KNOWN
    words = ", ".join(quoted(word, _TEXT_ROOM) for word in found.unknown[:WORDS_SHOWN])
    return wording.EXPLAIN_UNKNOWN.format(words=words)


def _candidate(place: int, own: Reasoned, sure: float, library: Library, shown: str | None) -> Iterator[str]:
    entry = None if own.is_kind else library.entries.get(own.id)
    title = entry.question if entry is not None else wording.EXPLAIN_KIND.format(id=own.id)
    line = wording.EXPLAIN_CANDIDATE.format(place=place, title=title, sure=sure)
    yield f"{line} {wording.EXPLAIN_THIS}" if own.id == shown else line
    if own.phrasings:
        yield wording.EXPLAIN_PHRASINGS
        yield from _near(own.phrasings)
    if own.decoys:
        yield wording.EXPLAIN_DECOYS
        yield from _near(own.decoys)


def _near(texts: Sequence[Near]) -> Iterator[str]:
    for near in texts:
        yield wording.EXPLAIN_NEAR.format(alike=near.alike, text=quoted(near.text, _TEXT_ROOM))
