"""`caveat ask`: the outside contract, one question or ten thousand, and the page that people read."""

import io
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli.answer_page import print_outcome
from bot.cli.ask import as_record, json_line, line_batches, open_live, question_of
from bot.cli.main import caveat
from bot.core.outcome import Abstain, Answer, Candidate, Outcome, Reason, Refer, Suggest
from bot.journeys.live import Live
from tests.make import KNOWLEDGE

ROOT = Path(__file__).resolve().parent.parent
LILY = "Is a lily poisonous to a cat?"
UNKNOWN = "qwertz uiopasd fghjkl"
NAMES = ["question", "decision", "entry", "caveat", "confidence", "suggestions", "candidates", "reason"]
SEVEN = tuple(Candidate(f"entry-{n}", 0.9 - n / 10) for n in range(7))


@pytest.fixture(autouse=True)
def _a_folder_without_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No .env of the project changes what these tests find."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def live() -> Live:
    return open_live(KNOWLEDGE)


def ask(*words: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(
        caveat, ["ask", "--knowledge", str(KNOWLEDGE), *words], input=stdin, prog_name="caveat"
    )


def asked(*words: str) -> dict[str, Any]:
    """The one JSON object of a question."""
    ran = ask("--json", *words)
    assert ran.exit_code == 0, ran.stderr
    record: dict[str, Any] = json.loads(ran.stdout)
    return record


def asked_by_line(stdin: bytes) -> list[dict[str, Any]]:
    """The JSON objects of the lines on stdin."""
    ran = ask("--stdin", stdin=stdin)
    assert ran.exit_code == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


# ---- the contract


def test_a_sure_answer_names_the_entry_its_caveat_and_its_confidence() -> None:
    record = asked(LILY)

    assert list(record) == NAMES
    assert record["question"] == LILY
    assert (record["decision"], record["entry"], record["caveat"]) == (
        "answer",
        "lily-and-cats",
        "established",
    )
    assert record["confidence"] == 1
    assert record["candidates"][0] == {"entry": "lily-and-cats", "confidence": 1}
    assert (record["suggestions"], record["reason"]) == ([], None)


@pytest.mark.parametrize(
    ("question", "reason"), [("", "empty"), ("?!", "empty"), ("is it so? " * 500, "too-long")]
)
def test_what_is_no_question_is_abstained_from_with_a_stable_reason(question: str, reason: str) -> None:
    record = asked(question)

    assert record == {
        "question": question,
        "decision": "abstain",
        "entry": None,
        "caveat": None,
        "confidence": 0,
        "suggestions": [],
        "candidates": [],
        "reason": reason,
    }


def test_a_question_that_nobody_wrote_for_is_not_answered() -> None:
    record = asked(UNKNOWN)

    assert (record["decision"], record["entry"], record["caveat"]) == ("abstain", None, None)
    assert record["reason"] in set(Reason)


def test_suggestions_are_what_would_be_offered_and_candidates_the_best_five(live: Live) -> None:
    record = as_record("cat?", Suggest(SEVEN[:2], SEVEN, Reason.UNSURE), live.library)

    assert record["decision"] == "suggest"
    assert record["reason"] == "unsure"
    assert [each["entry"] for each in record["suggestions"]] == ["entry-0", "entry-1"]
    assert [each["entry"] for each in record["candidates"]] == [f"entry-{n}" for n in range(5)]
    assert (record["entry"], record["caveat"], record["confidence"]) == (None, None, 0.9)


def test_a_referral_gives_its_kind_as_the_reason(live: Live) -> None:
    record = as_record("my cat ate a lily", Refer("emergency", SEVEN[:1]), live.library)

    assert (record["decision"], record["reason"]) == ("refer", "emergency")
    assert (record["entry"], record["caveat"], record["suggestions"]) == (None, None, [])
    assert record["confidence"] == 0.9


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_to_abstain_reaches_the_outside(reason: Reason, live: Live) -> None:
    assert as_record("?", Abstain(reason, ()), live.library)["reason"] == reason.value


def test_the_confidence_of_an_answer_is_its_own(live: Live) -> None:
    sure = Answer("lily-and-cats", 0.87654, SEVEN)

    assert as_record(LILY, sure, live.library)["confidence"] == 0.8765


def test_words_need_no_quotes() -> None:
    assert asked(*LILY.split())["entry"] == "lily-and-cats"


def test_bytes_that_are_not_utf_8_are_replaced() -> None:
    command: list[str | bytes] = [sys.executable, "-m", "bot", "ask", "--json", b"caf\xe9?"]
    command += ["--knowledge", str(KNOWLEDGE)]

    ran = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)

    assert json.loads(ran.stdout)["question"] == "caf\ufffd?"


# ---- many questions


def test_every_line_gets_its_line_in_order() -> None:
    lines = [LILY, "", '"are lilies toxic for cats"', '"no end', "290", '{"question": 1}', "null", '  "a"  ']

    records = asked_by_line("\n".join(lines).encode())

    told = [LILY, "", "are lilies toxic for cats", '"no end', "290", '{"question": 1}', "null", "a"]
    assert [record["question"] for record in records] == told
    assert [record["entry"] for record in records][:3] == ["lily-and-cats", None, "lily-and-cats"]
    assert all(list(record) == NAMES for record in records)


def test_a_line_says_the_same_as_the_question_alone() -> None:
    assert asked_by_line(LILY.encode()) == [asked(LILY)]


def test_no_lines_give_none() -> None:
    assert asked_by_line(b"") == []


@pytest.mark.parametrize(
    ("line", "question"),
    [
        (b"caf\xe9", "caf\ufffd"),
        (b"\xff\xfe\x00", "\ufffd\ufffd\x00"),
        (b"\xef\xbb\xbfwhy", "why"),
        (b"why\r", "why"),
        (b'"caf\\u00e9 \\n?"', "café \n?"),
        (b'"\\ud800"', "\ud800"),
        (b'"\\x"', '"\\x"'),
        (b'["a"]', '["a"]'),
        (b'"a" b', '"a" b'),
    ],
)
def test_a_line_is_a_json_string_or_plain_text(line: bytes, question: str) -> None:
    assert question_of(line) == question


def test_nothing_in_a_question_can_break_its_line() -> None:
    hostile = "a\u2028b\u0085c\x0bd\x00e\ud800f\nend"

    record = asked_by_line(json.dumps(hostile).encode())

    assert [each["question"] for each in record] == [hostile]


@given(st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=8))
def test_lines_are_cut_at_newlines_and_nowhere_else(lines: list[bytes]) -> None:
    stream = io.BytesIO(b"".join(line + b"\n" for line in lines))

    assert [line for batch in line_batches(stream) for line in batch] == lines


def test_a_line_longer_than_what_is_read_at_once_stays_whole() -> None:
    long = b"x" * 200_000

    assert [line for batch in line_batches(io.BytesIO(long + b"\nlast")) for line in batch] == [long, b"last"]


@settings(deadline=None)  # the first question builds what the search keeps
@given(question=st.text(max_size=300))
def test_any_text_gets_a_calm_answer(question: str, live: Live) -> None:
    line = json_line(question, live.matcher.respond(question), live.library)

    assert line.isascii() and "\n" not in line
    record = json.loads(line)
    assert record["question"] == question
    assert record["decision"] in ("answer", "suggest", "abstain", "refer")
    assert 0 <= record["confidence"] <= 1
    assert len(record["candidates"]) <= 5
    assert (record["entry"] is not None) == (record["decision"] == "answer")
    assert bool(record["suggestions"]) == (record["decision"] == "suggest")


def test_somebody_who_types_is_answered_line_by_line() -> None:
    command = [sys.executable, "-m", "bot", "ask", "--stdin", "--knowledge", str(KNOWLEDGE)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as asking:
        assert asking.stdin is not None and asking.stdout is not None
        for question in (LILY, "are lilies toxic for cats"):
            asking.stdin.write(f"{question}\n".encode())
            asking.stdin.flush()

            assert json.loads(asking.stdout.readline())["question"] == question
        asking.stdin.close()
        assert asking.wait(timeout=30) == 0


def test_ten_thousand_lines_are_answered_by_one_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "ask", "--stdin", "--knowledge", str(KNOWLEDGE)]
    questions = [LILY, "", UNKNOWN, "are lilies toxic for cats"] * 2500

    ran = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"CACHE_DIR": str(tmp_path)},  # no model there: how well it finds is not the point
        input="\n".join(questions).encode(),
        capture_output=True,
        check=True,
    )

    records = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [record["question"] for record in records] == questions
    assert {record["entry"] for record in records if "lil" in record["question"].lower()} == {"lily-and-cats"}


# ---- the page


def test_the_page_says_what_discord_says_in_its_order() -> None:
    page = ask(LILY).stdout

    parts = [
        "call a vet at once",
        "Ask a doctor or physio",
        LILY,
        "● Established. Several good sources agree",
        "No dose is known to be harmless.",
        "Lilies are harmless to cats that stay indoors.",
        "Misleading",
        "Sources",
        "210 calls in ten years",
        "Reviewed 2025-10-15 by pet desk",
        "General information, no medical advice.",
    ]
    places = [page.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


def test_the_page_for_a_file_has_no_markdown_and_no_wrapping() -> None:
    page = ask(LILY).stdout

    assert "**" not in page
    assert "A cat's kidneys can fail within three days. No dose is known to be harmless." in page


def test_the_longer_story_is_told_when_asked_for() -> None:
    assert "cats treated within six hours mostly lived" not in ask(LILY).stdout
    assert "cats treated within six hours mostly lived" in ask("--details", LILY).stdout


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (Suggest((Candidate("lily-and-cats", 0.5),), SEVEN, Reason.UNSURE), f"  1. {LILY}"),
        (Abstain(Reason.LOW_CONFIDENCE, SEVEN), "Not answered yet."),
        (Abstain(Reason.DECOY, SEVEN), "Not answered yet."),
        (Abstain(Reason.EMPTY, ()), "There is no question in that."),
        (Abstain(Reason.LANGUAGE, (), "de"), "only answer in English"),
        (Refer("emergency", ()), "emergency"),
    ],
)
def test_what_is_not_answered_is_told_honestly(
    outcome: Outcome, line: str, live: Live, capsys: pytest.CaptureFixture[str]
) -> None:
    print_outcome(outcome, live.library, date(2026, 1, 1), with_details=False)

    assert line in capsys.readouterr().out


def test_nobody_is_told_that_a_question_was_noted_here() -> None:
    told = ask(UNKNOWN).stdout

    assert "is noted" not in told.replace("Nothing is noted here", "")


def test_an_overdue_review_is_told(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    print_outcome(Answer("lily-and-cats", 1.0, ()), live.library, date(2026, 4, 16), with_details=False)

    assert "review overdue since 2026-04-15" in capsys.readouterr().out


# ---- what cannot run


@pytest.mark.parametrize(
    ("words", "told"),
    [([], "give a question"), (["--stdin", "why?"], "give a question or --stdin, not both")],
)
def test_without_a_question_it_says_how_to_ask_one(words: list[str], told: str) -> None:
    ran = ask(*words)

    assert ran.exit_code == 2
    assert told in ran.stderr
    assert ran.stdout == ""


def test_knowledge_with_errors_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "entries").mkdir()

    ran = CliRunner().invoke(caveat, ["ask", "--knowledge", str(tmp_path), "--json", "why?"])

    assert ran.exit_code == 2
    assert ran.stdout == ""
    assert f"run `caveat check {tmp_path}`" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_the_folder_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOWLEDGE_DIR", str(KNOWLEDGE))

    ran = CliRunner().invoke(caveat, ["ask", "--json", LILY])

    assert json.loads(ran.stdout)["entry"] == "lily-and-cats"
