"""/topics: browse by group and caveat level with menus that outlive a restart."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import Any, ClassVar, Self

import discord
from discord import ui

from bot.app import App
from bot.core import limits, wording
from bot.core.entry import Entry
from bot.core.library import Library
from bot.discord_ui.answer_buttons import answer_message
from bot.discord_ui.buttons import Interaction, guarded, pattern, said, show_privately, turn_into, whisper
from bot.discord_ui.render import cut
from bot.journeys.answer import show_entry
from bot.store.records import Way

ALL = "-all"
MOST_LISTED = 4 * limits.SELECT_OPTIONS
"""Entries in menus under each other; more is no browsing any more."""


class Menu(ui.DynamicItem[ui.Select[Any]], template=r"cv:never-menu"):
    """A select menu whose id holds what was chosen in the others."""

    form: ClassVar[str]
    placeholder: ClassVar[str] = ""

    def __init_subclass__(cls, *, form: str) -> None:
        super().__init_subclass__(template=pattern(form))
        cls.form = form

    def __init__(self, options: list[discord.SelectOption], **fields: str) -> None:
        self.fields = fields
        select: ui.Select[Any] = ui.Select(
            custom_id=self.form.format(**fields), placeholder=self.placeholder, options=options
        )
        super().__init__(select)

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild the menu from its id; the options do not matter to what was chosen."""
        return cls(getattr(item, "options", []), **match.groupdict())

    @property
    def chosen(self) -> str:
        """The one value that was chosen, "" for none, which nothing is called."""
        return next(iter(self.item.values), "")

    async def callback(self, interaction: Interaction) -> Any:
        """Act, and tell errors."""
        await guarded(interaction, "0", self.choose)

    @abstractmethod
    async def choose(self, interaction: Interaction, app: App) -> None:
        """What choosing does."""


class GroupMenu(Menu, form="cv:tg:{level}"):
    """Choose a group."""

    placeholder = wording.TOPICS_PICK_GROUP

    async def choose(self, interaction: Interaction, app: App) -> None:
        """Show the group's questions."""
        await turn_into(interaction, topics_view(app.live.library, self.chosen, self.fields["level"]))


class LevelMenu(Menu, form="cv:tl:{group}"):
    """Choose a caveat level, or all."""

    placeholder = wording.TOPICS_PICK_LEVEL

    async def choose(self, interaction: Interaction, app: App) -> None:
        """Show the questions of that level."""
        await turn_into(interaction, topics_view(app.live.library, self.fields["group"], self.chosen))


class EntryMenu(Menu, form="cv:te:{part}"):
    """Choose a question."""

    placeholder = wording.TOPICS_PICK_ENTRY

    async def choose(self, interaction: Interaction, app: App) -> None:
        """Show its answer, privately."""
        live = app.live
        kept_days = app.settings.answered_kept_days
        shown = await show_entry(self.chosen, live, app.store, app.clock(), kept_days, Way.CHOICE)
        if shown is None:
            await whisper(interaction, wording.ENTRY_GONE)
        else:
            view = answer_message(shown, live.library, app.today, interaction.user.id)
            await show_privately(interaction, view)


def topics_view(library: Library, group: str = ALL, level: str = ALL) -> ui.LayoutView:
    """Groups with their number of entries; with a group or level chosen, its questions in a menu.

    An unknown group or level, as after an edit of the knowledge, counts as all of them.
    """
    if not library.live:
        return said(wording.TOPICS_EMPTY)
    group = group if group in library.groups else ALL
    level = level if level in library.levels else ALL
    counts = {key: sum(e.group == key for e in library.live) for key in library.groups}
    shown = [key for key in library.groups if counts[key]][: limits.SELECT_OPTIONS - 1]
    lines = [wording.TOPICS_GROUP.format(title=library.groups[key], count=counts[key]) for key in shown]
    view = said(wording.TOPICS_HEADING, *lines)
    view.add_item(ui.ActionRow(GroupMenu(_group_options(library, shown, group), level=level)))
    view.add_item(ui.ActionRow(LevelMenu(_level_options(library, level), group=group)))
    found = [e for e in library.live if group in (ALL, e.group) and level in (ALL, e.caveat)]
    if not found:
        view.add_item(ui.TextDisplay(wording.TOPICS_NONE))
    elif group != ALL or level != ALL:
        for part in range(0, min(len(found), MOST_LISTED), limits.SELECT_OPTIONS):
            options = [_entry_option(e, library) for e in found[part : part + limits.SELECT_OPTIONS]]
            view.add_item(ui.ActionRow(EntryMenu(options, part=str(part))))
        if len(found) > MOST_LISTED:
            view.add_item(ui.TextDisplay(wording.TOPICS_MORE.format(count=len(found) - MOST_LISTED)))
    return view


def _group_options(library: Library, keys: list[str], chosen: str) -> list[discord.SelectOption]:
    options = [discord.SelectOption(label=wording.TOPICS_ALL_GROUPS, value=ALL, default=chosen == ALL)]
    for key in keys:
        label = cut(library.groups[key], limits.OPTION_LABEL)
        options.append(discord.SelectOption(label=label, value=key, default=key == chosen))
    return options


def _level_options(library: Library, chosen: str) -> list[discord.SelectOption]:
    options = [
        discord.SelectOption(label=wording.TOPICS_PICK_LEVEL, value=ALL, default=chosen == ALL),
    ]
    for level in list(library.levels.values())[: limits.SELECT_OPTIONS - 1]:
        options.append(
            discord.SelectOption(
                label=f"{level.sign} {level.name}",
                value=level.id,
                description=cut(level.meaning, limits.OPTION_DESCRIPTION),
                default=level.id == chosen,
            )
        )
    return options


def _entry_option(entry: Entry, library: Library) -> discord.SelectOption:
    level = library.levels[entry.caveat]
    return discord.SelectOption(
        label=cut(entry.question, limits.OPTION_LABEL),
        value=entry.id,
        description=f"{level.sign} {level.name}",
    )
