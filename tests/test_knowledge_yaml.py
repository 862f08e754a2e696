"""YAML is data: what was typed stays what was typed, and every place is where an editor shows it."""

import random
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core import limits
from bot.knowledge.load import load_library
from bot.knowledge.tree import DEEPEST, Node, read_tree
from bot.knowledge.yaml_syntax import syntax_problem
from tests.bad_examples import GOOD, copy_good

HOME_PUMP = """\
question: Do I need a pump at home?
status: draft
caveat: likely
professional_first: false
answer: A small one is enough. Look for one with a gauge.
details: A pump with a gauge shows when to stop.
claims: []
sources: []
reviewed:
  on: 2026-01-10
  by: editorial review
  next: 2027-01-10
related: []
corrections: []
phrasings:
  - should I buy a pump
decoys: []
tests:
  match: []
  no_match: []
"""


def tree_of(text: str) -> Node:
    """The tree of a text that is in order."""
    tree, problems = read_tree("x.yaml", text.encode(), limits.ENTRY_FILE_BYTES)
    assert problems == []
    assert tree is not None
    return tree


def told(raw: bytes, most_bytes: int = limits.ENTRY_FILE_BYTES) -> list[tuple[int, int, str]]:
    """Line, column and rule of what is wrong with the YAML."""
    return [(p.line, p.column, p.rule) for p in read_tree("x.yaml", raw, most_bytes)[1]]


# ---- what was typed


PLAIN_WORDS = (
    *("no", "yes", "on", "off", "y", "NO", "true", "True", "null", "~", "<<", "="),
    *("1e3", "0x1F", "010", "1_000", "+1", "2.50", "3:25", ".inf", ".nan", "٣", "2026-11-22", "12:30:45"),
)


@pytest.mark.parametrize("typed", PLAIN_WORDS)
def test_a_plain_word_stays_what_was_typed(typed: str) -> None:
    assert tree_of(f"a: {typed}\n").plain() == {"a": typed}
    assert tree_of(f"- {typed}\n").plain() == [typed]


@pytest.mark.parametrize("name", ["on", "no", "yes", "y", "null", "1", "2026-11-22", "<<"])
def test_a_name_stays_what_was_typed(name: str) -> None:
    assert tree_of(f"{name}: x\n").plain() == {name: "x"}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("plain", "plain"),
        ('"in: quotes #1"', "in: quotes #1"),
        ("'it''s'", "it's"),
        ('"a \\"word\\" \\u00b5"', 'a "word" µ'),
        (">-\n  one\n  two\n\n  three", "one two\nthree"),
        ("|-\n  one\n    two\n\n  three", "one\n  two\n\nthree"),
        ("|\n  - no item\n  # no comment", "- no item\n# no comment\n"),
        ("over\n  two lines", "over two lines"),
        ("", ""),
        ('""', ""),
        ("a#b http://x.example/#top", "a#b http://x.example/#top"),
        ("👩‍⚕️ ½ cup, 5 µg", "👩‍⚕️ ½ cup, 5 µg"),
    ],
)
def test_quotes_and_blocks_give_their_text(typed: str, read: str) -> None:
    assert tree_of(f"a: {typed}\nb: x\n").plain() == {"a": read, "b": "x"}


def test_a_date_that_was_typed_plainly_is_a_date_in_the_library_and_nothing_else_is() -> None:
    library = load_library(GOOD).draft
    entry = library.entries["pump-up-tyres"]
    assert entry.reviewed.on == date(2026, 1, 10)
    assert library.sources["rim-2021"].pmid == "12345678"


@pytest.mark.parametrize("typed", ["true", "True", "TRUE"])
def test_yaml_has_three_ways_to_write_true(typed: str, tmp_path: Path) -> None:
    loaded = load_with(tmp_path, HOME_PUMP.replace("first: false", f"first: {typed}").encode())
    assert loaded == []


# ---- how the file is saved


def load_with(tmp_path: Path, raw: bytes) -> list[tuple[int, int, str]]:
    """What is wrong with an entry of these bytes in the good folder."""
    folder = tmp_path / "knowledge"
    copy_good(folder)
    (folder / "entries" / "tyres" / "home-pump.yaml").write_bytes(raw)
    problems = [p for p in load_library(folder).problems if p.path == "entries/tyres/home-pump.yaml"]
    return [(p.line, p.column, p.rule) for p in problems]


@pytest.mark.parametrize(
    "raw",
    [
        HOME_PUMP.encode(),
        HOME_PUMP.replace("\n", "\r\n").encode(),
        HOME_PUMP.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + HOME_PUMP.encode(),
        HOME_PUMP.rstrip("\n").encode(),
        b"---\n" + HOME_PUMP.encode(),
        b"%YAML 1.2\n---\n" + HOME_PUMP.encode() + b"...\n",
        b"\n\n# a note\n\n" + HOME_PUMP.encode(),
    ],
    ids=["LF", "CRLF", "CR", "BOM", "no last break", "document start", "directive", "comments first"],
)
def test_an_entry_is_read_however_the_editor_saves_it(raw: bytes, tmp_path: Path) -> None:
    assert load_with(tmp_path, raw) == []


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_place_is_the_same_with_every_line_break_and_mark(
    line_break: str, mark: str, tmp_path: Path
) -> None:
    raw = (mark + HOME_PUMP.replace("likely", "likly").replace("\n", line_break)).encode()
    assert load_with(tmp_path, raw) == [(3, 9, "caveat-unknown")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_wide_encodings_are_one_problem(encoding: str, tmp_path: Path) -> None:
    assert [rule for _, _, rule in load_with(tmp_path, HOME_PUMP.encode(encoding))] == ["yaml-encoding"]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "mac-roman"])
def test_the_first_letter_of_a_national_encoding_is_pointed_at(encoding: str) -> None:
    assert told("a: x\nb: für\n".encode(encoding)) == [(2, 5, "yaml-encoding")]


def test_columns_count_characters_and_not_bytes(tmp_path: Path) -> None:
    line = "decoys: [½ µg 👩‍⚕️, should I buy a pump, {a: b}]"
    raw = HOME_PUMP.replace("decoys: []", line).encode()
    assert load_with(tmp_path, raw) == [(17, line.index("{") + 1, "field-type")]


@pytest.mark.parametrize(
    "code", [0x200B, 0x200D, 0x202E, 0x2066, 0xFEFF, 0x00AD, 0x061C, 0xE0041, 0x2029, 0x85, 7]
)
def test_a_hidden_character_is_told_where_it_stands_and_the_rest_is_read(code: int, tmp_path: Path) -> None:
    hidden = chr(code)
    raw = HOME_PUMP.replace("A small one", f"A {hidden}small one").replace("likely", "likly").encode()
    assert load_with(tmp_path, raw) == [(3, 9, "caveat-unknown"), (5, 11, "yaml-invisible")]


def test_a_hidden_character_in_a_comment_is_told_too() -> None:
    assert told("a: x\n# \u202eb\n".encode()) == [(2, 3, "yaml-invisible")]


# ---- what is too much


@pytest.mark.parametrize("sign", ["[", "{", "- ", "? ", "[{", "{a: ", "[a, "])
@pytest.mark.parametrize("size", [limits.ENTRY_FILE_BYTES, limits.SHARED_FILE_BYTES])
def test_deep_nesting_ends_in_a_problem(sign: str, size: int) -> None:
    found = told((sign * (size // len(sign))).encode(), size)
    assert [rule for _, _, rule in found] in (["yaml-too-deep"], ["yaml-syntax"])


def test_the_deepest_that_is_read() -> None:
    assert told(f"a: {'[' * (DEEPEST - 1)}{']' * (DEEPEST - 1)}\n".encode()) == []
    assert told(f"a: {'[' * DEEPEST}{']' * DEEPEST}\n".encode()) == [(1, 3 + DEEPEST, "yaml-too-deep")]


def test_a_billion_laughs_are_a_few_problems() -> None:
    lines = ["a0: &a0 lol", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))]
    found = told("\n".join(lines).encode())
    assert {rule for _, _, rule in found} == {"yaml-anchor", "yaml-alias"}
    assert len(found) == 10 + 9 * 9


@pytest.mark.parametrize("over", [0, 1])
def test_a_file_may_have_as_many_bytes_as_the_limit_says(over: int) -> None:
    raw = b"a: x\n#".ljust(limits.ENTRY_FILE_BYTES + over, b"x")
    assert told(raw) == ([(1, 1, "yaml-too-large")] if over else [])


# ---- what goes wrong between the lines


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: x\n b: y\n", (2, 2)),
        ("a:\n  - x\n - y\n", (3, 2)),
        ("a: it's: so\n", (1, 8)),
        ("a: 'it's'\n", (1, 8)),
        ('a: "x\nb: y\n', (1, 4)),
        ("a:x\nb: y\n", (1, 1)),
        ("a: [x\nb: y\n", (1, 4)),
        ("a: @x\n", (1, 4)),
        ("a:\n\t- x\n", (2, 1)),
        ("a: x\nb\nc: y\n", (2, 1)),
        ("a: >x\n", (1, 4)),
        ("a: - x\n", (1, 4)),
        ('a: "\\q"\n', (1, 5)),
        ("a: x\n...\nb\n", (3, 1)),
    ],
)
def test_both_parsers_of_the_library_are_understood(text: str, place: tuple[int, int]) -> None:
    """Where there is no compiled parser, the slow one says the same in other words."""
    for loader in (yaml.CSafeLoader, yaml.SafeLoader):
        with pytest.raises(yaml.YAMLError) as caught:
            list(yaml.parse(text, Loader=loader))
        problem = syntax_problem("x.yaml", text, caught.value)
        line, column = place
        assert (problem.line, abs(problem.column - column) <= 1) == (line, True), loader
        assert "cannot be read from here on" not in problem.message


def test_a_comment_of_its_own_is_no_advice_and_one_that_eats_a_text_is() -> None:
    assert told(b"# a note\na: x # a note behind one word\nb: 'two words' # a note\n") == []
    assert told(b"a: my #1 tip\n") == [(1, 7, "yaml-comment")]


@given(st.text(alphabet=" -:#'\"[]{}&*!|>%@`?,\n\tab\r\u00a0\u200b", max_size=60))
@example("? ")
@example("a: |2\n")
@settings(max_examples=600, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    tree, problems = read_tree("x.yaml", text.encode(), limits.ENTRY_FILE_BYTES)
    assert tree is not None or problems
    lines = text.count("\n") + text.count("\r") + 2
    for problem in problems:
        assert 1 <= problem.line <= lines
        assert problem.column >= 1
        assert problem.message.isprintable() and problem.mend.isprintable()


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    tree, problems = read_tree("x.yaml", raw, limits.ENTRY_FILE_BYTES)
    assert tree is not None or problems


def test_the_place_of_a_value_is_where_it_starts() -> None:
    tree = tree_of(HOME_PUMP)
    assert tree.at(("caveat",)) == (3, 9)
    assert tree.at(("reviewed", "next")) == (12, 9)
    assert tree.at(("phrasings", 0)) == (16, 5)
    assert tree.key_at(("reviewed", "next")) == (12, 3)
    assert tree.at(("reviewed", "missing")) == (10, 3)
    assert tree.at(("phrasings", 7)) == (16, 3)


def test_random_rows_of_fields_keep_their_places() -> None:
    random.seed(7)
    names = [f"field{n}" for n in range(40)]
    lines = [f"{name}:{' ' * random.randint(1, 5)}word{n}" for n, name in enumerate(names)]
    tree = tree_of("\n".join(lines) + "\n")
    for n, (name, line) in enumerate(zip(names, lines, strict=True)):
        assert tree.at((name,)) == (n + 1, line.index("word") + 1)
