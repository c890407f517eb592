"""The fifth schema: what programs did on inputs, which can be forgotten at any time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table beside the others, which stay as they are."""
    op.create_table(
        "behaviours",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kept_at", sa.String(32), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("behaviours_by_age", "behaviours", ["kept_at"])
