"""Drive the bot in SimCord, and read what members see there.

SimCord's actors do what a member's client lets a member do. What only a forged or simultaneous
request does, is sent here as the raw interaction that Discord would deliver.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import discord
from simcord import ChannelHandle, Env, HttpLogEntry, InteractionResult, MemberActor, ResponseMessage
from simcord.backend import serializers
from simcord.components import walk_components
from simcord.interactions import base_payload

from bot.app import App
from bot.discord_ui.client import CaveatBot, create_bot
from bot.settings import Settings
from bot.store.records import OpenQuestion

Message = discord.Message | ResponseMessage
BUTTON, SELECT, TEXT = 2, 3, 10
COMPONENT_PRESS, MODAL_SUBMIT = 3, 5


def app_of(env: Env) -> App:
    """The app of the bot that is running."""
    return cast(CaveatBot, env.bot).app


def bot_id(env: Env) -> int:
    """The bot's user id."""
    return cast(discord.ClientUser, env.bot.user).id


async def restart(env: Env, settings: Settings) -> None:
    """A new bot on the same database, as after a deploy; nothing in memory is kept."""
    old = app_of(env)
    await env.restart_bot(create_bot(settings))
    await old.close()


# ------------------------------------------------------------------ what members see


def parts(message: Message) -> list[dict[str, Any]]:
    """Every component of a message in reading order, nested ones too."""
    if isinstance(message, ResponseMessage):
        return list(walk_components(message.components))
    return list(walk_components([component.to_dict() for component in message.components]))


def read(message: Message) -> str:
    """The text of a message, from top to bottom."""
    return "\n".join([message.content, *(p["content"] for p in parts(message) if p["type"] == TEXT)]).strip()


def labels(message: Message) -> list[str]:
    """The labels of its buttons, in order."""
    return [part["label"] for part in parts(message) if part["type"] == BUTTON]


def options(message: Message, custom_id: str) -> dict[str, str]:
    """Values and labels of one menu."""
    (menu,) = [part for part in parts(message) if part.get("custom_id") == custom_id]
    return {option["value"]: option["label"] for option in menu["options"]}


def custom_ids(message: Message) -> list[str]:
    """The ids of its buttons and menus, in order."""
    return [part["custom_id"] for part in parts(message) if "custom_id" in part]


def reply(result: InteractionResult) -> ResponseMessage:
    """The one message that answered; fails where there is none."""
    found = [message for message in (result.response, *result.followups) if message is not None]
    assert found, f"no message answered: {result!r}"
    return found[-1]


def whispered(result: InteractionResult) -> str:
    """What only the presser reads; fails where others could read it too."""
    message = reply(result)
    assert message.ephemeral, "others could read this"
    return read(message)


def last(channel: ChannelHandle) -> discord.Message:
    """The newest message of a channel."""
    message = channel.last_message
    assert message is not None
    return message


def body(request: HttpLogEntry) -> dict[str, Any]:
    """What a request of the bot carries."""
    return cast(dict[str, Any], request.json)


async def logged(env: Env) -> list[OpenQuestion]:
    """The questions in the log."""
    return await app_of(env).store.open_questions()


# ------------------------------------------------------------------ what no client would send


def delivered(
    env: Env,
    actor: MemberActor,
    message: Message,
    custom_id: str,
    *,
    values: Sequence[Any] = (),
    kind: int = BUTTON,
) -> InteractionResult:
    """Deliver a press of that custom id on a message, whether it bears it or not; nothing is awaited."""
    part: dict[str, Any] = {"type": kind, "custom_id": custom_id}
    part |= {"style": 1, "label": "?"} if kind == BUTTON else {"options": [{"label": "?", "value": "?"}]}
    stored = env.backend.get_message(_channel_id(message), message.id)
    payload = dict(serializers.message_payload(env.backend, stored))
    if custom_id not in custom_ids(message):
        payload["components"] = [{"type": 1, "id": 1, "components": [{**part, "id": 2}]}]
    data: dict[str, Any] = {"custom_id": custom_id, "component_type": kind}
    if kind == SELECT:
        data["values"] = list(values)
    return _deliver(env, actor, _channel_id(message), COMPONENT_PRESS, data, payload)


async def forge_press(
    env: Env,
    actor: MemberActor,
    message: Message,
    custom_id: str,
    *,
    values: Sequence[Any] = (),
    kind: int = BUTTON,
) -> InteractionResult:
    """Press a button or menu with a custom id of one's own making."""
    result = delivered(env, actor, message, custom_id, values=values, kind=kind)
    await env.settle()
    return result


async def forge_submit(
    env: Env, actor: MemberActor, channel: ChannelHandle, custom_id: str, components: Any
) -> InteractionResult:
    """Submit a modal with an id and fields of one's own making."""
    data = {"custom_id": custom_id, "components": components}
    result = _deliver(env, actor, channel.id, MODAL_SUBMIT, data, None)
    await env.settle()
    return result


def _channel_id(message: Message) -> int:
    return message.channel_id if isinstance(message, ResponseMessage) else message.channel.id


def _deliver(
    env: Env,
    actor: MemberActor,
    channel_id: int,
    kind: int,
    data: dict[str, Any],
    message: dict[str, Any] | None,
) -> InteractionResult:
    guild_id = env.backend.get_channel(channel_id).guild_id
    record, payload = base_payload(
        env.backend, type=kind, channel_id=channel_id, guild_id=guild_id, user_id=actor.id, data=data
    )
    if message is not None:
        payload["message"] = message
        record.source_message_id = int(message["id"])
    env.backend.emit("INTERACTION_CREATE", payload)
    return InteractionResult(env, record)


@contextmanager
def locked(settings: Settings) -> Iterator[sqlite3.Connection]:
    """Another program holds the database; the bot cannot write until this ends or it rolls back."""
    connection = sqlite3.connect(settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
    finally:
        connection.rollback()
        connection.close()
