"""What a change set would do to the questions that were asked: the knowledge before it and with it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.core.entry import Status
from bot.core.library import Library
from bot.journeys.kept_questions import kept_questions
from bot.journeys.live import Live
from bot.journeys.replay import Question, Replay, labelled_questions, replay
from bot.journeys.workbench import Workbench
from bot.knowledge.git import NoRepository, RepositoryError
from bot.knowledge.labelled import FOLDER, LabelledUnreadableError, load_labelled
from bot.knowledge.load import KnowledgeNotFoundError, load_library
from bot.knowledge.snapshot import read_snapshot, write_snapshot
from bot.matching.engine import Engine
from bot.store.changes import ChangeKind, ChangeSet
from bot.store.store import Store

MOST_IN_DISCORD = 2000
"""Kept questions that are asked again for a moderator who waits: a few seconds; `caveat diff` asks all."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What the change set does; `as_live` are its drafts, which were taken as if they were live already."""

    replay: Replay
    as_live: tuple[str, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class NotReplayed:
    """Why it cannot be told, and the mend, in one line."""

    why: str


@dataclass(frozen=True, slots=True)
class _Sides:
    old: Mapping[str, str]
    new: Mapping[str, str]
    drafts: tuple[str, ...]


async def effects_of(
    bench: Workbench, change_id: int, store: Store, engine: Engine, most: int = MOST_IN_DISCORD
) -> Effects | NotReplayed:
    """Replay the kept and the labelled questions without and with the change set of that change.

    All changes on its branch count together. Takes seconds, off the event loop.
    """
    change = await bench.changes.change(change_id)
    if change is None:
        return NotReplayed("there is no such change")
    if not change.is_open:
        return NotReplayed(f"it was {change.status.value}, so nothing is left to compare")
    branch = change.branch
    together = [change] if branch is None else await bench.changes.on_branch(branch)
    kept = await kept_questions(store, most)
    try:
        sides = await asyncio.to_thread(_sides, bench, [each for each in together if each.is_open])
        done = await asyncio.to_thread(_replayed, sides, engine, kept.questions)
    except (OSError, RepositoryError, KnowledgeNotFoundError, LabelledUnreadableError) as fault:
        return NotReplayed(str(fault))
    return Effects(done, sides.drafts, kept.left_out)


def live_of(files: Mapping[str, str], engine: Engine, as_live: tuple[str, ...] = ()) -> Live:
    """What the files (path -> text) would be when live, whatever errors they still have; blocks.

    Raises OSError, or KnowledgeNotFoundError where they hold no entries.
    """
    with tempfile.TemporaryDirectory(prefix="caveat-effect-") as made:
        write_snapshot(files, Path(made))
        library = load_library(Path(made)).draft
    return Live.of(_with_live(library, as_live), engine)


def _with_live(library: Library, entry_ids: tuple[str, ...]) -> Library:
    entries = dict(library.entries)
    for entry_id in entry_ids:
        entry = entries.get(entry_id)
        if entry is not None and entry.status is Status.DRAFT:
            entries[entry_id] = replace(entry, status=Status.LIVE)
    return replace(library, entries=entries)


def _sides(bench: Workbench, together: list[ChangeSet]) -> _Sides:
    """The files without the change set and with it."""
    drafts = tuple(each.change.entry_id for each in together if each.change.kind is ChangeKind.ENTRY)
    first = together[0]
    repository, branch, base = bench.repository, first.branch, first.change.base
    if isinstance(repository, NoRepository) or branch is None or base is None or first.commit is None:
        old = read_snapshot(bench.folder)
        new = dict(old)
        for each in together:
            new |= {file.path: file.new for file in each.change.files}
        return _Sides(old, new, drafts)
    revisions = repository.revisions
    tip = repository.change(branch).commit
    return _Sides(_yaml(revisions.files_at(base)), _yaml(revisions.files_at(tip)), drafts)


def _yaml(files: Mapping[str, str]) -> dict[str, str]:
    return {path: text for path, text in files.items() if path.endswith(".yaml")}


def _replayed(sides: _Sides, engine: Engine, kept: tuple[Question, ...]) -> Replay:
    old, new = live_of(sides.old, engine), live_of(sides.new, engine, sides.drafts)
    return replay(old, new, (*labelled_in(sides.new), *kept))


def labelled_in(files: Mapping[str, str]) -> tuple[Question, ...]:
    """The labelled questions among files (path -> text); none where there are none.

    Raises LabelledUnreadableError or OSError.
    """
    own = {path: text for path, text in files.items() if path.startswith(f"{FOLDER}/")}
    if not own:
        return ()
    with tempfile.TemporaryDirectory(prefix="caveat-labelled-") as made:
        write_snapshot(own, Path(made))
        return labelled_questions(load_labelled(Path(made) / FOLDER))
