"""The rulebook: every rule of the checker, whether it blocks, and its manual in one sentence.

A problem is made by `found` alone, which looks its rule up here: no code can be reported
that this page does not explain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.core import limits
from bot.core.problem import Problem, Severity

MOST_QUOTED = 80
"""Characters of a moderator's own text that a message quotes."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How a rule counts, and what it asks for."""

    severity: Severity
    manual: str


_ERRORS = {
    # the files
    "file-missing": "The folder holds caveats.yaml, groups.yaml, sources.yaml and calibration.yaml.",
    "file-unreadable": "Each is an ordinary file that may be read, no folder and no link that leads nowhere.",
    "entries-missing": "The folder `entries` holds at least one entry.",
    "file-name": "An entry's file is named in lower-case words joined by hyphens, ending in .yaml.",
    "file-place": "An entry lies in entries/<group>/, neither above nor below, nor behind a link.",
    "group-unknown": "The folder of an entry stands in groups.yaml.",
    "slug-duplicate": "No two entries have the same file name, whatever their folders.",
    # the YAML
    "yaml-too-large": (
        f"An entry has at most {limits.ENTRY_FILE_BYTES // 1024} KiB, "
        f"a shared file at most {limits.SHARED_FILE_BYTES // 1024} KiB."
    ),
    "yaml-encoding": "The file is saved as UTF-8.",
    "yaml-invisible": "No character hides: none has no width, none turns the direction, none is a control.",
    "yaml-syntax": "The file is YAML.",
    "yaml-empty": "The file holds something.",
    "yaml-documents": "The file holds one document: no second one after a line of `---`.",
    "yaml-alias": "No text starts with an unquoted `*`, which YAML reads as the name of another place.",
    "yaml-anchor": "No text starts with an unquoted `&`, which YAML reads as a name for this place.",
    "yaml-tag": "No text starts with an unquoted `!`, which YAML reads as a type.",
    "yaml-key": "What stands before a colon is a plain name.",
    "yaml-duplicate-key": "Each field stands once.",
    "yaml-too-deep": "Lists and fields are not nested deeper than an entry needs.",
    "yaml-list-indent": "The items of a list start in one column; further right, they join the text above.",
    # the form
    "field-unknown": "Each field is one that the form knows, in its place.",
    "field-missing": "Each field that must be there is there; a list without items is written `[]`.",
    "field-empty": "A field that is there holds something.",
    "field-type": "A text is a text, a list is a list, and so on.",
    "field-form": "An id, a colour, a DOI, a PubMed number and an address are written as such.",
    "number-range": "A number lies where it can.",
    "date-invalid": "A date is a day of the calendar, written year-month-day: 2026-11-22.",
    "record-key": "The key of a level, a group, a source or a kind is lower-case words joined by hyphens.",
    "status-unknown": "The status is draft, live or retired.",
    "verdict-unknown": "The verdict on a claim is one of the seven.",
    "claim-verdict-missing": "Each claim has a verdict.",
    "answer-too-long": "The answer leaves room in one Discord message for all that stands around it.",
    "text-too-long": "A text fits where members read it.",
    "text-one-line": "All texts but `answer` and `details` are a single paragraph.",
    "list-too-long": "A list holds no more items than members can be shown.",
    # between fields and files
    "caveat-unknown": "The caveat is a level of caveats.yaml.",
    "source-unknown": "Each source that is cited stands in sources.yaml.",
    "source-duplicate": "A source is cited once an entry.",
    "sources-missing": "A live entry rests on at least one source.",
    "related-unknown": "Each related id is the name of an entry's file.",
    "related-self": "An entry does not name itself as related.",
    "related-duplicate": "An entry is named once as related.",
    "claim-unknown": "Each claim that an entry judges stands in claims.yaml, where there is one.",
    "claim-verdict": "An entry's verdict on a claim is that of claims.yaml.",
    "claim-uncovered": "Each claim of claims.yaml is taken up by a live entry.",
    "template-text": "A live entry has none of TEMPLATE.yaml's longer texts left.",
    "claim-duplicate": "A claim of the article is judged once an entry.",
    "review-order": "The next review comes after the last one.",
    "corrections-order": "Corrections run from the oldest to the newest.",
    "verified-absent": "What a record calls verified is a field that it has.",
    "thresholds-order": "It takes no less confidence to answer than to suggest.",
    # what only the search can tell
    "text-without-words": "Each question holds a word.",
    "question-duplicate": "A question is asked once, in one entry.",
    "phrasing-duplicate": "A phrasing stands once, in one entry, whatever its case, spacing and punctuation.",
    "phrasing-confused": "Two live entries do not claim what is the same question to the search.",
    "decoy-is-phrasing": "What an entry answers is no decoy of it.",
    "test-is-phrasing": "A test question is worded unlike all that is searched, or it tests nothing.",
    "test-fails": "Each `match` question finds its entry, and no `no_match` question is answered with it.",
    # what only an older state can tell
    "correction-missing": "A live answer that changed in substance says so in a new correction.",
    "correction-gone": "A correction that was published stays, and newer ones stand below it.",
}

_ADVICE = {
    "never-missing": "The folder holds never.yaml, the questions that no entry may answer.",
    "yaml-comment": "A ` #` within a text starts a comment: what follows it is not read.",
    "review-overdue": "An entry is reviewed by the day it names.",
    "review-in-future": "The day of the last review has come.",
    "review-far": "The next review is at most two years after the last.",
    "correction-in-future": "The day of a correction has come.",
    "phrasings-few": f"An entry has {limits.FEWEST_PHRASINGS_ADVISED} phrasings or more.",
    "decoys-few": f"An entry has {limits.FEWEST_DECOYS_ADVISED} decoys or more.",
    "tests-few": "An entry is tested both ways: `match` and `no_match`.",
    "reading-hard": f"The answer reads easily: a Flesch score of {limits.READING_EASE_ADVISED:.0f} or more.",
    "answer-long": f"The answer has {limits.ANSWER_ADVISED} characters or fewer.",
    "sources-long": "What the button [Sources] shows fits in one message.",
    "source-uncited": "Each record of sources.yaml is cited by an entry.",
    "correction-perhaps": "What looks like a mended typo changes nothing that members were told.",
    "source-twice": "Each study has one record: no DOI and no PubMed number stands twice.",
}

RULES: Mapping[str, Rule] = MappingProxyType(
    {code: Rule(Severity.ERROR, manual) for code, manual in _ERRORS.items()}
    | {code: Rule(Severity.ADVICE, manual) for code, manual in _ADVICE.items()}
)
"""Code -> rule, in the order in which a file is read and judged."""


def found(path: str, place: tuple[int, int], code: str, message: str, mend: str) -> Problem:
    """A problem at a place (line and column, from 1), as severe as its rule is.

    Raises KeyError for a code that is not in the rulebook: that is a programmer's mistake.
    """
    return Problem(path, *place, code, RULES[code].severity, printable(message), printable(mend))


def quoted(text: object) -> str:
    """A moderator's text in quotes, on one line, cut after `MOST_QUOTED`, all of it printable."""
    flat = " ".join(str(text)[: 4 * MOST_QUOTED].split())
    shown = flat if len(flat) <= MOST_QUOTED else f"{flat[: MOST_QUOTED - 1].rstrip()}…"
    return f'"{printable(shown)}"'


def printable(text: str) -> str:
    """The text with everything that a terminal would not show as itself spelt as U+0000."""
    return "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text)
