"""An entry with every field as long as it may be fits into one Discord message, and takes no letter more."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core import limits
from bot.core.entry import Entry
from bot.core.library import Library
from bot.core.page import page_of
from bot.knowledge.load import load_library
from bot.knowledge.schema import EntryForm, LevelForm, SafetyKindForm, SourceForm
from tests.bad_examples import copy_good

LONG_AGO, OVERDUE = date(2020, 1, 1), date(2199, 12, 31)
HEADING = len("## ")
"""What the renderer puts before the question; `-# ` before the foot is as long."""
SPARE = 100
"""What the renderer keeps free for headings and separators."""


def text(most: int) -> str:
    """Words that fill exactly so many characters."""
    return ("word " * most)[: most - 1] + "x"


def filled(form: dict[str, Any], whole: dict[str, Any]) -> Any:
    """A value of a JSON Schema with everything that has a limit at it."""
    if "$ref" in form:
        return filled(whole["$defs"][form["$ref"].rpartition("/")[2]], whole)
    if "anyOf" in form:
        return filled(form["anyOf"][0], whole)
    if "enum" in form:
        return max(form["enum"], key=len)
    kind = form["type"]
    if kind == "object":
        return {name: filled(field, whole) for name, field in form["properties"].items()}
    if kind == "array":
        return [filled(form["items"], whole) for _ in range(min(form["maxItems"], 20))]
    if kind == "string":
        return "2026-01-10" if form.get("format") == "date" else text(form.get("maxLength", 9))
    return kind == "boolean"


def the_longest_entry() -> dict[str, Any]:
    """An entry with every field at its limit; lists of questions hold twenty."""
    schema = EntryForm.model_json_schema()
    entry: dict[str, Any] = filled(schema, schema)
    for number, claim in enumerate(entry["claims"]):
        claim["id"] = f"C{number}".ljust(12, "x")
    for number, citation in enumerate(entry["sources"]):
        citation["key"] = f"study-{number}"
    entry["related"] = ["pump-up-tyres"]
    entry["caveat"] = "longest"
    entry["status"] = "draft"
    entry["question"] = text(limits.QUESTION)
    entry["reviewed"]["next"] = "2026-12-31"
    for name in ("phrasings", "decoys"):
        entry[name] = [f"{n} {name} {each}"[: limits.PHRASING] for n, each in enumerate(entry[name])]
    entry["tests"] = {
        name: [f"{n} {name.replace('_', ' ')} {each}"[: limits.PHRASING] for n, each in enumerate(texts)]
        for name, texts in entry["tests"].items()
    }
    return entry


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The good folder, with a level, a bibliography and an entry that are as long as they may be."""
    folder = copy_good(tmp_path / "knowledge")
    level = LevelForm(name=text(20), sign="●" * 4, colour="#FFFFFF", meaning=text(100)).model_dump()
    source = SourceForm.model_json_schema()
    study = filled(source, source) | {"year": 2200, "doi": "10.1234/" + "x" * 112, "pmid": "9" * 9}
    study |= {"url": "https://" + "x" * 292, "verified": ["title"], "authors": text(399) + ","}
    append(folder / "caveats.yaml", {"longest": level})
    append(folder / "sources.yaml", {f"study-{n}": study for n in range(limits.MOST_SOURCES)})
    append(folder / "entries" / "tyres" / "the-longest.yaml", the_longest_entry())
    return folder


def append(file: Path, content: dict[str, Any]) -> None:
    """Write the fields below what is in the file; through JSON, so that nothing in it is an alias."""
    content = json.loads(json.dumps(content))
    before = file.read_text("utf-8") if file.exists() else ""
    file.write_text(before + "\n" + yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")


@pytest.fixture
def library(folder: Path) -> Library:
    """That folder, which holds no error."""
    loaded = load_library(folder)
    assert loaded.problems == ()
    assert loaded.library is not None
    return loaded.library


@pytest.fixture
def longest(library: Library) -> Entry:
    """The entry with every field at its limit."""
    return library.entries["the-longest"]


@pytest.mark.parametrize("today", [LONG_AGO, OVERDUE])
def test_the_longest_entry_fits_into_one_message(today: date, longest: Entry, library: Library) -> None:
    page = page_of(longest, library, today)
    assert len(page.first) == 2
    assert page.correction is not None
    room = limits.MESSAGE_TEXT - page.fixed_size - 2 * HEADING - SPARE
    assert room > 0
    lines = page.claim_lines(room)
    assert len("\n".join(lines)) <= room


def test_what_the_longest_entry_leaves_room_for_says_what_is_left_out(
    longest: Entry, library: Library
) -> None:
    page = page_of(longest, library, OVERDUE)
    lines = page.claim_lines(limits.MESSAGE_TEXT - page.fixed_size - 2 * HEADING - SPARE)
    assert len(lines) >= 3, "at least the heading, one claim and a word on the others"
    assert "[Details]" in lines[-1]


def test_the_answer_alone_may_not_use_up_the_room_of_what_stands_around_it(
    longest: Entry, library: Library
) -> None:
    """With the longest answer gone, what is left is what its limit must leave free."""
    around = page_of(replace(longest, answer=""), library, OVERDUE).fixed_size
    assert around + limits.ANSWER <= limits.MESSAGE_TEXT - 2 * HEADING - SPARE


def test_details_and_the_reply_of_a_kind_fit_into_a_message_of_their_own() -> None:
    reply = SafetyKindForm.model_json_schema()["properties"]["reply"]["maxLength"]
    assert limits.DETAILS + limits.QUESTION + SPARE <= limits.MESSAGE_TEXT
    assert reply + limits.URGENT + SPARE <= limits.MESSAGE_TEXT


@pytest.mark.parametrize("field", ["question", "answer", "details", "urgent"])
def test_one_letter_more_is_told(field: str, folder: Path) -> None:
    file = folder / "entries" / "tyres" / "the-longest.yaml"
    entry = the_longest_entry()
    entry[field] += "x"
    file.write_text(yaml.safe_dump(entry, allow_unicode=True, sort_keys=False, width=100_000), "utf-8")
    (problem,) = load_library(folder).problems
    assert problem.rule == ("answer-too-long" if field == "answer" else "text-too-long")
    assert f"at most {len(entry[field]) - 1} fit" in problem.message


def test_each_text_that_has_no_limit_of_its_own_is_none_that_members_read() -> None:
    """A text without a limit could fill any message."""
    for form in (EntryForm, LevelForm, SourceForm, SafetyKindForm):
        schema = form.model_json_schema()
        texts = json.dumps(schema).count('"type": "string"')
        limited = json.dumps(schema).count('"maxLength"')
        unlimited = json.dumps(schema).count('"format": "date"') + json.dumps(schema).count('"enum"')
        unlimited += json.dumps(schema).count('"pattern": "^[0-9]{1,9}$"')
        unlimited += json.dumps(schema).count('"pattern": "^#[0-9A-Fa-f]{6}$"')
        assert texts == limited + unlimited, form
