"""Watch: edits and merges go live by themselves, and moderators are told what keeps one from it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import structlog
from discord.ext import commands, tasks

from bot.app import App
from bot.core import wording_moderators as wording
from bot.discord_ui import errors, moderators
from bot.discord_ui.knowledge_views import News
from bot.discord_ui.render import quoted
from bot.journeys import control
from bot.journeys.change_merged import note_merged
from bot.journeys.change_steps import Pause, tend
from bot.journeys.entry_tests import StoppedError
from bot.journeys.reload import Reloaded
from bot.knowledge.git import NoRepository, RepositoryError
from bot.knowledge.repository import Diverged
from bot.knowledge.watch import Watcher

log = structlog.get_logger(__name__)

TURN_S = 60
"""So often changes that were cut off are taken up, or as often as merges are fetched."""
PATIENCE_S = 5.0
_WARNING_ROOM = 1500


class Watch(commands.Cog):
    """The watcher's thread, the turns of git, and requests of `caveat reload`."""

    def __init__(self, bot: commands.Bot, app: App) -> None:
        self.bot = bot
        self.app = app
        self._news = News()
        self._told_trouble: str | None = None
        self._has_warned = False
        self._fetching, self._tending = Pause(), Pause()
        self._fetched_at: datetime | None = None
        self._working = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._threads: list[Watcher | control.Listener] = []
        self._answering = asyncio.Lock()

    async def cog_load(self) -> None:
        """Begin to watch, to fetch, and to listen for requests."""
        settings = self.app.settings
        self.app.after_reload.append(self._reloaded)
        self._threads = [control.Listener(settings.data_dir, _in_loop(self._asked))]
        if settings.watch:
            self._threads.append(Watcher(settings.knowledge_dir, _in_loop(self._edited), _warned))
        for thread in self._threads:
            thread.start()
        if settings.fetches:
            self.turns.change_interval(seconds=min(TURN_S, settings.knowledge_fetch_seconds))
        self.turns.start()

    async def cog_unload(self) -> None:
        """Stop after what is under way, unless that takes long: it is taken up at the next start."""
        for thread in self._threads:
            await asyncio.to_thread(thread.stop)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S), self._working:
                self.turns.cancel()
        self.turns.cancel()
        self.app.after_reload.remove(self._reloaded)

    # ---- edits

    def _edited(self) -> None:
        """In the event loop: somebody edited the folder. Copies of what was merged are served unwatched."""
        if self.app.folder == self.app.settings.knowledge_dir:
            self._begin(self._reload())

    async def _reload(self) -> None:
        with contextlib.suppress(StoppedError):
            await self.app.reload()

    def _reloaded(self, reloaded: Reloaded) -> None:
        """After every reload, whoever asked for it."""
        text = self._news.of(reloaded)
        if text is not None:
            self._begin(self._post(text))

    # ---- `caveat reload`

    def _asked(self) -> None:
        """In the event loop: another process asks for a reload."""
        if not self._answering.locked():
            self._begin(self._answer())

    async def _answer(self) -> None:
        data = self.app.settings.data_dir
        async with self._answering:
            try:
                if requests := control.requests(data):
                    control.answer(requests, await self.app.take_up())
                control.forget_old(data)
            except StoppedError:
                return
            except Exception as error:  # an edge: a task of its own, which nobody waits for
                log.error("a request for a reload failed", reference=errors.new_reference(), exc_info=error)

    # ---- git

    @tasks.loop(seconds=TURN_S)
    async def turns(self) -> None:
        """Fetch what was merged, note it, and take up changes that were cut off.

        What fails is tried less often, each of the two for itself: a change that the remote will not have
        does not keep merges from being fetched.
        """
        now = self.app.clock()
        async with self._working:
            if self._fetching.is_over(now) and self._is_due(now):
                await self._noting(self._fetching, now, self._fetch)
                self._fetched_at = now if self._fetching.until is None else None
            if self._tending.is_over(now):
                await self._noting(self._tending, now, self._tend)

    def _is_due(self, now: datetime) -> bool:
        """Whether it is time to fetch; half a turn early rather than a whole one late."""
        wait = timedelta(seconds=self.app.settings.knowledge_fetch_seconds - TURN_S / 2)
        return self._fetched_at is None or now - self._fetched_at >= wait

    async def _noting(self, pause: Pause, now: datetime, work: Callable[[], Awaitable[bool]]) -> None:
        """Work, and note whether it is to be tried again later."""
        try:
            pause.note(now, failed=await work())
        except StoppedError:
            return
        except Exception as error:  # a loop that dies silently would fetch nothing any more
            pause.note(now, failed=True)
            log.error("a turn of git failed", reference=errors.new_reference(), exc_info=error)

    async def _fetch(self) -> bool:
        """Fetch what was merged; whether that is to be tried again later."""
        trouble: str | None = None
        try:
            fetched = await self.app.fetch()
            if isinstance(fetched, Diverged):
                trouble = fetched.mend
        except RepositoryError as fault:
            trouble = str(fault)
        await self._tell_trouble(trouble)
        return trouble is not None

    async def _tend(self) -> bool:
        """Note what was merged, and take up what was cut off; whether that is to be tried again later."""
        bench = await self.app.workbench() if await self.app.has_changes() else None
        if bench is None or isinstance(bench.repository, NoRepository):
            return False
        for change in await note_merged(bench, self.app.live.library):
            log.info("merged", change=change.id, entry=change.change.entry_id)
        tended = await tend(bench)
        for change in tended.troubled:
            log.warning("a change does not go on", change=change.id, why=change.trouble)
        return bool(tended.troubled)

    async def _tell_trouble(self, trouble: str | None) -> None:
        """What keeps merges from being fetched, once; and that it is over."""
        if trouble == self._told_trouble:
            return
        before, self._told_trouble = self._told_trouble, trouble
        if trouble is not None:
            log.warning("merged changes cannot be fetched", why=trouble)
            await self._post(wording.FETCH_TROUBLE.format(why=quoted(trouble, _WARNING_ROOM)))
        elif before is not None:
            await self._post(wording.FETCH_AGAIN)

    # ---- the moderators' channel

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Once: where the search fell back to the light one, moderators are told."""
        warning = self.app.live.matcher.engine.warning
        if warning and not self._has_warned:
            self._has_warned = True
            await self._post(wording.FALLBACK.format(warning=quoted(warning, _WARNING_ROOM)))

    async def _post(self, text: str) -> None:
        if self.app.settings.moderators_channel is not None:
            await moderators.post(self.bot, text)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _in_loop(told: Callable[[], None]) -> Callable[[], None]:
    """What a thread calls so that `told` runs in this event loop."""
    loop = asyncio.get_running_loop()

    def call() -> None:
        # Refused where the loop has ended meanwhile: then nobody waits for it.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(told)

    return call


def _warned(why: str) -> None:
    log.warning("watching", why=why)


async def setup(bot: Any) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(Watch(bot, bot.app))
