"""Write open questions out as CSV or JSON, one at a time, however many there are."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from bot.cli.output import opened_output
from bot.store.records import OpenQuestion

COLUMNS = (
    "id",
    "guild_id",
    "channel_id",
    "door",
    "text",
    "times",
    "waiting",
    "first_at",
    "last_at",
    "reason",
    "library_version",
    "candidates",
)
"""Of the last time it was asked: channel, door, reason, library and candidates."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the start of a formula (OWASP, CSV Injection), full-width forms too."""


class Form(StrEnum):
    """How questions are written out."""

    CSV = "csv"
    JSON = "json"


async def export_questions(found: AsyncIterator[OpenQuestion], form: Form, output: Path | None) -> int:
    """Write the questions to the file, or to stdout where it is None; how many there were.

    Raises CouldNotRun where the file cannot be written.
    """
    with _opened(output) as stream:
        if form is Form.CSV:
            return await _write_csv(found, stream)
        return await _write_json(found, stream)


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    """Stdout, or a file that takes its name only when all is written: no half export is ever seen."""
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
    else:
        with opened_output(output) as stream:
            yield stream


async def _write_csv(found: AsyncIterator[OpenQuestion], stream: TextIO) -> int:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    async for question in found:
        row = as_row(question)
        nearest = "; ".join(f"{c['entry']} {c['confidence']:.2f}" for c in row["candidates"])
        cells = (row | {"candidates": nearest}).values()
        writer.writerow([without_formula("" if cell is None else str(cell)) for cell in cells])
        count += 1
    return count


async def _write_json(found: AsyncIterator[OpenQuestion], stream: TextIO) -> int:
    count = 0
    stream.write("[")
    async for question in found:
        stream.write(",\n" if count else "\n")
        stream.write(json.dumps(as_row(question), ensure_ascii=False))
        count += 1
    stream.write("\n]\n" if count else "]\n")
    return count


def as_row(question: OpenQuestion) -> dict[str, Any]:
    """The question as plain values by column; Discord's ids are text, since many programs round them."""
    last = question.last
    nearest = last.candidates if last is not None else ()
    values = (
        question.id,
        str(question.guild_id),
        str(last.channel_id) if last is not None else None,
        last.door.value if last is not None else None,
        question.text,
        question.times,
        question.waiting,
        question.first_at.isoformat(),
        question.last_at.isoformat(),
        last.reason.value if last is not None else None,
        last.library_version if last is not None else None,
        [{"entry": c.entry_id, "confidence": c.confidence} for c in nearest],
    )
    return dict(zip(COLUMNS, values, strict=True))


def without_formula(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would run it."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell
