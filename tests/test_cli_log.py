"""`caveat log`: the open questions and the feedback of a real database, listed, shown and exported."""

import asyncio
import csv
import io
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.log_export import COLUMNS, without_formula
from bot.cli.main import caveat
from bot.core.outcome import Candidate, Reason
from bot.store.records import Door, Feedback, FeedbackKind, Kept, Place
from bot.store.store import Store

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
GUILD = 812345678901234567
CATS = "do cats like ferns"
MOSS = "why is there moss"
DANGER = "=HYPERLINK(1)"


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a log with three questions; DATABASE_URL names it too."""
    given = f"sqlite+aiosqlite:///{tmp_path}/caveat.db"
    monkeypatch.setenv("DATABASE_URL", given)
    monkeypatch.chdir(tmp_path)
    in_store(given, _three_questions)
    return given


def in_store(address: str, act: Callable[[Store], Awaitable[None]]) -> None:
    """Open the store, do something with it, close it."""

    async def opened() -> None:
        store = await Store.open(address)
        try:
            await act(store)
        finally:
            await store.close()

    asyncio.run(opened())


async def _three_questions(store: Store) -> None:
    nearest = (Candidate("coffee-for-ferns", 0.4321), Candidate("lily-and-cats", 0.1))
    for text, times, candidates in ((MOSS, 1, ()), (CATS, 3, nearest), (DANGER, 2, nearest[:1])):
        kept = Kept(text, text, Door.MENTION, Place(GUILD, 42), candidates, "0123456789ab")
        for hour in range(times):
            number = await store.log_unanswered(kept, Reason.LOW_CONFIDENCE, NOON + timedelta(hours=hour))
    await store.add_waiter(number, 7, NOON)


def log(*words: str) -> Result:
    return CliRunner().invoke(caveat, ["log", *words], prog_name="caveat")


def told(*words: str) -> str:
    """What a command prints that is expected to run."""
    ran = log(*words)
    assert (ran.exit_code, ran.stderr) == (0, "")
    return ran.stdout


def number_of(text: str) -> str:
    """The number of the question with that text, as the list shows it."""
    return next(line.split()[0] for line in told("list").splitlines() if text in line)


# ---- list


@pytest.mark.usefixtures("address")
def test_the_most_asked_question_comes_first() -> None:
    heading, *rows = told("list").splitlines()

    assert heading.split() == "Id Asked Waiting Last asked (UTC) Question Nearest entry".split()
    assert [row.split()[1:3] for row in rows] == [["3", "0"], ["2", "1"], ["1", "0"]]
    assert CATS in rows[0]
    assert "2026-01-01 14:00" in rows[0]
    assert "coffee-for-ferns 0.43" in rows[0]
    assert rows[2].rstrip().endswith("none")


@pytest.mark.usefixtures("address")
def test_a_short_list_says_that_there_is_more() -> None:
    listed = told("list", "--limit", "2")

    assert CATS in listed
    assert MOSS not in listed
    assert "There are more" in listed.splitlines()[-1]
    assert "There are more" not in told("list", "--limit", "3")


@pytest.mark.usefixtures("address")
def test_a_question_with_markup_is_shown_as_it_was_asked(address: str) -> None:
    async def ask(store: Store) -> None:
        text = "is [bold]this[/bold] :smile: **it**"
        kept = Kept(text, text, Door.DIRECT, Place(0, 1), (), "v")
        await store.log_unanswered(kept, Reason.DECOY, NOON)

    in_store(address, ask)

    assert "is [bold]this[/bold] :smile: **it**" in told("list")


def test_an_empty_log_is_good_news(tmp_path: Path) -> None:
    address = f"sqlite+aiosqlite:///{tmp_path}/empty.db"

    async def nothing(store: Store) -> None:
        assert await store.open_questions() == []

    in_store(address, nothing)

    assert told("list", "--database", address) == (
        "No open questions: everything that was asked was answered.\n"
    )
    assert told("feedback", "--database", address) == "No feedback yet.\n"
    assert json.loads(told("export", "--format", "json", "--database", address)) == []
    assert told("export", "--format", "csv", "--database", address) == ",".join(COLUMNS) + "\n"


# ---- show


@pytest.mark.usefixtures("address")
def test_a_question_is_shown_with_each_time_it_was_asked() -> None:
    shown = told("show", number_of(CATS))

    lines = shown.splitlines()
    assert lines[0] == CATS
    assert lines[1] == f"Question {number_of(CATS)}, asked 3 times in guild {GUILD}, 0 waiting to be told."
    assert [hour in shown for hour in ("12:00", "13:00", "14:00", "15:00")] == [True, True, True, False]
    assert shown.count("low-confidence") == 3
    assert shown.count("mention") == 3
    assert shown.count("lily-and-cats 0.10") == 3


@pytest.mark.usefixtures("address")
def test_a_question_that_was_asked_once_says_once() -> None:
    assert "asked once in" in told("show", number_of(MOSS))


@pytest.mark.usefixtures("address")
@pytest.mark.parametrize("number", ["99", str(2**63 - 1)])
def test_a_question_that_is_not_there_is_told(number: str) -> None:
    ran = log("show", number)

    assert ran.exit_code == 2
    assert ran.stderr == f"caveat: there is no question {number}; `caveat log list` shows which there are\n"


@pytest.mark.usefixtures("address")
@pytest.mark.parametrize("number", ["0", "-1", str(2**63), "two"])
def test_what_is_no_number_of_a_question_is_refused(number: str) -> None:
    assert log("show", "--", number).exit_code == 2


# ---- export


@pytest.mark.usefixtures("address")
def test_json_holds_every_question_whole() -> None:
    exported = json.loads(told("export", "--format", "json"))

    assert [each["text"] for each in exported] == [MOSS, CATS, DANGER]
    assert exported[1] == {
        "id": int(number_of(CATS)),
        "guild_id": str(GUILD),
        "channel_id": "42",
        "door": "mention",
        "text": CATS,
        "times": 3,
        "waiting": 0,
        "first_at": "2026-01-01T12:00:00+00:00",
        "last_at": "2026-01-01T14:00:00+00:00",
        "reason": "low-confidence",
        "library_version": "0123456789ab",
        "candidates": [
            {"entry": "coffee-for-ferns", "confidence": 0.4321},
            {"entry": "lily-and-cats", "confidence": 0.1},
        ],
    }


@pytest.mark.usefixtures("address")
def test_csv_holds_the_same_in_cells() -> None:
    rows = list(csv.DictReader(io.StringIO(told("export", "--format", "csv"))))

    assert [row["text"] for row in rows] == [MOSS, CATS, f"'{DANGER}"]
    assert rows[1]["guild_id"] == str(GUILD)
    assert rows[1]["candidates"] == "coffee-for-ferns 0.43; lily-and-cats 0.10"
    assert rows[2]["waiting"] == "1"
    assert rows[0]["candidates"] == ""


@given(st.text())
def test_no_cell_is_taken_for_a_formula_and_nothing_else_is_touched(cell: str) -> None:
    safe = without_formula(cell)

    assert safe.lstrip(" ")[:1] not in set("=+-@\t\r\n＝＋－＠")
    assert safe in (cell, f"'{cell}")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "＝"])
def test_what_a_spreadsheet_would_run_is_made_text(start: str) -> None:
    assert without_formula(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.usefixtures("address")
@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_file_gets_what_the_terminal_gets(form: str, tmp_path: Path) -> None:
    file = tmp_path / f"questions.{form}"

    ran = log("export", "--format", form, "--output", str(file))

    assert (ran.exit_code, ran.stdout) == (0, "")
    assert ran.stderr == f"wrote 3 questions to {file}\n"
    assert file.read_text("utf-8") == told("export", "--format", form)
    assert sorted(each.name for each in tmp_path.glob("*questions*")) == [file.name]


@pytest.mark.usefixtures("address")
def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    ran = log("export", "--format", "csv", "--output", str(tmp_path / "nowhere" / "q.csv"))

    assert ran.exit_code == 2
    assert "q.csv cannot be written: No such file or directory" in ran.stderr


@pytest.mark.usefixtures("address")
def test_a_device_is_written_to_and_not_replaced() -> None:
    assert log("export", "--format", "csv", "--output", "/dev/null").exit_code == 0
    assert Path("/dev/null").is_char_device()


def test_a_thousand_questions_come_out_once_each(tmp_path: Path) -> None:
    address = f"sqlite+aiosqlite:///{tmp_path}/many.db"

    async def ask_many(store: Store) -> None:
        for number in range(1, 1102):
            kept = Kept(f"why {number}", f"why {number}", Door.SLASH, Place(GUILD, 42), (), "v")
            await store.log_unanswered(kept, Reason.UNSURE, NOON)

    in_store(address, ask_many)

    exported = json.loads(told("export", "--format", "json", "--database", address))
    assert sorted(each["text"] for each in exported) == sorted(f"why {number}" for number in range(1, 1102))


# ---- feedback


def test_feedback_is_listed_newest_first(address: str) -> None:
    async def say(store: Store) -> None:
        wrong, missed = FeedbackKind.WRONG, FeedbackKind.NOT_MY_QUESTION
        place = Place(GUILD, 42)
        await store.log_feedback(Feedback(missed, place, "lily-and-cats", "aaaa1111", "v", CATS, None), NOON)
        await store.log_feedback(
            Feedback(wrong, place, "lily-and-cats", "bbbb2222", "v", None, "dogs too"), NOON + timedelta(1)
        )

    in_store(address, say)

    heading, newest, oldest = told("feedback").splitlines()
    assert heading.split() == "When (UTC) What Entry Version Question Why".split()
    assert newest.split() == "2026-01-02 12:00 wrong lily-and-cats bbbb2222 (not kept) dogs too".split()
    assert oldest.split() == f"2026-01-01 12:00 not-my-question lily-and-cats aaaa1111 {CATS}".split()
    assert told("feedback", "--limit", "1").splitlines()[-1] == "There are 1 more; --limit shows them."


# ---- which log


def test_the_option_goes_before_the_setting(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite+aiosqlite:///elsewhere.db")

    assert CATS in told("list", "--database", address)


def test_reading_makes_no_log_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    ran = log("list")

    assert ran.exit_code == 2
    assert ran.stderr.startswith("caveat: there is no log at data/caveat.db: the bot makes it")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["nonsense", "postgresql+asyncpg://me:secret@127.0.0.1:1/none"])
def test_a_log_that_cannot_be_opened_is_told_without_its_password(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    ran = log("list", "--database", address)

    assert ran.exit_code == 2
    assert ran.stderr.startswith("caveat: ")
    assert "Traceback" not in ran.stderr and "Reference" not in ran.stderr
    assert "secret" not in ran.stderr
