"""What was learnt, kept so that documents can link it by its id."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from council.types.base import Record
from council.types.facts import Source

KnowledgeId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,79}$")]


class KnowledgeKind(StrEnum):
    """Where a piece of knowledge comes from."""

    BENCHMARK = "benchmark"
    ADVISORY = "advisory"
    FINDING = "finding"
    """What a council found: ``recency beats the label``."""
    NOTE = "note"
    """Written by a person."""


class Knowledge(Record):
    """One thing that was learnt, with the evidence it rests on."""

    knowledge_id: KnowledgeId
    """Readable and stable: ``recency-beats-the-label``."""
    kind: KnowledgeKind = KnowledgeKind.NOTE
    title: str
    text: str
    """Plain text; several lines are fine."""
    evidence: tuple[Source, ...] = ()
    """Sessions, benchmarks and other knowledge it rests on; each must be in the store when it is written."""
    created_at: datetime
    updated_at: datetime | None = None


class DocumentVersion(Record):
    """One version of a document that council renders again and again: an advisory, a guideline."""

    name: str
    """What is rendered: ``advisory/codellama-34b``, ``guidelines/python-team/team-guidelines``."""
    number: Annotated[int, Field(ge=1)]
    """1, 2, 3 …; a rendering with the same facts makes no new version."""
    created_at: datetime
    facts: dict[str, str]
    """What it stated, by a stable key: ``results/qwen2.5-coder:0.5b/tests_passed`` → ``41 % (28–55)``."""
    sources: dict[str, tuple[Source, ...]] = {}
    """Where each fact came from, by the same key."""
    changes: tuple[str, ...] = ()
    """What changed since the version before and which evidence changed it, one sentence each."""
