"""What is said of a cluster, or of a change, in a line: the same in Discord and in the terminal."""

from __future__ import annotations

from collections.abc import Callable

from bot.core import wording_changes as proposals
from bot.core import wording_review as wording
from bot.journeys.review import Case, Near
from bot.store.changes import ChangeStatus
from bot.store.cluster_records import Action, ClusterKind

Quote = Callable[[str, int], str]
"""Makes somebody's words harmless where they are shown, at most so many characters of them."""
NOTE_ROOM = 150
NAME_ROOM = 60


def asked_line(case: Case, since: str, last: str) -> str:
    """How often, by how many, since when, and how many wait."""
    cluster = case.cluster
    times = wording.ONCE if cluster.times == 1 else wording.TIMES.format(count=cluster.times)
    askers = wording.ONE_MEMBER if cluster.askers == 1 else wording.MEMBERS.format(count=cluster.askers)
    waits = {0: wording.NOBODY_WAITS, 1: wording.ONE_WAITS}.get(
        case.waiting, wording.MANY_WAIT.format(count=case.waiting)
    )
    form = wording.DISPUTED if cluster.kind is ClusterKind.DISPUTE else wording.ASKED
    return form.format(times=times, askers=askers, since=since, last=last, waiting=waits)


def why_not(case: Case, near: Near) -> str:
    """Why that entry was not good enough."""
    limit = case.thresholds
    return wording.WHY_NOT[near.why.value].format(suggest=limit.suggest, answer=limit.answer)


def action_line(action: Action, at: str, quote: Quote) -> str:
    """One line of the history in Markdown."""
    number = action.cluster_id
    form = wording.ACTIONS.get(action.action, wording.ACTION_OTHER)
    what = form.format(
        cluster=wording.NO_CLUSTER if number is None else wording.CLUSTER.format(number=number),
        entry=action.entry_id or "",
        note=quote(action.note or "", NOTE_ROOM),
        action=action.action,
    )
    undone = wording.HISTORY_UNDONE if action.undone else ""
    return wording.HISTORY_LINE.format(at=at, who=quote(action.moderator.name, NAME_ROOM), what=what) + undone


def told_line(told: int) -> str:
    """How many are told of a cluster that was resolved."""
    return {0: wording.TOLD_NOBODY, 1: wording.TOLD_ONE}.get(told, wording.TOLD_MANY.format(count=told))


def how_far(status: ChangeStatus, branch: str | None) -> str:
    """How far a change came."""
    match status:
        case ChangeStatus.PUSHED:
            return proposals.PUSHED.format(branch=branch)
        case ChangeStatus.COMMITTED:
            return proposals.COMMITTED.format(branch=branch)
        case ChangeStatus.KEPT:
            return proposals.KEPT if branch is None else proposals.KEPT_BRANCH.format(branch=branch)
        case ChangeStatus.MERGED:
            return proposals.MERGED
        case ChangeStatus.WITHDRAWN:
            return proposals.WITHDRAWN
