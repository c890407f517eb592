"""The tables as they are now. How a database gets there from an older one stands in ``migrations``."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("created_at", String(32), nullable=False),  # ISO 8601 in UTC, always as long, so that text sorts by time
    Column("decision", String(30)),
    Column("score", Float),
    Column("policy", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("council_version", String(60), nullable=False),
    Column("submission_digest", String(64), nullable=False),  # of what was judged, before anything was redacted
    Column("schema_version", Integer, nullable=False),
    Column("owner", Text),  # the process that writes it, while it is open
    Column("document", Text, nullable=False),  # the whole session as JSON
    Index("sessions_by_age", "created_at", "id"),
    Index("sessions_by_digest", "submission_digest"),
)
