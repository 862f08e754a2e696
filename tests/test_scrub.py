"""Scrub takes out who asked, and leaves every number of a training question."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.scrub import KEPT_CHARACTERS, LONG_RUN, scrub

READABLE = [
    "does bfr raise gh 290 times",
    "290x or 2.5x?",
    "is 2.5 mg too much",
    "do 30-15-15-15 reps at 20-30% 1RM",
    "30 15 15 15 or 75/30/15/15/15",
    "4x(30-15-15-15), 30 + 15-15-15-15",
    "1500 reps a week, 10000 steps a day",
    "10 000 steps, 100000 IU, 1,000,000 cells",
    "since 2026-11-22, since 22.11.2026, on 05/12/2026 at 10:30",
    "01.02.2026 100 reps, 02/03/26 100 120 140, 01-2026 1000-1500 kcal",
    "40-80% AOP, 160-200 mmHg, 120/80",
    "igf-1, VO2max 55.3, 5'10\", -20 kg, +5 kg, +1500-2000 kcal",
    "10.1152/jappl",
    "10.1152/japplphysiol.00123.2020",
    "5x5 @ RPE 8, 3x10@70.5%, 5 @80kg, 3 reps @rpe8, sets @RIR 2",
    "250-500-1000 mg, 100 200 300, 1500-2000-2500",
    "0.25 ml, 0.5-1.0 mg, 0 to 100 200 300",
    "ml.kg/min, mL.kg-1.min-1, e.g./i.e.",
    "set 1: 30, set 2: 15. Rest 30 s.",
    "is it #1? c# d# no#12",
    "I felt it. me too. go in.to it",
    "what does the text say of 1500-2000 reps",
]


@pytest.mark.parametrize("text", READABLE)
def test_a_training_question_keeps_its_numbers(text: str) -> None:
    assert scrub(text) == text


NUMBERS = [
    "+49 170 1234567",
    "+49 (0)170 123 45 67",
    "+4930123456",
    "+1 (555) 123-4567",
    "+44 7700 900123",
    "0049 170 1234567",
    "(555) 123-4567",
    "(555)123-4567",
    "555-123-4567",
    "555.123.4567",
    "555 123 4567",
    "1-800-555-1234",
    "5551234567",
    "0170 1234567",
    "0170/1234567",
    "(0170) 1234567",
    "01701234567",
    "020 7946 0958",
    "06 12 34 56 78",
    "06.12.34.56.78",
    "12345678901234567",
    "1234567",
    "١٢٣٤٥٦٧٨",
]


@pytest.mark.parametrize("number", NUMBERS)
def test_telephone_numbers_and_ids_go(number: str) -> None:
    assert scrub(f"is bfr safe, ask {number} please") == "is bfr safe, ask [number] please"
    assert scrub(number) == "[number]"


@pytest.mark.parametrize("said", ["phone: 612 345 678", "call me 98765 43210", "whatsapp 412 34 567"])
def test_a_number_that_is_called_one_goes_in_any_form(said: str) -> None:
    assert re.fullmatch(r"(?:phone:|call me|whatsapp) \[number\]", scrub(said))


@pytest.mark.parametrize(
    "mention",
    [
        "<@123>",
        "<@!123456789012345678>",
        "<@&123456789012345678>",
        "<#123456789012345678>",
        "</ask:123456789012345678>",
        "@everyone",
        "@jane.doe_99",
        "@name#1234",
        "jane_doe#0001",
    ],
)
def test_mentions_go(mention: str) -> None:
    assert scrub(f"hey {mention} is bfr safe") == "hey [mention] is bfr safe"


@pytest.mark.parametrize(
    "address", ["a@b.co", "jane.o'doe+bfr@mail.example.co.uk", "jäne@müller.de", "a@b.co@c.de"]
)
def test_e_mail_addresses_go(address: str) -> None:
    scrubbed = scrub(f"write to {address} please")
    assert scrubbed.startswith("write to [e-mail]")
    assert "@" not in scrubbed


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com/a?b=c#d",
        "HTTP://EXAMPLE.COM",
        "http://jane:secret@example.com/",
        "ftp://example.com",
        "www.example.com",
        "discord.gg/x",
        "discord.com/invite/x",
        "instagram.com/jane.doe",
        "youtu.be/abc",
        "t.me/jane",
        "jane-doe.de",
        "mailto:jane@example.com",
        "tel:+491701234567",
    ],
)
def test_links_go(link: str) -> None:
    assert scrub(f"is {link} right") == "is [link] right"


def test_a_link_goes_where_it_sticks_to_a_word() -> None:
    assert scrub("seehttps://example.com/x") == "[link]"
    assert scrub("(https://example.com/x) right?") == "( [link] right?"


def test_a_custom_emoji_and_the_marks_of_code_go_but_not_the_words() -> None:
    assert scrub("<:fern:123456789012345678> ```is bfr safe``` <a:x:1>") == "is bfr safe"


def test_white_space_is_folded() -> None:
    assert scrub("  is\n\nbfr\t safe \u2028 ") == "is bfr safe"


def test_invisible_characters_hide_nothing() -> None:
    assert (
        scrub("<@\u200b123> jane\u200b@example\u200b.com 555\u2060-123-4567") == "[mention] [e-mail] [number]"
    )
    assert scrub("B\u200bF\u00adR") == "BFR"
    assert scrub("\u202eright to left\u202c") == "right to left"
    assert scrub("\x00is\x00bfr\ud83dsafe\x7f") == "is bfr safe"


@pytest.mark.parametrize("empty", ["", "  \n", "\x00", "\u200b\u200b", "\ud800", "<:x:1>", "``````"])
def test_nothing_is_left_of_nothing(empty: str) -> None:
    assert scrub(empty) == ""


def test_a_long_question_is_cut() -> None:
    assert scrub("fern " * 1000) == ("fern " * 100).strip()
    assert len(scrub("🌱" * 4000)) == KEPT_CHARACTERS


def test_what_was_cut_apart_is_still_taken_out() -> None:
    assert "@jane" not in scrub("f" * (KEPT_CHARACTERS - 8) + " @jane#12345")


# ---- properties

ANY_TEXT = st.text(st.characters() | st.characters(categories=["Cs", "Cc", "Cf"]), max_size=700)
PIECES = "@ # < > <@ : / // http www . com - + ( ) ` a jane 0 1 49 170 555 1234 123456 [ ] [number]"
PERSONAL = st.sampled_from(PIECES.split()) | st.sampled_from([" ", "\n", "\u200b", "\x00"])
TANGLED = st.lists(PERSONAL, max_size=120).map("".join)
WORDS = st.sampled_from(["is bfr safe", "do 30-15-15-15", "", "290 times,", "(", "Sets: 3", "ünï", "🌱"])
WORDS_AFTER = WORDS.filter(lambda words: not words[:1].isdigit())


def holds_personal_data(text: str) -> list[str]:
    """What is left of mentions, addresses, links and long digit runs, by plainer rules than scrub's."""
    signs = [
        r"<@[!&]?\d+>",
        r"\w@\w[\w.-]*\.[a-z]{2,}",
        r"[a-z]{2,}://\S",
        r"\bwww\.\S",
        rf"\d{{{LONG_RUN},}}",
    ]
    signs += [r"(?:^|\s)@(?!rpe|rir)[a-z]\w", r"\b555[ .-]\d{3}[ .-]\d{4}\b"]
    return [found[0] for sign in signs if (found := re.search(sign, text, re.IGNORECASE))]


@given(ANY_TEXT | TANGLED)
@example("x" * 499 + " 12345678")
@example("@a.b#1234@c.de")
@example("[" + "@ab" * 300)
@example("1234567" * 200)
@example("a" * 300 + "@example.com")
def test_scrub_never_raises_is_never_too_long_and_leaves_nothing_personal(text: str) -> None:
    scrubbed = scrub(text)
    assert len(scrubbed) <= KEPT_CHARACTERS
    assert holds_personal_data(scrubbed) == []
    scrubbed.encode()  # no lone surrogate is left
    assert "\x00" not in scrubbed


@given(ANY_TEXT | TANGLED)
@example("@a" * 250)
@example("+49 170 1234567 " * 40)
def test_scrubbing_twice_changes_nothing(text: str) -> None:
    assert scrub(scrub(text)) == scrub(text)


@given(before=WORDS, number=st.sampled_from(NUMBERS), after=WORDS_AFTER)
def test_a_number_goes_wherever_it_stands(before: str, number: str, after: str) -> None:
    digits = re.sub(r"\D", "", number)
    scrubbed = scrub(f"{before} {number} {after}")
    assert digits[-4:] not in re.sub(r"\D", "", scrubbed)
    assert after.strip(" (") in scrubbed


@given(address=st.emails(), before=WORDS, after=WORDS)
@example("0@a.a.a.a.a.a.a.a.a.a.ac", "", "")
def test_an_e_mail_address_goes_wherever_it_stands(address: str, before: str, after: str) -> None:
    assert address not in scrub(f"{before} {address} {after}")
    assert holds_personal_data(scrub(f"{before} {address} {after}")) == []


@given(
    numbers=st.lists(st.integers(1, 999), min_size=1, max_size=6),
    unit=st.sampled_from(["%", " kg", "x", " reps"]),
)
def test_small_numbers_are_never_taken_for_a_telephone(numbers: list[int], unit: str) -> None:
    for joiner in (", ", " and ", "x", "/"):
        text = f"do {joiner.join(map(str, numbers))}{unit}"
        assert scrub(text) == text
