"""The app: settings, store, clock and what is live, opened and closed as one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import structlog

from bot.core.problem import Problem, Severity
from bot.journeys.check_knowledge import check_knowledge
from bot.journeys.choose import expire_offers
from bot.journeys.live import Live
from bot.matching.engine import PASSED, Engine, Kind, cache_folder
from bot.matching.tuning.adapter import ADAPTER
from bot.metrics import Metrics
from bot.settings import Settings
from bot.store.store import Store

log = structlog.get_logger(__name__)


class KnowledgeBrokenError(Exception):
    """The knowledge has errors, so there is nothing to serve; `problems` says which."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(p for p in problems if p.severity is Severity.ERROR)
        count = "1 error" if len(self.problems) == 1 else f"{len(self.problems)} errors"
        super().__init__(f"the knowledge has {count}; run `caveat check` to see where, and the mend")


def utc_now() -> datetime:
    """The clock that is used outside of tests."""
    return datetime.now(UTC)


@dataclass(slots=True)
class App:
    """What every handler needs. `live` is swapped by one assignment; a handler keeps what it began with."""

    settings: Settings
    store: Store
    live: Live
    clock: Callable[[], datetime] = utc_now
    metrics: Metrics = field(default_factory=Metrics)

    @classmethod
    async def open(cls, settings: Settings, clock: Callable[[], datetime] = utc_now) -> App:
        """Load the knowledge and open the store.

        Raises KnowledgeNotFoundError, KnowledgeBrokenError or StoreUnavailableError, whose
        messages tell the mend.
        """
        live = load_live(settings, clock().date())
        warning = live.matcher.engine.warning
        if warning:
            log.warning("search", warning=warning)
        app = cls(settings, await Store.open(settings.database_url), live, clock)
        app.metrics.entries.set(len(live.library.live))
        log.info("ready", entries=len(live.library.live), library=live.library.version)
        return app

    async def close(self) -> None:
        """Close the store."""
        await self.store.close()

    @property
    def today(self) -> date:
        """The day by the app's clock, in UTC."""
        return self.clock().date()

    async def tidy(self) -> None:
        """What runs every minute: offers left alone become unanswered, old answered questions go."""
        now = self.clock()
        expired = await expire_offers(self.store, now)
        purged = await self.store.purge_answered(now - timedelta(days=self.settings.answered_kept_days))
        if expired or purged:
            log.info("tidied", expired=expired, purged=purged)


def load_live(settings: Settings, today: date) -> Live:
    """The knowledge of the settings' folder. Raises KnowledgeBrokenError or KnowledgeNotFoundError."""
    engine = _engine(
        settings.cache_dir, settings.matcher, settings.model_dir, settings.knowledge_dir / ADAPTER
    )
    checked = check_knowledge(
        settings.knowledge_dir,
        today,
        with_advice=False,
        engine=engine,
        passed=(settings.cache_dir or cache_folder()) / PASSED,
        asks=engine.kind == "default",
    )
    if checked.live is None:
        raise KnowledgeBrokenError(checked.problems)
    return checked.live


@lru_cache(maxsize=4)
def _engine(cache_dir: Path | None, kind: Kind, model_dir: Path | None, tuned: Path) -> Engine:
    """Opened once a process: a reload swaps the library, not the model."""
    return Engine.open(cache_dir or cache_folder(), kind, model_dir, tuned)
