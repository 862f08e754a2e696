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
from bot.journeys.workbench import Workbench
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
        # Half a turn early rather than a whole one late.
        every = timedelta(seconds=app.settings.knowledge_fetch_seconds - TURN_S / 2)
        self._fetching, self._noting, self._tending = Pause(every), Pause(), Pause()
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

        What fails is tried again after a minute, then ever later, at most an hour; each for itself: a change
        that the remote will not have keeps no merge from being fetched and noted.
        """
        now = self.app.clock()
        async with self._working:
            await self._unless_paused(self._fetching, now, self._fetch)
            await self._unless_paused(self._noting, now, self._note_merged)
            await self._unless_paused(self._tending, now, self._tend)

    async def _unless_paused(self, pause: Pause, now: datetime, work: Callable[[], Awaitable[bool]]) -> None:
        """Work where it is time, and note whether it is to be tried again later."""
        if not pause.is_over(now):
            return
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

    async def _bench(self) -> Workbench | None:
        """Where changes are made; None where there is no change, or no git."""
        bench = await self.app.workbench() if await self.app.has_changes() else None
        return None if bench is None or isinstance(bench.repository, NoRepository) else bench

    async def _note_merged(self) -> bool:
        """Note which changes were merged; nothing of it is to be tried again later."""
        if (bench := await self._bench()) is not None:
            for change in await note_merged(bench, self.app.live.library):
                log.info("merged", change=change.id, entry=change.change.entry_id)
        return False

    async def _tend(self) -> bool:
        """Take up what was cut off; whether that is to be tried again later."""
        if (bench := await self._bench()) is None:
            return False
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
