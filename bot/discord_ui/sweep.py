"""The sweep: public answers that miss a correction are edited, a few at a time; each channel is told once.

It can be cut off anywhere: an edit that was made but not noted is made again, which changes nothing, and a
notice stands in the outbox under a key of its own.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import discord
import structlog

from bot.app import App
from bot.core.delivery import Refused
from bot.discord_ui.correction_views import corrected_view
from bot.discord_ui.errors import GONE
from bot.discord_ui.replies import NOBODY
from bot.discord_ui.sender import NETWORK, outcome_of
from bot.journeys.corrections import Outdated, edition_of, give_notice, outdated
from bot.journeys.live import Live

log = structlog.get_logger(__name__)

LOOKS_AGAIN = timedelta(minutes=10)
"""A message that was sent while the library changed is found by then at the latest."""
MOST_FAILURES = 5
"""After so many a message is left alone until the next library or start."""
RESTS = timedelta(seconds=30)
"""After a failure that was not the message's own."""


class Sweep:
    """Works through the public answers of an app; what it remembers only saves it work."""

    def __init__(self, client: discord.Client, app: App) -> None:
        self._client = client
        self._app = app
        self._swept: str | None = None
        self._looks_at: datetime | None = None
        self._failures: Counter[int] = Counter()

    async def turn(self, most: int) -> int:
        """Edit at most so many messages; how many were worked on. Raises nothing that comes from Discord."""
        app, live, now = self._app, self._app.live, self._app.clock()
        if self._swept == live.library.version and self._looks_at is not None and now < self._looks_at:
            return 0
        if self._swept != live.library.version:
            await app.store.shown.revive()
            self._failures.clear()
            self._swept = live.library.version
        kept_days = app.settings.message_ids_kept_days
        found = await outdated(live, app.store.shown, now, kept_days, most, self._given_up())
        rest = None
        for each in found:
            if not await self._edit(each, live):
                rest = now + RESTS
                break
        noticed = await give_notice(live, app.store.shown, now, self._given_up())
        if found or noticed:
            log.info("corrections", edited=len(found), notices=noticed)
        self._looks_at = rest or (None if found else now + LOOKS_AGAIN)
        return len(found)

    def _given_up(self) -> list[int]:
        return [row_id for row_id, failures in self._failures.items() if failures >= MOST_FAILURES]

    async def _edit(self, each: Outdated, live: Live) -> bool:
        """Edit one message and note it; False where Discord or the network failed, and a rest is due."""
        shown, place = self._app.store.shown, each.answer.place
        channel = self._client.get_partial_messageable(place.channel_id, guild_id=place.guild_id)
        partial = channel.get_partial_message(place.message_id)
        try:
            view = corrected_view(each, live.library, self._app.today, await _fetched(partial))
            await partial.edit(view=view, allowed_mentions=NOBODY)
        except (discord.DiscordException, *NETWORK) as fault:
            outcome = outcome_of(fault)
            if getattr(fault, "code", None) in GONE:
                await shown.forget(place.message_id)
            elif isinstance(outcome, Refused):
                log.warning("cannot correct a message", channel_id=place.channel_id, why=outcome.why)
                await shown.refused(each.answer)
            else:
                self._failures[each.answer.id] += 1
                return False
        else:
            await shown.edited(each.answer, edition_of(each.entry))
        return True


async def _fetched(partial: discord.PartialMessage) -> discord.Message | None:
    """The message with its buttons; None where it may not be read."""
    try:
        return await partial.fetch()
    except discord.Forbidden:
        return None
