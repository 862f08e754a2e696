"""What audits say, in a few lines: the same in Discord, in the digest and in the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.core import wording_audit as wording
from bot.journeys.audit import AIM, Audited
from bot.journeys.trend import Period, Risk
from bot.matching.evaluate import Share


def figures(period: Period) -> Iterator[str]:
    """Coverage and risk of a period, a line each; a third says how much more would tell more."""
    counts, risk = period.counts, period.risk
    if counts.asked:
        yield wording.COVERAGE.format(
            value=counts.coverage.value, answered=counts.answered, asked=counts.asked
        )
    else:
        yield wording.COVERAGE_UNKNOWN
    yield risk_line(risk)
    if not risk.judged.hits and not risk.taken_back and risk.judged.total < AIM:
        yield wording.MORE_NEEDED.format(count=AIM - risk.judged.total)


def risk_line(risk: Risk) -> str:
    """The risk with its bounds and what it rests on."""
    if risk.value is None:
        return wording.RISK_UNKNOWN
    return wording.RISK.format(
        value=risk.value,
        low=risk.low,
        high=risk.high,
        wrong=risk.judged.hits,
        judged=risk.judged.total,
        taken_back=risk.taken_back,
        answered=risk.answered,
        unsure=risk.unsure,
    )


def as_json(found: Audited) -> str:
    """For programs; shares 0 to 1, null where nothing is known; ends in a newline."""
    record = {
        "window": period_json(found.window),
        "chosen": {"judged": found.chosen_wrong.total, "wrong": _share(found.chosen_wrong)},
        "weeks": [period_json(week) for week in found.weeks],
    }
    return json.dumps(record, indent=1) + "\n"


def period_json(period: Period) -> dict[str, Any]:
    """A period as plain values; shares 0 to 1, null where nothing is known."""
    counts, risk = period.counts, period.risk
    return {
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "asked": counts.asked,
        "answered": counts.answered,
        "suggested": counts.suggested,
        "chosen": counts.chosen,
        "unanswered": counts.unanswered,
        "referred": counts.referred,
        "picked": counts.picked,
        "coverage": _share(counts.coverage),
        "judged": risk.judged.total,
        "wrong": risk.judged.hits,
        "unsure": risk.unsure,
        "taken_back": risk.taken_back,
        "risk": _bounds(risk.value, risk.low, risk.high),
    }


def _share(share: Share) -> dict[str, float | None]:
    return _bounds(share.value if share.total else None, share.low, share.high)


def _bounds(value: float | None, low: float, high: float) -> dict[str, float | None]:
    return {
        "value": None if value is None else round(value, 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }
