"""Make the pictures of the README and the docs: the preview in a real browser, one picture a scene.

    python docs/pictures.py [--chromium /usr/bin/chromium]

They are what the bot shows with the shipped knowledge; nothing is drawn by hand.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright
from simcord.components import walk_components

from bot.core import wording
from bot.core.entry import Correction
from bot.discord_ui.preview import scene
from bot.settings import read_settings

HERE = Path(__file__).resolve().parent
IMAGES = HERE / "images"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCENES: dict[str, str] = {
    "answer": "does bfr really raise gh 290x??",
    "answer-urgent": "entry:bfr-stop-signs",
    "answer-professional-first": "entry:bfr-blood-clots",
    "answer-disputed": "entry:lactate-triggers-gh",
    "answer-established": "entry:gh-adult-height",
    "answer-unsupported": "entry:lactate-igf1-receptors",
    "answer-tentative": "entry:bfr-teens",
}

MEMBER, MODERATOR = "Alex", "Robin"
SETTLED_MS = 1500
"""The page draws itself anew for another viewer."""
ASKED_ALIKE = (
    "is there a podcast about bfr",
    "which podcast talks about bfr",
    "a podcast on bfr, is there one",
)
CORRECTED = "gh-290-times"
CORRECTION = Correction(
    date(2026, 11, 20),
    "We now say in the first sentence that the number comes from one small study.",
)
"""Made up for the picture; the shipped entry has none."""


async def main(chromium: str, folder: Path, only: str | None) -> None:
    """One picture a scene: the newest message of the channel, as the member sees it."""
    with tempfile.TemporaryDirectory() as data:
        settings = read_settings(
            knowledge_dir=HERE.parent / "knowledge",
            database_url=f"sqlite+aiosqlite:///{data}/pictures.db",
            discord_token=None,
        )
        async with scene(settings) as running, async_playwright() as player:
            browser = await player.chromium.launch(executable_path=chromium, args=FLAGS)
            for name, question in (SCENES if only != "moderators" else {}).items():
                await running.member.slash(running.channel, "ask", question=question)
                await picture(browser, running, folder / f"{name}.png")
            if only != "members":
                await moderators(browser, running, folder)
            await browser.close()


async def moderators(browser: Any, running: Any, folder: Path) -> None:
    """The queue as a moderator sees it, and an answer that was corrected."""
    guild, app = running.env.guild, running.env.bot.app
    app.clock = running.env.now  # the page's own, so that "last" is now
    for name, question in zip(("sam", "kim", "lee"), ASKED_ALIKE, strict=True):
        member = guild.add_member(running.env.create_user(name))
        asked = await member.slash(running.channel, "ask", question=question)
        if any(
            part.get("label") == wording.BUTTON_NONE for part in walk_components(asked.response.components)
        ):
            await member.click(asked.response, label=wording.BUTTON_NONE)
    await running.moderator.slash(running.channel, "review queue")
    await picture(browser, running, folder / "queue.png", viewer=MODERATOR)
    await running.member.slash(running.channel, "ask", question=f"entry:{CORRECTED}")
    entry = app.live.library.entries[CORRECTED]
    entries = {**app.live.library.entries, CORRECTED: replace(entry, corrections=(CORRECTION,))}
    app.live = replace(app.live, library=replace(app.live.library, entries=entries, version="corrected"))
    await running.env.advance_time(12)
    await picture(browser, running, folder / "correction-notice.png")
    await picture(browser, running, folder / "correction.png", back=1)


async def picture(browser: Any, running: Any, file: Path, viewer: str = MEMBER, back: int = 0) -> None:
    """A picture of the last message, or of one before it, on a page of its own."""
    page = await browser.new_page(viewport={"width": 1100, "height": 1400}, device_scale_factor=1.5)
    await page.goto(running.preview.url)
    if viewer != MEMBER:
        await page.select_option("#viewer-picker", label=viewer)
        await page.wait_for_timeout(SETTLED_MS)
    messages = page.locator("article.channel-message")
    await messages.last.wait_for()
    message = messages.nth(await messages.count() - 1 - back)
    await message.wait_for()
    await message.screenshot(path=str(file))
    await page.close()
    print(f"made {file.name}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser's program")
    parser.add_argument("--only", choices=["members", "moderators"], help="only these pictures")
    parser.add_argument("--folder", type=Path, default=IMAGES, help="where the pictures go")
    chosen = parser.parse_args()
    asyncio.run(main(chosen.chromium, chosen.folder, chosen.only))
