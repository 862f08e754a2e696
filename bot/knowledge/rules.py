"""The rules that need more than one field or file; each function is one rule, its docstring the manual."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from bot.core import limits
from bot.core.entry import Entry, Status
from bot.core.library import Library
from bot.core.problem import Problem, Severity
from bot.knowledge.form_problems import did_you_mean
from bot.knowledge.tree import Node
from bot.knowledge.tree import Path as Place

Finding = tuple[Place, str, str, str]
"""Where in the entry, rule, message, mend."""


def reference_problems(
    library: Library, trees: Mapping[str, Node], paths: Mapping[str, str]
) -> Iterator[Problem]:
    """What is wrong between the files; every finding is an error and none depends on the day."""
    for entry in library.entries.values():
        for rule in (_caveat_unknown, _source_unknown, _related_unknown, _review_order, _sources_missing):
            for place, code, message, mend in rule(entry, library, paths):
                line, column = trees[entry.id].at(place)
                yield Problem(paths[entry.id], line, column, code, Severity.ERROR, message, mend)


def _caveat_unknown(entry: Entry, library: Library, _paths: Mapping[str, str]) -> Iterator[Finding]:
    """caveat-unknown: `caveat` names a level of caveats.yaml."""
    if library.levels and entry.caveat not in library.levels:
        mend = did_you_mean(entry.caveat, list(library.levels), f"the levels: {', '.join(library.levels)}")
        yield ("caveat",), "caveat-unknown", f'"{entry.caveat}" is not a caveat level', mend


def _source_unknown(entry: Entry, library: Library, _paths: Mapping[str, str]) -> Iterator[Finding]:
    """source-unknown: each source is a key of sources.yaml, named once."""
    seen: set[str] = set()
    for position, citation in enumerate(entry.sources):
        place = ("sources", position, "key")
        if citation.key not in library.sources:
            mend = did_you_mean(
                citation.key, list(library.sources), "add the study to sources.yaml, or mend the key"
            )
            yield place, "source-unknown", f'"{citation.key}" is not in sources.yaml', mend
        elif citation.key in seen:
            yield (
                place,
                "source-duplicate",
                f'"{citation.key}" is cited twice',
                "put what it shows into one line",
            )
        seen.add(citation.key)


def _related_unknown(entry: Entry, _library: Library, paths: Mapping[str, str]) -> Iterator[Finding]:
    """related-unknown: each related id is another entry's file."""
    for position, slug in enumerate(entry.related):
        place = ("related", position)
        if slug == entry.id:
            yield place, "related-self", "the entry names itself as related", "name other entries"
        elif slug not in paths:
            mend = did_you_mean(slug, list(paths), "use the name of an entry's file, without .yaml")
            yield place, "related-unknown", f'there is no entry "{slug}"', mend


def _review_order(entry: Entry, _library: Library, _paths: Mapping[str, str]) -> Iterator[Finding]:
    """review-order: the next review comes after the last one."""
    review = entry.reviewed
    if review.next <= review.on:
        message = f"the next review ({review.next}) is not after the last one ({review.on})"
        yield ("reviewed", "next"), "review-order", message, "set `next` to a later day, mostly a year on"


def _sources_missing(entry: Entry, _library: Library, _paths: Mapping[str, str]) -> Iterator[Finding]:
    """sources-missing: a live entry rests on at least one source."""
    if entry.status is Status.LIVE and not entry.sources:
        mend = "add at least one source, or set `status: draft` until there is one"
        yield ("sources",), "sources-missing", "a live entry needs a source", mend


def advice(
    library: Library,
    trees: Mapping[str, Node],
    paths: Mapping[str, str],
    today: date,
    reading_ease: Callable[[str], float],
) -> Iterator[Problem]:
    """What could be better; never keeps a library from going live. `reading_ease` is Flesch's, 0 to 100."""
    for entry in library.live:
        for place, code, message, mend in (
            *_overdue(entry, today),
            *_few_texts(entry),
            *_hard_to_read(entry, reading_ease),
        ):
            line, column = trees[entry.id].at(place)
            yield Problem(paths[entry.id], line, column, code, Severity.ADVICE, message, mend)


def _overdue(entry: Entry, today: date) -> Iterator[Finding]:
    """review-overdue and review-in-future: advice, since a day that passes must break nothing."""
    review = entry.reviewed
    if review.is_overdue(today):
        message = f"the review was due on {review.next}"
        yield (
            ("reviewed", "next"),
            "review-overdue",
            message,
            "read it against its sources, then set both days",
        )
    if review.on > today:
        yield ("reviewed", "on"), "review-in-future", f"{review.on} is yet to come", "set the day it was read"


def _few_texts(entry: Entry) -> Iterator[Finding]:
    """phrasings-few, decoys-few, tests-few: what the search lives on."""
    if len(entry.phrasings) < limits.FEWEST_PHRASINGS_ADVISED:
        message = (
            f"{len(entry.phrasings)} phrasings find fewer questions than {limits.FEWEST_PHRASINGS_ADVISED}"
        )
        yield ("phrasings",), "phrasings-few", message, "add how people really ask it; each doubling helps"
    if len(entry.decoys) < limits.FEWEST_DECOYS_ADVISED:
        message = f"only {len(entry.decoys)} decoys"
        yield ("decoys",), "decoys-few", message, "add look-alike questions that this entry does not answer"
    if not entry.match or not entry.no_match:
        yield (
            ("tests",),
            "tests-few",
            "the entry is not tested both ways",
            "add questions to match and no_match",
        )


def _hard_to_read(entry: Entry, reading_ease: Callable[[str], float]) -> Iterator[Finding]:
    """reading-hard and answer-long: an answer is read on a phone, by a 14-year-old too."""
    ease = reading_ease(entry.answer)
    if ease < limits.READING_EASE_ADVISED:
        message = f"the answer is hard to read (Flesch {ease:.0f}, aim at {limits.READING_EASE_ADVISED:.0f})"
        yield ("answer",), "reading-hard", message, "use shorter sentences and shorter words"
    if len(entry.answer) > limits.ANSWER_ADVISED:
        message = f"the answer has {len(entry.answer)} characters, aim at {limits.ANSWER_ADVISED}"
        yield ("answer",), "answer-long", message, "move what is not needed at once to `details`"
