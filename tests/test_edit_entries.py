"""Adding to an entry's lists: the new text goes in, and no other byte of the file changes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.core import limits
from bot.knowledge.edit import Edited, Refusal, Refused, add_decoy, add_phrasing
from bot.knowledge.scalars import one_line, same_text
from bot.knowledge.tree import read_tree

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = sorted(
    [
        *ROOT.glob("knowledge/TEMPLATE.yaml"),
        *ROOT.glob("knowledge/entries/*/*.yaml"),
        *ROOT.glob("tests/data/knowledge/entries/*/*.yaml"),
    ]
)
ADD = {"phrasings": add_phrasing, "decoys": add_decoy}
BREAKS = re.compile(r"\r\n|\r|\n")
TRICKY = [
    "is it safe: yes or no",
    "what about #5",
    "a trailing colon:",
    "- starts like an item",
    "? starts like a key",
    "* starts like an alias",
    "& an anchor",
    "! a tag",
    "% a directive",
    "@ and `",
    "| a bar",
    "> an arrow",
    "{a: b}",
    "[a, b]",
    "'single'",
    '"double"',
    'he said "no" and it\'s \\ fine \\n',
    "yes",
    "No",
    "null",
    "~",
    "on",
    "y",
    "12",
    "0o17",
    "1e3",
    "1_000",
    "12:30:45",
    ".inf",
    "2026-11-22",
    "2001-12-14 21:59:43 Z",
    "---",
    "...",
    "=",
    "<<",
    "🦵💪 bands?",
    "👩‍⚕️ says no",
    "האם זה בטוח",
    "a\u202eb\u200bc",
    "one\ntwo\r\nthree\u2028four",
    "no\u00a0break",
    " \t blanks around \t ",
    "\ufeffmarked",
    "null\0byte",
    "ümläut 1.5 % — “quoted”",
    "x" * limits.PHRASING,
]


def plain(text: str) -> dict[str, object]:
    """What the bot reads in an entry's text; nothing may be wrong with it as YAML."""
    tree, problems = read_tree("entry.yaml", text.encode(), limits.ENTRY_FILE_BYTES)
    assert tree is not None
    assert [problem for problem in problems if problem.rule != "yaml-comment"] == []
    value = tree.plain()
    assert isinstance(value, dict)
    return value


def lines(text: str) -> list[str]:
    """The lines without their breaks."""
    return BREAKS.split(text)


def only_added(old: str, new: str) -> list[tuple[int, str]]:
    """The lines (number from 1, text) that `new` has more than `old`; fails where any other line differs."""
    added = []
    before, after = lines(old), lines(new)
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        assert tag in ("equal", "insert"), f"{before[i1:i2]} became {after[j1:j2]}"
        if tag == "insert":
            added += [(number + 1, after[number]) for number in range(j1, j2)]
    return added


def read_by_others(text: str, field: str) -> None:
    """Other readers, one of YAML 1.1 and one of YAML 1.2, take the last item for the same text."""
    expected = plain(text)[field]
    assert isinstance(expected, list)
    for loaded in (yaml.safe_load(text), YAML(typ="safe", pure=True).load(text)):
        assert loaded[field][-1] == expected[-1]


def edited(outcome: Edited | Refused) -> Edited:
    assert isinstance(outcome, Edited), outcome
    return outcome


def refused(outcome: Edited | Refused) -> Refused:
    assert isinstance(outcome, Refused)
    return outcome


an_entry = """\
# yaml-language-server: $schema=../../entry.schema.json
question: Does it work?   # the one from the server
status: draft
answer: >-
  A folded answer
  on two lines.

phrasings:
  - does it really work
  # the ones with typos
  - does it wrok
decoys: []
tests:
  match:
    - will it work for me
  no_match: []
"""


# ---- the shipped entries


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
@pytest.mark.parametrize("field", ADD)
def test_every_shipped_entry_takes_one_line_more_and_keeps_all_others(file: Path, field: str) -> None:
    old = file.read_bytes().decode()
    new = edited(ADD[field](old, "a wording: that nobody has thought of"))

    before, after = plain(old), plain(new.text)
    assert after == {**before, field: [*as_list(before[field]), "a wording: that nobody has thought of"]}
    if before[field]:
        assert only_added(old, new.text) == [(new.line, '  - "a wording: that nobody has thought of"')]
    assert new.text.endswith("\n")


@settings(max_examples=100, deadline=None)
@given(file=st.sampled_from(SHIPPED), field=st.sampled_from(sorted(ADD)), typed=st.text(max_size=260))
def test_a_shipped_entry_takes_any_text_or_says_why_not(file: Path, field: str, typed: str) -> None:
    old = file.read_bytes().decode()
    outcome = ADD[field](old, typed)

    if isinstance(outcome, Refused):
        cleaned = one_line(typed)
        assert (
            outcome.why is (Refusal.EMPTY if not cleaned else Refusal.DUPLICATE)
            or len(cleaned) > limits.PHRASING
        )
        return
    before, after = plain(old), plain(outcome.text)
    assert after == {**before, field: [*as_list(before[field]), one_line(typed)]}
    if before[field]:
        assert [number for number, _ in only_added(old, outcome.text)] == [outcome.line]


def as_list(value: object) -> list[object]:
    """An empty value counts as an empty list."""
    return list(value) if isinstance(value, list) else []


# ---- generated entries, in every style that people write


@st.composite
def items(draw: st.DrawFn, indent: int) -> list[str]:
    """The lines of one list item, "- " and all."""
    dash = " " * indent + "-" + " " * draw(st.integers(1, 3))
    deeper = " " * (len(dash) + draw(st.integers(0, 2)))
    word = draw(
        st.sampled_from(["does it work", "is it safe", "how long", "why so", "öfter als", "日本語 です"])
    )
    word += f" {draw(st.integers(0, 10**6))}"
    comment = draw(st.sampled_from(["", "", "  # note", " #"]))
    return draw(
        st.sampled_from(
            [
                [dash + word],
                [dash + word + "   "],
                [f"{dash}'it''s {word}'{comment}"],
                [f'{dash}"{word}: \\"quoted\\" \\u00e9"{comment}'],
                [dash + word, deeper + "goes on"],
                [f'{dash}"{word}', "", f'{deeper}goes on"{comment}'],
                [f"{dash}>-", f"{deeper}{word}", f"{deeper}folded"],
                [f"{dash}|", f"{deeper}{word}"],
                [f"{dash}>+  # keep", f"{deeper}{word}", ""],
            ]
        )
    )


@st.composite
def lists(draw: st.DrawFn, field: str) -> list[str]:
    """The lines of one list field: a block, brackets, or empty in one of the ways of being empty."""
    kind = draw(st.sampled_from(["block", "block", "block", "empty", "brackets", "brackets on lines"]))
    if kind == "empty":
        empty = [
            f"{field}: []",
            f"{field}:   [ ]  # none yet",
            f"{field}:",
            f"{field}:  # none",
            f"{field}: [ # x\n ]",
        ]
        return draw(st.sampled_from([*empty, f"{field}:\n  []"])).split("\n")
    if kind == "brackets":
        return [draw(st.sampled_from([f"{field}: [one thing, 'two']", f'{field}: [ "one" , ]   # short']))]
    if kind == "brackets on lines":
        return [f"{field}: [", "  one thing,  # first", '  "two",', "  # last", "]"]
    indent = draw(st.sampled_from([0, 2, 2, 4]))
    written = [f"{field}:{draw(st.sampled_from(['', '  # how people ask']))}"]
    for _ in range(draw(st.integers(1, 3))):
        written += draw(st.sampled_from([[], [], [""], [" " * indent + "# a remark"]]))
        written += draw(items(indent))
    return written


@st.composite
def entries(draw: st.DrawFn) -> str:
    """An entry's text: fields in any order, any style, line break, mark and end."""
    fields = [
        draw(lists("phrasings")),
        draw(lists("decoys")),
        ["question: 'Does it  work: or not?'  # ours"],
        ["answer: >-", "  Folded", "  text.", "", "  More."],
        ["details: |-", "  **Bold**", "    * deeper", "", "  End."],
        ["tests:", "    match:", "        - will it", "    no_match: []"],
        ["urgent: plain text", "  that goes on"],
    ]
    order = draw(st.permutations(range(len(fields))))
    parts = [
        part for place in order for part in [draw(st.sampled_from([[], [], [""], ["# ----"]])), fields[place]]
    ]
    text = draw(st.sampled_from(["\n", "\r\n"])).join(line for part in parts for line in part)
    ending = draw(st.sampled_from(["\n", "\n", "", "\n\n# the end", "\n\n\n"]))
    ending = ending.replace("\n", "\r\n") if "\r\n" in text else ending
    return draw(st.sampled_from(["", "", "\ufeff"])) + text + ending


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    old=entries(),
    field=st.sampled_from(sorted(ADD)),
    typed=st.sampled_from(TRICKY) | st.text(min_size=1, max_size=80),
)
def test_whatever_style_an_entry_has_only_the_new_text_is_added(old: str, field: str, typed: str) -> None:
    before = plain(old)
    new = one_line(typed)
    assume(new and same_text(new) not in {same_text(text) for text in ("will it", "one", "one thing", "two")})
    outcome = ADD[field](old, typed)

    if isinstance(outcome, Refused):
        # The last line of a text that keeps its line breaks gets one more; there is no way around that.
        assert outcome.why is Refusal.UNREADABLE
        assert not old.endswith("\n") and BREAKS.split(old)[-2].rstrip().endswith("|")
        return
    after = plain(outcome.text)
    assert after == {**before, field: [*as_list(before[field]), new]}
    assert list(after) == list(before)
    read_by_others(outcome.text.removeprefix("\ufeff"), field)
    if EMPTY_BRACKETS[field].search(old):
        old, rest = EMPTY_BRACKETS[field].sub(r"\1", old, count=1), without_line(outcome)
        assert rest.rstrip("\r\n") == old.rstrip("\r\n")
    else:
        added = insertion(old, outcome.text)
        assert len(BREAKS.findall(added)) == (0 if "[" in line_of(old, field) else 1)
    assert ("\r" in outcome.text) == ("\r" in old)
    assert outcome.text.endswith("\n") == old.endswith("\n")


EMPTY_BRACKETS = {field: re.compile(rf"^(\ufeff?{field}:)\s*\[ *\]", re.MULTILINE) for field in ADD}


def insertion(old: str, new: str) -> str:
    """What stands in `new` in one piece and not in `old`; fails where anything else differs."""
    pairs = enumerate(zip(old, new, strict=False))
    shared = next((at for at, (one, other) in pairs if one != other), len(old))
    end = len(new) - (len(old) - shared)
    assert new[:shared] + new[end:] == old
    return new[shared:end]


def without_line(outcome: Edited) -> str:
    """The text without the line that was added."""
    kept = outcome.text.splitlines(keepends=True)
    del kept[outcome.line - 1]
    return "".join(kept)


def line_of(text: str, field: str) -> str:
    """The line that names a field."""
    return next(line for line in lines(text) if line.removeprefix("\ufeff").startswith(f"{field}:"))


# ---- where the line goes


def test_the_new_line_follows_the_last_item_and_the_comments_stay() -> None:
    outcome = edited(add_phrasing(an_entry, "works for legs too"))

    assert only_added(an_entry, outcome.text) == [(12, "  - works for legs too")]
    assert outcome.line == 12


def test_an_empty_list_becomes_a_list_on_lines() -> None:
    outcome = edited(add_decoy(an_entry, "does it work for cats"))

    assert "\ndecoys:\n  - does it work for cats\ntests:\n" in outcome.text
    assert (
        outcome.text.replace("\n  - does it work for cats", "").replace("decoys:", "decoys: []") == an_entry
    )


def test_two_additions_stand_in_the_order_in_which_they_came() -> None:
    once = edited(add_decoy(an_entry, "does it work for cats"))
    twice = edited(add_decoy(once.text, "does it work for dogs"))

    assert only_added(once.text, twice.text) == [(twice.line, "  - does it work for dogs")]
    assert plain(twice.text)["decoys"] == ["does it work for cats", "does it work for dogs"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("phrasings:\n  - one more\n", "phrasings:\n  - one more\n  - and another\n"),
        ("phrasings:\n  - one more", "phrasings:\n  - one more\n  - and another"),
        ("phrasings:\r\n- one more\r\n", "phrasings:\r\n- one more\r\n- and another\r\n"),
        ("a: b\r\nphrasings:\r\n- one more", "a: b\r\nphrasings:\r\n- one more\r\n- and another"),
        (
            "phrasings:\n    -   one # why\n\nx: y\n",
            "phrasings:\n    -   one # why\n    -   and another\n\nx: y\n",
        ),
        ("phrasings: []", "phrasings:\n  - and another"),
        ("phrasings: [] # none\nx: y\n", "phrasings: # none\n  - and another\nx: y\n"),
        ("phrasings:\nx: y\n", "phrasings:\n  - and another\nx: y\n"),
        ("x:\n- y\nphrasings: []\n", "x:\n- y\nphrasings:\n- and another\n"),
        ("phrasings:\n  []\n", 'phrasings:\n  - "and another"\n'),
        ("phrasings: [one, two]\n", 'phrasings: [one, two, "and another"]\n'),
        ('{"phrasings": [], "x": "y"}\n', '{"phrasings": ["and another"], "x": "y"}\n'),
        (
            "phrasings:\n  - >-\n    is it\n    so\nx: y\n",
            "phrasings:\n  - >-\n    is it\n    so\n  - and another\nx: y\n",
        ),
        ("phrasings:\r\n  - |-\r\n    text", "phrasings:\r\n  - |-\r\n    text\r\n  - and another"),
        ("phrasings:\n  -\n    below\n", "phrasings:\n  -\n    below\n  - and another\n"),
    ],
)
def test_a_list_goes_on_in_the_way_it_is_written(old: str, new: str) -> None:
    assert edited(add_phrasing(old, "and another")).text == new


def test_only_the_field_of_the_entry_itself_is_meant() -> None:
    old = (
        "details: |-\n  phrasings:\n    - in a text\nx:\n  phrasings:\n    - too deep\nphrasings:\n  - this\n"
    )

    assert edited(add_phrasing(old, "and another")).text == old + "  - and another\n"


# ---- how the text is written


@pytest.mark.parametrize("typed", TRICKY)
def test_a_tricky_text_arrives_as_it_was_meant(typed: str) -> None:
    outcome = edited(add_phrasing(an_entry, typed))

    phrasings = plain(outcome.text)["phrasings"]
    assert isinstance(phrasings, list)
    assert phrasings[-1] == one_line(typed)
    assert len(only_added(an_entry, outcome.text)) == 1
    read_by_others(outcome.text, "phrasings")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("does bfr work for legs?", "  - does bfr work for legs?"),
        ("290 times gh", "  - 290 times gh"),
        ("is it safe: yes or no", '  - "is it safe: yes or no"'),
        ("what about #5", '  - "what about #5"'),
        ("yes", '  - "yes"'),
        ("2001-12-14 21:59:43 Z", '  - "2001-12-14 21:59:43 Z"'),
        ('he said "no"', '  - he said "no"'),
        ('"no" he said', """  - '"no" he said\'"""),
        ("a \\ b", "  - 'a \\ b'"),
        ("thrombosis", "  - thrombosis"),
        ("null", '  - "null"'),
        ("🦵 day", '  - "🦵 day"'),
    ],
)
def test_quotes_stand_only_where_they_are_needed(typed: str, written: str) -> None:
    outcome = edited(add_phrasing(an_entry, typed))

    assert lines(outcome.text)[outcome.line - 1] == written


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\ntwo\r\nthree\u2028four\x0bfive", "one two three four five"),
        ("a\u202eb\u200bc\u00add\ufeff", "abcd"),
        ("no\u00a0break\u3000here", "no break here"),
        ("family 👨‍👩‍👧 yes, hidden\u200dno", "family 👨‍👩‍👧 yes, hiddenno"),
        ("half a pair \ud83d of signs", "half a pair of signs"),
        ("nul\0l and bell\x07", "null and bell"),
    ],
)
def test_a_text_becomes_one_line_in_which_nothing_hides(typed: str, kept: str) -> None:
    phrasings = plain(edited(add_phrasing(an_entry, typed)).text)["phrasings"]

    assert isinstance(phrasings, list)
    assert phrasings[-1] == kept


# ---- what is refused


@pytest.mark.parametrize(
    ("add", "typed", "line", "where"),
    [
        (add_phrasing, "does it wrok", 11, "as a phrasing"),
        (add_phrasing, " DOES  it\twröK".replace("ö", "o"), 11, "as a phrasing"),
        (add_phrasing, "does it wr\u200bok", 11, "as a phrasing"),
        (add_phrasing, "Does it work?", 2, "as the question of this entry"),
        (add_decoy, "does it really work", 9, "as a phrasing"),
        (add_phrasing, "Will it work for ME", 15, "as a question that tests this entry"),
    ],
)
def test_a_text_that_stands_there_already_is_refused_with_its_line(
    add: Callable[[str, str], Edited | Refused], typed: str, line: int, where: str
) -> None:
    outcome = refused(add(an_entry, typed))

    assert (outcome.why, outcome.line) == (Refusal.DUPLICATE, line)
    assert f"stands already in line {line}, {where}" in outcome.message


def test_a_decoy_does_not_become_a_phrasing_by_itself() -> None:
    old = edited(add_decoy(an_entry, "does it work for cats")).text
    outcome = refused(add_phrasing(old, "Does it work for cats"))

    assert outcome.message == '"Does it work for cats" stands already in line 13, as a decoy'
    assert outcome.mend == "take it out there first, if it is to be a phrasing"


@pytest.mark.parametrize("typed", ["", " \n\t", "\u200b\ufeff", "\ud800"])
def test_nothing_is_not_added(typed: str) -> None:
    assert refused(add_phrasing(an_entry, typed)).why is Refusal.EMPTY


def test_a_text_that_the_form_does_not_take_is_refused_with_its_length() -> None:
    outcome = refused(add_decoy(an_entry, "x" * (limits.PHRASING + 1)))

    assert outcome.why is Refusal.TOO_LONG
    assert outcome.message == "the decoy has 251 characters, at most 250 fit"


def test_a_full_list_is_refused() -> None:
    old = "phrasings:\n" + "".join(f"  - wording no {number}\n" for number in range(limits.MOST_TEXTS))
    outcome = refused(add_phrasing(old, "one too many"))

    assert (outcome.why, outcome.message) == (Refusal.LIST_FULL, "`phrasings` has 500 items, and no more fit")


def test_a_file_that_would_grow_too_large_is_refused() -> None:
    old = "phrasings: []\n" + "# long\n" * (limits.ENTRY_FILE_BYTES // len("# long\n") - 3)
    outcome = refused(add_phrasing(old, "a text " * 30))

    assert (outcome.why, outcome.line) == (Refusal.LIST_FULL, 1)
    assert outcome.message == "the file has no room for it: it holds at most 64 KiB"


@pytest.mark.parametrize(
    ("text", "why", "line"),
    [
        ("question: a\n", Refusal.NO_LIST, None),
        ("question: a\nphrasings: none\n", Refusal.NO_LIST, 2),
        ("phrasings:\n  a: b\n", Refusal.NO_LIST, 2),
        ("", Refusal.UNREADABLE, 1),
        ("- a\n- b\n", Refusal.UNREADABLE, 1),
        ("question: a: b\nphrasings: []\n", Refusal.UNREADABLE, 1),
        ("phrasings:\n  - &a one\n  - *a\n", Refusal.UNREADABLE, 2),
        ("phrasings: []\nphrasings: []\n", Refusal.UNREADABLE, 2),
        ("phrasings: []\n---\nx: y\n", Refusal.UNREADABLE, 2),
        ("phrasings: []\nx: a\u200bb\n", Refusal.UNREADABLE, 2),
        ("x: \ud800\nphrasings: []\n", Refusal.UNREADABLE, 1),
        ("phrasings:\n  - |\n    kept", Refusal.UNREADABLE, 2),
        ("phrasings: []\n" + "# long\n" * 10000, Refusal.UNREADABLE, 1),
    ],
)
def test_a_file_that_must_be_mended_first_is_refused_with_its_line(
    text: str, why: Refusal, line: int | None
) -> None:
    outcome = refused(add_phrasing(text, "something new"))

    assert (outcome.why, outcome.line) == (why, line)
    assert outcome.message and outcome.mend
    assert "\n" not in outcome.message + outcome.mend


@settings(max_examples=200, deadline=None)
@given(text=st.text() | st.sampled_from(SHIPPED).map(lambda file: file.read_text("utf-8")), data=st.data())
def test_no_text_of_a_file_makes_it_fail(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    outcome = add_phrasing(text[:at] + data.draw(st.text(max_size=5)) + text[at:], "something new")

    assert isinstance(outcome, Edited | Refused)
