"""Make the pictures of digest, audit and report, over a made-up log: python docs/report_pictures.py

They are what the bot shows with the shipped knowledge; the log is the one that the tests use
(tests/make_log.py), since a real one belongs to those who asked.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

HERE = Path(__file__).resolve().parent
IMAGES = HERE / "images"
sys.path.insert(0, str(HERE.parent))

from bot.app import App  # noqa: E402 (the tests' log lies beside the package, not in it)
from bot.core.delivery import Delivery, Kind, Message, State  # noqa: E402
from bot.core.library import Library  # noqa: E402
from bot.discord_ui.digest_view import digest_parts  # noqa: E402
from bot.discord_ui.preview import scene  # noqa: E402
from bot.journeys.live import Live  # noqa: E402
from bot.journeys.report import report_of  # noqa: E402
from bot.reports.report_page import report_page  # noqa: E402
from bot.settings import read_settings  # noqa: E402
from tests.browser import CHROMIUM, FLAGS, NARROW, WIDE  # noqa: E402
from tests.make_log import a_busy_log  # noqa: E402

GAPS = [
    ("is there a bfr app with a training plan", 6),
    ("can i do bfr with a pacemaker", 4),
    ("does creatine raise growth hormone", 3),
    ("which cuffs are worth the money", 2),
    ("can i wash the cuffs", 1),
]
OVERDUE = {"bfr-blood-clots": 40, "bfr-load": 12}
"""Entries whose review is overdue in the pictures, and for how many days."""

SETTLING_MS = 3000
"""The page goes on asking, so that there is no moment at which it is done."""


async def main(folder: Path) -> None:
    """One picture of digest and audit, two of the report."""
    with tempfile.TemporaryDirectory() as data:
        settings = read_settings(
            knowledge_dir=HERE.parent / "knowledge",
            database_url=f"sqlite+aiosqlite:///{data}/pictures.db",
            data_dir=Path(data),
            discord_token=None,
        )
        async with scene(settings) as running, async_playwright() as player:
            browser = await player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            app: App = running.env.bot.app
            library = with_overdue(app)
            app.live = Live(library, app.live.matcher)
            await a_busy_log(app.store, app.live, app.clock(), Path(data), GAPS, a_week=20)
            await digest(app, running)
            await message(browser, running, folder / "digest.png")
            await running.moderator.slash(running.channel, "audit")
            await message(browser, running, folder / "audit.png", viewer="Robin")
            page = Path(data) / "report.html"
            found = await report_of(app.store, library, app.today + timedelta(days=1), 12)
            page.write_text(report_page(found, library, app.today), encoding="utf-8")
            await whole_page(browser, page, folder / "report.png", WIDE, 1130)
            await whole_page(browser, page, folder / "report-phone.png", NARROW, 1500, "dark")
            await browser.close()


def with_overdue(app: App) -> Library:
    """The library, with some reviews overdue."""
    entries = dict(app.live.library.entries)
    for entry_id, days in OVERDUE.items():
        review = replace(entries[entry_id].reviewed, next=app.today - timedelta(days=days))
        entries[entry_id] = replace(entries[entry_id], reviewed=review)
    return replace(app.live.library, entries=entries)


async def digest(app: App, running: Any) -> None:
    """The digest of the week until today, in the channel of the scene."""
    until = (app.today + timedelta(days=1)).isoformat()
    channel = running.env.bot.get_channel(running.channel.id)
    message = Message(Kind.DIGEST, "digest", app.clock(), channel_id=channel.id, content={"until": until})
    delivery = Delivery(1, State.SENDING, "0" * 24, 1, app.clock(), message)
    view, files = await digest_parts(delivery, app, running.env.bot)
    await channel.send(view=view, files=files)


async def message(browser: Browser, running: Any, file: Path, viewer: str | None = None) -> None:
    """A picture of the last message."""
    page = await browser.new_page(viewport={"width": 1100, "height": 2600}, device_scale_factor=1.5)
    await page.goto(running.preview.url)
    if viewer is not None:
        await page.select_option("#viewer-picker", label=viewer)
    last = page.locator("article.channel-message").last
    await last.wait_for()
    await page.wait_for_timeout(SETTLING_MS)
    await last.screenshot(path=str(file))
    await page.close()
    print(f"made {file.name}")


async def whole_page(
    browser: Browser, html: Path, file: Path, width: int, height: int, scheme: Any = "light"
) -> None:
    """A picture of the upper part of a page."""
    page = await browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    await page.goto(html.as_uri())
    await page.screenshot(path=str(file))
    await page.close()
    print(f"made {file.name}")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES))
