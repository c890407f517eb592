"""The second schema: benchmarks with their samples, knowledge with its evidence, versions of documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_BY_BYTES = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables beside the sessions, which stay as they are."""
    _benchmarks()
    _knowledge()
    op.create_table(
        "versions",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    _words()


def _benchmarks() -> None:
    op.create_table(
        "benchmarks",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("suite", sa.Text, nullable=False),
        sa.Column("suite_digest", sa.String(64), nullable=False),
        sa.Column("models", sa.Text, nullable=False),
        sa.Column("tasks", sa.Integer, nullable=False),
        sa.Column("samples_per_task", sa.Integer, nullable=False),
        sa.Column("council_version", sa.String(60), nullable=False),
        sa.Column("schema_version", sa.Integer, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("benchmarks_by_age", "benchmarks", ["created_at", "id"])
    op.create_table(
        "samples",
        sa.Column("benchmark_id", sa.String(40), sa.ForeignKey("benchmarks.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("model", sa.Text, primary_key=True),
        sa.Column("task", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("session_id", sa.Text),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("samples_by_session", "samples", ["session_id"])


def _knowledge() -> None:
    op.create_table(
        "knowledge",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", _BY_BYTES, nullable=False, unique=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("knowledge_by_age", "knowledge", ["created_at", "id"])
    op.create_table(
        "knowledge_evidence",
        sa.Column("knowledge", sa.Integer, sa.ForeignKey("knowledge.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("session_id", sa.String(40), sa.ForeignKey("sessions.id")),
        sa.Column("benchmark_id", sa.String(40), sa.ForeignKey("benchmarks.id")),
        sa.Column("rests_on", sa.Integer, sa.ForeignKey("knowledge.number")),
    )
    op.create_index("evidence_by_session", "knowledge_evidence", ["session_id"])
    op.create_index("evidence_by_benchmark", "knowledge_evidence", ["benchmark_id"])
    op.create_index("evidence_by_knowledge", "knowledge_evidence", ["rests_on"])


def _words() -> None:
    """The index of words, under one name in both kinds of database."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE knowledge_words USING fts5(title, text, tokenize = 'unicode61 remove_diacritics 2')"
        )
        return
    op.execute(
        "CREATE TABLE knowledge_words (number integer PRIMARY KEY REFERENCES knowledge ON DELETE CASCADE,"
        " words tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX knowledge_by_words ON knowledge_words USING gin (words)")
