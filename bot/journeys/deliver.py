"""Deliver: work off the outbox, each message once, whatever happens in between.

A message that perhaps went out is never sent again unless it is certain that it did not: it is looked up
where it would stand. Where that cannot be told, Discord itself refuses a second one with the same nonce
for a few minutes, and after that the outcome stays unclear.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.core.delivery import (
    PERSONAL,
    Delivery,
    Kind,
    Later,
    Looked,
    Outcome,
    Refused,
    Sent,
    State,
)
from bot.journeys.live import Live
from bot.store.outbox import Outbox

log = structlog.get_logger(__name__)

NONCE_HOLDS = timedelta(minutes=1)
"""Discord's documentation of `enforce_nonce` says "in the past few minutes": the cautious side of it."""
LEASE = timedelta(minutes=2)
"""So long nobody else takes up what is being sent; a new start takes it up at once."""
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=6)
MOST_ATTEMPTS = 20
"""With the waits between them about two and a half days."""


@dataclass(frozen=True, slots=True)
class Post:
    """The way to Discord. Neither function raises what comes from Discord or the network."""

    send: Callable[[Delivery], Awaitable[Outcome]]
    """Send it with its nonce."""
    look_up: Callable[[Delivery], Awaitable[Sent | Looked]]
    """Find it where it would stand."""


async def deliver_due(
    outbox: Outbox, live: Live, post: Post, clock: Callable[[], datetime], limit: int
) -> int:
    """Work on what is due, at most `limit`, one after the other; how many were taken up."""
    found = await outbox.due(clock(), limit)
    for delivery in found:
        await _work_on(delivery, outbox, live, post, clock)
    return len(found)


async def _work_on(
    delivery: Delivery, outbox: Outbox, live: Live, post: Post, clock: Callable[[], datetime]
) -> None:
    is_fresh = True
    if delivery.state is State.SENDING:
        found = await post.look_up(delivery)
        if isinstance(found, Sent):
            await _finish(delivery, outbox, State.SENT, clock(), message_id=found.message_id)
            return
        is_fresh = found is Looked.ABSENT
        if not is_fresh and await _is_settled(delivery, found, outbox, clock()):
            return
    message = delivery.message
    if is_fresh and message.kind is Kind.ANSWER and live.library.served(message.entry_id or "") is None:
        log.warning("an answer was withdrawn before it was delivered", entry=message.entry_id)
        await outbox.drop(delivery)
        return
    if delivery.attempts >= MOST_ATTEMPTS:
        state = State.REFUSED if is_fresh else State.UNCLEAR
        await _finish(delivery, outbox, state, clock(), why="tried too often")
        return
    now = clock()
    begun = await outbox.begin(delivery, now, now + LEASE, is_fresh=is_fresh)
    if begun is None:
        return
    outcome = await post.send(begun)
    if is_fresh or isinstance(outcome, Sent):
        await _conclude(begun, outcome, outbox, clock())
    elif isinstance(outcome, Refused):  # what went out before may stand there all the same
        await _finish(begun, outbox, State.UNCLEAR, clock(), why=outcome.why)
    else:
        await outbox.postpone(begun, clock() + _wait(begun), State.SENDING)


async def _is_settled(delivery: Delivery, found: Looked, outbox: Outbox, now: datetime) -> bool:
    """What to do about a message that may stand where it was not found; False where it is safe to resend."""
    if found is Looked.UNREACHABLE and delivery.attempts < MOST_ATTEMPTS:
        await outbox.postpone(delivery, now + _wait(delivery), State.SENDING, is_attempt=True)
        return True
    if delivery.began_at is not None and now - delivery.began_at < NONCE_HOLDS:
        return False
    await _finish(delivery, outbox, State.UNCLEAR, now, why=f"looked up: {found.value}")
    return True


async def _conclude(delivery: Delivery, outcome: Outcome, outbox: Outbox, now: datetime) -> None:
    """What came of sending a message of which nothing else was under way."""
    message = delivery.message
    if isinstance(outcome, Sent):
        await _finish(delivery, outbox, State.SENT, now, message_id=outcome.message_id)
    elif isinstance(outcome, Refused):
        is_direct = message.kind in PERSONAL and message.channel_id is None
        if is_direct and message.mention_channel_id is not None:
            await outbox.redirect(delivery, now)
        else:
            await _finish(delivery, outbox, State.REFUSED, now, why=outcome.why)
    elif isinstance(outcome, Later):
        log.info("delivery postponed", delivery=delivery.id, kind=message.kind, why=outcome.why)
        await outbox.postpone(delivery, now + _wait(delivery), State.DUE)
    else:
        log.warning("delivery unclear", delivery=delivery.id, kind=message.kind, why=outcome.why)
        await outbox.postpone(delivery, now + _wait(delivery), State.SENDING)


async def _finish(
    delivery: Delivery,
    outbox: Outbox,
    state: State,
    now: datetime,
    *,
    message_id: int | None = None,
    why: str | None = None,
) -> None:
    if await outbox.finish(delivery, state, now, message_id) and state is not State.SENT:
        kind = delivery.message.kind
        log.warning("not delivered", delivery=delivery.id, kind=kind, state=state, why=why)


def _wait(delivery: Delivery) -> timedelta:
    """Doubled with each attempt."""
    doublings = min(max(delivery.attempts - 1, 0), 16)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
