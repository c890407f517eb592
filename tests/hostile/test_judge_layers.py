"""What makes a result worth believing, taken away in turn: then a submission whose tests all fail passes."""

from __future__ import annotations

import json
import re

import pytest
from bait import laid_out
from hostile_attacks import ATTACKS
from judging import judge
from matrix import read_matrix

from council.protocols import Job, Run, Sandbox
from council.types.checks import SandboxInfo

_GUESS = "0" * 32


class Known:
    """A judge whose nonce is no secret: what goes in and what comes out is exchanged on the way."""

    def __init__(self, inner: Sandbox) -> None:
        self._inner = inner

    @property
    def info(self) -> SandboxInfo:
        return self._inner.info

    async def run(self, job: Job) -> Run:
        order = json.loads(job.stdin or b"{}")
        nonce = str(order.get("nonce", _GUESS))
        done = await self._inner.run(job.but(stdin=job.stdin.replace(nonce.encode(), _GUESS.encode())))
        return done.but(channel=re.sub(rb"(?m)^0{32} ", nonce.encode() + b" ", done.channel))


class Unplanned(Known):
    """A judge that asks nobody beforehand which tests there are."""

    async def run(self, job: Job) -> Run:
        done = await self._inner.run(job)
        return done.but(stdout=b'{"tests": {}}') if job.argv[1:2] == ("council/parse.py",) else done


@pytest.mark.parametrize(
    "without, name", [(Known, "session-forged"), (Unplanned, "failing-test-hidden")], ids=["nonce", "plan"]
)
def test_without_this_an_attack_is_believed(without: type[Known], name: str, sandbox: Sandbox) -> None:
    attack = next(attack for attack in ATTACKS if attack.name == name)
    backend = sandbox.info.backend
    assert set(read_matrix()[name][f"{backend}_together"].values()) == {"held"}
    with laid_out() as bait:
        held, said = judge([attack], without(sandbox), bait, apart=False)[name]
    assert not held, said


def test_without_two_processes_many_are_believed_and_with_them_none() -> None:
    cells = {a.name: read_matrix()[a.name] for a in ATTACKS if a.kind == "tampering"}
    for backend in ("bubblewrap", "landlock"):
        together = [name for name, cell in cells.items() if "out" in cell[f"{backend}_together"].values()]
        assert len(together) >= 20
        assert [name for name, cell in cells.items() if "out" in cell[f"{backend}_apart"].values()] == []
