"""Render the audit: one answer to judge, which entry was right, and what came of it all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.core import limits
from bot.core import wording_audit as wording
from bot.core.entry import Entry
from bot.core.library import Library
from bot.core.page import level_line
from bot.core.scrub import KEPT_CHARACTERS
from bot.discord_ui.buttons import Button
from bot.discord_ui.render import cut, quoted
from bot.journeys.audit import Case
from bot.store.records import Way

NONE, NOT_KNOWN = "-none", "-unknown"
"""Values of the menu that are no entry; an entry's id begins with a letter or a figure."""


def case_view(
    case: Case, library: Library, buttons: Sequence[Button], first: str = "", undo: Button | None = None
) -> ui.LayoutView:
    """The question, what it was answered with, and the buttons; `first` stands above it all.

    `undo` is about the one before.
    """
    is_match = case.drawn.way is Way.MATCH
    heading = (wording.HEADING if is_match else wording.HEADING_CHOSEN).format(
        judged=case.judged, aim=case.aim
    )
    asked = wording.ASKED.format(on=case.drawn.at.date(), text=quoted(case.drawn.text, KEPT_CHARACTERS))
    answered = (wording.ANSWERED if is_match else wording.CHOSE).format(confidence=case.drawn.confidence)
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay("\n".join([first, heading] if first else [heading])))
    entry = case.entry
    box: ui.Container[Any] = ui.Container(
        accent_colour=library.levels[entry.caveat].colour if entry is not None else None
    )
    box.add_item(ui.TextDisplay(asked))
    box.add_item(ui.Separator())
    box.add_item(ui.TextDisplay(f"{answered}\n{_entry(entry, library, case)}"))
    view.add_item(box)
    view.add_item(ui.ActionRow(*buttons))
    if undo is not None:
        view.add_item(ui.ActionRow(undo))
    view.add_item(ui.TextDisplay(wording.HOW))
    return view


def _entry(entry: Entry | None, library: Library, case: Case) -> str:
    if entry is None:
        return wording.ENTRY_DELETED.format(entry=case.drawn.entry_id)
    level = level_line(library.levels[entry.caveat])
    text = wording.ENTRY.format(question=entry.question, level=level, answer=entry.answer)
    return f"{text}\n{wording.EDITED}" if case.is_edited else text


def which_view(case: Case, menu: ui.Item[Any], buttons: Sequence[Button], first: str = "") -> ui.LayoutView:
    """The menu of entries that may have been right, and the ways around it."""
    asked = wording.WHICH_ENTRY.format(text=quoted(case.drawn.text, KEPT_CHARACTERS))
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(f"{first}\n{asked}" if first else asked))
    view.add_item(ui.ActionRow(menu))
    view.add_item(ui.ActionRow(*buttons))
    return view


def which_options(entries: Sequence[Entry]) -> list[discord.SelectOption]:
    """The entries, and that none is right or that it is not known which."""
    return [
        *(
            discord.SelectOption(label=cut(entry.question, limits.OPTION_LABEL), value=entry.id)
            for entry in entries
        ),
        discord.SelectOption(label=wording.NONE_RIGHT, value=NONE),
        discord.SelectOption(label=wording.NOT_KNOWN, value=NOT_KNOWN),
    ]
