"""What a delivery looks like: what was waited for, a word on what is open still or closed, a notice."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.app import App
from bot.core import wording_corrections as wording
from bot.core.delivery import Delivery, Kind
from bot.discord_ui.answer_buttons import OpenAnswer, answer_row
from bot.discord_ui.buttons import Button
from bot.discord_ui.digest_view import digest_parts
from bot.discord_ui.render import answer_view, quoted
from bot.discord_ui.tell_buttons import NeverMind

MOST_LINKS = 10
"""Of one notice; a link is about 90 characters, and who reads more of them?"""


async def delivery_parts(
    delivery: Delivery, app: App, client: discord.Client
) -> tuple[ui.LayoutView, list[discord.File]] | None:
    """The message with its unseen mark and its pictures; None where there is nothing to say any more."""
    if delivery.message.kind is Kind.DIGEST:
        return await digest_parts(delivery, app, client)
    view = await delivery_view(delivery, app)
    return None if view is None else (view, [])


async def delivery_view(delivery: Delivery, app: App) -> ui.LayoutView | None:
    """What a message of any other kind than the digest looks like."""
    message = delivery.message
    if message.kind is Kind.NOTICE:
        return _marked(delivery, _notice_lines(delivery))
    if message.kind is Kind.ANSWER:
        return await _answer_view(delivery, app)
    if message.kind is Kind.CLOSED:
        return await _closed_view(delivery, app)
    button = NeverMind(question=message.question_id or 0, asker=message.user_id or 0)
    if message.channel_id is not None:
        return _marked(delivery, [wording.STILL_OPEN_MENTION.format(user=message.user_id)], button)
    question = await _question(delivery, app)
    if question is None:
        return None
    return _marked(delivery, [wording.STILL_OPEN.format(question=question)], button)


async def _answer_view(delivery: Delivery, app: App) -> ui.LayoutView | None:
    """The answer itself in a direct message; in a channel a line that tells nobody what was asked."""
    message, library = delivery.message, app.live.library
    entry = library.served(message.entry_id or "")
    if entry is None:
        return None
    asker_id = message.user_id or 0
    if message.channel_id is not None:
        line = wording.TOLD_MENTION.format(user=asker_id)
        return _marked(delivery, [line], OpenAnswer(entry=entry.id, answered=0, asker=asker_id))
    question = await _question(delivery, app)
    told = wording.TOLD.format(question=question) if question else wording.TOLD_WITHOUT_QUESTION
    return answer_view(
        entry,
        library,
        app.today,
        answer_row(entry, 0, asker_id),
        above=(told, f"-# {wording.TOLD_FOOT}"),
        mark=delivery.mark,
    )


async def _closed_view(delivery: Delivery, app: App) -> ui.LayoutView | None:
    """That nobody will answer it here; in a channel without a word of the question."""
    message = delivery.message
    if message.channel_id is not None:
        return _marked(delivery, [wording.CLOSED_MENTION.format(user=message.user_id)])
    question = await _question(delivery, app)
    return None if question is None else _marked(delivery, [wording.CLOSED.format(question=question)])


async def _question(delivery: Delivery, app: App) -> str | None:
    """What the member asked, as far as it is kept: scrubbed, short and harmless."""
    found = await app.store.question(delivery.message.question_id or 0)
    return quoted(found[0].text) if found is not None else None


def _notice_lines(delivery: Delivery) -> list[str]:
    content = delivery.message.content
    message_ids = list(content["messages"])
    links = " · ".join(
        f"https://discord.com/channels/{content['guild']}/{delivery.message.channel_id}/{message_id}"
        for message_id in message_ids[-MOST_LINKS:]
    )
    lines = [wording.NOTICE.format(**_texts(content)), wording.NOTICE_LINKS.format(links=links)]
    if len(message_ids) > MOST_LINKS:
        lines.append(wording.NOTICE_MORE.format(count=len(message_ids) - MOST_LINKS))
    return lines


def _texts(content: Any) -> dict[str, str]:
    return {name: str(content[name]) for name in ("on", "question", "changed")}


def _marked(delivery: Delivery, lines: list[str], *buttons: Button) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay("\n".join(lines), id=delivery.mark))
    if buttons:
        view.add_item(ui.ActionRow(*buttons))
    return view
