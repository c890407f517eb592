"""``council store show | export | import``."""

from __future__ import annotations

import argparse
import gzip
import io
import json
import sys
import time
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from council.cli.common import emit, resolve, tell, writable_target, write_whole
from council.errors import CouncilError, UsageError
from council.protocols import Archive
from council.store import Choice, count_records, export_store, import_store, open_store
from council.settings import secret_values
from council.text import one_line, plural, redact

_EVERY_S = 2.0
"""How often a long export or import says how far it is."""


def run(options: argparse.Namespace) -> int:
    """Do one of the verbs with the store of the settings."""
    settings = resolve(options).settings
    store = open_store(settings.store_url, readonly=options.verb != "import")
    try:
        return _VERBS[options.verb](store, options)
    finally:
        store.close()


def _show(store: Archive, options: argparse.Namespace) -> int:
    counts = count_records(store)
    if options.format == "json":
        emit(json.dumps(counts.model_dump(mode="json"), indent=2), None)
        return 0
    rows = [("where", counts.place.removeprefix("the store ")), ("schema", str(counts.schema_number))]
    names = ("sessions", "labels", "benchmarks", "samples", "knowledge")
    rows += [(name, str(getattr(counts, name))) for name in names]
    versions = plural(counts.versions, "version")
    rows.append(("documents", f"{counts.documents}, {versions}" if counts.documents else "0"))
    emit("\n".join(f"{name:<11}{value}" for name, value in rows), None)
    return 0


def _export(store: Archive, options: argparse.Namespace) -> int:
    writable_target(options.output)
    choice = Choice(
        sessions=tuple(options.session),
        benchmarks=tuple(options.benchmark),
        knowledge=tuple(options.knowledge),
        documents=tuple(options.document),
    )
    lines: list[str] = []
    progress = _Progress("records", quiet=options.quiet)

    def keep(line: str) -> None:
        lines.append(line)
        progress.tell(len(lines) - 1)

    count = export_store(store, keep, choice=choice)
    text = redact("".join(lines), secret_values(), shapes=False)  # it may be an older key than those of today
    if options.output is None:
        sys.stdout.write(text)
        return 0
    path = Path(options.output)
    write_whole(path, _packed(text.encode()) if path.suffix == ".gz" else text)
    tell(f"wrote {plural(count, 'record')} to {one_line(options.output)}\n")
    return 0


def _import(store: Archive, options: argparse.Namespace) -> int:
    path, shown = Path(options.file), one_line(options.file)
    try:
        with cast(BinaryIO, gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")) as file:
            done = import_store(store, file, on_record=_Progress("records", quiet=options.quiet).tell)
    except CouncilError as error:
        raise type(error)(f"{shown}: {error.problem}", error.remedy) from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UsageError(f"{shown} is no whole gzip file", "Only what council store export wrote can be read") from None
    except OSError as error:
        raise UsageError(f"{shown} cannot be read ({error.strerror or 'unknown cause'})") from None
    here = f"; {done.present} of the file were here already" if done.present else ""
    tell(f"added {plural(done.added, 'record')}{here}\n")
    return 0


def _packed(data: bytes) -> bytes:
    """Return the bytes packed, without name or time: the same bytes give the same file."""
    target = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=target, mtime=0) as file:
        file.write(data)
    return target.getvalue()


class _Progress:
    """Says every two seconds, on standard error, how far something is."""

    def __init__(self, noun: str, *, quiet: bool) -> None:
        self._noun = noun
        self._next = float("inf") if quiet else time.monotonic() + _EVERY_S

    def tell(self, count: int) -> None:
        """Take note of how many are done."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY_S
            tell(f"{count} {self._noun} so far\n")


_VERBS = {"show": _show, "export": _export, "import": _import}
