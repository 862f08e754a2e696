"""What `caveat review` lists and shows, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import click
from rich.text import Text

from bot.cli.edges import CouldNotRun
from bot.cli.review_place import Place
from bot.cli.review_work import gathered
from bot.cli.terminal import marked, on_one_line, open_console, print_table
from bot.core import wording_review as wording
from bot.journeys.review import Case, numbered_case
from bot.reports.review_text import action_line, asked_line, why_not
from bot.store.changes import ChangeSet
from bot.store.cluster_records import Action, Cluster, ClusterKind, ClusterStatus, View


async def list_clusters(place: Place, view: View, limit: int, *, as_json: bool) -> None:
    """The clusters of a view in their rank."""
    now = datetime.now(UTC)
    async with place.store() as store:
        await gathered(place, store, asks_again=view is View.PROPOSED)
        found = await store.clusters.page(view, now, limit=limit)
        total = await store.clusters.count(view, now)
        changes = await store.changes.open()
    if as_json:
        _print_json([_plain(cluster) for cluster in found])
        return
    if not found:
        open_console().print(marked(wording.EMPTY[view.value]))
        return
    rows = [
        (str(c.id), str(c.askers), str(c.times), _when(c.last_at), _title(c), _state(c, changes))
        for c in found
    ]
    print_table(("Number", "Askers", "Asked", "Last asked (UTC)", "Question", "State"), rows, numbers=3)
    if total > len(found):
        click.echo(f"There are {total - len(found)} more; --limit {limit * 4} shows more of them.")


async def show_cluster(place: Place, number: int, *, as_json: bool) -> None:
    """All that is known of a cluster."""
    live = place.live()
    async with place.store() as store:
        await gathered(place, store)
        case = await numbered_case(store, live, number, View.QUEUE, datetime.now(UTC))
    if case is None:
        raise CouldNotRun(f"there is no cluster {number}; `caveat review list` shows which there are")
    if as_json:
        _print_json(_plain_case(case))
        return
    console = open_console()
    for line in _case_lines(case):
        console.print(line)


async def list_history(place: Place, number: int | None, limit: int, *, as_json: bool) -> None:
    """What was done, newest first."""
    async with place.store() as store:
        found = await store.clusters.history(number, limit=limit)
    if as_json:
        _print_json([_plain_action(action) for action in found])
        return
    console = open_console()
    if not found:
        console.print(wording.HISTORY_NONE)
    for action in found:
        line = action_line(action, _when(action.at), _quote).removeprefix("- ")
        console.print(Text(f"{action.id:>5}  ", style="dim").append(marked(line)))


def _case_lines(case: Case) -> Iterator[Text]:
    cluster = case.cluster
    yield Text(f"{cluster.id} · {_title(cluster)}", style="bold")
    yield marked(asked_line(case, f"{cluster.first_at:%Y-%m-%d}", _when(cluster.last_at)))
    if case.places:
        yield Text(f"Where: {', '.join(_places(case))}")
    state = _state(cluster)
    yield Text(f"Revision {cluster.revision}, {cluster.status.value}{f', {state}' if state else ''}.")
    for change in case.changes:
        new = change.change
        told = f"change {change.id}: {new.kind.value} for {new.entry_id}, {change.status.value}"
        yield Text(told if change.link is None else f"{told}: {change.link}")
    yield Text()
    for question in case.questions:
        yield Text(f"{question.id:>7}  ", style="dim").append(
            f"{question.text}{f'  ×{question.times}' if question.times > 1 else ''}", style="not dim"
        )
    for said in case.disputes:
        about = f'  (asked: "{said.text}")' if said.text else ""
        yield Text(f"{_when(said.at)}  {said.why or wording.DISPUTE_NO_WHY}{about}")
    left = cluster.size - len(case.questions) - len(case.disputes)
    if left > 0:
        yield Text(f"         …and {left} more", style="dim")
    if cluster.kind is ClusterKind.DISPUTE:
        return
    yield Text()
    yield marked(wording.NEAREST if case.near else wording.NO_NEAREST)
    for near in case.near:
        yield Text(f"   {near.confidence:.2f}  {near.entry.id}: {why_not(case, near)}")
        yield Text(f"         {near.entry.question}", style="dim")


def _places(case: Case) -> Iterator[str]:
    for place in case.places:
        channel = f"channel {place.channel_id} of server {place.guild_id}"
        where = channel if place.guild_id else "direct messages"
        yield f"{where} ({place.times})"


def _title(cluster: Cluster) -> str:
    if cluster.kind is ClusterKind.DISPUTE:
        return f'"This is wrong" about {cluster.entry_id}'
    return _quote(cluster.title, 250) if cluster.title else wording.TITLE_FORGOTTEN


def _state(cluster: Cluster, changes: Sequence[ChangeSet] = ()) -> str:
    states = [
        f"{each.change.kind.value} for {each.change.entry_id} proposed"
        for each in changes
        if each.change.cluster_id == cluster.id
    ]
    if cluster.proposed_entry_id is not None:
        is_open = cluster.status is ClusterStatus.OPEN
        states.append(f"answered by {cluster.proposed_entry_id}{'?' if is_open else ''}")
    if cluster.assigned is not None:
        states.append(f"assigned to {cluster.assigned.name}")
    if cluster.snoozed_until is not None:
        states.append(f"snoozed until {cluster.snoozed_until:%Y-%m-%d}")
    if cluster.dismissed is not None:
        states.append(wording.DISMISSALS[cluster.dismissed.value])
    return ", ".join(states)


def _plain(cluster: Cluster) -> dict[str, Any]:
    return {
        "number": cluster.id,
        "kind": cluster.kind.value,
        "status": cluster.status.value,
        "revision": cluster.revision,
        "title": cluster.title,
        "entry": cluster.entry_id,
        "askers_at_least": cluster.askers,
        "times": cluster.times,
        "size": cluster.size,
        "first_at": cluster.first_at.isoformat(),
        "last_at": cluster.last_at.isoformat(),
        "proposed_entry": cluster.proposed_entry_id,
        "assigned": None if cluster.assigned is None else cluster.assigned.name,
        "snoozed_until": None if cluster.snoozed_until is None else cluster.snoozed_until.isoformat(),
        "dismissed": None if cluster.dismissed is None else cluster.dismissed.value,
    }


def _plain_case(case: Case) -> dict[str, Any]:
    return {
        **_plain(case.cluster),
        "waiting": case.waiting,
        "questions": [{"id": q.id, "text": q.text, "times": q.times} for q in case.questions],
        "disputes": [
            {"at": said.at.isoformat(), "version": said.entry_version, "why": said.why, "question": said.text}
            for said in case.disputes
        ],
        "where": [{"guild": p.guild_id, "channel": p.channel_id, "times": p.times} for p in case.places],
        "nearest": [
            {"entry": near.entry.id, "confidence": round(near.confidence, 4), "why_not": near.why.value}
            for near in case.near
        ],
        "changes": [
            {
                "id": change.id,
                "kind": change.change.kind.value,
                "entry": change.change.entry_id,
                "status": change.status.value,
                "branch": change.branch,
                "link": change.link,
            }
            for change in case.changes
        ],
    }


def _plain_action(action: Action) -> dict[str, Any]:
    return {
        "id": action.id,
        "at": action.at.isoformat(),
        "action": action.action,
        "cluster": action.cluster_id,
        "entry": action.entry_id,
        "change": action.change_id,
        "moderator": action.moderator.name,
        "note": action.note,
        "undone": action.undone,
    }


def _print_json(plain: Any) -> None:
    click.echo(json.dumps(plain, indent=1, ensure_ascii=False))


def _quote(text: str, most: int) -> str:
    flat = on_one_line(text)
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def _when(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
