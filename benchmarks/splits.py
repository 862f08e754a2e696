"""Splits: does the promised risk hold on questions that the thresholds were not chosen on?

    python -m benchmarks.splits [--splits 10] [--print]

Each time the labelled questions are drawn into two halves anew (seed 0, 1, ...): thresholds are chosen on the
one as `caveat calibrate` does, the other is asked as members ask. The encoder stays as it was tuned on the
entries' texts, in which no labelled question stands. A minute on an idle machine; writes a section of
docs/MATCHING.md.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.progress import track

from benchmarks.ablation import Remembering
from benchmarks.corpus import KNOWLEDGE, ROOT
from benchmarks.section import filled, write_section
from bot.core.labelled import Labelled
from bot.knowledge.labelled import load_labelled
from bot.knowledge.load import load_library
from bot.matching.calibrate import SURE, calibrate
from bot.matching.engine import cache_folder
from bot.matching.evaluate import Share, evaluate
from bot.matching.matcher import Matcher
from bot.matching.tuning.adapter import ADAPTER

PAPER = ROOT / "docs" / "MATCHING.md"
RISK = 0.05


@dataclass(frozen=True, slots=True)
class Split:
    """What one half's thresholds gave on the other half. Shares 0 to 1."""

    seed: int
    promised: float
    risk: Share
    coverage: Share
    offered: Share
    calibration_error: float

    @property
    def holds(self) -> bool:
        """The share of answers that are wrong is at most the promised one."""
        return self.risk.value <= RISK


def split(matcher: Matcher, questions: tuple[Labelled, ...], seed: int) -> Split:
    """Choose on one half, ask the other."""
    drawn = np.random.default_rng(seed).permutation(len(questions))
    middle = len(questions) // 2
    chosen = calibrate(matcher, [questions[i] for i in drawn[:middle].tolist()], RISK)
    own = replace(matcher, thresholds=chosen.thresholds)
    found = evaluate(own, [questions[i] for i in drawn[middle:].tolist()])
    return Split(seed, chosen.risk_bound, found.risk, found.coverage, found.offered, found.calibration_error)


def section(splits: list[Split], questions: int) -> str:
    """The table, and in how many splits the promise held."""
    held, worst = sum(own.holds for own in splits), max(own.calibration_error for own in splits)
    told = f"""{questions:,} labelled questions, drawn into two halves {len(splits)} times: thresholds chosen
        on the one for a risk of {RISK:.0%} (bound with a chance of {SURE:.0%}), the other one asked.
        The promise held in **{held} of {len(splits)}**; calibration error at most
        {100 * worst:.1f} points."""
    lines = [
        filled(told),
        "",
        "| seed | wrong of answered | risk | answered of in scope | right entry shown | calibration error |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for own in splits:
        risk = f"{own.risk.value:.1%}" if own.holds else f"**{own.risk.value:.1%}**"
        lines.append(
            f"| {own.seed} | {own.risk.hits} of {own.risk.total} | {risk} | {own.coverage.value:.1%} "
            f"| {own.offered.value:.1%} | {100 * own.calibration_error:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run, and write the section unless it is only to be printed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--print", action="store_true", help="print it, and write nothing")
    parser.add_argument("--knowledge", type=Path, default=KNOWLEDGE)
    arguments = parser.parse_args()
    library = load_library(arguments.knowledge).library
    if library is None:
        raise SystemExit("the knowledge has errors: run `caveat check`")
    engine = Remembering.open(cache_folder(), tuned=arguments.knowledge / ADAPTER)
    matcher = Matcher.over(library, engine)
    questions = load_labelled(arguments.knowledge / "labelled")
    splits = [split(matcher, questions, seed) for seed in track(range(arguments.splits), "splits")]
    text = section(splits, len(questions))
    if arguments.print:
        print(text)
    else:
        write_section(PAPER, "splits", text)


if __name__ == "__main__":
    main()
