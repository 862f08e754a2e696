"""Rights: who may use the moderators' commands, and press their buttons, at this very moment.

Discord itself keeps a command from those who may not use it. A button can be pressed by whoever sees it,
and its id can be made up, so each press is judged here as Discord would judge the command: Manage Messages,
unless Server Settings > Integrations says otherwise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypeVar, cast

import discord
import structlog
from discord import app_commands

from bot.app import App
from bot.core import wording_moderators as wording
from bot.core.moderator import Moderator
from bot.discord_ui.buttons import Button, Interaction, app_of, guarded, whisper
from bot.discord_ui.moderators import channel_of

log = structlog.get_logger(__name__)

NEEDED = discord.Permissions(manage_messages=True)
"""What a command asks of a member where Integrations says nothing else."""
FRESH_S = 15.0
"""For so long overrides that were read are taken for true: a moderator presses many buttons in a row."""
NONE_SET = 10066
"""Discord's code for a command without overrides in this server."""
ROLE, USER, CHANNEL = 1, 2, 3
"""What an override is about."""
Override = Mapping[str, Any]
Command = TypeVar("Command", bound=Callable[..., Any] | app_commands.ContextMenu)


class NotAllowed(app_commands.CheckFailure):
    """Refused; the message is for the member, and tells the mend."""


class Overrides:
    """What Integrations says of commands, read from Discord and believed for a short while."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._read: dict[tuple[int, int], tuple[float, tuple[Override, ...]]] = {}

    async def of(self, client: discord.Client, guild_id: int, command_id: int) -> tuple[Override, ...]:
        """The overrides of a command, or of the whole bot for its application's id. Raises HTTPException."""
        until, known = self._read.get((guild_id, command_id), (0.0, ()))
        if self._clock() < until:
            return known
        try:
            found = await client.http.get_application_command_permissions(
                client.application_id or 0, guild_id, command_id
            )
            known = tuple(cast(Sequence[Override], found["permissions"]))
        except discord.NotFound as missing:
            if missing.code != NONE_SET:
                raise
            known = ()
        self._read[guild_id, command_id] = (self._clock() + FRESH_S, known)
        return known


class KnowsCommands(Protocol):
    """What the client has beside discord.py's: ids of the commands by name, and their overrides."""

    command_ids: Mapping[str, int]
    overrides: Overrides


def moderators_only(command: Command) -> Command:
    """For a command or message menu: Manage Messages by default, in a server only, at home only."""
    for decorate in (app_commands.check(is_at_home), app_commands.guild_only):
        command = decorate(command)
    return app_commands.default_permissions(manage_messages=True)(command)


class ModeratorsGroup(app_commands.Group):
    """A command of several words for moderators, such as /knowledge status."""

    def __init__(self, name: str, description: str) -> None:
        super().__init__(name=name, description=description, guild_only=True, default_permissions=NEEDED)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Raises NotAllowed where the bot's home is another server."""
        return await is_at_home(interaction)


class ModeratorsButton(Button, form="cv:never:moderators"):
    """A button for those who may use `command`, whoever sees it."""

    command: ClassVar[str]

    async def callback(self, interaction: Interaction) -> Any:
        """Check the right at the time of the press, press, and tell errors."""

        async def action(pressed: Interaction, app: App) -> None:
            if await refused(pressed, self.command):
                return
            await self.press(pressed, app)

        await guarded(interaction, "0", action)


def moderator_of(interaction: Interaction) -> Moderator:
    """Who acts, as the history names them."""
    return Moderator(interaction.user.id, interaction.user.display_name)


async def refused(interaction: Interaction, command_name: str) -> bool:
    """True where the one who pressed or submitted may not; they have been told, privately."""
    why = await why_not(interaction, command_name)
    if why is not None:
        await whisper(interaction, why)
    return why is not None


async def may(interaction: Interaction, command_name: str) -> bool:
    """Whether whoever pressed may use that command now; `command_name` is its first word or menu's name."""
    return await why_not(interaction, command_name) is None


async def why_not(interaction: Interaction, command_name: str) -> str | None:
    """What to tell whoever may not; None for who may."""
    if interaction.guild_id is None or not isinstance(interaction.user, discord.Member):
        return wording.ONLY_IN_SERVER
    home = await _not_home(interaction)
    if home is not None:
        return home
    held = interaction.permissions
    if held.administrator:
        return None
    client = cast(KnowsCommands, interaction.client)
    command_id = client.command_ids.get(command_name)
    if command_id is None or not held.use_application_commands:
        return wording.NO_RIGHT
    try:
        own = await client.overrides.of(interaction.client, interaction.guild_id, command_id)
        whole = await client.overrides.of(
            interaction.client, interaction.guild_id, interaction.client.application_id or 0
        )
    except discord.HTTPException as fault:
        log.warning("rights cannot be read", why=str(fault))
        return wording.RIGHTS_UNKNOWN
    return None if _allows(own, whole, interaction, interaction.user) else wording.NO_RIGHT


def _allows(
    own: Sequence[Override], whole: Sequence[Override], interaction: Interaction, member: discord.Member
) -> bool:
    """As Discord decides: channels first, then what is said of the member, then the permission.

    The command's own overrides go before the bot's; only its own can let in who lacks the permission.
    Source: Discord's help centre, "Command Permissions", and its developer documentation, "Permissions".
    """
    guild_id = member.guild.id
    channel = interaction.channel
    place = getattr(channel, "parent_id", None) if isinstance(channel, discord.Thread) else None
    places = (place or interaction.channel_id or 0, guild_id - 1)  # that one stands for all channels
    for said in (_said(group, CHANNEL, [each]) for group in (own, whole) for each in places):
        if said is not None:
            if not said:
                return False
            break
    roles = [role.id for role in member.roles if role.id != guild_id]
    granted = _of_member(own, member.id, roles, guild_id)
    if granted is not None:
        return granted
    if _of_member(whole, member.id, roles, guild_id) is False:
        return False
    return interaction.permissions.manage_messages


def _of_member(said: Sequence[Override], user_id: int, roles: Sequence[int], guild_id: int) -> bool | None:
    """The member's own override, else that of a role of theirs (a yes wins), else that of everyone."""
    for kind, ids in ((USER, [user_id]), (ROLE, roles), (ROLE, [guild_id])):
        found = _said(said, kind, ids)
        if found is not None:
            return found
    return None


def _said(overrides: Sequence[Override], kind: int, ids: Sequence[int]) -> bool | None:
    found = [bool(o["permission"]) for o in overrides if int(o["type"]) == kind and int(o["id"]) in ids]
    return any(found) if found else None


async def is_at_home(interaction: Interaction) -> bool:
    """True in the server whose moderators the bot serves; raises NotAllowed elsewhere."""
    why = await _not_home(interaction)
    if why is not None:
        raise NotAllowed(why)
    return True


async def _not_home(interaction: Interaction) -> str | None:
    """The queue holds what was asked in every server of the bot; one of them alone reads it."""
    if interaction.guild_id is None:
        return wording.ONLY_IN_SERVER
    if len(interaction.client.guilds) < 2:
        return None
    channel_id = app_of(interaction).settings.moderators_channel
    if channel_id is None:
        return wording.HOME_UNSET
    channel = await channel_of(interaction.client, channel_id)
    guild = getattr(channel, "guild", None)
    return None if guild is not None and guild.id == interaction.guild_id else wording.NOT_HOME
