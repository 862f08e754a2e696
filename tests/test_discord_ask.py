"""/ask: a sure answer for all, everything else only for the asker."""

from __future__ import annotations

import pytest
from simcord import ChannelHandle, Env, MemberActor

from bot.core import wording
from bot.core.entry import Verdict
from bot.core.outcome import Reason
from tests.discord_drive import app_of, labels, logged, parts, read, reply, whispered

CACTUS = "How often should a cactus be watered in winter?"
LILY = "are lilies toxic for cats"
UNSURE = "how often should a cactus be watered"
UNKNOWN = "my bicycle chain is rusty"
FIVE = ["Sources", "Details", "Related", "Not my question", "This is wrong"]


def in_order(text: str, *pieces: str) -> bool:
    """True when the pieces stand in the text one after another."""
    places = [text.find(piece) for piece in pieces]
    return -1 not in places and places == sorted(places)


async def test_a_sure_answer_is_public_with_all_its_parts_in_order(
    alice: MemberActor, general: ChannelHandle
) -> None:
    answer = reply(await alice.slash(general, "ask", question=CACTUS))
    assert not answer.ephemeral
    assert in_order(
        read(answer),
        f"## {CACTUS}",
        "How firm our answer is: ◕ **Likely**. Decent studies mostly agree; details may shift.",
        "About once a month is enough in a cool room.",
        wording.CLAIMS_HEADING,
        "A cactus needs no water at all from November to March.",
        wording.VERDICTS[Verdict.SUPPORTED_WITH_LIMITS],
        "Most of the unwatered pots lived",
        "Reviewed 2025-12-01 by editorial review, next review 2026-12-01",
        wording.DISCLAIMER,
    )
    assert labels(answer) == [*FIVE, "Remove"]
    assert [part["accent_color"] for part in parts(answer) if part["type"] == 17] == [0x00838F]


async def test_the_urgent_line_and_the_professional_line_stand_above_everything_else(
    alice: MemberActor, general: ChannelHandle
) -> None:
    text = read(reply(await alice.slash(general, "ask", question=LILY)))
    assert text.splitlines()[:3] == [
        "🚨 **A cat that licked or chewed any part of a lily: call a vet at once, before it looks ill.**",
        wording.PROFESSIONAL_FIRST,
        "## Is a lily poisonous to a cat?",
    ]


async def test_the_professional_line_stands_first_where_nothing_is_urgent(
    alice: MemberActor, general: ChannelHandle
) -> None:
    text = read(
        reply(await alice.slash(general, "ask", question="Is mould on potting soil a risk with asthma?"))
    )
    assert text.startswith(f"{wording.PROFESSIONAL_FIRST}\n## ")


async def test_an_overdue_review_is_told_with_the_day_since_when(
    alice: MemberActor, general: ChannelHandle
) -> None:
    text = read(reply(await alice.slash(general, "ask", question="can orchids drink from the tap")))
    assert "Reviewed 2024-05-01 by orchid desk, **review overdue since 2025-05-01**" in text


async def test_the_last_correction_stands_under_the_answer(
    alice: MemberActor, general: ChannelHandle
) -> None:
    text = read(reply(await alice.slash(general, "ask", question="Can leaves get sunburnt behind a window?")))
    assert "✎ Corrected on 2025-11-20: The trial took three hours, not thirty minutes." in text
    assert "2025-06-02" not in text


async def test_claims_that_do_not_fit_are_counted_and_stand_whole_under_details(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    answer = reply(await alice.slash(general, "ask", question="Does talking to a plant make it grow faster?"))
    (entry,) = [e for e in app_of(env).live.library.live if e.id == "talking-to-plants"]
    assert wording.CLAIMS_REASONS in read(answer)
    details = await alice.click(answer, label="Details")
    pages = "\n".join(read(message) for message in (details.response, *details.followups) if message)
    assert all(claim.says in pages and claim.why in pages for claim in entry.claims)


async def test_private_is_obeyed(alice: MemberActor, bob: MemberActor, general: ChannelHandle) -> None:
    answer = reply(await alice.slash(general, "ask", question=CACTUS, private=True))
    assert answer.ephemeral
    assert labels(answer) == FIVE
    assert general.history(viewer=bob) == []


@pytest.mark.settings(public_answers=False)
async def test_where_answers_are_not_public_every_answer_is_private(
    alice: MemberActor, general: ChannelHandle
) -> None:
    assert reply(await alice.slash(general, "ask", question=CACTUS)).ephemeral
    assert reply(await alice.slash(general, "ask", question=CACTUS, private=False)).ephemeral


async def test_a_sure_answer_is_kept_scrubbed_and_without_who_or_where(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    await alice.slash(general, "ask", question=f"{CACTUS} <@{alice.id}>")
    (row,) = await app_of(env).store.answered_rows()
    assert row["text"] == f"{CACTUS} [mention]"
    assert str(alice.id) not in str(row)
    assert str(general.id) not in str(row)
    assert await logged(env) == []


@pytest.mark.settings(answered_kept_days=0)
async def test_where_none_are_kept_an_answered_question_leaves_nothing(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    await alice.slash(general, "ask", question=CACTUS)
    assert await app_of(env).store.answered_rows() == []


async def test_an_unsure_question_gets_private_choices_and_none_of_these(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    choices = reply(await alice.slash(general, "ask", question=UNSURE))
    assert choices.ephemeral
    assert read(choices) == wording.DID_YOU_MEAN
    assert labels(choices)[-1] == "None of these"
    assert CACTUS in labels(choices)
    assert 2 <= len(labels(choices)) <= 4
    assert await logged(env) == [], "it counts as unanswered only once nothing was picked"


async def test_a_question_without_an_answer_is_logged_and_offers_to_tell(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    honest = reply(await alice.slash(general, "ask", question=f"{UNKNOWN}, mail me at alice@example.org"))
    assert honest.ephemeral
    assert read(honest) == f"{wording.NOT_ANSWERED} {wording.NOTED}"
    assert labels(honest) == ["Tell me when it is"]
    (question,) = await logged(env)
    assert question.text == f"{UNKNOWN}, mail me at [e-mail]"
    assert question.times == 1
    assert question.last is not None
    assert question.last.channel_id == general.id
    assert question.last.library_version == app_of(env).live.library.version
    assert question.last.candidates


async def test_the_same_question_again_counts_up(
    alice: MemberActor, bob: MemberActor, general: ChannelHandle, env: Env
) -> None:
    await alice.slash(general, "ask", question=UNKNOWN)
    await bob.slash(general, "ask", question="My  bicycle chain is RUSTY!!")
    (question,) = await logged(env)
    assert question.times == 2


async def test_a_decoy_is_never_answered(alice: MemberActor, general: ChannelHandle, env: Env) -> None:
    honest = reply(await alice.slash(general, "ask", question="Is a lily poisonous to a dog?"))
    assert honest.ephemeral
    assert "## " not in read(honest)


@pytest.mark.parametrize("nothing", ["???", "   .", "\u200b\u200b", "🌵🌵"])
async def test_no_question_gets_a_hint_and_is_kept_nowhere(
    alice: MemberActor, general: ChannelHandle, env: Env, nothing: str
) -> None:
    assert whispered(await alice.slash(general, "ask", question=nothing)) == wording.ABSTAIN[Reason.EMPTY]
    assert await logged(env) == []


async def test_a_text_too_long_for_a_question_is_sent_on_to_the_message_menu(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    hint = whispered(await alice.slash(general, "ask", question="why does my fern droop " * 100))
    assert hint == wording.ABSTAIN[Reason.TOO_LONG]
    assert wording.MENU_CHECK in hint
    assert await logged(env) == []


async def test_another_language_gets_an_honest_line_and_is_logged(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    question = "Darf ich die Orchidee mit dem Wasser aus der Leitung gießen?"
    honest = whispered(await alice.slash(general, "ask", question=question))
    assert honest == f"{wording.ABSTAIN[Reason.LANGUAGE]} {wording.NOTED}"
    (kept,) = await logged(env)
    assert kept.last is not None
    assert kept.last.reason is Reason.LANGUAGE


async def test_in_a_direct_message_the_answer_has_no_remove_button(env: Env) -> None:
    carol = env.create_user("carol")
    assert labels(reply(await carol.slash("ask", question=CACTUS))) == FIVE


async def test_drafts_and_retired_entries_are_never_shown(
    alice: MemberActor, general: ChannelHandle, env: Env
) -> None:
    for question in ("Do coffee grounds feed a fern?", "Does misting raise the humidity around a monstera?"):
        answer = reply(await alice.slash(general, "ask", question=question))
        assert answer.ephemeral
        assert question not in labels(answer)
        assert "## " not in read(answer)


async def test_the_asker_can_remove_a_public_answer(
    alice: MemberActor, bob: MemberActor, general: ChannelHandle
) -> None:
    answer = reply(await alice.slash(general, "ask", question=CACTUS))
    assert whispered(await bob.click(answer, label="Remove")) == wording.NOT_YOURS
    assert len(general.history()) == 1
    await alice.click(answer, label="Remove")
    assert general.history() == []
