"""The app: settings, store, clock and what is live, opened and closed as one."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import structlog

from bot.core.problem import Problem
from bot.journeys.choose import expire_offers
from bot.journeys.entry_tests import StoppedError
from bot.journeys.fetch_merged import Fetched, Fetcher, NotTaken, Staged, TakenOver
from bot.journeys.gather import Gatherer
from bot.journeys.live import Live
from bot.journeys.pseudonyms import Pseudonyms
from bot.journeys.reload import Came, Keeper, Read, Reloaded
from bot.journeys.workbench import Workbench
from bot.knowledge.git import NoRepository, RepositoryError
from bot.knowledge.repository import Repository
from bot.metrics import Metrics
from bot.opening import keeper_of, open_knowledge, open_workbench, served_of
from bot.settings import Settings
from bot.store.store import Store

log = structlog.get_logger(__name__)
STOPPING_S = 5.0
"""The tests are given up between two batches of them, which is a matter of tenths."""

DEALT_WITH_KEPT = timedelta(days=30)
"""So long what moderators resolved or dismissed can be thought over, and the same words are known again."""
DELIVERIES_KEPT = timedelta(days=400)
"""Longer than any message may be kept, so that no notice is given twice. No person stands in them."""


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
    keeper: Keeper | None = None
    reloaded: Reloaded | None = None
    after_reload: list[Callable[[Reloaded], None]] = field(default_factory=list)
    _bench: Workbench | None = None
    _fetcher: Fetcher | None = None
    gatherer: Gatherer = field(init=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _fetching: asyncio.Lock = field(default_factory=asyncio.Lock)
    _wanted: int = 0
    _begun: int = 0
    _verified: Live | None = None
    _verifying: threading.Thread | None = None
    _gives_up: threading.Event = field(default_factory=threading.Event)
    _closing: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gatherer = Gatherer(self.store, Pseudonyms(self.settings.data_dir))

    @classmethod
    async def open(cls, settings: Settings, clock: Callable[[], datetime] = utc_now) -> App:
        """Load the knowledge and open the store.

        Raises KnowledgeNotFoundError, KnowledgeBrokenError or StoreUnavailableError, whose
        messages tell the mend.
        """
        keeper, live = open_knowledge(settings)
        warning = live.matcher.engine.warning
        if warning:
            log.warning("search", warning=warning)
        app = cls(settings, await Store.open(settings.database_url), live, clock, keeper=keeper)
        app.metrics.entries.set(len(live.library.live))
        log.info("ready", entries=len(live.library.live), library=live.library.version)
        return app

    async def close(self) -> None:
        """Give up what runs beside, and close the store."""
        self._closing.set()
        await self._give_up_verifying()
        await self.store.close()

    async def workbench(self) -> Workbench:
        """What changes of the knowledge are made with; a repository that was not to be had is tried anew."""
        if self._bench is None or isinstance(self._bench.repository, NoRepository):
            self._bench = await open_workbench(self.settings, self.store)
        return self._bench

    async def reload(self) -> Reloaded:
        """Read the knowledge anew, off the event loop; where it is in order, it is live when this returns.

        One at a time; who asks while one is under way gets the next one, which sees every edit until
        then. Never raises for what is wrong: the old library stays live, and the outcome says why.
        Raises StoppedError where the app is closed meanwhile.
        """
        self._wanted += 1
        wanted = self._wanted
        async with self._turn:
            if self._begun < wanted or self.reloaded is None:
                self._begun = self._wanted
                await self._give_up_verifying()
                self._conclude(await self._read_anew())
                self.verify()
            return self.reloaded or self._outcome(Came.SAME)

    async def take_up(self) -> Reloaded:
        """Fetch what was merged, where that is fetched, and read anew what is served: what a person asks for.

        Raises StoppedError as `reload`. A remote out of reach is logged, and what is there is read.
        """
        try:
            await self.fetch()
        except RepositoryError as fault:
            log.warning("merged changes cannot be fetched", why=str(fault))
        return await self.reload()

    async def has_changes(self) -> bool:
        """Whether any change was ever proposed, so that git has something to look after."""
        return bool(await self.store.changes.newest(1))

    async def _read_anew(self) -> Reloaded:
        started = time.perf_counter()
        try:
            read = await self._read()
        except StoppedError:
            raise
        except Exception as fault:  # an edge: members are answered from what is live, whatever this is
            reference = secrets.token_hex(3).upper()
            log.error("reload failed", reference=reference, exc_info=fault)
            return self._outcome(Came.FAILED, reference=reference)
        came = Came.KEPT if read.live is None else Came.SAME if read.live is self.live else Came.LIVE
        if read.live is not None:
            self.live = read.live
        return self._outcome(came, read.problems, time.perf_counter() - started)

    async def _read(self, folder: Path | None = None) -> Read:
        """One reading of what is served, or of another folder, off the event loop."""
        keeper = self.keeper = self.keeper or keeper_of(self.settings)
        return await asyncio.to_thread(keeper.read, self.live, lambda: not self._closing.is_set(), folder)

    @property
    def folder(self) -> Path:
        """The folder that is served: KNOWLEDGE_DIR, or the newest copy of what was merged."""
        return self.settings.knowledge_dir if self.keeper is None else self.keeper.folder

    async def fetch(self) -> Fetched | None:
        """Fetch what was merged; where a check finds no error in it, it is live when this returns.

        None where nothing is to be fetched: no remote, or KNOWLEDGE_FETCH_SECONDS is 0. Raises
        RepositoryError where git or the remote does not do its part, and StoppedError as `reload`.
        """
        if not self.settings.fetches:
            return None
        repository = (await self.workbench()).repository
        if isinstance(repository, NoRepository):
            raise RepositoryError(f"{repository.why}: {repository.mend}")
        async with self._fetching:
            self._fetcher = self._fetcher or Fetcher(served_of(self.settings))
            staged = await self._fetcher.stage(repository)
            async with self._turn:  # not while the remote is waited for: an edit goes live meanwhile
                if isinstance(staged, Staged):
                    return await self._taken(self._fetcher, repository, staged)
                self.verify()
                return staged

    async def _taken(self, fetcher: Fetcher, repository: Repository, staged: Staged) -> Fetched:
        """Check what was fetched, and serve it where it is in order."""
        read, started = Read(None, ()), time.perf_counter()

        async def check(folder: Path) -> tuple[Problem, ...]:
            nonlocal read
            await self._give_up_verifying()
            read = await self._read(folder)
            return read.problems

        fetched = await fetcher.take(repository, staged, check)
        if isinstance(fetched, TakenOver) and read.live is not None and self.keeper is not None:
            came = Came.SAME if read.live is self.live else Came.LIVE
            self.keeper.folder, self.live = fetched.folder, read.live
            self._conclude(self._outcome(came, (), time.perf_counter() - started))
        elif isinstance(fetched, NotTaken) and fetched.is_news:
            self._conclude(self._outcome(Came.KEPT, fetched.problems, time.perf_counter() - started))
        self.verify()
        return fetched

    def verify(self) -> None:
        """Ask all tests of what is live in a thread beside, where they were not all asked.

        A library that fails is taken back: the last one that passed is live again.
        """
        keeper, live = self.keeper, self.live
        if keeper is None or self._verifying is not None or not keeper.is_to_verify(live):
            return
        self._gives_up = gives_up = threading.Event()
        loop = asyncio.get_running_loop()

        def ask() -> None:
            try:
                problems = keeper.verify(live, lambda: not gives_up.is_set())
            except StoppedError:
                return
            except Exception as fault:  # an edge: a thread of its own, which nobody waits for
                log.error("asking the tests failed", exc_info=fault)
                return
            # Refused where the loop has ended meanwhile: then nobody needs to know.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._judge, live, problems)

        self._verifying = threading.Thread(target=ask, name="entries' tests", daemon=True)
        self._verifying.start()

    def _judge(self, live: Live, problems: tuple[Problem, ...]) -> None:
        """What came of all tests of a library."""
        self._verifying = None
        if not problems:
            self._verified = live
        elif self.live is live:
            if self._verified is not None:
                self.live = self._verified
            self._conclude(self._outcome(Came.TAKEN_BACK, problems))

    async def _give_up_verifying(self) -> None:
        self._gives_up.set()
        thread, self._verifying = self._verifying, None
        if thread is not None:
            await asyncio.to_thread(thread.join, STOPPING_S)

    def _outcome(
        self,
        came: Came,
        problems: tuple[Problem, ...] = (),
        seconds: float = 0.0,
        reference: str | None = None,
    ) -> Reloaded:
        library = self.live.library
        return Reloaded(self.clock(), came, library.version, len(library.live), problems, seconds, reference)

    def _conclude(self, reloaded: Reloaded) -> None:
        """Note and tell what came of a reload."""
        self.reloaded = reloaded
        self.metrics.entries.set(reloaded.entries)
        self.metrics.reloads.labels(came=reloaded.came).inc()
        log.info(
            "reloaded",
            came=reloaded.came.value,
            library=reloaded.version,
            entries=reloaded.entries,
            problems=len(reloaded.problems),
            seconds=round(reloaded.seconds, 2),
        )
        for told in self.after_reload:
            told(reloaded)

    @property
    def today(self) -> date:
        """The day by the app's clock, in UTC."""
        return self.clock().date()

    async def note_asked(self, question_id: int | None, user_id: int) -> None:
        """A member's question was logged: it comes to its cluster, and who asked is counted, not kept.

        Never raises: the question is logged, and is gathered later where it could not be now.
        """
        if question_id is not None:
            engine = self.live.matcher.engine
            await self._noted(self.gatherer.asked(question_id, user_id, engine, self.clock()))

    async def note_disputed(self, feedback_id: int, user_id: int) -> None:
        """A member said "This is wrong": the same for a dispute."""
        await self._noted(self.gatherer.disputed(feedback_id, user_id, self.clock()))

    async def _noted(self, gathering: Awaitable[object]) -> None:
        try:
            await gathering
        except Exception as fault:  # an edge: what the member asked is on the disk, and they are to hear so
            log.error("gathering failed", reference=secrets.token_hex(3).upper(), exc_info=fault)

    async def tidy(self) -> None:
        """What runs every minute: offers left alone become unanswered, what is old goes."""
        now = self.clock()
        expired = await expire_offers(self.store, now)
        purged = await self.store.purge_answered(now - timedelta(days=self.settings.answered_kept_days))
        forgotten = await self.store.audits.forget_texts(
            now - timedelta(days=self.settings.audited_kept_days)
        )
        messages = await self.store.shown.purge(now - timedelta(days=self.settings.message_ids_kept_days))
        await self.store.outbox.purge(now - DELIVERIES_KEPT)
        dealt_with = await self.store.dealt_with.forget(now - DEALT_WITH_KEPT, now)
        counts = {"expired": expired, "purged": purged, "audits_forgotten": forgotten, "messages": messages}
        if any(counts.values()) or dealt_with:
            log.info("tidied", **counts, dealt_with=dealt_with)
