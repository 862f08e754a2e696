"""HTML: pages that need nothing else, good on a phone, in print, dark and light. All text is escaped.

The page's own script, which sorts tables, is the only one that its content policy lets run.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

SCRIPT = "sort.js.jinja"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Column:
    """A heading; `is_number` aligns to the right and sorts by value, `is_short` is never broken in two."""

    label: str
    is_number: bool = False
    is_short: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, a line each, and what it is sorted by where that is something else.

    What `is_slight` is left out where a window is too narrow for columns.
    """

    lines: tuple[str, ...]
    sort: float | str | None = None
    is_slight: bool = False

    @classmethod
    def of(cls, value: object) -> Cell:
        """A cell of a number, a day, a text or None, which is shown as nothing and sorts first."""
        if isinstance(value, Cell):
            return value
        if value is None:
            return cls(("",), -1.0, is_slight=True)
        if isinstance(value, int | float):
            return cls((f"{value:,}",), float(value), is_slight=value == 0)
        if isinstance(value, date):
            return cls((f"{value:%Y-%m-%d}",), f"{value:%Y-%m-%d}")
        return cls((str(value),), is_slight=not value)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the page; `empty` stands there where it has no row."""

    id: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    empty: str = ""


def a_table(
    table_id: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[object]],
    note: str = "",
    empty: str = "",
) -> Table:
    """A table of plain values; each row has a value a column."""
    cells = [[Cell.of(value) for value in row] for row in rows]
    return Table(table_id, title, columns, cells, note, empty)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as SVG, once for wide and once for narrow windows, and what it shows in words."""

    wide: str
    narrow: str
    words: str


def page(template: str, **values: Any) -> str:
    """The page, ending in a newline."""
    script = _pages().get_template(SCRIPT).render()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    own = _pages().get_template(template)
    return own.render(script=script, script_hash=f"sha256-{digest}", **values).strip() + "\n"


def shown(text: str) -> str:
    """A text without what would steer the page's letters: control characters, and those of direction."""
    return _UNPRINTABLE.sub(" ", text)


@lru_cache(maxsize=1)
def _pages() -> Environment:
    pages = Environment(
        loader=PackageLoader("bot.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["shown"] = shown
    return pages
