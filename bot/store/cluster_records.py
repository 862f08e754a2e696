"""What the queue is made of: clusters, what belongs to them, and what was done to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.core.moderator import Moderator


class ClusterKind(StrEnum):
    """Open questions of one meaning, or what was said against one entry."""

    QUESTION = "question"
    DISPUTE = "dispute"


class ClusterStatus(StrEnum):
    """How a cluster stands. A snoozed one is open, until its time."""

    OPEN = "open"
    DISMISSED = "dismissed"
    RESOLVED = "resolved"
    MERGED = "merged"


class QuestionStatus(StrEnum):
    """How a logged question stands; one that is asked again after it was answered is open again."""

    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


class Dismissal(StrEnum):
    """Why nobody is to answer it."""

    OFF_TOPIC = "off-topic"
    NOT_ANSWERABLE = "not-answerable"
    UNSAFE = "unsafe"
    SPAM = "spam"
    SETTLED = "settled"
    """Of a dispute: the entry was corrected, or what was said against it does not hold."""


class Act(StrEnum):
    """What is done to a cluster, as the history names it; proposals are called `propose-` and their kind."""

    DISMISS = "dismiss"
    SNOOZE = "snooze"
    SPLIT = "split"
    MERGE = "merge"
    ASSIGN = "assign"
    RESOLVE = "resolve"
    UNDO = "undo"


UNDONE = frozenset({Act.DISMISS, Act.SNOOZE, Act.SPLIT, Act.MERGE, Act.ASSIGN})
"""What can be undone, until something else is done to the cluster."""


class View(StrEnum):
    """Which clusters are listed."""

    QUEUE = "queue"
    PROPOSED = "proposed"
    MINE = "mine"
    SNOOZED = "snoozed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster as it stands: `askers` is a lower bound of distinct members, `times` how often they asked.

    `entry_id` is the entry of a dispute, `proposed_entry_id` the one that seems to answer it by now.
    """

    id: int
    kind: ClusterKind
    status: ClusterStatus
    revision: int
    title: str
    entry_id: str | None
    first_at: datetime
    last_at: datetime
    size: int
    times: int
    askers: int
    proposed_entry_id: str | None
    snoozed_until: datetime | None
    dismissed: Dismissal | None
    assigned: Moderator | None
    merged_into: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a cluster was asked, and how often; guild and channel are 0 for direct messages."""

    guild_id: int
    channel_id: int
    times: int


@dataclass(frozen=True, slots=True)
class Dispute:
    """One "This is wrong": what was said, of which version, and of which question where that is kept."""

    id: int
    at: datetime
    entry_version: str
    text: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Action:
    """A line of the history; `undone` says that it was taken back."""

    id: int
    at: datetime
    action: str
    cluster_id: int | None
    entry_id: str | None
    change_id: int | None
    moderator: Moderator
    note: str | None
    undone: bool


@dataclass(frozen=True, slots=True)
class Done:
    """It is done and stands in the history under `action_id`; the cluster as it is now."""

    action_id: int
    cluster: Cluster


class Refused(StrEnum):
    """Why nothing was done: somebody was faster, it is gone, or it cannot be."""

    OUTDATED = "outdated"
    GONE = "gone"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that belongs to no cluster yet; `key` is its normalised text."""

    question_id: int
    key: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A cluster's vectors as they stand: how many, and their sum (float32, None where there is none)."""

    cluster_id: int
    size: int
    vector: bytes | None
    is_free: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What gathering found, to be written down as one, upon the turn at which it was found.

    `placed` are question, cluster (negative: a new one) and vector (float16); `joined` pairs of which the
    second goes into the first; `moved` question, from, to. `sums` are the new sums (float32) of every
    cluster that is touched and left.
    """

    turn: int
    model: str
    placed: tuple[tuple[int, int, bytes], ...]
    joined: tuple[tuple[int, int], ...]
    moved: tuple[tuple[int, int, int], ...]
    sums: Mapping[int, bytes]


Row = Any
"""A row of SQLAlchemy, whose columns are attributes that no type checker knows."""


def cluster_of(row: Row) -> Cluster:
    """A row of `clusters`."""
    assigned = None if row.assigned_id is None else Moderator(row.assigned_id, row.assigned_name or "")
    return Cluster(
        row.id,
        ClusterKind(row.kind),
        ClusterStatus(row.status),
        row.revision,
        row.title,
        row.entry_id,
        row.first_at,
        row.last_at,
        row.size,
        row.times,
        row.askers,
        row.proposed_entry_id,
        row.snoozed_until,
        None if row.dismissed_why is None else Dismissal(row.dismissed_why),
        assigned,
        row.merged_into,
    )


def action_of(row: Row) -> Action:
    """A row of `review_actions`."""
    moderator = Moderator(row.moderator_id, row.moderator)
    return Action(
        row.id,
        row.at,
        row.action,
        row.cluster_id,
        row.entry_id,
        row.change_id,
        moderator,
        row.note,
        row.undone_by is not None,
    )
