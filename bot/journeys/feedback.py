"""What members say of an answer: "Not my question" and "This is wrong"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.outcome import Reason
from bot.core.scrub import scrub
from bot.journeys.answer import Asked, Unanswered, kept_question
from bot.journeys.live import Live
from bot.store.records import Door, Feedback, FeedbackKind, Place, Way
from bot.store.store import Store
from bot.store.tallies import Came


@dataclass(frozen=True, slots=True)
class About:
    """The answer that is spoken of. `answered_id` is 0 where its question is not kept."""

    entry_id: str
    entry_version: str
    answered_id: int


async def not_my_question(
    about: About, place: Place, live: Live, store: Store, now: datetime
) -> Unanswered | None:
    """The answer missed: noted on the entry, and the question, where it is kept, as unanswered.

    The kept question is taken back, so that saying it twice notes nothing more: None then.
    """
    taken = await store.audits.drawn(about.answered_id) if about.answered_id else None
    text = taken.text if taken is not None else None
    if about.answered_id and text is None:
        return None
    said = _feedback(FeedbackKind.NOT_MY_QUESTION, about, place, live, text, None)
    if text is None:
        await store.log_feedback(said, now)
        return Unanswered(Reason.NOT_MY_QUESTION, None)
    kept = kept_question(Asked(text, Door.BUTTON, place), live, live.matcher.match(text))
    reason = Reason.NOT_MY_QUESTION
    question_id = await store.take_back_answered(about.answered_id, said, kept, reason, now)
    if question_id is not None and taken is not None and taken.way is Way.MATCH:
        await store.tallies.count(Came.TAKEN_BACK, Door.BUTTON, taken.at, taken.entry_id)
    return None if question_id is None else Unanswered(reason, question_id)


async def this_is_wrong(about: About, why: str, place: Place, live: Live, store: Store, now: datetime) -> int:
    """Somebody disputes the answer: noted with the reason, scrubbed; the feedback's id."""
    text = await store.answered_text(about.answered_id) if about.answered_id else None
    record = _feedback(FeedbackKind.WRONG, about, place, live, text, scrub(why) or None)
    return await store.log_feedback(record, now)


def _feedback(
    kind: FeedbackKind, about: About, place: Place, live: Live, text: str | None, why: str | None
) -> Feedback:
    return Feedback(kind, place, about.entry_id, about.entry_version, live.library.version, text, why)
