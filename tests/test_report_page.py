"""The page of `caveat report`: what stands there, and how a real Chromium shows it."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import expect

from bot.core import wording_report as wording
from bot.journeys.report import Confusion, confusions_of, report_of
from bot.reports.report_page import report_page
from bot.store.audits import NO_ENTRY, Audit, Judgement
from bot.store.records import Feedback, FeedbackKind, Place, Way
from bot.store.store import Store
from tests.browser import NARROW, WIDE, needs_chromium, opened
from tests.databases import sqlite_url
from tests.make import KNOWLEDGE
from tests.make_kept import NOON, a_live
from tests.make_log import HOSTILE, a_busy_log, some_gaps

pytest_plugins = ["tests.store_fixtures"]

ROOT = Path(__file__).resolve().parent.parent
LIVE = a_live()
TODAY = NOON.date()
GAPS = [("may i talk to my ferns", 3), ("which pot is best", 9), *((text, 1) for text in HOSTILE)]


class Links(HTMLParser):
    """What the tags of a page link to, but for its own parts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        linking = {"src", "href", "xlink:href", "srcset", "action", "data", "poster"}
        links = {value or "" for name, value in attrs if name in linking}
        self.found |= {link for link in links if not link.startswith("#")}

    @classmethod
    def of(cls, page: str) -> set[str]:
        links = cls()
        links.feed(page)
        return links.found


async def made(store: Store, weeks: int = 26) -> str:
    """The page of that store."""
    report = await report_of(store, LIVE.library, TODAY + timedelta(days=1), weeks)
    return report_page(report, LIVE.library, TODAY)


@pytest.fixture
async def busy(store: Store, tmp_path: Path) -> str:
    """The page of a busy log, with what somebody may type to break it."""
    await a_busy_log(store, LIVE, NOON, tmp_path, GAPS)
    for entry, why in zip(LIVE.library.live, HOSTILE, strict=False):
        said = Feedback(FeedbackKind.WRONG, Place(1, 2), entry.id, "v", "l", why, why)
        await store.log_feedback(said, NOON)
    return await made(store)


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """The same as a file."""
    store = await Store.open(sqlite_url(tmp_path))
    await a_busy_log(store, LIVE, NOON, tmp_path, GAPS)
    page = tmp_path / "report.html"
    page.write_text(await made(store), encoding="utf-8")
    await store.close()
    return page


# ---- what stands there


async def test_an_empty_log_gives_a_page_that_claims_nothing(store: Store) -> None:
    page = await made(store)
    for line in (wording.NOT_COUNTED, wording.NO_GAPS, wording.NO_CONFUSIONS, wording.NO_PAIRS):
        assert escape(line) in page
    assert wording.NONE_JUDGED in page
    assert f"<b>{wording.UNKNOWN}</b>{wording.TILE_RISK}" in page


async def test_gaps_come_by_askers_and_entries_with_what_was_said_of_them(busy: str) -> None:
    first, second = busy.index("which pot is best"), busy.index("may i talk to my ferns")
    assert first < second
    for entry in LIVE.library.live:
        assert escape(entry.question) in busy
    assert "Another study says the opposite" in busy


async def test_what_members_wrote_is_shown_as_they_wrote_it_and_does_nothing(busy: str) -> None:
    assert escape(HOSTILE[0]).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in busy
    assert len(re.findall("<script", busy)) == 1
    assert "<img" not in busy
    assert "{{ 7 * 7 }}" in busy
    assert "\u202e" not in busy


async def test_the_page_names_nothing_outside_of_itself(busy: str) -> None:
    assert Links.of(busy) <= {"data:,"}
    addresses = set(re.findall(r"https?://[^\s\"'<>]+", busy))
    assert addresses <= {"http://www.w3.org/1999/xlink", "http://www.w3.org/2000/svg"}, "names, never fetched"


async def test_every_id_stands_there_once(busy: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', busy)
    assert len(ids) == len(set(ids))


async def test_the_weeks_begin_no_earlier_than_counting_did(store: Store, tmp_path: Path) -> None:
    await a_busy_log(store, LIVE, NOON, tmp_path, [], weeks=10)
    report = await report_of(store, LIVE.library, TODAY, 26)
    assert len(report.weeks) == 10
    assert report.weeks[0].counts.asked > 0
    assert len((await report_of(store, LIVE.library, TODAY, 4)).weeks) == 4


async def test_a_gap_that_an_entry_seems_to_answer_names_it(store: Store, tmp_path: Path) -> None:
    await some_gaps(store, LIVE, NOON, tmp_path, [("may i talk to my ferns", 2)])
    (gap,) = await store.looking_back.gaps(10)
    assert (gap.title, gap.askers, gap.times) == ("may i talk to my ferns", 2, 2)
    assert await store.looking_back.new_gaps(gap.first_at, gap.first_at) == ()
    assert await store.looking_back.new_gaps(gap.first_at, NOON) == (gap,)


def test_confusions_are_counted_by_what_was_shown_and_what_was_right() -> None:
    def wrong(right: str | None, text: str, judgement: Judgement = Judgement.WRONG) -> Audit:
        return Audit(1, NOON, NOON, text, "fern", "v", "l", 0.9, Way.MATCH, judgement, right, 1)

    found = confusions_of(
        [
            wrong("lily", "one"),
            wrong("lily", ""),
            wrong(NO_ENTRY, "two"),
            wrong(None, "three"),
            wrong("lily", "right", Judgement.RIGHT),
        ]
    )
    assert found[0] == Confusion("fern", "lily", 2, ("one",))
    assert {own.right for own in found[1:]} == {NO_ENTRY, None}


# ---- in a browser


@needs_chromium
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fits_its_window_and_asks_for_nothing(
    file: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    async with opened(file, width, scheme) as seen:
        assert await seen.overflow() <= 0
        assert seen.asked_for == [file.as_uri()]
        assert seen.said == []
        assert await seen.page.title() == wording.TITLE, "no script but our own has run"
        paper = await seen.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(23, 24, 28)")
        drawings = seen.page.locator("figure svg:visible")
        await expect(drawings).to_have_count(2)
        box = await drawings.first.bounding_box()
        assert box is not None
        assert 250 < box["width"] <= width


@needs_chromium
async def test_a_press_on_a_heading_sorts_and_another_turns_it_around(file: Path) -> None:
    async with opened(file) as seen:
        table = seen.page.locator("section", has=seen.page.locator("#gaps")).locator("table")
        askers = table.locator("tbody td:nth-child(2)")
        before = [int(text) for text in await askers.all_inner_texts()]
        assert before == sorted(before, reverse=True)
        heading = table.get_by_role("button", name=wording.COLUMN_ASKERS)
        await heading.click()
        assert [int(text) for text in await askers.all_inner_texts()] == before
        await heading.press("Enter")
        assert [int(text) for text in await askers.all_inner_texts()] == sorted(before)
        assert await table.locator("th").nth(1).get_attribute("aria-sort") == "ascending"
        await table.get_by_role("button", name=wording.COLUMN_QUESTION).click()
        titles = await table.locator("tbody td:nth-child(1)").all_inner_texts()
        assert titles.index("may i talk to my ferns") < titles.index("which pot is best")
        assert await table.locator("th[aria-sort]").count() == 1


@needs_chromium
async def test_in_print_it_is_light_and_without_what_only_a_screen_needs(file: Path) -> None:
    async with opened(file, scheme="dark") as seen:
        await seen.page.emulate_media(media="print")
        paper = await seen.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert paper == "rgb(255, 255, 255)"
        await expect(seen.page.locator("nav")).to_be_hidden()
        await expect(seen.page.locator("table").first).to_be_visible()
        assert len(await seen.page.pdf(format="A4")) > 10_000


# ---- on the command line


def said(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", *words, "--knowledge", str(KNOWLEDGE)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
async def database(tmp_path: Path) -> str:
    """The address of an empty log."""
    store = await Store.open(sqlite_url(tmp_path))
    await store.close()
    return sqlite_url(tmp_path)


def test_the_file_is_named_and_written(database: str, tmp_path: Path) -> None:
    output = tmp_path / "page.html"
    ran = said("report", "--database", database, "--output", str(output))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == f"wrote {output}; open it in a browser\n"
    page = output.read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert str(datetime.now(UTC).date()) in page


def test_a_dash_prints_it(database: str) -> None:
    assert said("report", "--database", database, "--output", "-").stdout.startswith("<!doctype html>")


def test_a_file_that_cannot_be_written_is_told(database: str, tmp_path: Path) -> None:
    ran = said("report", "--database", database, "--output", str(tmp_path / "none" / "page.html"))
    assert ran.returncode == 2
    assert "cannot be written" in ran.stderr
    assert "Traceback" not in ran.stderr
