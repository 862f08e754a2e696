"""Contest: one contestant asked one corpus, in a process of its own on one core; the figures go to a file.

    python -m benchmarks.contest NAME CORPUS.json RESULT.json [--seconds 30] [--core 0] [--cache FOLDER]

`benchmarks.matching` starts one of these after the other.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.contestants import CONTESTANTS, Ask
from benchmarks.corpus import IN_SCOPE, NEAR, OUT, Asked, Corpus
from bot.cli.garbage import FEWER_COLLECTIONS

WARM_UP = 20
"""Questions before the clock runs: a bot answers thousands after its first."""
FEWEST = 5
"""Questions that even the slowest contestant answers."""
MOST_TIMED = 1000
"""Questions whose time is looked at where only the time is wanted."""
STRINGS = 10_000


@dataclass(frozen=True, slots=True)
class Result:
    """Shares 0 to 1 and None where nothing was asked; times in ms, `build_s` in seconds, memory in MB.

    `asked` of `questions` were answered before the clock stopped the contestant. `p50` and `p99` are by
    the clock on the wall; `cpu_p99` is processor time, which others on the machine disturb less.
    `near` and `out` are the AUROC of the contestant's own score, in scope against each.
    """

    contestant: str
    corpus: str
    phrasings: int
    decoys: int
    questions: int
    asked: int
    accuracy: float | None
    near: float | None
    out: float | None
    build_s: float
    first_ms: float
    p50: float
    p99: float
    cpu_p99: float
    peak_mb: float
    resident_mb: float
    load: float


def measure(name: str, corpus: Corpus, seconds: float, cache: Path) -> Result:
    """Build and ask. Every contestant gets the same questions in the same order."""
    contestant = CONTESTANTS[name]
    started = time.perf_counter()
    ask = contestant.build(corpus, cache)
    build_s = time.perf_counter() - started
    questions = corpus.questions[:MOST_TIMED] if corpus.is_scaled else corpus.questions
    begun = time.perf_counter()
    if questions:
        ask(questions[-1].text)
    first_ms = (time.perf_counter() - begun) * 1e3
    for question in questions[-WARM_UP:-1]:
        if time.perf_counter() - begun > seconds / 4:
            break
        ask(question.text)
    found, wall, cpu = _asked(ask, questions, seconds)
    peak, resident = _memory()
    right = [best == q.target for (best, _), q in zip(found, questions, strict=False) if q.kind == IN_SCOPE]
    scores = _by_kind(found, questions)
    return Result(
        contestant=name,
        corpus=corpus.name,
        phrasings=corpus.phrasings,
        decoys=sum(len(subject.decoys) for subject in corpus.subjects) if contestant.is_ours else 0,
        questions=len(questions),
        asked=len(found),
        accuracy=sum(right) / len(right) if right else None,
        near=_auroc(scores[IN_SCOPE], scores[NEAR]),
        out=_auroc(scores[IN_SCOPE], scores[OUT]),
        build_s=build_s,
        first_ms=first_ms,
        p50=_quantile(wall, 0.5),
        p99=_quantile(wall, 0.99),
        cpu_p99=_quantile(cpu, 0.99),
        peak_mb=peak,
        resident_mb=resident,
        load=os.getloadavg()[0],
    )


def slowest_string(name: str, corpus: Corpus, cache: Path, seed: int = 4) -> dict[str, float | int | str]:
    """The same contestant asked `STRINGS` random Unicode strings; none may raise. Times in ms."""
    ask = CONTESTANTS[name].build(corpus, cache)
    draw = random.Random(seed)  # noqa: S311  # repeatable is what is wanted, not secret
    texts = [random_text(draw) for _ in range(STRINGS)]
    taken = _asked(ask, [Asked(text, None, OUT) for text in texts], float("inf"))[2]
    slowest = max(range(STRINGS), key=taken.__getitem__)
    return {
        "contestant": name,
        "strings": STRINGS,
        "p99": _quantile(taken, 0.99),
        "slowest": taken[slowest] * 1e3,
        "characters": len(texts[slowest]),
    }


def random_text(draw: random.Random, most: int = 2000) -> str:
    """Up to `most` characters (2,000: the longest message on Discord) of one to three ranges of Unicode.

    No surrogates: no text that comes from Discord holds one.
    """
    ranges = [(0x20, 0x7E), (0x20, 0x24F), (0x300, 0x36F), (0x370, 0xD7FF), (0xE000, 0xFFFF), (0, 0x10FFFF)]
    own = draw.sample(ranges, draw.randint(1, 3))
    length = int(most ** draw.random())
    codes = (draw.randint(*draw.choice(own)) for _ in range(length))
    return "".join(chr(code) for code in codes if not 0xD800 <= code <= 0xDFFF)


def _asked(
    ask: Ask, questions: Sequence[Asked], seconds: float
) -> tuple[list[tuple[str | None, float]], list[float], list[float]]:
    """What was found for each until its processor time is up, and how long each took: wall, processor."""
    found, wall, cpu = [], [], []
    end = time.process_time() + seconds
    for question in questions:
        before, used = time.perf_counter(), time.process_time()
        found.append(ask(question.text))
        now = time.process_time()
        wall.append(time.perf_counter() - before)
        cpu.append(now - used)
        if now > end and len(found) >= FEWEST:
            break
    return found, wall, cpu


def _by_kind(found: Sequence[tuple[str | None, float]], questions: Sequence[Asked]) -> dict[str, list[float]]:
    scores: dict[str, list[float]] = {IN_SCOPE: [], NEAR: [], OUT: []}
    for (_, score), question in zip(found, questions, strict=False):
        scores[question.kind].append(score)
    return scores


def _auroc(higher: Sequence[float], lower: Sequence[float]) -> float | None:
    """The chance that one of `higher` is above one of `lower`, ties counted half."""
    if not higher or not lower:
        return None
    ordered = sorted([(score, 1) for score in higher] + [(score, 0) for score in lower])
    won, seen, place = 0.0, 0, 0
    while place < len(ordered):
        end = place
        while end < len(ordered) and ordered[end][0] == ordered[place][0]:
            end += 1
        ups = sum(side for _, side in ordered[place:end])
        downs = end - place - ups
        won += ups * (seen + downs / 2)
        seen += downs
        place = end
    return won / len(higher) / len(lower)


def _quantile(taken: Sequence[float], share: float) -> float:
    """In ms: the least time that so many took at most."""
    ordered = sorted(taken)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1e3 if ordered else 0.0


def _memory() -> tuple[float, float]:
    """The most that this process ever held, and what it holds now, in MB; Linux tells, elsewhere 0."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0, 0.0
    lines = dict(
        line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines() if ":" in line
    )
    peak, resident = (int(lines[key].split()[0]) / 1024 for key in ("VmHWM", "VmRSS"))
    return peak, resident


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("name", choices=CONTESTANTS)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--core", type=int)
    parser.add_argument("--cache", type=Path, required=True, help="folder for what a contestant keeps")
    parser.add_argument("--strings", action="store_true", help="ask random strings in place of questions")
    given = parser.parse_args()
    if given.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {given.core})
    gc.set_threshold(FEWER_COLLECTIONS)  # as the bot, for every contestant
    corpus = Corpus.read(given.corpus)
    if given.strings:
        result = slowest_string(given.name, corpus, given.cache)
    else:
        result = asdict(measure(given.name, corpus, given.seconds, given.cache))
    given.result.write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main()
