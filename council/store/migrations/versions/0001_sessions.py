"""The first schema: sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table of sessions."""
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("decision", sa.String(30)),
        sa.Column("score", sa.Float),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("council_version", sa.String(60), nullable=False),
        sa.Column("submission_digest", sa.String(64), nullable=False),
        sa.Column("schema_version", sa.Integer, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("sessions_by_age", "sessions", ["created_at", "id"])
    op.create_index("sessions_by_digest", "sessions", ["submission_digest"])
