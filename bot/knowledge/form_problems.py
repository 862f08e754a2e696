"""What pydantic found wrong, in a moderator's words: rule, message and mend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.core.entry import Status, Verdict
from bot.core.problem import Problem, Severity
from bot.knowledge.tree import Node

_VERDICTS = ", ".join(Verdict)
_STATUSES = ", ".join(Status)


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that was most likely meant: at most a third of its letters differ."""
    found = process.extractOne(word, known, scorer=OSA.distance, score_cutoff=max(1, len(word) // 3))
    return None if found is None else str(found[0])


def did_you_mean(word: str, known: Sequence[str], listed: str) -> str:
    """The mend for an unknown word: the likely one, and what there is."""
    meant = nearest(word, known)
    return f'did you mean "{meant}"? {listed}' if meant else listed


def form_problems(path: str, tree: Node, form: type[BaseModel], fault: ValidationError) -> Iterator[Problem]:
    """Each error of a validation as a problem at its place in the file."""
    for error in fault.errors(include_url=False):
        place = tuple(error["loc"])
        rule, message, mend = _in_words(form, place, error)
        line, column = (
            tree.keys.get(str(place[0]), tree.at(place)) if _is_unknown_top(error) else tree.at(place)
        )
        if error["type"] == "extra_forbidden":
            line, column = _key_place(tree, place)
        yield Problem(path, line, column, rule, Severity.ERROR, message, mend)


def _is_unknown_top(error: ErrorDetails) -> bool:
    return error["type"] == "extra_forbidden" and len(error["loc"]) == 1


def _key_place(tree: Node, place: tuple[str | int, ...]) -> tuple[int, int]:
    node = tree
    for step in place[:-1]:
        if isinstance(step, int) and node.items is not None:
            node = node.items[step]
        elif node.fields is not None:
            node = node.fields[str(step)]
    return node.keys.get(str(place[-1]), (node.line, node.column))


def _in_words(
    form: type[BaseModel], place: tuple[str | int, ...], error: ErrorDetails
) -> tuple[str, str, str]:
    kind, name = error["type"], _spoken(place)
    limits: dict[str, Any] = error.get("ctx", {})
    if kind == "missing":
        return _missing(place, name)
    if kind == "extra_forbidden":
        known = _fields_at(form, place[:-1])
        listed = "the fields here: " + ", ".join(known)
        return "field-unknown", f"`{place[-1]}` is no field", did_you_mean(str(place[-1]), known, listed)
    if kind == "enum":
        if place[-1] == "status":
            mend = did_you_mean(str(error["input"]), list(Status), f"a status is one of: {_STATUSES}")
            return "status-unknown", f'"{error["input"]}" is not a status', mend
        mend = did_you_mean(str(error["input"]), list(Verdict), f"the verdicts: {_VERDICTS}")
        rule = "claim-verdict-missing" if not error["input"] else "verdict-unknown"
        return rule, f'"{error["input"]}" is not a verdict', mend
    if kind == "string_too_short":
        return "field-empty", f"{name} is empty", "write a text, or take the line out if it may be left out"
    if kind in ("string_too_long", "too_long"):
        return _too_long(place, name, error, limits)
    if kind == "string_pattern_mismatch":
        return "field-form", f'"{error["input"]}" is not right for {name}', _pattern_mend(place)
    return _wrong_type(kind, name, error)


def _missing(place: tuple[str | int, ...], name: str) -> tuple[str, str, str]:
    if place[0] == "claims" and place[-1] == "verdict":
        return (
            "claim-verdict-missing",
            "this claim has no verdict",
            f"add `verdict:` with one of: {_VERDICTS}",
        )
    mend = f"add `{place[-1]}:` here; TEMPLATE.yaml shows how"
    return "field-missing", f"{name} is missing", mend


def _too_long(
    place: tuple[str | int, ...], name: str, error: ErrorDetails, limits: dict[str, Any]
) -> tuple[str, str, str]:
    most = limits.get("max_length")
    size = len(error["input"]) if hasattr(error["input"], "__len__") else "too many"
    if error["type"] == "too_long":
        return "list-too-long", f"{name} has {size} items, at most {most} fit", "keep those that matter most"
    rule = "answer-too-long" if place == ("answer",) else "text-too-long"
    mend = "move what is not needed at once to `details`" if place == ("answer",) else "say it in fewer words"
    return rule, f"{name} has {size} characters, Discord has room for {most}", mend


def _wrong_type(kind: str, name: str, error: ErrorDetails) -> tuple[str, str, str]:
    if kind in ("list_type", "tuple_type"):
        return (
            "field-type",
            f"{name} must be a list",
            'write items under it, each starting with "- ", or [] for none',
        )
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return "field-type", f"{name} must have fields of its own", "indent `name: text` lines under it"
    if kind == "string_type":
        mend = 'write one text; a text that starts with [ { & * ! | > % @ or holds ": " needs quotes'
        return "field-type", f"{name} must be a text", mend
    if kind.startswith("bool"):
        return "field-type", f"{name} must be true or false", "write true or false, without quotes"
    if kind.startswith("date") or kind == "value_error":
        return "date-invalid", f"{name} is no day of the calendar", "write it as 2026-11-22 (year-month-day)"
    if kind.startswith(("int", "float")):
        return "field-type", f"{name} must be a number", "write digits only"
    return "field-form", f"{name}: {error['msg'].lower()}", "look at TEMPLATE.yaml for how it is written"


def _pattern_mend(place: tuple[str | int, ...]) -> str:
    mends = {
        "related": "ids are lower-case words joined by hyphens, such as gh-290-times",
        "colour": 'write it as "#2E7D32"',
        "doi": 'write it as "10.1152/jappl.2000.88.1.61", without an address before it',
        "pmid": 'write its digits only, such as "16902061"',
        "url": "write the whole address, starting with https://",
    }
    return next((mends[str(step)] for step in reversed(place) if str(step) in mends), "look at TEMPLATE.yaml")


def _spoken(place: tuple[str | int, ...]) -> str:
    """`claims` -> 2 -> `verdict` reads as "`verdict` of `claims` no. 3"."""
    names = [f"no. {step + 1}" if isinstance(step, int) else f"`{step}`" for step in place]
    if len(names) == 1:
        return names[0]
    if isinstance(place[-1], int):
        return f"{' '.join(names)}"
    return f"{names[-1]} of {' '.join(names[:-1])}"


def _fields_at(form: type[BaseModel], place: tuple[str | int, ...]) -> list[str]:
    """The names that the form allows at a place."""
    schema = form.model_json_schema()
    here: dict[str, Any] = schema
    for step in place:
        here = here.get("items", {}) if isinstance(step, int) else here.get("properties", {}).get(step, {})
        if "$ref" in here:
            here = schema["$defs"][here["$ref"].rsplit("/", 1)[1]]
    return list(here.get("properties", {}))
