""" "Check this message": each claim that an entry covers is answered, and nothing of the text is kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import discord
import pytest
from simcord import ChannelHandle, Env, GuildHandle, MemberActor, ResponseMessage

from bot.core import limits, wording
from bot.settings import Settings
from bot.store.loop_tables import marks
from bot.store.tables import metadata
from tests.discord_drive import bot_id, labels, last, parts, read, reply
from tests.make import a_knowledge_folder, an_entry

PARAGRAPH = (
    "Every gardener knows it: talking to a plant makes it grow faster. A cactus needs no water at all in "
    "winter! Also, tap water ruins an orchid. My aunt has forty of them, e.g. three white ones, and they "
    "cost 2.5 euros. A cactus needs no water at all in winter."
)


async def check(member: MemberActor, channel: ChannelHandle, message: object) -> ResponseMessage:
    """Open the menu on a message; what the bot whispers."""
    answer = reply(await member.context_menu(channel, wording.MENU_CHECK, message))  # type: ignore[arg-type]  # either kind of message
    assert answer.ephemeral
    return answer


def rows(settings: Settings) -> dict[str, int]:
    """How many rows each table of the database holds, but for how far recurring work has come."""
    with closing(sqlite3.connect(settings.database_url.removeprefix("sqlite+aiosqlite:///"))) as connection:
        counts = {
            table.name: connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0]  # noqa: S608  # our own names
            for table in metadata.sorted_tables
            if table is not marks
        }
    assert len(counts) > 5
    return counts


async def test_a_paragraph_gets_an_answer_to_each_claim_that_an_entry_covers(
    alice: MemberActor, bob: MemberActor, general: ChannelHandle
) -> None:
    answer = await check(alice, general, await bob.send(general, PARAGRAPH))
    text = read(answer)
    assert text.startswith(wording.CHECK_HEADING)
    assert "> A cactus needs no water at all in winter!" in text
    assert "> Also, tap water ruins an orchid." not in text, "only what is sure counts"
    assert "◕ **Likely**" in text
    assert "About once a month is enough" in text
    assert "aunt" not in text
    assert labels(answer) == ["How often should a cactus be watered in winter?"]
    assert "Sentences checked: 5; answers found: 1." in text


async def test_a_claim_that_is_covered_twice_is_answered_once(
    alice: MemberActor, general: ChannelHandle
) -> None:
    answer = await check(alice, general, await alice.send(general, PARAGRAPH))
    assert read(answer).count("About once a month is enough") == 1


async def test_flag_lines_stand_above_what_is_said_of_a_claim(
    alice: MemberActor, general: ChannelHandle
) -> None:
    text = read(
        await check(
            alice,
            general,
            await alice.send(general, "Help, my cat chewed a lily leaf! My cat chewed a lily leaf."),
        )
    )
    urgent, professional, quote = (
        text.index(piece) for piece in ("🚨 **A cat", wording.PROFESSIONAL_FIRST, "> My cat")
    )
    assert urgent < professional < quote


async def test_an_overdue_review_is_told_there_too(alice: MemberActor, general: ChannelHandle) -> None:
    pasted = await alice.send(general, "Can orchids drink from the tap? A cactus needs no water in winter!")
    text = read(await check(alice, general, pasted))
    assert text.count("**review overdue since 2025-05-01**") == 1


async def test_the_whole_answer_opens_from_the_check(alice: MemberActor, general: ChannelHandle) -> None:
    answer = await check(alice, general, await alice.send(general, PARAGRAPH))
    opened = reply(await alice.click(answer, label="How often should a cactus be watered in winter?"))
    assert opened.ephemeral
    assert "## How often should a cactus be watered in winter?" in read(opened)


async def test_where_nothing_is_covered_it_says_so_and_judges_nothing(
    alice: MemberActor, general: ChannelHandle
) -> None:
    message = await alice.send(general, "My bicycle chain is rusty. It rains every day in Bergen.")
    assert read(await check(alice, general, message)) == wording.CHECK_NONE


async def test_a_message_without_a_sentence_gets_a_calm_line(
    alice: MemberActor, guild: GuildHandle, general: ChannelHandle, env: Env
) -> None:
    only_embed = await guild.create_webhook(general).send(
        embed=discord.Embed(description="A cactus needs no water")
    )
    only_picture = await alice.send(general, "", attachments=[("fern.png", b"a picture")])
    for message in (
        only_embed,
        only_picture,
        await alice.send(general, "nice!"),
        await alice.send(general, "🌵"),
    ):
        assert read(await check(alice, general, message)) == wording.CHECK_EMPTY


async def test_an_answer_of_the_bot_itself_can_be_checked_too(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    await alice.send(general, f"<@{bot_id(env)}> tap water ruins an orchid")
    assert read(await check(alice, general, last(general))) == wording.CHECK_EMPTY


async def test_a_text_of_4000_characters_is_checked(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    text = ("A cactus needs no water at all in winter. " + "Nobody in my street owns a single fern. " * 100)[
        :4000
    ]
    stored = env.backend.get_message(general.id, (await alice.send(general, "a longer text")).id)
    stored.content = text
    answer = read(await check(alice, general, last(general)))
    assert "About once a month is enough" in answer
    assert "Sentences checked: 40; answers found: 1." in answer


async def test_nothing_of_the_text_is_kept(
    alice: MemberActor, bob: MemberActor, general: ChannelHandle, settings: Settings
) -> None:
    before = rows(settings)
    for text in (
        PARAGRAPH,
        "My bicycle chain is rusty. It rains every day in Bergen.",
        "is a lily poisonous to a cat",
    ):
        await check(alice, general, await bob.send(general, text))
    assert rows(settings) == before == dict.fromkeys(before, 0)


async def test_what_is_quoted_back_pings_nobody_and_formats_nothing(
    alice: MemberActor, general: ChannelHandle
) -> None:
    shouted = "@everyone **a cactus** needs no water __at all__ in winter <@&123456789012345678>"
    text = read(
        await check(
            alice, general, await alice.send(general, f"{shouted}. A cactus needs no water at all in winter.")
        )
    )
    assert "@everyone" not in text
    assert "**a cactus**" not in text
    assert "<@&123456789012345678>" not in text


class TestOfManyShortAnswers:
    """More claims than one message has room for components."""

    @pytest.fixture
    def knowledge_dir(self, tmp_path: Path) -> Path:
        entries = [
            an_entry(f"pot-{n}", phrasings=(f"pot number {n} is blue",), answer="No.") for n in range(20)
        ]
        return a_knowledge_folder(tmp_path / "knowledge", *entries)

    async def test_as_many_as_fit_are_shown_and_the_rest_is_counted(
        self, alice: MemberActor, general: ChannelHandle
    ) -> None:
        message = await alice.send(general, " ".join(f"Pot number {n} is blue." for n in range(20)))
        answer = await check(alice, general, message)
        assert len(parts(answer)) <= limits.MESSAGE_COMPONENTS
        shown = len(labels(answer))
        assert shown >= 5
        assert wording.CHECK_MORE.format(count=20 - shown) in read(answer)
