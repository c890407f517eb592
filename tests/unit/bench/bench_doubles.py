"""A small suite, and what a model may write for it."""

from __future__ import annotations

from typing import Any

from council.policies import Criterion, Policy
from council.types.benchmarks import Suite, Task
from council.types.calls import Reply, Usage
from council.types.submission import SourceFile

QUICK = Policy(
    id="quick", title="Quick", criteria=(Criterion(check="syntax", block_at="info"), Criterion(check="tests"))
)
"""Only what decides, so that a run takes no longer than it must."""
PLAIN = "from solution import double\n\n\ndef test_double():\n    assert double(21) == 42\n"
EDGE = (
    "from solution import double\n\n\ndef test_nothing():\n    assert double('') == ''\n    assert double([]) == []\n"
)
RIGHT = "def double(value):\n    return value + value\n"
ALMOST = "def double(value):\n    return 2 * value if value else 0\n"
WRONG = "def double(value):\n    return value + 1\n"


def task(name: str = "double", *, edge: bool = True, **fields: Any) -> Task:
    return Task(
        id=name,
        text="Write a function `double(value)` that returns the value added to itself.",
        tests=(SourceFile(path="test_plain.py", text=PLAIN),),
        edge_tests=(SourceFile(path="test_edge.py", text=EDGE),) if edge else (),
        **fields,
    )


def suite(*tasks: Task) -> Suite:
    return Suite(id="doubles", title="Doubles", tasks=tasks or (task(edge=False),))


def fenced(code: str) -> str:
    return f"Here it is:\n\n```python\n{code}```\n"


def reply(code: str, model: str = "m", **fields: Any) -> Reply:
    known = {"duration_s": 2.5, "load_s": 0.5, "first_token_s": 0.7, "usage": Usage(completion_tokens=20)}
    return Reply(**{"text": fenced(code), "model": model, "served_model": model, **known, **fields})
