"""The buttons under an answer: sources, details, related, not my question, this is wrong."""

from __future__ import annotations

import pytest
from simcord import ChannelHandle, Env, MemberActor, ResponseMessage

from bot.core import wording
from bot.core.entry import Status
from bot.core.outcome import Reason
from bot.store.records import FeedbackKind
from tests.discord_drive import app_of, bot_id, labels, last, logged, read, reply, whispered
from tests.make import with_entry, without_entry

CACTUS = "How often should a cactus be watered in winter?"
MISSED = "a cactus needs no water at all in winter"


@pytest.fixture
async def answer(alice: MemberActor, general: ChannelHandle) -> ResponseMessage:
    """A public answer that alice got."""
    return reply(await alice.slash(general, "ask", question=MISSED))


# ------------------------------------------------------------------ more about it


async def test_sources_show_what_each_study_showed_to_whoever_presses(
    answer: ResponseMessage, bob: MemberActor
) -> None:
    text = whispered(await bob.click(answer, label="Sources"))
    assert text.startswith(wording.SOURCES_HEADING.format(question=CACTUS))
    assert "**Fern A et al. (2019).** Winter watering of potted succulents" in text
    assert "<https://doi.org/10.5555/windowsill.2019.0004>" in text
    assert "One of thirteen pots rotted when watered monthly" in text


async def test_a_source_without_a_year_or_address_says_so_and_leaves_it_out(
    alice: MemberActor, general: ChannelHandle
) -> None:
    shown = reply(await alice.slash(general, "ask", question="do plants listen to poems"))
    text = whispered(await alice.click(shown, label="Sources"))
    assert f"**Voice G ({wording.YEAR_UNVERIFIED}).**" in text
    assert "<" not in text


async def test_details_show_the_longer_story(answer: ResponseMessage, bob: MemberActor) -> None:
    text = whispered(await bob.click(answer, label="Details"))
    assert text.startswith(wording.DETAILS_HEADING.format(question=CACTUS))
    assert "Forty pots in twelve flats" in text
    assert wording.CLAIMS_HEADING not in text, "they stand whole under the answer already"


async def test_related_names_only_live_entries_and_opens_them(
    answer: ResponseMessage, bob: MemberActor
) -> None:
    menu = await bob.click(answer, label="Related")
    assert whispered(menu) == wording.RELATED_HEADING.format(question=CACTUS)
    assert labels(reply(menu)) == ["Is tap water bad for an orchid?"]
    opened = await bob.click(reply(menu), label="Is tap water bad for an orchid?")
    assert "## Is tap water bad for an orchid?" in whispered(opened)
    assert "Remove" not in labels(reply(opened))


async def test_where_nothing_is_related_it_says_so(alice: MemberActor, general: ChannelHandle) -> None:
    shown = reply(await alice.slash(general, "ask", question="Can leaves get sunburnt behind a window?"))
    assert whispered(await alice.click(shown, label="Related")) == wording.NO_RELATED


@pytest.mark.parametrize("label", ["Sources", "Details", "Related"])
async def test_an_entry_that_is_retired_meanwhile_is_gone(
    answer: ResponseMessage, alice: MemberActor, env: Env, label: str
) -> None:
    app = app_of(env)
    app.live = with_entry(app.live, "cactus-in-winter", status=Status.RETIRED)
    assert whispered(await alice.click(answer, label=label)) == wording.ENTRY_GONE


async def test_a_related_entry_that_is_retired_meanwhile_does_not_open(
    answer: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    menu = reply(await alice.click(answer, label="Related"))
    app = app_of(env)
    app.live = with_entry(app.live, "orchid-tap-water", status=Status.RETIRED)
    opened = await alice.click(menu, label="Is tap water bad for an orchid?")
    assert whispered(opened) == wording.ENTRY_GONE


# ------------------------------------------------------------------ not my question


async def test_only_the_asker_can_say_that_the_answer_missed(
    answer: ResponseMessage, bob: MemberActor, env: Env
) -> None:
    assert whispered(await bob.click(answer, label="Not my question")) == wording.NOT_YOURS
    assert await app_of(env).store.feedback_rows() == []


async def test_what_missed_is_noted_on_the_entry_and_the_question_goes_to_the_log(
    answer: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    noted = await alice.click(answer, label="Not my question")
    assert whispered(noted) == wording.STILL_NOTED
    assert labels(reply(noted)) == ["Tell me when it is"]
    store, library = app_of(env).store, app_of(env).live.library
    (row,) = await store.feedback_rows()
    assert row["kind"] == FeedbackKind.NOT_MY_QUESTION
    assert row["text"] == MISSED
    assert (row["entry_id"], row["entry_version"]) == (
        "cactus-in-winter",
        library.entries["cactus-in-winter"].version,
    )
    (question,) = await logged(env)
    assert question.text == MISSED
    assert question.last is not None
    assert question.last.reason is Reason.NOT_MY_QUESTION
    assert await store.answered_rows() == [], "it was not answered after all"


async def test_pressing_it_twice_logs_nothing_more(
    answer: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    await alice.click(answer, label="Not my question")
    assert whispered(await alice.click(answer, label="Not my question")) == wording.ALREADY_NOTED
    (question,) = await logged(env)
    assert question.times == 1
    assert len(await app_of(env).store.feedback_rows()) == 1


async def test_the_asker_can_be_told_when_the_missed_question_is_answered(
    answer: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    noted = reply(await alice.click(answer, label="Not my question"))
    assert whispered(await alice.click(noted, label="Tell me when it is")) == wording.WILL_TELL
    (question,) = await logged(env)
    assert await app_of(env).store.waiting(question.id) == [alice.id]


@pytest.mark.settings(answered_kept_days=0)
async def test_where_questions_are_not_kept_only_the_entry_is_noted(
    answer: ResponseMessage, alice: MemberActor, env: Env
) -> None:
    noted = await alice.click(answer, label="Not my question")
    assert whispered(noted) == wording.STILL_NOTED
    assert labels(reply(noted)) == []
    (row,) = await app_of(env).store.feedback_rows()
    assert row["text"] is None
    assert await logged(env) == []


async def test_who_opened_a_related_entry_is_its_asker(
    answer: ResponseMessage, bob: MemberActor, env: Env
) -> None:
    menu = reply(await bob.click(answer, label="Related"))
    opened = reply(await bob.click(menu, label="Is tap water bad for an orchid?"))
    assert whispered(await bob.click(opened, label="Not my question")) == wording.STILL_NOTED


# ------------------------------------------------------------------ this is wrong


async def test_anybody_can_say_what_is_wrong_and_it_is_noted_scrubbed(
    answer: ResponseMessage, bob: MemberActor, env: Env
) -> None:
    asked = await bob.click(answer, label="This is wrong")
    assert asked.modal is not None
    assert asked.modal["title"] == wording.WRONG_TITLE
    why = f"Ask <@{bob.id}> or mail bob@example.org: weekly, says https://example.org/page or 0171 2345678"
    thanks = whispered(await bob.submit_modal(asked, {"why": why}))
    version = app_of(env).live.library.entries["cactus-in-winter"].version
    assert thanks == wording.THANKS_WRONG.format(version=version)
    (row,) = await app_of(env).store.feedback_rows()
    assert row["kind"] == FeedbackKind.WRONG
    assert row["why"] == "Ask [mention] or mail [e-mail] : weekly, says [link] or [number]"
    assert row["text"] == MISSED
    assert (row["entry_id"], row["entry_version"]) == ("cactus-in-winter", version)
    assert str(bob.id) not in str(row)


async def test_what_was_wrong_is_noted_on_the_version_that_was_read(
    answer: ResponseMessage, bob: MemberActor, env: Env
) -> None:
    asked = await bob.click(answer, label="This is wrong")
    app = app_of(env)
    read_version = app.live.library.entries["cactus-in-winter"].version
    app.live = with_entry(app.live, "cactus-in-winter", version="ffffffff", answer="Never.")
    await bob.submit_modal(asked, {"why": "It is twice a month."})
    (row,) = await app.store.feedback_rows()
    assert row["entry_version"] == read_version
    assert row["library_version"] == "edited"


async def test_a_retired_entry_can_still_be_said_to_be_wrong(
    answer: ResponseMessage, bob: MemberActor, env: Env
) -> None:
    app = app_of(env)
    app.live = with_entry(app.live, "cactus-in-winter", status=Status.RETIRED)
    asked = await bob.click(answer, label="This is wrong")
    await bob.submit_modal(asked, {"why": "It is twice a month."})
    assert len(await app.store.feedback_rows()) == 1


async def test_nothing_is_noted_on_an_entry_whose_file_is_gone(
    answer: ResponseMessage, alice: MemberActor, bob: MemberActor, env: Env
) -> None:
    asked = await bob.click(answer, label="This is wrong")
    app = app_of(env)
    app.live = without_entry(app.live, "cactus-in-winter")
    assert whispered(await bob.submit_modal(asked, {"why": "It is twice a month."})) == wording.OUTDATED
    assert whispered(await bob.click(answer, label="This is wrong")) == wording.ENTRY_GONE
    assert whispered(await alice.click(answer, label="Not my question")) == wording.ENTRY_GONE
    assert await app.store.feedback_rows() == []


async def test_the_buttons_work_under_the_answer_to_a_mention(
    alice: MemberActor, bob: MemberActor, general: ChannelHandle, env: Env
) -> None:
    await alice.send(general, f"<@{bot_id(env)}> {MISSED}")
    shown = last(general)
    assert "Forty pots" in whispered(await bob.click(shown, label="Details"))
    assert whispered(await bob.click(shown, label="Not my question")) == wording.NOT_YOURS
    assert whispered(await alice.click(shown, label="Not my question")) == wording.STILL_NOTED
    assert f"## {CACTUS}" in read(shown)
