"""Render the queue: one cluster a page, and the history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from discord import ui

from bot.core import limits
from bot.core import wording_review as wording
from bot.core.library import Library
from bot.discord_ui.buttons import Button
from bot.discord_ui.render import cut, quoted
from bot.journeys.review import Case
from bot.reports.review_text import NAME_ROOM, action_line, asked_line, why_not
from bot.store.cluster_records import Action, Asked, Cluster, ClusterKind, ClusterStatus

_QUESTION_ROOM = 200
_TITLE_ROOM = 250
_ROOM = 900
"""Of each of the four parts of a page: together they stay within one message."""


def case_view(
    case: Case,
    library: Library,
    guild_id: int | None,
    rows: Sequence[Sequence[ui.Item[Any]]],
    first: Sequence[str] = (),
) -> ui.LayoutView:
    """A cluster with its questions, its nearest entries and what can be done; `first` stands above it all."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(cut("\n".join([*first, _heading(case)]), _ROOM)))
    box: ui.Container[Any] = ui.Container()
    parts = ((_head(case, library, guild_id), 0), (_asked(case), _left_out(case)), (_near(case), 0))
    for lines, more in ((list(part), more) for part, more in parts):
        if not lines:
            continue
        if box.children:
            box.add_item(ui.Separator())
        box.add_item(ui.TextDisplay(whole_lines(lines, _ROOM, more)))
    view.add_item(box)
    for row in rows:
        if row:
            view.add_item(ui.ActionRow(*row))
    return view


def history_view(
    actions: Sequence[Action], cluster_id: int | None, buttons: Sequence[Button]
) -> ui.LayoutView:
    """What was done, newest first."""
    heading = (
        wording.HISTORY_HEADING
        if cluster_id is None
        else wording.HISTORY_HEADING_OF.format(number=cluster_id)
    )
    lines = [action_line(action, f"<t:{int(action.at.timestamp())}:f>", quoted) for action in actions]
    view = ui.LayoutView(timeout=None)
    view.add_item(
        ui.TextDisplay("\n".join([heading, whole_lines(lines or [wording.HISTORY_NONE], _ROOM * 4)]))
    )
    if buttons:
        view.add_item(ui.ActionRow(*buttons))
    return view


def whole_lines(lines: Sequence[str], room: int, more: int = 0) -> str:
    """As many whole lines as fit, and how many others there are; `more` were left out before."""
    kept: list[str] = []
    used = 0
    for place, line in enumerate(lines):
        used += len(line) + 1
        if used > room - 40 and kept:
            more += len(lines) - place
            break
        kept.append(cut(line, room - 40))
    return "\n".join([*kept, wording.AND_MORE.format(count=more)] if more else kept)


def _heading(case: Case) -> str:
    view = wording.VIEWS[case.view.value]
    form = wording.HEADING if case.place else wording.HEADING_APART
    return form.format(view=view, place=case.place, total=case.total)


def _head(case: Case, library: Library, guild_id: int | None) -> Iterator[str]:
    cluster = case.cluster
    if cluster.kind is ClusterKind.DISPUTE:
        entry = library.entries.get(cluster.entry_id or "")
        title = quoted(entry.question if entry is not None else cluster.entry_id or "", _TITLE_ROOM)
        yield wording.TITLE_DISPUTE.format(number=cluster.id, title=title)
    else:
        title = quoted(cluster.title, _TITLE_ROOM) or wording.TITLE_FORGOTTEN
        yield wording.TITLE.format(number=cluster.id, title=title)
    yield asked_line(case, _day(cluster.first_at), _ago(cluster.last_at))
    if case.places:
        places = ", ".join(_place(place, guild_id) for place in case.places)
        yield wording.WHERE.format(places=places)
    yield from _state(cluster, library)
    for change in case.changes:
        yield wording.CHANGE.format(
            kind=change.change.kind.value,
            entry=change.change.entry_id,
            id=change.id,
            status=change.status.value,
        )


def _state(cluster: Cluster, library: Library) -> Iterator[str]:
    if cluster.proposed_entry_id is not None and cluster.status is ClusterStatus.OPEN:
        entry = library.entries.get(cluster.proposed_entry_id)
        question = quoted(entry.question, _TITLE_ROOM) if entry is not None else ""
        yield wording.PROPOSED.format(question=question, entry=cluster.proposed_entry_id)
    if cluster.assigned is not None:
        yield wording.ASSIGNED.format(name=quoted(cluster.assigned.name, NAME_ROOM))
    if cluster.snoozed_until is not None and cluster.status is ClusterStatus.OPEN:
        yield wording.SNOOZED.format(until=_day(cluster.snoozed_until))
    if cluster.dismissed is not None and cluster.status is ClusterStatus.DISMISSED:
        yield wording.DISMISSED.format(why=wording.DISMISSALS[cluster.dismissed.value])
    if cluster.status is ClusterStatus.RESOLVED:
        yield wording.RESOLVED


def _asked(case: Case) -> Iterator[str]:
    if case.cluster.kind is ClusterKind.DISPUTE:
        for said in case.disputes:
            why = quoted(said.why, _QUESTION_ROOM) if said.why else wording.DISPUTE_NO_WHY
            about = wording.DISPUTE_ABOUT.format(text=quoted(said.text, _QUESTION_ROOM)) if said.text else ""
            yield wording.DISPUTE.format(on=_day(said.at), why=why, about=about)
    else:
        size = case.cluster.size
        count = wording.ONE_QUESTION if size == 1 else wording.MANY_QUESTIONS.format(count=size)
        yield wording.QUESTIONS.format(count=count.capitalize())
        for question in case.questions:
            times = wording.TIMES_SHORT.format(count=question.times) if question.times > 1 else ""
            yield wording.QUESTION.format(text=quoted(question.text, _QUESTION_ROOM), times=times)


def _left_out(case: Case) -> int:
    """How many questions or disputes the cluster has beside those that are at hand."""
    return max(0, case.cluster.size - len(case.disputes or case.questions))


def _near(case: Case) -> Iterator[str]:
    if case.cluster.kind is ClusterKind.DISPUTE:
        return
    yield wording.NEAREST if case.near else wording.NO_NEAREST
    for near in case.near:
        yield wording.NEAR.format(
            confidence=near.confidence,
            question=quoted(near.entry.question, limits.QUESTION),
            entry=near.entry.id,
            why=why_not(case, near),
        )


def _place(place: Asked, guild_id: int | None) -> str:
    if not place.guild_id:
        return wording.IN_DIRECT.format(count=place.times)
    if place.guild_id != guild_id:
        return wording.ELSEWHERE.format(count=place.times)
    return wording.IN_CHANNEL.format(channel=place.channel_id, count=place.times)


def _day(at: datetime) -> str:
    return f"<t:{int(at.timestamp())}:D>"


def _ago(at: datetime) -> str:
    return f"<t:{int(at.timestamp())}:R>"
