"""The evaluation as one HTML page that needs nothing else: figures, the two pictures, the confusions."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.figure import Figure

from bot.matching.evaluate import Evaluation
from bot.reports.drawing import NARROW, PAGE, WIDE, Palette, canvas, svg, tidy
from bot.reports.evaluation import MOST_TEXTS, rows, scalars
from bot.reports.html import Cell, Column, Drawing, Table, a_table, page

N = True
"""A column of numbers."""
CURVE_TOLD = "Share of answers that are wrong, by share of in-scope questions answered right"
RELIABILITY_TOLD = "Share right, by confidence, in bins of equally many questions"


def as_html(own: Evaluation, title: str) -> str:
    """The page; questions are escaped."""
    return page(
        "evaluation.html.jinja",
        title="Evaluation of the search",
        told=f"{len(own.asked)} questions: {title}",
        tables=[_shares(own), _figures(own)],
        drawings=[
            _drawing(own, curve_picture, "curve", CURVE_TOLD),
            _drawing(own, reliability_picture, "reliability", RELIABILITY_TOLD),
        ],
        more=[_styles(own), _confusions(own)],
        sorting="Press a heading to sort.",
    )


def curve_picture(own: Evaluation, colours: Palette, width: float = WIDE) -> Figure:
    """Risk over coverage, in percent; what the thresholds of calibration.yaml give is marked."""
    figure, axes = canvas("Risk and coverage", colours, width)
    axes.plot([100 * p.coverage for p in own.curve], [100 * p.risk for p in own.curve], color=colours.first)
    right = sum(a.is_answered and not a.is_wrongly_answered for a in own.asked)
    chosen = 100 * right / max(1, own.coverage.total), 100 * own.risk.value
    axes.plot([chosen[0]], [chosen[1]], "o", color=colours.third, label="as calibrated")
    axes.axhline(5, color=colours.fourth, linestyle="--", label="5 % risk")
    axes.set(xlabel="in-scope questions answered right, %", ylabel="answers that are wrong, %", xlim=(0, 100))
    axes.set_ylim(bottom=0)
    tidy(axes, colours)
    return figure


def reliability_picture(own: Evaluation, colours: Palette, width: float = WIDE) -> Figure:
    """Share right over confidence, bins of equal count, in percent."""
    figure, axes = canvas("Reliability", colours, width)
    axes.plot([0, 100], [0, 100], color=colours.fourth, linestyle="--", label="confidence that holds")
    sure, right = [100 * b.confidence for b in own.bins], [100 * b.right for b in own.bins]
    axes.plot(sure, right, "o-", color=colours.first, label="measured")
    axes.set(xlabel="confidence, %", ylabel="right, %", xlim=(0, 100), ylim=(0, 102))
    tidy(axes, colours)
    return figure


def _drawing(
    own: Evaluation, make: Callable[[Evaluation, Palette, float], Figure], name: str, told: str
) -> Drawing:
    wide, narrow = (
        svg(make(own, PAGE, width), f"{name}-{width:g}".replace(".", "-")) for width in (WIDE, NARROW)
    )
    return Drawing(wide, narrow, told)


def _shares(own: Evaluation) -> Table:
    columns = [Column("What"), Column("Share", N), Column("95 % bounds", N), Column("Of", N)]
    cells = [
        (
            what,
            Cell((f"{s.value:.1%}",), s.value),
            Cell((f"{s.low:.1%} to {s.high:.1%}",), s.low),
            s.total,
        )
        for what, s in rows(own)
    ]
    return a_table("shares", "Shares", columns, cells)


def _figures(own: Evaluation) -> Table:
    return a_table("figures", "Figures", [Column("What"), Column("Value", N)], [*_scalar_rows(own)])


def _scalar_rows(own: Evaluation) -> list[tuple[str, Cell]]:
    return [
        (what, Cell((value,), float(value.rstrip("%")) if value != "nan%" else -1.0))
        for what, value in scalars(own)
    ]


def _styles(own: Evaluation) -> Table:
    columns = [Column("Style"), Column("Right first", N), Column("Risk", N), Column("Answered", N)]
    cells = [
        (
            style,
            Cell((f"{right.value:.1%}",), right.value),
            Cell((f"{risk.value:.1%}",), risk.value),
            risk.total,
        )
        for style, (right, risk) in own.by_style.items()
    ]
    return a_table("styles", "By style", columns, cells)


def _confusions(own: Evaluation) -> Table:
    columns = [Column("Wanted"), Column("Came first"), Column("Times", N), Column("Questions")]
    cells = [
        (wanted, came, len(texts), Cell(tuple(texts[:MOST_TEXTS]))) for wanted, came, texts in own.confusions
    ]
    return a_table("confusions", "Confusions", columns, cells, empty="None: every right entry came first.")
