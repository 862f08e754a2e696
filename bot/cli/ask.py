"""`caveat ask`: a question in, the reviewed answer or an honest "not answered yet" out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BufferedIOBase
from pathlib import Path
from typing import Any, cast

import click

from bot.cli.edges import CouldNotRun
from bot.cli.search import open_engine
from bot.core.library import Library
from bot.core.outcome import Abstain, Answer, Candidate, Outcome, Refer, Suggest
from bot.core.problem import Severity
from bot.journeys.live import Live
from bot.knowledge.load import load_library
from bot.settings import read_settings

MOST_CANDIDATES = 5
CHUNK_BYTES = 64 * 1024
"""What is read from stdin at once, at most: a pipe holds as much."""
MOST_TOGETHER = 128
"""Questions that are matched at once; the first answers of a long file come out early even so."""


@click.command(short_help="Ask a question, as a member would.")
@click.option(
    "--knowledge",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder with the entries, instead of KNOWLEDGE_DIR's or the default.",
)
@click.option("--details", is_flag=True, help="Print the longer story too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a page.")
@click.option(
    "--stdin", "from_stdin", is_flag=True, help="Read one question a line, print one JSON line each."
)
@click.argument("question", nargs=-1)
def ask(
    knowledge: Path | None, details: bool, as_json: bool, from_stdin: bool, question: tuple[str, ...]
) -> None:
    """Ask a question and read what a member would read in Discord. Nothing is logged.

    With --json: the question, the decision (answer, suggest, abstain or refer), the entry
    and its caveat level, the confidence (0 to 1), the suggestions, the best candidates, and
    the reason where there is no answer. With --stdin each line is a question, plain or as a
    JSON string, and gets one JSON line at once. A question that begins with a dash
    goes after "--".

    \b
    Examples:
      caveat ask "does bfr really raise growth hormone 290 times?"
      caveat ask --json "is bfr safe for teenagers?"
      caveat ask --stdin < questions.txt > answers.jsonl
    """
    if from_stdin and question:
        raise click.UsageError("give a question or --stdin, not both")
    if not from_stdin and not question:
        raise click.UsageError('give a question: caveat ask "does bfr raise growth hormone?"')
    if from_stdin and sys.stdin is None:
        raise CouldNotRun("--stdin has nothing to read: stdin is closed")
    live = open_live(knowledge or read_settings().knowledge_dir)
    if from_stdin:
        if sys.stdin.isatty():
            click.echo("One question a line; Ctrl-D ends it.", err=True)
        # TextIO does not promise that its buffer can tell what has arrived; that of stdin can.
        answer_lines(cast(BufferedIOBase, sys.stdin.buffer), live)
    elif as_json:
        text = _whole(" ".join(question))
        click.echo(json_line(text, live.matcher.respond(text), live.library))
    else:
        from bot.cli.answer_page import print_outcome  # what prints pages would only slow --json down

        outcome = live.matcher.respond(_whole(" ".join(question)))
        print_outcome(outcome, live.library, datetime.now(UTC).date(), with_details=details)


def open_live(folder: Path) -> Live:
    """The library of the folder with its matcher.

    Raises KnowledgeNotFoundError where there is none, CouldNotRun where it has errors.
    """
    loaded = load_library(folder)
    if loaded.library is None:
        count = sum(problem.severity is Severity.ERROR for problem in loaded.problems)
        errors = "1 error" if count == 1 else f"{count} errors"
        raise CouldNotRun(
            f"the knowledge in {folder} has {errors}, so nothing is served; "
            f"to see where, and the mend: run `caveat check {folder}`"
        )
    return Live.of(loaded.library, open_engine(folder))


def answer_lines(stream: BufferedIOBase, live: Live) -> None:
    """Answer every line of the stream with one line of JSON; what has arrived together, together."""
    for lines in line_batches(stream):
        for start in range(0, len(lines), MOST_TOGETHER):
            questions = [question_of(line) for line in lines[start : start + MOST_TOGETHER]]
            outcomes = live.matcher.respond_many(questions)
            for question, outcome in zip(questions, outcomes, strict=True):
                click.echo(json_line(question, outcome, live.library))


def line_batches(stream: BufferedIOBase) -> Iterator[list[bytes]]:
    """The lines that have arrived, as they arrive: all of a full pipe's, one by one from somebody typing.

    Only a newline ends a line, and the last line may lack it.
    """
    rest: list[bytes] = []
    while chunk := stream.read1(CHUNK_BYTES):  # what is there, without waiting for more
        first, *others = chunk.split(b"\n")
        rest.append(first)
        if others:
            yield [b"".join(rest), *others[:-1]]
            rest = [others[-1]]
    if last := b"".join(rest):
        yield [last]


def question_of(line: bytes) -> str:
    """The question in a line: a JSON string's text, or the line itself where it is no JSON string.

    What is not UTF-8 becomes U+FFFD; a byte order mark and a carriage return go.
    """
    text = line.decode("utf-8", "replace").removeprefix("\ufeff").removesuffix("\r")
    if text.lstrip().startswith('"'):
        try:
            return str(json.loads(text))
        except ValueError:
            return text
    return text


def json_line(question: str, outcome: Outcome, library: Library) -> str:
    """The outcome as one line of JSON, in ASCII: no sign in a question can break the line."""
    return json.dumps(as_record(question, outcome, library))


def as_record(question: str, outcome: Outcome, library: Library) -> dict[str, Any]:
    """The outcome as `--json` prints it; the names and codes are stable."""
    candidates = outcome.candidates[:MOST_CANDIDATES]
    record: dict[str, Any] = {
        "question": question,
        "decision": "abstain",
        "entry": None,
        "caveat": None,
        "confidence": round(candidates[0].confidence, 4) if candidates else 0,
        "suggestions": [],
        "candidates": _plain(candidates),
        "reason": None,
    }
    match outcome:
        case Answer(entry_id, confidence):
            caveat = library.entries[entry_id].caveat
            record |= {"decision": "answer", "entry": entry_id, "caveat": caveat}
            record["confidence"] = round(confidence, 4)
        case Suggest(suggestions, _, reason):
            record |= {"decision": "suggest", "suggestions": _plain(suggestions), "reason": reason.value}
        case Abstain(reason):
            record["reason"] = reason.value
        case Refer(kind):
            record |= {"decision": "refer", "reason": kind}
    return record


def _plain(candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    return [{"entry": c.entry_id, "confidence": round(c.confidence, 4)} for c in candidates]


def _whole(text: str) -> str:
    """An argument whose bytes were not UTF-8, with U+FFFD in their place."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
