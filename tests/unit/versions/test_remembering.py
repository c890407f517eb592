"""A version that did the same inputs before is not run again; a submission always is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.protocols import Job, Run, Sandbox
from council.types.checks import SandboxInfo
from council.types.submission import Submission
from council.types.versions import Behaviour, Input, Origin, Version, VersionsReport
from council.versions import Bounds, Example, Terms, hear_versions, program_id
from council.versions.remembering import behaviour_key, is_lasting

RIGHT = (
    "def largest(values):\n    return max(values)\n",
    "def largest(values):\n    return sorted(values)[-1]\n",
    "import math\n\ndef largest(values):\n    best = -math.inf\n    for v in values:\n        best = max(v, best)\n    return best\n",
)
WRONG = "def largest(values):\n    return values[-1] if len(values) == 5 else max(values)\n"
TASK = "Write largest(values): the largest of a list of numbers. largest([3, 9, 4]) == 9, largest([2, 1]) == 2"


class Counting:
    """The sandbox that works here, with the program of every run."""

    def __init__(self, inner: Sandbox) -> None:
        self._inner = inner
        self.ran: list[str] = []

    @property
    def info(self) -> SandboxInfo:
        return self._inner.info

    async def run(self, job: Job) -> Run:
        self.ran += [content.decode() for name, content in job.files if name.startswith("code/")]
        return await self._inner.run(job)


class Shelf:
    """Remembers as a store does."""

    def __init__(self) -> None:
        self.kept: dict[str, Behaviour] = {}

    async def recall(self, keys: Iterable[str]) -> Mapping[str, Behaviour]:
        return {key: self.kept[key] for key in keys if key in self.kept}

    async def keep(self, key: str, behaviour: Behaviour) -> None:
        self.kept[key] = behaviour


def hear(sandbox: Sandbox, code: str, memory: Shelf | None, codes: tuple[str, ...] = RIGHT) -> VersionsReport:
    written = [Version(id=program_id(c), code=c, model="m", seed=n) for n, c in enumerate(codes)]
    return asyncio.run(
        hear_versions(
            Submission.from_text(code, task=TASK), written, sandbox=sandbox, terms=Terms(agreeing=3, share=0.7),
            examples=lambda *_: [Example(call="largest([3, 9, 4])", expected="9")], memory=memory,
        )
    )  # fmt: skip


def told(report: VersionsReport) -> VersionsReport:
    return report.but(duration_s=0.0)


def test_versions_are_run_once_and_the_submission_every_time(sandbox: Sandbox) -> None:
    counting, shelf = Counting(sandbox), Shelf()
    first = hear(counting, RIGHT[0] + "# mine\n", shelf)
    assert sorted(counting.ran) == sorted([*RIGHT, RIGHT[0] + "# mine\n"]) and len(shelf.kept) == 3
    counting.ran.clear()
    assert told(hear(counting, RIGHT[0] + "# mine\n", shelf)) == told(first) and counting.ran == [RIGHT[0] + "# mine\n"]


def test_what_is_remembered_convicts_as_what_was_run(sandbox: Sandbox) -> None:
    shelf = Shelf()
    hear(sandbox, RIGHT[0], shelf)
    remembered, anew = hear(sandbox, WRONG, shelf), hear(sandbox, WRONG, None)
    assert anew.testimony.difference is not None and told(remembered) == told(anew)


@pytest.mark.parametrize("outcomes", [(), (({"r": 9},),)])
def test_a_memory_that_is_too_short_is_not_believed(sandbox: Sandbox, outcomes: tuple[tuple[dict[str, int]]]) -> None:
    shelf = Shelf()
    usual = hear(sandbox, WRONG, shelf)
    shelf.kept = dict.fromkeys(shelf.kept, Behaviour(outcomes=outcomes, steady=(True,) * len(outcomes)))
    assert told(hear(sandbox, WRONG, shelf)) == told(usual)


def test_what_the_clock_had_a_say_in_is_not_remembered(sandbox: Sandbox) -> None:
    slow = "def largest(values):\n    while len(values) == 2:\n        pass\n    return max(values)\n"
    broken = "def largest(values):\n    return max(values)\nraise OSError\n"
    shelf = Shelf()
    hear(sandbox, RIGHT[0], shelf, (*RIGHT, slow, broken))
    assert len(shelf.kept) == 3


CODES = st.sampled_from([*RIGHT, WRONG])
INPUTS = st.lists(st.sampled_from(["f(1)", "f(2)", "f('1')"]), max_size=3).map(
    lambda calls: tuple(Input(steps=(call,), origin=Origin.EXAMPLE) for call in calls)
)
GROUNDS = st.tuples(CODES, st.sampled_from(["f", "g"]), INPUTS, st.sampled_from(["bubblewrap 1", "landlock 1"]))


@given(GROUNDS, GROUNDS)
def test_one_key_is_one_question(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    def key(code: str, name: str, inputs: tuple[Input, ...], sandbox: str) -> str | None:
        return behaviour_key(code, name, inputs, sandbox=sandbox, bounds=Bounds())

    assert (key(*one) == key(*other)) == (one == other)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "code",
    ["import numpy", "from .near import x", "def f():\n    import attr", "import importlib", "x = __import__('re')", "x ="],
)
def test_a_program_that_rests_on_more_than_python_has_no_key(code: str) -> None:
    assert behaviour_key(code, "f", (), sandbox="s", bounds=Bounds()) is None
    assert behaviour_key("import re, os.path\nfrom collections import abc", "f", (), sandbox="s", bounds=Bounds())


def test_a_limit_anywhere_is_not_lasting() -> None:
    assert is_lasting(Behaviour(outcomes=(({"r": 1}, {"x": ["KeyError"]}),), steady=(True,)))
    assert not is_lasting(Behaviour(outcomes=(({"r": 1}, {"stop": "time"}),), steady=(True,)))
    assert not is_lasting(Behaviour(failure="it did not come to an end"))
