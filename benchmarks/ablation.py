"""Ablation: what each part of the search brings, each left out in turn; into a table of docs/MATCHING.md.

    python -m benchmarks.ablation                  all parts, the calibrate half of the labelled questions
    python -m benchmarks.ablation --only lead --only mass --print
    python -m benchmarks.ablation --half grade --print

Nothing is fitted anew when a part is left out, and no threshold is asked: how right the order is, and how
well the score tells what should be answered. Five minutes on an idle machine. What decides on a part is the
calibrate half: the grade half is for looking at the end.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from rich.console import Console
from rich.progress import track

from benchmarks.corpus import IN_SCOPE, KNOWLEDGE, NEAR, PUBLIC, ROOT, TYPO, Corpus, mistyped, public_sets
from benchmarks.section import filled, write_section
from bot.core.labelled import Half, Kind, Labelled
from bot.core.library import Library, Thresholds
from bot.knowledge.labelled import load_labelled
from bot.knowledge.load import load_library
from bot.matching import confidence, kernel, matcher, normalise, rank, vectors
from bot.matching.calibrate import Seen, see
from bot.matching.engine import Engine, cache_folder
from bot.matching.evaluate import auroc
from bot.matching.index import Index, Subject
from bot.matching.matcher import Matcher
from bot.matching.rank import Ranked, Signals
from bot.matching.rows import Matrix
from bot.matching.spelling import Spelling
from bot.matching.vectors import Shares

PAPER = ROOT / "docs" / "MATCHING.md"
RISK = 0.05
_PLAIN = Thresholds(answer=1.0, suggest=0.0, slope=1.0, intercept=0.0)
_TINY = 1e-9
"""Share of a part that is left out: a row without any slot has no form."""


class Remembering(Engine):
    """An engine that embeds no text twice in one process, whatever is built over it."""

    _memory: dict[tuple[str, str], Matrix] = {}  # noqa: RUF012  # shared by all of them, on purpose

    def dense(self, texts: Sequence[str]) -> Matrix:
        """As in `Engine`."""
        own, memory = self.id, self._memory
        new = [text for text in dict.fromkeys(texts) if (own, text) not in memory]
        if new:
            memory.update(((own, text), row) for text, row in zip(new, super().dense(new), strict=True))
        rows = [memory[own, text] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), sum(self.widths))


@dataclass(frozen=True, slots=True)
class Asked:
    """A set of questions over its subjects; `engine` is the one that the whole search has for it."""

    name: str
    entries: tuple[Subject, ...]
    kinds: tuple[Subject, ...]
    questions: tuple[Labelled, ...]
    engine: Engine


@dataclass(frozen=True, slots=True)
class Part:
    """What is left out: by patching modules while it lasts, by another engine, or by other subjects."""

    name: str
    patches: tuple[tuple[object, str, Any], ...] = ()
    engine: Callable[[Engine], Engine] = field(default=lambda engine: engine)
    asked: Callable[[Asked], Asked] = field(default=lambda asked: asked)
    only_shipped: bool = False


def parts(untuned: Engine, light: Engine) -> list[Part]:
    """Every part of the search that can be left out; the first leaves out nothing."""
    own = vectors.DEFAULT
    kept = 1.0 - own.stems
    return [
        Part("everything"),
        Part("the tuning of the encoder", engine=lambda _: untuned, only_shipped=True),
        Part("the encoder (the light engine)", engine=lambda _: light),
        Part("the word table", engine=lambda engine: replace(engine, table=None)),
        Part(
            "stems and pairs",
            ((vectors, "DEFAULT", Shares(own.encoder / kept, own.table / kept, _TINY, own.runs)),),
        ),
        Part("the ridge: the nearest phrasing's cosine", ((matcher, "rank", by_nearest),)),
        Part(
            "the kernel: plain cosines in the ridge", ((rank, "kernel", _plain), (kernel, "kernel", _plain))
        ),
        Part("spelling", ((Spelling, "respell", lambda _, text: text),)),
        Part("chat openers off", ((normalise, "_CHAT", re.compile(r"(?!)")),)),
        Part("likeness in the confidence", ((confidence, "NEAR", 0.0),)),
        Part("the lead in the confidence", ((confidence, "LEAD", 0.0),)),
        Part("the mass in the confidence", ((confidence, "MASS", 0.0),)),
        Part("own decoys in the confidence", ((confidence, "DECOYS", 0.0),), only_shipped=True),
        Part("decoys altogether", asked=_without_decoys, only_shipped=True),
        Part("the safety list", asked=lambda asked: replace(asked, kinds=()), only_shipped=True),
    ]


def _plain(cosines: Matrix) -> Matrix:
    """Stands in for `bot.matching.kernel.kernel`."""
    return cosines


def by_nearest(query: Matrix, index: Index, most: int) -> list[Ranked]:
    """Stands in for `bot.matching.rank.rank`: subjects by their nearest phrasing."""
    cosines = index.rows.cosines(query)[: len(index.labels)]
    best = np.full(len(index.ids), -1.0, dtype=np.float32)
    np.maximum.at(best, index.labels, cosines)
    order = np.argsort(-best, kind="stable")[:most]
    return [Ranked(int(label), Signals(float(best[label]), 0.0, 0.0, 0.0)) for label in order]


def _without_decoys(asked: Asked) -> Asked:
    entries, kinds = (tuple(replace(s, decoys=()) for s in side) for side in (asked.entries, asked.kinds))
    return replace(asked, entries=entries, kinds=kinds)


def all_sets(library: Library, half: Half, untuned: Engine, tuned: Engine) -> Iterator[Asked]:
    """The public sets, those with typos, and the shipped knowledge with one half of its questions."""
    for corpus in public_sets():
        yield _of_corpus(corpus, untuned)
        yield _of_corpus(mistyped(corpus), untuned)
    entries = tuple(Subject(e.id, e.searched, e.decoys) for e in library.live)
    kinds = tuple(Subject(k.id, k.phrasings, k.decoys) for k in library.never.values())
    questions = tuple(q for q in load_labelled(KNOWLEDGE / "labelled") if q.half is half)
    yield Asked("shipped", entries, kinds, questions, tuned)


def _of_corpus(corpus: Corpus, engine: Engine) -> Asked:
    kinds = {IN_SCOPE: Kind.IN_SCOPE, NEAR: Kind.NEAR_MISS}
    entries = tuple(Subject(s.id, s.phrasings, s.decoys) for s in corpus.subjects)
    asked = [Labelled(q.text, kinds.get(q.kind, Kind.OUT_OF_SCOPE), q.target, "") for q in corpus.questions]
    if corpus.name.endswith(TYPO):
        asked = [question for question in asked if question.kind is Kind.IN_SCOPE]
    return Asked(corpus.name, entries, (), tuple(asked), engine)


@contextmanager
def left_out(part: Part) -> Iterator[None]:
    """While it lasts the search runs without the part."""
    with ExitStack() as stack:
        for place, name, value in part.patches:
            stack.enter_context(patch.object(place, name, value))
        yield


def figures_of(part: Part, asked: Asked) -> dict[str, float]:
    """Of one set, in points; run inside `left_out`."""
    own = part.asked(asked)
    index = Index.of(own.entries, own.kinds, part.engine(own.engine))
    seen = see(Matcher(index, {}, _PLAIN), own.questions)
    kinds = np.array([question.kind for question in own.questions])
    inside = int(seen.inside.sum())
    inner = seen.score[kinds == Kind.IN_SCOPE]
    found = {"right": seen.right.sum() / inside, "three": np.isfinite(seen.own).sum() / inside}
    found["near"] = auroc(inner.tolist(), seen.score[kinds == Kind.NEAR_MISS].tolist())
    found["out"] = auroc(inner.tolist(), seen.score[kinds == Kind.OUT_OF_SCOPE].tolist())
    found["covered"] = coverage(seen)
    # Where a kind of the safety list leads, no entry is shown.
    shown = np.where(np.isfinite(seen.kind), -60.0, seen.score)
    found["never"] = auroc(shown[kinds == Kind.IN_SCOPE].tolist(), shown[kinds == Kind.REFER].tolist())
    return {name: 100 * float(value) for name, value in found.items()}


def coverage(seen: Seen) -> float:
    """In-scope questions answered at the threshold that, in hindsight, answers most with `RISK` at most."""
    order = np.argsort(-seen.score, kind="stable")
    risk = np.cumsum(~seen.right[order]) / np.arange(1, len(order) + 1)
    kept = np.flatnonzero(risk <= RISK)
    answered = order[: kept[-1] + 1] if len(kept) else order[:0]
    return float(seen.inside[answered].sum() / max(1, seen.inside.sum()))


COLUMNS = [
    *((name, figure, f"{name} {figure}") for name in PUBLIC for figure in ("right", "near", "out")),
    *((name + TYPO, "right", f"{name} typo") for name in PUBLIC),
    ("shipped", "right", "shipped right"),
    ("shipped", "three", "among 3"),
    ("shipped", "near", "near"),
    ("shipped", "out", "out"),
    ("shipped", "covered", "covered"),
    ("shipped", "never", "never"),
]
"""Set, figure, head."""


def table(found: dict[str, dict[str, dict[str, float]]]) -> str:
    """Part -> set -> figure as a table: the first part as it is, every other by what goes with it."""
    whole = next(iter(found.values()))
    columns = [c for c in COLUMNS if c[0] in whole and not np.isnan(whole[c[0]][c[1]])]
    lines = [["left out", *(head for _, _, head in columns)], ["---"] * (len(columns) + 1)]
    for name, own in found.items():
        cells = []
        for asked, figure, _ in columns:
            if asked not in own:
                cells.append("")
            elif own is whole:
                cells.append(f"**{own[asked][figure]:.1f}**")
            else:
                cells.append(f"{own[asked][figure] - whole[asked][figure]:+.1f}")
        lines.append(["nothing" if own is whole else name, *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ablation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", action="append", help="a part by a word of its name; again for more")
    parser.add_argument("--half", type=Half, default=Half.CALIBRATE, choices=list(Half))
    parser.add_argument("--paper", type=Path, default=PAPER, help="the paper that gets the table")
    parser.add_argument("--print", action="store_true", help="only print it")
    given = parser.parse_args()
    library = load_library(KNOWLEDGE).library
    if library is None:
        parser.error("the shipped knowledge has errors: run `caveat check`")
    untuned, tuned, light = (
        _remembering(kind, path)
        for kind, path in (("default", None), ("default", KNOWLEDGE / "tuned.npz"), ("light", None))
    )
    sets = list(all_sets(library, given.half, untuned, tuned))
    chosen = [p for p in parts(untuned, light) if not given.only or any(w in p.name for w in given.only)]
    chosen = [parts(untuned, light)[0], *(part for part in chosen if part.name != "everything")]
    try:
        found = _measured(chosen, sets)
    except KeyboardInterrupt:
        sys.exit(130)
    text = _told(sets, given.half) + "\n\n" + table(found)
    print(text)
    if not given.print:
        write_section(given.paper, "ablation", "## What each part brings\n\n" + text)


def _measured(chosen: Sequence[Part], sets: Sequence[Asked]) -> dict[str, dict[str, dict[str, float]]]:
    found = {}
    matcher._one_thread()
    for part in track(chosen, "parts", console=Console(stderr=True)):
        own = [asked for asked in sets if asked.name == "shipped" or not part.only_shipped]
        with left_out(part), ThreadPoolExecutor() as pool:
            measured = pool.map(figures_of, [part] * len(own), own)
            found[part.name] = dict(zip((asked.name for asked in own), measured, strict=True))
    return found


def _remembering(kind: str, tuned: Path | None) -> Engine:
    own = Engine.open(cache_folder(), "light" if kind == "light" else "default", tuned=tuned)
    if own.kind != kind or own.warning is not None:
        raise SystemExit(f"the search model is not whole, run `make model`: {own.warning}")
    return Remembering(own.kind, own.encoder, own.table, None, None, own.adapter)


def _told(sets: Sequence[Asked], half: Half) -> str:
    sizes = ", ".join(f"{asked.name} {len(asked.questions):,}" for asked in sets)
    told = f"""
        `python -m benchmarks.ablation`: each part left out in turn; what goes with it, in points. Nothing is
        fitted anew. Public sets untuned; shipped: the {half.value} half of labelled/, tuned on the phrasings.
        near, out, never: AUROC of the score, questions in scope against near misses, others, and those of the
        safety list. covered: in scope at {RISK:.0%} risk, in hindsight. Questions: {sizes}."""
    return filled(told)


if __name__ == "__main__":
    main()
