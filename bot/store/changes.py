"""Change sets as they are kept: what was proposed, by whom, and how far it has come."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.core.moderator import Moderator
from bot.store.engine import for_writing
from bot.store.loop_tables import changes, clusters, review_actions
from bot.store.whole import whole


class ChangeKind(StrEnum):
    """What is proposed for the YAML."""

    PHRASING = "phrasing"
    DECOY = "decoy"
    ENTRY = "entry"


class ChangeStatus(StrEnum):
    """How far a change came, in this order; without git it stays `kept`, without a remote `committed`."""

    KEPT = "kept"
    COMMITTED = "committed"
    PUSHED = "pushed"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


OPEN = (ChangeStatus.KEPT, ChangeStatus.COMMITTED, ChangeStatus.PUSHED)
"""Neither merged nor withdrawn."""
WITHDRAW = "withdraw"
"""The action in the history; a proposal is called `propose-` and its kind."""
_LONGEST_TROUBLE = 500


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file of the knowledge folder as it was (None where it is new), and as it is to be."""

    path: str
    old: str | None
    new: str


@dataclass(frozen=True, slots=True)
class NewChange:
    """What is proposed: `words` are the phrasing, the decoy or the question.

    `branch` and `base`, the commit that it builds upon, are None where there is no git.
    """

    kind: ChangeKind
    entry_id: str
    words: str
    files: tuple[FileChange, ...]
    cluster_id: int | None
    branch: str | None
    base: str | None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """A change that was proposed; `trouble` says what keeps it from going on, and the mend."""

    id: int
    at: datetime
    status: ChangeStatus
    change: NewChange
    moderator: Moderator
    commit: str | None
    link: str | None

    @property
    def branch(self) -> str | None:
        """The branch that it stands on, or is to stand on."""
        return self.change.branch

    @property
    def trouble(self) -> str | None:
        """What keeps it from going on."""
        return self.change.trouble

    @property
    def is_open(self) -> bool:
        """Neither merged nor withdrawn."""
        return self.status in OPEN


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """What a commit may say of a cluster: no word of it. `askers` is a lower bound of distinct members."""

    id: int
    revision: int
    askers: int
    times: int
    first_at: datetime


class Changes:
    """The change sets; each write is compare-and-set, so that of two who are at it at once one wins."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = for_writing(engine)

    @whole
    async def keep(
        self, new: NewChange, moderator: Moderator, at: datetime, cluster_revision: int | None = None
    ) -> int | None:
        """Keep a change and its row of the history, and count its cluster's revision up; its id.

        None, and nothing is kept, where the cluster is gone or has another revision than the one given.
        """
        async with self._writer.begin() as connection:
            if new.cluster_id is not None:
                one = sa.update(clusters).where(clusters.c.id == new.cluster_id)
                if cluster_revision is not None:
                    one = one.where(clusters.c.revision == cluster_revision)
                touched = await connection.execute(one.values(revision=clusters.c.revision + 1, held=True))
                if not touched.rowcount:
                    return None
            row = {**_values(new), "at": at, "status": ChangeStatus.KEPT, **_by(moderator)}
            done = await connection.execute(sa.insert(changes).values(**row).returning(changes.c.id))
            change_id = int(done.scalar_one())
            await _note(connection, f"propose-{new.kind}", change_id, new, moderator, at)
            return change_id

    @whole
    async def committed(self, change_id: int, commit: str, files: tuple[FileChange, ...]) -> bool:
        """It stands in a commit, with these files; False where it had gone on, or was withdrawn."""
        done = {"status": ChangeStatus.COMMITTED, "commit": commit, "trouble": None, "files": _listed(files)}
        return await self._move(change_id, (ChangeStatus.KEPT,), done)

    @whole
    async def pushed(self, change_id: int, link: str | None) -> bool:
        """It stands at the remote; False where it had gone on, or was withdrawn."""
        done = {"status": ChangeStatus.PUSHED, "link": link, "trouble": None}
        return await self._move(change_id, (ChangeStatus.COMMITTED,), done)

    @whole
    async def merged(self, change_id: int) -> bool:
        """It stands in main, whichever way it came there; False where that was known, or it was withdrawn."""
        return await self._move(change_id, OPEN, {"status": ChangeStatus.MERGED, "trouble": None})

    @whole
    async def troubled(self, change_id: int, trouble: str) -> bool:
        """What keeps it from going on; False where it has gone on meanwhile."""
        open_or_going = (ChangeStatus.KEPT, ChangeStatus.COMMITTED, ChangeStatus.WITHDRAWN)
        return await self._move(change_id, open_or_going, {"trouble": trouble[:_LONGEST_TROUBLE]})

    @whole
    async def withdraw(
        self, change_id: int, moderator: Moderator, at: datetime, left: str
    ) -> tuple[int, ...]:
        """Withdraw the change set that a change belongs to: every open change of its branch.

        Their ids, () where none was open; each stands in the history. `left` is
        noted as what is still to be done about their branch, until `taken_back`.
        """
        async with self._writer.begin() as connection:
            is_it = changes.c.id == change_id
            branch = sa.select(changes.c.branch).where(is_it).scalar_subquery()
            together = sa.or_(is_it, changes.c.branch == branch)
            found = await connection.execute(
                sa.update(changes)
                .where(together, changes.c.status.in_(OPEN))
                .values(
                    status=ChangeStatus.WITHDRAWN,
                    trouble=sa.case((changes.c.branch.is_not(None), left), else_=None),
                )
                .returning(*changes.c)
            )
            gone = sorted((_change_of(row) for row in found), key=lambda each: each.id)
            for each in gone:
                await _note(connection, WITHDRAW, each.id, each.change, moderator, at)
            return tuple(each.id for each in gone)

    @whole
    async def taken_back(self, change_id: int) -> bool:
        """Nothing is left to do about the branch of a withdrawn change."""
        return await self._move(change_id, (ChangeStatus.WITHDRAWN,), {"trouble": None})

    async def change(self, change_id: int) -> ChangeSet | None:
        """One change."""
        return next(iter(await self._found(changes.c.id == change_id)), None)

    async def newest(
        self, limit: int = 50, status: Collection[ChangeStatus] = tuple(ChangeStatus)
    ) -> list[ChangeSet]:
        """The changes that came that far, newest first."""
        return await self._found(changes.c.status.in_(status), newest_first=True, limit=limit)

    async def open(self) -> list[ChangeSet]:
        """Every change that is neither merged nor withdrawn, oldest first."""
        return await self._found(changes.c.status.in_(OPEN))

    async def on_branch(self, branch: str) -> list[ChangeSet]:
        """The changes of one change set, oldest first."""
        return await self._found(changes.c.branch == branch)

    async def of_cluster(self, cluster_id: int) -> list[ChangeSet]:
        """The changes that a cluster led to, oldest first."""
        return await self._found(changes.c.cluster_id == cluster_id)

    async def unfinished(self, *, pushes: bool) -> list[ChangeSet]:
        """What was cut off or failed on its way, oldest first: to be committed, pushed or taken back."""
        to_commit = sa.and_(changes.c.status == ChangeStatus.KEPT, changes.c.branch.is_not(None))
        to_take_back = sa.and_(changes.c.status == ChangeStatus.WITHDRAWN, changes.c.trouble.is_not(None))
        if not pushes:
            return await self._found(sa.or_(to_commit, to_take_back))
        return await self._found(sa.or_(to_commit, to_take_back, changes.c.status == ChangeStatus.COMMITTED))

    async def cluster(self, cluster_id: int) -> ClusterFacts | None:
        """What a commit may say of a cluster; None for one that is not there."""
        wanted = (
            clusters.c.id,
            clusters.c.revision,
            clusters.c.askers,
            clusters.c.times,
            clusters.c.first_at,
        )
        async with self._engine.connect() as connection:
            row = (
                await connection.execute(sa.select(*wanted).where(clusters.c.id == cluster_id))
            ).one_or_none()
        return None if row is None else ClusterFacts(*row)

    async def _found(
        self, which: sa.ColumnElement[bool], *, newest_first: bool = False, limit: int | None = None
    ) -> list[ChangeSet]:
        order = changes.c.id.desc() if newest_first else changes.c.id
        async with self._engine.connect() as connection:
            rows = await connection.execute(sa.select(changes).where(which).order_by(order).limit(limit))
            return [_change_of(row) for row in rows]

    async def _move(self, change_id: int, start: Sequence[ChangeStatus], values: dict[str, Any]) -> bool:
        one = sa.update(changes).where(changes.c.id == change_id, changes.c.status.in_(start))
        async with self._writer.begin() as connection:
            return bool((await connection.execute(one.values(**values))).rowcount)


async def _note(
    connection: AsyncConnection,
    action: str,
    change_id: int,
    new: NewChange,
    moderator: Moderator,
    at: datetime,
) -> None:
    row = {
        "at": at,
        "action": action,
        "cluster_id": new.cluster_id,
        "entry_id": new.entry_id,
        "change_id": change_id,
        "note": new.words,
        **_by(moderator),
    }
    await connection.execute(sa.insert(review_actions).values(**row))


def _by(moderator: Moderator) -> dict[str, Any]:
    return {"moderator_id": moderator.id, "moderator": moderator.name}


def _listed(files: tuple[FileChange, ...]) -> list[dict[str, Any]]:
    return [asdict(file) for file in files]


def _values(new: NewChange) -> dict[str, Any]:
    return {
        "kind": new.kind,
        "entry_id": new.entry_id,
        "words": new.words,
        "files": _listed(new.files),
        "cluster_id": new.cluster_id,
        "branch": new.branch,
        "base": new.base,
        "trouble": new.trouble,
    }


def _change_of(row: Any) -> ChangeSet:
    files = tuple(FileChange(**file) for file in row.files)
    new = NewChange(
        ChangeKind(row.kind),
        row.entry_id,
        row.words,
        files,
        row.cluster_id,
        row.branch,
        row.base,
        row.trouble,
    )
    moderator = Moderator(row.moderator_id, row.moderator)
    return ChangeSet(row.id, row.at, ChangeStatus(row.status), new, moderator, row.commit, row.link)
