"""A real Chromium for pages that stand alone: opened from a file, with everything that it asks for noted."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, async_playwright

CHROMIUM = os.environ.get("CAVEAT_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = 1280, 390
"""A desk, and a phone held upright."""
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium on the PATH (.ci/run installs Debian's)"
)


@dataclass
class Opened:
    """A page with what it asked for, and what its console said."""

    page: Page
    asked_for: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    async def overflow(self) -> int:
        """By how many pixels it is wider than its window."""
        return int(await self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@asynccontextmanager
async def opened(
    file: Path, width: int = WIDE, scheme: Literal["light", "dark"] = "light"
) -> AsyncIterator[Opened]:
    """The page of a file, in a window of that width."""
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        seen = Opened(page)
        page.on("request", lambda request: seen.asked_for.append(request.url))
        page.on("console", lambda message: seen.said.append(message.text))
        page.on("pageerror", lambda error: seen.said.append(str(error)))
        await page.goto(file.as_uri())
        yield seen
        await browser.close()
