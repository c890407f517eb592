"""Submissions whose tests all fail honestly and that want to pass: without a look into the judge."""

from __future__ import annotations

from hostile_attacks.base import Attack

WRONG = "\ndef f():\n    return 2\n"
ONE_PROCESS = "tests and code share one interpreter here; apart, the code never sees a test"
OWN_IDEA = "the test itself asks the code's own class whether it is equal"
_UNSEEN = "plain pytest sees this one too: it is here so that it stays so"


def tamper(name: str, attack: str, code: str, known: str | dict[str, str] | None = None, unproved: str | None = None,
           **more: object) -> Attack:  # fmt: skip
    reasons = {"together": known} if isinstance(known, str) else known or {}
    return Attack(name, "tampering", attack, code, reasons, unproved, **more)  # type: ignore[arg-type]


TAMPERING = (
    # the interpreter ends early
    tamper("exit-at-import", "ends the interpreter with code 0 when it is imported", "import os\nos._exit(0)\n"),
    tamper("sys-exit-at-import", "raises SystemExit(0) when it is imported", "import sys\nsys.exit(0)\n", unproved=_UNSEEN),
    tamper("exit-in-the-call", "ends the interpreter with code 0 in the first call",
           "def f():\n    import os\n    os._exit(0)\n"),
    tamper("exit-raised-in-the-call", "raises SystemExit(0) in every call",
           "def f():\n    raise SystemExit(0)\n", unproved=_UNSEEN),
    tamper("exit-at-exit", "registers an end with code 0 for the end of the interpreter",
           "import atexit, os\natexit.register(os._exit, 0)\n" + WRONG),
    tamper("exit-from-a-thread", "lets a thread end the interpreter with code 0 while the tests run", """
import os, threading, time
threading.Thread(target=lambda: (time.sleep(0.05), os._exit(0)), daemon=True).start()

def f():
    time.sleep(0.5)
    return 2
"""),
    tamper("exit-by-a-signal", "lets a timer of the kernel end the interpreter", """
import os, signal
signal.signal(signal.SIGVTALRM, lambda *_: os._exit(0))
signal.setitimer(signal.ITIMER_VIRTUAL, 0.05)

def f():
    while True:
        pass
"""),
    tamper("exit-in-a-destructor", "ends the interpreter when an object is collected", """
import os

class Last:
    def __del__(self, leave=os._exit):
        leave(0)

last = [Last()]

def f():
    last.clear()
    return 2
"""),
    tamper("kill-myself", "kills its own process", "import os\n\ndef f():\n    os.kill(os.getpid(), 9)\n", unproved=_UNSEEN),
    tamper("another-program-instead", "replaces the interpreter by a program that ends well",
           "import os\nos.execv('/bin/true', ['true'])\n"),
    tamper("another-pytest-instead", "replaces the interpreter by a pytest over tests of its own", """
import os, sys
open("test_mine.py", "w").write("def test_one():\\n    pass\\n\\n\\ndef test_two():\\n    pass\\n")
os.execv(sys.executable, [sys.executable, "-m", "pytest", "-q", "test_mine.py"])
"""),
    tamper("keyboard-interrupt", "raises KeyboardInterrupt in every call",
           "def f():\n    raise KeyboardInterrupt\n", unproved=_UNSEEN),
    tamper("pytest-exit", "asks pytest to end with code 0", "import pytest\n\ndef f():\n    pytest.exit('done', returncode=0)\n"),
    # tests that do not count
    tamper("skip", "skips every test that calls it", "import pytest\n\ndef f():\n    pytest.skip('nothing to see')\n"),
    tamper("module-skip", "skips the whole test file when it is imported",
           "import pytest\npytest.skip('no', allow_module_level=True)\n", unproved="pytest says that nothing was collected"),
    tamper("skip-of-unittest", "raises unittest's SkipTest",
           "import unittest\n\ndef f():\n    raise unittest.SkipTest('no')\n"),
    tamper("xfail", "declares every failure expected", "import pytest\n\ndef f():\n    pytest.xfail('known')\n"),
    tamper("skip-mark-planted", "plants a skip mark in the module of the tests", """
import sys, pytest
for frame in map(sys._getframe, range(1, 12)):
    if "test" in frame.f_globals.get("__name__", ""):
        frame.f_globals["pytestmark"] = pytest.mark.skip(reason="later")
""" + WRONG),
    tamper("tests-made-invisible", "tells pytest that the module of the tests has none", """
import sys
for frame in map(sys._getframe, range(1, 12)):
    if "test" in frame.f_globals.get("__name__", ""):
        frame.f_globals["__test__"] = False
""" + WRONG, unproved="pytest says that nothing was collected"),
    tamper("fixture-planted", "plants a fixture in the module of the tests that makes f right", """
import sys, pytest
for frame in map(sys._getframe, range(1, 12)):
    space = frame.f_globals
    if "test" in space.get("__name__", ""):
        @pytest.fixture(autouse=True)
        def right(request, space=space):
            space["f"] = lambda: 1
        space["right"] = right
""" + WRONG, known=ONE_PROCESS),
    # files that pytest would read
    tamper("conftest-beside", "brings a conftest.py that empties the list of tests", WRONG, files={
        "conftest.py": "def pytest_collection_modifyitems(items):\n    items.clear()\n"},
        unproved="pytest says that nothing was collected"),
    tamper("conftest-that-forges", "brings a conftest.py that rewrites every report", WRONG, files={"conftest.py": """
import pytest

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    outcome.get_result().outcome = "passed"
"""}),
    tamper("conftest-in-a-package", "brings a conftest.py in a folder of its own and imports it", "import deep.conftest\n" + WRONG,
           files={"deep/__init__.py": "", "deep/conftest.py": "def pytest_collection_modifyitems(items):\n    items.clear()\n"},
           unproved=_UNSEEN),
    tamper("pytest-ini", "brings a pytest.ini that loads a plugin of its own", WRONG, files={
        "pytest.ini": "[pytest]\naddopts = -p evil\n",
        "evil.py": "def pytest_pyfunc_call(pyfuncitem):\n    return True\n"}),
    tamper("pyproject-toml", "brings a pyproject.toml that loads a plugin of its own", WRONG, files={
        "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-p evil'\n",
        "evil.py": "def pytest_pyfunc_call(pyfuncitem):\n    return True\n"}),
    tamper("setup-cfg", "brings a setup.cfg in which every test is expected to fail", WRONG, files={
        "setup.cfg": "[tool:pytest]\naddopts = -p evil\n",
        "evil.py": "import pytest\n\ndef pytest_collection_modifyitems(items):\n    for item in items:\n"
                   "        item.add_marker(pytest.mark.xfail)\n"}),
    tamper("tox-ini", "brings a tox.ini that only collects", WRONG, files={
        "tox.ini": "[pytest]\naddopts = --collect-only\n"}),
    tamper("sitecustomize", "brings a sitecustomize.py and a .pth file for the start of the interpreter", WRONG, files={
        "sitecustomize.py": "import os\nos._exit(0)\n", "usercustomize.py": "import os\nos._exit(0)\n",
        "evil.pth": "import os; os._exit(0)\n"}, unproved="only where the folder is on the path when Python starts"),
    tamper("pytest-shadowed", "brings a pytest.py that stands for pytest itself", WRONG, files={
        "pytest.py": "if __name__ == '__main__':\n    print('2 passed')\n"}),
    tamper("library-shadowed", "brings modules named like those of the standard library", WRONG, files={
        "random.py": "import os\nos._exit(0)\n", "json.py": "import os\nos._exit(0)\n", "typing.py": "import os\nos._exit(0)\n",
        "doctest.py": "import os\nos._exit(0)\n", "unittest/__init__.py": "import os\nos._exit(0)\n",
        "pdb.py": "import os\nos._exit(0)\n"}),
    tamper("judge-shadowed", "brings a package named like the judge's own programs", WRONG, files={
        "council/__init__.py": "", "council/session.py": "import os\nos._exit(0)\n",
        "council/validation/inside/session.py": "import os\nos._exit(0)\n", "pluggy/__init__.py": "import os\nos._exit(0)\n",
        "lib/council/validation/inside/memory.py": "import os\nos._exit(0)\n",
        "_pytest/__init__.py": "import os\nos._exit(0)\n"}),
    tamper("own-tests-under-the-same-name", "brings a test file of its own under the name of the given one", WRONG, files={
        "test_cache.py": "def test_one():\n    pass\n\n\ndef test_two():\n    pass\n"},
        unproved="depends on which file is copied last"),
    tamper("package-under-the-tests-name", "brings a package that is imported instead of the test file", WRONG, files={
        "test_cache/__init__.py": "def test_one():\n    pass\n\n\ndef test_two():\n    pass\n"}, unproved=_UNSEEN),
    tamper("cached-bytecode", "brings a folder of cached bytecode beside the tests", WRONG, files={
        "__pycache__/test_cache.cpython-311-pytest-8.0.0.pyc": "no bytecode is valid UTF-8",
        "__pycache__/cache.cpython-311.pyc": "the same"}, unproved=_UNSEEN),
    tamper("tests-rewritten-on-disk", "rewrites the test files while they run", """
import os, pathlib
for folder in (os.environ.get("COUNCIL_FILES", "."), "."):
    for path in pathlib.Path(folder).rglob("test_*.py"):
        try:
            path.write_text("def test_one():\\n    pass\\n\\n\\ndef test_two():\\n    pass\\n")
        except OSError:
            pass
""" + WRONG, unproved="comes too late for pytest too, and in time for whoever runs it twice"),
    # what is said about the tests
    tamper("stdout-forged", "prints pytest's own last line and ends",
           "print('2 passed in 0.01s')\nimport os\nos.write(1, b'2 passed in 0.01s\\n')\nos._exit(0)\n"),
    tamper("junit-forged", "writes reports where machines look for them, and ends", """
import os
good = '<testsuites><testsuite name="pytest" tests="2" failures="0" errors="0"/></testsuites>'
for name in ("junit.xml", "results.xml", "report.xml", ".report.json", "ctrf.json", "reward.txt"):
    try:
        open(name, "w").write(good)
    except OSError:
        pass
os._exit(0)
"""),
    tamper("channel-guessed", "writes events with a guessed nonce to the channel", """
import json, os
for n, event in enumerate([{"kind": "begin"}, {"kind": "collected", "ids": ["test_cache.py::test_one"]}], 1):
    try:
        os.write(3, ("0" * 32 + " " + json.dumps({"n": n, "at": 0, **event}) + "\\n").encode())
    except OSError:
        pass
""" + WRONG, unproved="plain pytest has no channel"),
    tamper("channel-closed", "closes every open file but the standard ones", "import os\nos.closerange(3, 256)\n" + WRONG, unproved=_UNSEEN),
    tamper("channel-flooded", "fills the channel with lines of its own", """
import os
try:
    for _ in range(200):
        os.write(3, b"x" * 60000 + b"\\n")
except OSError:
    pass
""" + WRONG, unproved=_UNSEEN),
    tamper("order-read-again", "reads the judge's order, with its nonce, from standard input", """
import os
try:
    os.lseek(0, 0, 0)
except OSError:
    pass
order = os.read(0, 100000)
if b"nonce" in order:
    os._exit(0)
""" + WRONG, unproved="plain pytest has no order"),
    tamper("arguments-read", "looks for the nonce in arguments and variables", """
import os, sys
if any("nonce" in word for word in [*sys.argv, *getattr(sys, "orig_argv", []), *os.environ.values()]):
    os._exit(0)
""" + WRONG, unproved="plain pytest has no nonce"),
    tamper("signal-ignored", "replaces the functions that set clocks and signals, and never ends", """
import signal, time, faulthandler
signal.signal = signal.setitimer = faulthandler.dump_traceback_later = lambda *a, **k: None
time.monotonic = time.perf_counter = lambda: 0.0

def f():
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
""", unproved="plain pytest waits for ever",
           limits={"test_timeout_s": 1.0, "check_timeout_s": 6.0}),
    # equality
    tamper("always-equal", "returns an object that is equal to everything",
           "class Yes:\n    def __eq__(self, other):\n        return True\n\ndef f():\n    return Yes()\n",
           known=ONE_PROCESS),
    tamper("always-equal-number", "returns a number that is equal to every other",
           "class Yes(int):\n    def __eq__(self, other):\n        return True\n    __hash__ = int.__hash__\n\ndef f():\n    return Yes(2)\n",
           known=ONE_PROCESS),
    tamper("always-equal-text", "returns a text that is equal to every other, also as a key",
           "class Yes(str):\n    def __eq__(self, other):\n        return True\n    def __hash__(self):\n        return hash(1)\n"
           "\ndef f():\n    return Yes('2')\n", known=ONE_PROCESS),
    tamper("never-unequal", "returns an object that is not unequal to anything, for tests that compare so",
           "class Yes:\n    def __ne__(self, other):\n        return False\n    __eq__ = __le__ = __ge__ = lambda self, other: True\n\n"
           "def f():\n    return Yes()\n", known=ONE_PROCESS,
           tests="from cache import f\n\n\ndef test_one():\n    assert not f() != 1\n\n\ndef test_two():\n    assert 1 <= f() <= 1\n"),
    tamper("equal-in-containers", "hides the object that is equal to everything in lists and dictionaries",
           "class Yes:\n    __eq__ = lambda self, other: True\n    __hash__ = lambda self: hash('a')\n\n"
           "def f():\n    return [Yes()], {Yes(): (Yes(),)}\n", known=ONE_PROCESS,
           tests="from cache import f\n\n\ndef test_one():\n    assert f()[0] == [1]\n\n\ndef test_two():\n    assert f()[1] == {'a': (3,)}\n"),
    tamper("class-that-lies", "returns an object that says it is a number when it is asked for its class", """
class Yes:
    __class__ = property(lambda self: int)
    __eq__ = lambda self, other: True

def f():
    return Yes()
""", known=ONE_PROCESS,
           tests="from cache import f\n\n\ndef test_one():\n    assert isinstance(f(), int) and f() == 1\n\n\ndef test_two():\n    assert f() in (1,)\n"),
    tamper("equal-class-that-the-test-names", "is equal to everything in a class that the tests name themselves",
           "class Amount:\n    def __eq__(self, other):\n        return True\n\ndef f():\n    return Amount()\n",
           known=OWN_IDEA,
           tests="from cache import Amount, f\n\n\ndef test_one():\n    assert f() == 1\n\n\ndef test_two():\n    assert Amount() == 5\n"),
    tamper("subclass-that-answers", "returns a text whose methods answer what is wanted",
           "class Sly(str):\n    def strip(self, *_):\n        return 'right'\n    def __len__(self):\n        return 5\n    lower = strip\n\n"
           "def f():\n    return Sly('wrong!')\n", known=ONE_PROCESS,
           tests="from cache import f\n\n\ndef test_one():\n    assert f().strip() == 'right'\n\n\ndef test_two():\n    assert len(f()) == 5\n"),
    tamper("nothing-where-an-error-is-wanted", "ends the interpreter where the tests wait for any exception",
           "import os\n\ndef f():\n    os._exit(0)\n",
           tests="import pytest\nfrom cache import f\n\n\ndef test_one():\n    with pytest.raises(Exception):\n        f()\n\n\n"
                 "def test_two():\n    with pytest.raises((ValueError, RuntimeError)):\n        f()\n"),
)  # fmt: skip
