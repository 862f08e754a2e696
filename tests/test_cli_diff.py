"""`caveat diff`: a real repository, a real log, and what an edit does to the questions in them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import caveat
from bot.core.outcome import Reason
from bot.store.records import Answered, Way
from bot.store.store import Store
from tests.databases import sqlite_url
from tests.git_places import commit, git
from tests.make_changes import CACTUS, LILY, NEW_PHRASING, a_knowledge_repository
from tests.make_kept import NOON, a_kept

HER_WORDS = "may i | drink <b>it</b> @everyone"
LABELLED = """\
questions:
  - {text: a cactus needs no water at all in winter, kind: in-scope, entry: cactus-in-winter, style: plain}
  - {text: is there cheese on the moon, kind: out-of-scope, style: plain}
"""
PHRASING = "  - a cactus needs no water at all in winter\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working copy with two labelled questions, in which the tests stand."""
    source = a_knowledge_repository(tmp_path / "source")
    commit(source, {"knowledge/labelled/some.yaml": LABELLED}, "Label")
    monkeypatch.chdir(source)
    monkeypatch.setenv("MATCHER", "light")
    monkeypatch.setenv("CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("DATABASE_URL", sqlite_url(tmp_path))
    return source


def diff(*words: str) -> Result:
    return CliRunner().invoke(caveat, ["diff", *words], prog_name="caveat")


def edited(repository: Path, path: str, old: str, new: str) -> None:
    """An edit of the folder as it stands."""
    file = repository / "knowledge" / path
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def a_log(url: str, *texts: str) -> None:
    """A log with these answered questions, the first of them asked three times, and an open one."""

    async def fill() -> None:
        store = await Store.open(url)
        for text in (*texts[:1], *texts[:1], *texts):
            await store.keep_answered(Answered(text, "cactus-in-winter", "x", "y", 0.9, Way.MATCH), NOON)
        await store.log_unanswered(a_kept("do ferns dream at night"), Reason.LOW_CONFIDENCE, NOON)
        await store.close()

    asyncio.run(fill())


def test_nothing_changes_where_nothing_was_edited(repository: Path) -> None:
    ran = diff("--no-log")
    assert ran.exit_code == 0, ran.output
    assert ran.stdout == (
        "HEAD -> the folder\n2 labelled questions and 0 of the log were asked of both.\n"
        "Nothing changes for any question that was asked.\n"
    )


def test_a_labelled_question_that_gets_worse_is_told_first_and_exits_with_1(
    repository: Path, tmp_path: Path
) -> None:
    edited(repository, CACTUS, PHRASING, f"  - {NEW_PHRASING}\n")
    a_log(sqlite_url(tmp_path), NEW_PHRASING)
    ran = diff()
    assert ran.exit_code == 1, ran.output
    lines = ran.stdout.splitlines()
    assert lines[1] == "2 labelled questions and 2 of the log were asked of both."
    assert lines[3:5] == [
        "1 labelled question gets worse:",
        "  a cactus needs no water at all in winter",
    ]
    assert lines[5].startswith("    cactus-in-winter (1.00) -> ")
    assert lines[5].endswith("[in-scope: cactus-in-winter]")
    at = lines.index("1 question is newly answered:")
    assert lines[at + 1] == f"  {NEW_PHRASING} (asked 3 times)"
    assert lines[at + 2].endswith("-> cactus-in-winter (1.00)")


def test_an_older_state_and_another_one_can_be_named(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "-b", "better")
    edited(repository, CACTUS, PHRASING, f"{PHRASING}  - {NEW_PHRASING}\n")
    commit(repository, {}, "Add")
    git(repository, "checkout", "--quiet", "main")
    ran = diff("main", "--to", "better", "--no-log", "--format", "json")
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.stdout)
    assert (found["old"], found["new"], found["worse"]) == ("main", "better", False)
    assert found["changes"] == []


def test_an_entry_that_takes_over_a_question_is_told_with_both(repository: Path, tmp_path: Path) -> None:
    edited(repository, CACTUS, PHRASING, "")
    edited(repository, LILY, "phrasings:\n", f"phrasings:\n{PHRASING}")
    a_log(sqlite_url(tmp_path), "a cactus needs no water at all in winter")
    found = json.loads(diff("--format", "json").stdout)
    assert found["worse"] is True
    assert list(found["counts"])[:2] == ["worse", "other-entry"]
    worse, other = found["changes"][:2]
    assert worse["labelled"] == {"kind": "in-scope", "target": "cactus-in-winter"}
    assert (worse["before"]["entry"], worse["after"]["entry"]) == ("cactus-in-winter", "lily-and-cats")
    assert (other["labelled"], other["times"]) == (None, 3)
    assert other["after"] == {
        "decision": "answer",
        "entry": "lily-and-cats",
        "suggestions": [],
        "refer": None,
        "confidence": 1.0,
    }


def test_the_comment_for_ci_holds_nothing_that_a_member_could_break_it_with(
    repository: Path, tmp_path: Path
) -> None:
    edited(repository, CACTUS, PHRASING, f'{PHRASING}  - "{HER_WORDS}"\n')
    a_log(sqlite_url(tmp_path), HER_WORDS)
    out = tmp_path / "diff.md"
    ran = diff("--format", "markdown", "--output", str(out))
    assert (ran.exit_code, ran.stdout) == (0, f"wrote {out}\n")
    text = out.read_text("utf-8")
    assert text.startswith("### What this change does to questions\n\n`HEAD` → `the folder`.")
    assert "<summary><b>🔺 1 question is newly answered</b></summary>" in text
    (row,) = [line for line in text.splitlines() if line.startswith("| may i")]
    assert r"may i \| drink \<b\>it\</b\>" in row
    assert "@everyone" not in row
    assert row.endswith("| `cactus-in-winter` (1.00) |")


def test_only_some_are_shown_where_there_are_many(repository: Path, tmp_path: Path) -> None:
    texts = [f"does cactus number {word} drink" for word in ("one", "two", "three", "four")]
    edited(repository, CACTUS, PHRASING, PHRASING + "".join(f"  - {text}\n" for text in texts))
    a_log(sqlite_url(tmp_path), *texts)
    shown = diff("--shown", "2").stdout
    assert "4 questions are newly answered:" in shown
    assert "  …and 2 more of this kind" in shown
    fewer = diff("--most", "1")
    assert "4 questions are left out" in fewer.stderr
    assert "1 question is newly answered" in fewer.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no-such-branch"], "is no revision of this repository"),
        (["--to", "no-such-branch"], "is no revision of this repository"),
        (["--knowledge", "/"], "lies in no git repository"),
        (["--output", "no/such/folder.md", "--no-log"], "cannot be written"),
        (["--database", "sqlite+aiosqlite:///no-such.db"], "there is no log at"),
    ],
)
def test_what_cannot_run_exits_with_2_and_tells_the_mend(
    repository: Path, words: list[str], said: str
) -> None:
    ran = diff(*words)
    assert ran.exit_code == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.output


def test_without_a_log_the_labelled_questions_are_asked_and_it_is_said(repository: Path) -> None:
    ran = diff()
    assert ran.exit_code == 0
    assert "Only the labelled questions are asked; there is no log at" in ran.stderr


def test_a_folder_with_errors_is_not_compared(repository: Path) -> None:
    edited(repository, CACTUS, "caveat: likely", "caveat: sure")
    ran = diff("--no-log")
    assert ran.exit_code == 2
    assert "the folder has 1 error; to see them: `caveat check knowledge`" in ran.stderr


def test_a_newer_state_with_errors_is_not_compared_and_no_folder_of_this_run_named(repository: Path) -> None:
    edited(repository, CACTUS, "caveat: likely", "caveat: sure")
    commit(repository, {}, "Break")
    ran = diff("HEAD~1", "--to", "HEAD", "--no-log")
    assert ran.exit_code == 2
    assert "HEAD has 1 error; to see them: check it out and run `caveat check`" in ran.stderr


def test_an_older_state_with_errors_is_compared_as_far_as_it_reads(repository: Path) -> None:
    edited(repository, CACTUS, "status: live", "status: soon")
    commit(repository, {}, "Break")
    edited(repository, CACTUS, "status: soon", "status: live")
    ran = diff("--no-log")
    assert ran.exit_code == 0, ran.output
    assert "by today's rules; compared is what can be read" in ran.stderr
    assert "1 labelled question gets better" in ran.stdout


def test_neither_questions_nor_a_log_is_nothing_to_compare(repository: Path) -> None:
    git(repository, "rm", "--quiet", "-r", "knowledge/labelled")
    ran = diff("--no-log")
    assert ran.exit_code == 2
    assert "there is no question to ask" in ran.stderr
