"""The running knowledge in Discord: edits go live by themselves, and moderators are told what stops one."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import cast

import discord
import pytest
from discord import app_commands
from discord.ext import commands
from simcord import ChannelHandle, Env, GuildHandle, MemberActor

from bot.core import wording_audit
from bot.core import wording_moderators as wording
from bot.core.problem import Problem, Severity
from bot.discord_ui.knowledge_views import News
from bot.journeys.reload import Came, Reloaded
from bot.knowledge.rulebook import RULES
from bot.settings import Settings
from tests.bad_examples import Example, examples
from tests.discord_drive import app_of, last, read, reply, restart, whispered
from tests.git_places import git
from tests.make import KNOWLEDGE
from tests.make_changes import a_forge, a_knowledge_repository, merge
from tests.make_kept import NOON

CACTUS = "entries/watering/cactus-in-winter.yaml"
QUESTION = "How often should a cactus be watered in winter?"
PATIENCE_S = 60.0
"""Only a bot that never does it lets a test wait for so long."""


@pytest.fixture
def knowledge_dir(tmp_path: Path) -> Path:
    """A folder that may be edited."""
    return Path(shutil.copytree(KNOWLEDGE, tmp_path / "knowledge"))


@pytest.fixture
def robin(env: Env, guild: GuildHandle) -> MemberActor:
    """A moderator."""
    role = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
    return guild.add_member(env.create_user("robin"), roles=[role])


@pytest.fixture
def office(guild: GuildHandle) -> ChannelHandle:
    """The moderators' channel."""
    return guild.create_text_channel("office")


def edit(folder: Path, old: str, new: str) -> None:
    file = folder / CACTUS
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


async def until(env: Env, is_so: Callable[[], bool]) -> None:
    """Wait for what a thread of the bot brings about."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110  # the thread sets no event of ours
            await asyncio.sleep(0.02)
    await env.settle()


async def watched(env: Env, settings: Settings, office: ChannelHandle, **changes: object) -> None:
    """The bot, started anew with a moderators' channel."""
    await restart(env, settings.model_copy(update={"moderators_channel": office.id, **changes}))


FALLBACK = "⚠ **The search is not running as it should.**"
"""The tests' cache folder holds no model."""


def told(office: ChannelHandle) -> list[str]:
    """What moderators were told of the knowledge."""
    return [text for text in map(read, office.history()) if not text.startswith(FALLBACK)]


async def test_a_search_that_fell_back_is_told_once(
    env: Env, settings: Settings, office: ChannelHandle
) -> None:
    await watched(env, settings, office)
    cast(commands.Bot, env.bot).dispatch("ready")
    await env.settle()
    (text,) = [text for text in map(read, office.history()) if text.startswith(FALLBACK)]
    assert "Mend: run" in text


# ------------------------------------------------------------------ edits go live


async def test_an_edit_is_answered_from_without_a_command(
    env: Env, settings: Settings, knowledge_dir: Path, office: ChannelHandle, alice: MemberActor
) -> None:
    await watched(env, settings, office, watch=True)
    before = app_of(env).live.library.version
    edit(knowledge_dir, "About once a month", "Roughly once a month")
    await until(env, lambda: app_of(env).live.library.version != before)
    general = office
    await alice.slash(general, "ask", question=QUESTION)
    assert "Roughly once a month" in read(last(general))


async def test_an_error_is_told_once_with_its_mend_and_then_that_all_is_in_order_again(
    env: Env, settings: Settings, knowledge_dir: Path, office: ChannelHandle
) -> None:
    await watched(env, settings, office, watch=True)
    version = app_of(env).live.library.version
    edit(knowledge_dir, "caveat: likely", "caveat: likly")
    await until(env, lambda: len(told(office)) == 1)
    (text,) = told(office)
    assert text.startswith(wording.RELOAD_KEPT.format(count=wording.ONE_ERROR, version=version))
    assert f"`{CACTUS}:3:9`" in text
    assert "did you mean" in text
    reloaded = app_of(env).reloaded
    edit(knowledge_dir, "About once a month", "Roughly once a month")
    await until(env, lambda: app_of(env).reloaded is not reloaded)
    assert len(told(office)) == 1, "the same error at another save is no news"
    assert app_of(env).live.library.version == version
    edit(knowledge_dir, "caveat: likly", "caveat: likely")
    await until(env, lambda: len(told(office)) == 2)
    library = app_of(env).live.library
    assert told(office)[1] == wording.LIVE_AGAIN.format(version=library.version, entries=6)
    assert library.entries["cactus-in-winter"].answer.startswith("Roughly")


async def test_a_folder_that_is_not_watched_waits_for_the_command(
    env: Env, settings: Settings, knowledge_dir: Path, office: ChannelHandle, robin: MemberActor
) -> None:
    before = app_of(env).live.library.version
    edit(knowledge_dir, "About once a month", "Roughly once a month")
    await env.advance_time(120)
    assert app_of(env).live.library.version == before
    text = whispered(await robin.slash(office, "knowledge reload"))
    library = app_of(env).live.library
    assert text.startswith(f"Live: version `{library.version}` with 6 entries, after ")
    again = whispered(await robin.slash(office, "knowledge reload"))
    assert again == wording.RELOAD_SAME.format(version=library.version, entries=6)


@pytest.mark.trouble
async def test_a_reload_that_fails_on_our_side_is_told_with_a_reference(
    env: Env, office: ChannelHandle, robin: MemberActor
) -> None:
    app = app_of(env)
    assert app.keeper is not None
    app.keeper._open_engine = lambda folder: 1 / 0  # type: ignore[assignment, return-value]  # what no input brings about
    version = app.live.library.version
    text = whispered(await robin.slash(office, "knowledge reload"))
    assert text.startswith("**Not taken up**: reading the knowledge failed on my side.")
    assert app.reloaded is not None
    assert app.reloaded.reference is not None
    assert app.reloaded.reference in text
    assert app.live.library.version == version


@pytest.mark.parametrize(
    "example",
    [each for each in examples() if each.rule != "correction-missing"][::12],
    ids=lambda example: example.name,
)
async def test_no_bad_file_reaches_what_is_live(
    env: Env, knowledge_dir: Path, robin: MemberActor, office: ChannelHandle, example: Example
) -> None:
    version = app_of(env).live.library.version
    shutil.rmtree(knowledge_dir)
    example.lay_into(knowledge_dir)
    text = whispered(await robin.slash(office, "knowledge reload"))
    errors = [problem for problem in example.expected() if RULES[problem.rule].severity is Severity.ERROR]
    assert (app_of(env).live.library.version == version) == bool(errors)
    assert text.startswith("**Not taken up**" if errors else "Live: ")


# ------------------------------------------------------------------ status


async def test_the_status_tells_version_levels_reviews_drafts_and_the_last_30_days(
    env: Env, robin: MemberActor, office: ChannelHandle, alice: MemberActor
) -> None:
    app = app_of(env)
    quiet = whispered(await robin.slash(office, "knowledge status"))
    assert quiet.startswith(wording.STATUS_HEADING.format(version=app.live.library.version))
    assert wording.STATUS_ENTRIES.format(live=6, drafts=1, retired=1) in quiet
    assert wording.STATUS_NOTHING_ASKED in quiet
    assert wording.STATUS_NOT_AUDITED in quiet
    assert wording.STATUS_NOT_WATCHED in quiet
    likely = app.live.library.levels["likely"]
    count = sum(entry.caveat == "likely" for entry in app.live.library.live)
    assert wording.STATUS_LEVEL.format(sign=likely.sign, name=likely.name, count=count) in quiet
    await alice.slash(office, "ask", question=QUESTION)
    await alice.slash(office, "ask", question="my bicycle chain is rusty")
    case = reply(await robin.slash(office, "audit"))
    await robin.click(case, label=wording_audit.RIGHT)
    text = whispered(await robin.slash(office, "knowledge status"))
    assert wording.STATUS_COVERAGE.format(asked=2, coverage=0.5, suggested=0.0, unanswered=0.5) in text
    assert "**Audited**: 1 answers, 0 wrong: a risk of 0.0%" in text


async def test_overdue_reviews_and_drafts_are_named(
    env: Env, knowledge_dir: Path, robin: MemberActor, office: ChannelHandle
) -> None:
    edit(knowledge_dir, "next: 2026-12-01", "next: 2025-12-31")
    edit(knowledge_dir, "on: 2025-12-01", "on: 2025-01-01")
    await robin.slash(office, "knowledge reload")
    assert app_of(env).today > date(2025, 12, 31)
    text = whispered(await robin.slash(office, "knowledge status"))
    oldest_first = "`orchid-tap-water`, `cactus-in-winter`"
    assert wording.STATUS_OVERDUE.format(count=2, ids=oldest_first) in text
    drafts = [e.id for e in app_of(env).live.library.entries.values() if e.status.value == "draft"]
    assert wording.STATUS_DRAFTS.format(ids=f"`{drafts[0]}`") in text


async def test_a_member_has_neither_command(env: Env, guild: GuildHandle) -> None:
    group = cast(commands.Bot, env.bot).tree.get_command("knowledge")
    assert isinstance(group, app_commands.Group)
    assert group.default_permissions == discord.Permissions(manage_messages=True)
    assert group.guild_only


# ------------------------------------------------------------------ merges


async def test_a_merge_goes_live_in_the_bot_s_own_turn_and_trouble_is_told_once(
    env: Env, settings: Settings, office: ChannelHandle, tmp_path: Path
) -> None:
    source = a_knowledge_repository(tmp_path / "source")
    forge = a_forge(source)
    await watched(
        env, settings, office, knowledge_remote=str(forge), knowledge_dir=source / "knowledge", watch=False
    )
    await until(env, lambda: app_of(env).folder != source / "knowledge")
    git(source, "checkout", "--quiet", "-b", "edited")
    git(source, "push", "--quiet", str(forge), "edited")
    merge(
        forge,
        "edited",
        tmp_path / "hers",
        edit=[(f"knowledge/{CACTUS}", "About once a month", "Roughly once a month")],
    )
    before = app_of(env).live.library.version
    await env.advance_time(61)
    await until(env, lambda: app_of(env).live.library.version != before)
    assert told(office) == []
    forge.rename(tmp_path / "away")
    await env.advance_time(61)
    await until(env, lambda: len(told(office)) == 1)
    assert told(office)[0].startswith("⚠ **Merged changes cannot be fetched.**")
    await env.advance_time(125)
    assert len(told(office)) == 1
    (tmp_path / "away").rename(forge)
    await env.advance_time(300)
    await until(env, lambda: len(told(office)) == 2)
    assert told(office)[1] == wording.FETCH_AGAIN


# ------------------------------------------------------------------ news


def a_reload(came: Came, *places: str) -> Reloaded:
    problems = tuple(Problem(place, 1, 1, "rule", Severity.ERROR, "wrong", "mend it") for place in places)
    return Reloaded(NOON, came, "v", 6, problems, reference="ABC123")


def test_each_problem_is_news_once_and_the_end_of_them_too() -> None:
    news = News()
    assert news.of(a_reload(Came.LIVE)) is None
    assert news.of(a_reload(Came.KEPT, "a.yaml")) is not None
    assert news.of(a_reload(Came.KEPT, "a.yaml")) is None
    both = news.of(a_reload(Came.KEPT, "a.yaml", "b.yaml"))
    assert both is not None
    assert wording.MANY_ERRORS.format(count=2) in both
    assert news.of(a_reload(Came.KEPT, "b.yaml")) is None
    assert news.of(a_reload(Came.SAME)) == wording.LIVE_AGAIN.format(version="v", entries=6)
    assert news.of(a_reload(Came.SAME)) is None
    assert news.of(a_reload(Came.TAKEN_BACK, "b.yaml")) is not None
    assert news.of(a_reload(Came.FAILED)) is not None
    assert news.of(a_reload(Came.FAILED)) is None
