"""Whatever becomes of a good file, the check ends with problems or with a library: two thousand mutations."""

import random
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.core.problem import Problem, has_errors
from bot.journeys.check_knowledge import Checked, check_knowledge
from bot.knowledge.rulebook import RULES
from bot.matching.engine import installed_engine
from tests.bad_examples import GOOD, copy_good

TODAY = date(2026, 6, 1)
ROUNDS, EACH = 20, 100
FILES = sorted(file.relative_to(GOOD).as_posix() for file in GOOD.rglob("*.yaml"))
STRANGE = (
    *(
        "",
        " ",
        "\t",
        "\n",
        "\r",
        "\0",
        "\x1b[31m",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\u2028",
        "\x85",
        "\u00a0",
        "🤷",
        "ſ",
    ),
    *(
        "[",
        "]",
        "{",
        "}",
        "- ",
        ": ",
        ", ",
        "? ",
        "#",
        " #",
        "&a ",
        "*a",
        "!!int ",
        "|",
        ">-",
        "|9",
        "'",
        '"',
        "\\",
        "%",
    ),
    *(
        "---\n",
        "...\n",
        "<<: ",
        "~",
        "null",
        "true",
        "no",
        "on",
        "[]",
        "{}",
        "[[[[[[[[[[[[[[",
        "{a: {b: {c: d}}}",
    ),
    *(
        "0",
        "-1",
        "1e999",
        "nan",
        ".inf",
        "0x10",
        "9" * 400,
        "2026-02-30",
        "9999-12-31",
        "0001-01-01",
        "20260110",
    ),
    *(
        "@everyone",
        "<@1>",
        "https://x.example",
        "a" * 300,
        "word " * 300,
        "*bold*",
        "squealing-brakes",
        "spoke-2019",
    ),
    *("live", "retired", "supported", "likely", "likly", "question", "verdict: ", "\udcff"),
)
Mutator = Callable[[bytes, random.Random], bytes]


def a_byte_changes(raw: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(raw) + 1)
    return raw[:place] + bytes([dice.randrange(256)]) + raw[place + dice.randrange(2) :]


def a_run_of_bytes_goes(raw: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(raw) + 1)
    return raw[:place] + raw[place + dice.randrange(40) :]


def the_end_is_cut_off(raw: bytes, dice: random.Random) -> bytes:
    return raw[: dice.randrange(len(raw) + 1)]


def a_line_moves(raw: bytes, dice: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    line = lines.pop(dice.randrange(len(lines)))
    lines.insert(dice.randrange(len(lines) + 1), line)
    return b"".join(lines)


def a_line_is_dropped_or_doubled(raw: bytes, dice: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    place = dice.randrange(len(lines))
    return b"".join([*lines[:place], *[lines[place]] * dice.choice((0, 2, 3)), *lines[place + 1 :]])


def a_line_is_indented_otherwise(raw: bytes, dice: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    place = dice.randrange(len(lines))
    lines[place] = dice.choice((b"", b" ", b"  ", b"    ", b"\t")) + lines[place].lstrip(b" ")
    return b"".join(lines)


def a_word_becomes_another(raw: bytes, dice: random.Random) -> bytes:
    words = raw.split(b" ")
    words[dice.randrange(len(words))] = strange(dice)
    return b" ".join(words)


def a_value_becomes_another(raw: bytes, dice: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    place = dice.randrange(len(lines))
    name, colon, _ = lines[place].partition(b": ")
    lines[place] = name + colon + strange(dice) + b"\n"
    return b"".join(lines)


def two_values_change_places(raw: bytes, dice: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    (name, colon, value), (name2, colon2, value2) = lines[one].partition(b":"), lines[other].partition(b":")
    lines[one], lines[other] = name + colon + value2, name2 + colon2 + value
    return b"".join(lines)


def something_strange_is_put_in(raw: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(raw) + 1)
    return raw[:place] + strange(dice) + raw[place:]


def a_piece_of_another_file_is_put_in(raw: bytes, dice: random.Random) -> bytes:
    other = (GOOD / dice.choice(FILES)).read_bytes()
    start, place = dice.randrange(len(other)), dice.randrange(len(raw) + 1)
    return raw[:place] + other[start : start + dice.randrange(400)] + raw[place:]


def it_is_saved_otherwise(raw: bytes, dice: random.Random) -> bytes:
    encoding = dice.choice(("utf-16", "utf-32", "utf-8-sig", "cp1252", "cp037"))
    return (
        raw.decode("utf-8", "replace")
        .replace("\n", dice.choice(("\n", "\r\n", "\r")))
        .encode(encoding, "replace")
    )


MUTATORS: tuple[Mutator, ...] = (
    a_byte_changes,
    a_run_of_bytes_goes,
    the_end_is_cut_off,
    a_line_moves,
    a_line_is_dropped_or_doubled,
    a_line_is_indented_otherwise,
    a_word_becomes_another,
    a_value_becomes_another,
    two_values_change_places,
    something_strange_is_put_in,
    a_piece_of_another_file_is_put_in,
    it_is_saved_otherwise,
)


def strange(dice: random.Random) -> bytes:
    return dice.choice(STRANGE).encode("utf-8", "surrogateescape")


@pytest.fixture(autouse=True)
def _a_light_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No models and no cache of vectors: two thousand broken texts are nobody's to keep."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    installed_engine.cache_clear()
    yield
    installed_engine.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the good folder."""
    return copy_good(tmp_path / "knowledge")


def assert_told_well(problem: Problem, folder: Path) -> None:
    """A problem has a place that is in its file, a rule of the rulebook, and words that can be printed."""
    rows = (folder / problem.path).read_bytes().decode("utf-8", "replace").splitlines()
    assert 1 <= problem.line <= len(rows) + 1, problem
    assert problem.column >= 1, problem
    assert problem.severity is RULES[problem.rule].severity, problem
    for words in (problem.message, problem.mend):
        assert words.isprintable() and words.strip() == words != "", problem
        assert len(words) <= 400, problem


def assert_sound(checked: Checked, folder: Path) -> None:
    """Live exactly where no error stands in the way."""
    assert (checked.live is None) == has_errors(checked.problems)
    for problem in checked.problems:
        assert_told_well(problem, folder)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_no_mutation_of_a_good_file_crashes_anything(seed: int, folder: Path) -> None:
    dice = random.Random(seed)
    broken = 0
    for _ in range(EACH):
        path = dice.choice(FILES)
        raw = good = (GOOD / path).read_bytes()
        for mutate in dice.choices(MUTATORS, k=dice.choice((1, 1, 2, 3))):
            raw = mutate(raw, dice) if raw.strip() else good
        (folder / path).write_bytes(raw)

        checked = check_knowledge(folder, TODAY)

        assert_sound(checked, folder)
        broken += checked.live is None
        (folder / path).write_bytes(good)
    assert EACH / 3 < broken < EACH, "the mutations should mostly, but not always, break something"


@pytest.mark.parametrize("path", FILES)
def test_a_file_may_end_at_any_byte(path: str, folder: Path) -> None:
    raw = (GOOD / path).read_bytes()
    for end in range(0, len(raw), 61):
        (folder / path).write_bytes(raw[:end])
        assert_sound(check_knowledge(folder, TODAY, with_advice=False), folder)
