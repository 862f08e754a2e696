"""Advice: what could be better. None of it ever keeps a library from going live."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from bot.core import limits, wording
from bot.core.entry import Entry
from bot.core.library import Library, SafetyKind, Source
from bot.core.page import source_line
from bot.core.problem import Problem
from bot.knowledge.folder import TOP
from bot.knowledge.load import SAFETY_LIST, Loaded
from bot.knowledge.rulebook import found, quoted
from bot.knowledge.rules import Finding

FARTHEST_REVIEW = timedelta(days=2 * 366)


def advice(loaded: Loaded, today: date, reading_ease: Callable[[str], float]) -> Iterator[Problem]:
    """Advice on all that is live. `today` is the day by which reviews are due.

    `reading_ease` is Flesch's: 100 very easy, 30 academic.
    """
    library = loaded.draft
    live = {entry.id: entry for entry in library.live}
    for owner in loaded.owners:
        if owner.is_kind:
            kind = library.never.get(owner.id)
            findings = _of_kind(kind, today, reading_ease) if kind else ()
        else:
            entry = live.get(owner.id)
            findings = _of_entry(entry, library, today, reading_ease) if entry else ()
        for place, rule, message, mend in findings:
            yield owner.problem(place, rule, message, mend)
    if not library.never and not any(owner.is_kind for owner in loaded.owners):
        message = "there is no list of questions that no entry may answer, such as those about acute symptoms"
        yield found(SAFETY_LIST, TOP, "never-missing", message, f"copy {SAFETY_LIST} from the project")
    yield from _on_sources(loaded)


def _of_entry(
    entry: Entry, library: Library, today: date, reading_ease: Callable[[str], float]
) -> Iterator[Finding]:
    yield from _reviewed(entry, today)
    for position, correction in enumerate(entry.corrections):
        if correction.on > today:
            message, mend = f"{correction.on} is yet to come", "set the day on which it goes live"
            yield ("corrections", position, "on"), "correction-in-future", message, mend
    yield from _few_texts(entry)
    yield from _hard_to_read("answer", entry.answer, reading_ease)
    if len(entry.answer) > limits.ANSWER_ADVISED:
        message = f"the answer has {len(entry.answer)} characters, aim at {limits.ANSWER_ADVISED}"
        yield ("answer",), "answer-long", message, "move what is not needed at once to `details`"
    yield from _sources_long(entry, library)


def _of_kind(kind: SafetyKind, today: date, reading_ease: Callable[[str], float]) -> Iterator[Finding]:
    yield from _reviewed(kind, today)
    yield from _few_texts(kind)
    yield from _hard_to_read("reply", kind.reply, reading_ease)


def _reviewed(owner: Entry | SafetyKind, today: date) -> Iterator[Finding]:
    """review-overdue, review-in-future, review-far: advice, since a day that passes must break nothing."""
    review = owner.reviewed
    if review.is_overdue(today):
        mend = "read it against its sources, then set both days"
        yield ("reviewed", "next"), "review-overdue", f"the review was due on {review.next}", mend
    if review.on > today:
        yield ("reviewed", "on"), "review-in-future", f"{review.on} is yet to come", "set the day it was read"
    if review.next - review.on > FARTHEST_REVIEW:
        message = f"the next review ({review.next}) is more than two years after the last"
        yield ("reviewed", "next"), "review-far", message, "set it to a year on: evidence moves"


def _few_texts(owner: Entry | SafetyKind) -> Iterator[Finding]:
    """phrasings-few, decoys-few, tests-few: what the search lives on."""
    if len(owner.phrasings) < limits.FEWEST_PHRASINGS_ADVISED:
        message = f"{_counted(owner.phrasings, 'phrasing')}, aim at {limits.FEWEST_PHRASINGS_ADVISED} or more"
        yield ("phrasings",), "phrasings-few", message, "add how people really ask it; each doubling helps"
    if len(owner.decoys) < limits.FEWEST_DECOYS_ADVISED:
        message = f"{_counted(owner.decoys, 'decoy')}, aim at {limits.FEWEST_DECOYS_ADVISED} or more"
        yield ("decoys",), "decoys-few", message, "add look-alike questions that this entry does not answer"
    missing = [name for name, tests in (("match", owner.match), ("no_match", owner.no_match)) if not tests]
    if missing:
        message = f"there is no test question under {' and '.join(f'`{name}`' for name in missing)}"
        yield (
            ("tests",),
            "tests-few",
            message,
            "add questions that must find it, and look-alikes that must not",
        )


def _hard_to_read(name: str, text: str, reading_ease: Callable[[str], float]) -> Iterator[Finding]:
    """reading-hard: an answer is read on a phone, by a 14-year-old too."""
    ease = reading_ease(text)
    if ease < limits.READING_EASE_ADVISED:
        aim = f"{limits.READING_EASE_ADVISED:.0f} or more"
        message = f"the {name} is hard to read (Flesch {ease:.0f}, aim at {aim})"
        yield (name,), "reading-hard", message, "use shorter sentences and shorter words"


def _sources_long(entry: Entry, library: Library) -> Iterator[Finding]:
    lines = [source_line(c, library.sources[c.key]) for c in entry.sources if c.key in library.sources]
    heading = wording.SOURCES_HEADING.format(question=entry.question)
    size = len(heading) + sum(len(line) + 1 for line in lines)
    if size > limits.MESSAGE_TEXT:
        message = (
            f"the sources fill {size} characters, a message has {limits.MESSAGE_TEXT}: members get several"
        )
        yield ("sources",), "sources-long", message, "say in fewer words what each shows, or cite fewer"


def _on_sources(loaded: Loaded) -> Iterator[Problem]:
    """source-uncited and source-twice."""
    if loaded.sources is None:
        return
    cited = {
        owner.tree.word("sources", position, "key")
        for owner in loaded.owners
        for position in range(limits.MOST_SOURCES)
    }
    seen: dict[tuple[str, str], str] = {}
    for key, source in loaded.draft.sources.items():
        at = loaded.sources.key_at((key,))
        if key not in cited and loaded.is_whole:
            mend = "cite it where it belongs, or take the record out"
            yield found("sources.yaml", at, "source-uncited", f"no entry cites {quoted(key)}", mend)
        for name, number in _numbers(source):
            first = seen.setdefault((name, number), key)
            if first != key:
                message = f"{quoted(first)} has the same {name} already: {number}"
                yield found("sources.yaml", at, "source-twice", message, "keep one record of each study")
                break


def _numbers(source: Source) -> list[tuple[str, str]]:
    return [
        (name, number.casefold())
        for name, number in (("DOI", source.doi), ("PubMed number", source.pmid))
        if number is not None
    ]


def _counted(texts: Sequence[str], name: str) -> str:
    if not texts:
        return f"no {name}s"
    return f"only 1 {name}" if len(texts) == 1 else f"only {len(texts)} {name}s"
