"""`caveat check`: problems as people, GitHub and programs read them, and what the exit code says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import caveat
from bot.cli.problem_formats import github_line, summary, text_lines
from bot.core.problem import Problem, Severity
from bot.knowledge.schema import entry_schema
from tests.make import KNOWLEDGE, a_knowledge_folder, a_library, an_entry

ROOT = Path(__file__).resolve().parent.parent


def a_problem(**changes: Any) -> Problem:
    """An error in an entry's fourth line."""
    given: dict[str, Any] = {
        "path": "entries/pots/holes.yaml",
        "line": 4,
        "column": 9,
        "rule": "caveat-unknown",
        "severity": Severity.ERROR,
        "message": '"likly" is not a caveat level',
        "mend": 'did you mean "likely"?',
    }
    return Problem(**given | changes)


def check(*words: str) -> Result:
    return CliRunner().invoke(caveat, ["check", *words], prog_name="caveat")


@pytest.fixture
def mistyped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder `knowledge`, below the current one, whose only entry has a mistyped level."""
    folder = a_knowledge_folder(tmp_path / "knowledge", an_entry("holes", caveat="likely"))
    file = folder / "entries" / "pots" / "holes.yaml"
    file.write_text(file.read_text("utf-8").replace("caveat: likely", "caveat: likly"), "utf-8")
    monkeypatch.chdir(tmp_path)
    return file


def line_of(file: Path, text: str) -> int:
    """The line, counted from 1, in which a text stands."""
    return next(n for n, line in enumerate(file.read_text("utf-8").splitlines(), 1) if text in line)


# ---- what the exit code says


def test_advice_alone_is_fine() -> None:
    ran = check(str(KNOWLEDGE))

    assert ran.exit_code == 0
    assert ": advice: " in ran.stdout


def test_an_error_is_exit_code_1(mistyped: Path) -> None:
    assert check().exit_code == 1


def test_nothing_to_check_is_exit_code_2(tmp_path: Path) -> None:
    ran = check(str(tmp_path))

    assert ran.exit_code == 2
    assert ran.stdout == ""
    assert f"there is no knowledge in {tmp_path}" in ran.stderr


@pytest.mark.parametrize("form", ["text", "github", "json"])
def test_the_exit_code_is_the_same_in_every_format(form: str, mistyped: Path) -> None:
    assert check("--format", form).exit_code == 1
    assert check("--format", form, str(KNOWLEDGE)).exit_code == 0


# ---- text


def test_a_problem_is_its_place_what_is_wrong_its_rule_and_the_mend(mistyped: Path) -> None:
    lines = check().stdout.splitlines()

    place = f"knowledge/entries/pots/holes.yaml:{line_of(mistyped, 'likly')}:9"
    at = lines.index(f'{place}: "likly" is not a caveat level [caveat-unknown]')
    assert lines[at + 1] == '    did you mean "likely"? the levels: likely'


def test_a_path_is_shown_as_seen_from_here(mistyped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check(str(mistyped.parents[2])).stdout.startswith("knowledge/entries/pots/holes.yaml:")

    monkeypatch.chdir(mistyped.parent)
    assert check("../..").stdout.startswith("../../entries/pots/holes.yaml:")


def test_the_folder_may_come_from_the_environment(mistyped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOWLEDGE_DIR", str(mistyped.parents[2]))
    monkeypatch.chdir(mistyped.parent)

    assert check().exit_code == 1


def test_advice_says_that_it_is_advice() -> None:
    told = [str(line) for line in text_lines(Path("k"), [a_problem(severity=Severity.ADVICE)])]

    assert told[0].startswith("k/entries/pots/holes.yaml:4:9: advice: ")


def test_what_an_entry_holds_cannot_steer_the_terminal_or_break_the_line() -> None:
    hostile = a_problem(message='"\x1b[2J\u202e\n" is no slug', mend="type\tit anew")

    told = [str(line) for line in text_lines(Path("k"), [hostile])]

    assert told[0].endswith('"\\x1b[2J\\u202e\\n" is no slug [caveat-unknown]')
    assert told[1] == "    type\\tit anew"


@pytest.mark.parametrize(
    ("problems", "told"),
    [
        ([], "2 entries (2 live): no errors, no advice"),
        ([a_problem()], "2 entries (2 live): 1 error, no advice"),
        ([a_problem(), a_problem()], "2 entries (2 live): 2 errors, no advice"),
        ([a_problem(severity=Severity.ADVICE)], "2 entries (2 live): no errors, advice on 1 place"),
        ([a_problem(severity=Severity.ADVICE)] * 3, "2 entries (2 live): no errors, advice on 3 places"),
    ],
)
def test_the_last_line_counts(problems: list[Problem], told: str) -> None:
    assert summary(a_library(an_entry("one"), an_entry("two")), problems) == told


def test_the_last_line_stands_last() -> None:
    assert re.fullmatch(r"8 entries \(6 live\): .+", check(str(KNOWLEDGE)).stdout.splitlines()[-1])


# ---- GitHub


def test_an_error_annotates_its_line_for_github() -> None:
    assert github_line(Path("knowledge"), a_problem()) == (
        "::error file=knowledge/entries/pots/holes.yaml,line=4,col=9,title=caveat-unknown::"
        '"likly" is not a caveat level - did you mean "likely"?'
    )


def test_advice_is_a_notice_for_github() -> None:
    assert github_line(Path("k"), a_problem(severity=Severity.ADVICE)).startswith("::notice file=k/entries")


def test_nothing_in_a_problem_can_start_another_command_of_github() -> None:
    hostile = a_problem(path="a,b:c%.yaml", message="100%\r\n::stop-commands::x", mend="none")

    assert github_line(Path("k"), hostile) == (
        "::error file=k/a%2Cb%3Ac%25.yaml,line=4,col=9,title=caveat-unknown::"
        "100%25%0D%0A::stop-commands::x - none"
    )


# ---- JSON


def test_a_program_reads_the_same_problems(mistyped: Path) -> None:
    report = json.loads(check("--format", "json").stdout)

    assert report["version"] == 1
    assert report["counts"] == {"entries": 1, "live": 1, "errors": 1, "advice": len(report["problems"]) - 1}
    errors = [problem for problem in report["problems"] if problem["severity"] == "error"]
    assert errors == [
        {
            "path": "entries/pots/holes.yaml",
            "line": line_of(mistyped, "likly"),
            "column": 9,
            "rule": "caveat-unknown",
            "severity": "error",
            "message": '"likly" is not a caveat level',
            "mend": 'did you mean "likely"? the levels: likely',
        }
    ]


# ---- the schema


def test_the_committed_schema_is_fresh() -> None:
    committed = (ROOT / "knowledge" / "entry.schema.json").read_text("utf-8")

    assert committed == entry_schema(), "write it anew: caveat check --schema"


def test_the_schema_is_written_into_the_folder(tmp_path: Path) -> None:
    ran = check("--schema", str(tmp_path))

    assert ran.exit_code == 0
    assert (tmp_path / "entry.schema.json").read_text("utf-8") == entry_schema()
    assert str(tmp_path / "entry.schema.json") in ran.stdout


def test_a_schema_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    ran = check("--schema", str(tmp_path / "nowhere"))

    assert ran.exit_code == 2
    assert "cannot be written: No such file or directory" in ran.stderr
