"""Claims are run for real: what they show, what confirms or denies it, and what their fixes do."""

from __future__ import annotations

from collections.abc import Callable

from council.settings import Settings
from council.types.evidence import Evidence, EvidenceKind, EvidenceState, FixOutcome, Flaw
from council.types.findings import Finding, Location, Severity
from council.types.submission import Submission

Prove = Callable[..., dict[str, Evidence]]
CODE = '''\
"""Some functions."""


def f(x):
    """Return something.

    >>> f(1)
    9
    """
    if x == 3:
        raise ValueError("not three")
    return [1, 2][x]


def hang(x):
    while x == x:
        pass


def leave():
    import os

    os._exit(0)


def deep(x):
    return deep(x)


seen = []


def grows(x):
    seen.append(x)
    return len(seen)
'''
SUBMISSION = Submission.from_text(
    CODE,
    path="cache.py",
    task="f(-2) == 2, and g(0) is another thing.",
    tests="from cache import f\n\n\ndef test_given():\n    assert f(-1) == 3\n\n\ndef test_kept():\n    assert f(0) == 1\n",
)


def claim(name: str, text: str, *, seat: str = "a", **more: object) -> Finding:
    return Finding(
        id=f"{seat}-{name}", source=seat, severity=Severity.HIGH, message=name, counterexample=text, **more  # type: ignore[arg-type]
    )


def test_what_runs_show(prove: Prove) -> None:
    found = prove(
        SUBMISSION,
        claim("task", "def test_a(): assert f(-2) == 2"),
        claim("docstring", "def test_a(): assert f(1) == 9"),
        claim("given", "def test_a(): assert f(-1) == 3"),
        claim("denied", "def test_a(): assert f(0) == 7"),
        claim("nobody", "def test_a(): assert f(False) == 8"),
        claim("refuted", "def test_a(): assert f(0) == 1"),
        claim("crash", "def test_a(): assert f(5) == 2"),
        claim("meant", "def test_a(): assert f(3) == 2"),
        claim("wanted", "def test_a():\n    with pytest.raises(KeyError):\n        f(5)"),
        claim("hang", "def test_a(): hang(1)"),
        claim("loop", "def test_a():\n    n = 1\n    while f(0) == 1: n += 1"),
        claim("leaves", "def test_a(): assert leave() is None"),
        claim("deep", "def test_a(): deep(1)"),
        claim("signature", "def test_a(): assert f() == 2"),
        claim("import", "from cache import gone\ndef test_a(): assert gone() == f(0)"),
        claim("after", "def test_a():\n    f(0)\n    assert 1 == 2"),
        claim("finite", "def test_a():\n    for x in [1, 2]: hang(x)"),
        claim("aside", "def test_a(): assert f(0) == 2\ntest_a.__test__ = False"),
        claim("many", "import pytest\n@pytest.mark.parametrize('x', [0, 1])\ndef test_a(x): assert f(x) == 5"),
    )
    got = {name.removeprefix("a-"): (e.state.value, e.flaw) for name, e in found.items()}
    wanted = {
        "task": ("upheld", None),
        "docstring": ("upheld", None),
        "given": ("upheld", None),
        "denied": ("disputed", None),
        "nobody": ("reproduced", None),
        "refuted": ("refuted", None),
        "crash": ("upheld", None),
        "meant": ("reproduced", None),
        "wanted": ("reproduced", None),
        "hang": ("upheld", None),
        "loop": ("reproduced", None),
        "leaves": ("upheld", None),
        "deep": ("upheld", None),
        "signature": ("unrunnable", Flaw.OWN_ERROR),
        "import": ("unrunnable", Flaw.NOT_IMPORTABLE),
        "after": ("unrunnable", Flaw.VACUOUS),
        "finite": ("upheld", None),
        "aside": ("unrunnable", Flaw.NO_TEST),
        "many": ("unrunnable", Flaw.SEVERAL_TESTS),
    }
    assert got == wanted, [found[f"a-{name}"].reason for name in got if got[name] != wanted[name]]
    assert found["a-task"].confirmed_by == ("task:1",) and found["a-given"].confirmed_by == ("test_given",)
    assert found["a-docstring"].confirmed_by == ("the docstring at cache.py:7",)
    assert found["a-denied"].denied_by == ("test_kept",)
    assert (found["a-nobody"].expected, found["a-nobody"].actual) == ("8", "1")
    assert (found["a-nobody"].runs, found["a-nobody"].failed) == (2, 2)
    assert {n for n, e in found.items() if e.kind is EvidenceKind.CRASH} == {"a-crash", "a-hang", "a-leaves", "a-deep", "a-finite"}
    assert "assert 1 == 8" in (found["a-nobody"].output or "") and "/files/" not in (found["a-nobody"].output or "")


def test_another_seat_confirms_and_the_own_does_not(prove: Prove) -> None:
    one = "def test_a():\n    result = f(False)\n    assert result == 8"
    found = prove(
        SUBMISSION,
        claim("1", one),
        claim("2", "def test_other():\n    value = f(False)\n    assert value == 8, 'eight'", seat="b"),
        claim("3", "def test_a(): assert f(True) == 5", seat="c"),
        claim("4", "def test_again(): assert f(True) == 5", seat="c"),
    )
    assert found["a-1"].state is EvidenceState.UPHELD and found["a-1"].confirmed_by == ("b",)
    assert found["b-2"].confirmed_by == ("a",)
    assert found["c-3"].state is found["c-4"].state is EvidenceState.REPRODUCED


def test_fixes_are_run(prove: Prove) -> None:
    text = "def test_a(): assert f(0) == 2"
    line = Location(path="cache.py", line=12)
    good = 'def f(x):\n    """Return something."""\n    return {0: 2, -1: 2}.get(x, 3)\n'
    found = prove(
        SUBMISSION.but(tests=SUBMISSION.tests[0:1]),
        claim("breaks", text, fix="def f(x):\n    return 2\n"),
        claim("lines", "def test_a(): assert f(-1) == 3", fix="return {0: 1, 1: 9, -1: 3}[x]", location=line),
        claim("fails", text, fix="def f(x):\n    if x == 3:\n        raise ValueError('not three')\n    return (1, 2)[x]\n"),
        claim("prose", text, fix="use a dictionary", location=line),
        claim("same", text, fix="    return [1, 2][x]", location=line),
        claim("again", text, fix=good),
    )
    trials = {name.removeprefix("a-"): e.fix for name, e in found.items()}
    outcomes = {name: trial.outcome for name, trial in trials.items() if trial is not None}
    assert outcomes == {
        "breaks": FixOutcome.BREAKS,
        "lines": FixOutcome.VERIFIED,
        "fails": FixOutcome.STILL_FAILS,
        "prose": FixOutcome.UNREADABLE,
        "same": FixOutcome.UNCHANGED,
        "again": FixOutcome.BREAKS,
    }
    breaks, lines = trials["breaks"], trials["lines"]
    assert breaks is not None and breaks.broken == ("test_kept",) and breaks.patch is None
    assert lines is not None and "+    return {0: 1, 1: 9, -1: 3}[x]" in (lines.patch or "")


def test_material_that_contradicts_itself_confirms_nothing(prove: Prove) -> None:
    torn = SUBMISSION.but(task="f(0) == 2, for sure.")
    (found,) = prove(torn, claim("1", "def test_a(): assert f(0) == 2")).values()
    assert found.state is EvidenceState.REPRODUCED


def test_as_many_are_run_as_the_settings_say(prove: Prove) -> None:
    claims = [claim(str(n), f"def test_a(): assert f(False) == {n + 10}") for n in range(3)]
    few = Settings(store=False, counterexamples=1, counterexample_runs=2)
    found = prove(SUBMISSION.but(task=None), *claims, settings=few)
    assert sorted(e.state.value for e in found.values()) == ["not_attempted", "not_attempted", "reproduced"]
    assert {e.flaw for e in found.values()} == {None, Flaw.TOO_MANY}
