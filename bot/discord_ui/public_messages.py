"""Public messages: which of them showed which entry is noted, so that a correction finds them."""

from __future__ import annotations

import structlog

from bot.app import App
from bot.core.entry import Entry
from bot.discord_ui import errors
from bot.journeys.corrections import note_public
from bot.store.shown import Place

log = structlog.get_logger(__name__)


def public_place(guild_id: int | None, channel_id: int | None, message_id: int | None) -> Place | None:
    """Where a message stands, None for one that the bot could not edit later: outside of any server."""
    if guild_id is None or channel_id is None or message_id is None:
        return None
    return Place(guild_id, channel_id, message_id)


async def note_shown(app: App, place: Place | None, entry: Entry) -> None:
    """Note it. The member has the answer: what fails here is the log's to tell, not theirs to read."""
    if place is None:
        return
    try:
        await note_public(place, entry, app.store.shown, app.clock(), app.settings.message_ids_kept_days)
    except Exception as error:  # the edge of what nobody waits for
        log.error("a public answer was not noted", reference=errors.new_reference(), exc_info=error)
