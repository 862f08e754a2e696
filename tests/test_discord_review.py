"""/review in Discord: the queue, one cluster a page, and what moderators do with it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
from simcord import ChannelHandle, Env, GuildHandle, MemberActor, ResponseMessage

from bot.core import limits, wording_changes, wording_moderators
from bot.core import wording as members
from bot.core import wording_review as wording
from bot.discord_ui.client import LASTING
from bot.settings import Settings
from bot.store.changes import ChangeKind
from bot.store.cluster_records import Cluster, ClusterStatus, View
from tests.discord_drive import (
    BUTTON,
    SELECT,
    app_of,
    custom_ids,
    forge_press,
    forge_submit,
    labels,
    logged,
    options,
    read,
    reply,
    restart,
    whispered,
)
from tests.git_places import git
from tests.make_changes import a_forge, a_knowledge_repository

FERNS = ("do ferns dream at night", "at night do ferns dream", "ferns dream at night, do they")
YUCCA = "which pot suits a big yucca"
QUESTION_ROW = [
    wording.BUTTON_PHRASING,
    wording.BUTTON_ENTRY,
    wording.BUTTON_DECOY,
    wording.BUTTON_SPLIT,
    wording.BUTTON_MERGE,
]


@pytest.fixture
def robin(env: Env, guild: GuildHandle) -> MemberActor:
    """A moderator."""
    role = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    return guild.add_member(env.create_user("robin"), roles=[role])


@pytest.fixture
def kim(env: Env, guild: GuildHandle) -> MemberActor:
    """Another moderator."""
    role = guild.create_role("Helpers", permissions=discord.Permissions(manage_messages=True))
    return guild.add_member(env.create_user("kim"), roles=[role])


async def asked(general: ChannelHandle, *pairs: tuple[MemberActor, str]) -> None:
    """Members ask what is not answered."""
    for member, question in pairs:
        told = reply(await member.slash(general, "ask", question=question))
        if members.BUTTON_NONE in labels(told):
            told = reply(await member.click(told, label=members.BUTTON_NONE))
        assert members.BUTTON_TELL in labels(told)


async def opened(robin: MemberActor, general: ChannelHandle, **chosen: Any) -> ResponseMessage:
    """The first page of the queue."""
    shown = reply(await robin.slash(general, "review queue", **chosen))
    assert shown.ephemeral
    return shown


async def queue(env: Env, view: View = View.QUEUE) -> list[Cluster]:
    """The queue as it is stored."""
    app = app_of(env)
    return await app.store.clusters.page(view, app.clock())


def the_id(message: ResponseMessage, start: str) -> str:
    """The custom id on a message that begins so."""
    return next(each for each in custom_ids(message) if each.startswith(start))


# ------------------------------------------------------------------ the page


async def test_three_who_ask_the_same_are_one_cluster_of_three(
    env: Env,
    guild: GuildHandle,
    alice: MemberActor,
    bob: MemberActor,
    robin: MemberActor,
    general: ChannelHandle,
) -> None:
    carol = guild.add_member(env.create_user("carol"))
    await asked(general, *zip((alice, bob, carol), FERNS, strict=True), (alice, YUCCA))
    shown = await opened(robin, general)
    text = read(shown)
    assert wording.HEADING.format(view="Open", place=1, total=2) in text
    assert "at least 3 members" in text
    assert "Asked 3 times" in text
    assert f"<#{general.id}> (3)" in text
    for question in FERNS:
        assert question in text
    assert YUCCA not in text
    assert wording.NEAREST in text
    assert labels(shown)[:5] == QUESTION_ROW
    assert len(text) <= limits.MESSAGE_TEXT


async def test_an_empty_queue_is_said(robin: MemberActor, general: ChannelHandle) -> None:
    assert read(await opened(robin, general)) == wording.EMPTY["queue"]
    assert wording.EMPTY["dismissed"] in read(await opened(robin, general, view="dismissed"))


async def test_next_and_back_walk_through_the_queue(
    env: Env, alice: MemberActor, bob: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    await asked(general, (alice, YUCCA), (bob, YUCCA), (alice, FERNS[0]))
    first = await opened(robin, general)
    assert YUCCA in read(first)
    second = reply(await robin.click(first, label=wording.BUTTON_NEXT))
    assert second.id == first.id
    assert FERNS[0] in read(second)
    assert wording.HEADING.format(view="Open", place=2, total=2) in read(second)
    assert YUCCA in read(reply(await robin.click(second, label=wording.BUTTON_NEXT))), "it begins anew"
    assert FERNS[0] in read(reply(await robin.click(second, label=wording.BUTTON_BACK)))


async def test_a_cluster_is_shown_by_its_number(
    env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    await asked(general, (alice, YUCCA), (alice, FERNS[0]))
    numbers = {cluster.title: cluster.id for cluster in await queue(env)}
    assert FERNS[0] in read(await opened(robin, general, cluster=numbers[FERNS[0]]))
    assert read(await opened(robin, general, cluster=999)) == wording.GONE


async def test_members_words_cannot_ping_or_format(
    alice: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    await asked(general, (alice, "**which** pot suits @everyone # a big yucca"))
    text = read(await opened(robin, general))
    assert "@everyone" not in text
    assert "**which**" not in text


async def test_not_my_question_and_none_of_these_say_why_the_entry_was_not_good_enough(
    env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    cactus = "How often should a cactus be watered in winter?"
    answer = reply(await alice.slash(general, "ask", question=cactus))
    await alice.click(answer, label=members.BUTTON_NOT_MINE)
    text = read(await opened(robin, general))
    assert wording.WHY_NOT["missed"] in text
    assert "cactus-in-winter" in text


async def test_a_dispute_shows_what_was_said_and_is_settled(
    env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    answer = reply(await alice.slash(general, "ask", question="Is a lily poisonous to a cat?"))
    form = await alice.click(answer, label=members.BUTTON_WRONG)
    await alice.submit_modal(form, {"why": "my vet said **otherwise**"})
    shown = await opened(robin, general)
    text = read(shown)
    assert "Is a lily poisonous to a cat?" in text
    assert r"my vet said \*\*otherwise\*\*" in text
    menu = the_id(shown, "cv:rv:dismiss:")
    assert next(iter(options(shown, menu))) == "settled"
    told = reply(await robin.select(shown, ["settled"], custom_id=menu))
    assert wording.DISMISSALS["settled"] in read(told)
    assert await queue(env) == []


# ------------------------------------------------------------------ out of the queue, and back


async def test_dismissed_shows_the_next_one_and_undo_brings_it_back(
    env: Env, alice: MemberActor, bob: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    await asked(general, (alice, YUCCA), (bob, YUCCA), (alice, FERNS[0]))
    shown = await opened(robin, general)
    following = reply(await robin.select(shown, ["spam"], custom_id=the_id(shown, "cv:rv:dismiss:")))
    assert wording.DISMISSALS["spam"] in read(following)
    assert FERNS[0] in read(following)
    assert [question.text for question in await logged(env)] == [FERNS[0]]
    back = reply(await robin.click(following, label=wording.BUTTON_UNDO))
    assert YUCCA in read(back)
    assert len(await queue(env)) == 2
    assert len(await logged(env)) == 2


async def test_the_last_one_dismissed_can_be_undone_from_the_empty_queue_and_from_its_view(
    env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    await asked(general, (alice, YUCCA))
    shown = await opened(robin, general)
    empty = reply(await robin.select(shown, ["unsafe"], custom_id=the_id(shown, "cv:rv:dismiss:")))
    assert wording.EMPTY["queue"] in read(empty)
    dismissed = await opened(robin, general, view="dismissed")
    assert wording.DISMISSED.format(why=wording.DISMISSALS["unsafe"]) in read(dismissed)
    assert wording.BUTTON_PHRASING not in labels(dismissed)
    await robin.click(dismissed, label=wording.BUTTON_UNDO)
    assert len(await queue(env)) == 1
    told = await robin.click(empty, label=wording.BUTTON_UNDO)
    assert whispered(told) == wording.CANNOT_UNDO


async def test_snoozed_comes_back_at_its_time(
    env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    await asked(general, (alice, YUCCA))
    shown = await opened(robin, general)
    await robin.select(shown, ["7"], custom_id=the_id(shown, "cv:rv:snooze:"))
    assert await queue(env) == []
    assert YUCCA in read(await opened(robin, general, view="snoozed"))
    app = app_of(env)
    later = app.clock() + timedelta(days=7, seconds=1)
    assert len(await app.store.clusters.page(View.QUEUE, later)) == 1


async def test_of_two_moderators_who_press_one_wins_and_the_other_is_told(
    env: Env, alice: MemberActor, robin: MemberActor, kim: MemberActor, general: ChannelHandle
) -> None:
    await asked(general, (alice, YUCCA))
    ours, theirs = await opened(robin, general), await opened(kim, general)
    await robin.select(ours, ["spam"], custom_id=the_id(ours, "cv:rv:dismiss:"))
    told = reply(await kim.select(theirs, ["off-topic"], custom_id=the_id(theirs, "cv:rv:dismiss:")))
    assert read(told).startswith(wording.OUTDATED)
    assert wording.DISMISSED.format(why=wording.DISMISSALS["spam"]) in read(told)
    history = await app_of(env).store.clusters.history()
    assert [(action.action, action.moderator.name) for action in history] == [("dismiss", "robin")]


@pytest.mark.parametrize("button", [*QUESTION_ROW, wording.BUTTON_TAKE, wording.BUTTON_ASSIGN])
async def test_every_button_of_an_outdated_page_shows_how_it_stands_now(
    env: Env, alice: MemberActor, robin: MemberActor, kim: MemberActor, general: ChannelHandle, button: str
) -> None:
    await asked(general, (alice, YUCCA), (alice, f"{YUCCA} please"))
    ours, theirs = await opened(robin, general), await opened(kim, general)
    await robin.click(ours, label=wording.BUTTON_TAKE)
    told = reply(await kim.click(theirs, label=button))
    assert read(told).startswith(wording.OUTDATED)
    assert wording.ASSIGNED.format(name="robin") in read(told)


async def test_confirm_says_which_entry_and_only_the_one_that_was_seen(
    env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    await asked(general, (alice, YUCCA))
    app = app_of(env)
    (cluster,) = await queue(env)
    await app.store.resolving.propose({cluster.id: "cactus-in-winter"})
    shown = await opened(robin, general, view="proposed")
    assert "`cactus-in-winter`" in read(shown)
    await app.store.resolving.propose({cluster.id: "lily-and-cats"})
    told = reply(await robin.click(shown, label=wording.BUTTON_CONFIRM))
    assert read(told).startswith(wording.NOT_PROPOSED_ANY_MORE)
    done = reply(await robin.click(told, label=wording.BUTTON_CONFIRM))
    assert wording.DID_CONFIRM.format(
        number=cluster.id, entry="lily-and-cats", told=wording.TOLD_NOBODY
    ) in read(done)
    assert await queue(env) == []
    late = await forge_press(env, robin, shown, f"cv:rv:ok:queue:{cluster.id}:1:lily-and-cats")
    assert read(reply(late)).startswith(wording.OUTDATED)


# ------------------------------------------------------------------ assign, split, merge


async def test_taken_is_mine_and_given_back_nobodys(
    env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    await asked(general, (alice, YUCCA))
    shown = reply(await robin.click(await opened(robin, general), label=wording.BUTTON_TAKE))
    assert wording.ASSIGNED.format(name="robin") in read(shown)
    assert YUCCA in read(await opened(robin, general, view="mine"))
    again = reply(await robin.click(shown, label=wording.BUTTON_GIVE_BACK))
    assert wording.ASSIGNED.format(name="robin") not in read(again)
    assert wording.EMPTY["mine"] in read(await opened(robin, general, view="mine"))


async def test_assigned_to_another_moderator_never_to_a_member(
    env: Env, alice: MemberActor, robin: MemberActor, kim: MemberActor, general: ChannelHandle
) -> None:
    await asked(general, (alice, YUCCA))
    shown = await opened(robin, general)
    form = await robin.click(shown, label=wording.BUTTON_ASSIGN)
    told = await robin.submit_modal(form, {"who": [alice]})
    assert whispered(told) == wording.NO_MODERATOR.format(name="alice")
    form = await robin.click(shown, label=wording.BUTTON_ASSIGN)
    page = reply(await robin.submit_modal(form, {"who": [kim]}))
    assert wording.ASSIGNED.format(name="kim") in read(page)
    assert YUCCA in read(await opened(kim, general, view="mine"))


async def test_a_name_with_braces_is_a_name_like_any_other(
    env: Env, guild: GuildHandle, alice: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    role = guild.create_role("Braces", permissions=discord.Permissions(manage_messages=True))
    braced = guild.add_member(env.create_user("{curly}"), roles=[role])
    await asked(general, (alice, YUCCA))
    form = await robin.click(await opened(robin, general), label=wording.BUTTON_ASSIGN)
    page = reply(await robin.submit_modal(form, {"who": [braced]}))
    assert wording.ASSIGNED.format(name="{curly}") in read(page)
    assert read(page).startswith("**1** is assigned to {curly}.")


async def test_split_and_undo(
    env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    await asked(general, *((alice, question) for question in FERNS))
    shown = await opened(robin, general)
    form = await robin.click(shown, label=wording.BUTTON_SPLIT)
    (question,) = [each.id for each in await logged(env) if each.text == FERNS[2]]
    page = reply(await robin.submit_modal(form, {"going": [str(question)]}))
    assert sorted(cluster.size for cluster in await queue(env)) == [1, 2]
    assert FERNS[2] not in read(page).replace(FERNS[0], "")
    await robin.click(page, label=wording.BUTTON_UNDO)
    assert [cluster.size for cluster in await queue(env)] == [3]


async def test_a_split_of_everything_is_refused(
    env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    await asked(general, *((alice, question) for question in FERNS))
    form = await robin.click(await opened(robin, general), label=wording.BUTTON_SPLIT)
    everything = [str(each.id) for each in await logged(env)]
    told = await robin.submit_modal(form, {"going": everything})
    assert whispered(told) == wording.CANNOT_SPLIT
    assert [cluster.size for cluster in await queue(env)] == [3]


async def test_one_question_cannot_be_split(
    alice: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    await asked(general, (alice, YUCCA))
    told = await robin.click(await opened(robin, general), label=wording.BUTTON_SPLIT)
    assert whispered(told) == wording.ONE_ONLY


@pytest.mark.parametrize("by_number", [True, False])
async def test_merge_by_menu_or_number_and_undo(
    env: Env,
    alice: MemberActor,
    bob: MemberActor,
    robin: MemberActor,
    general: ChannelHandle,
    by_number: bool,
) -> None:
    await asked(general, (alice, YUCCA), (bob, YUCCA), (alice, FERNS[0]))
    yucca, ferns = [cluster.id for cluster in await queue(env)]
    shown = await opened(robin, general)
    form = await robin.click(shown, label=wording.BUTTON_MERGE)
    chosen: dict[str, Any] = {"number": str(ferns)} if by_number else {"into": [str(ferns)]}
    page = reply(await robin.submit_modal(form, chosen))
    assert wording.DID_MERGE.format(number=yucca, into=ferns) in read(page)
    assert [(cluster.id, cluster.size) for cluster in await queue(env)] == [(ferns, 2)]
    assert FERNS[0] in read(await opened(robin, general, cluster=yucca)), "the old number leads there"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", wording.NOT_A_NUMBER.format(typed="")),
        ("twelve", wording.NOT_A_NUMBER.format(typed="twelve")),
        ("999", wording.GONE),
        ("1", wording.CANNOT_MERGE),
    ],
)
async def test_a_merge_into_what_is_none_is_refused(
    env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle, typed: str, told: str
) -> None:
    await asked(general, (alice, YUCCA))
    assert [cluster.id for cluster in await queue(env)] == [1]
    form = await robin.click(await opened(robin, general), label=wording.BUTTON_MERGE)
    assert whispered(await robin.submit_modal(form, {"number": typed})) == told


async def test_the_history_lists_who_did_what_and_what_was_taken_back(
    env: Env, alice: MemberActor, robin: MemberActor, kim: MemberActor, general: ChannelHandle
) -> None:
    await asked(general, (alice, YUCCA))
    shown = await opened(robin, general)
    after = reply(await robin.select(shown, ["spam"], custom_id=the_id(shown, "cv:rv:dismiss:")))
    await kim.slash(general, "review queue")
    await robin.click(after, label=wording.BUTTON_UNDO)
    text = read(reply(await kim.slash(general, "review history")))
    assert text.count("**robin**") == 2
    assert wording.HISTORY_UNDONE in text
    assert "spam" in text
    assert wording.HISTORY_NONE in read(reply(await kim.slash(general, "review history", cluster=999)))


async def test_a_long_history_is_paged(
    env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    await asked(general, (alice, YUCCA))
    shown = await opened(robin, general)
    for n in range(16):
        label = wording.BUTTON_GIVE_BACK if n % 2 else wording.BUTTON_TAKE
        shown = reply(await robin.click(shown, label=label))
    first = reply(await robin.click(shown, label=wording.BUTTON_HISTORY))
    assert read(first).count("**robin**") == 15
    assert read(reply(await robin.click(first, label=wording.BUTTON_OLDER))).count("**robin**") == 1


# ------------------------------------------------------------------ to the YAML


class TestChanges:
    """With a knowledge repository and a bare remote."""

    @pytest.fixture
    def source(self, tmp_path: Path) -> Path:
        """A moderator's working copy."""
        return a_knowledge_repository(tmp_path / "source")

    @pytest.fixture
    def knowledge_dir(self, source: Path) -> Path:
        """The folder in it."""
        return source / "knowledge"

    @pytest.fixture
    def forge(self, source: Path, settings: Settings) -> Path:
        """The bare repository that change sets are pushed to."""
        return a_forge(source)

    @pytest.fixture
    def settings(self, settings: Settings, tmp_path: Path) -> Settings:
        """With the remote."""
        return settings.model_copy(
            update={
                "knowledge_remote": str(tmp_path / "forge" / "knowledge.git"),
                "knowledge_fetch_seconds": 0,
                "watch": False,
            }
        )

    async def test_a_phrasing_becomes_a_commit_on_a_branch(
        self, forge: Path, env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle
    ) -> None:
        await asked(general, (alice, "may my cactus drink at christmas"))
        (cluster,) = await queue(env)
        form = await robin.click(await opened(robin, general), label=wording.BUTTON_PHRASING)
        done = await robin.submit_modal(
            form, {"entry": ["cactus-in-winter"], "words": "does my cactus drink anything at christmas"}
        )
        told = reply(done)
        assert wording_changes.HEADING["phrasing"].format(entry="cactus-in-winter") in read(told)
        (change,) = await app_of(env).store.changes.of_cluster(cluster.id)
        assert change.branch is not None
        assert git(forge, "log", "-1", "--format=%an", change.branch) == "robin"
        assert f"cluster {cluster.id}" in git(forge, "log", "-1", "--format=%s", change.branch)
        page = await opened(robin, general)
        assert wording.CHANGE.format(
            kind="phrasing", entry="cactus-in-winter", id=change.id, status="pushed"
        ) in read(page)
        await robin.click(page, label=wording.BUTTON_TAKE)

    async def test_another_entry_may_be_named_and_a_decoy_proposed(
        self, forge: Path, env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle
    ) -> None:
        await asked(general, (alice, "may a cactus be pruned in winter"))
        form = await robin.click(await opened(robin, general), label=wording.BUTTON_DECOY)
        words = {"other": "cactus-in-winter", "words": "may a cactus be pruned in winter"}
        told = reply(await robin.submit_modal(form, words))
        assert wording_changes.HEADING["decoy"].format(entry="cactus-in-winter") in read(told)

    async def test_a_new_entry_is_a_draft_from_the_modal(
        self, forge: Path, env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle
    ) -> None:
        await asked(general, (alice, YUCCA))
        form = await robin.click(await opened(robin, general), label=wording.BUTTON_ENTRY)
        library = app_of(env).live.library
        told = reply(
            await robin.submit_modal(
                form,
                {
                    "question": "Which pot suits a big yucca?",
                    "answer": "A heavy one.",
                    "level": [next(iter(library.levels))],
                    "group": [next(iter(library.groups))],
                    "sources": [next(iter(library.sources))],
                },
            )
        )
        assert wording_changes.DRAFT_HOW in read(told)
        ((change,),) = [await app_of(env).store.changes.of_cluster((await queue(env))[0].id)]
        assert change.change.kind is ChangeKind.ENTRY
        path = f"knowledge/{change.change.files[0].path}"
        text = git(forge, "show", f"{change.branch}:{path}")
        assert "status: draft" in text
        assert "A heavy one." in text

    async def test_words_that_tell_who_asked_are_refused_and_given_back(
        self, forge: Path, env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle
    ) -> None:
        await asked(general, (alice, YUCCA))
        form = await robin.click(await opened(robin, general), label=wording.BUTTON_PHRASING)
        words = {"entry": ["cactus-in-winter"], "words": "write me at fern@example.org"}
        told = whispered(await robin.submit_modal(form, words))
        assert "without it" in told
        assert "fern@example.org" in told
        assert await app_of(env).store.changes.newest() == []

    async def test_an_entry_that_there_is_not_is_told_with_what_may_be_meant(
        self, forge: Path, env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle
    ) -> None:
        await asked(general, (alice, YUCCA))
        form = await robin.click(await opened(robin, general), label=wording.BUTTON_PHRASING)
        told = whispered(await robin.submit_modal(form, {"other": "catcus-in-wintr", "words": "my words"}))
        assert "`cactus-in-winter`" in told
        assert "my words" in told

    async def test_of_two_forms_on_one_cluster_the_second_is_told_and_keeps_its_words(
        self,
        forge: Path,
        env: Env,
        alice: MemberActor,
        robin: MemberActor,
        kim: MemberActor,
        general: ChannelHandle,
    ) -> None:
        await asked(general, (alice, YUCCA))
        ours = await robin.click(await opened(robin, general), label=wording.BUTTON_PHRASING)
        theirs = await kim.click(await opened(kim, general), label=wording.BUTTON_PHRASING)
        first = {"entry": ["cactus-in-winter"], "words": "does my cactus drink anything at christmas"}
        await robin.submit_modal(ours, first)
        second = {"entry": ["cactus-in-winter"], "words": "does a cactus drink at new year"}
        told = await kim.submit_modal(theirs, second)
        assert told.response is not None
        assert read(told.response).startswith(wording.OUTDATED)
        assert whispered(told) == wording.YOU_WROTE.format(text="does a cactus drink at new year")
        assert len(await app_of(env).store.changes.newest()) == 1

    async def test_an_answer_that_came_too_late_is_given_back_whole(
        self, forge: Path, env: Env, alice: MemberActor, robin: MemberActor, general: ChannelHandle
    ) -> None:
        await asked(general, (alice, YUCCA))
        shown = await opened(robin, general)
        form = await robin.click(shown, label=wording.BUTTON_ENTRY)
        await robin.click(shown, label=wording.BUTTON_TAKE)
        library = app_of(env).live.library
        new: dict[str, Any] = {
            "question": "Which pot suits a yucca that is as tall as a door?",
            "answer": "A heavy one. " * 75 + "And then water it.",
            "level": [next(iter(library.levels))],
            "group": [next(iter(library.groups))],
        }
        told = whispered(await robin.submit_modal(form, new))
        assert told == wording.YOU_WROTE.format(text=f"{new['question']} / {new['answer']}")

    async def test_every_step_goes_on_after_a_restart(
        self,
        forge: Path,
        env: Env,
        alice: MemberActor,
        robin: MemberActor,
        general: ChannelHandle,
        settings: Settings,
    ) -> None:
        await asked(general, (alice, YUCCA))
        await restart(env, settings)
        shown = await opened(robin, general)
        await restart(env, settings)
        form = await robin.click(shown, label=wording.BUTTON_PHRASING)
        await restart(env, settings)
        words = {"entry": ["cactus-in-winter"], "words": "does my cactus drink anything at christmas"}
        told = reply(await robin.submit_modal(form, words))
        assert wording_changes.HEADING["phrasing"].format(entry="cactus-in-winter") in read(told)
        assert [cluster.status for cluster in await queue(env)] == [ClusterStatus.OPEN]


# ------------------------------------------------------------------ who may


FORMS_OF_BUTTONS = [item.form for item in LASTING if item.form.startswith(("cv:rv:", "cv:change:"))]
SUBMITTED = ["phrasing", "decoy", "entry", "split", "merge", "assign"]


def forged(form: str, cluster: str | int = 1, revision: str | int = 1) -> str:
    """A custom id of somebody's own making."""
    return form.format(
        view="queue",
        cluster=cluster,
        revision=revision,
        way="next",
        action=cluster,
        before=0,
        change=cluster,
        entry="cactus-in-winter",
    )


async def test_a_member_without_the_right_sees_none_of_the_commands(
    alice: MemberActor, robin: MemberActor, general: ChannelHandle
) -> None:
    seen = {name.split()[0] for name in alice.available_commands(general)}
    assert seen.isdisjoint({"review", "audit", "knowledge", "explain"})
    assert "review" in {name.split()[0] for name in robin.available_commands(general)}


async def test_there_are_buttons_to_forge() -> None:
    assert len(FORMS_OF_BUTTONS) >= 17


@pytest.mark.parametrize("form", FORMS_OF_BUTTONS)
async def test_a_member_can_press_none_of_the_buttons_by_forging_them(
    env: Env, alice: MemberActor, general: ChannelHandle, form: str
) -> None:
    await asked(general, (alice, YUCCA))
    message = reply(await alice.slash(general, "about"))
    for kind in (BUTTON, SELECT):
        pressed = await forge_press(env, alice, message, forged(form), kind=kind, values=["spam"])
        assert whispered(pressed) == wording_moderators.NO_RIGHT
    (cluster,) = await queue(env)
    assert (cluster.status, cluster.revision, cluster.assigned) == (ClusterStatus.OPEN, 1, None)
    assert await app_of(env).store.clusters.history() == []


@pytest.mark.parametrize("what", SUBMITTED)
async def test_a_member_can_submit_none_of_the_forms_by_forging_them(
    env: Env, alice: MemberActor, general: ChannelHandle, what: str
) -> None:
    await asked(general, (alice, YUCCA))
    typed = {"type": 4, "id": 2, "custom_id": "words", "value": "cactus"}
    fields = [{"type": 18, "id": 1, "component": typed}]
    sent = await forge_submit(env, alice, general, f"cv:rvf:{what}:queue:1:1", fields)
    assert whispered(sent) == wording_moderators.NO_RIGHT
    assert await app_of(env).store.clusters.history() == []


@pytest.mark.parametrize("form", FORMS_OF_BUTTONS)
@pytest.mark.parametrize("field", ["", "-1", "9" * 19, "x"])
async def test_a_moderator_who_forges_gets_a_calm_reply(
    env: Env, robin: MemberActor, general: ChannelHandle, form: str, field: str
) -> None:
    message = reply(await robin.slash(general, "about"))
    for kind in (BUTTON, SELECT):
        pressed = await forge_press(
            env, robin, message, forged(form, field, field), kind=kind, values=[field or "-"]
        )
        assert pressed.acknowledged, f"no reply to {form} with {field}"
    assert await app_of(env).store.clusters.history() == []


@pytest.mark.parametrize("what", [*SUBMITTED, "nothing"])
@pytest.mark.parametrize("fields", [[], {}, None, [{"type": 18, "component": {"custom_id": "who"}}], ["x"]])
async def test_a_moderator_who_forges_a_form_gets_a_calm_reply(
    env: Env, robin: MemberActor, alice: MemberActor, general: ChannelHandle, what: str, fields: Any
) -> None:
    await asked(general, (alice, YUCCA))
    sent = await forge_submit(env, robin, general, f"cv:rvf:{what}:queue:1:1", fields)
    assert sent.acknowledged
    assert await app_of(env).store.changes.newest() == []


async def test_no_user_id_of_a_member_is_stored(
    env: Env, alice: MemberActor, general: ChannelHandle, settings: Settings
) -> None:
    await asked(general, (alice, YUCCA))
    answer = reply(await alice.slash(general, "ask", question="Is a lily poisonous to a cat?"))
    form = await alice.click(answer, label=members.BUTTON_WRONG)
    await alice.submit_modal(form, {"why": "my vet said otherwise"})
    assert [cluster.askers for cluster in await queue(env)] == [1, 1]
    file = Path(settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    held = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    assert b"yucca" in held
    assert str(alice.id).encode() not in held
