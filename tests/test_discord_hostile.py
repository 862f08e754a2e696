"""Hostile questions through every door: a calm reply, nothing pinged, nothing broken."""

from __future__ import annotations

import unicodedata

import pytest
from simcord import ChannelHandle, Env, MemberActor, UserHandle

from bot.core import limits, scrub, wording
from bot.core.outcome import Reason
from tests.discord_drive import app_of, bot_id, forge_submit, last, logged, read, reply, whispered

HOSTILE = {
    "zero-width": "\u200b\u200c\u200d\u2060\ufeff",
    "4,000 characters": "why does my fern droop so much " * 129,
    "4,000 characters without a blank": "a" * 4000,
    "4,000 brackets": "(((" * 1333,
    "everyone": "@everyone @here how do I repot a banyan",
    "mentions": "<@&123456789012345678> <@123456789012345678> <#123456789012345678> tell them of banyans",
    "markdown": "# Big **bold** _it_ ||hidden|| > quote\n- list\n[a link](https://example.org) of banyans",
    "code": "```py\nimport os; os.system('rm -rf /')\n``` `x` what of banyans",
    "unclosed code": "``` ``` ``` what of banyans ``` `",
    "right to left": "\u202eكيف أسقي الصبار في الشتاء\u202c",
    "emoji only": "🌵🪴👩🏽‍🌾🏳️‍🌈 <:fern:123456789012345678>",
    "template": "{{ 7 * 7 }} {text} ${env} %s %(name)s {0.__class__} <%= banyan %>",
    "sql": "banyan'); DROP TABLE questions; -- \" OR 1=1 /*",
    "null bytes": "ban\x00yan \x00\x01\x02\x1b[31m trees",
    "lone surrogates": "banyan \ud800 \udfff trees",
    "combining marks": "b" + "\u0301" * 300 + "anyan",
    "line breaks": "\n\n\r\n\u2028banyan\u2029\n" * 20,
    "links": "https://example.org/" + "a/" * 400,
    "digits": "call 0171 2345678 or 4111111111111111 about my banyan",
    "a custom id": "cv:rm:0 entry:cactus-in-winter cv:pick:1:0:cactus-in-winter",
}
ERROR = wording.ERROR.split("{", maxsplit=1)[0]


def is_calm(text: str) -> bool:
    """True for a reply that says something, and not that something went wrong."""
    return bool(text) and not text.startswith(ERROR)


async def is_properly_logged(env: Env) -> None:
    """What stands in the log is scrubbed, short, and of characters that every database and page takes."""
    texts = [question.text for question in await logged(env)]
    texts += [row["text"] or "" for row in await app_of(env).store.feedback_rows()]
    texts += [row["why"] or "" for row in await app_of(env).store.feedback_rows()]
    for text in texts:
        assert len(text) <= scrub.KEPT_CHARACTERS
        assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in text)
        assert not any(piece in text for piece in ("<@", "@everyone", "https://", "2345678", "\u202e"))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
async def test_through_every_door_it_gets_a_calm_reply_and_is_logged_properly_or_not_at_all(
    alice: MemberActor, general: ChannelHandle, env: Env, text: str
) -> None:
    carol = env.create_user("carol")
    await through_check(alice, general, text)
    assert len(await alice.autocomplete(general, "ask", "question", text)) <= limits.CHOICES
    assert await logged(env) == [], "these two doors keep nothing"
    await through_slash(alice, general, text)
    await through_mention(alice, general, env, text)
    await through_direct_message(carol, text)
    await through_wrong(alice, general, env, text)
    await is_properly_logged(env)


async def through_check(member: MemberActor, channel: ChannelHandle, text: str) -> None:
    """As a message that is checked, alone and behind a claim that is covered."""
    for content in (text, f"A cactus needs no water at all in winter. {text}"):
        message = await member.send(channel, content[:2000])
        assert is_calm(whispered(await member.context_menu(channel, wording.MENU_CHECK, message)))


async def through_slash(member: MemberActor, channel: ChannelHandle, text: str) -> None:
    """As the option of /ask."""
    for private in (False, True):
        assert is_calm(whispered(await member.slash(channel, "ask", question=text, private=private)))


async def through_mention(member: MemberActor, channel: ChannelHandle, env: Env, text: str) -> None:
    """Behind a mention of the bot."""
    asked = await member.send(channel, f"<@{bot_id(env)}> {text}"[:2000])
    assert last(channel).id != asked.id
    assert is_calm(read(last(channel)))


async def through_direct_message(user: UserHandle, text: str) -> None:
    """As a direct message."""
    asked = await user.send_dm(text[:2000])
    assert last(user.dm_channel).id != asked.id
    assert is_calm(read(last(user.dm_channel)))


async def through_wrong(member: MemberActor, channel: ChannelHandle, env: Env, text: str) -> None:
    """As what is wrong with an answer."""
    components = [{"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": "why", "value": text}}]
    version = app_of(env).live.library.entries["cactus-in-winter"].version
    done = await forge_submit(env, member, channel, f"cv:why:cactus-in-winter:{version}:0", components)
    assert whispered(done).startswith("Thank you")
    assert len(await app_of(env).store.feedback_rows()) == 1


async def test_a_hostile_text_that_holds_a_question_is_kept_readable(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    await alice.slash(general, "ask", question=HOSTILE["sql"])
    (question,) = await logged(env)
    assert question.text == HOSTILE["sql"].strip()


async def test_what_holds_no_word_is_kept_nowhere(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    for name in ("zero-width", "emoji only"):
        text = whispered(await alice.slash(general, "ask", question=HOSTILE[name]))
        assert text == wording.ABSTAIN[Reason.EMPTY]
    assert await logged(env) == []


async def test_a_hostile_sentence_that_is_covered_is_quoted_without_its_teeth(
    alice: MemberActor, general: ChannelHandle
) -> None:
    sentence = "@everyone A **cactus** needs ||no|| \u202ewater\u202c at \ud800 all in winter \x00"
    message = await alice.send(general, f"{sentence}. {sentence}!")
    text = read(reply(await alice.context_menu(general, wording.MENU_CHECK, message)))
    assert "About once a month" in text
    assert "@everyone" not in text
    assert not any(unicodedata.category(char) in ("Cs", "Cc") for char in text if char != "\n")
    assert "\u202e" not in text
