"""Render the weekly digest: its lines, and two pictures where they can be drawn and attached."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from functools import partial

import discord
import structlog
from discord import ui

from bot.app import App
from bot.core import limits
from bot.core import wording_digest as wording
from bot.core.delivery import Delivery
from bot.discord_ui import errors
from bot.discord_ui.render import quoted
from bot.journeys.digest import Digest, digest_of, until_of
from bot.journeys.trend import Period
from bot.reports.digest_text import digest_lines

log = structlog.get_logger(__name__)

TITLE = 120
"""Characters of a question or a reason in one line; the page of `caveat report` shows them whole."""
NAMES = ("came.png", "trust.png")


async def digest_parts(
    delivery: Delivery, app: App, client: discord.Client
) -> tuple[ui.LayoutView, list[discord.File]]:
    """The digest of the week that the delivery names, with its unseen mark, as the log stands now."""
    library = app.live.library
    digest = await digest_of(app.store, library, until_of(delivery.message))
    pictures = await _pictures(digest, _may_attach(client, delivery.message.channel_id or 0))
    why = pictures if isinstance(pictures, str) else ""
    foot = [wording.NO_PICTURES.format(why=why), wording.REPORT] if why else [wording.REPORT]
    room = limits.MESSAGE_TEXT - len("\n".join(["", "", *foot]))
    lines = digest_lines(digest, library, partial(quoted, most=TITLE), room)
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay("\n".join(lines), id=delivery.mark))
    files = [] if isinstance(pictures, str) else pictures
    for file in files:  # one a gallery: side by side Discord would cut them to squares
        view.add_item(ui.MediaGallery(discord.MediaGalleryItem(file, description=file.description or "")))
    view.add_item(ui.TextDisplay("\n".join(foot)))
    return view, files


def _may_attach(client: discord.Client, channel_id: int) -> bool:
    """False where Discord says that files are not allowed there; a channel unknown here is tried."""
    channel = client.get_channel(channel_id)
    if not isinstance(channel, discord.abc.GuildChannel):
        return True
    return channel.permissions_for(channel.guild.me).attach_files


async def _pictures(digest: Digest, may_attach: bool) -> list[discord.File] | str:
    """The pictures, drawn in a thread; or why there are none."""
    if not may_attach:
        return wording.NO_RIGHT
    try:
        drawn, told = await asyncio.to_thread(_drawn, digest.weeks)
    except ImportError:
        return wording.NO_LIBRARY
    except Exception as error:  # an edge: the words matter more than the pictures
        reference = errors.new_reference()
        log.error("drawing the digest failed", reference=reference, exc_info=error)
        return wording.DRAWING_FAILED.format(reference=reference)
    return [
        discord.File(io.BytesIO(data), name, description=words[: limits.FILE_DESCRIPTION])
        for data, name, words in zip(drawn, NAMES, told, strict=True)
    ]


def _drawn(weeks: Sequence[Period]) -> tuple[tuple[bytes, bytes], tuple[str, str]]:
    """Both pictures as PNG, and in words. Raises ImportError where matplotlib is not installed."""
    from bot.reports.drawing import CARD, png  # an extra, and large
    from bot.reports.pictures import came_picture, in_words, trust_picture

    return (png(came_picture(weeks, CARD)), png(trust_picture(weeks, CARD))), in_words(weeks)
