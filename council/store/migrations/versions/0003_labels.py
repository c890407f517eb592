"""The third schema: labels, which go when their session goes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table beside the others, which stay as they are."""
    op.create_table(
        "labels",
        sa.Column("session_id", sa.String(40), sa.ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("finding_id", sa.Text, primary_key=True),
        sa.Column("origin", sa.String(20), primary_key=True),
        sa.Column("word", sa.String(20), nullable=False),
        sa.Column("labelled_at", sa.String(32), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("labels_by_age", "labels", ["labelled_at"])
