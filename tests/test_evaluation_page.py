"""The evaluation as text, JSON and HTML: the same figures, nothing from outside, questions escaped."""

from __future__ import annotations

import json
import subprocess
import sys
from html import escape
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.core.labelled import Kind, Labelled
from bot.knowledge.labelled_file import labelled_text
from bot.matching.evaluate import evaluate
from bot.reports.evaluation import as_json, as_text, rows
from bot.reports.evaluation_page import as_html
from tests.browser import NARROW, WIDE, needs_chromium, opened
from tests.make import KNOWLEDGE
from tests.make_kept import a_live
from tests.make_log import HOSTILE

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = (
    Labelled("is a lily poisonous to a cat", Kind.IN_SCOPE, "lily-and-cats", "plain"),
    Labelled("how often should a cactus be watered in winter", Kind.IN_SCOPE, "cactus-in-winter", "plain"),
    *(Labelled(text, Kind.IN_SCOPE, "no-such-entry", "slang") for text in HOSTILE),
    Labelled("is a lily poisonous to a snail", Kind.NEAR_MISS, "lily-and-cats", "plain"),
    Labelled("who won the cup", Kind.OUT_OF_SCOPE, None, "slang"),
)
FIGURES = evaluate(a_live().matcher, QUESTIONS)
NAME = "a <b>file</b>"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The page as a file."""
    page = tmp_path / "evaluation.html"
    page.write_text(as_html(FIGURES, NAME), encoding="utf-8")
    return page


def test_the_three_forms_tell_the_same_shares() -> None:
    text, record, page = as_text(FIGURES, NAME), json.loads(as_json(FIGURES, NAME)), as_html(FIGURES, NAME)
    for what, share in rows(FIGURES):
        assert what in text
        assert record["shares"][what]["value"] == round(share.value, 4)
        assert escape(what) in page
        assert f"{share.value:.1%}" in page


def test_questions_and_the_name_of_the_file_do_nothing_on_the_page() -> None:
    page = as_html(FIGURES, NAME)
    assert page.count("<script") == 1
    assert "<img" not in page
    assert "<b>file" not in page
    assert "&lt;script&gt;document.title" in page


@needs_chromium
@pytest.mark.parametrize("width", [WIDE, NARROW])
async def test_it_fits_its_window_shows_both_pictures_and_asks_for_nothing(file: Path, width: int) -> None:
    async with opened(file, width, "dark") as seen:
        assert await seen.overflow() <= 0
        assert seen.asked_for == [file.as_uri()]
        assert seen.said == []
        assert await seen.page.title() == "Evaluation of the search"
        await expect(seen.page.locator("figure svg:visible")).to_have_count(2)


def test_the_command_writes_the_page_of_a_file(tmp_path: Path) -> None:
    labelled = tmp_path / "mine.yaml"
    labelled.write_text(labelled_text(QUESTIONS[:2], "Mine."), encoding="utf-8")
    output = tmp_path / "page.html"
    words = ["evaluate", str(labelled), "--format", "html", "--output", str(output)]
    ran = subprocess.run(
        [sys.executable, "-m", "bot", *words, "--knowledge", str(KNOWLEDGE)],
        cwd=ROOT,
        env={"MATCHER": "light", "PATH": "", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == f"wrote {output}\n"
    assert "2 questions" in output.read_text("utf-8")
