"""A bot that works off corrections and deliveries until it is killed or done: forked by the nursery."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import structlog
from discord.http import Route

from bot.app import App
from bot.core.moderator import Moderator
from bot.discord_ui.client import CaveatBot, create_bot
from bot.discord_ui.cogs.deliver import Deliver
from bot.journeys.corrections import outdated
from bot.journeys.resolve import ask_again, resolve
from bot.store.cluster_records import View
from tests.make import some_settings

ROBIN = Moderator(1, "Robin")
TURN_S = 0.005
"""Between two turns; the real five seconds would only make the test long."""


async def work(order: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> None:
    """The whole bot but for its gateway, with discord.py's own HTTP client, against the recorder."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    Route.BASE = order["base"]
    settings = some_settings(Path(order["knowledge"]), Path(order["database"]), watch=False)
    bot = create_bot(settings)
    await bot.login("recorder")
    cog = cast(Deliver, bot.get_cog("Deliver"))
    cog.turns.change_interval(seconds=TURN_S)
    tell({"working": True})
    await _confirm_all(bot.app)
    while await _is_open(bot):
        await cog.turn()
    await bot.close()
    tell({"done": True})


async def _confirm_all(app: App) -> None:
    """What is proposed as resolved, a moderator confirms."""
    await ask_again(app.store, app.live, app.clock())
    for cluster in await app.store.clusters.page(View.PROPOSED, app.clock()):
        entry_id = cluster.proposed_entry_id or ""
        await resolve(app.store, app.live, cluster.id, cluster.revision, entry_id, ROBIN, app.clock())


async def _is_open(bot: CaveatBot) -> bool:
    """Whether anything is left; asked twice, since a turn may be about to write something."""
    cog = cast(Deliver, bot.get_cog("Deliver"))
    for _ in range(2):
        if await _left(bot.app):
            return True
        await cog.turn()
    return False


async def _left(app: App) -> bool:
    if [row for row in await app.store.outbox.rows() if row["done_at"] is None]:
        return True
    return bool(await outdated(app.live, app.store.shown, app.clock(), 90, 1))
