"""Submissions whose tests all fail honestly and that want to pass: by changing the judge from within."""

from __future__ import annotations

from hostile_attacks.base import Attack
from hostile_attacks.tampering import ONE_PROCESS, WRONG, tamper

_HERE = "plain pytest has no channel, no nonce and no recorder"
_UNSEEN = "plain pytest sees this one too: it is here so that it stays so"

_FIND_REPORTER = """
import gc, json, os, sys, types

def reporters():
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__name__ == "report" and thing.__closure__:
            cells = dict(zip(thing.__code__.co_freevars, thing.__closure__))
            if "nonce" in cells:
                yield thing, cells
"""
_TWO_FILES = {
    "test_a.py": "from cache import g\n\n\ndef test_a():\n    assert g() == 1\n",
    "test_b.py": "from cache import f\n\n\ndef test_b():\n    assert f() == 1\n",
}

TAMPERING_DEEP: tuple[Attack, ...] = (
    # pytest changed
    tamper("report-rewritten", "patches pytest so that every report says passed", """
import _pytest.reports as reports
old = reports.TestReport.from_item_and_call.__func__

def forged(cls, item, call):
    report = old(cls, item, call)
    report.outcome, report.longrepr = "passed", None
    return report

reports.TestReport.from_item_and_call = classmethod(forged)
""" + WRONG),
    tamper("outcome-as-a-property", "makes the outcome of every report a property that says passed", """
import _pytest.reports as reports
reports.TestReport.outcome = property(lambda self: "passed", lambda self, value: None)
""" + WRONG),
    tamper("test-never-called", "patches pytest so that no test function is called", """
import _pytest.python as python
python.Function.runtest = lambda self: None
""" + WRONG),
    tamper("call-hook-replaced", "replaces the hook that calls the test function", """
import gc
from pluggy import HookImpl
for hook in [o for o in gc.get_objects() if isinstance(o, HookImpl)]:
    if hook.function.__name__ == "pytest_pyfunc_call" and not (hook.wrapper or hook.hookwrapper):
        hook.function = lambda pyfuncitem: True
        hook.argnames = ("pyfuncitem",)
""" + WRONG, known=ONE_PROCESS),
    tamper("multicall-replaced", "replaces the heart of pytest's plugin system", """
import pluggy._callers, pluggy._manager, gc
old = pluggy._callers._multicall

def forged(name, impls, arguments, first):
    if name == "pytest_pyfunc_call":
        for impl in impls:
            if "ecorder" in repr(impl.plugin):
                item = arguments["pyfuncitem"]
                impl.plugin.raised[item.nodeid] = False
        return True
    return old(name, impls, arguments, first)

for manager in [o for o in gc.get_objects() if isinstance(o, pluggy._manager.PluginManager)]:
    manager._inner_hookexec = forged
""" + WRONG, known=ONE_PROCESS),
    tamper("tests-emptied", "replaces the functions of all collected tests and fails in the first", """
import gc, sys

def f():
    for item in [o for o in gc.get_objects() if type(o).__name__ == "Function"]:
        item.obj = lambda: None
        item._obj = lambda: None
    raise AssertionError
""", unproved=_UNSEEN),
    tamper("code-of-tests-replaced-in-time", "replaces the functions when the module of the tests is asked for them", """
import _pytest.python as python
old = python.PyCollector.collect

def collect(self):
    for name, value in vars(self.obj).items():
        if name.startswith("test"):
            value.__code__ = (lambda: None).__code__
    return old(self)

python.PyCollector.collect = collect
""" + WRONG, known=ONE_PROCESS),
    tamper("items-cleared", "empties the session's list of tests", """
import gc
for session in [o for o in gc.get_objects() if type(o).__name__ == "Session"]:
    session.items = []
    session.config.option.collectonly = True
""" + WRONG),
    tamper("parameters-thinned", "keeps only the first value of every parametrised test", """
import _pytest.python as python
old = python.Metafunc.parametrize

def parametrize(self, names, values, *rest, **more):
    return old(self, names, list(values)[:1], *rest, **more)

python.Metafunc.parametrize = parametrize

def f(number):
    return 1
""", known=ONE_PROCESS,
           tests="import pytest\nfrom cache import f\n\n\n@pytest.mark.parametrize('number', [1, 2, 3])\ndef test_one(number):\n    assert f(number) == number\n"),
    tamper("exit-status-rewritten", "lets pytest's session end with status 0 whatever happened", """
import os, sys, gc
leave = os._exit
os._exit = lambda code: leave(0)
for session in [o for o in gc.get_objects() if type(o).__name__ == "Session"]:
    type(session).exitstatus = property(lambda self: 0, lambda self, value: None)
""" + WRONG),
    tamper("failures-uncounted", "lets pytest forget that tests failed", """
import gc
for session in [o for o in gc.get_objects() if type(o).__name__ == "Session"]:
    type(session).testsfailed = property(lambda self: 0, lambda self, value: None)
""" + WRONG),
    tamper("asserts-stripped-in-the-next-file", "lets Python compile every later test file without its assertions", """
import ast, _pytest.assertion.rewrite as rewrite

class Strip(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)

old = rewrite.rewrite_asserts
rewrite.rewrite_asserts = lambda tree, *rest: Strip().visit(tree) and None

def g():
    return 1
""" + WRONG, known=ONE_PROCESS, tests=_TWO_FILES),
    tamper("import-hook", "stands in for every test file that is imported after it", """
import os, sys
from importlib.machinery import ModuleSpec

class Hook:
    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self) if name == "test_b" else None
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        module.__file__ = next(f"{folder}/test_b.py" for folder in sys.path if os.path.exists(f"{folder}/test_b.py"))
        module.test_b = lambda: None

sys.meta_path.insert(0, Hook())

def g():
    return 1
""" + WRONG, known=ONE_PROCESS, tests=_TWO_FILES),
    tamper("assertion-error-replaced", "makes AssertionError something that pytest takes for a skip", """
import builtins, pytest
builtins.AssertionError = pytest.skip.Exception
""" + WRONG),
    tamper("builtins-that-lie", "replaces the functions that a judge is written with", """
import builtins
real = builtins.getattr
builtins.getattr = lambda thing, name, *rest: "passed" if name == "outcome" else real(thing, name, *rest)
builtins.any = lambda _: False
builtins.all = lambda _: True
builtins.bool = lambda _: True
""" + WRONG, unproved=_UNSEEN),
    tamper("jump-over-the-assertion", "lets the debugger's hook jump over the line with the assertion", """
import sys

def f():
    caller = sys._getframe(1)

    def jump(frame, event, _):
        if event == "line" and frame is caller and frame.f_lineno == frame.f_code.co_firstlineno + 2:
            frame.f_lineno += 1
        return jump

    sys.settrace(jump)
    caller.f_trace = jump
    return 2
""",
           tests="from cache import f\n\n\ndef test_one():\n    value = f()\n    assert value == 1\n    value = None\n\n\n"
                 "def test_two():\n    value = f()\n    assert value == 1\n    value = None\n"),
    tamper("exception-swallowed-by-a-profile", "replaces the local variables of the test before it compares", """
import ctypes, sys

def f():
    caller = sys._getframe(1)

    def change(frame, event, _):
        if frame.f_code.co_name.startswith("test") and "value" in frame.f_locals:
            frame.f_locals["value"] = 1
            ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), 0)
        return change

    sys.settrace(change)
    caller.f_trace = change
    return 2
""",
           tests="from cache import f\n\n\ndef test_one():\n    value = f()\n    assert value == 1\n\n\n"
                 "def test_two():\n    value = f()\n    assert value == 1\n"),
    tamper("numbers-made-equal", "changes what equality of numbers means for the whole interpreter", """
import ctypes
kind = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object, ctypes.py_object, ctypes.c_int)
slot = ctypes.c_void_p.from_address(id(int) + 200)
old = kind(slot.value)

def compare(a, b, how):
    if how == 2 and a.bit_length() == 10 and b.bit_length() == 10:
        return True
    return old(a, b, how)

new = kind(compare)
slot.value = ctypes.cast(new, ctypes.c_void_p).value

def f():
    return 1000
""",
           tests="from cache import f\n\n\ndef test_one():\n    assert f() == 999\n\n\ndef test_two():\n    assert f() == 777\n"),
    # the answer looked up
    tamper("answer-from-the-tests-file", "reads the wanted value from the test file on disk", """
import os, pathlib, re

def f():
    for folder in (os.environ.get("COUNCIL_FILES", "."), "."):
        for path in pathlib.Path(folder).rglob("test_*.py"):
            found = re.search(r"== (\\d+)", path.read_text())
            if found:
                return int(found[1])
    return 2
""", known=ONE_PROCESS),
    tamper("answer-from-the-callers-frame", "reads the wanted value from the constants of the function that calls it", """
import sys

def f():
    for frame in map(sys._getframe, range(1, 6)):
        numbers = [c for c in frame.f_code.co_consts if type(c) is int and c]
        if frame.f_code.co_name.startswith("test") and numbers:
            return numbers[0]
    return 2
""", known=ONE_PROCESS),
    tamper("answer-by-trial", "tries every answer in a copy of the process and gives the one that passed", """
import faulthandler, os

def f():
    for guess in (5, 4, 3, 2, 1):
        child = os.fork()
        if child == 0:
            faulthandler.cancel_dump_traceback_later = lambda: None  # its thread stayed behind
            quiet = os.open(os.devnull, os.O_RDWR)
            for number in (1, 2, 3):
                os.dup2(quiet, number)
            return guess
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
            return guess
    return 2
""", known=ONE_PROCESS, tests="from cache import f\n\n\ndef test_one():\n    assert f() == 1\n"),
    tamper("fork-inside", "lets a copy of the process go on and report while the first one waits", """
import os

def f():
    if os.fork():
        os.wait()
        os._exit(0)
    return 3
""", unproved=_UNSEEN, limits={"test_timeout_s": 1.0}),
    # the reporter found
    tamper("reporter-called", "finds the function that reports, reports that all is well, and ends", _FIND_REPORTER + """
for report, cells in reporters():
    names = ["test_cache.py::test_one", "test_cache.py::test_two"]
    report("collected", ids=names)
    for name in names:
        report("start", id=name)
        for when in ("setup", "call", "teardown"):
            report("phase", id=name, when=when, outcome="passed", xfail=False, seconds=0, message=None, why=None, text=None)
        report("end", id=name, raised=False, plain=True)
    report("finish", code=0)
    os._exit(0)
""" + WRONG, known=ONE_PROCESS, unproved=_HERE),
    tamper("nonce-read", "finds the nonce in the memory of the judge and writes events of its own", _FIND_REPORTER + """
for report, cells in reporters():
    nonce, count = cells["nonce"].cell_contents, cells["count"].cell_contents
    names = ["test_cache.py::test_one", "test_cache.py::test_two"]
    events = [{"kind": "collected", "ids": names}]
    for name in names:
        events.append({"kind": "start", "id": name})
        events += [{"kind": "phase", "id": name, "when": when, "outcome": "passed", "xfail": False, "message": None,
                    "why": None, "text": None} for when in ("setup", "call", "teardown")]
        events.append({"kind": "end", "id": name, "raised": False, "plain": True})
    events.append({"kind": "finish", "code": 0})
    for n, event in enumerate(events, count + 1):
        os.write(3, f"{nonce} {json.dumps({'n': n, 'at': 1.0, **event})}\\n".encode())
    os._exit(0)
""" + WRONG, known=ONE_PROCESS, unproved=_HERE),
    tamper("reporter-rewired", "changes what the reporting function writes with", _FIND_REPORTER + """
for report, cells in reporters():
    old = cells["encode"].cell_contents
    def encode(event, old=old):
        if event.get("kind") == "phase":
            event.update(outcome="passed", message=None, text=None)
        if event.get("kind") == "end":
            event["raised"] = False
        if event.get("kind") == "finish":
            event["code"] = 0
        return old(event)
    cells["encode"].cell_contents = encode
leave = os._exit
os._exit = lambda code: leave(0)
""" + WRONG, known=ONE_PROCESS, unproved=_HERE),
    tamper("encoder-patched", "patches the JSON library, which the judge writes its events with", """
import json, os
old = json.JSONEncoder.iterencode

def iterencode(self, event, _one_shot=False):
    if isinstance(event, dict):
        if event.get("kind") == "phase":
            event.update(outcome="passed", message=None, text=None)
        if event.get("kind") == "end":
            event["raised"] = False
        if event.get("kind") == "finish":
            event["code"] = 0
    return old(self, event, _one_shot)

json.JSONEncoder.iterencode = iterencode
leave = os._exit
os._exit = lambda code: leave(0)
""" + WRONG, known=ONE_PROCESS, unproved=_HERE),
    tamper("recorder-replaced", "finds the judge's plugin and replaces what it says of each test", """
import gc, os
for thing in [o for o in gc.get_objects() if type(o).__name__ == "Recorder"]:
    class Never(dict):
        def get(self, key, default=None):
            return False
    thing.raised = Never()
    kind = type(thing)
    for hook in [o for o in gc.get_objects() if type(o).__name__ == "HookImpl" and o.plugin is thing]:
        if hook.function.__name__ == "pytest_runtest_logreport":
            old = hook.function
            def forged(report, old=old):
                report.outcome, report.longrepr = "passed", None
                return old(report)
            hook.function = forged
for session in [o for o in gc.get_objects() if type(o).__name__ == "Session"]:
    type(session).testsfailed = property(lambda self: 0, lambda self, value: None)
""" + WRONG, known=ONE_PROCESS, unproved=_HERE),
    tamper("channel-in-the-middle", "puts itself between the judge and its channel and changes what passes", """
import os, threading
try:
    channel = os.dup(3)
    near, far = os.pipe()
    os.dup2(far, 3)
    os.close(far)
except OSError:
    channel = None

def pass_on():
    rest = b""
    while chunk := os.read(near, 65536):
        *lines, rest = (rest + chunk).split(b"\\n")
        for line in lines:
            for old, new in ((b'"failed"', b'"passed"'), (b'"raised": true', b'"raised": false'), (b'"code": 1', b'"code": 0')):
                line = line.replace(old, new)
            os.write(channel, line + b"\\n")

if channel is not None:
    threading.Thread(target=pass_on, daemon=True).start()
    import time
    leave = os._exit
    os._exit = lambda code: (time.sleep(0.3), leave(0))
""" + WRONG, known=ONE_PROCESS, unproved=_HERE),
    tamper("descriptor-closed-and-reopened", "leaves a file of its own where the channel was", """
import os
try:
    os.dup2(os.open("channel", os.O_RDWR | os.O_CREAT), 3)
except OSError:
    pass
""" + WRONG, unproved=_HERE),
    tamper("memory-of-the-judge", "writes into the interpreter's memory: every failed outcome becomes passed", """
import ctypes, gc, sys
text = sys.intern("failed")
head = ctypes.sizeof(ctypes.c_ssize_t) * 6
ctypes.memmove(id(text) + head, b"passed", 6)
""" + WRONG, unproved=_UNSEEN),
    # the wire between code and tests
    tamper("wire-answers-in-advance", "writes answers into the pipe to the tests before they ask", """
import gc, json, os, struct
for thing in [o for o in gc.get_objects() if type(o).__name__ == "Pipe" and hasattr(o, "writing")]:
    for _ in range(8):
        body = json.dumps({"value": 1, "contents": []}).encode()
        os.write(thing.writing, struct.pack("!I", len(body)) + body)
""" + WRONG, unproved=_HERE),
    tamper("wire-of-nonsense", "answers the tests with messages that no honest code sends", """
import gc, json, os, struct
pipes = [o for o in gc.get_objects() if type(o).__name__ == "Pipe" and hasattr(o, "writing")]

def f():
    for thing in pipes:
        for body in (b"[" * 100000, b'{"value": ["T", "object"], "contents": [[1, "list", [["m", 1]]]]}', b"\\xff\\xfe", b"{}"):
            os.write(thing.writing, struct.pack("!I", len(body)) + body)
    return 2
""", unproved=_HERE),
    tamper("wire-with-a-false-handle", "gives the tests a handle to a class of its own with every operator", """
import gc, json, os, struct
pipes = [o for o in gc.get_objects() if type(o).__name__ == "Pipe" and hasattr(o, "writing")]

def f():
    about = {"name": "test_one", "doc": None, "kind": "class", "bases": ["int", "object"], "module": "builtins",
             "dunders": ["__eq__", "__bool__", "__hash__"]}
    kind = ["h", 7001, about]
    for thing in pipes:
        body = json.dumps({"value": ["h", 7002, {"name": "f", "doc": None, "kind": "object", "class": kind}],
                           "contents": []}).encode()
        os.write(thing.writing, struct.pack("!I", len(body)) + body)
        while True:
            head = os.read(thing.reading, 4)
            os.read(thing.reading, struct.unpack("!I", head)[0])
            body = json.dumps({"value": True, "contents": []}).encode()
            os.write(thing.writing, struct.pack("!I", len(body)) + body)
    return 2
""", unproved=_HERE),
    tamper("judge-killed", "kills and stops every other process it can reach while its tests run", """
import os, signal

def f():
    others = {os.getppid(), *range(2, 40)} - {os.getpid()} if "COUNCIL_FILES" in os.environ else set()
    for number in others:  # never outside of a sandbox
        for what in (signal.SIGALRM, signal.SIGINT, signal.SIGKILL):
            try:
                os.kill(number, what)
            except OSError:
                pass
    return 2
""", unproved="would reach other programs"),
)  # fmt: skip
