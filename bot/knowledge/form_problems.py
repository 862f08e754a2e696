"""What pydantic found wrong, in a moderator's words: place, rule, message and mend.

Places: what is missing is reported where its fields begin, what is unknown at its name,
what is wrong at its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.core.entry import Status, Verdict
from bot.core.problem import Problem
from bot.knowledge.rulebook import found, printable, quoted
from bot.knowledge.schema import DAY, ONE_PARAGRAPH
from bot.knowledge.tree import Node
from bot.knowledge.tree import Path as Place

Words = tuple[str, str, str]
"""Rule, message, mend."""

_VERDICTS = ", ".join(Verdict)
_STATUSES = ", ".join(Status)
_COPY = "look at TEMPLATE.yaml for how it is written"
_PATTERN_MENDS = {
    "related": "ids are lower-case words joined by hyphens, such as gh-290-times",
    "colour": 'write it as "#2E7D32": a # and six of the signs 0-9 and A-F, in quotes',
    "doi": 'write it as "10.1152/jappl.2000.88.1.61", without https://doi.org/ or doi: before it',
    "pmid": 'write its digits only, such as "16902061"',
    "url": "write the whole address, starting with https://",
}


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that was most likely meant: at most a third of its letters differ, case aside."""
    hit = process.extractOne(
        word, known, scorer=OSA.distance, processor=_folded, score_cutoff=max(1, len(word) // 3)
    )
    return None if hit is None else str(hit[0])


def did_you_mean(word: str, known: Sequence[str], listed: str) -> str:
    """The mend for an unknown word: the likely one, and what there is."""
    meant = nearest(word, known)
    return f'did you mean "{meant}"? {listed}' if meant else listed


def form_problems(path: str, tree: Node, form: type[BaseModel], fault: ValidationError) -> Iterator[Problem]:
    """Each error of a validation as a problem at its place in the file.

    A field that is missing only because its name was misspelt is reported once, as unknown.
    """
    errors = fault.errors(include_url=False)
    misspelt = {
        (*place[:-1], nearest(str(place[-1]), fields_at(form, place[:-1])))
        for place in (error["loc"] for error in errors if error["type"] == "extra_forbidden")
    }
    for error in errors:
        place = tuple(error["loc"])
        if error["type"] == "missing" and place in misspelt:
            continue
        at = tree.key_at(place) if error["type"] == "extra_forbidden" else tree.at(place)
        yield found(path, at, *_in_words(form, place, error))


@lru_cache(maxsize=256)
def fields_at(form: type[BaseModel], place: Place) -> tuple[str, ...]:
    """The names that the form allows at a place, in the form's order."""
    schema = form.model_json_schema()
    here: dict[str, Any] = schema
    for step in place:
        here = here.get("items", {}) if isinstance(step, int) else here.get("properties", {}).get(step, {})
        here = here.get("anyOf", [here])[0]  # what may be left out is "this or null"
        if "$ref" in here:
            here = schema["$defs"][here["$ref"].rsplit("/", 1)[1]]
    return tuple(here.get("properties", {}))


def _in_words(form: type[BaseModel], place: Place, error: ErrorDetails) -> Words:
    kind, name = error["type"], _spoken(place)
    if kind == "missing":
        return _missing(place, name)
    if kind == "extra_forbidden":
        return _unknown(form, place)
    if kind == "enum":
        return _not_one_of(place, name, error["input"])
    if kind == "literal_error":
        return "field-form", f"{quoted(error['input'])} is not right for {name}", _one_of(error)
    if kind == "string_too_short":
        mend = "write something behind its colon or dash, or take the line out if it may be left out"
        return "field-empty", f"{name} is empty", mend
    if kind in ("string_too_long", "too_long"):
        return _too_long(place, name, error)
    if kind == "string_pattern_mismatch":
        return _wrong_pattern(place, name, error)
    if kind in ("greater_than_equal", "less_than_equal", "greater_than"):
        return _out_of_range(name, error)
    return _wrong_type(kind, name, error["input"])


def _missing(place: Place, name: str) -> Words:
    if place[0] == "claims" and place[-1] == "verdict":
        mend = f"add a line `verdict:` with one of: {_VERDICTS}"
        return "claim-verdict-missing", "this claim has no verdict", mend
    mend = f"add a line that starts with `{place[-1]}:` in the column of this one; TEMPLATE.yaml shows how"
    return "field-missing", f"{name} is missing", mend


def _unknown(form: type[BaseModel], place: Place) -> Words:
    known = fields_at(form, place[:-1])
    mend = did_you_mean(str(place[-1]), known, f"the fields here: {', '.join(known)}")
    return "field-unknown", f"`{printable(str(place[-1]))[:60]}` is not a field", mend


def _not_one_of(place: Place, name: str, typed: object) -> Words:
    if not isinstance(typed, str):
        return _wrong_type("string_type", name, typed)
    if place[-1] == "status":
        mend = did_you_mean(typed, list(Status), f"a status is one of: {_STATUSES}")
        return "status-unknown", f"{quoted(typed)} is not a status", mend
    if not typed.strip():
        return _missing(place, name)
    mend = did_you_mean(typed, list(Verdict), f"the verdicts: {_VERDICTS}")
    return "verdict-unknown", f"{quoted(typed)} is not a verdict", mend


def _one_of(error: ErrorDetails) -> str:
    return "write " + str(error["ctx"]["expected"]).replace("'", "")


def _too_long(place: Place, name: str, error: ErrorDetails) -> Words:
    most = error["ctx"]["max_length"]
    if error["type"] == "too_long":
        message = f"{name} has {len(error['input'])} items, at most {most} fit"
        return "list-too-long", message, "keep those that matter most"
    size = len(str(error["input"]).strip())
    if place == ("answer",):
        message = f"the answer has {size} characters, at most {most} fit into one message with all around it"
        return "answer-too-long", message, "move what is not needed at once to `details`"
    return "text-too-long", f"{name} has {size} characters, at most {most} fit", "say it in fewer words"


def _wrong_pattern(place: Place, name: str, error: ErrorDetails) -> Words:
    if error["ctx"]["pattern"] == ONE_PARAGRAPH:
        mend = "take the empty lines out, and write >- instead of | where a text goes over several lines"
        return "text-one-line", f"{name} must be one paragraph", mend
    mend = next((_PATTERN_MENDS[str(step)] for step in reversed(place) if str(step) in _PATTERN_MENDS), _COPY)
    return "field-form", f"{quoted(error['input'])} is not right for {name}", mend


def _out_of_range(name: str, error: ErrorDetails) -> Words:
    limits = error["ctx"]
    if "gt" in limits:
        return "number-range", f"{name} is {quoted(error['input'])}", f"write a number above {limits['gt']:g}"
    word, limit = ("at least", limits["ge"]) if "ge" in limits else ("at most", limits["le"])
    return "number-range", f"{name} is {quoted(error['input'])}", f"write a number of {word} {limit:g}"


def _wrong_type(kind: str, name: str, typed: object) -> Words:
    if kind in ("list_type", "tuple_type"):
        mend = (
            'write its items in the lines below, each after "- "; or [] behind the colon where there are none'
        )
        return "field-type", f"{name} must be a list", mend
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return (
            "field-type",
            f"{name} must have fields of its own",
            "write `name: text` lines below it, further right",
        )
    if kind.startswith("string"):
        return "field-type", f"{name} must be a text", _text_mend(typed)
    if kind.startswith("bool"):
        return "field-type", f"{name} must be true or false", "write true or false, nothing else"
    if kind.startswith("date") or kind == "value_error":
        return "date-invalid", _wrong_day(name, typed), "write year-month-day, such as 2026-11-22"
    if kind.startswith("int"):
        return "field-type", f"{name} must be a whole number", "write digits and nothing else"
    if kind.startswith(("float", "finite")):
        return "field-type", f"{name} must be a number", "write digits, with a point where there are decimals"
    return "field-form", f"{name} is not right", _COPY


def _wrong_day(name: str, typed: object) -> str:
    if not isinstance(typed, str):
        return f"{name} must be a day"
    if re.match(DAY, typed.strip(), re.ASCII):
        return f"{quoted(typed)} is no day of the calendar"
    return f"{quoted(typed)} is not written year-month-day, from the year 2000 on"


def _text_mend(typed: object) -> str:
    if isinstance(typed, dict):
        return 'a text that holds a colon and a space (": ") needs quotes around it: "like: this"'
    return 'a text that starts with [ needs quotes around it: "..."; and it is one text, not a list'


def _spoken(place: Place) -> str:
    """`claims` -> 2 -> `verdict` reads as "`verdict` of `claims` no. 3"."""
    names = [f"no. {step + 1}" if isinstance(step, int) else f"`{step}`" for step in place]
    if len(names) == 1:
        return names[0]
    if isinstance(place[-1], int):
        return " ".join(names)
    return f"{names[-1]} of {' '.join(names[:-1])}"


def _folded(word: str) -> str:
    return word.casefold().replace("-", "_").replace(" ", "_")
