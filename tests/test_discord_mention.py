"""Mentions and direct messages: its own text is the question, and nothing else is listened to."""

from __future__ import annotations

from collections.abc import Callable

import discord
import pytest
from simcord import ChannelHandle, Env, GuildHandle, MemberActor
from simcord.enums import MessageType
from structlog.typing import EventDict

from bot.core import wording
from bot.core.outcome import Reason, Suggest
from bot.settings import Settings
from bot.store.records import Door
from tests.discord_drive import app_of, body, bot_id, labels, last, locked, logged, read, whispered

CACTUS = "How often should a cactus be watered in winter?"
UNSURE = "how often should a cactus be watered"
UNKNOWN = "my bicycle chain is rusty"


@pytest.fixture
def at_bot(env: Env) -> Callable[[str], str]:
    """The text with a mention of the bot before it."""
    return lambda text: f"<@{bot_id(env)}> {text}"


def written_by_bot(channel: ChannelHandle, env: Env) -> list[discord.Message]:
    """What the bot wrote in a channel."""
    return [message for message in channel.history() if message.author.id == bot_id(env)]


# ------------------------------------------------------------------ in a channel


@pytest.mark.parametrize(
    "form", ["<@{id}> {text}", "<@!{id}> {text}", "{text} <@{id}>", "hey <@{id}>, {text}"]
)
async def test_a_sure_mention_is_answered_where_it_stood(
    alice: MemberActor, general: ChannelHandle, env: Env, form: str
) -> None:
    asked = await alice.send(general, form.format(id=bot_id(env), text=CACTUS))
    answer = last(general)
    assert f"## {CACTUS}" in read(answer)
    assert answer.reference is not None
    assert answer.reference.message_id == asked.id
    assert answer.mentions == []
    assert labels(answer)[-1] == "Remove"


async def test_the_asker_and_nobody_else_can_remove_what_a_mention_got(
    alice: MemberActor, bob: MemberActor, general: ChannelHandle, env: Env, at_bot: Callable[[str], str]
) -> None:
    await alice.send(general, at_bot(CACTUS))
    assert whispered(await bob.click(last(general), label="Remove")) == wording.NOT_YOURS
    await alice.click(last(general), label="Remove")
    assert written_by_bot(general, env) == []


async def test_an_unsure_mention_gets_one_short_line_and_choices_only_for_the_asker(
    alice: MemberActor, bob: MemberActor, general: ChannelHandle, at_bot: Callable[[str], str]
) -> None:
    await alice.send(general, at_bot(UNSURE))
    line = last(general)
    assert read(line) == wording.UNSURE_SHORT
    assert labels(line) == ["Show choices"]
    assert whispered(await bob.click(line, label="Show choices")) == wording.NOT_YOURS
    opened = await alice.click(line, label="Show choices")
    assert whispered(opened) == wording.DID_YOU_MEAN
    assert opened.response is not None
    assert CACTUS in labels(opened.response)


async def test_the_choices_of_a_mention_are_those_that_the_search_offers(
    alice: MemberActor, general: ChannelHandle, env: Env, at_bot: Callable[[str], str]
) -> None:
    await alice.send(general, at_bot(UNSURE))
    opened = (await alice.click(last(general), label="Show choices")).response
    assert opened is not None
    live = app_of(env).live
    outcome = live.matcher.respond(UNSURE)
    assert isinstance(outcome, Suggest)
    questions = [live.library.entries[candidate.entry_id].question for candidate in outcome.suggestions]
    assert labels(opened) == [*questions, "None of these"]


async def test_a_mention_without_an_answer_gets_a_short_line_and_is_logged(
    alice: MemberActor, bob: MemberActor, general: ChannelHandle, env: Env, at_bot: Callable[[str], str]
) -> None:
    await alice.send(general, at_bot(UNKNOWN))
    line = last(general)
    assert read(line) == f"{wording.NOT_ANSWERED_SHORT} {wording.NOTED}"
    assert whispered(await bob.click(line, label="Tell me when it is")) == wording.NOT_YOURS
    (question,) = await logged(env)
    assert question.text == UNKNOWN
    assert general.guild is not None
    assert question.guild_id == general.guild.id
    assert question.last is not None
    assert question.last.door is Door.MENTION


@pytest.mark.settings(public_answers=False)
async def test_where_answers_are_not_public_a_mention_opens_only_for_the_asker(
    alice: MemberActor, bob: MemberActor, general: ChannelHandle, at_bot: Callable[[str], str]
) -> None:
    await alice.send(general, at_bot(CACTUS))
    line = last(general)
    assert read(line) == wording.ANSWER_PRIVATE_SHORT
    assert whispered(await bob.click(line, label="Show the answer")) == wording.NOT_YOURS
    assert f"## {CACTUS}" in whispered(await alice.click(line, label="Show the answer"))


@pytest.mark.parametrize(
    "text",
    ["", "is this true?", "Is that really true??", "this legit?", "true", "so is it a fact", "🤔", "\u200b"],
)
async def test_a_mention_without_a_question_points_to_the_message_menu(
    alice: MemberActor, bob: MemberActor, general: ChannelHandle, env: Env, text: str
) -> None:
    claim = await bob.send(general, "water your cactus every day!")
    await alice.send(general, f"<@{bot_id(env)}> {text}", reply_to=claim)
    assert read(last(general)) == wording.POINT_TO_CHECK
    assert wording.MENU_CHECK in wording.POINT_TO_CHECK
    assert await logged(env) == []


@pytest.mark.parametrize("text", ["", "\u200b", "!", "🌵"])
async def test_a_bare_mention_says_how_to_ask_and_how_to_check(
    alice: MemberActor, general: ChannelHandle, env: Env, text: str
) -> None:
    await alice.send(general, f"<@{bot_id(env)}> {text}")
    assert read(last(general)) == wording.HOW_TO_ASK
    assert wording.MENU_CHECK in wording.HOW_TO_ASK
    assert await logged(env) == []


async def test_a_mention_with_a_thousand_blanks_in_it_is_read_at_once(
    alice: MemberActor, general: ChannelHandle, at_bot: Callable[[str], str]
) -> None:
    await alice.send(general, at_bot("is" + " " * 900 + "zzqx"))
    assert read(last(general)).startswith(wording.NOT_ANSWERED_SHORT)


async def test_a_mention_in_the_chat_of_a_voice_channel_is_answered_there(
    alice: MemberActor, guild: GuildHandle, env: Env, at_bot: Callable[[str], str]
) -> None:
    voice = guild.create_voice_channel("voice")
    await alice.send(voice, at_bot(CACTUS))
    assert f"## {CACTUS}" in read(last(voice))


# ------------------------------------------------------------------ what is not for the bot


async def test_a_reply_that_pings_without_a_mention_in_words_is_ignored(
    alice: MemberActor, general: ChannelHandle, env: Env, at_bot: Callable[[str], str]
) -> None:
    await alice.send(general, at_bot(CACTUS))
    before = len(written_by_bot(general, env))
    await alice.send(general, "thanks, very helpful, and orchids?", reply_to=last(general))
    assert len(written_by_bot(general, env)) == before


@pytest.mark.parametrize("text", ["@everyone {q}", "@here {q}", "{q}", "<@123456789012345678> {q}", "`{q}`"])
async def test_what_does_not_mention_the_bot_is_ignored(
    alice: MemberActor, general: ChannelHandle, env: Env, text: str
) -> None:
    await alice.send(general, text.format(q=CACTUS))
    assert written_by_bot(general, env) == []


async def test_a_mention_of_a_role_of_the_bot_is_ignored(
    alice: MemberActor, guild: GuildHandle, general: ChannelHandle, env: Env
) -> None:
    role = guild.create_role("bots", mentionable=True)
    await alice.send(general, f"<@&{role.id}> {CACTUS}")
    assert written_by_bot(general, env) == []


async def test_other_bots_and_webhooks_are_ignored(
    guild: GuildHandle, general: ChannelHandle, env: Env, at_bot: Callable[[str], str]
) -> None:
    robot = guild.add_member(env.create_user("robot", bot=True))
    await robot.send(general, at_bot(CACTUS))
    await guild.create_webhook(general).send(at_bot(CACTUS))
    assert written_by_bot(general, env) == []


async def test_system_messages_are_ignored(
    alice: MemberActor, guild: GuildHandle, env: Env, at_bot: Callable[[str], str]
) -> None:
    renamed = guild.create_text_channel(at_bot(CACTUS))
    notice = guild.create_system_message(renamed, MessageType.CHANNEL_NAME_CHANGE, author=alice)
    await env.settle()
    assert notice.content == at_bot(CACTUS)
    assert written_by_bot(renamed, env) == []


async def test_where_the_bot_may_not_write_it_is_silent_and_says_so_in_the_log(
    alice: MemberActor, guild: GuildHandle, env: Env, log: list[EventDict], at_bot: Callable[[str], str]
) -> None:
    mine = discord.PermissionOverwrite(send_messages=False)
    everyone = discord.PermissionOverwrite(send_messages=True)
    assert guild.me is not None
    announcements = guild.create_text_channel(
        "announcements", overwrites={guild.me: mine, alice.user: everyone}
    )
    for text in (CACTUS, UNSURE, UNKNOWN, ""):
        await alice.send(announcements, at_bot(text))
    assert written_by_bot(announcements, env) == []
    lines = [entry for entry in log if entry["event"] == "cannot reply"]
    assert [line["channel_id"] for line in lines] == [announcements.id] * 4


async def test_where_past_messages_may_not_be_read_the_answer_is_a_plain_message(
    alice: MemberActor, general: ChannelHandle, env: Env, at_bot: Callable[[str], str]
) -> None:
    env.inject_error(
        "POST",
        "/channels/*/messages",
        status=400,
        code=160002,
        message="Cannot reply without permission to read message history",
    )
    await alice.send(general, at_bot(CACTUS))
    assert f"## {CACTUS}" in read(last(general))
    assert last(general).reference is None


@pytest.mark.trouble
async def test_where_past_messages_may_not_be_read_an_error_is_told_too(
    alice: MemberActor, general: ChannelHandle, env: Env, settings: Settings, at_bot: Callable[[str], str]
) -> None:
    env.inject_error("POST", "/channels/*/messages", status=400, code=160002, message="Cannot reply")
    with locked(settings):
        await alice.send(general, at_bot(UNKNOWN))
    assert read(last(general)).startswith("Something went wrong on my side.")


async def test_a_message_that_is_deleted_meanwhile_is_answered_all_the_same(
    alice: MemberActor, general: ChannelHandle, env: Env, at_bot: Callable[[str], str]
) -> None:
    await alice.send(general, at_bot(CACTUS))
    sent = [request for request in env.http_requests if request.path == f"/channels/{general.id}/messages"]
    assert body(sent[-1])["message_reference"]["fail_if_not_exists"] is False


# ------------------------------------------------------------------ direct messages


async def test_a_direct_message_is_answered(env: Env) -> None:
    carol = env.create_user("carol")
    await carol.send_dm(CACTUS)
    assert f"## {CACTUS}" in read(last(carol.dm_channel))
    assert "Remove" not in labels(last(carol.dm_channel))


async def test_a_direct_message_with_a_mention_is_the_same_question(env: Env) -> None:
    carol = env.create_user("carol")
    await carol.send_dm(f"<@{bot_id(env)}> {UNKNOWN}")
    (question,) = await logged(env)
    assert question.text == UNKNOWN


async def test_an_unsure_direct_message_gets_its_choices_at_once(env: Env) -> None:
    carol = env.create_user("carol")
    await carol.send_dm(UNSURE)
    choices = last(carol.dm_channel)
    assert read(choices) == wording.DID_YOU_MEAN
    await carol.click(choices, label=CACTUS)
    assert f"## {CACTUS}" in read(last(carol.dm_channel))


async def test_a_direct_message_without_an_answer_is_logged_and_offers_to_tell(env: Env) -> None:
    carol = env.create_user("carol")
    await carol.send_dm(UNKNOWN)
    assert read(last(carol.dm_channel)) == f"{wording.NOT_ANSWERED} {wording.NOTED}"
    assert (
        whispered(await carol.click(last(carol.dm_channel), label="Tell me when it is")) == wording.WILL_TELL
    )
    (question,) = await logged(env)
    assert (question.guild_id, question.waiting) == (0, 1)
    assert question.last is not None
    assert question.last.door is Door.DIRECT


async def test_of_a_direct_message_no_channel_is_kept_since_it_would_tell_who_wrote(env: Env) -> None:
    carol = env.create_user("carol")
    await carol.send_dm(UNKNOWN)
    await carol.send_dm(CACTUS)
    await carol.click(last(carol.dm_channel), label="Not my question")
    questions = await logged(env)
    assert [each.last.channel_id for each in questions if each.last is not None] == [0, 0]
    (said,) = await app_of(env).store.feedback_rows()
    assert (said["guild_id"], said["channel_id"]) == (0, 0)


async def test_a_direct_message_without_text_gets_a_hint(env: Env) -> None:
    carol = env.create_user("carol")
    picture = env.backend.store_attachments(carol.dm_channel.id, [("fern.png", b"a picture")])
    await carol.send_dm("", attachments=picture)
    assert read(last(carol.dm_channel)) == wording.HOW_TO_ASK
    await carol.send_dm("🌵")
    assert read(last(carol.dm_channel)) == wording.HOW_TO_ASK
    await carol.send_dm("why does my fern droop " * 80)
    assert read(last(carol.dm_channel)) == wording.ABSTAIN[Reason.TOO_LONG]
    assert await logged(env) == []


async def test_thanks_are_no_question(alice: MemberActor, general: ChannelHandle, env: Env) -> None:
    await alice.send(general, f"<@{bot_id(env)}> thank you, nice bot!")
    assert read(last(general)) == wording.POINT_TO_CHECK
    assert await logged(env) == []
