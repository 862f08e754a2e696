"""What corrections look like: on top of a public answer, and as the public record of /corrections."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import discord
from discord import ui

from bot.app import App
from bot.core import wording_corrections as wording
from bot.core.corrected import public_record
from bot.core.entry import Correction, Status
from bot.core.library import Library
from bot.core.wording import CORRECTED
from bot.discord_ui.answer_buttons import NotMyQuestion, Remove, answer_row
from bot.discord_ui.buttons import Button, Interaction, number, pattern, said, turn_into
from bot.discord_ui.render import answer_view
from bot.journeys.corrections import Outdated

MOST_ON_TOP = 3
"""Corrections above one answer; older ones are counted."""
RECORDS_A_PAGE = 8
"""Each at most some 450 characters, so that a page fits a message."""
_NOT_MINE = re.compile(pattern(NotMyQuestion.form))
_REMOVE = re.compile(pattern(Remove.form))


class CorrectionsPage(Button, form="cv:co:{page}"):
    """[Newer] and [Older] under /corrections."""

    async def press(self, interaction: Interaction, app: App) -> None:
        """The list turns to that page."""
        await turn_into(interaction, record_view(app.live.library, number(self.fields["page"])))


def corrected_view(
    outdated: Outdated, library: Library, today: date, message: discord.Message | None
) -> ui.LayoutView:
    """A public answer as it reads now, with what was corrected on top.

    The buttons of the asker go on working: who that is stands in the ids of the message's own buttons and
    nowhere else. Where the message could not be read (None), theirs are left out.
    """
    entry = outdated.entry
    answered_id, asker_id = _persons(message.components if message is not None else ())
    remove = Remove(asker=asker_id) if asker_id is not None else None
    lines = correction_lines(outdated.corrections)
    if outdated.is_withdrawn:
        return said(*lines, wording.WITHDRAWN, buttons=(remove,) if remove is not None else ())
    row = answer_row(entry, answered_id, asker_id)
    return answer_view(entry, library, today, row, remove, above=[*lines, wording.CORRECTED_NOW])


def correction_lines(corrections: Sequence[Correction]) -> list[str]:
    """That the answer was corrected, and what changed, newest first."""
    newest = list(reversed(corrections[-MOST_ON_TOP:]))
    lines = [wording.CORRECTED_SINCE, *(CORRECTED.format(on=c.on, changed=c.changed) for c in newest)]
    if len(corrections) > MOST_ON_TOP:
        lines.append(wording.CORRECTED_EARLIER.format(count=len(corrections) - MOST_ON_TOP))
    return lines


def record_view(library: Library, page: int) -> ui.LayoutView:
    """One page of all corrections, counted from 1; a page that there is not shows the nearest."""
    record = public_record(library)
    if not record:
        return said(wording.CORRECTIONS_NONE)
    pages = -(-len(record) // RECORDS_A_PAGE)
    page = min(max(page, 1), pages)
    lines = [wording.CORRECTIONS_HEADING]
    for entry, correction in record[(page - 1) * RECORDS_A_PAGE : page * RECORDS_A_PAGE]:
        question = entry.question
        if entry.status is Status.RETIRED:
            question = wording.CORRECTIONS_WITHDRAWN.format(question=question)
        lines.append(
            wording.CORRECTIONS_ITEM.format(on=correction.on, question=question, changed=correction.changed)
        )
    foot = wording.CORRECTIONS_PAGE.format(page=page, pages=pages, count=len(record))
    return said("\n\n".join([*lines, f"-# {foot}"]), buttons=_turns(page, pages))


def _turns(page: int, pages: int) -> tuple[Button, ...]:
    newer = (CorrectionsPage(wording.BUTTON_NEWER, page=page - 1),) if page > 1 else ()
    older = (CorrectionsPage(wording.BUTTON_OLDER, page=page + 1),) if page < pages else ()
    return (*newer, *older)


def _persons(components: Iterable[Any]) -> tuple[int, int | None]:
    """The kept question and the asker, from the ids of the buttons that only the asker may press."""
    answered_id, asker_id = 0, None
    for custom_id in _custom_ids(components):
        if found := _NOT_MINE.fullmatch(custom_id):
            answered_id, asker_id = number(found["answered"]), number(found["asker"])
        elif asker_id is None and (found := _REMOVE.fullmatch(custom_id)):
            asker_id = number(found["asker"])
    return answered_id, asker_id or None


def _custom_ids(components: Iterable[Any]) -> Iterable[str]:
    for component in components:
        custom_id = getattr(component, "custom_id", None)
        if custom_id:
            yield str(custom_id)
        yield from _custom_ids(getattr(component, "children", ()))
