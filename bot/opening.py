"""Opening: what the settings name, opened: the knowledge with its search, and what changes are made with."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import structlog

from bot.core.problem import Problem, Severity
from bot.journeys.live import Live
from bot.journeys.reload import Keeper, Read
from bot.journeys.workbench import Workbench
from bot.knowledge.load import KnowledgeNotFoundError
from bot.knowledge.remotes import read_forges
from bot.knowledge.served import Served
from bot.matching.engine import PASSED, Engine, Kind, cache_folder
from bot.matching.tuning.adapter import ADAPTER
from bot.settings import Settings
from bot.store.store import Store

log = structlog.get_logger(__name__)
SERVED = "served"
"""The folder of the fetched copies, within the data folder."""


class KnowledgeBrokenError(Exception):
    """The knowledge has errors, so there is nothing to serve; `problems` says which."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(p for p in problems if p.severity is Severity.ERROR)
        count = "1 error" if len(self.problems) == 1 else f"{len(self.problems)} errors"
        super().__init__(f"the knowledge has {count}; run `caveat check` to see where, and the mend")


async def open_workbench(settings: Settings, store: Store) -> Workbench:
    """What changes of the knowledge are made with; git takes a moment, in a thread. Never raises for git."""
    return await asyncio.to_thread(
        Workbench.open,
        store.changes,
        settings.knowledge_dir,
        settings.data_dir,
        knowledge_path=settings.knowledge_path,
        main=settings.knowledge_branch,
        remote=settings.knowledge_remote,
        credential=settings.push_credential(),
        forges=read_forges(settings.knowledge_forges),
    )


def served_of(settings: Settings) -> Served:
    """The copies of what was merged, in the data folder."""
    return Served(settings.data_dir / SERVED)


def keeper_of(settings: Settings) -> Keeper:
    """What reads the knowledge of these settings, with the engine that they name."""
    cache = settings.cache_dir or cache_folder()

    def open_engine(folder: Path) -> Engine:
        return _engine(settings.cache_dir, settings.matcher, settings.model_dir, _Tuned.of(folder / ADAPTER))

    return Keeper(settings.knowledge_dir, cache / PASSED, open_engine)


def open_knowledge(settings: Settings) -> tuple[Keeper, Live]:
    """The newest copy of what was merged; KNOWLEDGE_DIR where there is none, or it cannot be served."""
    keeper = keeper_of(settings)
    copy = served_of(settings).current() if settings.fetches else None
    if copy is not None:
        keeper.folder = copy
        try:
            return keeper, _first(keeper)
        except (KnowledgeBrokenError, KnowledgeNotFoundError) as fault:
            log.warning("the fetched knowledge cannot be served, KNOWLEDGE_DIR is", why=str(fault))
            keeper.folder = settings.knowledge_dir
    return keeper, _first(keeper)


def _first(keeper: Keeper) -> Live:
    read: Read = keeper.read(None)
    if read.live is None:
        raise KnowledgeBrokenError(read.problems)
    return read.live


@dataclass(frozen=True, slots=True)
class _Tuned:
    """A tuned file, told apart by what it holds: copies of one file are one and the same engine."""

    digest: str
    file: Path = field(compare=False)

    @classmethod
    def of(cls, file: Path) -> _Tuned:
        """A file that cannot be read has no digest; opening the engine says what is wrong with it."""
        try:
            return cls(hashlib.sha256(file.read_bytes()).hexdigest(), file)
        except OSError:
            return cls("", file)


@lru_cache(maxsize=4)
def _engine(cache_dir: Path | None, kind: Kind, model_dir: Path | None, tuned: _Tuned) -> Engine:
    """Opened once a process and tuned file: most reloads swap the library, not the model."""
    return Engine.open(cache_dir or cache_folder(), kind, model_dir, tuned.file)
