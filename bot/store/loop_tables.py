"""The tables of the moderators' loop: clusters, their history, change sets, deliveries, audits.

A member's id stands only in `deliveries`, and there only until the member was told; moderators stand by id
and name with what they did, so that every change can be traced.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from bot.store.tables import Id, UtcDateTime, Written, id_column, metadata

clusters = Table(
    "clusters",
    metadata,
    id_column(),
    Column("kind", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("title", Written, nullable=False),
    Column("entry_id", String(80), nullable=True),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("size", Integer, nullable=False),
    Column("times", Integer, nullable=False),
    Column("askers", Integer, nullable=False),
    Column("model", String(80), nullable=False),
    Column("vector", LargeBinary, nullable=True),
    Column("proposed_entry_id", String(80), nullable=True),
    Column("snoozed_until", UtcDateTime, nullable=True),
    Column("dismissed_why", String(20), nullable=True),
    Column("assigned_id", BigInteger, nullable=True),
    Column("assigned_name", Written(100), nullable=True),
    Column("merged_into", Id, nullable=True),
    Column("held", Boolean, nullable=False),
    Column("changed", BigInteger, nullable=False, index=True),
    Index("ix_clusters_model", "status", "kind", "model"),
    Index("ix_clusters_queue", "status", "askers", "last_at", "id", "snoozed_until", "proposed_entry_id"),
    sqlite_autoincrement=True,
)
"""Questions of one meaning (`kind` question), or what was said against one entry (dispute).

`revision` counts what is done to it, so that of two who press at once one wins; that a question comes
to it is no such change. `held` says that a moderator has acted on it, so that it is joined with others by
a person only. `vector` is the sum of the members' unit vectors (float32) under `model`; `askers` a lower
bound of distinct askers; `changed` the turn of the gathering in which members or status last changed.
"""

cluster_questions = Table(
    "cluster_questions",
    metadata,
    Column("question_id", Id, ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True),
    Column("cluster_id", Id, ForeignKey("clusters.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("vector", LargeBinary, nullable=True),
)
"""Which cluster a question belongs to: one at most. `vector` is its unit vector (float16) under the cluster's
`model`, so that a split, a merge or a move need not embed it again."""

cluster_feedback = Table(
    "cluster_feedback",
    metadata,
    Column("feedback_id", Id, ForeignKey("feedback.id", ondelete="CASCADE"), primary_key=True),
    Column("cluster_id", Id, ForeignKey("clusters.id", ondelete="CASCADE"), nullable=False, index=True),
)
"""Which "This is wrong" belongs to which dispute."""

cluster_askers = Table(
    "cluster_askers",
    metadata,
    id_column(),
    Column("cluster_id", Id, ForeignKey("clusters.id", ondelete="CASCADE"), nullable=False),
    Column("origin_id", Id, nullable=False),
    Column("epoch", String(16), nullable=False),
    Column("pseudonym", String(32), nullable=False),
    UniqueConstraint("cluster_id", "origin_id", "epoch", "pseudonym"),
    sqlite_autoincrement=True,
)
"""Pseudonyms of askers: keyed hashes of asker and `origin_id`, the cluster in which they asked.

The key lives outside the database and is destroyed every 30 days; `epoch` names it. After a merge the
rows stand under the cluster that is left, and cannot be compared across origins.
"""

review_actions = Table(
    "review_actions",
    metadata,
    id_column(),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("action", String(30), nullable=False),
    Column("cluster_id", Id, nullable=True, index=True),
    Column("entry_id", String(80), nullable=True),
    Column("change_id", Id, nullable=True),
    Column("moderator_id", BigInteger, nullable=False),
    Column("moderator", Written(100), nullable=False),
    Column("note", Written, nullable=True),
    Column("before", JSON, nullable=True),
    Column("undone_by", Id, nullable=True),
    sqlite_autoincrement=True,
)
"""What moderators did: who (`moderator_id` 0 is the command line), when, what; `before` is for undo."""

changes = Table(
    "changes",
    metadata,
    id_column(),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("entry_id", String(80), nullable=False),
    Column("cluster_id", Id, nullable=True, index=True),
    Column("status", String(20), nullable=False, index=True),
    Column("branch", String(200), nullable=True),
    Column("commit", String(64), nullable=True),
    Column("link", Written, nullable=True),
    Column("files", JSON, nullable=False),
    Column("base", String(64), nullable=True),
    Column("words", Written, nullable=False),
    Column("trouble", Written, nullable=True),
    Column("moderator_id", BigInteger, nullable=False),
    Column("moderator", Written(100), nullable=False),
    sqlite_autoincrement=True,
)
"""Change sets: what a moderator proposed for the YAML (`words`), and how far it came.

`files` holds each file as it was and as it is to be, `base` the commit that it builds upon, so that what
a crash cut off can be finished; `trouble` says what keeps it from going on.
"""

deliveries = Table(
    "deliveries",
    metadata,
    id_column(),
    Column("kind", String(20), nullable=False),
    Column("unique_key", String(200), nullable=False, unique=True),
    Column("state", String(20), nullable=False),
    Column("nonce", String(32), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("began_at", UtcDateTime, nullable=True),
    Column("done_at", UtcDateTime, nullable=True),
    Column("user_id", BigInteger, nullable=True),
    Column("channel_id", BigInteger, nullable=True),
    Column("mention_channel_id", BigInteger, nullable=True),
    Column("message_id", BigInteger, nullable=True),
    Column("question_id", Id, nullable=True),
    Column("cluster_id", Id, nullable=True),
    Column("entry_id", String(80), nullable=True),
    Column("entry_version", String(16), nullable=True),
    Column("content", JSON, nullable=True),
    Index("ix_deliveries_state_due_at", "state", "due_at"),
    sqlite_autoincrement=True,
)
"""The outbox: each message is written down before it is sent, and `unique_key` lets none stand twice."""

public_answers = Table(
    "public_answers",
    metadata,
    id_column(),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False, unique=True),
    Column("entry_id", String(80), nullable=False),
    Column("entry_version", String(16), nullable=False),
    Column("entry_corrections", Integer, nullable=False),
    Column("shown_version", String(16), nullable=False),
    Column("shown_corrections", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Index("ix_public_answers_entry_id", "entry_id", "state"),
    sqlite_autoincrement=True,
)
"""Which message of a channel showed which entry in which version; apart from any question or person.

`entry_version` and how many corrections it had when it was given, and the same of what it shows now.
"""

audits = Table(
    "audits",
    metadata,
    id_column(),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("answered_id", Id, nullable=False, unique=True),
    Column("answered_at", UtcDateTime, nullable=False),
    Column("text", Written, nullable=False),
    Column("entry_id", String(80), nullable=False),
    Column("entry_version", String(16), nullable=False),
    Column("library_version", String(64), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("way", String(20), nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("right_entry_id", String(80), nullable=True),
    Column("moderator_id", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
"""What moderators said of answered questions drawn by lot: right, wrong or unsure."""

tallies = Table(
    "tallies",
    metadata,
    id_column(),
    Column("day", Date, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("door", String(20), nullable=False),
    Column("entry_id", String(80), nullable=False),
    Column("count", Integer, nullable=False),
    UniqueConstraint("day", "outcome", "door", "entry_id"),
    sqlite_autoincrement=True,
)
"""How many questions a day came to what; no text, so that trends outlive the questions."""

marks = Table(
    "marks",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("value", JSON, nullable=False),
)
"""How far recurring work has come: the last digest, the library that was asked again, and the like."""
