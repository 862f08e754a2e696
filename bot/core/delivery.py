"""A delivery: one message of the outbox, and what can come of sending it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a delivery is. The first three are for one person, whose id is erased once they are done."""

    ANSWER = "answer"
    CLOSED = "closed"
    STILL_OPEN = "still-open"
    NOTICE = "notice"
    DIGEST = "digest"


PERSONAL = frozenset({Kind.ANSWER, Kind.CLOSED, Kind.STILL_OPEN})


class State(StrEnum):
    """How far a delivery came. `due` and `sending` go on; the others are final.

    `sending` is on the disk before the request leaves, so that after a crash it means: perhaps sent.
    """

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be delivered, before it stands in the outbox.

    `unique_key` lets nothing stand twice, for ever; no person may be read from it. A personal message
    goes to `user_id` directly, and where that is refused, as a mention into `mention_channel_id` if the
    member allowed it; a notice goes to `channel_id`. `content` is plain JSON of the kind's own.
    """

    kind: Kind
    unique_key: str
    due_at: datetime
    user_id: int | None = None
    channel_id: int | None = None
    mention_channel_id: int | None = None
    question_id: int | None = None
    cluster_id: int | None = None
    entry_id: str | None = None
    entry_version: str | None = None
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message in the outbox. `began_at` is since when it may have been sent, unless looked up since."""

    id: int
    state: State
    nonce: str
    attempts: int
    began_at: datetime | None
    message: Message

    @property
    def mark(self) -> int:
        """A number that the sent message carries unseen, by which it is found again: below 2**31.

        Above what Discord gives to components by itself, which it counts from 1.
        """
        return 0x10000000 | int(self.nonce[:7], 16)


@dataclass(frozen=True, slots=True)
class Sent:
    """It arrived; no id where it has been deleted since."""

    message_id: int | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Discord will not take it there, now or later."""

    why: str


@dataclass(frozen=True, slots=True)
class Later:
    """It did not go out, for certain, and may be tried again."""

    why: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """It went out, and nobody knows whether it arrived."""

    why: str


Outcome = Sent | Refused | Later | Unclear


class Looked(StrEnum):
    """What looking a message up found, where it did not find it.

    `ABSENT` is certain; `UNKNOWN` means that the place cannot be read, `UNREACHABLE` that asking failed.
    """

    ABSENT = "absent"
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"
