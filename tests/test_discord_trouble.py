"""Trouble: a locked or lost database, and Discord itself failing; honest words and a number."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from simcord import ChannelHandle, Env, MemberActor
from structlog.typing import EventDict

from bot.core import wording
from bot.settings import Settings
from tests.discord_drive import app_of, bot_id, last, locked, logged, read, reply, whispered

CACTUS = "How often should a cactus be watered in winter?"
UNSURE = "how often should a cactus be watered"
UNKNOWN = "my bicycle chain is rusty"


def reference_in(text: str) -> str:
    """The number that a member was given; fails where the text is not the sentence of an error."""
    found = re.fullmatch(re.escape(wording.ERROR).replace(r"\{reference\}", "([0-9A-F]{6})"), text)
    assert found is not None, text
    return found[1]


def told(log: list[EventDict], reference: str) -> str:
    """The traceback that stands in the log under that number."""
    (entry,) = [entry for entry in log if entry.get("reference") == reference]
    assert entry["log_level"] == "error"
    return "".join(traceback.format_exception(entry["exc_info"]))


def promises_nothing(text: str) -> bool:
    """True where no sentence says that something was noted."""
    return not any(
        line in text for line in (wording.NOTED, wording.STILL_NOTED, wording.WILL_TELL, "Thank you")
    )


# ------------------------------------------------------------------ locked for good


@pytest.mark.trouble
async def test_while_the_database_stays_locked_a_question_is_not_said_to_be_noted(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings, log: list[EventDict]
) -> None:
    with locked(settings):
        text = whispered(await alice.slash(general, "ask", question=UNKNOWN))
    assert "database is locked" in told(log, reference_in(text))
    assert promises_nothing(text)
    assert await logged(env) == []
    assert whispered(await alice.slash(general, "ask", question=UNKNOWN)).endswith(wording.NOTED)


@pytest.mark.trouble
async def test_while_the_database_stays_locked_a_mention_gets_the_sentence_where_it_stood(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings, log: list[EventDict]
) -> None:
    with locked(settings):
        await alice.send(general, f"<@{bot_id(env)}> {UNKNOWN}")
    text = read(last(general))
    assert "database is locked" in told(log, reference_in(text))
    assert promises_nothing(text)
    assert await logged(env) == []


# ------------------------------------------------------------------ gone


def files_of(settings: Settings) -> list[Path]:
    """The database with what SQLite keeps beside it."""
    database = Path(settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    return sorted(database.parent.glob(f"{database.name}*"))


Act = Callable[[MemberActor, ChannelHandle, Env], Coroutine[Any, Any, str]]


async def ask(member: MemberActor, channel: ChannelHandle, _env: Env) -> str:
    """By /ask."""
    return whispered(await member.slash(channel, "ask", question=UNKNOWN))


async def mention(member: MemberActor, channel: ChannelHandle, env: Env) -> str:
    """By a mention."""
    await member.send(channel, f"<@{bot_id(env)}> {UNKNOWN}")
    return read(last(channel))


@pytest.mark.trouble
@pytest.mark.parametrize("act", [ask, mention])
async def test_where_the_database_was_deleted_nothing_is_said_to_be_noted(
    alice: MemberActor,
    general: ChannelHandle,
    env: Env,
    settings: Settings,
    log: list[EventDict],
    act: Act,
) -> None:
    for file in files_of(settings):
        file.unlink()
    text = await act(alice, general, env)
    assert "was moved or deleted" in told(log, reference_in(text))
    assert promises_nothing(text)


@pytest.mark.trouble
async def test_a_database_that_was_moved_and_put_back_is_used_again(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    moved = [(file, file.rename(elsewhere / file.name)) for file in files_of(settings)]
    reference_in(whispered(await alice.slash(general, "ask", question=UNKNOWN)))
    for file, now in moved:
        now.rename(file)
    assert whispered(await alice.slash(general, "ask", question=UNKNOWN)).endswith(wording.NOTED)
    assert len(await logged(env)) == 1


@pytest.mark.trouble
async def test_buttons_that_need_the_database_say_so_and_the_others_go_on(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings, log: list[EventDict]
) -> None:
    answer = reply(await alice.slash(general, "ask", question=CACTUS))
    honest = reply(await alice.slash(general, "ask", question=UNKNOWN))
    choices = reply(await alice.slash(general, "ask", question=UNSURE))
    for file in files_of(settings):
        file.unlink()
    for pressed in (
        await alice.click(answer, label="Not my question"),
        await alice.click(honest, label="Tell me when it is"),
        await alice.click(choices, label=CACTUS),
        await alice.click(choices, label="None of these"),
        await alice.submit_modal(await alice.click(answer, label="This is wrong"), {"why": "Twice a month."}),
    ):
        text = whispered(pressed)
        assert promises_nothing(text)
        assert "was moved or deleted" in told(log, reference_in(text))
    assert "Forty pots" in whispered(await alice.click(answer, label="Details"))
    assert (await alice.slash(general, "topics")).acknowledged


@pytest.mark.trouble
async def test_tidying_that_fails_is_logged_and_goes_on_next_time(
    alice: MemberActor,
    general: ChannelHandle,
    env: Env,
    settings: Settings,
    log: list[EventDict],
    tmp_path: Path,
) -> None:
    await alice.slash(general, "ask", question=UNSURE)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    moved = [(file, file.rename(elsewhere / file.name)) for file in files_of(settings)]
    await env.advance_time(20 * 60)
    failures = [entry for entry in log if entry["event"] == "tidying failed"]
    assert failures
    assert all(entry["reference"] for entry in failures)
    for file, now in moved:
        now.rename(file)
    await env.advance_time(120)
    assert [question.text for question in await logged(env)] == [UNSURE]


# ------------------------------------------------------------------ Discord itself


@pytest.mark.trouble
async def test_where_discord_fails_the_member_is_told_by_the_next_way_that_works(
    alice: MemberActor, general: ChannelHandle, env: Env, log: list[EventDict]
) -> None:
    env.inject_error(
        "POST", "/interactions/*/*/callback", status=400, code=50035, message="Invalid Form Body"
    )
    text = whispered(await alice.slash(general, "ask", question=CACTUS))
    assert "Invalid Form Body" in told(log, reference_in(text))


@pytest.mark.trouble
async def test_where_a_member_is_gone_nobody_is_told_but_the_log(
    alice: MemberActor, general: ChannelHandle, env: Env, log: list[EventDict]
) -> None:
    env.inject_error(
        "POST",
        "/interactions/*/*/callback",
        status=404,
        code=10062,
        message="Unknown interaction",
        times=None,
    )
    asked = await alice.slash(general, "ask", question=CACTUS)
    assert not asked.acknowledged
    (entry,) = [entry for entry in log if entry["log_level"] == "error"]
    assert "Unknown interaction" in told(log, entry["reference"])


@pytest.mark.trouble
async def test_an_answer_that_cannot_be_removed_says_so(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    answer = reply(await alice.slash(general, "ask", question=CACTUS))
    env.inject_error("DELETE", "/webhooks/*/*/messages/@original", status=403, code=50013)
    removed = await alice.click(answer, label="Remove")
    assert [read(each) for each in removed.followups if each.ephemeral] == [wording.CANNOT_REMOVE]


async def test_an_answer_that_a_moderator_removed_first_is_simply_gone(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    answer = reply(await alice.slash(general, "ask", question=CACTUS))
    env.inject_error("DELETE", "/webhooks/*/*/messages/@original", status=404, code=10008)
    assert (await alice.click(answer, label="Remove")).followups == []


async def test_errors_are_counted(alice: MemberActor, general: ChannelHandle, env: Env) -> None:
    metrics = app_of(env).metrics.registry
    await alice.slash(general, "ask", question=CACTUS)
    await alice.slash(general, "ask", question=UNKNOWN)
    assert metrics.get_sample_value("caveat_errors_total") == 0
    labels = {"door": "slash", "outcome": "shown"}
    assert metrics.get_sample_value("caveat_questions_total", labels) == 1
    assert metrics.get_sample_value("caveat_reply_seconds_count") == 2
