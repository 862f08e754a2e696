"""`caveat digest` in a process of its own: what it prints, and how it fails."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.store.records import Door, Feedback, FeedbackKind, Place
from bot.store.store import Store
from bot.store.tallies import Came
from tests.databases import sqlite_url
from tests.make import KNOWLEDGE

ROOT = Path(__file__).resolve().parent.parent


def said(*words: str) -> subprocess.CompletedProcess[str]:
    """What `caveat` says to these words, over the tests' knowledge."""
    command = [sys.executable, "-m", "bot", *words, "--knowledge", str(KNOWLEDGE)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A log in which one answer was given, and called wrong."""

    async def fill() -> None:
        store = await Store.open(sqlite_url(tmp_path))
        now = datetime.now(UTC)
        await store.tallies.count(Came.ANSWERED, Door.SLASH, now, "lily-and-cats")
        await store.tallies.count(Came.ANSWERED, Door.SLASH, now - timedelta(days=30), "lily-and-cats")
        why = "It is\x1b[31m **bold** <b>\nand more"
        record = Feedback(FeedbackKind.WRONG, Place(1, 2), "lily-and-cats", "v", "l", None, why)
        await store.log_feedback(record, now)
        await store.close()

    asyncio.run(fill())
    return sqlite_url(tmp_path)


def test_it_tells_the_week_with_today_in_it(database: str) -> None:
    ran = said("digest", "--database", database)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert f"to {datetime.now(UTC).date()}" in ran.stdout
    assert "1 question (+1 on the week before): 1 answered, 0 offered choices, 0 unanswered." in ran.stdout
    assert "- 1 × Is a lily poisonous to a cat? “It is [31m *bold* <b> and more”" in ran.stdout
    assert "\x1b" not in ran.stdout
    assert "Never used: 5 of 6 live entries" in ran.stdout


def test_an_earlier_week_can_be_told(database: str) -> None:
    ran = said("digest", "--database", database, "--until", "2026-01-04")
    assert "from 2025-12-29 to 2026-01-04" in ran.stdout
    assert "Nobody asked anything." in ran.stdout
    assert "used" not in ran.stdout.casefold(), "counting had not begun"


@pytest.mark.parametrize("day", ["0001-02-15", "9999-12-31"])
def test_a_day_that_no_log_can_have_is_told(database: str, day: str) -> None:
    ran = said("digest", "--database", database, "--until", day)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert f"{day} is no day that a log can have" in ran.stderr


def test_json_is_for_programs(database: str) -> None:
    record = json.loads(said("digest", "--database", database, "--json").stdout)
    assert record["week"]["answered"] == 1
    assert record["disputed"][0]["entry"] == "lily-and-cats"


@pytest.mark.parametrize("verb", ["digest", "report"])
def test_where_there_is_no_log_the_mend_is_told(verb: str, tmp_path: Path) -> None:
    ran = said(verb, "--database", sqlite_url(tmp_path, "none.db"))
    assert ran.returncode == 2
    assert "there is no log at" in ran.stderr
    assert "--database" in ran.stderr
    assert "Traceback" not in ran.stderr
