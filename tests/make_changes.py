"""Builders of change sets: a knowledge repository, a workbench upon it, and a cluster to propose for."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.moderator import Moderator
from bot.journeys.changes import Proposed, Withdrawn
from bot.journeys.check_knowledge import check_knowledge
from bot.journeys.live import Live
from bot.journeys.workbench import Workbench
from bot.knowledge.git import NoRepository
from bot.knowledge.repository import Repository
from bot.matching.engine import PLAIN
from bot.store.changes import ChangeSet
from bot.store.loop_tables import clusters
from bot.store.store import Store
from tests.git_places import a_bare_copy, commit, git
from tests.make import KNOWLEDGE
from tests.make_kept import NOON

ADA = Moderator(42, "Ada Lovelace")
BO = Moderator(43, "Bo")
CACTUS = "entries/watering/cactus-in-winter.yaml"
LILY = "entries/trouble/lily-and-cats.yaml"
NEW_PHRASING = "does my cactus drink anything at christmas"
NEW_DECOY = "may a cactus be pruned in winter"


def a_knowledge_repository(folder: Path) -> Path:
    """A moderator's working copy with the tests' knowledge, committed on main."""
    shutil.copytree(KNOWLEDGE, folder / "knowledge")
    git(folder, "init", "--quiet", "--initial-branch=main")
    return commit(folder, {})


def a_forge(source: Path) -> Path:
    """The same as a forge has it: a bare repository."""
    forge = a_bare_copy(source, source.parent / "forge" / "knowledge.git")
    git(source, "remote", "add", "origin", str(forge))
    return forge


def a_bench(store: Store, source: Path, data: Path, **remote: Any) -> Workbench:
    """A workbench on a clone in `data`; `remote` as `Repository.open` takes it."""
    return Workbench(
        store.changes,
        Repository.open(source / "knowledge", data / "changes", **remote),
        source / "knowledge",
        "knowledge",
    )


def without_git(bench: Workbench) -> Workbench:
    """The same where there is no git."""
    nothing = NoRepository("there is no git program", "install git")
    return Workbench(bench.changes, nothing, bench.folder, bench.knowledge_path)


def a_checked_live(folder: Path = KNOWLEDGE) -> Live:
    """What is live of a folder, which must be without errors."""
    live = check_knowledge(folder, NOON.date(), engine=PLAIN, asks=False).live
    assert live is not None
    return live


async def a_cluster(url: str, askers: int = 3, times: int = 5) -> int:
    """A cluster of open questions, as the queue makes one; its id."""
    row = {
        "kind": "question",
        "status": "open",
        "revision": 1,
        "title": "may my cactus have a drink at christmas, asks @somebody",
        "first_at": NOON - timedelta(days=3),
        "last_at": NOON,
        "size": times,
        "times": times,
        "askers": askers,
        "model": "none",
        "held": False,
        "changed": 0,
    }
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        done = await connection.execute(insert(clusters).values(**row).returning(clusters.c.id))
        number = int(done.scalar_one())
    await engine.dispose()
    return number


def proposed(outcome: object) -> Proposed:
    """The outcome, which must be a proposal."""
    assert isinstance(outcome, Proposed), outcome
    return outcome


def withdrawn(outcome: object) -> Withdrawn:
    """The outcome, which must be a withdrawal."""
    assert isinstance(outcome, Withdrawn), outcome
    return outcome


async def the_change(bench: Workbench, change_id: int) -> ChangeSet:
    """The change, which must be there."""
    change = await bench.changes.change(change_id)
    assert change is not None
    return change


def merge(forge: Path, branch: str, folder: Path, *, edit: Sequence[tuple[str, str, str]] = ()) -> None:
    """What a person does at the forge: take the branch, change texts in it, merge it into main.

    `edit` are a path in the repository, what stands there, and what is to stand there.
    """
    git(forge, "clone", "--quiet", str(forge), str(folder))
    git(folder, "checkout", "--quiet", branch)
    for path, old, new in edit:
        text = (folder / path).read_bytes().decode()
        assert old in text
        commit(folder, {path: text.replace(old, new)}, "Complete the entry")
    git(folder, "checkout", "--quiet", "main")
    git(folder, "merge", "--quiet", "--no-ff", branch, "--message=Merge")
    git(folder, "push", "--quiet", "origin", "main")


def merge_edit(source: Path, path: str, old: str, new: str) -> None:
    """Somebody merges an edit at the forge; the working copy's file is left as it was."""
    file = source / path
    before = file.read_text("utf-8")
    assert old in before
    commit(source, {path: before.replace(old, new)}, "Edit")
    git(source, "push", "--quiet", "origin", "main")
    file.write_text(before, "utf-8")
