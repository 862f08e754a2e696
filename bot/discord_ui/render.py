"""Render: journeys' replies as Components V2 views, each within Discord's limits whatever the entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import discord
from discord import ui

from bot.core import limits, wording
from bot.core.entry import Entry
from bot.core.library import Library
from bot.core.outcome import Reason
from bot.core.page import Page, level_line, page_of, source_line
from bot.discord_ui.buttons import Button, said
from bot.journeys.answer import Unanswered
from bot.journeys.check_message import Covered, MessageCheck

Box = ui.Container[Any]
CLAIMS_ROOM = 600
"""Characters for the verdicts on the article's claims under each answer to a checked sentence."""
QUOTED = 200
"""Characters of somebody's sentence that are quoted back; the rest is cut with an ellipsis."""
MOST_ABOVE = 1300
"""Characters that may stand above an answer: three corrections, or the question that was waited for."""
SPARE = 100
"""Characters kept free for headings and newlines when texts share one message."""
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control and direction characters, and lone surrogates, which no message can carry."""
COVERED_COMPONENTS = 5
"""Components of one covered sentence: container, two texts, row, button."""


def answer_view(
    entry: Entry,
    library: Library,
    today: date,
    row: Sequence[Button],
    remove: Button | None = None,
    *,
    above: Sequence[str] = (),
    mark: int | None = None,
) -> ui.LayoutView:
    """The answer with its row of buttons; `remove` is the asker's, for answers that others see too.

    `above` are lines on top of it all, `mark` the id of their text, by which the message is found again.
    """
    page = page_of(entry, library, today)
    heading = [*page.first, f"## {page.question}", page.level]
    body = [page.answer, *([page.correction] if page.correction and page.correction not in above else [])]
    box: Box = ui.Container(accent_colour=library.levels[entry.caveat].colour)
    if above:
        box.add_item(ui.TextDisplay("\n".join(above), id=mark))
    box.add_item(ui.TextDisplay("\n".join(heading)))
    box.add_item(ui.TextDisplay("\n".join(body)))
    claims = _fitting_claims(page, sum(len(line) + 1 for line in above))
    if claims:
        box.add_item(ui.Separator())
        box.add_item(ui.TextDisplay("\n".join(claims)))
    box.add_item(ui.ActionRow(*row))
    if remove is not None:
        box.add_item(ui.ActionRow(remove))
    box.add_item(ui.TextDisplay(f"-# {page.foot}"))
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    return view


def _fitting_claims(page: Page, taken: int = 0) -> list[str]:
    """The claims as far as they fit under the answer; where not whole, a line says where the reasons are.

    `taken` characters of the message stand above the answer.
    """
    claims = page.claim_lines(limits.MESSAGE_TEXT - page.fixed_size - SPARE - taken)
    return claims if claims == _whole_claims(page) else [*claims, wording.CLAIMS_REASONS]


def _whole_claims(page: Page) -> list[str]:
    return page.claim_lines(limits.MESSAGE_TEXT * limits.MOST_CLAIMS)


def stacked_view(heading: str, buttons: Sequence[Button]) -> ui.LayoutView:
    """A heading and one button under the other, which reads well on a phone."""
    view = said(heading)
    for button in buttons:
        view.add_item(ui.ActionRow(button))
    return view


def unanswered_text(unanswered: Unanswered, *, short: bool = False) -> str:
    """The honest "not answered yet", or what else there is to say."""
    if unanswered.reason in (Reason.NONE_OF_THESE, Reason.NOT_MY_QUESTION):
        return wording.STILL_NOTED
    plain = wording.NOT_ANSWERED_SHORT if short else wording.NOT_ANSWERED
    text = wording.ABSTAIN.get(unanswered.reason, plain)
    return text if unanswered.question_id is None else f"{text} {wording.NOTED}"


def sources_views(entry: Entry, library: Library) -> list[ui.LayoutView]:
    """The sources with what each shows, in as many messages as they need."""
    lines = [
        source_line(citation, library.sources[citation.key])
        for citation in entry.sources
        if citation.key in library.sources
    ]
    return _pages(wording.SOURCES_HEADING.format(question=entry.question), lines, between="\n\n")


def details_views(entry: Entry, library: Library, today: date) -> list[ui.LayoutView]:
    """The longer story, and the claims in full where they did not fit under the answer."""
    page = page_of(entry, library, today)
    whole = _whole_claims(page)
    claims = whole if _fitting_claims(page, MOST_ABOVE) != whole else []
    return _pages(wording.DETAILS_HEADING.format(question=entry.question), [entry.details, *claims])


def check_view(
    check: MessageCheck, library: Library, today: date, opener: Callable[[Entry], Button]
) -> ui.LayoutView:
    """Each covered sentence with its answer, as far as one message holds; the rest is counted.

    `opener` makes the button that shows an entry whole.
    """
    if not check.checked:
        return said(wording.CHECK_EMPTY)
    if not check.covered:
        return said(wording.CHECK_NONE)
    foot = wording.CHECK_FOOT.format(checked=check.checked, covered=len(check.covered))
    budget = limits.MESSAGE_TEXT - len(wording.CHECK_HEADING) - len(foot) - len(wording.DISCLAIMER) - SPARE
    most = (limits.MESSAGE_COMPONENTS - 3) // COVERED_COMPONENTS
    view = said(wording.CHECK_HEADING)
    for shown, covered in enumerate(check.covered):
        quote, text = _covered_texts(covered, library, today)
        if shown == most or len(quote) + len(text) > budget:
            view.add_item(ui.TextDisplay(wording.CHECK_MORE.format(count=len(check.covered) - shown)))
            break
        budget -= len(quote) + len(text)
        box: Box = ui.Container(accent_colour=library.levels[covered.entry.caveat].colour)
        box.add_item(ui.TextDisplay(quote))
        box.add_item(ui.TextDisplay(text))
        box.add_item(ui.ActionRow(opener(covered.entry)))
        view.add_item(box)
    view.add_item(ui.TextDisplay(f"-# {foot} {wording.DISCLAIMER}"))
    return view


def _covered_texts(covered: Covered, library: Library, today: date) -> tuple[str, str]:
    """What stands above the answer with the quoted sentence, and the answer with its level."""
    page = page_of(covered.entry, library, today)
    quote = wording.CHECK_QUOTE.format(sentence=quoted(covered.sentence))
    verdicts = [line for line in page.claim_lines(CLAIMS_ROOM) if line != wording.CLAIMS_HEADING]
    review = covered.entry.reviewed
    overdue = [wording.REVIEW_OVERDUE.format(next=review.next)] if review.is_overdue(today) else []
    return "\n".join([*page.first, quote]), "\n".join([page.level, page.answer, *verdicts, *overdue])


def caveats_views(library: Library) -> list[ui.LayoutView]:
    """The caveat levels, firmest first."""
    lines = [level_line(level) for level in library.levels.values()]
    return _pages(wording.CAVEATS_HEADING, [*lines, f"-# {wording.CAVEATS_FOOT}"])


def quoted(text: str, most: int = QUOTED) -> str:
    """Somebody's words, shortened, on one line, with Markdown and mentions made harmless."""
    flat = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return discord.utils.escape_mentions(discord.utils.escape_markdown(cut(flat, most)))


def cut(text: str, most: int) -> str:
    """At most `most` characters, an ellipsis where something was cut."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _pages(heading: str, lines: Sequence[str], between: str = "\n") -> list[ui.LayoutView]:
    """As few messages as hold the lines, each line whole; the heading stands on the first.

    `between` goes between two lines; an empty line tells paragraphs apart.
    """
    pages = [heading]
    for line in lines:
        if len(pages[-1]) + len(between) + len(line) <= limits.MESSAGE_TEXT:
            pages[-1] += f"{between}{line}"
        else:
            pages.append(line)
    return [said(page) for page in pages]
