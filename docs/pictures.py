"""Make the pictures of the README and the docs: the preview in a real browser, one picture a scene.

    python docs/pictures.py [--chromium /usr/bin/chromium]

They are what the bot shows with the shipped knowledge; nothing is drawn by hand.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

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


async def main(chromium: str, folder: Path) -> None:
    """One picture a scene: the newest message of the channel, as the member sees it."""
    with tempfile.TemporaryDirectory() as data:
        settings = read_settings(
            knowledge_dir=HERE.parent / "knowledge",
            database_url=f"sqlite+aiosqlite:///{data}/pictures.db",
            discord_token=None,
        )
        async with scene(settings) as running, async_playwright() as player:
            browser = await player.chromium.launch(executable_path=chromium, args=FLAGS)
            for name, question in SCENES.items():
                await running.member.slash(running.channel, "ask", question=question)
                await picture(browser, running, folder / f"{name}.png")
            await browser.close()


async def picture(browser: Any, running: Any, file: Path) -> None:
    """A picture of the last message, on a page of its own."""
    page = await browser.new_page(viewport={"width": 1100, "height": 1400}, device_scale_factor=1.5)
    await page.goto(running.preview.url)
    message = page.locator("article.channel-message").last
    await message.wait_for()
    await message.screenshot(path=str(file))
    await page.close()
    print(f"made {file.name}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser's program")
    parser.add_argument("--folder", type=Path, default=IMAGES, help="where the pictures go")
    chosen = parser.parse_args()
    asyncio.run(main(chosen.chromium, chosen.folder))
