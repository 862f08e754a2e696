"""The calibration file: thresholds and what they promise, as text that is reviewed like an entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.core.library import Thresholds

FILE = "calibration.yaml"


@dataclass(frozen=True, slots=True)
class Promise:
    """What a calibration says of itself. Shares 0 to 1; `how` is one sentence in plain words."""

    target_risk: float
    measured_risk: float
    measured_coverage: float
    questions: int
    on: date
    how: str


def calibration_text(thresholds: Thresholds, promise: Promise) -> str:
    """The file, ending in a newline."""
    lines = ["# Thresholds of the search, written by `caveat calibrate`; reviewed like an entry."]
    lines += _thresholds(thresholds)
    if thresholds.light is not None:
        lines += ["light:", *(f"  {line}" for line in _thresholds(thresholds.light))]
    lines += [
        f"target_risk: {promise.target_risk:g}",
        f"measured_risk: {promise.measured_risk:.4f}",
        f"measured_coverage: {promise.measured_coverage:.4f}",
        f"questions: {promise.questions}",
        f"on: {promise.on.isoformat()}",
        "how: >-",
        f"  {promise.how}",
    ]
    return "\n".join(lines) + "\n"


def _thresholds(own: Thresholds) -> list[str]:
    names = ("answer", "suggest", "refer", "slope", "intercept")
    return [f"{name}: {getattr(own, name):.4f}" for name in names]
