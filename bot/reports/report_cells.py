"""What stands in a cell of the report: shares, bounds, texts, and the names of entries and levels."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core import wording_digest
from bot.core import wording_report as wording
from bot.core.library import Library
from bot.journeys.report import UNKNOWN
from bot.journeys.trend import Period
from bot.matching.evaluate import Share
from bot.reports.html import Cell
from bot.store.audits import NO_ENTRY


def share_cell(share: Share) -> Cell:
    """The share in percent; nothing where nothing was counted."""
    return Cell((f"{share.value:.0%}",), share.value) if share.total else Cell.of(None)


def risk_cell(week: Period) -> Cell:
    """The audited risk with its bounds; nothing where nothing was judged."""
    risk = week.risk
    if risk.value is None:
        return Cell.of(None)
    return Cell((f"{risk.value:.1%}", f"{risk.low:.1%} – {risk.high:.1%}"), risk.value)


def percent(share: Share) -> str:
    """The share in percent, or that it is not known."""
    return f"{share.value:.0%}" if share.total else wording.UNKNOWN


def bounds_of(share: Share) -> str:
    """The bounds of a share; "" where nothing was counted."""
    return f"{share.low:.0%} – {share.high:.0%}" if share.total else ""


def lines_cell(texts: Sequence[str]) -> Cell:
    """Each text on a line of its own."""
    return Cell(tuple(texts) or ("",))


def title_of(entry_id: str, library: Library) -> str:
    """The entry's question, or that it is there no longer."""
    entry = library.served(entry_id)
    return entry.question if entry is not None else wording.NO_LONGER.format(id=entry_id)


def right_title(entry_id: str | None, library: Library) -> str:
    """What would have been right, in words."""
    if entry_id is UNKNOWN:
        return wording.NOT_SAID
    return wording.NO_ENTRY if entry_id == NO_ENTRY else title_of(entry_id, library)


def level_of(level_id: str, library: Library) -> str:
    """The level with its sign."""
    level = library.levels[level_id]
    return f"{level.sign} {level.name}"


def pressing_cell(title: str, is_pressing: bool) -> Cell:
    """With the sign of what is pressing in front; sorted by the title all the same."""
    return Cell((f"{wording_digest.PRESSING if is_pressing else ''}{title}",), title)
