"""The forms of the queue: each is known by its id, so that it is answered after a restart too."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.app import App
from bot.core import limits
from bot.core import wording_review as wording
from bot.core.entry import Entry
from bot.core.library import Library
from bot.discord_ui.answer_buttons import FORM_OPEN_S
from bot.discord_ui.buttons import Interaction, pattern
from bot.discord_ui.render import cut
from bot.journeys.review import MOST_OPTIONS, Case, offered_entries, offered_sources
from bot.store.cluster_records import Cluster

FORM = "cv:rvf:{what}:{view}:{cluster}:{revision}"
FORM_ID = re.compile(pattern(FORM))
FORMS = ("phrasing", "decoy", "entry", "split", "merge", "assign")
_ROW = 4000
"""Longest text that Discord takes in one field."""


class QueueModal(ui.Modal):
    """A form about a cluster. What is submitted is handled by `review_submit`, also after a restart."""

    def __init__(self, title: str, what: str, case: Case, *fields: ui.Label[Any]) -> None:
        cluster = case.cluster
        custom_id = FORM.format(what=what, view=case.view, cluster=cluster.id, revision=cluster.revision)
        super().__init__(title=title, custom_id=custom_id, timeout=FORM_OPEN_S)
        for field in fields:
            self.add_item(field)

    async def on_submit(self, interaction: Interaction) -> None:
        """Nothing: the listener that knows every modal by its id answers."""


async def form_for(what: str, case: Case, app: App) -> QueueModal:
    """The form of that name, filled in as far as the cluster tells."""
    if what in ("phrasing", "decoy"):
        return _addition(what, case, app, await asyncio.to_thread(offered_entries, case, app.live))
    if what == "entry":
        return _entry(case, app, await asyncio.to_thread(offered_sources, case, app.live))
    if what == "split":
        return await _split(case, app)
    if what == "merge":
        return await _merge(case, app)
    who: ui.UserSelect[Any] = ui.UserSelect(custom_id="who", min_values=1, max_values=1)
    return QueueModal(wording.TITLE_ASSIGN, what, case, ui.Label(text=wording.LABEL_WHO, component=who))


def _addition(what: str, case: Case, app: App, entries: Sequence[Entry]) -> QueueModal:
    title = wording.TITLE_PHRASING if what == "phrasing" else wording.TITLE_DECOY
    menu = _menu("entry", [_of_entry(entry, app.live.library) for entry in entries], required=False)
    words = cut(_words(case), limits.PHRASING)
    return QueueModal(
        title,
        what,
        case,
        ui.Label(text=wording.LABEL_WHICH, description=wording.HINT_WHICH, component=menu),
        ui.Label(
            text=wording.LABEL_OTHER,
            description=wording.HINT_OTHER,
            component=_line("other", limits.QUESTION, required=False),
        ),
        ui.Label(
            text=wording.LABEL_WORDS,
            description=wording.HINT_WORDS,
            component=_paragraph("words", limits.PHRASING, words),
        ),
    )


def _entry(case: Case, app: App, keys: Sequence[str]) -> QueueModal:
    library = app.live.library
    levels = [
        discord.SelectOption(
            label=cut(f"{level.sign} {level.name}", limits.OPTION_LABEL),
            value=level.id,
            description=cut(level.meaning, limits.OPTION_DESCRIPTION),
        )
        for level in library.levels.values()
    ]
    nearest = case.near[0].entry.group if case.near else None
    groups = [
        discord.SelectOption(label=cut(name, limits.OPTION_LABEL), value=key, default=key == nearest)
        for key, name in library.groups.items()
    ]
    sources = [_of_source(key, library) for key in keys]
    question = cut(_words(case), limits.QUESTION)
    fields = [
        ui.Label(text=wording.LABEL_QUESTION, component=_line("question", limits.QUESTION, question)),
        ui.Label(
            text=wording.LABEL_ANSWER,
            description=wording.HINT_ANSWER,
            component=_paragraph("answer", limits.ANSWER, required=False),
        ),
        ui.Label(text=wording.LABEL_LEVEL, component=_menu("level", levels)),
        ui.Label(text=wording.LABEL_GROUP, component=_menu("group", groups)),
    ]
    if sources:
        menu = _menu("sources", sources, required=False, most=min(len(sources), limits.MOST_SOURCES))
        fields.append(ui.Label(text=wording.LABEL_SOURCES, description=wording.HINT_SOURCES, component=menu))
    return QueueModal(wording.TITLE_ENTRY, "entry", case, *fields)


async def _split(case: Case, app: App) -> QueueModal:
    questions = await app.store.clusters.questions(case.cluster.id, MOST_OPTIONS)
    options = [
        discord.SelectOption(label=cut(_one_line(q.text), limits.OPTION_LABEL), value=str(q.id))
        for q in questions
    ]
    menu = _menu("going", options, most=len(options))
    return QueueModal(wording.TITLE_SPLIT, "split", case, ui.Label(text=wording.LABEL_GOING, component=menu))


async def _merge(case: Case, app: App) -> QueueModal:
    numbers = await app.gatherer.alike(case.cluster.id, app.live.matcher.engine, MOST_OPTIONS)
    options = [_of_cluster(each) for each in await app.store.clusters.several(numbers)]
    fields = []
    if options:
        menu = _menu("into", options, required=False)
        fields.append(ui.Label(text=wording.LABEL_INTO, description=wording.HINT_INTO, component=menu))
    number = _line("number", 20, required=False)
    fields.append(ui.Label(text=wording.LABEL_NUMBER, description=wording.HINT_NUMBER, component=number))
    return QueueModal(wording.TITLE_MERGE, "merge", case, *fields)


def _words(case: Case) -> str:
    """The words of the cluster; of a dispute the question that was asked, where it is kept."""
    if case.questions or not case.disputes:
        return _one_line(case.cluster.title) if case.questions else ""
    return next((_one_line(said.text) for said in case.disputes if said.text), "")


def _menu(
    name: str, options: Sequence[discord.SelectOption], *, required: bool = True, most: int = 1
) -> ui.Select[Any]:
    return ui.Select(
        custom_id=name,
        options=list(options)[:MOST_OPTIONS],
        min_values=1 if required else 0,
        max_values=most,
        required=required,
    )


def _line(name: str, most: int, filled: str | None = None, *, required: bool = True) -> ui.TextInput[Any]:
    return ui.TextInput(custom_id=name, max_length=most, default=filled or None, required=required)


def _paragraph(
    name: str, most: int, filled: str | None = None, *, required: bool = True
) -> ui.TextInput[Any]:
    return ui.TextInput(
        custom_id=name,
        style=discord.TextStyle.paragraph,
        max_length=most,
        default=filled or None,
        required=required,
    )


def _of_entry(entry: Entry, library: Library) -> discord.SelectOption:
    group = library.groups.get(entry.group, entry.group)
    return discord.SelectOption(
        label=cut(entry.question, limits.OPTION_LABEL),
        value=entry.id,
        description=cut(group, limits.OPTION_DESCRIPTION),
    )


def _of_source(key: str, library: Library) -> discord.SelectOption:
    source = library.sources[key]
    return discord.SelectOption(
        label=cut(key, limits.OPTION_LABEL),
        value=cut(key, limits.OPTION_LABEL),
        description=cut(source.title, limits.OPTION_DESCRIPTION),
    )


def _of_cluster(cluster: Cluster) -> discord.SelectOption:
    label = cut(f"{cluster.id} · {_one_line(cluster.title)}", limits.OPTION_LABEL)
    return discord.SelectOption(label=label, value=str(cluster.id))


def _one_line(text: str) -> str:
    return " ".join(text.split())
