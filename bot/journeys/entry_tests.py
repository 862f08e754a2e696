"""The entries' own tests, and what else only the search can tell of a library, as problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.entry import Entry
from bot.core.library import Library, SafetyKind
from bot.core.outcome import Answer, Outcome, Refer, Suggest
from bot.core.problem import Problem
from bot.knowledge.rulebook import quoted
from bot.knowledge.rules import Owner
from bot.knowledge.tree import Path as Place
from bot.matching.matcher import Matcher
from bot.matching.vector_cache import Embed

CONFUSED = 0.95
"""Cosine from which two phrasings say the same to the search; only word order or endings differ."""
Owners = Mapping[tuple[str, bool], Owner]
"""Owners by id, and whether it is a kind of the safety list."""


class StoppedError(Exception):
    """Asking was given up, since its outcome is not wanted any more."""


@dataclass(frozen=True, slots=True)
class EntryTest:
    """A question that its owner names: one that must lead to it (`match`), or one that must not."""

    owner_id: str
    is_kind: bool
    must_match: bool
    position: int
    question: str

    @property
    def place(self) -> Place:
        """Where it stands in the owner's fields."""
        return ("tests", "match" if self.must_match else "no_match", self.position)


def entry_tests(library: Library) -> list[EntryTest]:
    """The tests of all that is served: the live entries', then the safety list's."""
    owners: list[Entry | SafetyKind] = [*library.live, *library.never.values()]
    return [
        EntryTest(owner.id, isinstance(owner, SafetyKind), must_match, position, question)
        for owner in owners
        for must_match, questions in ((True, owner.match), (False, owner.no_match))
        for position, question in enumerate(questions)
    ]


def failing(
    tests: Sequence[EntryTest],
    owners: Owners,
    matcher: Matcher,
    *,
    embed: Embed | None = None,
    together: int = 256,
    goes_on: Callable[[], bool] = lambda: True,
) -> Iterator[Problem]:
    """test-fails: a `match` question is answered or offered with its owner, a `no_match` is not answered.

    They are asked `together` at a time. Raises StoppedError once `goes_on` says no.
    """
    for start in range(0, len(tests), together):
        if not goes_on():
            raise StoppedError
        chunk = tests[start : start + together]
        outcomes = matcher.respond_in_bulk([test.question for test in chunk], embed)
        for test, outcome in zip(chunk, outcomes, strict=True):
            told = _failure(test, outcome)
            if told is not None:
                owner = owners[test.owner_id, test.is_kind]
                yield owner.problem(test.place, "test-fails", *told)


def _failure(test: EntryTest, outcome: Outcome) -> tuple[str, str] | None:
    leads_there = test.owner_id in _offered(outcome, is_kind=test.is_kind)
    if test.must_match and not leads_there:
        message = f"{quoted(test.question)} does not come here; it gives {_told(outcome)}"
        return message, "add a phrasing like it in other words, or take words away from where it goes instead"
    if not test.must_match and leads_there and not isinstance(outcome, Suggest):
        message = f"{quoted(test.question)} is answered with this; it gives {_told(outcome)}"
        return message, "add decoys like it in other words, or reword the phrasing that draws it"
    return None


def confused(
    library: Library, owners: Owners, matcher: Matcher, among: Iterable[str] | None = None
) -> Iterator[Problem]:
    """phrasing-confused: two live entries claim what is one question to the search; told in the second.

    `among` names entries of which each pair must have one, where not all are to be looked at.
    """
    for one, other, cosine in matcher.index.close_pairs(CONFUSED, among):
        sides = sorted(
            (owners[entry_id, False].path, entry_id, position) for entry_id, position in (one, other)
        )
        (path, entry_id, position), (_, own_id, own_position) = sides
        twin, text = (
            library.entries[i].searched[n] for i, n in ((entry_id, position), (own_id, own_position))
        )
        line, _ = owners[entry_id, False].tree.at(_place_of(position))
        message = f"{quoted(text)} is the same to the search as {quoted(twin)} in {path}, line {line}"
        mend = f"reword one of them so that they tell apart, or take one out ({cosine:.2f} alike)"
        yield owners[own_id, False].problem(_place_of(own_position), "phrasing-confused", message, mend)


def _place_of(position: int) -> Place:
    """Where a text of `Entry.searched` stands in the file."""
    return ("question",) if position == 0 else ("phrasings", position - 1)


def _offered(outcome: Outcome, *, is_kind: bool) -> set[str]:
    """The ids that a reply leads to: of kinds of the safety list, or else of entries."""
    if isinstance(outcome, Refer):
        return {outcome.kind} if is_kind else set()
    if is_kind:
        return set()
    if isinstance(outcome, Answer):
        return {outcome.entry_id}
    return (
        {candidate.entry_id for candidate in outcome.suggestions} if isinstance(outcome, Suggest) else set()
    )


def _told(outcome: Outcome) -> str:
    if isinstance(outcome, Answer):
        return f"the answer {outcome.entry_id} ({outcome.confidence:.2f} sure)"
    if isinstance(outcome, Suggest):
        return "the choices " + ", ".join(candidate.entry_id for candidate in outcome.suggestions)
    if isinstance(outcome, Refer):
        return f"the reply {outcome.kind} of never.yaml"
    return "no answer"
