"""The buttons and menus of the queue. Each id says the view, the cluster, and the revision that was seen."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

import discord
from discord import ui

from bot.app import App
from bot.core import wording_review as wording
from bot.discord_ui.buttons import Interaction, guarded, number, said, show_privately, turn_into, whisper
from bot.discord_ui.review_forms import form_for
from bot.discord_ui.review_view import case_view, history_view
from bot.discord_ui.rights import ModeratorsButton, moderator_of, refused
from bot.discord_ui.topics import Menu
from bot.journeys.resolve import Outdated, resolve
from bot.journeys.review import Case, first_case, next_case, numbered_case
from bot.reports.review_text import told_line
from bot.store.cluster_records import (
    ClusterKind,
    ClusterStatus,
    Dismissal,
    Done,
    Refused,
    View,
)

COMMAND = "review"
HISTORY_SHOWN = 15


def view_of(field: str) -> View:
    """The view that a field names; the open queue where it names none."""
    return View(field) if field in set(View) else View.QUEUE


class _OfCluster(ModeratorsButton, form="cv:rv:none"):
    """A button about one cluster as it was seen."""

    command = COMMAND

    @property
    def cluster_id(self) -> int:
        """The cluster that it is about."""
        return number(self.fields["cluster"])

    @property
    def view_shown(self) -> View:
        """The view in which it stands."""
        return view_of(self.fields["view"])


class _Form(_OfCluster, form="cv:rv:none-form"):
    """A button that opens a form about the cluster, unless somebody was faster."""

    what: ClassVar[str]

    async def press(self, interaction: Interaction, app: App) -> None:
        """The form; the page as it stands now where the cluster has changed."""
        by = interaction.user.id
        case = await numbered_case(app.store, app.live, self.cluster_id, self.view_shown, app.clock(), by)
        if case is None:
            await whisper(interaction, wording.GONE)
        elif (case.cluster.id, case.cluster.revision) != (self.cluster_id, number(self.fields["revision"])):
            await turn_to(interaction, app, case, wording.OUTDATED)
        elif self.what == "split" and case.cluster.size < 2:
            await whisper(interaction, wording.ONE_ONLY)
        else:
            modal = await form_for(self.what, case, app)
            if interaction.response.is_done():
                await whisper(interaction, wording.TRY_AGAIN)
            else:
                await interaction.response.send_modal(modal)


class AddPhrasing(_Form, form="cv:rv:phrasing:{view}:{cluster}:{revision}"):
    """[Add as phrasing]"""

    label, what = wording.BUTTON_PHRASING, "phrasing"
    style = discord.ButtonStyle.primary


class DraftEntry(_Form, form="cv:rv:entry:{view}:{cluster}:{revision}"):
    """[New entry]"""

    label, what = wording.BUTTON_ENTRY, "entry"
    style = discord.ButtonStyle.primary


class AddDecoy(_Form, form="cv:rv:decoy:{view}:{cluster}:{revision}"):
    """[Decoy]"""

    label, what = wording.BUTTON_DECOY, "decoy"


class Split(_Form, form="cv:rv:split:{view}:{cluster}:{revision}"):
    """[Split]"""

    label, what = wording.BUTTON_SPLIT, "split"


class Merge(_Form, form="cv:rv:merge:{view}:{cluster}:{revision}"):
    """[Merge]"""

    label, what = wording.BUTTON_MERGE, "merge"


class Assign(_Form, form="cv:rv:assign:{view}:{cluster}:{revision}"):
    """[Assign…]"""

    label, what = wording.BUTTON_ASSIGN, "assign"


class Take(_OfCluster, form="cv:rv:take:{view}:{cluster}:{revision}"):
    """[Assign to me]"""

    label = wording.BUTTON_TAKE

    async def press(self, interaction: Interaction, app: App) -> None:
        """It is the presser's."""
        me = moderator_of(interaction)
        revision = number(self.fields["revision"])
        outcome = await app.store.acts.assign(self.cluster_id, revision, me, me, app.clock())
        told = wording.DID_TAKE.format(number=self.cluster_id)
        await stay(interaction, app, outcome, self.cluster_id, self.view_shown, told)


class GiveBack(_OfCluster, form="cv:rv:give:{view}:{cluster}:{revision}"):
    """[Give back]"""

    label = wording.BUTTON_GIVE_BACK

    async def press(self, interaction: Interaction, app: App) -> None:
        """It is nobody's."""
        me, revision = moderator_of(interaction), number(self.fields["revision"])
        outcome = await app.store.acts.assign(self.cluster_id, revision, None, me, app.clock())
        told = wording.DID_GIVE_BACK.format(number=self.cluster_id)
        await stay(interaction, app, outcome, self.cluster_id, self.view_shown, told)


class Confirm(_OfCluster, form="cv:rv:ok:{view}:{cluster}:{revision}:{entry}"):
    """[Confirm resolved]: the entry that was seen as proposed answers it; whoever waits is told."""

    label = wording.BUTTON_CONFIRM
    style = discord.ButtonStyle.success

    async def press(self, interaction: Interaction, app: App) -> None:
        """Resolved, and the next one comes; how it stands now where another entry is proposed by now."""
        entry_id, view = self.fields["entry"], self.view_shown
        cluster = await app.store.clusters.cluster(self.cluster_id)
        if cluster is not None and cluster.proposed_entry_id != entry_id:
            case = await numbered_case(
                app.store, app.live, cluster.id, view, app.clock(), interaction.user.id
            )
            await turn_to(interaction, app, case, wording.NOT_PROPOSED_ANY_MORE, view=view)
            return
        revision, by = number(self.fields["revision"]), moderator_of(interaction)
        outcome = await resolve(app.store, app.live, self.cluster_id, revision, entry_id, by, app.clock())
        if isinstance(outcome, Outdated):
            await stay(interaction, app, outcome.why, self.cluster_id, view, "")
            return
        told = wording.DID_CONFIRM.format(
            number=self.cluster_id, entry=entry_id, told=told_line(outcome.told)
        )
        case = await next_case(app.store, app.live, self.cluster_id, view, app.clock(), interaction.user.id)
        await turn_to(interaction, app, case, told, view=view)


class Turn(_OfCluster, form="cv:rv:turn:{way}:{view}:{cluster}"):
    """[◀ Back] and [Next ▶]"""

    async def press(self, interaction: Interaction, app: App) -> None:
        """The cluster beside this one, by rank."""
        case = await next_case(
            app.store,
            app.live,
            self.cluster_id,
            self.view_shown,
            app.clock(),
            interaction.user.id,
            back=self.fields["way"] == "back",
        )
        await turn_to(interaction, app, case, view=self.view_shown)


class ShowCluster(_OfCluster, form="cv:rv:show:{view}:{cluster}"):
    """[Show it]: that cluster, or [To the queue] for 0."""

    label = wording.BUTTON_SHOW

    async def press(self, interaction: Interaction, app: App) -> None:
        """Its page, or the first one of the view."""
        view, now, by = self.view_shown, app.clock(), interaction.user.id
        if self.cluster_id:
            case = await numbered_case(app.store, app.live, self.cluster_id, view, now, by)
        else:
            case = await first_case(app.store, app.live, view, now, by)
        await turn_to(interaction, app, case, view=view)


class Undo(_OfCluster, form="cv:rv:undo:{view}:{action}"):
    """[Undo]: takes back what was done last."""

    label = wording.BUTTON_UNDO
    style = discord.ButtonStyle.danger

    async def press(self, interaction: Interaction, app: App) -> None:
        """The cluster as it was, unless something else was done to it since."""
        action_id = number(self.fields["action"])
        outcome = await app.store.acts.undo(action_id, moderator_of(interaction), app.clock())
        if isinstance(outcome, Refused):
            await whisper(interaction, wording.CANNOT_UNDO)
        else:
            view = View.QUEUE if self.view_shown in (View.DISMISSED, View.SNOOZED) else self.view_shown
            told = wording.DID_UNDO.format(number=outcome.cluster.id)
            await stay(interaction, app, outcome, outcome.cluster.id, view, told)


class History(ModeratorsButton, form="cv:rv:history:{cluster}:{before}"):
    """[History] of a cluster, and [Older ▶]; cluster 0 stands for all."""

    command = COMMAND
    label = wording.BUTTON_HISTORY

    async def press(self, interaction: Interaction, app: App) -> None:
        """A page of it, privately; an older page in its place."""
        before = number(self.fields["before"])
        view = await history_page(app, number(self.fields["cluster"]), before)
        if before:
            await turn_into(interaction, view)
        else:
            await show_privately(interaction, view)


class _MenuOfCluster(Menu, form="cv:rv:none-menu"):
    """A menu about one cluster, for those who may /review."""

    async def callback(self, interaction: Interaction) -> Any:
        """Check the right at the time of the press, choose, and tell errors."""

        async def action(pressed: Interaction, app: App) -> None:
            if not await refused(pressed, COMMAND):
                await self.choose(pressed, app)

        await guarded(interaction, "0", action)

    @abstractmethod
    async def choose(self, interaction: Interaction, app: App) -> None:
        """What choosing does."""


class DismissMenu(_MenuOfCluster, form="cv:rv:dismiss:{view}:{cluster}:{revision}"):
    """Why nobody is to answer it."""

    placeholder = wording.PICK_DISMISS

    async def choose(self, interaction: Interaction, app: App) -> None:
        """Out of the queue; the next one comes, with [Undo]."""
        if self.chosen not in set(Dismissal):
            await whisper(interaction, wording.TRY_AGAIN)
            return
        why, cluster_id = Dismissal(self.chosen), number(self.fields["cluster"])
        outcome = await app.store.acts.dismiss(
            cluster_id, number(self.fields["revision"]), why, moderator_of(interaction), app.clock()
        )
        told = wording.DID_DISMISS.format(number=cluster_id, why=wording.DISMISSALS[why.value])
        await go_on(interaction, app, outcome, cluster_id, view_of(self.fields["view"]), told)


class SnoozeMenu(_MenuOfCluster, form="cv:rv:snooze:{view}:{cluster}:{revision}"):
    """For how long it is out of the queue."""

    placeholder = wording.PICK_SNOOZE

    async def choose(self, interaction: Interaction, app: App) -> None:
        """Out of the queue until then; the next one comes, with [Undo]."""
        if self.chosen not in wording.SNOOZES:
            await whisper(interaction, wording.TRY_AGAIN)
            return
        until, cluster_id = app.clock() + timedelta(days=int(self.chosen)), number(self.fields["cluster"])
        outcome = await app.store.acts.snooze(
            cluster_id, number(self.fields["revision"]), until, moderator_of(interaction), app.clock()
        )
        told = wording.DID_SNOOZE.format(number=cluster_id, until=f"<t:{int(until.timestamp())}:D>")
        await go_on(interaction, app, outcome, cluster_id, view_of(self.fields["view"]), told)


# ------------------------------------------------------------------ pages


def page_of(case: Case | None, app: App, guild_id: int | None, view: View, *first: str) -> ui.LayoutView:
    """The page of a cluster with its buttons; where there is none, that the view is empty."""
    if case is None:
        rest = [ShowCluster(wording.BUTTON_TO_QUEUE, view=View.QUEUE, cluster=0)]
        empty = [*first, wording.EMPTY[view.value]]
        return said(*empty, buttons=tuple(rest) if view is not View.QUEUE else ())
    return case_view(case, app.live.library, guild_id, _rows(case), first)


async def turn_to(
    interaction: Interaction, app: App, case: Case | None, *first: str, view: View = View.QUEUE
) -> None:
    """The message turns into this page; a form that was sent without its message gets one of its own."""
    page = page_of(case, app, interaction.guild_id, case.view if case is not None else view, *first)
    if interaction.message is None:
        await show_privately(interaction, page)
    else:
        await turn_into(interaction, page)


async def stay(
    interaction: Interaction, app: App, outcome: Done | Refused, cluster_id: int, view: View, told: str
) -> None:
    """The cluster's page as it stands now, with what was done."""
    if outcome is Refused.GONE:
        await whisper(interaction, wording.GONE)
        return
    case = await numbered_case(app.store, app.live, cluster_id, view, app.clock(), interaction.user.id)
    first = wording.OUTDATED if isinstance(outcome, Refused) else told
    await turn_to(interaction, app, case, first, view=view)


async def go_on(
    interaction: Interaction, app: App, outcome: Done | Refused, cluster_id: int, view: View, told: str
) -> None:
    """What was done left the queue: the next one comes, with what was done and [Undo] above it."""
    if isinstance(outcome, Refused):
        await stay(interaction, app, outcome, cluster_id, view, told)
        return
    case = await next_case(app.store, app.live, cluster_id, view, app.clock(), interaction.user.id)
    page = page_of(case, app, interaction.guild_id, view, told)
    page.add_item(ui.ActionRow(Undo(view=view, action=outcome.action_id)))
    if interaction.message is None:
        await show_privately(interaction, page)
    else:
        await turn_into(interaction, page)


async def history_page(app: App, cluster_id: int, before: int = 0) -> ui.LayoutView:
    """A page of the history, of one cluster or (0) of all, older than that action."""
    found = await app.store.clusters.history(
        cluster_id or None, limit=HISTORY_SHOWN + 1, before=before or None
    )
    shown = found[:HISTORY_SHOWN]
    older = len(found) > HISTORY_SHOWN
    buttons = [History(wording.BUTTON_OLDER, cluster=cluster_id, before=shown[-1].id)] if older else []
    return history_view(shown, cluster_id or None, buttons)


def _rows(case: Case) -> Sequence[Sequence[ui.Item[Any]]]:
    """What can be done with a cluster as it stands."""
    cluster = case.cluster
    of: dict[str, str | int] = {"view": case.view, "cluster": cluster.id, "revision": cluster.revision}
    walk: list[ui.Item[Any]] = [History(cluster=cluster.id, before=0)]
    if case.total > 1 or not case.place:
        at: dict[str, str | int] = {"view": case.view, "cluster": cluster.id}
        walk += [
            Turn(wording.BUTTON_BACK, way="back", **at),
            Turn(wording.BUTTON_NEXT, way="next", **at),
        ]
    if case.undoable is not None:
        walk.insert(0, Undo(view=case.view, action=case.undoable))
    if cluster.status is not ClusterStatus.OPEN:
        return [walk]
    is_dispute = cluster.kind is ClusterKind.DISPUTE
    forms: list[ui.Item[Any]] = (
        [AddDecoy(**of), DraftEntry(**of)]
        if is_dispute
        else [AddPhrasing(**of), DraftEntry(**of), AddDecoy(**of), Split(**of), Merge(**of)]
    )
    mine: list[ui.Item[Any]] = [GiveBack(**of) if cluster.assigned is not None else Take(**of), Assign(**of)]
    if cluster.proposed_entry_id is not None and not is_dispute:
        mine.insert(0, Confirm(**of, entry=cluster.proposed_entry_id))
    named = {name: str(value) for name, value in of.items()}
    return [
        forms,
        [DismissMenu(_dismissals(is_dispute=is_dispute), **named)],
        [SnoozeMenu(_snoozes(), **named)],
        mine,
        walk,
    ]


def _dismissals(*, is_dispute: bool) -> list[discord.SelectOption]:
    whys = [why for why in Dismissal if is_dispute or why is not Dismissal.SETTLED]
    return [
        discord.SelectOption(
            label=wording.DISMISSALS[why.value].capitalize(),
            value=why.value,
            description=wording.DISMISSALS_LONG[why.value],
        )
        for why in (reversed(whys) if is_dispute else whys)
    ]


def _snoozes() -> list[discord.SelectOption]:
    return [
        discord.SelectOption(label=text.capitalize(), value=days) for days, text in wording.SNOOZES.items()
    ]


LASTING = (
    AddPhrasing,
    DraftEntry,
    AddDecoy,
    Split,
    Merge,
    Assign,
    Take,
    GiveBack,
    Confirm,
    Turn,
    ShowCluster,
    Undo,
    History,
    DismissMenu,
    SnoozeMenu,
)
"""Every button and menu of the queue."""
