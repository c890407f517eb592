"""The council reads what passed: how readable it is, after all samples are there, so that no seat disturbs a clock."""

from __future__ import annotations

import time
from collections.abc import Mapping

from council.bench.events import Listener, SampleFinished, SampleStarted
from council.bench.ledger import Ledger
from council.bench.pace import Pace
from council.engine import Council
from council.errors import CouncilError, PolicyError, StoreError, UsageError
from council.policies import Policy
from council.text import one_line
from council.types.benchmarks import Sample, Task
from council.types.session import Session
from council.types.submission import Origin, SourceFile, Submission


def require_seats(house: Council, policy: Policy) -> None:
    """Raise ``UsageError`` where no council can sit, before anything is spent."""
    if not house.bench(policy).seats:
        problem = f"no council can sit under the policy {one_line(policy.id, 60)}: the checks alone decide"
        raise UsageError(problem, "Choose another one with --policy, or leave --review out")


async def review_samples(
    ledger: Ledger, tasks: Mapping[str, Task], policy: Policy, house: Council, tell: Listener
) -> None:
    """Let the council sit over each sample that passed and was not read yet; its sessions are kept in the store.

    A sitting that fails leaves the sample as it is and a note in the benchmark. Raises ``StoreError``.
    """
    passed = [sample for sample in ledger.samples if sample.passed and sample.code is not None]
    left = [sample for sample in passed if sample.session_id is None]
    pace = Pace(sample.model for sample in left)
    for number, sample in enumerate(left, len(passed) - len(left) + 1):
        started = time.monotonic()
        tell(SampleStarted(model=sample.model, task=sample.task, number=sample.number, reviewed=True))
        read = sample
        try:
            session = await house.review(_submission(sample, tasks[sample.task]), policy=policy)
            read = _read(sample, session)
            await ledger.add(read)
        except (StoreError, PolicyError):
            raise
        except CouncilError as error:
            place = f"{sample.model}, {sample.task}, sample {sample.number}"
            await ledger.note(one_line(f"not reviewed: {place}: {error}", 300))
        pace.done(sample.model, time.monotonic() - started)
        tell(SampleFinished(sample=read, done=number, total=len(passed), left_s=pace.left_s, reviewed=True))


def _submission(sample: Sample, task: Task) -> Submission:
    return Submission(
        files=(SourceFile(path=task.path, text=sample.code or ""),),
        tests=task.tests,
        task=task.text,
        origin=Origin(model=sample.model, digest=sample.digest, written_at=sample.finished_at),
    )


def _read(sample: Sample, session: Session) -> Sample:
    consensus = session.consensus
    read: Sample = sample.but(session_id=session.session_id, readability=None if consensus is None else consensus.score)
    return read
