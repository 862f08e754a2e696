"""Digest: what a week brought, and what waits for a moderator; when it is due, and put in the outbox once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.core.delivery import Kind, Message
from bot.core.entry import Entry
from bot.core.library import Library
from bot.core.review_due import Reviewed, overdue
from bot.journeys.audit import WINDOW
from bot.journeys.trend import WEEK, Period, period, weeks
from bot.store.looking_back import Disputed, Gap
from bot.store.store import Store

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""As DIGEST names them, in the order of `date.weekday`."""
MARK = "digest"
"""The moment of the last digest that was put in the outbox, under this name in the marks."""
WEEKS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Digest:
    """A week of seven whole days (UTC) with the one before it, and what waits.

    `window` are the 30 days that end with the week, over which risk is told: a week has too few audits.
    `never_used` are live entries that no member ever saw whole since counting began on `counted_since`, which
    says something only where `is_use_known`.
    """

    week: Period
    before: Period
    window: Period
    weeks: tuple[Period, ...]
    gaps: tuple[Gap, ...]
    disputed: tuple[Disputed, ...]
    overdue: tuple[Reviewed, ...]
    never_used: tuple[Entry, ...]
    counted_since: date | None

    @property
    def is_use_known(self) -> bool:
        """Uses were counted for a whole week when this one ended; less says nothing of an entry."""
        return self.counted_since is not None and self.week.until - self.counted_since >= WEEK


async def digest_of(store: Store, library: Library, until: date) -> Digest:
    """The digest of the seven days before `until`."""
    shown = await weeks(store, until, WEEKS_SHOWN)
    since, end = midnight(until - WEEK), midnight(until)
    counted_since = await store.tallies.first_day()
    uses = await store.looking_back.uses(counted_since or until, until)
    return Digest(
        week=shown[-1],
        before=shown[-2],
        window=await period(store, until - WINDOW, until),
        weeks=shown,
        gaps=await store.looking_back.new_gaps(since, end),
        disputed=await store.looking_back.disputed(since, end),
        overdue=overdue(library, until),
        never_used=tuple(e for e in library.live if e.id not in uses or not uses[e.id].shown),
        counted_since=counted_since,
    )


async def put_in_outbox(store: Store, weekday: str, hour: int, channel_id: int, now: datetime) -> bool:
    """Write the digest down to be sent, if one is due and not written down yet; True where it is new.

    Of digests that were missed while the bot did not run, only the newest is sent. The first one after the
    digest was switched on is that of the next such day, or of today.
    """
    moment = latest_moment(weekday, hour, now)
    last = await store.marks.get(MARK)
    if last is None and moment < midnight(now.date()):
        await store.marks.set(MARK, moment.isoformat(), now)
        return False
    if last is not None and moment <= datetime.fromisoformat(last):
        return False
    is_new = await store.outbox.add([_message(moment, channel_id)])
    await store.marks.set(MARK, moment.isoformat(), now)  # after the outbox, whose key lets none stand twice
    return bool(is_new)


def latest_moment(weekday: str, hour: int, now: datetime) -> datetime:
    """The newest such moment that has passed, in UTC. Raises ValueError for a word that is no weekday."""
    today = datetime.combine(now.astimezone(UTC).date(), time(hour), UTC)
    moment = today - timedelta(days=(today.weekday() - DAYS.index(weekday)) % 7)
    return moment if moment <= now else moment - WEEK


def until_of(message: Message) -> date:
    """The day before which the week of a digest in the outbox ends."""
    return date.fromisoformat(message.content["until"])


def midnight(day: date) -> datetime:
    """The moment at which that day begins, in UTC."""
    return datetime.combine(day, time(), UTC)


def _message(moment: datetime, channel_id: int) -> Message:
    day = moment.date().isoformat()
    return Message(
        kind=Kind.DIGEST,
        unique_key=f"digest:{day}",
        due_at=moment,
        channel_id=channel_id,
        content={"until": day},
    )
