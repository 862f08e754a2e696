"""Sentences: a pasted text comes apart where its claims do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.sentences import FEWEST_WORDS, MOST_SENTENCES, sentences

CASES: dict[str, tuple[str, list[str]]] = {
    "a paragraph": (
        "BFR raises growth hormone by 290 times! Does it also build muscle? It does so in weeks.",
        ["BFR raises growth hormone by 290 times!", "Does it also build muscle?", "It does so in weeks."],
    ),
    "decimals": (
        "Muscle grows 2.5 times as fast. Take 0.5 to 1.5 mg a day.",
        ["Muscle grows 2.5 times as fast.", "Take 0.5 to 1.5 mg a day."],
    ),
    "abbreviations": (
        "Takarada et al. (2000) found it, e.g. in athletes, i.e. in young men. "
        "Dr. Sato began approx. in 1966.",
        [
            "Takarada et al. (2000) found it, e.g. in athletes, i.e. in young men.",
            "Dr. Sato began approx. in 1966.",
        ],
    ),
    "units and numbers": (
        "Rest for 30 sec. between the sets. See fig. 3 and no. 5 for more. I said no. Then I did it anyway.",
        ["Rest for 30 sec. between the sets.", "See fig. 3 and no. 5 for more.", "Then I did it anyway."],
    ),
    "initials": (
        "J. P. Loenneke wrote most reviews. The U.S. military uses it too.",
        ["J. P. Loenneke wrote most reviews.", "The U.S. military uses it too."],
    ),
    "small letters throughout": (
        "bfr raises gh 290 times. it builds muscle very fast. it never makes you sore",
        ["bfr raises gh 290 times.", "it builds muscle very fast.", "it never makes you sore"],
    ),
    "no punctuation but newlines": (
        "bfr raises gh 290 times\nit works in three weeks\n\nno heavy loads are needed\r\n"
        "no long rests either",
        [
            "bfr raises gh 290 times",
            "it works in three weeks",
            "no heavy loads are needed",
            "no long rests either",
        ],
    ),
    "wrapped lines": (
        "Blood flow restriction with light loads has been shown to\n"
        "raise growth hormone 290 times.\nIt works in weeks.",
        [
            "Blood flow restriction with light loads has been shown to raise growth hormone 290 times.",
            "It works in weeks.",
        ],
    ),
    "a list": (
        "- cuffs must be tight\n* gh rises 290 times\n1. use loads of 20%\n2) rest for a minute\n"
        "> it heals all tendons",
        [
            "cuffs must be tight",
            "gh rises 290 times",
            "use loads of 20%",
            "rest for a minute",
            "it heals all tendons",
        ],
    ),
    "a quoted list": (
        "> - cuffs must be tight\n## Why it works so well",
        ["cuffs must be tight", "Why it works so well"],
    ),
    "a list in one line": (
        "• cuffs must be tight • gh rises 290 times • it heals your tendons",
        ["cuffs must be tight", "gh rises 290 times", "it heals your tendons"],
    ),
    "quotes": (
        'He said "BFR works for everyone." Then he said “it is safe for all.” and left. '
        '"Is it really safe?" she asked.',
        [
            'He said "BFR works for everyone."',
            "Then he said “it is safe for all.” and left.",
            '"Is it really safe?" she asked.',
        ],
    ),
    "brackets": (
        "It works in weeks (so they say). (Nobody has shown that.) It hurts (a lot!) and tires.",
        ["It works in weeks (so they say).", "(Nobody has shown that.)", "It hurts (a lot!) and tires."],
    ),
    "emoji as ends": (
        "BFR raises GH 290 times 🔥 It builds muscle fast 💪💪 and it is safe. 💯 Trust me on this one 🙏",
        [
            "BFR raises GH 290 times 🔥",
            "It builds muscle fast 💪💪 and it is safe. 💯",
            "Trust me on this one 🙏",
        ],
    ),
    "custom emoji as ends": (
        "BFR raises GH 290 times <:gains:123456> It builds muscle very fast.",
        ["BFR raises GH 290 times <:gains:123456>", "It builds muscle very fast."],
    ),
    "bold text": (
        "**BFR is the best method.** It is *really* good too. ||It hurts a lot.||",
        ["**BFR is the best method.**", "It is *really* good too.", "||It hurts a lot.||"],
    ),
    "a missing blank": (
        "It raises growth hormone.It builds muscle too!Nobody is ever sore.",
        ["It raises growth hormone.", "It builds muscle too!", "Nobody is ever sore."],
    ),
    "several signs": (
        "Really?! yes it works so well... and fast. It raises gh 290 times!!! Wow",
        ["yes it works so well... and fast.", "It raises gh 290 times!!!"],
    ),
    "idle talk": ("Great article… thanks. So true!", []),
    "links": (
        "Read https://example.com/a.b?c=d. It says all of this.",
        ["It says all of this."],
    ),
    "one long line": ("no signs at all just words", ["no signs at all just words"]),
    "nothing": ("", []),
    "signs only": ("... !!! ??? 🔥🔥🔥\n\n- \n> ", []),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_a_text_comes_apart_where_its_claims_do(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


def test_no_more_than_anyone_reads() -> None:
    found = sentences("\n".join(f"this is claim number {number}" for number in range(100)))
    assert len(found) == MOST_SENTENCES
    assert found[-1] == "this is claim number 39"


PIECES = '. ! ? … ... , " ” ) ( * - > • \n 🔥 💪 <:x:1> e.g. Dr. no. 2.5 1. BFR bfr It it raises hormone'
PASTED = st.lists(st.sampled_from([*PIECES.split(" "), " ", " ", " "]), max_size=200).map("".join)


@given(st.text(st.characters() | st.characters(categories=["Cs"]), max_size=500) | PASTED)
def test_every_sentence_is_a_part_of_the_text_in_order(text: str) -> None:
    found = sentences(text)
    assert len(found) <= MOST_SENTENCES
    rest = "".join(text.split())
    for sentence in found:
        assert len(sentence.split()) >= FEWEST_WORDS
        assert sentence == sentence.strip()
        assert "\n" not in sentence
        _, part, rest = rest.partition("".join(sentence.split()))
        assert part


@given(
    st.lists(
        st.sampled_from(["Bfr raises gh 290 times", "It is safe for all", "Is 2.5 mg too much"]), max_size=30
    )
)
def test_whole_sentences_come_back_as_they_were(written: list[str]) -> None:
    for end, joiner in ((".", " "), ("!", " "), ("?", "\n"), ("", "\n"), (".", "\n- ")):
        ended = [sentence + end for sentence in written]
        assert list(sentences(joiner.join(ended))) == ended
