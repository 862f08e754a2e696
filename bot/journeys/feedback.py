"""What members say of an answer: "Not my question" and "This is wrong"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.outcome import Reason
from bot.core.scrub import scrub
from bot.journeys.answer import Asked, Unanswered, kept_question
from bot.journeys.live import Live
from bot.store.records import Door, Feedback, FeedbackKind, Place
from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class About:
    """The answer that is spoken of. `answered_id` is 0 where its question is not kept."""

    entry_id: str
    entry_version: str
    answered_id: int


async def not_my_question(about: About, place: Place, live: Live, store: Store, now: datetime) -> Unanswered:
    """The answer missed: noted on the entry, and the question, where it is kept, as unanswered."""
    text = await store.answered_text(about.answered_id) if about.answered_id else None
    await store.log_feedback(_feedback(FeedbackKind.NOT_MY_QUESTION, about, place, live, text, None), now)
    if text is None:
        return Unanswered(Reason.NOT_MY_QUESTION, None)
    asked = Asked(text, Door.SLASH, place)
    kept = kept_question(asked, live, live.matcher.match(text))
    return Unanswered(Reason.NOT_MY_QUESTION, await store.log_unanswered(kept, Reason.NOT_MY_QUESTION, now))


async def this_is_wrong(about: About, why: str, place: Place, live: Live, store: Store, now: datetime) -> int:
    """Somebody disputes the answer: noted with the reason, scrubbed; the feedback's id."""
    text = await store.answered_text(about.answered_id) if about.answered_id else None
    record = _feedback(FeedbackKind.WRONG, about, place, live, text, scrub(why) or None)
    return await store.log_feedback(record, now)


def _feedback(
    kind: FeedbackKind, about: About, place: Place, live: Live, text: str | None, why: str | None
) -> Feedback:
    return Feedback(kind, place, about.entry_id, about.entry_version, live.library.version, text, why)
