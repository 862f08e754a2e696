"""Audited: the judged answers of the log, as calibration needs them."""

from __future__ import annotations

from datetime import timedelta

from bot.matching.audited import Judged, Real
from bot.store.audits import Audit, Judgement
from bot.store.records import Way
from bot.store.store import Store
from bot.store.tallies import Came


async def real_answers(store: Store) -> Real:
    """Every answer by match that was judged right or wrong and whose text is still kept.

    Each asking counts, also of a text that was asked before: that is what drawing by lot means.
    """
    audits = [audit for audit in await store.audits.every() if _is_usable(audit)]
    if not audits:
        return Real((), 0, 0, None, None)
    days = [audit.answered_at.date() for audit in audits]
    since, until = min(days), max(days)
    tallies = await store.tallies.between(since, until + timedelta(days=1))
    return Real(
        judged=tuple(_judged(audit) for audit in audits),
        answered=sum(tally.count for tally in tallies if tally.came is Came.ANSWERED),
        taken_back=sum(tally.count for tally in tallies if tally.came is Came.TAKEN_BACK),
        since=since,
        until=until,
    )


def _is_usable(audit: Audit) -> bool:
    return audit.way is Way.MATCH and audit.judgement is not Judgement.UNSURE and bool(audit.text)


def _judged(audit: Audit) -> Judged:
    """Right entries "" (none answers it) and None (nobody said which) are the same here."""
    was_right = audit.judgement is Judgement.RIGHT
    right = audit.entry_id if was_right else audit.right_entry_id or None
    return Judged(audit.text, right, was_right)
