"""How quick the queue is with 100,000 open questions: /review opens, 100 new ones are gathered.

    python -m benchmarks.queue [--questions 100000] [--database URL] [--folder docs]

The log is made up: questions with random unit vectors around random centres, so many a cluster as a Zipf law
gives, and a third of them alone. What is measured is the bot's own code, from the press to the finished view,
on a real database; the clock runs on the wall, and the processor's beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import numpy as np
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.corpus import KNOWLEDGE, ROOT
from benchmarks.section import BEGINS, write_section
from bot.app import App
from bot.core.labelled import Kind
from bot.core.outcome import Candidate, Reason
from bot.discord_ui.review_buttons import page_of
from bot.journeys.gather import NEWEST, Gatherer
from bot.journeys.pseudonyms import Pseudonyms
from bot.journeys.review import Case, first_case, next_case
from bot.knowledge.labelled import load_labelled
from bot.matching.meaning import meaning_id, width
from bot.matching.normalise import normalise
from bot.settings import Settings
from bot.store.cluster_records import View
from bot.store.loop_tables import cluster_askers, cluster_questions, clusters, marks
from bot.store.records import Door, Kept, Place
from bot.store.store import Store
from bot.store.tables import askings, questions

START = datetime(2026, 1, 1, tzinfo=UTC)
NEW = 100
TURNS = 15
CLOSE = 0.75
"""The average cosine with the centre, about that of questions of one meaning."""
ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds on the wall and of the processor."""

    wall: float
    cpu: float


def sizes_of(count: int, seed: int = 1) -> list[int]:
    """How many questions each cluster has."""
    random = np.random.default_rng(seed)
    sizes = [1] * (count // 3)
    left = count - len(sizes)
    while left > 0:
        size = min(left, 1 + int(random.zipf(1.7)), 400)
        sizes.append(size)
        left -= size
    return sizes


async def filled(url: str, count: int, model: str, numbers: int) -> int:
    """A log with that many open questions in clusters; how many clusters."""
    random = np.random.default_rng(2)
    engine = create_async_engine(url)
    rows: dict[sa.Table, list[dict[str, object]]] = {
        table: [] for table in (questions, askings, clusters, cluster_questions, cluster_askers)
    }
    question_id = 0
    sizes = sizes_of(count)

    async def flush() -> None:
        async with engine.begin() as connection:
            for table, values in rows.items():
                if values:
                    await connection.execute(sa.insert(table), values)
                values.clear()

    for cluster_id, size in enumerate(sizes, start=1):
        centre = random.standard_normal(numbers)
        centre /= np.linalg.norm(centre)
        noise = random.standard_normal((size, numbers))
        noise /= np.linalg.norm(noise, axis=1, keepdims=True)
        vectors = CLOSE * centre + np.sqrt(1 - CLOSE**2) * noise
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        first = START + timedelta(seconds=cluster_id)
        for vector in vectors.astype(np.float16):
            question_id += 1
            text = f"made-up question {question_id} of cluster {cluster_id}: does it hold, and for whom?"
            at = first + timedelta(minutes=question_id % 1000)
            common = {"guild_id": 1, "key": f"q{question_id}", "text": text, "status": "open", "times": 1}
            rows[questions].append({"id": question_id, **common, "first_at": first, "last_at": at})
            rows[askings].append(
                {
                    "question_id": question_id,
                    "at": at,
                    "channel_id": 1 + question_id % 7,
                    "door": "slash",
                    "reason": "low-confidence",
                    "library_version": "made-up",
                    "candidates": [],
                }
            )
            rows[cluster_questions].append(
                {"question_id": question_id, "cluster_id": cluster_id, "vector": vector.tobytes()}
            )
        rows[clusters].append(
            {
                "id": cluster_id,
                "kind": "question",
                "status": "open",
                "revision": 1,
                "title": f"made-up question of cluster {cluster_id}",
                "first_at": first,
                "last_at": first + timedelta(minutes=cluster_id % 1000),
                "size": size,
                "times": size,
                "askers": max(1, size // 2),
                "model": model,
                "vector": vectors.sum(axis=0).astype(np.float32).tobytes(),
                "held": False,
                "changed": 1,
            }
        )
        rows[cluster_askers].extend(
            {"cluster_id": cluster_id, "origin_id": cluster_id, "epoch": "e", "pseudonym": str(n)}
            for n in range(max(1, size // 2))
        )
        if len(rows[questions]) >= ROWS_AT_ONCE:
            await flush()
    await flush()
    async with engine.begin() as connection:
        for name in ("clusters", "clusters-repaired"):
            await connection.execute(sa.insert(marks).values(name=name, at=START, value=1))
        if engine.dialect.name == "postgresql":
            for table in (questions, clusters, askings):
                key = f"pg_get_serial_sequence('{table.name}', 'id')"
                top = f"(SELECT max(id) FROM {table.name})"  # noqa: S608  # the names are ours
                await connection.execute(sa.text(f"SELECT setval({key}, {top})"))
            # What autovacuum does within a minute; a log that grew over weeks was always looked at.
            await connection.execute(sa.text("ANALYZE"))
    await engine.dispose()
    return len(sizes)


async def took(act: Callable[[], Awaitable[object]]) -> Took:
    """How long something takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    await act()
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


async def measured(url: str, count: int, folder: Path) -> tuple[dict[str, list[Took]], int]:
    """Every figure, and the number of clusters."""
    settings = Settings(
        _env_file=None,
        database_url=url,
        data_dir=folder,
        knowledge_dir=KNOWLEDGE,
        watch=False,
    )
    await (await Store.open(url)).close()
    app = await App.open(settings)
    engine = app.live.matcher.engine
    made = await filled(url, count, meaning_id(engine), width(engine))
    app.gatherer = Gatherer(app.store, Pseudonyms(folder))
    found: dict[str, list[Took]] = {}

    async def opens() -> None:
        await app.gatherer.gather(engine, app.clock(), newest=NEWEST)
        case = await first_case(app.store, app.live, View.QUEUE, app.clock())
        page_of(case, app, 1, View.QUEUE)

    shown: list[Case] = []

    async def turns() -> None:
        case = await next_case(
            app.store, app.live, shown[-1].cluster.id if shown else 1, View.QUEUE, app.clock()
        )
        if case is not None:
            shown.append(case)
            page_of(case, app, 1, View.QUEUE)

    texts = [q.text for q in load_labelled(KNOWLEDGE / "labelled") if q.kind is not Kind.REFER]

    async def gathers(start: int) -> None:
        done = await app.gatherer.gather(engine, app.clock())
        if done.placed != NEW:
            raise AssertionError(f"{done.placed} of {NEW} were placed")

    async def log(start: int) -> None:
        for text in texts[start : start + NEW]:
            kept = Kept(text, normalise(text), Door.SLASH, Place(1, 1), (Candidate("x", 0.1),), "v")
            await app.store.log_unanswered(kept, Reason.LOW_CONFIDENCE, app.clock())

    found["`/review` opens, the first time after a start"] = [await took(opens)]
    await app.gatherer.alike(1, engine)  # what a first merge, or the first question asked, has to read
    found["`/review` opens"] = [await took(opens) for _ in range(TURNS)]
    found["the next page"] = [await took(turns) for _ in range(TURNS)]
    gathered = []
    for start in range(0, NEW * 5, NEW):
        await log(start)
        gathered.append(await took(lambda start=start: gathers(start)))  # type: ignore[misc]
    found[f"{NEW} new questions are gathered"] = gathered
    one = []
    for text in texts[NEW * 5 : NEW * 5 + TURNS]:
        kept = Kept(text, normalise(text), Door.SLASH, Place(1, 1), (), "v")
        question = await app.store.log_unanswered(kept, Reason.LOW_CONFIDENCE, app.clock())
        one.append(await took(lambda q=question: app.note_asked(q, 7)))  # type: ignore[misc]
    found["one question is placed as it is asked"] = one
    await app.close()
    return found, made


def told(found: dict[str, list[Took]], count: int, made: int, database: str) -> str:
    """The section."""
    load = os.getloadavg()
    lines = [
        "## The queue: how quick it is",
        f"`python -m benchmarks.queue`, {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, {database}; {count:,} open questions in {made:,} clusters, the "
        f"default engine. The machine had a load average of {load[0]:.1f}: above {os.cpu_count()} others "
        "were at work, from which the time on the wall suffers.",
        "| what | median s | slowest s | processor s (median) |\n| --- | --: | --: | --: |\n"
        + "\n".join(
            f"| {name} | {median(t.wall for t in each):.3f} | {max(t.wall for t in each):.3f} "
            f"| {median(t.cpu for t in each):.3f} |"
            for name, each in found.items()
        ),
    ]
    return "\n\n".join(lines)


def main() -> None:
    """Measure, print, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--questions", type=int, default=100_000, help="how many are open")
    parser.add_argument("--database", help="an empty PostgreSQL database; a SQLite file by default")
    parser.add_argument("--folder", type=Path, default=ROOT / "docs", help="where BENCHMARKS.md lies")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        url = given.database or f"sqlite+aiosqlite:///{folder / 'queue.db'}"
        kind = "PostgreSQL" if given.database else "SQLite"
        found, count = asyncio.run(measured(url, given.questions, folder))
    text = told(found, given.questions, count, f"{kind} after ANALYZE" if given.database else kind)
    print(text)
    write_section(given.folder / "BENCHMARKS.md", f"queue-{kind.lower()}", text, BEGINS)


if __name__ == "__main__":
    main()
