"""Every mistake of form is told at its place and in plain words, whatever was typed wherever."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from bot.core.problem import Problem
from bot.knowledge.form_problems import did_you_mean, form_problems, nearest
from bot.knowledge.rulebook import MOST_QUOTED, quoted
from bot.knowledge.schema import CalibrationForm, EntryForm, LevelForm, SafetyKindForm, SourceForm
from bot.knowledge.tree import Node, read_tree
from bot.knowledge.tree import Path as Place
from tests.bad_examples import GOOD

ENTRY = "entries/brakes/squealing-brakes.yaml"
WRONG: tuple[Any, ...] = (
    *("", " ", "x", "x" * 6000, "two\nlines", "9" * 400, "nan", "inf", "-1", "2000.5", "1e999", "2026-02-30"),
    *([], ["x"], [[]], ["x"] * 600, {}, {"x": "y"}, [{"x": "y"}]),
)
JARGON = frozenset(
    "input string boolean integer float dict instance parse parsing valid invalid regex pattern None".split()
)
"""Words of the library that checks the form; a moderator must meet none of them."""


def form_of(path: str, *record: str) -> dict[str, Any]:
    """The plain values of a record in the good folder."""
    tree, _ = read_tree(path, (GOOD / path).read_bytes(), 99_999)
    assert tree is not None
    node = tree.get(record)
    assert node is not None
    plain: Any = node.plain()
    assert isinstance(plain, dict)
    return plain


LIGHT = {"answer": "1.0", "suggest": "0.1", "slope": "8.0", "intercept": "-3.0"}
FORMS: dict[str, tuple[type[BaseModel], dict[str, Any]]] = {
    "entry": (EntryForm, form_of(ENTRY) | {"claims": form_of("entries/tyres/pump-up-tyres.yaml")["claims"]}),
    "source": (SourceForm, form_of("sources.yaml", "spoke-2019") | {"pmid": "1", "url": "https://x.example"}),
    "level": (LevelForm, form_of("caveats.yaml", "likely")),
    "calibration": (CalibrationForm, form_of("calibration.yaml") | {"light": LIGHT}),
    "kind": (SafetyKindForm, form_of("never.yaml", "injuries")),
}


def as_tree(value: Any) -> Node:
    """The tree of a value, written over several lines as JSON, which is YAML."""
    tree, problems = read_tree("x.yaml", json.dumps(value, indent=1, ensure_ascii=False).encode(), 9_999_999)
    assert problems == []
    assert tree is not None
    return tree


def told(form: type[BaseModel], value: Any) -> list[Problem]:
    """What is wrong with a value in that form."""
    tree = as_tree(value)
    try:
        form.model_validate(tree.plain())
    except ValidationError as fault:
        return list(form_problems("x.yaml", tree, form, fault))
    return []


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Every place in a value: each field, each item, all that is in them."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*at, name)
            yield from places(inner, (*at, name))
    elif isinstance(value, list):
        for position, inner in enumerate(value[:2]):
            yield (*at, position)
            yield from places(inner, (*at, position))


def changed(value: Any, place: Place, new: Any) -> Any:
    """The value with something else at a place."""
    copy = json.loads(json.dumps(value))
    inner = copy
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = new
    return copy


CASES = [(name, place) for name, (_, good) in FORMS.items() for place in places(good)]
FIELDS = [(name, place) for name, place in CASES if isinstance(place[-1], str)]


def spoken(part: Any) -> str:
    """A parameter in the report of the tests."""
    return part if isinstance(part, str) else ".".join(map(str, part))


@pytest.mark.parametrize("name", FORMS)
def test_the_good_form_has_no_problem(name: str) -> None:
    assert told(*FORMS[name]) == []


@pytest.mark.parametrize(("name", "place"), CASES, ids=spoken)
def test_whatever_is_typed_at_a_place_is_told_there_and_in_plain_words(name: str, place: Place) -> None:
    form, good = FORMS[name]
    seen = 0
    for wrong in WRONG:
        value = changed(good, place, wrong)
        at = as_tree(value).at(place)
        for problem in told(form, value):
            seen += 1
            assert (problem.line, problem.column) >= at, problem
            words = re.findall(r"[A-Za-z]+", f"{problem.message} {problem.mend}".replace(quoted(wrong), ""))
            assert not JARGON.intersection(words), problem
            assert not problem.message.endswith("is not right"), problem
            assert len(problem.message) < 250 and len(problem.mend) < 300, problem
    assert seen >= 3


@pytest.mark.parametrize(("name", "place"), FIELDS, ids=spoken)
def test_what_is_missing_is_told_where_its_neighbours_begin(name: str, place: Place) -> None:
    form, good = FORMS[name]
    value = changed(good, place, "gone")
    around = value
    for step in place[:-1]:
        around = around[step]
    del around[place[-1]]
    for problem in told(form, value):
        assert problem.rule in ("field-missing", "claim-verdict-missing")
        assert (problem.line, problem.column) == as_tree(value).at(place[:-1])
        assert f"`{place[-1]}" in problem.message + problem.mend


@pytest.mark.parametrize("name", FORMS)
def test_what_is_unknown_is_told_at_its_name(name: str) -> None:
    form, good = FORMS[name]
    for place in [(), *(place for place in places(good))]:
        inner: Any = good
        for step in place:
            inner = inner[step]
        if not isinstance(inner, dict):
            continue
        value = changed(good, (*place, "zzzzzzzzzzzz"), "x")
        (problem,) = told(form, value)
        assert (problem.rule, problem.message) == ("field-unknown", "`zzzzzzzzzzzz` is not a field")
        assert (problem.line, problem.column) == as_tree(value).key_at((*place, "zzzzzzzzzzzz"))
        assert not problem.mend.startswith("did you mean")
        assert all(name in problem.mend for name in inner)


def test_a_misspelt_field_is_told_once_and_not_also_as_missing() -> None:
    good = FORMS["entry"][1]
    value = {("Phrasing" if name == "phrasings" else name): inner for name, inner in good.items()}
    (problem,) = told(EntryForm, value)
    assert problem.rule == "field-unknown"
    assert problem.mend.startswith('did you mean "phrasings"?')


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(("likly", "likely"), ("LIKELY", "likely"), ("disputd", "disputed"), ("unsupport", "unsupported")),
        *(("supported with limits", "supported-with-limits"), ("xyz", None), ("", None), ("wrong", None)),
    ],
)
def test_the_nearest_word_is_offered_where_one_is_near(typed: str, meant: str | None) -> None:
    known = ("likely", "disputed", "unsupported", "supported-with-limits")
    assert nearest(typed, known) == meant
    assert did_you_mean(typed, known, "the rest").startswith("did you mean" if meant else "the rest")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("short", '"short"'),
        ("  over\n two  lines ", '"over two lines"'),
        ("a\x1b[2Jb", '"a<U+001B>[2Jb"'),
        ("\udcff", '"<U+DCFF>"'),
        ("x" * 500, f'"{"x" * (MOST_QUOTED - 1)}…"'),
    ],
)
def test_what_was_typed_is_quoted_on_one_line_that_can_be_printed(text: str, shown: str) -> None:
    assert quoted(text) == shown
