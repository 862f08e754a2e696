"""A log as some weeks of a lively server leave it, made through the store's own doors; the same each time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

from bot.core.moderator import Moderator
from bot.core.outcome import Candidate, Reason
from bot.journeys.audit import judge
from bot.journeys.gather import Gatherer
from bot.journeys.live import Live
from bot.journeys.pseudonyms import Pseudonyms
from bot.store.audits import NO_ENTRY, Judgement
from bot.store.records import Answered, Door, Feedback, FeedbackKind, Kept, Place, Way
from bot.store.store import Store
from bot.store.tallies import Came

HERE = Place(10, 20)
ROBIN = Moderator(1, "Robin")
DAY = timedelta(days=1)
HOSTILE = (
    "<script>document.title='taken'</script> \"quotes\" & 'more'",
    "</td></table><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }} {% raw %} ${x} `code` **bold** @everyone",
    "‮reversed and \x00 null",
    "a" * 500,
)
"""What somebody may type to break a page."""
REASONS = ("Another study says the opposite", "That number is wrong", "The law has changed since")


async def a_busy_log(
    store: Store,
    live: Live,
    now: datetime,
    data: Path,
    gaps: Sequence[tuple[str, int]],
    weeks: int = 12,
    a_week: int = 8,
) -> None:
    """So many weeks with about so many questions each, growing, answered more and more often.

    `gaps` are open questions with how many members asked each, of the last weeks.
    """
    chance = Random(7)
    ids = [entry.id for entry in live.library.live]
    used, pairs = ids[: len(ids) * 3 // 4], list(pairwise(ids))
    entries = live.library.entries
    for week in range(weeks):
        at = now - DAY * (7 * (weeks - week) - 3)
        for _ in range(a_week + chance.randrange(a_week) + week):
            came = chance.choices(
                (Came.ANSWERED, Came.SUGGESTED, Came.UNANSWERED, Came.REFERRED), (10 + week, 5, 6, 1)
            )[0]
            entry_id = chance.choice(used) if came is Came.ANSWERED else ""
            await store.tallies.count(came, Door.SLASH, at - DAY * chance.randrange(3), entry_id)
    for number in range(40):
        entry_id = chance.choice(used)
        text, version = chance.choice(entries[entry_id].searched), entries[entry_id].version
        sure = 0.88 + chance.random() / 10
        answered = Answered(text, entry_id, version, live.library.version, sure, Way.MATCH)
        answered_id = await store.keep_answered(answered, now - DAY * chance.randrange(1, 28))
        if number % 8:
            verdict = Judgement.WRONG if number % 14 == 3 else Judgement.RIGHT
            right = NO_ENTRY if number % 28 == 3 else chance.choice(ids)
            await judge(store, answered_id, verdict, right, ROBIN, now)
    for number in range(6):
        kind = FeedbackKind.NOT_MY_QUESTION if number % 3 else FeedbackKind.WRONG
        why = None if number % 3 else REASONS[number % len(REASONS)]
        said = Feedback(kind, HERE, used[number % 4], "v", "l", None, why)
        await store.log_feedback(said, now - DAY * (number + 1))
    for number, (one, other) in enumerate(pairs[:4]):
        candidates = (Candidate(one, 0.5), Candidate(other, 0.45))
        text = chance.choice(entries[other].searched)
        kept = Kept(text, text, Door.SLASH, HERE, candidates, live.library.version)
        for _ in range(4 - number):
            await store.log_unanswered(kept, Reason.NONE_OF_THESE, now - DAY * 2)
    await some_gaps(store, live, now, data, gaps)


async def some_gaps(
    store: Store, live: Live, now: datetime, data: Path, gaps: Sequence[tuple[str, int]]
) -> None:
    """Open questions, each asked by so many members, gathered into clusters as the bot does."""
    gatherer = Gatherer(store, Pseudonyms(data))
    for number, (text, askers) in enumerate(gaps):
        kept = Kept(text, text[:600], Door.SLASH, HERE, (), live.library.version)
        for asker in range(askers):
            at = now - DAY * (1 + number % 6)
            question_id = await store.log_unanswered(kept, Reason.LOW_CONFIDENCE, at)
            await gatherer.asked(question_id, 1000 * number + asker + 1, live.matcher.engine, at)
