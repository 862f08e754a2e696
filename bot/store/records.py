"""What goes into the store and comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from bot.core.outcome import Candidate, Reason


class Door(StrEnum):
    """Through which a question came; `BUTTON` is [Not my question] under an answer."""

    SLASH = "slash"
    MENTION = "mention"
    DIRECT = "direct"
    BUTTON = "button"


class Way(StrEnum):
    """How an answer was found."""

    MATCH = "match"
    AUTOCOMPLETE = "autocomplete"
    CHOICE = "choice"


class FeedbackKind(StrEnum):
    """What a member said of an answer."""

    NOT_MY_QUESTION = "not-my-question"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Place:
    """Guild and channel; both are 0 for a direct message, whose channel would tell who wrote."""

    guild_id: int
    channel_id: int

    @classmethod
    def of(cls, guild_id: int | None, channel_id: int | None) -> Self:
        """The place that Discord names; without a guild it is a direct message."""
        return cls(guild_id, channel_id or 0) if guild_id else cls(0, 0)


@dataclass(frozen=True, slots=True)
class Kept:
    """A scrubbed question as it is kept: `key` is its normalised form, `text` the scrubbed one."""

    text: str
    key: str
    door: Door
    place: Place
    candidates: tuple[Candidate, ...]
    library_version: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Open "Did you mean" choices."""

    id: int
    at: datetime
    kept: Kept


@dataclass(frozen=True, slots=True)
class Answered:
    """An answered question, scrubbed, without who or where."""

    text: str
    entry_id: str
    entry_version: str
    library_version: str
    confidence: float
    way: Way


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a member said of an answer; `text` is the scrubbed question where it is still kept."""

    kind: FeedbackKind
    place: Place
    entry_id: str
    entry_version: str
    library_version: str
    text: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Asking:
    """One time that a question went unanswered."""

    at: datetime
    channel_id: int
    door: Door
    reason: Reason
    library_version: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question of the log, with how often and when it was asked, and how many wait for it."""

    id: int
    guild_id: int
    text: str
    times: int
    waiting: int
    first_at: datetime
    last_at: datetime
    last: Asking | None


@dataclass(frozen=True, slots=True)
class Waiter:
    """What a member wishes who waits for an answer; None where they do not.

    To be mentioned in that channel where direct messages are closed, and to hear once, from that moment
    on, that the question is still open.
    """

    mention_channel_id: int | None
    remind_at: datetime | None
