"""What is submitted in the forms of the queue: proposed, split, merged or assigned, by those who may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

from bot.app import App
from bot.core import limits
from bot.core import wording_review as wording
from bot.core.moderator import Moderator
from bot.discord_ui.buttons import Interaction, in_time, number, whisper
from bot.discord_ui.change_views import refusal_text, show_proposal
from bot.discord_ui.forms import filled_in, text_of
from bot.discord_ui.render import cut, quoted
from bot.discord_ui.review_buttons import COMMAND, stay, turn_to, view_of
from bot.discord_ui.review_forms import FORM_ID, FORMS
from bot.discord_ui.rights import moderator_of, refused
from bot.journeys.audit import called_alike, entry_called
from bot.journeys.change_words import NewEntry, NotProposed, Why
from bot.journeys.changes import Proposed, propose_decoy, propose_entry, propose_phrasing
from bot.journeys.review import numbered_case
from bot.store.cluster_records import Done, Refused, View

_WROTE = limits.QUESTION + limits.ANSWER + 3
"""What is given back of a form: a question, " / " and its answer."""
Fields = Mapping[str, tuple[str, ...]]
_MAY_MODERATE = (
    discord.Permissions(manage_messages=True).value | discord.Permissions(administrator=True).value
)


class _Seen:
    """The cluster as it stood when the form was opened, and who submits."""

    def __init__(self, interaction: Interaction, ids: Mapping[str, str]) -> None:
        self.interaction = interaction
        self.cluster_id = number(ids["cluster"])
        self.revision = number(ids["revision"])
        self.view: View = view_of(ids["view"])
        self.by: Moderator = moderator_of(interaction)


async def submitted(interaction: Interaction, app: App) -> bool:
    """Do what a form of the queue asks for; False where the form is another one."""
    data: dict[str, Any] = dict(interaction.data or {})
    found = FORM_ID.fullmatch(str(data.get("custom_id", "")))
    if found is None or found["what"] not in FORMS:
        return False
    await in_time(interaction, _do(interaction, app, found.groupdict(), data))
    return True


async def _do(interaction: Interaction, app: App, ids: Mapping[str, str], data: Mapping[str, Any]) -> None:
    if await refused(interaction, COMMAND):
        return
    seen, fields = _Seen(interaction, ids), filled_in(interaction)
    match ids["what"]:
        case "phrasing" | "decoy":
            await _add(seen, app, fields, is_decoy=ids["what"] == "decoy")
        case "entry":
            await _draft(seen, app, fields)
        case "split":
            await _split(seen, app, fields)
        case "merge":
            await _merge(seen, app, fields)
        case _:
            await _assign(seen, app, fields, data)


async def _add(seen: _Seen, app: App, fields: Fields, *, is_decoy: bool) -> None:
    words = text_of(fields, "words", limits.MODAL_INPUT)
    typed = text_of(fields, "other", limits.QUESTION)
    chosen = text_of(fields, "entry", limits.QUESTION)
    entry = entry_called(typed, app.live) if typed else app.live.library.served(chosen)
    if entry is None and not (typed or chosen):
        await whisper(seen.interaction, f"{wording.NO_ENTRY_CHOSEN}\n{_you_wrote(words)}")
        return
    if entry is None:
        near = ", ".join(f"`{each}`" for each in called_alike(typed or chosen or words, app.live))
        text = wording.NO_SUCH_ENTRY.format(typed=quoted(typed or chosen), near=near or "`/topics`")
        await whisper(seen.interaction, f"{text}\n{_you_wrote(words)}")
        return
    propose = propose_decoy if is_decoy else propose_phrasing
    bench, now = await app.workbench(), app.clock()
    outcome = await propose(
        bench, app.live, entry.id, words, seen.cluster_id, seen.by, now, cluster_revision=seen.revision
    )
    await _tell(seen, app, outcome, words)


async def _draft(seen: _Seen, app: App, fields: Fields) -> None:
    new = NewEntry(
        question=text_of(fields, "question", limits.MODAL_INPUT),
        level=text_of(fields, "level", limits.CUSTOM_ID),
        group=text_of(fields, "group", limits.CUSTOM_ID),
        answer=text_of(fields, "answer", limits.MODAL_INPUT),
        sources=tuple(key[: limits.OPTION_LABEL] for key in fields.get("sources", ())),
    )
    bench, now = await app.workbench(), app.clock()
    outcome = await propose_entry(
        bench, app.live, new, seen.cluster_id, seen.by, now, cluster_revision=seen.revision
    )
    await _tell(seen, app, outcome, f"{new.question} / {new.answer}")


async def _tell(seen: _Seen, app: App, outcome: Proposed | NotProposed, words: str) -> None:
    """The page as it stands now, and the proposal with its problems; or why not, and what was written."""
    interaction, wrote = seen.interaction, _you_wrote(words)
    if isinstance(outcome, NotProposed) and outcome.why is not Why.OUTDATED:
        why = cut(refusal_text(outcome), limits.MESSAGE_TEXT - len(wrote) - 1)
        await whisper(interaction, f"{why}\n{wrote}")
        return
    case = await numbered_case(app.store, app.live, seen.cluster_id, seen.view, app.clock(), seen.by.id)
    if isinstance(outcome, NotProposed):
        await turn_to(interaction, app, case, wording.OUTDATED, view=seen.view)
        if wrote:  # a message of its own: a page has no room for a whole answer
            await whisper(interaction, wrote)
        return
    if interaction.message is not None:
        await turn_to(interaction, app, case, view=seen.view)
    await show_proposal(interaction, outcome)


async def _split(seen: _Seen, app: App, fields: Fields) -> None:
    going = [number(each) for each in fields.get("going", ())]
    outcome = await app.store.acts.split(seen.cluster_id, seen.revision, going, seen.by, app.clock())
    if outcome is Refused.IMPOSSIBLE:
        await whisper(seen.interaction, wording.CANNOT_SPLIT)
        return
    told = wording.DID_SPLIT.format(number=outcome.cluster.id) if isinstance(outcome, Done) else ""
    await stay(seen.interaction, app, outcome, seen.cluster_id, seen.view, told)


async def _merge(seen: _Seen, app: App, fields: Fields) -> None:
    typed = text_of(fields, "number", limits.CUSTOM_ID) or text_of(fields, "into", limits.CUSTOM_ID)
    into = number(typed.removeprefix("#"))
    if not into:
        await whisper(seen.interaction, wording.NOT_A_NUMBER.format(typed=quoted(typed)))
        return
    outcome = await app.store.acts.merge(seen.cluster_id, seen.revision, into, seen.by, app.clock())
    if outcome is Refused.IMPOSSIBLE:
        await whisper(seen.interaction, wording.CANNOT_MERGE)
        return
    told = wording.DID_MERGE.format(number=seen.cluster_id, into=into)
    await stay(seen.interaction, app, outcome, seen.cluster_id, seen.view, told)


async def _assign(seen: _Seen, app: App, fields: Fields, data: Mapping[str, Any]) -> None:
    to = _chosen_moderator(number(text_of(fields, "who", limits.CUSTOM_ID)), data, seen)
    if isinstance(to, str):
        await whisper(seen.interaction, wording.NO_MODERATOR.format(name=quoted(to)))
        return
    outcome = await app.store.acts.assign(seen.cluster_id, seen.revision, to, seen.by, app.clock())
    told = wording.DID_ASSIGN.format(number=seen.cluster_id, name=quoted(to.name))
    await stay(seen.interaction, app, outcome, seen.cluster_id, seen.view, told)


def _chosen_moderator(user_id: int, data: Mapping[str, Any], seen: _Seen) -> Moderator | str:
    """Who was chosen, where they may moderate here; else their name: no member's id is to be kept."""
    if user_id == seen.by.id:
        return seen.by
    resolved = data.get("resolved")
    known: Mapping[str, Any] = resolved if isinstance(resolved, dict) else {}
    user = _record(known, "users", user_id)
    member = _record(known, "members", user_id)
    name = str(member.get("nick") or user.get("global_name") or user.get("username") or user_id)
    may = user_id and not user.get("bot") and _may_moderate(seen.interaction.guild, user_id, member)
    return Moderator(user_id, name) if may else name


def _may_moderate(guild: discord.Guild | None, user_id: int, member: Mapping[str, Any]) -> bool:
    """By the roles that Discord says they have: Manage Messages, or more."""
    if guild is None or not member:
        return False
    if guild.owner_id == user_id:
        return True
    ids = member.get("roles")
    roles = [guild.get_role(number(str(each))) for each in (ids if isinstance(ids, list) else [])]
    held = [role.permissions for role in [*roles, guild.default_role] if role is not None]
    return any(each.administrator or each.manage_messages for each in held)


def _record(resolved: Mapping[str, Any], kind: str, user_id: int) -> Mapping[str, Any]:
    records = resolved.get(kind)
    record = records.get(str(user_id)) if isinstance(records, dict) else None
    return record if isinstance(record, dict) else {}


def _you_wrote(words: str) -> str:
    return wording.YOU_WROTE.format(text=quoted(words, _WROTE)) if words.strip(" /") else ""
