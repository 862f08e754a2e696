"""`caveat audit`: answers judged on the command line, on a real database, and what came of it."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import caveat
from bot.core.labelled import Kind
from bot.core.moderator import COMMAND_LINE_ID
from bot.knowledge.labelled import load_labelled
from bot.store.audits import NO_ENTRY, Audit, Judgement
from bot.store.records import Answered, Way
from bot.store.store import Store
from tests.make import KNOWLEDGE


@pytest.fixture(autouse=True)
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a log in which two answers are kept; the settings name it, and the tests' knowledge."""
    given = f"sqlite+aiosqlite:///{tmp_path}/caveat.db"
    monkeypatch.setenv("DATABASE_URL", given)
    monkeypatch.setenv("KNOWLEDGE_DIR", str(KNOWLEDGE))
    monkeypatch.setenv("MATCHER", "light")
    asyncio.run(keep(given, "my cat ate a lily", "can leaves get burnt"))
    return given


async def keep(address: str, *texts: str, way: Way = Way.MATCH) -> None:
    """Answered questions, as members asked them a moment ago."""
    store = await Store.open(address)
    for text in texts:
        record = Answered(text, "lily-and-cats", "0a1b2c3d", "library-1", 0.87, way)
        await store.keep_answered(record, datetime.now(UTC))
    await store.close()


def judged(address: str) -> list[Audit]:
    """What was judged."""

    async def read() -> list[Audit]:
        store = await Store.open(address)
        try:
            return await store.audits.every()
        finally:
            await store.close()

    return asyncio.run(read())


def audit(*words: str) -> Result:
    return CliRunner().invoke(caveat, ["audit", *words], prog_name="caveat")


def drawn() -> int:
    """The number of the next answer to judge."""
    found = re.search(r"caveat audit judge (\d+) ", audit("next").stdout)
    assert found is not None
    return int(found[1])


def test_next_shows_the_question_the_entry_and_what_to_say() -> None:
    ran = audit("next", "--skip", "2")
    assert ran.exit_code == 0
    assert "Audit: 0 of 2 judged in the last 30 days" in ran.stdout
    assert "> my cat ate a lily" in ran.stdout
    assert "87% sure" in ran.stdout
    assert "Is a lily poisonous to a cat? [lily-and-cats]" in ran.stdout
    assert "caveat audit judge 1 right | wrong [--entry ID | --none] | unsure" in ran.stdout
    assert "lily-and-cats" not in ran.stdout.split("Other entries that are near:")[1]


def test_every_answer_can_be_judged_until_nothing_is_left(address: str) -> None:
    assert audit("judge", str(drawn()), "right").exit_code == 0
    assert audit("judge", str(drawn()), "unsure").exit_code == 0
    assert "Nothing is left to judge" in audit("next").stdout
    assert [each.judgement for each in judged(address)] == [Judgement.RIGHT, Judgement.UNSURE]
    assert {each.moderator_id for each in judged(address)} == {COMMAND_LINE_ID}


@pytest.mark.parametrize(
    ("words", "right"),
    [
        (["--entry", "sunburnt-leaves"], "sunburnt-leaves"),
        (["--entry", "Sunburnt-Leaves "], "sunburnt-leaves"),
        (["--none"], NO_ENTRY),
        ([], None),
    ],
)
def test_a_wrong_one_may_name_what_would_have_been_right(
    address: str, words: list[str], right: str | None
) -> None:
    assert audit("judge", "2", "wrong", *words).exit_code == 0
    (only,) = judged(address)
    assert (only.judgement, only.right_entry_id) == (Judgement.WRONG, right)


def test_who_comes_second_is_told_and_the_first_word_stays(address: str) -> None:
    audit("judge", "1", "right")
    ran = audit("judge", "1", "wrong")
    assert ran.exit_code == 1
    assert "Somebody judged 1 before you" in ran.stderr
    assert [each.judgement for each in judged(address)] == [Judgement.RIGHT]


def test_a_slip_is_taken_back_and_judged_anew(address: str) -> None:
    audit("judge", "1", "right")
    ran = audit("take-back", "1")
    assert (ran.exit_code, judged(address)) == (0, [])
    assert "1 is open again" in ran.stdout
    assert audit("judge", "1", "unsure").exit_code == 0
    assert [each.judgement for each in judged(address)] == [Judgement.UNSURE]
    none = audit("take-back", "2")
    assert none.exit_code == 1
    assert "Nothing was said of 2 on a command line" in none.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["99", "right"], "no answered question 99 is kept"),
        (["1", "wrong", "--entry", "sunburnd-leafs"], "did you mean sunburnt-leaves"),
        (["1", "right", "--none"], "go with wrong alone"),
        (["1", "wrong", "--none", "--entry", "x"], "not both"),
    ],
)
def test_what_cannot_be_judged_is_told_with_its_mend(address: str, words: list[str], told: str) -> None:
    ran = audit("judge", *words)
    assert ran.exit_code == 2
    assert told in ran.stderr
    assert judged(address) == []


def test_suggestions_that_were_taken_come_apart(address: str) -> None:
    asyncio.run(keep(address, "taken", way=Way.CHOICE))
    shown = audit("next", "--which", "chosen").stdout
    assert "> taken" in shown
    assert "and took this suggestion" in shown


def test_the_figures_say_the_risk_with_its_bounds(address: str) -> None:
    audit("judge", "1", "right")
    audit("judge", "2", "wrong")
    told = audit("figures").stdout
    assert "Answers that are wrong: 50.0%" in told
    assert "1 of 2 judged" in told
    found = json.loads(audit("figures", "--json", "--weeks", "3").stdout)
    assert (found["window"]["judged"], found["window"]["wrong"]) == (2, 1)
    assert found["window"]["risk"]["low"] < 0.5 < found["window"]["risk"]["high"]
    assert len(found["weeks"]) == 3


def test_what_was_judged_becomes_questions_to_measure_by(tmp_path: Path) -> None:
    audit("judge", "1", "right")
    audit("judge", "2", "wrong", "--none")
    file = tmp_path / "labelled" / "audited.yaml"
    file.parent.mkdir()
    assert "wrote 2 questions" in audit("labelled", "--output", str(file)).stderr
    read = load_labelled(file.parent)
    assert [(q.text, q.kind, q.target) for q in read] == [
        ("my cat ate a lily", Kind.IN_SCOPE, "lily-and-cats"),
        ("can leaves get burnt", Kind.NEAR_MISS, "lily-and-cats"),
    ]
    assert audit("labelled").stdout == file.read_text("utf-8")
    file.write_text("reworded by hand", encoding="utf-8")
    again = audit("labelled", "--output", str(file))
    assert (again.exit_code, file.read_text("utf-8")) == (2, "reworded by hand")
    assert "is there already" in again.stderr


def test_without_a_judgement_no_file_is_written(tmp_path: Path) -> None:
    ran = audit("labelled", "--output", str(tmp_path / "none.yaml"))
    assert ran.exit_code == 0
    assert "Nothing was judged yet" in ran.stderr
    assert not (tmp_path / "none.yaml").exists()


def test_without_a_log_the_mend_is_told() -> None:
    ran = audit("next", "--database", "sqlite+aiosqlite:///nowhere.db")
    assert ran.exit_code == 2
    assert "there is no log at nowhere.db" in ran.stderr
