"""Change sets in Discord: what was proposed, with its file and patch, its effects, and its withdrawal."""

from __future__ import annotations

import io
from pathlib import PurePosixPath
from typing import Any

import discord
from discord import ui

from bot.app import App
from bot.core import limits
from bot.core import wording_changes as wording
from bot.discord_ui.buttons import Interaction, number, said, show_privately, whisper
from bot.discord_ui.problem_lines import problem_lines
from bot.discord_ui.render import cut, quoted
from bot.discord_ui.replies import NOBODY
from bot.discord_ui.rights import ModeratorsButton, moderator_of
from bot.journeys.change_effect import Effects, NotReplayed, effects_of
from bot.journeys.change_words import NotProposed
from bot.journeys.changes import NotOpen, Proposed, withdraw
from bot.journeys.replay import said as counted
from bot.reports.replayed import told
from bot.reports.review_text import how_far
from bot.store.changes import ChangeKind, ChangeStatus

COMMAND = "review"
"""Whoever may use it may press these buttons."""
PROBLEMS_SHOWN = 3
OF_EACH_KIND = 5
ROOM = limits.MESSAGE_TEXT - 400
_NOTE_ROOM = 600
_LINE_ROOM = 300


class ChangeEffects(ModeratorsButton, form="cv:change:effects:{change}"):
    """[What would this change?]: the questions of the log and the labelled ones, before and after."""

    command = COMMAND
    label = wording.BUTTON_EFFECTS

    async def press(self, interaction: Interaction, app: App) -> None:
        """Takes seconds; the bot asks Discord for the time."""
        bench = await app.workbench()
        found = await effects_of(bench, number(self.fields["change"]), app.store, app.live.matcher.engine)
        await show_privately(interaction, said(effects_text(found)))


class ChangeWithdraw(ModeratorsButton, form="cv:change:withdraw:{change}"):
    """[Withdraw]: takes the change set back, its branch with it."""

    command = COMMAND
    label = wording.BUTTON_WITHDRAW
    style = discord.ButtonStyle.danger

    async def press(self, interaction: Interaction, app: App) -> None:
        """Of two who press, one withdraws; the other is told that it is done."""
        bench = await app.workbench()
        done = await withdraw(bench, number(self.fields["change"]), moderator_of(interaction), app.clock())
        if isinstance(done, NotOpen):
            text = (
                wording.NO_SUCH_CHANGE
                if done.status is None
                else wording.NOTHING_TO_WITHDRAW.format(id=done.change_id, status=done.status.value)
            )
            await whisper(interaction, text)
            return
        ids = ", ".join(map(str, done.change_ids))
        first = wording.WITHDREW_ONE if len(done.change_ids) == 1 else wording.WITHDREW_MANY
        notes = [wording.NOTE.format(note=quoted(note, _NOTE_ROOM)) for note in done.notes]
        await whisper(interaction, "\n".join([first.format(ids=ids), *notes]))


async def show_proposal(interaction: Interaction, proposed: Proposed) -> None:
    """The proposal, only for the moderator, as the first response or after it, with its files."""
    view, files = proposal_view(proposed), proposal_files(proposed)
    fields: dict[str, Any] = {"view": view, "ephemeral": True, "allowed_mentions": NOBODY, "files": files}
    if interaction.response.is_done():
        await interaction.followup.send(**fields)
    else:
        await interaction.response.send_message(**fields)


def proposal_view(proposed: Proposed) -> ui.LayoutView:
    """What was proposed, how far it came, what `caveat check` says of it, and the buttons.

    It is to be sent with `proposal_files`, which it shows.
    """
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(cut("\n".join(_proposal_lines(proposed)), ROOM)))
    for file in proposal_files(proposed):
        view.add_item(ui.File(f"attachment://{file.filename}"))
    is_open = proposed.status in (ChangeStatus.KEPT, ChangeStatus.COMMITTED, ChangeStatus.PUSHED)
    row: ui.ActionRow[Any] = ui.ActionRow()
    if proposed.link is not None:
        row.add_item(ui.Button(label=wording.BUTTON_MERGE, url=proposed.link))
    if is_open:
        row.add_item(ChangeEffects(change=proposed.change_id))
        row.add_item(ChangeWithdraw(change=proposed.change_id))
    if row.children:
        view.add_item(row)
    return view


def proposal_files(proposed: Proposed) -> list[discord.File]:
    """The whole file and the patch, for whoever has no branch at a remote; nothing where one stands there."""
    if proposed.status is ChangeStatus.PUSHED:
        return []
    files = [
        discord.File(io.BytesIO(content), PurePosixPath(path).name)
        for path, content in proposed.files.items()
    ]
    return [*files, discord.File(io.BytesIO(proposed.patch), f"{proposed.entry_id}.patch")]


def refusal_text(refused: NotProposed) -> str:
    """Why nothing was proposed, the mend, the problems it would cause, and a rewording where there is one."""
    lines = [wording.NOT_PROPOSED.format(message=refused.message, mend=refused.mend)]
    if refused.rewording is not None:
        lines.append(wording.REWORDING.format(text=quoted(refused.rewording, limits.ANSWER)))
    return cut("\n".join([*lines, *problem_lines(refused.problems, PROBLEMS_SHOWN)]), ROOM)


def effects_text(found: Effects | NotReplayed) -> str:
    """What a change set would do, the worst first, within one message."""
    if isinstance(found, NotReplayed):
        return wording.EFFECTS_NOT.format(why=quoted(found.why, _NOTE_ROOM))
    replay = found.replay
    asked = wording.ASKED.format(labelled=f"{replay.labelled:,}", kept=f"{replay.kept:,}")
    lines = [wording.EFFECTS_HEADING, asked]
    if not replay.changes:
        lines.append(f"**{wording.NOTHING_CHANGES}**")
    for effect, count in replay.counts.items():
        lines.append(f"**{counted(effect, count)}**")
        for change in replay.of(effect)[:OF_EACH_KIND]:
            times = wording.TIMES.format(times=change.question.times) if change.question.times > 1 else ""
            lines.append(
                wording.EFFECTS_CHANGED.format(
                    question=quoted(change.question.text, _LINE_ROOM),
                    times=times,
                    before=told(change.before),
                    after=told(change.after),
                )
            )
        if count > OF_EACH_KIND:
            lines.append("-# " + wording.MORE_CHANGED.format(count=f"{count - OF_EACH_KIND:,}"))
    ends = []
    if found.as_live:
        ends.append(wording.EFFECTS_AS_LIVE.format(entries="`, `".join(found.as_live)))
    if found.left_out:
        ends.append(wording.EFFECTS_LEFT_OUT.format(count=f"{found.left_out:,}"))
    return "\n".join([cut("\n".join(lines), ROOM - 400), *ends])


def _proposal_lines(proposed: Proposed) -> list[str]:
    lines = [wording.HEADING[proposed.kind.value].format(entry=proposed.entry_id), _how_far(proposed)]
    if proposed.link is not None:
        lines.append(wording.PUSHED_LINK)
    if proposed.kind is ChangeKind.ENTRY:
        lines.append(wording.DRAFT_HOW)
    lines += [wording.NOTE.format(note=quoted(note, _NOTE_ROOM)) for note in proposed.notes]
    if proposed.problems:
        lines += [wording.ADVICE, *problem_lines(proposed.problems, PROBLEMS_SHOWN)]
    else:
        lines.append(wording.NO_ADVICE)
    return lines


def _how_far(proposed: Proposed) -> str:
    far = how_far(proposed.status, proposed.branch)
    return f"{far}\n{wording.PATCH}" if proposed.status is ChangeStatus.COMMITTED else far
