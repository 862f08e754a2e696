"""The buttons of /audit: right, wrong and then which entry, unsure, skip, stop."""

from __future__ import annotations

import re
from datetime import timedelta
from secrets import SystemRandom
from typing import Any

import discord
from discord import ui

from bot.app import App
from bot.core import limits
from bot.core import wording_audit as wording
from bot.discord_ui.answer_buttons import FORM_OPEN_S, typed_text
from bot.discord_ui.audit_view import NONE, NOT_KNOWN, case_view, which_options, which_view
from bot.discord_ui.buttons import (
    Button,
    Interaction,
    guarded,
    in_time,
    number,
    pattern,
    said,
    show_privately,
    turn_into,
)
from bot.discord_ui.render import quoted
from bot.discord_ui.rights import ModeratorsButton, moderator_of, refused
from bot.discord_ui.topics import Menu
from bot.journeys.audit import (
    WINDOW,
    Case,
    called_alike,
    case_of,
    entry_called,
    judge,
    nearest,
    next_case,
)
from bot.journeys.trend import period
from bot.reports.audit_text import figures
from bot.store.audits import NO_ENTRY, Judgement
from bot.store.records import Way

COMMAND = "audit"
OTHER_FORM = "cv:au:form:{way}:{answered}"
_OTHER_ID = re.compile(pattern(OTHER_FORM))
CHANCE = SystemRandom()
WAYS = {Way.MATCH: wording.WHICH_SURE, Way.CHOICE: wording.WHICH_CHOSEN}
"""What can be judged; an entry picked from a list was never matched."""


class _OfCase(ModeratorsButton, form="cv:au:none"):
    """A button about one answered question, for those who may /audit."""

    command = COMMAND

    @property
    def answered_id(self) -> int:
        """The question that it is about."""
        return number(self.fields["answered"])

    @property
    def way(self) -> Way:
        """Of which kind the next one is."""
        return way_of(self.fields["way"])


class Right(_OfCase, form="cv:au:right:{way}:{answered}"):
    """[Right]: the entry answers what was asked."""

    label = wording.RIGHT
    style = discord.ButtonStyle.success

    async def press(self, interaction: Interaction, app: App) -> None:
        """Noted; the next one comes."""
        await _judge(interaction, app, self.answered_id, self.way, Judgement.RIGHT)


class Wrong(_OfCase, form="cv:au:wrong:{way}:{answered}"):
    """[Wrong]: asks which entry would have been right."""

    label = wording.WRONG
    style = discord.ButtonStyle.danger

    async def press(self, interaction: Interaction, app: App) -> None:
        """The menu of entries; nothing is noted until one is chosen."""
        await _ask_which(interaction, app, self.answered_id, self.way)


class Unsure(_OfCase, form="cv:au:unsure:{way}:{answered}"):
    """[Unsure]"""

    label = wording.UNSURE

    async def press(self, interaction: Interaction, app: App) -> None:
        """Noted; the next one comes."""
        await _judge(interaction, app, self.answered_id, self.way, Judgement.UNSURE)


class Skip(_OfCase, form="cv:au:skip:{way}:{answered}"):
    """[Skip]: somebody else may judge it."""

    label = wording.SKIP

    async def press(self, interaction: Interaction, app: App) -> None:
        """The next one; this one stays in the pot."""
        await turn_into(interaction, await next_view(app, self.way, skipped=self.answered_id))


class Stop(_OfCase, form="cv:au:stop:{way}:{answered}"):
    """[Stop]"""

    label = wording.STOP

    async def press(self, interaction: Interaction, app: App) -> None:
        """What is known so far."""
        await turn_into(interaction, await _summary(app, wording.STOPPED))


class TakeBack(_OfCase, form="cv:au:undo:{way}:{answered}"):
    """[Take back my last one]: what the one who presses said of it."""

    label = wording.TAKE_BACK

    async def press(self, interaction: Interaction, app: App) -> None:
        """The same answer again, to be judged anew; the next one where it is not theirs, or gone."""
        taken_back = await app.store.audits.take_back(self.answered_id, moderator_of(interaction))
        library = app.live.library
        case = await case_of(app.store, library, self.answered_id, app.clock()) if taken_back else None
        if case is None:
            await turn_into(interaction, await next_view(app, self.way, wording.NOT_YOURS))
        else:
            await turn_into(interaction, case_view(case, library, _row(case), wording.TAKEN_BACK))


class Back(_OfCase, form="cv:au:back:{way}:{answered}"):
    """[Back]: to the same answer, from the menu of entries."""

    label = wording.BACK

    async def press(self, interaction: Interaction, app: App) -> None:
        """The answer as before; the next one where it is gone."""
        library = app.live.library
        case = await case_of(app.store, library, self.answered_id, app.clock())
        if case is None:
            await turn_into(interaction, await next_view(app, self.way, wording.NOT_KEPT))
        else:
            await turn_into(interaction, case_view(case, library, _row(case)))


class Other(_OfCase, form="cv:au:other:{way}:{answered}"):
    """[Another entry…]: type its id or question."""

    label = wording.OTHER

    async def press(self, interaction: Interaction, app: App) -> None:
        """The form; its id says all that is needed, so that it outlives a restart."""
        await interaction.response.send_modal(OtherModal(OTHER_FORM.format(**self.fields)))


class OtherModal(ui.Modal, title=wording.OTHER_TITLE):
    """Asks for an entry. What is submitted is handled by `other_submitted`, also after a restart."""

    entry = ui.Label[Any](
        text=wording.OTHER_LABEL,
        description=wording.OTHER_HINT,
        component=ui.TextInput[Any](custom_id="why", min_length=1, max_length=limits.QUESTION),
    )

    def __init__(self, custom_id: str) -> None:
        super().__init__(custom_id=custom_id, timeout=FORM_OPEN_S)

    async def on_submit(self, interaction: Interaction) -> None:
        """Nothing: the listener that knows every modal by its id answers."""


class Which(Menu, form="cv:au:which:{way}:{answered}"):
    """The entries that may have been right."""

    placeholder = wording.PICK_ENTRY

    async def callback(self, interaction: Interaction) -> Any:
        """Check the right at the time of the press, choose, and tell errors."""

        async def action(pressed: Interaction, app: App) -> None:
            if not await refused(pressed, COMMAND):
                await self.choose(pressed, app)

        await guarded(interaction, "0", action)

    async def choose(self, interaction: Interaction, app: App) -> None:
        """Wrong, with the entry that was chosen; the next one comes."""
        right = {NONE: NO_ENTRY, NOT_KNOWN: None}.get(self.chosen, self.chosen)
        answered_id, way = number(self.fields["answered"]), way_of(self.fields["way"])
        if right and app.live.library.served(right) is None:
            await _ask_which(interaction, app, answered_id, way, _no_such(right, app))
        else:
            await _judge(interaction, app, answered_id, way, Judgement.WRONG, right)


async def other_submitted(interaction: Interaction, app: App) -> bool:
    """Judge wrong with the entry that was typed; False where the form is another one."""
    data: dict[str, Any] = dict(interaction.data or {})
    found = _OTHER_ID.fullmatch(str(data.get("custom_id", "")))
    if found is None:
        return False
    answered_id, way = number(found["answered"]), way_of(found["way"])
    typed = typed_text(data)[: limits.QUESTION]
    await in_time(interaction, _judge_with_other(interaction, app, answered_id, way, typed))
    return True


async def _judge_with_other(
    interaction: Interaction, app: App, answered_id: int, way: Way, typed: str
) -> None:
    if await refused(interaction, COMMAND):
        return
    entry = entry_called(typed, app.live)
    if entry is None:
        await _ask_which(interaction, app, answered_id, way, _no_such(typed, app))
    else:
        await _judge(interaction, app, answered_id, way, Judgement.WRONG, entry.id)


async def next_view(app: App, way: Way, first: str = "", skipped: int = 0, judged: int = 0) -> ui.LayoutView:
    """The next answer to judge, or what came of it all where nothing is left.

    `judged` is the one that was judged a moment ago: it can be taken back.
    """
    if not app.settings.answered_kept_days:
        return said(wording.NONE_KEPT)
    library = app.live.library
    case = await next_case(app.store, library, way, app.clock(), CHANCE, skipped)
    undo = TakeBack(way=way, answered=judged) if judged else None
    if isinstance(case, Case):
        return case_view(case, library, _row(case), first, undo)
    view = await _summary(app, wording.NOTHING_LEFT if case.judged else wording.NOTHING_YET)
    if undo is not None:
        view.add_item(ui.ActionRow(undo))
    return view


def way_of(field: str) -> Way:
    """The kind of answers that a field names; sure ones where it names none that can be judged."""
    return Way.CHOICE if field == Way.CHOICE else Way.MATCH


def _row(case: Case) -> list[Button]:
    of: dict[str, str | int] = {"way": case.drawn.way, "answered": case.drawn.id}
    return [Right(**of), Wrong(**of), Unsure(**of), Skip(**of), Stop(**of)]


async def _judge(
    interaction: Interaction,
    app: App,
    answered_id: int,
    way: Way,
    judgement: Judgement,
    right_entry_id: str | None = None,
) -> None:
    moderator = moderator_of(interaction)
    heard = await judge(app.store, answered_id, judgement, right_entry_id, moderator, app.clock())
    first = {True: "", False: wording.BEFORE_YOU, None: wording.NOT_KEPT}[heard]
    await _turn(interaction, await next_view(app, way, first, judged=answered_id if heard else 0))


async def _ask_which(interaction: Interaction, app: App, answered_id: int, way: Way, first: str = "") -> None:
    live = app.live
    case = await case_of(app.store, live.library, answered_id, app.clock())
    if case is None:
        await _turn(interaction, await next_view(app, way, wording.NOT_KEPT))
        return
    of: dict[str, str | int] = {"way": way, "answered": answered_id}
    menu = Which(which_options(nearest(case, live)), way=way, answered=str(answered_id))
    await _turn(interaction, which_view(case, menu, [Other(**of), Back(**of)], first))


def _no_such(typed: str, app: App) -> str:
    near = ", ".join(f"`{entry_id}`" for entry_id in called_alike(typed, app.live))
    return wording.NO_SUCH_ENTRY.format(typed=quoted(typed), near=near or "`/topics`")


async def _turn(interaction: Interaction, view: ui.LayoutView) -> None:
    """The message turns into this view; a form that was sent without its message gets one of its own."""
    if interaction.message is None:
        await show_privately(interaction, view)
    else:
        await turn_into(interaction, view)


async def _summary(app: App, first: str) -> ui.LayoutView:
    until = app.today + timedelta(days=1)
    return said(first, *figures(await period(app.store, until - WINDOW, until)))
