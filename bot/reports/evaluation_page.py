"""The evaluation as one HTML page that needs nothing else: tables, the two pictures, the confusions."""

from __future__ import annotations

import base64
import io
from html import escape

from matplotlib.figure import Figure

from bot.matching.evaluate import Evaluation
from bot.reports.evaluation import MOST_TEXTS, rows, scalars

BLUE, GREY = "#2a5fa5", "#9a9a9a"
_STYLE = """\
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;margin:1rem 0}
td,th{padding:.2rem .8rem;border-bottom:1px solid #ddd;text-align:left}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
img{max-width:100%;height:auto}"""


def as_html(own: Evaluation, title: str) -> str:
    """The page; questions are escaped."""
    name = f"{len(own.asked)} questions: {escape(title)}"
    shares = "".join(
        f"<tr><td>{escape(what)}</td><td class=n>{s.value:.1%}</td>"
        f"<td class=n>{s.low:.1%} to {s.high:.1%}</td><td class=n>{s.total}</td></tr>"
        for what, s in rows(own)
    )
    figures = "".join(
        f"<tr><td>{escape(what)}</td><td class=n>{value}</td></tr>" for what, value in scalars(own)
    )
    styles = "".join(
        f"<tr><td>{escape(style)}</td><td class=n>{right.value:.1%}</td>"
        f"<td class=n>{risk.value:.1%}</td></tr>"
        for style, (right, risk) in own.by_style.items()
    )
    confusions = "".join(
        f"<tr><td>{escape(wanted)}</td><td>{escape(came)}</td><td class=n>{len(texts)}</td>"
        f"<td>{'<br>'.join(escape(text) for text in texts[:MOST_TEXTS])}</td></tr>"
        for wanted, came, texts in own.confusions
    )
    curve = _picture(curve_picture(own), "Share of answers that are wrong, by share answered right")
    reliability = _picture(reliability_picture(own), "Share right, by confidence")
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Evaluation of the search</title><style>{_STYLE}</style>
<h1>Evaluation of the search</h1><p>{name}</p>
<table><tr><th></th><th class=n>share</th><th class=n>95 % bounds</th><th class=n>of</th></tr>{shares}</table>
<table>{figures}</table>
<h2>Risk and coverage</h2>{curve}
<h2>Reliability</h2>{reliability}
<h2>By style</h2>
<table><tr><th>style</th><th class=n>right first</th><th class=n>risk</th></tr>{styles}</table>
<h2>Confusions</h2>
<table><tr><th>wanted</th><th>came first</th><th class=n></th><th>questions</th></tr>{confusions}</table>
</html>
"""


def curve_picture(own: Evaluation) -> Figure:
    """Risk over coverage, in percent; the chosen threshold is marked."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot([100 * p.coverage for p in own.curve], [100 * p.risk for p in own.curve], color=BLUE)
    right = sum(a.is_answered and not a.is_wrongly_answered for a in own.asked)
    axes.plot(
        [100 * right / max(1, own.coverage.total)],
        [100 * own.risk.value],
        "o",
        color=BLUE,
        label="as calibrated",
    )
    axes.axhline(5, color=GREY, linestyle="--", label="5 % risk")
    axes.set(xlabel="in-scope questions answered right, %", ylabel="answers that are wrong, %", xlim=(0, 100))
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    return figure


def reliability_picture(own: Evaluation) -> Figure:
    """Share right over confidence, bins of equal count, in percent."""
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 100], [0, 100], color=GREY, linestyle="--", label="confidence that holds")
    sure, right = [100 * b.confidence for b in own.bins], [100 * b.right for b in own.bins]
    axes.plot(sure, right, "o-", color=BLUE, label="measured")
    axes.set(xlabel="confidence, %", ylabel="right, %", xlim=(0, 100), ylim=(0, 100))
    axes.legend(frameon=False)
    return figure


def _picture(figure: Figure, told: str) -> str:
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110)
    code = base64.b64encode(out.getvalue()).decode()
    return f'<img alt="{escape(told)}" src="data:image/png;base64,{code}">'
