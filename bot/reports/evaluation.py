"""The evaluation as text and as JSON: the figures in the order in which they are needed."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bot.matching.evaluate import Evaluation, Share

MOST_CONFUSIONS = 12
MOST_TEXTS = 3


def rows(own: Evaluation) -> Iterator[tuple[str, Share]]:
    """Each share with its name, for every form of the report."""
    yield "in scope: right entry first", own.accuracy
    yield "in scope: right entry among the first three", own.recall
    yield "in scope: answered", own.coverage
    yield "in scope: right entry answered or suggested", own.offered
    yield "answers that are wrong (risk)", own.risk
    yield "near misses answered", own.answered_near
    yield "out of scope answered", own.answered_out
    yield "never-answer questions answered", own.answered_refer
    yield "never-answer questions referred", own.referred
    yield "harmless questions referred", own.referred_harmless


def scalars(own: Evaluation) -> Iterator[tuple[str, str]]:
    """Each figure that is no share, as text."""
    yield "AUROC in scope against near misses", f"{own.near:.1%}"
    yield "AUROC in scope against out of scope", f"{own.out:.1%}"
    yield "calibration error", f"{own.calibration_error:.1%}"


def as_text(own: Evaluation, title: str) -> str:
    """For a terminal; ends in a newline."""
    lines = [f"{len(own.asked)} questions: {title}", "", f"{'':48}{'':>7}  95 % bounds      of"]
    lines += [f"{name:48}{s.value:7.1%}  {s.low:6.1%} {s.high:6.1%} {s.total:6d}" for name, s in rows(own)]
    lines += ["", *(f"{name:48}{value:>7}" for name, value in scalars(own))]
    lines += ["", f"{'style':16}{'right first':>12}{'risk':>8}{'answered':>10}"]
    lines += [
        f"{style:16}{right.value:12.1%}{risk.value:8.1%}{risk.total:10d}"
        for style, (right, risk) in own.by_style.items()
    ]
    if own.confusions:
        lines += ["", "Worst confusions (wanted -> came first):"]
    for wanted, came, texts in own.confusions[:MOST_CONFUSIONS]:
        lines.append(f"  {wanted} -> {came} ({len(texts)})")
        lines += [f"      {text}" for text in texts[:MOST_TEXTS]]
    return "\n".join(lines) + "\n"


def as_json(own: Evaluation, title: str) -> str:
    """For programs; shares and AUROC 0 to 1; ends in a newline."""
    record = {
        "title": title,
        "questions": len(own.asked),
        "shares": {
            name: {
                "value": round(s.value, 4),
                "low": round(s.low, 4),
                "high": round(s.high, 4),
                "of": s.total,
            }
            for name, s in rows(own)
        },
        "auroc": {"near": _number(own.near), "out": _number(own.out)},
        "calibration_error": round(own.calibration_error, 4),
        "styles": {
            style: {"right": round(right.value, 4), "risk": round(risk.value, 4), "answered": risk.total}
            for style, (right, risk) in own.by_style.items()
        },
        "confusions": [
            {"wanted": wanted, "came": came, "questions": list(texts)}
            for wanted, came, texts in own.confusions
        ],
        "curve": [[round(p.threshold, 4), round(p.coverage, 4), round(p.risk, 4)] for p in own.curve],
        "reliability": [[round(b.confidence, 4), round(b.right, 4), b.questions] for b in own.bins],
    }
    return json.dumps(record, indent=1) + "\n"


def _number(value: float) -> float | None:
    return None if value != value else round(value, 4)  # JSON has no NaN
