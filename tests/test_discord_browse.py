"""/topics, /caveats and /about: what there is to know, and what the bot is."""

from __future__ import annotations

from pathlib import Path

import pytest
from simcord import ChannelHandle, Env, MemberActor, ResponseMessage

from bot import __version__
from bot.core import limits, wording
from bot.core.entry import Status
from bot.core.page import level_line
from bot.store.records import Way
from tests.discord_drive import app_of, custom_ids, labels, options, parts, read, reply, whispered
from tests.make import a_knowledge_folder, an_entry, with_entry


@pytest.fixture
async def topics(alice: MemberActor, general: ChannelHandle) -> ResponseMessage:
    """What alice sees first."""
    return reply(await alice.slash(general, "topics"))


def entry_menus(message: ResponseMessage) -> list[dict[str, str]]:
    """Values and labels of the menus of questions."""
    return [options(message, each) for each in custom_ids(message) if each.startswith("cv:te:")]


# ------------------------------------------------------------------ topics


async def test_topics_counts_the_live_entries_of_each_group(topics: ResponseMessage) -> None:
    assert topics.ephemeral
    assert read(topics).splitlines() == [
        wording.TOPICS_HEADING,
        "**Watering** (2)",
        "**Light and growth** (2)",
        "**Trouble** (2)",
    ]
    group, level = custom_ids(topics)
    assert list(options(topics, group).values()) == [
        wording.TOPICS_ALL_GROUPS,
        "Watering",
        "Light and growth",
        "Trouble",
    ]
    assert list(options(topics, level).values())[:2] == [wording.TOPICS_PICK_LEVEL, "● Established"]


async def test_a_group_shows_its_live_questions_with_their_levels(
    topics: ResponseMessage, alice: MemberActor
) -> None:
    shown = reply(await alice.select(topics, ["trouble"], custom_id=custom_ids(topics)[0]))
    assert shown.id == topics.id
    assert entry_menus(shown) == [
        {
            "lily-and-cats": "Is a lily poisonous to a cat?",
            "mould-and-asthma": "Is mould on potting soil a risk with asthma?",
        }
    ]
    (menu,) = [part for part in parts(shown) if str(part.get("custom_id")).startswith("cv:te:")]
    assert [option["description"] for option in menu["options"]] == ["● Established", "◑ Tentative"]


async def test_a_group_and_a_level_together_narrow_down(topics: ResponseMessage, alice: MemberActor) -> None:
    group = reply(await alice.select(topics, ["trouble"], custom_id=custom_ids(topics)[0]))
    both = reply(await alice.select(group, ["tentative"], custom_id=custom_ids(group)[1]))
    assert entry_menus(both) == [{"mould-and-asthma": "Is mould on potting soil a risk with asthma?"}]
    other = reply(await alice.select(both, ["light-and-growth"], custom_id=custom_ids(both)[0]))
    assert entry_menus(other) == [{"sunburnt-leaves": "Can leaves get sunburnt behind a window?"}]
    none = reply(await alice.select(other, ["disputed"], custom_id=custom_ids(other)[1]))
    assert wording.TOPICS_NONE in read(none)


async def test_a_level_alone_shows_the_questions_of_all_groups(
    topics: ResponseMessage, alice: MemberActor
) -> None:
    shown = reply(await alice.select(topics, ["tentative"], custom_id=custom_ids(topics)[1]))
    assert entry_menus(shown) == [
        {
            "sunburnt-leaves": "Can leaves get sunburnt behind a window?",
            "mould-and-asthma": "Is mould on potting soil a risk with asthma?",
        }
    ]


async def test_one_can_go_back_to_all_groups(topics: ResponseMessage, alice: MemberActor) -> None:
    shown = reply(await alice.select(topics, ["trouble"], custom_id=custom_ids(topics)[0]))
    again = reply(await alice.select(shown, ["-all"], custom_id=custom_ids(shown)[0]))
    assert read(again) == read(topics)
    assert custom_ids(again) == custom_ids(topics)


async def test_a_question_of_the_menu_opens_its_answer_privately(
    topics: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    shown = reply(await alice.select(topics, ["trouble"], custom_id=custom_ids(topics)[0]))
    opened = await alice.select(shown, ["lily-and-cats"], custom_id=custom_ids(shown)[2])
    assert "## Is a lily poisonous to a cat?" in whispered(opened)
    assert "Remove" not in labels(reply(opened))
    (row,) = await app_of(env).store.answered_rows()
    assert row["way"] == Way.CHOICE


async def test_a_question_that_is_retired_meanwhile_is_gone(
    topics: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    shown = reply(await alice.select(topics, ["trouble"], custom_id=custom_ids(topics)[0]))
    app = app_of(env)
    app.live = with_entry(app.live, "lily-and-cats", status=Status.RETIRED)
    opened = await alice.select(shown, ["lily-and-cats"], custom_id=custom_ids(shown)[2])
    assert whispered(opened) == wording.ENTRY_GONE


async def test_topics_of_an_empty_library_says_so(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    app = app_of(env)
    for entry in app.live.library.live:
        app.live = with_entry(app.live, entry.id, status=Status.DRAFT)
    assert whispered(await alice.slash(general, "topics")) == wording.TOPICS_EMPTY


class TestOfManyEntries:
    """More entries in one group than Discord's menus hold."""

    @pytest.fixture
    def knowledge_dir(self, tmp_path: Path) -> Path:
        entries = [an_entry(f"pot-{number}", question=f"What is pot {number} for?") for number in range(130)]
        return a_knowledge_folder(tmp_path / "knowledge", *entries)

    async def test_they_stand_in_menus_of_25_and_the_rest_is_counted(
        self, topics: ResponseMessage, alice: MemberActor
    ) -> None:
        shown = reply(await alice.select(topics, ["pots"], custom_id=custom_ids(topics)[0]))
        assert [len(menu) for menu in entry_menus(shown)] == [limits.SELECT_OPTIONS] * 4
        assert wording.TOPICS_MORE.format(count=30) in read(shown)
        last_of_all = list(entry_menus(shown)[-1])[-1]
        opened = await alice.select(shown, [last_of_all], custom_id=custom_ids(shown)[-1])
        assert "## What is pot" in whispered(opened)


# ------------------------------------------------------------------ caveats and about


async def test_caveats_explains_each_level_from_the_firmest_to_the_weakest(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    text = whispered(await alice.slash(general, "caveats"))
    lines = text.splitlines()
    assert lines[0] == wording.CAVEATS_HEADING
    assert lines[1:-1] == [level_line(level) for level in app_of(env).live.library.levels.values()]
    assert lines[1] == "● **Established**: Several good sources agree; very unlikely to change."
    assert lines[-1] == f"-# {wording.CAVEATS_FOOT}"


async def test_about_tells_version_entries_reviews_and_what_is_kept(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    text = whispered(await alice.slash(general, "about"))
    assert f"**Caveat {__version__}**" in text
    version = app_of(env).live.library.version
    assert f"6 entries, version `{version}`, last reviewed 2025-12-01; reviews that are overdue: 1." in text
    assert "for 30 days" in text
    assert wording.BUTTON_TELL in text


@pytest.mark.settings(answered_kept_days=0)
async def test_about_tells_what_this_bot_keeps_not_what_others_do(
    alice: MemberActor, general: ChannelHandle
) -> None:
    text = whispered(await alice.slash(general, "about"))
    assert "for 0 days" not in text
    assert wording.ABOUT_NONE_KEPT in text


async def test_about_says_nothing_of_overdue_reviews_where_there_are_none(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    app = app_of(env)
    app.live = with_entry(app.live, "orchid-tap-water", status=Status.RETIRED)
    text = whispered(await alice.slash(general, "about"))
    assert "5 entries" in text
    assert "overdue" not in text


async def test_in_a_direct_message_they_all_answer_too(env: Env) -> None:
    carol = env.create_user("carol")
    for command in ("topics", "caveats", "about"):
        assert (await carol.slash(command)).acknowledged
