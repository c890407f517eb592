"""Honest programs that must not suffer for the others. Each is a test file."""

from __future__ import annotations

from hostile_attacks.base import Attack

_NO_SOCKETS = "behind Landlock alone no socket is given at all"
_NO_SHARED = "there is no shared memory of its own to give to an ordinary user"


def honest(name: str, what: str, code: str | dict[str, str], known: dict[str, str] | None = None, **more: object) -> Attack:
    return Attack(name, "benign", what, code, known or {}, "honest", **more)  # type: ignore[arg-type]


BENIGN = (
    honest("tmp-path", "writes below tmp_path", "def test(tmp_path):\n    (tmp_path / 'x').write_text('y')\n    assert (tmp_path / 'x').read_text() == 'y'\n"),
    honest("subprocess", "starts the interpreter", "import subprocess, sys\n\ndef test():\n    assert subprocess.check_output([sys.executable, '-c', 'print(1)']) == b'1\\n'\n"),
    honest("shell", "starts a shell with a pipe", "import subprocess\n\ndef test():\n    assert subprocess.run('echo b a | tr a-z A-Z', shell=True, capture_output=True, text=True).stdout == 'B A\\n'\n"),
    honest("asyncio", "runs a loop with tasks and timeouts", "import asyncio\n\ndef test():\n    async def one():\n        async with asyncio.timeout(5):\n            await asyncio.gather(*(asyncio.sleep(0.01) for _ in range(20)))\n        return 1\n    assert asyncio.run(one()) == 1\n"),
    honest("sqlite", "keeps a database on disk", "import sqlite3\n\ndef test(tmp_path):\n    with sqlite3.connect(tmp_path / 'a.db') as c:\n        c.execute('pragma journal_mode=wal')\n        c.execute('create table t (a)')\n        c.execute('insert into t values (1)')\n    assert sqlite3.connect(tmp_path / 'a.db').execute('select a from t').fetchall() == [(1,)]\n"),
    honest("threads", "starts threads and an event", "import threading\n\ndef test():\n    seen = []\n    many = [threading.Thread(target=seen.append, args=(n,)) for n in range(20)]\n    [t.start() for t in many]\n    [t.join() for t in many]\n    assert len(seen) == 20\n"),
    honest("copy-and-modes", "copies files with their modes and times", "import os, shutil\n\ndef test(tmp_path):\n    (tmp_path / 'a').write_text('x')\n    shutil.copy2(tmp_path / 'a', tmp_path / 'b')\n    shutil.copytree(tmp_path, tmp_path.parent / 'other')\n    os.chmod(tmp_path / 'b', 0o644)\n    assert (tmp_path / 'b').read_text() == 'x'\n"),
    honest("much-memory", "takes two hundred megabytes", "def test():\n    block = bytearray(200 << 20)\n    assert len(block) == 200 << 20\n"),
    honest("numpy", "computes with arrays", "np = __import__('pytest').importorskip('numpy')\n\ndef test():\n    a = np.ones((1000, 1000))\n    assert (a @ a)[0, 0] == 1000\n"),
    honest("write-in-the-working-directory", "writes where it stands", "def test():\n    open('out.txt', 'w').write('x')\n    assert open('out.txt').read() == 'x'\n"),
    honest("temporary-files", "makes temporary files and folders", "import tempfile\n\ndef test():\n    with tempfile.TemporaryDirectory() as folder, open(folder + '/x', 'w') as file:\n        file.write('x')\n    with tempfile.NamedTemporaryFile() as file:\n        assert file.name\n"),
    honest("multiprocessing", "shares work among processes", "import multiprocessing\n\ndef test():\n    with multiprocessing.get_context('fork').Pool(2) as pool:\n        assert pool.map(abs, [-1, 2]) == [1, 2]\n", {"landlock/ordinary": _NO_SHARED}),
    honest("futures", "uses pools of threads and processes", "import concurrent.futures as c\n\ndef test():\n    with c.ThreadPoolExecutor(4) as pool:\n        assert sum(pool.map(abs, range(-9, 0))) == 45\n"),
    honest("loopback-http", "serves and asks over the loopback", "import http.server, threading, urllib.request\n\ndef test():\n    s = http.server.HTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)\n    threading.Thread(target=s.handle_request).start()\n    assert urllib.request.urlopen(f'http://127.0.0.1:{s.server_port}/', timeout=5).status == 200\n", {"landlock": _NO_SOCKETS}),
    honest("socket-pair", "speaks to itself over a pair of sockets", "import socket\n\ndef test():\n    a, b = socket.socketpair()\n    a.sendall(b'x')\n    assert b.recv(1) == b'x'\n"),
    honest("big-output", "prints ten thousand lines", "def test(capsys):\n    for n in range(10_000):\n        print('line', n)\n    assert capsys.readouterr().out.count('\\n') == 10_000\n\n\ndef test_more():\n    print('x' * 1_000_000)\n"),
    honest("unicode-paths", "names files in other scripts", "def test(tmp_path):\n    path = tmp_path / 'größe-日本語-🙂.txt'\n    path.write_text('ß', encoding='utf-8')\n    assert [p.name for p in tmp_path.iterdir()] == [path.name]\n"),
    honest("dataclasses-and-pickle", "pickles and copies data classes", "import copy, pickle\nfrom dataclasses import dataclass, field\n\n@dataclass(order=True)\nclass Point:\n    x: int\n    tags: list = field(default_factory=list)\n\ndef test():\n    p = Point(1, ['a'])\n    assert copy.deepcopy(p) == p and pickle.loads(pickle.dumps([1, {'a': (2,)}])) == [1, {'a': (2,)}] and Point(1) < Point(2)\n"),
    honest("logging", "logs and reads its log", "import logging\n\ndef test(caplog):\n    with caplog.at_level(logging.INFO):\n        logging.getLogger('a').info('hello %s', 1)\n    assert 'hello 1' in caplog.text\n"),
    honest("decimal-and-fractions", "computes exactly", "from decimal import Decimal, localcontext\nfrom fractions import Fraction\n\ndef test():\n    with localcontext() as c:\n        c.prec = 50\n        assert str(Decimal(1) / 3)[:6] == '0.3333'\n    assert Fraction(1, 3) * 3 == 1\n"),
    honest("time-zones", "computes with time zones", "from datetime import datetime, timezone\nimport zoneinfo, pytest\n\ndef test():\n    try:\n        zone = zoneinfo.ZoneInfo('Europe/Berlin')\n    except zoneinfo.ZoneInfoNotFoundError:\n        zone = timezone.utc\n    assert datetime(2024, 1, 1, tzinfo=zone).utcoffset() is not None\n"),
    honest("locale", "asks for locale and encoding", "import locale, sys\n\ndef test():\n    locale.setlocale(locale.LC_ALL, '')\n    assert sys.getfilesystemencoding() == 'utf-8' and locale.getpreferredencoding(False).lower() in ('utf-8', 'utf8')\n"),
    honest("signals", "handles signals of its own", "import os, signal\n\ndef test():\n    seen = []\n    old = signal.signal(signal.SIGUSR1, lambda *a: seen.append(1))\n    os.kill(os.getpid(), signal.SIGUSR1)\n    signal.signal(signal.SIGUSR1, old)\n    assert seen == [1]\n"),
    honest("context-variables", "uses context variables and managers", "import contextlib, contextvars\n\nv = contextvars.ContextVar('v', default=1)\n\n@contextlib.contextmanager\ndef at(n):\n    t = v.set(n)\n    yield\n    v.reset(t)\n\ndef test():\n    with at(5):\n        assert v.get() == 5\n    assert v.get() == 1\n"),
    honest("seeded-chance", "gets the same chance from the same seed", "import random, secrets, uuid\n\ndef test():\n    assert random.Random(7).random() == random.Random(7).random()\n    assert len(secrets.token_hex(4)) == 8 and uuid.uuid4() != uuid.uuid4()\n"),
    honest("fixtures", "uses monkeypatch, capsys and fixtures of its own", "import os, pytest\n\n@pytest.fixture\ndef one():\n    yield 1\n\ndef test(one, monkeypatch, capsys):\n    monkeypatch.setenv('A', 'b')\n    print(os.environ['A'])\n    assert capsys.readouterr().out == 'b\\n' and one == 1\n"),
    honest("parametrised", "has parameters with odd ids", "import pytest\n\n@pytest.mark.parametrize('a, b', [(1, 2), pytest.param(3, 4, id='three-fö 🙂'), ('x\\n', 'y')])\ndef test(a, b):\n    assert a != b\n"),
    honest("unittest-classes", "is written with unittest", "import unittest\n\nclass TestIt(unittest.TestCase):\n    def setUp(self):\n        self.x = 1\n\n    def test_it(self):\n        with self.subTest(a=1):\n            self.assertEqual(self.x, 1)\n        with self.assertRaises(ZeroDivisionError):\n            1 / 0\n"),
    honest("doctest-run", "runs doctests itself", "import doctest, types\n\ndef test():\n    m = types.ModuleType('m')\n    m.__doc__ = '>>> 1 + 1\\n2\\n'\n    assert doctest.testmod(m) == (0, 1)\n"),
    honest("importlib", "imports by name and from resources", "import importlib, importlib.util\n\ndef test():\n    assert importlib.import_module('json').loads('1') == 1\n    assert importlib.util.find_spec('no_such_module') is None\n"),
    honest("imports-the-code", "calls the code with data, errors and parameters", "import pytest\nfrom cache import f\n\n@pytest.mark.parametrize('n', range(3))\ndef test(n):\n    assert f(n) == [n] and isinstance(f(n), list)\n\ndef test_error():\n    with pytest.raises(ValueError, match='negative'):\n        f(-1)\n",
           files={"cache.py": "def f(n):\n    if n < 0:\n        raise ValueError('negative')\n    return [n]\n"}),
    honest("mocks", "replaces parts by mocks", "from unittest import mock\n\ndef test():\n    with mock.patch('os.getcwd', return_value='/x') as m:\n        import os\n        assert os.getcwd() == '/x'\n    m.assert_called_once_with()\n"),
    honest("files-and-links", "walks, links, renames and removes", "import os, pathlib\n\ndef test(tmp_path):\n    (tmp_path / 'a').mkdir()\n    (tmp_path / 'a' / 'b').write_bytes(b'x')\n    os.symlink('a', tmp_path / 'link')\n    os.link(tmp_path / 'a' / 'b', tmp_path / 'hard')\n    os.rename(tmp_path / 'hard', tmp_path / 'moved')\n    os.unlink(tmp_path / 'a' / 'b')\n    os.replace(tmp_path / 'moved', tmp_path / 'a' / 'b')\n    assert sorted(p.name for p in pathlib.Path(tmp_path).rglob('*')) == ['a', 'b', 'link']\n"),
    honest("archives", "packs and unpacks", "import gzip, tarfile, zipfile\n\ndef test(tmp_path):\n    with zipfile.ZipFile(tmp_path / 'a.zip', 'w') as z:\n        z.writestr('x', 'y')\n    with tarfile.open(tmp_path / 'a.tgz', 'w:gz') as t:\n        t.add(tmp_path / 'a.zip', 'a.zip')\n    assert gzip.decompress(gzip.compress(b'x')) == b'x' and zipfile.ZipFile(tmp_path / 'a.zip').read('x') == b'y'\n"),
    honest("hashes-and-time", "hashes, measures and sleeps", "import hashlib, time\n\ndef test():\n    start = time.monotonic()\n    time.sleep(0.01)\n    assert time.monotonic() > start and hashlib.sha256(b'').hexdigest()[:4] == 'e3b0'\n"),
    honest("deep-but-honest", "recurses and builds big data", "import sys\n\ndef down(n):\n    return 0 if n == 0 else 1 + down(n - 1)\n\ndef test():\n    sys.setrecursionlimit(5000)\n    assert down(3000) == 3000 and len({n: str(n) for n in range(300_000)}) == 300_000\n"),
)  # fmt: skip
