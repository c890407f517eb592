"""The lines of an exported store: a header, then one record a line. What other stores take, and what comes back."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from council._version import __version__
from council.errors import StoreError, UsageError
from council.protocols import Archive
from council.store.archive import SqlStore
from council.store.transactions import first_mistake, refuse_newer
from council.text import one_line
from council.types.base import Record
from council.types.benchmarks import BENCHMARK_SCHEMA, Benchmark, Sample
from council.types.knowledge import DocumentVersion, Knowledge
from council.types.labels import Label
from council.types.session import SCHEMA_VERSION, Session

FORMAT: Literal["council-store"] = "council-store"
FORMAT_VERSION = 1
"""It grows when a line changes its meaning."""

Kept = Session | Label | Benchmark | Sample | Knowledge | DocumentVersion
Kind = Literal["session", "label", "benchmark", "sample", "knowledge", "version"]
KINDS: tuple[Kind, ...] = ("session", "label", "benchmark", "sample", "knowledge", "version")
"""In the order an export has them: what others rest on comes first."""

_ID = re.compile(r"[0-9a-z][0-9a-z-]{0,39}")
_REMEDY = "Only what council store export wrote can be read"


class Header(Record):
    """The first line of an export."""

    format: Literal["council-store"]
    version: int
    council_version: str


class SessionLine(Record):
    """A line that holds a session."""

    record: Literal["session"]
    value: Session


class LabelLine(Record):
    """A line that holds a label."""

    record: Literal["label"]
    value: Label


class BenchmarkLine(Record):
    """A line that holds a benchmark."""

    record: Literal["benchmark"]
    value: Benchmark


class SampleLine(Record):
    """A line that holds a sample."""

    record: Literal["sample"]
    value: Sample


class KnowledgeLine(Record):
    """A line that holds a piece of knowledge."""

    record: Literal["knowledge"]
    value: Knowledge


class VersionLine(Record):
    """A line that holds a version of a document."""

    record: Literal["version"]
    value: DocumentVersion


Line = SessionLine | LabelLine | BenchmarkLine | SampleLine | KnowledgeLine | VersionLine
_LINE: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="record")])


def header_line() -> str:
    """Return the first line of an export, with its end."""
    header = Header(format=FORMAT, version=FORMAT_VERSION, council_version=__version__)
    return _as_line(header.model_dump(mode="json"))


def line_of(kind: Kind, record: Kept) -> str:
    """Return the line of a record, with its end. It is ASCII: no control character of a model gets out raw."""
    return _as_line({"record": kind, "value": record.model_dump(mode="json")})


def read_header(line: bytes) -> Header:
    """Return the header that the first line must be. Raises ``UsageError``."""
    try:
        header = Header.model_validate_json(line)
    except ValidationError:
        raise UsageError("line 1: this is no export of a council store", _REMEDY) from None
    if header.version > FORMAT_VERSION:
        raise UsageError(
            f"written by a newer council (format {header.version}, this one knows {FORMAT_VERSION})",
            "Upgrade with: pip install -U code-council",
        )
    return header


def read_line(line: bytes) -> Line:
    """Return what a line holds, checked whole. Raises ``UsageError`` or ``StoreError`` without the line's number."""
    try:
        read = _LINE.validate_json(line)
    except ValidationError as error:
        kind = error.errors(include_input=False, include_url=False)[0]["type"]
        if kind in ("union_tag_invalid", "union_tag_not_found"):
            raise UsageError(f"a record is one of {', '.join(KINDS)}, and this is none of them", _REMEDY) from None
        raise UsageError(first_mistake(error), _REMEDY) from None
    value = read.value
    if isinstance(value, Session):
        refuse_newer(value.schema_version, SCHEMA_VERSION, name="this session")
    elif isinstance(value, Benchmark):
        refuse_newer(value.schema_version, BENCHMARK_SCHEMA, name="this benchmark")
    _check_name(value)
    return read


def key_of(value: Kept) -> tuple[str, ...]:
    """Return what makes a record the same one in another store."""
    if isinstance(value, Session):
        return "session", value.session_id
    if isinstance(value, Label):
        return "label", value.session_id, value.finding_id or "", value.origin.value
    if isinstance(value, Benchmark):
        return "benchmark", value.benchmark_id
    if isinstance(value, Sample):
        return "sample", value.benchmark_id, value.model, value.task, str(value.number)
    if isinstance(value, Knowledge):
        return "knowledge", value.knowledge_id
    return "version", value.name, str(value.number)


def sql_store(archive: Archive) -> SqlStore:
    """Return the archive as a database. Raises ``StoreError`` for one that is none."""
    if not isinstance(archive, SqlStore):
        raise StoreError("this archive is no database", "Open one with open_store")
    return archive


def _check_name(value: Kept) -> None:
    """Refuse names that no council gives: they stand in lists and in commands to copy."""
    if isinstance(value, Session | Benchmark):
        name = value.session_id if isinstance(value, Session) else value.benchmark_id
        if not _ID.fullmatch(name):
            raise UsageError(f"{one_line(name, 60)!r} is no id", _REMEDY)
    elif isinstance(value, DocumentVersion) and (one_line(value.name, 200) != value.name or not value.name):
        raise UsageError(f"{one_line(value.name, 60)!r} is no name of a document", _REMEDY)


def _as_line(value: dict[str, Any]) -> str:
    # The one control character that JSON in ASCII leaves as it is.
    return json.dumps(value, separators=(",", ":")).replace("\x7f", "\\u007f") + "\n"
