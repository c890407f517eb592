"""Which lines and branches of a submission its own tests reach, measured by coverage.py in the sandbox.

Tests and code run in one process for that, so the figures are for people: nothing is approved by them.
"""

from __future__ import annotations

import json
import secrets

from council.protocols import Job, Sandbox
from council.settings import Settings
from council.types.base import Record
from council.types.submission import Submission
from council.validation.pytest import Layout, order_of
from council.validation.results import as_files, library, limits, program


class Reach(Record):
    """What the tests reach. ``missed`` is by path; both shares are ``None`` where there is nothing to reach."""

    lines: int = 0
    missed: dict[str, tuple[int, ...]] = {}
    branches: int = 0
    taken: int = 0

    @property
    def line_share(self) -> float | None:
        """Lines reached, of those that can be run."""
        return None if not self.lines else 1 - sum(map(len, self.missed.values())) / self.lines

    @property
    def branch_share(self) -> float | None:
        """Ways out of branching lines that were taken."""
        return None if not self.branches else self.taken / self.branches


async def measure_reach(submission: Submission, sandbox: Sandbox, *, settings: Settings) -> Reach | None:
    """Run the tests once under coverage; ``None`` when they did not come to an end. Raises ``SandboxError``."""
    laid, nonce = Layout(submission), secrets.token_hex(16)
    run = await sandbox.run(
        Job(
            argv=("{python}", "council/reach.py"),
            files=(*as_files(laid.files), program("reach"), *library(("session",))),
            stdin=json.dumps(order_of(laid, nonce, None, settings)).encode(),
            limits=limits(settings),
            channel=True,
        )
    )
    for line in run.channel.decode("utf-8", "replace").splitlines():
        said, _, text = line.partition(" ")
        if said == nonce:
            try:
                event = json.loads(text)
                if event["kind"] == "reach":
                    return _read(event["files"])
            except (ValueError, KeyError, TypeError):
                return None
    return None


def _read(files: list[list[object]]) -> Reach:
    rows = [_Row.model_validate(dict(zip(_Row.model_fields, row, strict=True))) for row in files]
    return Reach(
        lines=sum(row.lines for row in rows),
        missed={row.path: row.missed for row in rows if row.missed},
        branches=sum(row.ways for row in rows),
        taken=sum(row.taken for row in rows),
    )


class _Row(Record):
    path: str
    lines: int
    missed: tuple[int, ...]
    ways: int
    taken: int
