"""The running knowledge as moderators read it: what a reload did, what is news of it, and its status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from discord import ui

from bot.app import App
from bot.core import limits
from bot.core import wording_moderators as wording
from bot.core.entry import Entry, Status
from bot.discord_ui.buttons import said
from bot.discord_ui.problem_lines import problem_lines
from bot.discord_ui.render import cut, quoted
from bot.journeys.reload import Came, Reloaded
from bot.journeys.trend import Period

PROBLEMS_SHOWN = 5
IDS_SHOWN = 10
ROOM = limits.MESSAGE_TEXT - 100


def reload_text(reloaded: Reloaded) -> str:
    """What came of a reload, with the first problems."""
    errors = len(reloaded.problems)
    form = {
        Came.LIVE: wording.RELOAD_LIVE,
        Came.SAME: wording.RELOAD_SAME,
        Came.KEPT: wording.RELOAD_KEPT,
        Came.TAKEN_BACK: wording.RELOAD_TAKEN_BACK,
        Came.FAILED: wording.RELOAD_FAILED,
    }[reloaded.came]
    first = form.format(
        version=reloaded.version,
        entries=reloaded.entries,
        seconds=reloaded.seconds,
        count=wording.ONE_ERROR if errors == 1 else wording.MANY_ERRORS.format(count=errors),
        reference=reloaded.reference,
    )
    return cut("\n".join([first, *problem_lines(reloaded.problems, PROBLEMS_SHOWN)]), ROOM)


@dataclass(slots=True)
class News:
    """What the moderators' channel was told of reloads, so that each problem is told once."""

    told: set[tuple[str, str, str]] = field(default_factory=set)

    def of(self, reloaded: Reloaded) -> str | None:
        """What is to be told now; None where nothing is news: all is well as before, or it was told."""
        if reloaded.came in (Came.LIVE, Came.SAME):
            if not self.told:
                return None
            self.told.clear()
            return wording.LIVE_AGAIN.format(version=reloaded.version, entries=reloaded.entries)
        now = {(problem.path, problem.rule, problem.message) for problem in reloaded.problems}
        if reloaded.came is Came.FAILED:
            now = {("", Came.FAILED.value, "")}
        is_news = bool(now - self.told)
        self.told = now
        return reload_text(reloaded) if is_news else None


def status_view(app: App, period: Period, advice: int, started: datetime) -> ui.LayoutView:
    """Version, entries by level, problems, overdue reviews, drafts, search, and the last 30 days."""
    return said(cut("\n".join(_status_lines(app, period, advice, started)), ROOM))


def _status_lines(app: App, period: Period, advice: int, started: datetime) -> list[str]:
    library = app.live.library
    by_status = Counter(entry.status for entry in library.entries.values())
    by_level = Counter(entry.caveat for entry in library.live)
    lines = [
        wording.STATUS_HEADING.format(version=library.version),
        wording.STATUS_ENTRIES.format(
            live=len(library.live), drafts=by_status[Status.DRAFT], retired=by_status[Status.RETIRED]
        ),
        *(
            wording.STATUS_LEVEL.format(sign=level.sign, name=level.name, count=by_level[level.id])
            for level in library.levels.values()
        ),
        *_problem_lines(app.reloaded, advice),
        _overdue(app, library.live),
    ]
    drafts = [entry.id for entry in library.entries.values() if entry.status is Status.DRAFT]
    if drafts:
        lines.append(wording.STATUS_DRAFTS.format(ids=_ids(drafts)))
    engine = app.live.matcher.engine
    lines.append(wording.STATUS_ENGINE.format(kind=engine.kind))
    if engine.warning:
        lines.append(wording.STATUS_WARNING.format(warning=quoted(engine.warning, limits.CHANGED)))
    lines += _period_lines(period)
    lines += _reload_lines(app, started)
    return lines


def _problem_lines(reloaded: Reloaded | None, advice: int) -> list[str]:
    if reloaded is not None and reloaded.problems:
        return problem_lines(reloaded.problems, PROBLEMS_SHOWN)
    if advice:
        return [wording.STATUS_PROBLEMS.format(count=advice)]
    return [wording.STATUS_NO_PROBLEMS]


def _overdue(app: App, live: Sequence[Entry]) -> str:
    overdue = sorted(
        (e for e in live if e.reviewed.is_overdue(app.today)), key=lambda e: (e.reviewed.next, e.id)
    )
    if not overdue:
        return wording.STATUS_NOT_OVERDUE
    return wording.STATUS_OVERDUE.format(count=len(overdue), ids=_ids([entry.id for entry in overdue]))


def _ids(ids: Sequence[str]) -> str:
    shown = ", ".join(f"`{each}`" for each in ids[:IDS_SHOWN])
    more = len(ids) - IDS_SHOWN
    return f"{shown} {wording.AND_MORE.format(count=more)}" if more > 0 else shown


def _period_lines(period: Period) -> list[str]:
    counts, risk = period.counts, period.risk
    if counts.asked:
        first = wording.STATUS_COVERAGE.format(
            asked=counts.asked,
            coverage=counts.answered / counts.asked,
            suggested=counts.suggested / counts.asked,
            unanswered=counts.unanswered / counts.asked,
        )
    else:
        first = wording.STATUS_NOTHING_ASKED
    if risk.value is None:
        return [first, wording.STATUS_NOT_AUDITED]
    second = wording.STATUS_RISK.format(
        judged=risk.judged.total, wrong=risk.judged.hits, risk=risk.value, low=risk.low, high=risk.high
    )
    return [first, second]


def _reload_lines(app: App, started: datetime) -> list[str]:
    reloaded = app.reloaded
    if reloaded is None:
        lines = [wording.STATUS_NOT_RELOADED.format(at=_stamp(started))]
    else:
        outcome = reload_text(reloaded).split("\n")[0]
        lines = [wording.STATUS_RELOADED.format(at=_stamp(reloaded.at), outcome=outcome)]
    if not app.settings.watch:
        lines.append(wording.STATUS_NOT_WATCHED)
    return lines


def _stamp(at: datetime) -> str:
    return f"<t:{int(at.timestamp())}:R>"
