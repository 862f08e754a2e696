"""What the writes of the queue share: the turn, a new cluster, its counts, a claim on it, the history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.moderator import Moderator
from bot.store.cluster_records import ClusterKind, ClusterStatus, Row
from bot.store.loop_tables import (
    cluster_askers,
    cluster_feedback,
    cluster_questions,
    clusters,
    marks,
    review_actions,
)
from bot.store.tables import feedback, questions
from bot.store.upsert import insert_into

TURN = "clusters"
"""The mark that counts the turns of the gathering."""
MOST_BOUND = 400
"""Values in one statement, below every limit of SQLite."""
TAKES_IN = (clusters.c.kind == ClusterKind.QUESTION) & (clusters.c.status == ClusterStatus.OPEN)
"""Which clusters new questions may join."""


async def take_turn(connection: AsyncConnection, at: datetime, after: int | None = None) -> int | None:
    """The next turn; nobody else takes one until this transaction ends. None unless `after` was the last.

    Whatever changes which questions belong where, or whether a cluster takes in new ones, is a turn, so
    that what is known in memory can be brought up to date by what changed since.
    """
    first = insert_into(marks, connection).values(name=TURN, at=at, value=0)
    await connection.execute(first.on_conflict_do_nothing(index_elements=["name"]))
    found = await connection.execute(sa.select(marks.c.value).where(marks.c.name == TURN).with_for_update())
    before = int(found.scalar_one())
    if after is not None and before != after:
        return None
    await connection.execute(sa.update(marks).where(marks.c.name == TURN).values(value=before + 1, at=at))
    return before + 1


async def next_turn(connection: AsyncConnection, at: datetime) -> int:
    """The next turn, whatever came before."""
    turn = await take_turn(connection, at)
    if turn is None:
        raise AssertionError("a turn is always to be had")
    return turn


async def recount(connection: AsyncConnection, cluster_ids: Collection[int]) -> None:
    """Bring what is counted of these clusters up to date: size, times, when, title, askers."""
    for ids in chunks(cluster_ids):
        for kind, values in _COUNTED.items():
            which = clusters.c.id.in_(ids) & (clusters.c.kind == kind)
            await connection.execute(sa.update(clusters).where(which).values(**values))


async def sum_anew(connection: AsyncConnection, cluster_ids: Collection[int]) -> None:
    """Their vectors' sums hold no more; the gathering makes them anew."""
    anew = sa.update(clusters).where(clusters.c.id.in_(list(cluster_ids)))
    await connection.execute(anew.values(vector=None, model=""))


async def note_asker(
    connection: AsyncConnection, cluster_id: int, origin_id: int, epoch: str, pseudonym: str
) -> None:
    """Note a pseudonym; once is enough."""
    values = {"cluster_id": cluster_id, "origin_id": origin_id, "epoch": epoch, "pseudonym": pseudonym}
    await connection.execute(
        insert_into(cluster_askers, connection).values(**values).on_conflict_do_nothing()
    )


async def claim(
    connection: AsyncConnection,
    cluster_id: int,
    revision: int,
    values: Mapping[str, Any],
    status: ClusterStatus | None = ClusterStatus.OPEN,
) -> Row | None:
    """Change a cluster that stands at that revision, for a moderator; its row as it is now.

    None where it has another revision by now, or another status: then somebody was faster.
    """
    one = sa.update(clusters).where(clusters.c.id == cluster_id, clusters.c.revision == revision)
    if status is not None:
        one = one.where(clusters.c.status == status)
    row = {"revision": revision + 1, "held": True, **values}
    return (await connection.execute(one.values(**row).returning(*clusters.c))).one_or_none()


async def note_action(
    connection: AsyncConnection,
    action: str,
    cluster_id: int | None,
    moderator: Moderator,
    at: datetime,
    *,
    entry_id: str | None = None,
    note: str | None = None,
    before: Mapping[str, Any] | None = None,
) -> int:
    """A line of the history, in the transaction of what it tells; its id. `before` is plain JSON for undo."""
    row = {
        "at": at,
        "action": action,
        "cluster_id": cluster_id,
        "entry_id": entry_id,
        "moderator_id": moderator.id,
        "moderator": moderator.name,
        "note": note,
        "before": None if before is None else dict(before),
    }
    done = await connection.execute(sa.insert(review_actions).values(**row).returning(review_actions.c.id))
    return int(done.scalar_one())


async def left_of(connection: AsyncConnection, cluster_id: int) -> int | None:
    """The number under which a cluster's questions stand by now; None where there never was one."""
    for _ in range(1000):  # each merge leads to another cluster, so this ends long before
        found = await connection.execute(sa.select(clusters.c.merged_into).where(clusters.c.id == cluster_id))
        row = found.one_or_none()
        if row is None:
            return None
        if row.merged_into is None:
            return cluster_id
        cluster_id = row.merged_into
    return None


def chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids in lists that one statement can bind."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), MOST_BOUND):
        yield ordered[start : start + MOST_BOUND]


_of_cluster = cluster_questions.c.cluster_id == clusters.c.id
_asked = sa.join(cluster_questions, questions, cluster_questions.c.question_id == questions.c.id)
_said = sa.join(cluster_feedback, feedback, cluster_feedback.c.feedback_id == feedback.c.id)
_of_dispute = cluster_feedback.c.cluster_id == clusters.c.id


def _one(column: Any, table: Any, which: Any, *order: Any) -> Any:
    return sa.select(column).select_from(table).where(which).order_by(*order).limit(1).scalar_subquery()


def _all(column: Any, table: Any, which: Any) -> Any:
    return sa.select(column).select_from(table).where(which).scalar_subquery()


_ASKERS = sa.func.coalesce(
    sa.select(sa.func.count())
    .select_from(cluster_askers)
    .where(cluster_askers.c.cluster_id == clusters.c.id)
    .group_by(cluster_askers.c.origin_id, cluster_askers.c.epoch)
    .order_by(sa.func.count().desc())
    .limit(1)
    .scalar_subquery(),
    1,
)
"""Only pseudonyms of one origin and one epoch can be told apart, so the most of any is the bound."""
_COUNTED: dict[ClusterKind, dict[str, Any]] = {
    ClusterKind.QUESTION: {
        "size": _all(sa.func.count(), cluster_questions, _of_cluster),
        "times": sa.func.coalesce(_all(sa.func.sum(questions.c.times), _asked, _of_cluster), 0),
        "first_at": sa.func.coalesce(
            _all(sa.func.min(questions.c.first_at), _asked, _of_cluster), clusters.c.first_at
        ),
        "last_at": sa.func.coalesce(
            _all(sa.func.max(questions.c.last_at), _asked, _of_cluster), clusters.c.last_at
        ),
        "title": sa.func.coalesce(
            _one(questions.c.text, _asked, _of_cluster, questions.c.times.desc(), questions.c.id),
            clusters.c.title,
        ),
        "askers": _ASKERS,
    },
    ClusterKind.DISPUTE: {
        "size": _all(sa.func.count(), cluster_feedback, _of_dispute),
        "times": _all(sa.func.count(), cluster_feedback, _of_dispute),
        "first_at": sa.func.coalesce(
            _all(sa.func.min(feedback.c.at), _said, _of_dispute), clusters.c.first_at
        ),
        "last_at": sa.func.coalesce(_all(sa.func.max(feedback.c.at), _said, _of_dispute), clusters.c.last_at),
        "askers": _ASKERS,
    },
}


async def new_cluster(
    connection: AsyncConnection, model: str, turn: int, at: datetime, disputed: str | None = None
) -> int:
    """A new cluster, still to be counted, of questions or of what is said of a disputed entry; its number."""
    row: dict[str, Any] = {
        "kind": ClusterKind.QUESTION if disputed is None else ClusterKind.DISPUTE,
        "status": ClusterStatus.OPEN,
        "revision": 1,
        "title": disputed or "",
        "entry_id": disputed,
        "first_at": at,
        "last_at": at,
        "size": 0,
        "times": 0,
        "askers": 1,
        "model": model,
        "held": False,
        "changed": turn,
    }
    done = await connection.execute(sa.insert(clusters).values(**row).returning(clusters.c.id))
    return int(done.scalar_one())
