"""The tables as they are now. How a database gets there from an older one stands in ``migrations``."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

# ISO 8601 in UTC, always as long, so that text sorts by time
_MOMENT = String(32)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("created_at", _MOMENT, nullable=False),
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

benchmarks = Table(
    "benchmarks",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("created_at", _MOMENT, nullable=False),
    Column("suite", Text, nullable=False),
    Column("suite_digest", String(64), nullable=False),
    Column("models", Text, nullable=False),  # their names as JSON, in the benchmark's order
    Column("tasks", Integer, nullable=False),  # how many
    Column("samples_per_task", Integer, nullable=False),
    Column("council_version", String(60), nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("owner", Text),
    Column("document", Text, nullable=False),
    Index("benchmarks_by_age", "created_at", "id"),
)

samples = Table(
    "samples",
    metadata,
    Column("benchmark_id", String(40), ForeignKey("benchmarks.id", ondelete="CASCADE"), primary_key=True),
    Column("model", Text, primary_key=True),
    Column("task", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("outcome", String(20), nullable=False),
    Column("session_id", Text),  # the council's sitting over it, where there was one
    Column("document", Text, nullable=False),
    Index("samples_by_session", "session_id"),
)

knowledge = Table(
    "knowledge",
    metadata,
    # The number is what the index of words knows a row by; it never travels.
    Column("number", Integer, primary_key=True, autoincrement=True),
    # By bytes everywhere: a server's own language would sort ids with a hyphen in another way.
    Column("id", String(80).with_variant(String(80, collation="C"), "postgresql"), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("created_at", _MOMENT, nullable=False),
    Column("document", Text, nullable=False),
    Index("knowledge_by_age", "created_at", "id"),
)

# What a piece of knowledge rests on. The database itself keeps these from dangling: nothing that is named here can
# be deleted. Exactly one of the three is set.
evidence = Table(
    "knowledge_evidence",
    metadata,
    Column("knowledge", Integer, ForeignKey("knowledge.number", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("session_id", String(40), ForeignKey("sessions.id")),
    Column("benchmark_id", String(40), ForeignKey("benchmarks.id")),
    Column("rests_on", Integer, ForeignKey("knowledge.number")),
    Index("evidence_by_session", "session_id"),
    Index("evidence_by_benchmark", "benchmark_id"),
    Index("evidence_by_knowledge", "rests_on"),
)

versions = Table(
    "versions",
    metadata,
    Column("name", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("created_at", _MOMENT, nullable=False),
    Column("document", Text, nullable=False),
)

labels = Table(
    "labels",
    metadata,
    Column("session_id", String(40), ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("finding_id", Text, primary_key=True),  # empty: of the code itself
    Column("origin", String(20), primary_key=True),
    Column("word", String(20), nullable=False),
    Column("labelled_at", _MOMENT, nullable=False),
    Column("document", Text, nullable=False),
    Index("labels_by_age", "labelled_at"),
)

# What models wrote for a task, by the digest of the task: independent of any session, so it goes with none.
programs = Table(
    "programs",
    metadata,
    Column("task", String(64), primary_key=True),
    Column("model", Text, primary_key=True),
    Column("seed", Integer, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False),
)

# What programs did on inputs: each can be run again, so the oldest are forgotten.
behaviours = Table(
    "behaviours",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kept_at", _MOMENT, nullable=False),
    Column("document", Text, nullable=False),  # packed: one is a third of a megabyte of JSON
    Index("behaviours_by_age", "kept_at"),
)

# The index of words, ``knowledge_words``, is no table of these: each kind of database has its own (``searching.py``).
