"""The weekly digest in Discord: once a week, with two pictures, whatever restarts in between."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from typing import Any, cast

import discord
import pytest
from simcord import ChannelHandle, Env, GuildHandle
from structlog.typing import EventDict

from bot.core import limits
from bot.core import wording_digest as wording
from bot.discord_ui.client import CaveatBot, create_bot
from bot.discord_ui.cogs.deliver import TURN_S
from bot.journeys.digest import MARK, put_in_outbox
from bot.settings import Settings
from bot.store.records import Door, Feedback, FeedbackKind, Place
from bot.store.tallies import Came
from tests.discord_drive import app_of, body, last, read

HERE = Place(10, 20)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def moderators(guild: GuildHandle) -> ChannelHandle:
    """The moderators' channel."""
    return guild.create_text_channel("moderators")


def weekday(env: Env, days: int) -> str:
    """The weekday so many days from the simulated today."""
    return f"{app_of(env).today + DAY * days:%A}".lower()


async def started(env: Env, settings: Settings, later: timedelta = timedelta()) -> None:
    """A new bot on the same database, so much later: the days between pass while nothing runs."""
    old = app_of(env)
    await env.restart_bot(create_bot(settings, clock=lambda: discord.utils.utcnow() + later))
    await old.close()
    await env.settle()


async def turn(env: Env, later: timedelta) -> None:
    """A turn of the digest's loop, so much later, and one of the deliveries' after it."""
    app_of(env).clock = lambda: discord.utils.utcnow() + later
    cog: Any = cast(CaveatBot, env.bot).get_cog("Digest")
    await cog.turns()
    await env.advance_time(TURN_S + 1)


def with_digest(settings: Settings, channel: ChannelHandle, day: str, hour: int = 0) -> Settings:
    """The settings, with a digest on that day."""
    return settings.model_copy(update={"digest": day, "digest_hour": hour, "moderators_channel": channel.id})


async def switched_on(env: Env, settings: Settings, channel: ChannelHandle) -> Settings:
    """A digest on the present weekday, and the hour in which it is due; the bot's settings."""
    wanted = with_digest(settings, channel, weekday(env, 0), app_of(env).clock().hour + 1)
    await started(env, wanted)
    await turn(env, HOUR)
    return wanted


def without_files(guild: GuildHandle) -> ChannelHandle:
    """A channel in which the bot may not attach files, so that nothing is drawn."""
    denied = discord.PermissionOverwrite(attach_files=False)
    return guild.create_text_channel("no-files", overwrites={guild.default_role: denied})


def digests(env: Env, channel: ChannelHandle) -> list[Any]:
    """The digests that the bot sent to that channel."""
    path = f"/channels/{channel.id}/messages"
    sent = [r for r in env.http_requests if r.method == "POST" and r.path.endswith(path)]
    return [request for request in sent if "## The week from" in str(body(request))]


async def test_the_digest_comes_on_its_day_with_figures_and_two_pictures(
    env: Env, settings: Settings, moderators: ChannelHandle
) -> None:
    app, now = app_of(env), app_of(env).clock()
    for came in (Came.ANSWERED, Came.ANSWERED, Came.SUGGESTED, Came.UNANSWERED):
        entry_id = "lily-and-cats" if came is Came.ANSWERED else ""
        await app.store.tallies.count(came, Door.SLASH, now - DAY, entry_id)
    await app.store.tallies.count(Came.ANSWERED, Door.SLASH, now - DAY * 30, "lily-and-cats")
    said = Feedback(FeedbackKind.WRONG, HERE, "lily-and-cats", "v", "l", None, "It is **worse** @everyone")
    await app.store.log_feedback(said, now - DAY)

    await switched_on(env, settings, moderators)

    message = last(moderators)
    text = read(message)
    week_ends = app_of(env).today
    assert text.startswith(wording.HEADING.format(since=week_ends - DAY * 7, last=week_ends - DAY))
    assert "**4 questions** (+4 on the week before): 2 answered, 1 offered choices, 1 unanswered." in text
    assert "**Called wrong: 1**\n- 1 × Is a lily poisonous to a cat? “It is \\*\\*worse\\*\\* " in text
    assert "@everyone" not in text
    assert "**Reviews overdue: 1**" in text
    assert "**Never used: 5** of 6 live entries" in text
    assert [attachment.filename for attachment in message.attachments] == ["came.png", "trust.png"]
    drawn = [await attachment.read() for attachment in message.attachments]
    assert all(data.startswith(b"\x89PNG") for data in drawn)
    (request,) = digests(env, moderators)
    assert body(request)["allowed_mentions"] == {"parse": []}
    assert body(request)["enforce_nonce"] is True


async def test_a_week_with_nothing_asked_is_told_as_calmly(
    env: Env, settings: Settings, moderators: ChannelHandle
) -> None:
    await switched_on(env, settings, moderators)
    text = read(last(moderators))
    assert wording.NOTHING_ASKED in text
    assert "Never used" not in text, "before counting began nobody can tell"
    assert len(last(moderators).attachments) == 2


async def test_before_its_day_nothing_comes_and_then_it_comes_every_week_once(
    env: Env, settings: Settings, guild: GuildHandle
) -> None:
    moderators = without_files(guild)
    await started(env, with_digest(settings, moderators, weekday(env, 2)))
    sent = []
    for day in range(18):
        await turn(env, DAY * day)
        sent.append(len(digests(env, moderators)))
    assert sent == [0] * 2 + [1] * 7 + [2] * 7 + [3] * 2


async def test_what_was_missed_comes_late_and_only_the_newest_of_it(
    env: Env, settings: Settings, guild: GuildHandle
) -> None:
    moderators = without_files(guild)
    wanted = await switched_on(env, settings, moderators)
    await started(env, wanted, DAY * 17)
    await started(env, wanted, DAY * 18)
    first, second = digests(env, moderators)
    assert str(app_of(env).today - DAY * (18 - 14 + 1)) in str(body(second))
    assert body(first) != body(second)


async def test_a_running_bot_notices_that_the_hour_has_come(
    env: Env, settings: Settings, guild: GuildHandle
) -> None:
    moderators = without_files(guild)
    hour = app_of(env).clock().hour + 2
    await started(env, with_digest(settings, moderators, weekday(env, 0), hour))
    await turn(env, timedelta(minutes=119))
    assert digests(env, moderators) == []
    await turn(env, timedelta(minutes=121))
    assert len(digests(env, moderators)) == 1


async def test_a_crash_between_the_outbox_and_the_mark_sends_nothing_twice(
    env: Env, settings: Settings, guild: GuildHandle
) -> None:
    moderators = without_files(guild)
    wanted = await switched_on(env, settings, moderators)
    app = app_of(env)
    before = (app.clock() - DAY * 7).isoformat()
    await app.store.marks.set(MARK, before, app.clock())
    await started(env, wanted, HOUR)
    assert len(digests(env, moderators)) == 1


async def test_off_is_the_default(env: Env, settings: Settings, moderators: ChannelHandle) -> None:
    assert settings.digest == "off"
    await started(env, settings.model_copy(update={"moderators_channel": moderators.id}))
    cog: Any = cast(CaveatBot, env.bot).get_cog("Digest")
    assert not cog.turns.is_running()


async def test_without_a_channel_the_log_says_so(
    env: Env, settings: Settings, log: list[EventDict], moderators: ChannelHandle
) -> None:
    await started(env, settings.model_copy(update={"digest": "monday"}))
    assert any("MODERATORS_CHANNEL" in entry["event"] for entry in log)


async def test_without_the_right_to_attach_files_the_words_come_alone(
    env: Env, settings: Settings, guild: GuildHandle
) -> None:
    moderators = without_files(guild)
    await switched_on(env, settings, moderators)
    assert wording.NO_PICTURES.format(why=wording.NO_RIGHT) in read(last(moderators))
    assert last(moderators).attachments == []


async def test_without_matplotlib_the_words_come_alone_and_say_so(
    env: Env, settings: Settings, moderators: ChannelHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("drawing", "pictures"):
        monkeypatch.delitem(sys.modules, f"bot.reports.{module}", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    await switched_on(env, settings, moderators)
    assert wording.NO_PICTURES.format(why=wording.NO_LIBRARY) in read(last(moderators))
    assert last(moderators).attachments == []


async def test_the_longest_digest_fits_one_message(env: Env, settings: Settings, guild: GuildHandle) -> None:
    moderators = without_files(guild)
    app, at = app_of(env), app_of(env).clock() - DAY
    for number in range(60):
        said = Feedback(FeedbackKind.WRONG, HERE, f"gone-{number}-{'x' * 60}", "v", "l", None, "*_" * 250)
        await app.store.log_feedback(said, at)
    await switched_on(env, settings, moderators)
    text = read(last(moderators))
    assert len(text) <= limits.MESSAGE_TEXT
    assert "**Called wrong: 60**" in text
    assert "more" in text


async def test_two_bots_on_one_log_send_one(env: Env, settings: Settings, moderators: ChannelHandle) -> None:
    app = app_of(env)
    day = weekday(env, 0)
    found = await asyncio.gather(
        *(put_in_outbox(app.store, day, 0, moderators.id, app.clock()) for _ in range(5))
    )
    assert sorted(found) == [False, False, False, False, True]
