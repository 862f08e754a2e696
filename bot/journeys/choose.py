"""The choices of a "Did you mean": one is taken, none fits, or nobody presses."""

from __future__ import annotations

from datetime import datetime

from bot.core.outcome import Reason
from bot.journeys.answer import OFFER_LASTS, Offered, Shown, Unanswered
from bot.journeys.live import Live
from bot.matching.decide import offered
from bot.store.records import Answered, Way
from bot.store.store import Store
from bot.store.tallies import Came


async def open_choices(offer_id: int, live: Live, store: Store) -> Offered | None:
    """The choices of an open offer, as far as they are still served; None where it was closed."""
    offer = await store.offer(offer_id)
    if offer is None:
        return None
    choices = offered(offer.kept.candidates, live.matcher.thresholds)
    served = (live.library.served(candidate.entry_id) for candidate in choices)
    return Offered(offer_id, tuple(entry for entry in served if entry is not None))


async def choose(
    offer_id: int, entry_id: str, live: Live, store: Store, now: datetime, kept_days: int
) -> Shown | None:
    """One choice is taken; shown even where the offer has run out. None where it is no longer served."""
    entry = live.library.served(entry_id)
    if entry is None:
        return None
    offer = await store.offer(offer_id)
    if offer is None:
        return Shown(entry, 1.0, 0)
    taken = {c.entry_id: c.confidence for c in offer.kept.candidates}
    confidence = taken.get(entry_id, 0.0)
    record = Answered(offer.kept.text, entry.id, entry.version, live.library.version, confidence, Way.CHOICE)
    answered_id = await store.close_offer_chosen(offer_id, record if kept_days else None, now)
    if answered_id is not None:
        await store.tallies.count(Came.CHOSEN, offer.kept.door, now, entry.id)
    return Shown(entry, confidence, answered_id or 0)


async def none_of_these(offer_id: int, store: Store, now: datetime) -> Unanswered | None:
    """None fits: logged as unanswered. None where the offer had been closed before."""
    question_id = await store.close_offer_unanswered(offer_id, Reason.NONE_OF_THESE, now)
    return None if question_id is None else Unanswered(Reason.NONE_OF_THESE, question_id)


async def expire_offers(store: Store, now: datetime) -> int:
    """Choices left alone count as unanswered; how many. Safe to run at any time, also after a crash."""
    expired = 0
    for offer_id in await store.offers_before(now - OFFER_LASTS):
        expired += await store.close_offer_unanswered(offer_id, Reason.LEFT_ALONE, now) is not None
    return expired
