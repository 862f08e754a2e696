"""Turning: the bot's own loops go on by the real clock, where the simulated Discord's clock stands still."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from discord.ext import commands, tasks

from bot.discord_ui import errors

log = structlog.get_logger(__name__)

LOOK_S = 1.0
Loop = tasks.Loop[Any]
Turn = Callable[[Loop], Awaitable[None]]


def period_s(loop: Loop) -> float:
    """Seconds between two turns of a loop, as its decorator says."""
    return (loop.hours or 0) * 3600 + (loop.minutes or 0) * 60 + (loop.seconds or 0)


async def turn(loop: Loop) -> None:
    """One turn of a loop, as it would have come by itself."""
    await loop()


@asynccontextmanager
async def turning(
    bot: commands.Bot, turn: Turn = turn, period: Callable[[Loop], float] = period_s
) -> AsyncIterator[None]:
    """Turn the running loops of the bot's cogs, each after its period, until the block ends.

    SimCord moves its clock only for a test that says so, and its `advance_time` refuses whatever a person
    does meanwhile; the loops themselves need neither. At the end the turn that is under way comes to its
    own end. What is raised is logged, never passed on.
    """
    ends = asyncio.Event()
    task = asyncio.create_task(_go_on(bot, turn, period, ends))
    try:
        yield
    finally:
        ends.set()
        await task


async def _go_on(bot: commands.Bot, turn: Turn, period: Callable[[Loop], float], ends: asyncio.Event) -> None:
    clock = asyncio.get_running_loop().time
    due: dict[Loop, float] = {}
    while not ends.is_set():
        for loop in _loops(bot):
            if due.setdefault(loop, clock() + period(loop)) > clock() or ends.is_set():
                continue
            due[loop] = clock() + period(loop)
            try:
                await turn(loop)
            except Exception as error:  # an edge: a task of its own, which nobody waits for
                log.error("a turn failed", reference=errors.new_reference(), exc_info=error)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ends.wait(), LOOK_S)


def _loops(bot: commands.Bot) -> Iterator[Loop]:
    """Those that were started: what the settings leave off stays off."""
    for cog in tuple(bot.cogs.values()):
        for _, loop in inspect.getmembers(cog, lambda member: isinstance(member, tasks.Loop)):
            if loop.is_running():
                yield loop
