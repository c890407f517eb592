"""What a reviewer asks to be run is run inside walls or not at all."""

from __future__ import annotations

import asyncio

import council
from council.models import ScriptedClient, ScriptedHost
from council.policies import Policy
from council.protocols import Job, Run
from council.sandbox import open_sandbox
from council.settings import Settings
from council.types.checks import SandboxInfo

ANSWER = {
    "analysis": "no",
    "findings": [{"claim": "wrong", "line": 2, "severity": "high", "counterexample": "def test_a():\n    assert f(1) == 2\n"}],
    "verdict": "reject",
}


class Open:
    """Says that it has no walls; what it is given runs in the real sandbox, and is counted."""

    def __init__(self, unsafe: bool) -> None:
        self._walled = open_sandbox(Settings())
        self.info = self._walled.info.but(backend="unsafe") if unsafe else self._walled.info
        self.jobs: list[Job] = []

    async def run(self, job: Job) -> Run:
        self.jobs.append(job)
        return await self._walled.run(job)


def sat(unsafe: bool) -> tuple[council.Session, int]:
    box = Open(unsafe)
    assert isinstance(box.info, SandboxInfo) and box.info.unsafe is unsafe
    settings = Settings(store=False, counterexample_runs=2)
    house = council.Council(settings, client=ScriptedClient(default=ANSWER), host=ScriptedHost(), sandbox=box)
    submission = council.Submission.from_text("def f(x):\n    return x\n", path="a.py")
    policy = Policy(id="votes", title="Votes alone")
    session = asyncio.run(house.review(submission, seats=("a/one", "b/two"), policy=policy))
    return session, len(box.jobs)


def test_without_walls_no_counterexample_is_run_and_the_session_says_so() -> None:
    session, jobs = sat(unsafe=True)
    assert session.evidence == () and jobs == 0
    assert "no reviewer's counterexample was run: there is no sandbox" in session.notes
    walled, ran = sat(unsafe=False)
    assert walled.evidence[0].state.value == "upheld" and ran > 0  # both seats claim it, each on its own
    assert walled.evidence[0].confirmed_by == ("two",) and not walled.notes
