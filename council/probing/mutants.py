"""Small changes of a submission: found by LibCST in the sandbox, sampled by its digest, put into its text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from council.protocols import Job, Limits, Sandbox
from council.types.base import Record
from council.types.probe import Mutant
from council.types.submission import Submission

_PROGRAM = Path(__file__).resolve().parent / "inside" / "mutate.py"
_LIMITS = Limits(wall_s=30.0, cpu_s=30.0, memory_bytes=1 << 30)
MOST = 2000
"""Most changes of one file that are looked at."""
_FOUND = TypeAdapter(dict[str, list[tuple[int, str, int, int, str]] | None])


class Change(Record):
    """One change: the bytes from ``start`` to ``end`` of a file become ``text``."""

    path: str
    line: int
    kind: str
    start: int
    end: int
    text: str


async def find_changes(submission: Submission, sandbox: Sandbox) -> tuple[Change, ...] | None:
    """Return every small change of the code; ``None`` when none of it could be read. Raises ``SandboxError``.

    The code is parsed in the sandbox, for a parser written in a fast language can be brought down by what it reads.
    """
    files = {file.path: file.text for file in submission.files if file.path.endswith(".py")}
    order = json.dumps({"files": files, "most": MOST}).encode()
    job = Job(
        argv=("{python}", "mutate.py"), files=(("mutate.py", _PROGRAM.read_bytes()),), stdin=order, limits=_LIMITS
    )
    run = await sandbox.run(job)
    try:
        found = _FOUND.validate_json(run.stdout)
    except ValidationError:
        return None
    if all(changes is None for changes in found.values()):
        return None
    return tuple(
        Change(path=path, line=line, kind=kind, start=start, end=end, text=text)
        for path, changes in found.items()
        if path in files
        for line, kind, start, end, text in changes or ()
    )


def sample(changes: Sequence[Change], digest: str) -> tuple[Change, ...]:
    """Return the changes in the order in which they are tried: one a line first, else by chance out of the digest.

    The same submission always gives the same order, and the order of its files gives none.
    """
    mixed = sorted(changes, key=lambda change: hashlib.sha256(f"{digest}{change.model_dump_json()}".encode()).digest())
    rounds: dict[tuple[str, int], int] = {}
    ranked = []
    for place, change in enumerate(mixed):
        rank = rounds[change.path, change.line] = rounds.get((change.path, change.line), -1) + 1
        ranked.append((rank, place, change))
    return tuple(change for _, _, change in sorted(ranked, key=lambda entry: entry[:2]))


def apply(submission: Submission, change: Change) -> Submission:
    """Return the submission with one change made."""
    files = tuple(
        file.but(text=_changed(file.text, change)) if file.path == change.path else file for file in submission.files
    )
    changed: Submission = submission.but(files=files)
    return changed


def as_mutant(submission: Submission, change: Change) -> Mutant:
    """Return a change with the lines it touches, before and after, as people read it."""
    text = next(file.text for file in submission.files if file.path == change.path)
    raw = text.encode()
    first = raw.rfind(b"\n", 0, change.start) + 1
    last = raw.find(b"\n", change.end)
    last = len(raw) if last < 0 else last
    before = raw[first:last].decode("utf-8", "replace")
    after = (raw[first : change.start] + change.text.encode() + raw[change.end : last]).decode("utf-8", "replace")
    return Mutant(path=change.path, line=change.line, kind=change.kind, before=before, after=after)


def _changed(text: str, change: Change) -> str:
    raw = text.encode("utf-8", "surrogatepass")
    return (raw[: change.start] + change.text.encode() + raw[change.end :]).decode("utf-8", "surrogatepass")
