"""What makes a counterexample worthless is seen before it is run, by its name; what is only clumsy is mended."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.evidence.claims import Claim, Flawed, read_claim
from council.evidence.screening import screen
from council.types.evidence import Flaw
from council.types.findings import Finding, Severity
from council.types.submission import Submission

CODE = "LIMIT = 3\n\n\ndef f(x):\n    return x + 1\n\n\nclass Box:\n    def get(self):\n        return 1\n"
SUBMISSION = Submission.from_text(CODE, path="box.py")

WORTHLESS = [
    ("def test_a(:", Flaw.UNPARSABLE),
    ("x = f(1)", Flaw.NO_TEST),
    ("def check(): assert f(1) == 2", Flaw.NO_TEST),
    ("def test_a(): assert f(1) == 2\ndef test_b(): assert f(2) == 2", Flaw.SEVERAL_TESTS),
    ("def test_a(): assert False", Flaw.VACUOUS),
    ("def f(x): return 0\ndef test_a(): assert f(1) == 2", Flaw.VACUOUS),
    ("def test_a(): assert f(1) != f(1)", Flaw.VACUOUS),
    ("import box\ndef test_a():\n    box.f = lambda x: 0\n    assert box.f(1) == 2", Flaw.TAMPERS),
    ("from box import f\nf = lambda x: 0\ndef test_a(): assert f(1) == 2", Flaw.TAMPERS),
    ("def test_a(): assert setattr(Box, 'get', None) or Box().get() == 2", Flaw.TAMPERS),
    ("def test_a(monkeypatch): assert f(1) == 2", Flaw.TAMPERS),
    ("from unittest import mock\ndef test_a(): assert f(1) == 2", Flaw.TAMPERS),
    ("def test_a(): assert f.__globals__['LIMIT'] == f(1)", Flaw.TAMPERS),
    ("def test_a(): assert eval('f(1)') == f(2)", Flaw.TAMPERS),
    ("import sys\ndef test_a(): assert f(1) == len(sys.modules)", Flaw.TAMPERS),
    ("import sys\ndef test_a():\n    f(1)\n    sys.exit(1)", Flaw.EXITS),
    ("import os\ndef test_a():\n    f(1)\n    os._exit(0)", Flaw.EXITS),
    ("def test_a():\n    f(1)\n    raise SystemExit", Flaw.EXITS),
    ("def test_a():\n    f(1)\n    exit()", Flaw.EXITS),
    ("from sys import exit as leave\ndef test_a(): leave(f(1))", Flaw.EXITS),
    ("import pytest\ndef test_a():\n    f(1)\n    pytest.skip('x')", Flaw.SKIPS),
    ("import pytest\n@pytest.mark.xfail\ndef test_a(): assert f(1) == 2", Flaw.SKIPS),
    ("from pytest import skip\ndef test_a(): skip(f(1))", Flaw.SKIPS),
    ("class Odd:\n    def __eq__(self, other): return False\ndef test_a(): assert f(1) == Odd()", Flaw.RIGGED),
    ("def test_a(): assert f(1) == float('nan')", Flaw.RIGGED),
    ("def test_a(): assert f(1) == object()", Flaw.RIGGED),
    ("def test_a(): assert f(1) is [2]", Flaw.RIGGED),
    ("import random\ndef test_a(): assert f(1) == random.random()", Flaw.CHANCE),
    ("import time\ndef test_a(): assert f(1) == time.time()", Flaw.CHANCE),
    ("from random import *\ndef test_a(): assert f(1) == random()", Flaw.CHANCE),
    ("def test_a():\n    from random import randint as some\n    assert f(1) == some(1, 2)", Flaw.CHANCE),
    ("from datetime import datetime\ndef test_a(): assert f(1) == datetime.now()", Flaw.CHANCE),
    ("def test_a(): assert f(1) == id(f)", Flaw.CHANCE),
    ("def test_a():\n    f(1)\n    while True: pass", Flaw.ENDLESS),
    ("import itertools\ndef test_a():\n    for n in itertools.count(): f(n)", Flaw.ENDLESS),
    ("import council\ndef test_a(): assert f(1) == 2", Flaw.REACHES_OUT),
    ("import subprocess\ndef test_a(): assert f(1) == 2", Flaw.REACHES_OUT),
    ("import os\ndef test_a(): assert f(1) == os.getpid()", Flaw.REACHES_OUT),
    ("def test_a(): assert f(1) == open('/etc/passwd').read()", Flaw.REACHES_OUT),
]
SOUND = [
    "def test_a(): assert f(1) == 3",
    "```python\ndef test_a():\n    assert f(1) == 3\n```",
    "    def test_a():\n        assert f(1) == 3",
    "assert f(1) == 3",
    "from solution import f\ndef test_a(): assert f(1) == 3",
    "import box\ndef test_a(): assert box.f(1) == 3",
    "class TestIt:\n    def test_a(self): assert f(1) == 3",
    "def test_a():\n    with pytest.raises(ValueError):\n        f(-1)",
    "def test_a():\n    try:\n        f(-1)\n        assert False\n    except ValueError:\n        pass",
    "def test_a():\n    import random\n    import time\n    assert f(1) == 2",
    "import random\ndef test_a():\n    random.seed(1)\n    assert f(1) == random.random()",
    "import os\ndef test_a(): assert f(1) == os.path.join('a', 'b')",
    "def test_a():\n    box = Box()\n    box.size = 2\n    assert box.get() == 2",
    "def test_a():\n    left = 3\n    while left:\n        left -= f(0)\n    assert left == 0",
    "def test_a(): assert LIMIT == 4",
]


def claim_of(text: str) -> Claim | Flawed:
    finding = Finding(id="a-1", source="a", severity=Severity.HIGH, message="m", counterexample=text)
    return read_claim(finding, SUBMISSION)


@pytest.mark.parametrize(("text", "flaw"), WORTHLESS, ids=[text[:40] for text, _ in WORTHLESS])
def test_each_kind_has_its_name(text: str, flaw: Flaw) -> None:
    claim = claim_of(text)
    found = claim if isinstance(claim, Flawed) else screen(claim)
    assert found is not None and found.flaw is flaw and found.reason


@pytest.mark.parametrize("text", SOUND, ids=[text[:40] for text in SOUND])
def test_what_is_only_clumsy_is_mended(text: str) -> None:
    claim = claim_of(text)
    assert isinstance(claim, Claim) and screen(claim) is None
    assert claim.roots & {"f", "box", "Box", "LIMIT"}
    compile(claim.text, "test", "exec")


@given(st.text(max_size=200) | st.sampled_from([text for text, _ in WORTHLESS] + SOUND).map(lambda t: t[: len(t) // 2]))
def test_no_text_breaks_it(text: str) -> None:
    claim = claim_of(text)
    found = claim if isinstance(claim, Flawed) else screen(claim)
    assert found is None or found.reason


@pytest.mark.parametrize(
    "text", ["(" * 5000, "def test_a():\n    assert " + "-" * 3000 + "f(1) == 1", "x = 1\n" * 9000], ids=["deep", "minus", "long"]
)
def test_deep_and_long_texts_end(text: str) -> None:
    assert isinstance(claim_of(text), Flawed)
