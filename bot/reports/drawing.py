"""Drawing: colours, canvas, PNG and SVG for every picture.

Nothing here touches pyplot, whose figures are shared by the whole process: each figure stands alone, so
that it may be drawn in a thread. matplotlib is an extra; this module is imported where a picture is made.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, fields
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

PNG_DPI = 144
"""Twice as fine as the figure's own measure, for the screens of phones."""
WIDE, NARROW = 7.2, 4.4
"""Inches: for a desk, and for a phone, where the same text must not shrink."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a picture, #rrggbb each, that all colour vision tells apart (Okabe & Ito 2008)."""

    paper: str
    ink: str
    faint: str
    first: str
    second: str
    third: str
    fourth: str


CARD = Palette("#fbfaf7", "#22252a", "#c9c6bf", "#0072b2", "#c98500", "#c1440e", "#7d6b91")
"""For a picture on a page of unknown colour, as in Discord: it brings its own paper, light and quiet."""
PAGE = Palette("#010201", "#010202", "#010203", "#010204", "#010205", "#010206", "#010207")
"""Stand-ins that `svg` replaces by the page's own colours, so that they follow dark and light."""


def png(figure: Figure) -> bytes:
    """The figure as a PNG on its own paper."""
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=PNG_DPI)
    return out.getvalue()


def svg(figure: Figure, name: str) -> str:
    """The figure as an SVG element for a page: text stays text, colours are the page's (see PAGE).

    `name` keeps its ids apart from those of the other pictures.
    """
    out = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(
            out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    for own in fields(Palette):
        text = text.replace(getattr(PAGE, own.name), f"var(--{own.name})")
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r"url\(#", f"url(#{name}-", text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    return re.sub(r' (width|height)="[\d.]+pt"', "", text, count=2).strip()


def canvas(title: str, colours: Palette, width: float) -> tuple[Figure, Any]:
    """A figure of that width (inches) with its axes, its own paper and a title."""
    figure = Figure(figsize=(width, 3.7), layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12))
    figure.set_facecolor(colours.paper)
    axes = figure.subplots()
    axes.set_facecolor(colours.paper)
    axes.set_title(
        title, color=colours.ink, loc="left", fontsize=12 if width >= WIDE else 10, fontweight="bold"
    )
    return figure, axes


def tidy(axes: Any, colours: Palette, *, most_columns: int = 4) -> None:
    """Quiet lines, and the legend under the picture; one column where it is narrow."""
    axes.xaxis.label.set_color(colours.ink)
    axes.yaxis.label.set_color(colours.ink)
    axes.tick_params(colors=colours.ink, length=0)
    axes.grid(axis="y", color=colours.faint, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(colours.faint)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(
            frameon=False,
            labelcolor=colours.ink,
            ncols=most_columns if is_wide(axes) else 1,
            loc="upper center",
            bbox_to_anchor=(0.5, -0.24 if axes.get_xlabel() else -0.12),
            fontsize=9,
        )


def is_wide(axes: Any) -> bool:
    """Whether the picture is for a desk."""
    return bool(axes.figure.get_figwidth() >= WIDE)
