"""The moderators' loop: clusters, history, change sets, deliveries, public answers, audits, tallies."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "audits",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("entry_version", sa.String(length=16), nullable=False),
        sa.Column("library_version", sa.String(length=64), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("right_entry_id", sa.String(length=80), nullable=True),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audits")),
        sa.UniqueConstraint("answered_id", name=op.f("uq_audits_answered_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audits_at"), "audits", ["at"], unique=False)
    op.create_table(
        "changes",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("cluster_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("branch", sa.String(length=200), nullable=True),
        sa.Column("commit", sa.String(length=64), nullable=True),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("moderator", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_changes_cluster_id"), "changes", ["cluster_id"], unique=False)
    op.create_index(op.f("ix_changes_status"), "changes", ["status"], unique=False)
    op.create_table(
        "clusters",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("askers", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("proposed_entry_id", sa.String(length=80), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_why", sa.String(length=20), nullable=True),
        sa.Column("assigned_id", sa.BigInteger(), nullable=True),
        sa.Column("assigned_name", sa.String(length=100), nullable=True),
        sa.Column("merged_into", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clusters")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_clusters_changed"), "clusters", ["changed"], unique=False)
    op.create_index("ix_clusters_model", "clusters", ["status", "kind", "model"], unique=False)
    op.create_index(
        "ix_clusters_queue",
        "clusters",
        ["status", "askers", "last_at", "id", "snoozed_until", "proposed_entry_id"],
        unique=False,
    )
    op.create_table(
        "deliveries",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("unique_key", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("mention_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cluster_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entry_id", sa.String(length=80), nullable=True),
        sa.Column("entry_version", sa.String(length=16), nullable=True),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("unique_key", name=op.f("uq_deliveries_unique_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_state_due_at", "deliveries", ["state", "due_at"], unique=False)
    op.create_table(
        "marks",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_marks")),
    )
    op.create_table(
        "public_answers",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("entry_version", sa.String(length=16), nullable=False),
        sa.Column("entry_corrections", sa.Integer(), nullable=False),
        sa.Column("shown_version", sa.String(length=16), nullable=False),
        sa.Column("shown_corrections", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_answers")),
        sa.UniqueConstraint("message_id", name=op.f("uq_public_answers_message_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_public_answers_at"), "public_answers", ["at"], unique=False)
    op.create_index("ix_public_answers_entry_id", "public_answers", ["entry_id", "state"], unique=False)
    op.create_table(
        "review_actions",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=30), nullable=False),
        sa.Column("cluster_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entry_id", sa.String(length=80), nullable=True),
        sa.Column("change_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("moderator_id", sa.BigInteger(), nullable=False),
        sa.Column("moderator", sa.String(length=100), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("undone_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_actions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_review_actions_at"), "review_actions", ["at"], unique=False)
    op.create_index(op.f("ix_review_actions_cluster_id"), "review_actions", ["cluster_id"], unique=False)
    op.create_table(
        "tallies",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("door", sa.String(length=20), nullable=False),
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tallies")),
        sa.UniqueConstraint("day", "outcome", "door", "entry_id", name=op.f("uq_tallies_day")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "cluster_askers",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("cluster_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"],
            ["clusters.id"],
            name=op.f("fk_cluster_askers_cluster_id_clusters"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster_askers")),
        sa.UniqueConstraint(
            "cluster_id", "origin_id", "epoch", "pseudonym", name=op.f("uq_cluster_askers_cluster_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "cluster_feedback",
        sa.Column("feedback_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cluster_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"],
            ["clusters.id"],
            name=op.f("fk_cluster_feedback_cluster_id_clusters"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["feedback_id"],
            ["feedback.id"],
            name=op.f("fk_cluster_feedback_feedback_id_feedback"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_cluster_feedback")),
    )
    op.create_index(op.f("ix_cluster_feedback_cluster_id"), "cluster_feedback", ["cluster_id"], unique=False)
    op.create_table(
        "cluster_questions",
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cluster_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cluster_id"],
            ["clusters.id"],
            name=op.f("fk_cluster_questions_cluster_id_clusters"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["questions.id"],
            name=op.f("fk_cluster_questions_question_id_questions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_cluster_questions")),
    )
    op.create_index(
        op.f("ix_cluster_questions_cluster_id"), "cluster_questions", ["cluster_id"], unique=False
    )
    op.add_column("waiters", sa.Column("mention_channel_id", sa.BigInteger(), nullable=True))
    op.add_column("waiters", sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take this revision back."""
    op.drop_column("waiters", "remind_at")
    op.drop_column("waiters", "mention_channel_id")
    op.drop_index(op.f("ix_cluster_questions_cluster_id"), table_name="cluster_questions")
    op.drop_table("cluster_questions")
    op.drop_index(op.f("ix_cluster_feedback_cluster_id"), table_name="cluster_feedback")
    op.drop_table("cluster_feedback")
    op.drop_table("cluster_askers")
    op.drop_table("tallies")
    op.drop_index(op.f("ix_review_actions_cluster_id"), table_name="review_actions")
    op.drop_index(op.f("ix_review_actions_at"), table_name="review_actions")
    op.drop_table("review_actions")
    op.drop_index("ix_public_answers_entry_id", table_name="public_answers")
    op.drop_index(op.f("ix_public_answers_at"), table_name="public_answers")
    op.drop_table("public_answers")
    op.drop_table("marks")
    op.drop_index("ix_deliveries_state_due_at", table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_index("ix_clusters_queue", table_name="clusters")
    op.drop_index("ix_clusters_model", table_name="clusters")
    op.drop_index(op.f("ix_clusters_changed"), table_name="clusters")
    op.drop_table("clusters")
    op.drop_index(op.f("ix_changes_status"), table_name="changes")
    op.drop_index(op.f("ix_changes_cluster_id"), table_name="changes")
    op.drop_table("changes")
    op.drop_index(op.f("ix_audits_at"), table_name="audits")
    op.drop_table("audits")
