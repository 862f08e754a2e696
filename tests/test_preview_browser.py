"""The whole of it, as a member meets it: `caveat preview` in its own process, in a real Chromium."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, Request, TimeoutError, async_playwright, expect

from bot.core.limits import BUTTON_LABEL
from bot.core.outcome import Abstain, Outcome, Reason, Suggest
from bot.discord_ui.render import cut
from bot.journeys.live import Live
from bot.knowledge.load import load_library
from bot.matching.engine import Engine, cache_folder
from bot.matching.tuning.adapter import ADAPTER
from tests.browser import CHROMIUM, FLAGS, needs_chromium

ROOT = Path(__file__).resolve().parent.parent
SURE = "does bfr really raise gh 290x??"
MAYBE_UNSURE = (
    "does bfr raise testosterone 290 times",
    "cuffs and hormones",
    "is bfr any good",
    "bfr for runners",
    "growth hormone and age",
)
MAYBE_UNANSWERED = (
    "what colour of shoes goes with a blue gym bag",
    "who won the football match yesterday",
    "how do i reset my router",
)

pytestmark = needs_chromium


@lru_cache(maxsize=1)
def shipped() -> Live:
    knowledge = ROOT / "knowledge"
    library = load_library(knowledge).library
    assert library is not None
    return Live.of(library, Engine.open(cache_folder(), tuned=knowledge / ADAPTER))


def one_that_gives(kind: type[Outcome], questions: tuple[str, ...]) -> str:
    """The first of the questions with that outcome: which is which may change with the thresholds."""
    found = [q for q in questions if isinstance(shipped().matcher.respond(q), kind)]
    assert found, f"none of {questions} gives {kind.__name__}"
    return found[0]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The preview's address, as it prints it; stopped by what Ctrl-C sends."""
    command = [sys.executable, "-u", "-m", "bot", "preview", "--no-open"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found = None
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+/\S*", line):
            break
    assert found is not None, process.communicate()[1]
    yield found[0]
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert "Traceback" not in said
    assert "nothing was kept" in said


@pytest.fixture
async def page(address: str) -> AsyncIterator[Page]:
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(viewport={"width": 1280, "height": 1100})
        page.set_default_timeout(15_000)
        expect.set_options(timeout=15_000)
        await page.goto(address)
        await settled(page)
        yield page
        await browser.close()


async def settled(page: Page) -> None:
    """Wait until the timeline stands whole: as many messages as a moment before."""
    messages, before = page.locator("article.channel-message"), 0
    await expect(messages.first).to_be_visible()
    while (now := await messages.count()) != before:
        before = now
        await page.wait_for_timeout(500)


def last_message(page: Page) -> Locator:
    return page.locator("article.channel-message").last


async def taken(page: Page, kind: str, act: Callable[[], Awaitable[None]]) -> None:
    """Act until the bot was given it: the page drops what comes while another action is under way, such as
    a slow autocompletion, and the simulated Discord refuses what was done to a page that it has since
    published anew."""
    for _ in range(5):
        try:
            async with page.expect_request(lambda request: is_action(request, kind), timeout=5_000) as sent:
                await act()
        except TimeoutError:
            continue
        response = await (await sent.value).response()
        assert response is not None
        if not (await response.json())["rejected"]:
            return
    raise AssertionError(f"no {kind} was taken")


def is_action(request: Request, kind: str) -> bool:
    return request.url.endswith("/api/action") and (request.post_data_json or {}).get("kind") == kind


async def until_there_are(page: Page, count: int) -> Locator:
    """Wait for that many messages; the last one."""
    await expect(page.locator("article.channel-message")).to_have_count(count)
    return last_message(page)


async def ask(page: Page, question: str) -> Locator:
    """Type /ask as one does on Discord; the message that comes."""
    before = await page.locator("article.channel-message").count()
    box = page.locator("#channel-composer-input")
    await box.fill("/ask")
    await expect(page.locator("#command-entry-0")).to_be_visible()
    await box.press("Enter")
    await page.locator("input[data-option=question]").fill(question)
    await taken(page, "run_command", page.locator("#send-message").click)
    return await until_there_are(page, before + 1)


async def say(page: Page, text: str) -> Locator:
    """Send a message to the channel; the bot's reply to it."""
    before = await page.locator("article.channel-message").count()
    await page.locator("#channel-composer-input").fill(text)
    await taken(page, "send_message", page.locator("#send-message").click)
    return await until_there_are(page, before + 2)


async def press(page: Page, message: Locator, label: str) -> None:
    """Press a button of a message."""
    # `last` would move on to what comes, so the message is held by its id.
    held = page.locator(f'article[data-message-id="{await message.get_attribute("data-message-id")}"]')
    await taken(page, "click", held.get_by_role("button", name=label, exact=True).click)


async def press_for_more(page: Page, message: Locator, label: str) -> Locator:
    """Press a button of a message; the message that comes."""
    before = await page.locator("article.channel-message").count()
    await press(page, message, label)
    return await until_there_are(page, before + 1)


async def test_a_member_asks_and_reads_the_answer_with_its_caveat_and_sources(page: Page) -> None:
    entry = shipped().library.entries["gh-290-times"]
    level = shipped().library.levels[entry.caveat]

    answer = await ask(page, SURE)

    await expect(answer).to_contain_text(entry.question)
    await expect(answer).to_contain_text(f"{level.sign} {level.name}. {level.meaning}")
    await expect(answer).to_contain_text("It comes from one study of six people")
    await expect(answer).to_contain_text("What the article says")
    await expect(answer).to_contain_text("Misleading")
    await expect(answer).to_contain_text("General information, no medical advice.")
    await expect(answer).not_to_contain_text("Only you can see this")

    sources = await press_for_more(page, answer, "Sources")

    await expect(sources).to_contain_text("Takarada Y et al. (2000)")
    await expect(sources).to_contain_text("Only you can see this")


async def test_a_mention_is_answered_where_it_stands(page: Page) -> None:
    topic = await page.locator("#channel-topic").inner_text()
    bot = re.search(r"<@\d+>", topic)
    assert bot is not None, topic

    reply = await say(page, f"{bot[0]} {SURE}")

    await expect(reply).to_contain_text("Is it true that BFR raises growth hormone 290 times?")


async def test_unsure_gives_choices_and_a_pick_gives_the_answer(page: Page) -> None:
    question = one_that_gives(Suggest, MAYBE_UNSURE)
    offered = shipped().matcher.respond(question)
    assert isinstance(offered, Suggest)
    entry = shipped().library.entries[offered.suggestions[0].entry_id]

    choices = await ask(page, question)
    await expect(choices).to_contain_text("Did you mean one of these?")
    await expect(choices).to_contain_text("Only you can see this")
    await press(page, choices, cut(entry.question, BUTTON_LABEL))

    await expect(last_message(page)).to_contain_text("General information, no medical advice.")
    await expect(last_message(page)).to_contain_text(entry.question)


async def test_what_nobody_answered_says_so_and_the_member_can_be_told(page: Page) -> None:
    question = one_that_gives(Abstain, MAYBE_UNANSWERED)

    unanswered = await ask(page, question)
    await expect(unanswered).to_contain_text("Not answered yet.")
    await expect(unanswered).to_contain_text("Only you can see this")

    told = await press_for_more(page, unanswered, "Tell me when it is")
    await expect(told).to_contain_text("You are on the list for this question.")


async def test_this_is_wrong_opens_a_form_and_thanks(page: Page) -> None:
    answer = await ask(page, SURE)
    before = await page.locator("article.channel-message").count()

    await press(page, answer, "This is wrong")
    form = page.locator("#modal-root")
    await expect(form).to_contain_text("What is wrong here?")
    await form.locator("textarea").fill("There is a newer study.")
    await taken(page, "modal_submit", form.get_by_role("button", name="Submit").click)

    await expect(page.locator("article.channel-message")).to_have_count(before + 1)
    await expect(last_message(page)).to_contain_text("Thank you. A moderator will look at it.")


async def test_check_this_message_stands_there_already_done(page: Page) -> None:
    checked = page.locator("article.channel-message", has_text="What I can say about this message")

    await expect(checked.first).to_contain_text("Is it true that BFR raises growth hormone 290 times?")
    await expect(checked.first).to_contain_text("Nothing of the message was kept.")


async def test_a_moderator_does_not_see_what_was_said_privately(page: Page) -> None:
    await page.select_option("#viewer-picker", label="Robin")

    await expect(page.locator("article.channel-message").first).to_be_visible()
    await expect(page.locator("article.channel-message", has_text="Only you can see this")).to_have_count(0)


def test_the_questions_of_these_tests_are_what_they_claim_to_be() -> None:
    unanswered = shipped().matcher.respond(one_that_gives(Abstain, MAYBE_UNANSWERED))
    assert isinstance(unanswered, Abstain)
    assert unanswered.reason in (Reason.LOW_CONFIDENCE, Reason.UNKNOWN_WORDS)
