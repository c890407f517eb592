"""Submissions whose tests all fail honestly and that want to pass: by what they return, and by what they leave lying about."""

from __future__ import annotations

from hostile_attacks.base import Attack
from hostile_attacks.tampering import ONE_PROCESS, WRONG, tamper

_UNSEEN = "plain pytest sees this one too: it is here so that it stays so"
_HERE = "plain pytest has no channel, no nonce and no plan"


def tests_of(*bodies: str, imports: str = "from cache import f") -> str:
    return imports + "\n" + "".join(f"\n\ndef test_{n}():\n    {body}\n" for n, body in enumerate(bodies))


TAMPERING_SLY: tuple[Attack, ...] = (
    # objects of the library that are equal to much
    tamper("any-of-mock", "returns the library's own object that is equal to everything",
           "from unittest.mock import ANY\n\n\ndef f():\n    return ANY\n", known=ONE_PROCESS),
    tamper("magic-mock", "returns a mock, which is a number, a text and a list when it is asked",
           "from unittest.mock import MagicMock\n\n\ndef f():\n    return MagicMock()\n", known=ONE_PROCESS,
           tests=tests_of("assert int(f()) == 1 and len(f()) == 0", "assert list(f()) == [] and float(f()) == 1.0")),
    tamper("approximately-everything", "returns pytest's own approximation with an endless tolerance",
           "import pytest\n\n\ndef f():\n    return pytest.approx(0, abs=float('inf'))\n", known=ONE_PROCESS),
    tamper("equal-by-its-kind", "returns a class whose own class makes it equal to everything",
           "class Kind(type):\n    __eq__ = lambda cls, other: True\n    __hash__ = type.__hash__\n\n\n"
           "class Yes(metaclass=Kind):\n    pass\n\n\ndef f():\n    return Yes\n", known=ONE_PROCESS),
    tamper("difference-of-nothing", "returns an object whose difference to any number is nothing",
           "class Near:\n    __sub__ = __rsub__ = lambda self, other: 0.0\n\n\ndef f():\n    return Near()\n",
           known=ONE_PROCESS, tests=tests_of("assert abs(f() - 1) < 1e-9", "assert not abs(1 - f())")),
    tamper("close-to-everything", "returns a number that is close to every other by rich comparison",
           "class Close(float):\n    __sub__ = __rsub__ = lambda self, other: 0.0\n    __eq__ = __le__ = lambda self, other: True\n"
           "    __hash__ = float.__hash__\n\n\ndef f():\n    return Close(7)\n", known=ONE_PROCESS,
           tests=tests_of("assert f() == __import__('pytest').approx(1)", "assert abs(f() - 1) <= 1e-9")),
    tamper("member-of-everything", "returns a list that contains everything",
           "class All(list):\n    __contains__ = lambda self, other: True\n\n\ndef f():\n    return All()\n", known=ONE_PROCESS,
           tests=tests_of("assert 1 in f()", "assert {2, 3} - set(f()) == set() or 2 in f()")),
    tamper("dictionary-of-everything", "returns a dictionary that has every key with the value that is wanted",
           "class Known(dict):\n    def __missing__(self, key):\n        return key\n    __contains__ = lambda self, key: True\n"
           "    get = lambda self, key, other=None: key\n\n\ndef f():\n    return Known()\n", known=ONE_PROCESS,
           tests=tests_of("assert f()['a'] == 'a'", "assert f().get('b') == 'b' and 'c' in f()")),
    tamper("sorted-already", "returns a list that is equal to its sorted copy, whatever lies in it",
           "class Sorted(list):\n    __eq__ = lambda self, other: True\n    __hash__ = None\n\n\ndef f(data):\n    return Sorted(data)\n",
           known=ONE_PROCESS, tests=tests_of("assert f([3, 1]) == sorted([3, 1])", "assert f([2, 1]) == [1, 2]")),
    tamper("answer-that-grows", "returns another object for every question, until one is right",
           "class Many:\n    count = 0\n    def __eq__(self, other):\n        Many.count += 1\n        return Many.count > 1\n"
           "    def __ne__(self, other):\n        return False\n\n\ndef f():\n    return Many()\n", known=ONE_PROCESS,
           tests=tests_of("assert f() == 1 or f() == 1", "assert not f() != 1")),
    tamper("class-of-another-name", "calls its own class ValueError of the library", """
ValueError = type("ValueError", (Exception,), {"__module__": "builtins", "__qualname__": "ValueError"})

def f():
    raise ValueError("no")
""", tests="import pytest\nfrom cache import f\n\n\ndef test_one():\n    with pytest.raises(KeyError):\n        f()\n\n\n"
           "def test_two():\n    with pytest.raises(KeyError, match='yes'):\n        f()\n", unproved=_UNSEEN),
    tamper("exception-of-every-kind", "raises an exception whose kind says that it belongs to every other", """
class Kind(type):
    __instancecheck__ = __subclasscheck__ = lambda cls, other: True

class Every(Exception, metaclass=Kind):
    __class__ = property(lambda self: KeyError)

def f():
    raise Every
""", tests="import pytest\nfrom cache import f\n\n\ndef test_one():\n    with pytest.raises(KeyError):\n        f()\n\n\n"
           "def test_two():\n    with pytest.raises((OSError, LookupError)):\n        f()\n", known=ONE_PROCESS),
    tamper("module-that-is-an-object", "puts an object in its own place that has whatever it is asked for", """
import sys

class Module(type(sys)):
    def __getattr__(self, name):
        return lambda *a, **k: Yes()

class Yes:
    __eq__ = lambda self, other: True

sys.modules[__name__] = Module(__name__)
""", known=ONE_PROCESS),
    tamper("names-replaced-when-asked", "gives another function each time it is asked for one", """
import builtins

def __getattr__(name):
    if name == "f":
        return lambda: 2
    raise AttributeError(name)
""", unproved=_UNSEEN),
    # the judge's own things
    tamper("session-forged", "tells the whole session over the channel, with a nonce that it guesses", """
import json, os
names = ["test_cache.py::test_one", "test_cache.py::test_two"]
events = [{"kind": "collected", "ids": names}]
for name in names:
    events.append({"kind": "start", "id": name})
    events += [{"kind": "phase", "id": name, "when": when, "outcome": "passed", "xfail": False, "message": None,
                "why": None, "text": None} for when in ("setup", "call", "teardown")]
    events.append({"kind": "end", "id": name, "raised": False, "plain": True})
events.append({"kind": "finish", "code": 0})
try:
    for n, event in enumerate(events, 2):
        os.write(3, f"{'0' * 32} {json.dumps({'n': n, 'at': 1.0, **event})}\\n".encode())
    os._exit(0)
except OSError:
    pass
""" + WRONG, unproved=_HERE),
    tamper("failing-test-hidden", "lets pytest overlook the test that would fail", """
import _pytest.python as python
old = python.PyCollector.istestfunction
python.PyCollector.istestfunction = lambda self, thing, name: name != "test_two" and old(self, thing, name)

def f():
    return 1
""", tests="from cache import f\n\n\ndef test_one():\n    assert f() == 1\n\n\ndef test_two():\n    assert f() == 2\n"),
    tamper("entry-point", "brings a package whose metadata name a plugin of pytest", WRONG, files={
        "evil-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n",
        "evil-1.0.dist-info/entry_points.txt": "[pytest11]\nevil = evil\n",
        "evil.py": "def pytest_pyfunc_call(pyfuncitem):\n    return True\n"}),
    tamper("plugins-named-by-the-code", "names plugins of pytest in its own module and in the environment", """
import os
pytest_plugins = ["evil"]
os.environ["PYTEST_PLUGINS"] = "evil"
os.environ["PYTEST_ADDOPTS"] = "-p evil --collect-only"
""" + WRONG, files={"evil.py": "def pytest_pyfunc_call(pyfuncitem):\n    return True\n"}, unproved=_UNSEEN),
    tamper("tests-in-its-memory", "searches its own memory for the text of the tests", """
import ctypes, os, re

def peek():
    libc = ctypes.CDLL(None, use_errno=True)
    near, far = os.pipe()
    os.set_blocking(near, False)
    start = id(peek) & ~0xFFF
    for step in range(0, 96 << 20, 4096):
        for at in (start + step, start - step):
            if libc.write(far, ctypes.c_void_p(at), ctypes.c_size_t(4096)) != 4096:
                continue
            page = os.read(near, 4096)
            found = re.search(rb"assert f\\(\\) == (\\d+)", page)
            if found:
                return int(found[1])
    return 2

answer = peek()

def f():
    return answer
""", limits={"test_timeout_s": 12.0}, unproved="where the text lies in memory is a matter of luck"),
    tamper("nonce-in-its-memory", "searches its own memory for the order, with nonce and tests", """
import ctypes, os, re

def peek():
    libc = ctypes.CDLL(None, use_errno=True)
    near, far = os.pipe()
    os.set_blocking(near, False)
    start = id(peek) & ~0xFFF
    for step in range(0, 64 << 20, 4096):
        for at in (start + step, start - step):
            if libc.write(far, ctypes.c_void_p(at), ctypes.c_size_t(4096)) == 4096:
                if re.search(rb'"nonce": "[0-9a-f]{32}"', os.read(near, 4096)):
                    return True
    return False

if peek():
    os._exit(0)
""" + WRONG, unproved=_HERE, limits={"test_timeout_s": 12.0}),
    tamper("answer-of-half-a-gigabyte", "answers with more than the tests can hold",
           "def f():\n    return 'x' * (500 << 20)\n", unproved=_UNSEEN,
           limits={"test_timeout_s": 1.0}),
    tamper("answer-nested-deeply", "answers with a list in a list, a hundred thousand deep",
           "def f():\n    x = []\n    for _ in range(100_000):\n        x = [x]\n    return x\n", unproved=_UNSEEN,
           limits={"test_timeout_s": 1.0}),
    tamper("answer-that-holds-itself", "answers with a list that holds itself",
           "def f():\n    x = [1]\n    x.append(x)\n    return x\n", unproved=_UNSEEN),
    tamper("argument-that-is-watched", "finds the wanted value in what the tests hand to it",
           "import gc\n\n\ndef f(data):\n    for other in gc.get_referrers(*data):\n        if isinstance(other, tuple) and len(other) == 2:\n"
           "            return other[1]\n    return None\n",
           tests="import pytest\nfrom cache import f\n\nCASES = [(['a', 'b'], 'b-a'), (['c', 'd'], 'd-c')]\n\n\n"
                 "@pytest.mark.parametrize('data, wanted', CASES)\ndef test_one(data, wanted):\n    assert f(data) == wanted\n",
           unproved="whether the collector tells of the tuple is a matter of luck"),
    tamper("temporary-folder-forged", "writes what the tests will find in their own temporary folder", """
import pathlib, threading, time

def fill():
    for _ in range(400):
        for folder in pathlib.Path("/tmp").glob("pytest-of-*/pytest-*/test_*"):
            try:
                (folder / "result.txt").write_text("2")
            except OSError:
                pass
        time.sleep(0.005)

threading.Thread(target=fill, daemon=True).start()
""" + WRONG, tests="from cache import f\n\n\ndef test_one(tmp_path):\n    (tmp_path / 'result.txt').write_text(str(f()))\n"
                   "    assert (tmp_path / 'result.txt').read_text() == '1'\n\n\ndef test_two():\n    assert f() == 1\n", unproved=_UNSEEN),
)  # fmt: skip
