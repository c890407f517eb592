"""The manifest: what each program tries, and what must hold.

``escape`` programs write ``GOT IT`` when they reach something outside. ``tamper`` ones are submissions whose tests
all fail honestly and must not pass. ``benign`` ones are honest tests that must pass. ``known`` names the backends on
which an attack is known to succeed, with the reason: a new success and a new failure both break the build.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Program:
    """One program with its class, its code, and the backends where the promise is known not to hold."""

    name: str
    kind: str
    code: str
    known: dict[str, str] = field(default_factory=dict)


LIBC = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
TRY = "def attempt(name, call):\n    try:\n        if call():\n            print('GOT IT', name)\n    except BaseException:\n        pass\n"

ESCAPES = [
    # secrets
    Program("environment-of-others", "secrets", TRY + """
import os
for pid in ["self", *map(str, range(1, 400)), str(os.getppid())]:
    attempt(pid, lambda: b"CANARY" in open(f"/proc/{pid}/environ", "rb").read())
"""),
    Program("own-environment", "secrets", TRY + """
import os
attempt("env", lambda: "CANARY" in str(os.environ) or any("KEY" in name for name in os.environ))
"""),
    Program("canary-file", "secrets", TRY + """
import glob
attempt("file", lambda: open("CANARY_PATH").read())
for path in ("/root/.bashrc", "/root/.ssh/id_rsa", "/etc/shadow", "/etc/passwd", "/etc/hostname"):
    attempt(path, lambda: open(path).read())
"""),
    Program("inherited-descriptors", "secrets", TRY + """
import os, stat
for number in range(3, 512):
    attempt(number, lambda: os.fstat(number) and True)
"""),
    Program("parent-memory", "secrets", LIBC + TRY + """
for pid in (1, os.getppid()):
    attempt(pid, lambda: open(f"/proc/{pid}/mem", "rb").read(1) is not None)
    attempt(pid, lambda: libc.ptrace(16, pid, 0, 0) == 0)
"""),
    Program("kernel-keyring", "secrets", LIBC + TRY + """
attempt("keyctl", lambda: libc.syscall(250 if os.uname().machine == "x86_64" else 219, 0, -4, 1) > 0)
"""),
    # the host
    Program("write-everywhere", "integrity", TRY + """
import os
for folder in ("/", "/usr", "/usr/bin", "/etc", "/dev", "/lib", "/var/tmp", "/opt", os.environ["COUNCIL_FILES"],
               os.path.dirname(os.path.realpath(os.sys.executable)), os.path.dirname(os.__file__)):
    attempt(folder, lambda: open(folder + "/council-was-here", "w"))
    attempt(folder, lambda: os.mkdir(folder + "/council-was-here-too") is None)
"""),
    Program("write-the-canary", "integrity", TRY + """
import os
path = "CANARY_PATH"
attempt("open", lambda: open(path, "a"))
attempt("truncate", lambda: os.truncate(path, 0) is None)
attempt("unlink", lambda: os.unlink(path) is None)
attempt("rename", lambda: os.rename(path, path + "x") is None)
attempt("link", lambda: os.link(path, "here") is None and open("here").read())
"""),
    Program("tools-poisoned", "integrity", TRY + """
import os, pytest
folder = os.path.dirname(pytest.__file__)
attempt("edit", lambda: open(pytest.__file__, "a"))
attempt("new", lambda: open(folder + "/poison.py", "w"))
attempt("pth", lambda: open(os.path.dirname(folder) + "/poison.pth", "w"))
"""),
    Program("namespaces", "integrity", LIBC + TRY + """
for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x02000000, 0x04000000):
    attempt(hex(flag), lambda: libc.unshare(flag) == 0)
attempt("mount", lambda: libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None) == 0)
attempt("umount", lambda: libc.umount2(b"/usr", 2) == 0)
attempt("remount", lambda: libc.mount(None, b"/", None, 0x1020, None) == 0)
attempt("chroot", lambda: libc.chroot(b".") == 0)
"""),
    Program("become-root", "integrity", LIBC + TRY + """
attempt("setuid", lambda: libc.setuid(0) == 0)
attempt("setgroups", lambda: libc.setgroups(0, None) == 0)
for path in ("/usr/bin/su", "/usr/bin/sudo", "/usr/bin/newuidmap"):
    attempt(path, lambda: os.path.exists(path) and os.spawnv(os.P_WAIT, path, [path, "-c", "true"]) == 0)
"""),
    Program("kernel-doors", "integrity", LIBC + TRY + """
x86 = os.uname().machine == "x86_64"
for name, numbers in {"bpf": (321, 280), "perf": (298, 241), "userfaultfd": (323, 282), "io_uring": (425, 425),
                      "memfd": (319, 279), "kexec": (246, 104), "fsopen": (430, 430), "open_tree": (428, 428),
                      "pidfd_getfd": (438, 438), "name_to_handle": (303, 264)}.items():
    attempt(name, lambda: libc.syscall(numbers[0 if x86 else 1], b"x", 0, 0, 0, 0) >= 0)
"""),
    Program("other-processes", "integrity", TRY + """
import os, signal
attempt("kill", lambda: os.kill(OUTSIDE_PID, 0) is None)
for pid in range(2, 5):
    attempt(pid, lambda: pid != os.getpid() and os.kill(pid, 0) is None)
attempt("limits", lambda: __import__("resource").prlimit(OUTSIDE_PID, 7) is not None)
"""),
    Program("terminal-input", "integrity", TRY + """
import fcntl, os
for number in (0, 1, 2):
    attempt(number, lambda: fcntl.ioctl(number, 0x5412, b"x") == 0)
attempt("tty", lambda: os.open("/dev/tty", os.O_RDWR) >= 0)
"""),
    Program("devices", "integrity", TRY + """
import os, stat
for name in ("sda", "vda", "mem", "kmsg", "kvm", "fuse", "net/tun", "loop0", "ptmx", "port"):
    attempt(name, lambda: os.open("/dev/" + name, os.O_RDONLY) >= 0)
attempt("mknod", lambda: os.mknod("disk", 0o600 | stat.S_IFBLK, os.makedev(254, 0)) is None)
"""),
    # the network
    Program("tcp-and-udp", "network", TRY + """
import socket
def reach(kind, where):
    s = socket.socket(socket.AF_INET, kind); s.settimeout(1); s.connect(where); return True
attempt("loopback", lambda: reach(socket.SOCK_STREAM, ("127.0.0.1", OUTSIDE_PORT)))
attempt("udp", lambda: reach(socket.SOCK_DGRAM, ("192.0.2.1", 53)))
attempt("metadata", lambda: reach(socket.SOCK_STREAM, ("169.254.169.254", 80)))
attempt("six", lambda: socket.create_connection(("::1", OUTSIDE_PORT), 1))
"""),
    Program("raw-and-odd-sockets", "network", TRY + """
import socket
for family in (16, 17, 38, 40, 29, 9, 4):
    for kind in (1, 2, 3):
        attempt((family, kind), lambda: socket.socket(family, kind))
attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
"""),
    Program("sockets-of-the-host", "network", TRY + """
import socket
for path in ("SOCKET_PATH", "/run/docker.sock", "/run/dbus/system_bus_socket"):
    attempt(path, lambda: socket.socket(socket.AF_UNIX).connect(path) is None)
attempt("abstract", lambda: socket.socket(socket.AF_UNIX).connect("\\0ABSTRACT") is None)
"""),
]  # fmt: skip

TESTS = "from cache import f\n\n\ndef test_one():\n    assert f() == 1\n\n\ndef test_two():\n    assert f() == 1\n"
WRONG = "def f():\n    return 2\n"
TAMPERS = [
    Program("exit-at-import", "tampering", "import os\nos._exit(0)\n"),
    Program("sys-exit-at-import", "tampering", "import sys\nsys.exit(0)\n"),
    Program("exit-in-the-call", "tampering", "def f():\n    import os\n    os._exit(0)\n"),
    Program("exit-at-exit", "tampering", "import atexit, os\natexit.register(os._exit, 0)\n" + WRONG),
    Program("kill-myself", "tampering", "import os\n\ndef f():\n    os.kill(os.getpid(), 9)\n"),
    Program("signal-ignored", "tampering", "import signal\nsignal.signal = lambda *a: None\n" + WRONG),
    Program("skip", "tampering", "import pytest\n\ndef f():\n    pytest.skip('nothing to see')\n"),
    Program("module-skip", "tampering", "import pytest\npytest.skip('no', allow_module_level=True)\n"),
    Program("xfail", "tampering", "import pytest\n\ndef f():\n    pytest.xfail('known')\n"),
    Program("pytest-exit", "tampering", "import pytest\n\ndef f():\n    pytest.exit('done', returncode=0)\n"),
    Program("conftest-beside", "tampering", WRONG),
    Program("report-rewritten", "tampering", """
import _pytest.reports as reports
old = reports.TestReport.from_item_and_call.__func__

def forged(cls, item, call):
    report = old(cls, item, call)
    report.outcome, report.longrepr = "passed", None
    return report

reports.TestReport.from_item_and_call = classmethod(forged)
""" + WRONG),
    Program("stdout-forged", "tampering", "print('2 passed in 0.01s')\nimport os\nos.write(1, b'2 passed')\nos._exit(0)\n"),
    Program("channel-guessed", "tampering", """
import json, os
for n, event in enumerate([{"kind": "begin"}, {"kind": "collected", "ids": ["test_cache.py::test_one"]}], 1):
    try:
        os.write(3, ("0" * 32 + " " + json.dumps({"n": n, "at": 0, **event}) + "\\n").encode())
    except OSError:
        pass
""" + WRONG),
    Program("tests-emptied", "tampering", """
import gc, sys

def f():
    for item in [o for o in gc.get_objects() if type(o).__name__ == "Function"]:
        item.obj = lambda: None
        item._obj = lambda: None
    raise AssertionError
"""),
    Program("items-cleared", "tampering", """
import gc
for session in [o for o in gc.get_objects() if type(o).__name__ == "Session"]:
    session.items = []
    session.config.option.collectonly = True
""" + WRONG),
    Program("always-equal", "tampering", """
class Yes:
    def __eq__(self, other):
        return True

def f():
    return Yes()
""", {"bubblewrap": "needs the stub control", "landlock": "needs the stub control"}),
]  # fmt: skip

BENIGN = [
    Program("tmp-path", "benign", "def test(tmp_path):\n    (tmp_path / 'x').write_text('y')\n    assert (tmp_path / 'x').read_text() == 'y'\n"),
    Program("subprocess", "benign", "import subprocess, sys\n\ndef test():\n    assert subprocess.check_output([sys.executable, '-c', 'print(1)']) == b'1\\n'\n"),
    Program("asyncio", "benign", "import asyncio\n\ndef test():\n    async def one():\n        await asyncio.sleep(0.01)\n        return 1\n    assert asyncio.run(one()) == 1\n"),
    Program("sqlite", "benign", "import sqlite3\n\ndef test(tmp_path):\n    with sqlite3.connect(tmp_path / 'a.db') as c:\n        c.execute('create table t (a)')\n        c.execute('insert into t values (1)')\n    assert sqlite3.connect(tmp_path / 'a.db').execute('select a from t').fetchall() == [(1,)]\n"),
    Program("threads", "benign", "import threading\n\ndef test():\n    seen = []\n    many = [threading.Thread(target=seen.append, args=(n,)) for n in range(20)]\n    [t.start() for t in many]\n    [t.join() for t in many]\n    assert len(seen) == 20\n"),
    Program("copy-and-modes", "benign", "import shutil\n\ndef test(tmp_path):\n    (tmp_path / 'a').write_text('x')\n    shutil.copy(tmp_path / 'a', tmp_path / 'b')\n    assert (tmp_path / 'b').read_text() == 'x'\n"),
    Program("memory", "benign", "def test():\n    block = bytearray(200 << 20)\n    assert len(block) == 200 << 20\n"),
    Program("numpy", "benign", "np = __import__('pytest').importorskip('numpy')\n\ndef test():\n    assert np.ones((1000, 1000)).sum() == 1e6\n"),
    Program("write-in-the-working-directory", "benign", "def test():\n    open('out.txt', 'w').write('x')\n    assert open('out.txt').read() == 'x'\n"),
    Program("temporary-files", "benign", "import tempfile\n\ndef test():\n    with tempfile.TemporaryDirectory() as folder, open(folder + '/x', 'w') as file:\n        file.write('x')\n"),
    Program("multiprocessing", "benign", "import multiprocessing\n\ndef test():\n    with multiprocessing.get_context('fork').Pool(2) as pool:\n        assert pool.map(abs, [-1, 2]) == [1, 2]\n",
            {"landlock-own": "there is no shared memory of its own to give"}),
    Program("loopback-http", "benign", "import http.server, threading, urllib.request\n\ndef test():\n    s = http.server.HTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)\n    threading.Thread(target=s.handle_request).start()\n    assert urllib.request.urlopen(f'http://127.0.0.1:{s.server_port}/', timeout=5).status == 200\n",
            {"landlock": "without namespaces no socket is given at all"}),
]  # fmt: skip
