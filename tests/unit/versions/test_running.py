"""What a program does comes back as data, and who works against that works against itself alone."""

from __future__ import annotations

import asyncio
import json

import pytest

from council.protocols import Run
from council.types.submission import SourceFile
from council.types.versions import Behaviour, Input, Origin
from council.versions.running import observe, read_behaviour

from .conftest import Observe


def first(behaviour: Behaviour) -> list[object]:
    assert behaviour.failure is None
    return [steps[0] for steps in behaviour.outcomes]


def test_values_exceptions_and_what_happens_beside_them(run: Observe) -> None:
    code = """
import collections, decimal
def f(x):
    if x == 1: return {3, 1, 2}
    if x == 2: return {"b": 1, "a": (1, 2.5)}
    if x == 3: raise KeyError("gone")
    if x == 4: return (n for n in range(3))
    if x == 5: print("hello"); return None
    if x == 6: return float("nan")
    if x == 7: return collections.Counter("aab")
    if x == 8: return decimal.Decimal("1.10")
    if x == 9: return 2 ** 80
    if isinstance(x, list): x.sort()
    return x
"""
    behaviour = run(code, [f"f({n})" for n in range(1, 10)] + ["f([2, 1])", "f('é')", "f(x='yes')"])
    assert first(behaviour) == [
        {"r": {"s": [1, 2, 3]}},
        {"r": {"d": [["a", {"t": [1, 2.5]}], ["b", 1]]}},
        {"x": ["KeyError", "KeyError"]},
        {"r": {"g": [[0, 1, 2], True]}},
        {"r": None, "p": "hello\n"},
        {"r": {"f": "nan"}},
        {"r": {"d": [["a", 2], ["b", 1]]}},
        {"r": {"x": ["Decimal", "1.10"]}},
        {"r": {"i": hex(2**80)}},
        {"r": {"l": [1, 2]}, "m": {"l": [{"l": [{"l": [1, 2]}]}, {"d": []}]}},
        {"r": "é"},
        {"r": "yes"},
    ]
    assert all(behaviour.steady)


def test_an_endless_iterator_is_looked_at_for_a_while(run: Observe) -> None:
    (told,) = first(run("import itertools\ndef f(): return itertools.count()", ["f()"]))
    assert len(told["r"]["g"][0]) == 50 and told["r"]["g"][1] is False  # type: ignore[index]


def test_series_of_calls_of_one_object(run: Observe) -> None:
    code = """
class Stack:
    def __init__(self, most):
        if most < 1: raise ValueError(most)
        self.items, self.most = [], most
    def push(self, x):
        self.items.append(x)
        return self
    def pop(self): return self.items.pop()
    def __len__(self): return len(self.items)
"""
    behaviour = run(
        code,
        [("Stack(2)", "push(1)", "__len__()", "pop()", "pop()"), ("Stack(0)", "pop()"), ("Stack(2)", "nothing()")],
        "Stack",
    )
    made = {"r": {"made": True}}
    assert behaviour.outcomes[0] == (
        made,
        {"r": {"self": True}},
        {"r": 1},
        {"r": 1},
        {"x": ["IndexError", "IndexError"]},
    )
    assert behaviour.outcomes[1] == ({"x": ["ValueError", "ValueError"]},)
    assert behaviour.outcomes[2] == (made, {"x": ["AttributeError", "AttributeError"]})


@pytest.mark.parametrize(
    "body",
    [
        "import random; return random.random()",
        "return list({'a', 'b', 'c', 'd', 'e', 'f'})",
        "global n; n += 1; return n",
        "import time; return time.time_ns()",
        "return id(object()) ^ hash('x')",
    ],
    ids=["random", "order of a set", "memory of earlier calls", "time", "hash"],
)
def test_who_differs_from_itself_is_no_witness(run: Observe, body: str) -> None:
    behaviour = run(f"n = 0\ndef f(x): {body}", ["f(1)", "f(2)", "f(3)"])
    assert behaviour.failure is None and not all(behaviour.steady)


@pytest.mark.parametrize("when", ["x % 2", "x % 4 == 0", "x > 1100", "x == x"])
def test_among_many_inputs_it_is_noticed_as_well(run: Observe, when: str) -> None:
    code = f"import random\ndef f(x): return random.random() if {when} else x"
    behaviour = run(code, [f"f({n})" for n in range(1200)])
    assert behaviour.failure is None
    expected = [not eval(when, {"x": n}) for n in range(1200)]
    assert list(behaviour.steady) == expected


HOSTILE = {
    "hangs": "while True: pass",
    "hangs and hears nothing": "import re; re.match('(a+)+$', 'a' * 40 + 'b')",
    "swallows its own end": "\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass",
    "sleeps": "import time; time.sleep(30)",
    "floods its output": "import sys\n    for _ in range(100000): sys.stdout.write('x' * 1000)\n    return 1",
    "floods descriptor 1": "import os\n    for _ in range(3000): os.write(1, b'x' * 1000)\n    return 1",
    "floods its result": "return 'x' * (50 << 20)",
    "exits": "import os; os._exit(0)",
    "raises SystemExit": "raise SystemExit(0)",
    "kills itself": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "forks": "import os\n    for _ in range(8): os.fork()\n    return 1",
    "eats memory": "return [0] * (1 << 30)",
    "never comes back": "return f(x)",
    "patches what encodes": (
        "import sys\n    m = sys.modules['council.versions.inside.encoding']\n    m.Encoder.encode = lambda s, v: 'right'\n    return 2"
    ),
    "patches builtins": "import builtins; builtins.isinstance = lambda *a: True; builtins.len = lambda x: 7; return x",
    "writes results itself": 'import os; os.write(4, b\'{"i": 1, "o": [{"r": 5}]}\\n\'); return 2',
    "writes nonsense": "import os; os.write(4, b'\\xff\\n[1]\\n'); return 2",
    "closes the way out": "import os; os.close(4); return 1",
    "looks for the channel": "import os; os.write(3, b'{}'); return 1",
    "walks the frames": "import sys; return sorted(sys._getframe(1).f_globals)[0]",
    "a liar in equality": "\n    class L(list):\n        __eq__ = lambda s, o: True\n        __len__ = lambda s: 10**9\n    return L([1])",
    "a property that ends it": "\n    class P:\n        @property\n        def __dict__(self): import os; os._exit(1)\n    return P()",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_program_harms_its_own_standing_alone(run: Observe, body: str) -> None:
    """It runs to an end in bounded time, and an honest program beside it does what it always does."""
    hostile = run(f"def f(x):\n    if x != 2: return x\n    {body}", ["f(1)", "f(2)", "f(3)"], wall_s=2.0, total_s=10.0)
    assert len(hostile.outcomes) in (0, 3)
    assert hostile.duration_s < 60
    honest = run("def f(x): return x", ["f(1)", "f(2)", "f(3)"])
    assert first(honest) == [{"r": 1}, {"r": 2}, {"r": 3}] and all(honest.steady)


def test_what_ends_the_process_costs_one_input(run: Observe) -> None:
    behaviour = run("import os\ndef f(x):\n    if x == 2: os._exit(0)\n    return x", ["f(1)", "f(2)", "f(3)"])
    assert first(behaviour) == [{"r": 1}, {"stop": "end"}, {"r": 3}]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("def g(x): return 1", "defines no f"),
        ("import nothing_like_it\ndef f(x): return 1", "nothing_like_it"),
        ("def f(x): return 1\nwhile True: pass", "Stopped"),
        ("import os\ndef f(x): return 1\nos._exit(0)", "ended or hung"),
        ("def f(x): return 1\nraise SystemExit", "SystemExit"),
    ],
)
def test_what_cannot_be_imported_says_why(run: Observe, code: str, why: str) -> None:
    behaviour = run(code, ["f(1)"], import_s=1.0)
    assert behaviour.failure is not None and why in behaviour.failure


def test_only_lines_with_the_nonce_are_heard() -> None:
    lines = [{"nonce": "n", "i": 0, "o": [{"r": 1}], "same": True}, {"nonce": "x", "i": 1, "o": [{"r": 2}], "same": True},
             {"i": 1}, [], {"nonce": "n", "i": 9, "o": []}, {"nonce": "n", "end": 2}]  # fmt: skip
    channel = b"\n".join(json.dumps(line).encode() for line in lines) + b"\n\xff\n"
    behaviour = read_behaviour(Run(exit_code=0, channel=channel), "n", 2)
    assert behaviour.outcomes == (({"r": 1},), ()) and behaviour.steady == (True, False)
    assert read_behaviour(Run(exit_code=0, channel=channel[: len(channel) // 2]), "n", 2).failure is not None


def test_a_package_is_imported_by_its_dots(sandbox: object) -> None:
    files = (
        SourceFile(path="src/shop/__init__.py", text=""),
        SourceFile(path="src/shop/prices.py", text="from shop.base import one\ndef total(x): return x + one"),
        SourceFile(path="src/shop/base.py", text="one = 1"),
    )
    inputs = (Input(steps=("total(2)",), origin=Origin.EXAMPLE),)
    behaviour = asyncio.run(observe(files, "total", inputs, sandbox))  # type: ignore[arg-type]
    assert behaviour.failure is None and behaviour.outcomes == (({"r": 3},),)
