"""The tables of questions and answers. No user id stands in any of them but `waiters`, until told."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)

_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
"""Null characters, which PostgreSQL refuses, and lone surrogates, which no UTF-8 can say."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on every database; SQLite keeps it naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware in; a naive value is a programmer's mistake. Raises ValueError for one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("give an aware datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware out."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Written(TypeDecorator[str]):
    """What somebody wrote: any text can be stored, cut to `length` characters where one is given.

    What no database holds becomes U+FFFD, so that no question is lost to a stray character.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Made storable, then cut."""
        return None if value is None else _UNSTORABLE.sub("\ufffd", value)[: self.length]


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite counts up by itself only in an INTEGER primary key, and gives no id twice only with AUTOINCREMENT:
# an old button must never mean a newer row.
Id = BigInteger().with_variant(Integer(), "sqlite")


def id_column() -> Column[Any]:
    """The primary key that counts up."""
    return Column("id", Id, primary_key=True, autoincrement=True)


questions = Table(
    "questions",
    metadata,
    id_column(),
    Column("guild_id", BigInteger, nullable=False),
    Column("key", Written(600), nullable=False),
    Column("text", Written, nullable=False),
    Column("status", String(20), nullable=False),
    Column("times", Integer, nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    UniqueConstraint("guild_id", "key"),
    Index("ix_questions_status_last_at", "status", "last_at"),
    sqlite_autoincrement=True,
)
"""Unanswered questions, scrubbed. One row a guild (0: direct messages) and normalised text."""

askings = Table(
    "askings",
    metadata,
    id_column(),
    Column("question_id", Id, ForeignKey("questions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("door", String(20), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("library_version", String(64), nullable=False),
    Column("candidates", JSON, nullable=False),
    sqlite_autoincrement=True,
)
"""Each time a question went unanswered: where, through which door, why, and what came nearest."""

answered = Table(
    "answered",
    metadata,
    id_column(),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("text", Written, nullable=False),
    Column("entry_id", String(80), nullable=False),
    Column("entry_version", String(16), nullable=False),
    Column("library_version", String(64), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("way", String(20), nullable=False),
    sqlite_autoincrement=True,
)
"""Answered questions, scrubbed, without who or where, for a limited time."""

offers = Table(
    "offers",
    metadata,
    id_column(),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("door", String(20), nullable=False),
    Column("text", Written, nullable=False),
    Column("key", Written(600), nullable=False),
    Column("library_version", String(64), nullable=False),
    Column("candidates", JSON, nullable=False),
    sqlite_autoincrement=True,
)
""""Did you mean" choices that nobody has pressed yet."""

waiters = Table(
    "waiters",
    metadata,
    id_column(),
    Column("question_id", Id, ForeignKey("questions.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("mention_channel_id", BigInteger, nullable=True),
    Column("remind_at", UtcDateTime, nullable=True),
    UniqueConstraint("question_id", "user_id"),
    sqlite_autoincrement=True,
)
"""Members who pressed [Tell me when it is], until they were told.

`mention_channel_id` is where they allowed a mention should direct messages be closed; `remind_at` when
they wish to hear, once, that the question is still open.
"""

feedback = Table(
    "feedback",
    metadata,
    id_column(),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("entry_id", String(80), nullable=False, index=True),
    Column("entry_version", String(16), nullable=False),
    Column("library_version", String(64), nullable=False),
    Column("text", Written, nullable=True),
    Column("why", Written, nullable=True),
    sqlite_autoincrement=True,
)
""""Not my question" and "This is wrong", on that entry and version."""
