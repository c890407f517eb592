"""More honest programs: how people write tests and code from day to day, above all code that is called from outside."""

from __future__ import annotations

from hostile_attacks.base import Attack
from hostile_attacks.benign import _NO_SHARED, _NO_SOCKETS, honest

_PACKAGE = {
    "cache.py": "from shapes.square import area\n",
    "shapes/__init__.py": "from .square import area\n",
    "shapes/square.py": "from .base import UNIT\n\n\ndef area(side):\n    return side * side * UNIT\n",
    "shapes/base.py": "UNIT = 1\n",
}
_ACCOUNT = """
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Callable, Iterator, NamedTuple


class Kind(Enum):
    IN = "in"
    OUT = "out"


class Entry(NamedTuple):
    kind: Kind
    amount: Decimal


class Refused(ValueError):
    def __init__(self, missing):
        super().__init__(f"{missing} missing")
        self.missing = missing


@dataclass
class Account:
    owner: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def balance(self) -> Decimal:
        return sum((e.amount if e.kind is Kind.IN else -e.amount for e in self.entries), Decimal(0))

    def pay(self, kind: Kind, amount: Decimal) -> "Account":
        if kind is Kind.OUT and amount > self.balance:
            raise Refused(amount - self.balance)
        self.entries.append(Entry(kind, amount))
        return self


def days(start: date, count: int) -> Iterator[date]:
    for n in range(count):
        yield start + timedelta(days=n)


def apply(change: Callable[[int], int], numbers: list[int]) -> list[int]:
    return [change(n) for n in numbers]


def put(numbers: list[int]) -> None:
    numbers.sort()


@contextmanager
def opened(log: list[str]):
    log.append("in")
    yield log
    log.append("out")


async def later(value):
    return value


async def steps(count):
    for n in range(count):
        yield n
"""


def calls(name: str, what: str, tests: str, **more: object) -> Attack:
    """A program that calls the account above."""
    return honest(name, what, tests, files={"cache.py": _ACCOUNT}, **more)


BENIGN_MORE = (
    calls("classes-and-money", "builds objects, pays, and compares exact amounts", "from decimal import Decimal\nfrom cache import Account, Kind\n\ndef test():\n    a = Account('x').pay(Kind.IN, Decimal('1.10')).pay(Kind.OUT, Decimal('0.30'))\n    assert a.balance == Decimal('0.80') and len(a.entries) == 2 and a.entries[0].kind is Kind.IN\n"),
    calls("own-exceptions", "expects an exception of the code with what it carries", "import pytest\nfrom decimal import Decimal\nfrom cache import Account, Kind, Refused\n\ndef test():\n    with pytest.raises(Refused, match='5 missing') as told:\n        Account('x').pay(Kind.OUT, Decimal(5))\n    assert told.value.missing == 5 and isinstance(told.value, ValueError)\n"),
    calls("data-classes-compared", "compares two objects of a data class", "from cache import Account\n\ndef test():\n    assert Account('x') == Account('x') and Account('x') != Account('y')\n    assert repr(Account('x')).startswith('Account(')\n"),
    calls("generators-and-dates", "takes dates from a generator one by one", "from datetime import date\nfrom itertools import islice\nfrom cache import days\n\ndef test():\n    made = days(date(2024, 2, 28), 9)\n    assert next(made) == date(2024, 2, 28) and list(islice(made, 2)) == [date(2024, 2, 29), date(2024, 3, 1)]\n"),
    calls("functions-handed-in", "hands functions to the code, and lists that it changes", "from cache import apply, put\n\ndef test():\n    seen = []\n    assert apply(lambda n: seen.append(n) or n * 2, [1, 2]) == [2, 4] and seen == [1, 2]\n    numbers = [3, 1, 2]\n    put(numbers)\n    assert numbers == [1, 2, 3]\n"),
    calls("context-managers-of-the-code", "enters a context manager of the code", "from cache import opened\n\ndef test():\n    log = []\n    with opened(log) as inner:\n        assert inner == ['in']\n    assert log == ['in', 'out']\n"),
    calls("coroutines-of-the-code", "awaits the code, and iterates over it, in a loop of its own", "import asyncio\nfrom cache import later, steps\n\ndef test():\n    async def main():\n        return await later(1), [n async for n in steps(3)]\n    assert asyncio.run(main()) == (1, [0, 1, 2])\n"),
    calls("parts-replaced", "replaces a function of the code for a test", "from unittest import mock\nimport cache\n\ndef test(monkeypatch):\n    with mock.patch('cache.apply', return_value=[7]) as fake:\n        assert cache.apply(None, []) == [7]\n    fake.assert_called_once()\n    monkeypatch.setattr(cache, 'apply', lambda *_: 'mine')\n    assert cache.apply(1, 2) == 'mine'\n"),
    calls("code-looked-at", "looks at names, documentation and signatures of the code", "import inspect\nfrom cache import Account, apply, days\n\ndef test():\n    assert list(inspect.signature(apply).parameters) == ['change', 'numbers'] and days.__name__ == 'days'\n    assert inspect.isgeneratorfunction(days) and issubclass(Account, object) and 'def days' in inspect.getsource(days)\n"),
    calls("classes-extended", "makes a class of its own from one of the code", "from cache import Account, Kind\n\nclass Rich(Account):\n    def pay(self, kind, amount):\n        return super().pay(Kind.IN, amount)\n\ndef test():\n    assert Rich('x').pay(Kind.OUT, 3).balance == 3\n"),
    honest("package-with-parts", "imports a package whose modules import each other", "from cache import area\nfrom shapes import square\n\ndef test():\n    assert area(3) == square.area(3) == 9\n", files=_PACKAGE),
    honest("big-data-handed-over", "hands a hundred thousand numbers over and gets them back", "from cache import f\n\ndef test():\n    data = list(range(100_000))\n    assert f(data) == data[::-1] and f([{'a': (1, 2.5, None, b'x', {3})}]) == [{'a': (1, 2.5, None, b'x', {3})}]\n",
           files={"cache.py": "def f(data):\n    return data[::-1]\n"}),
    honest("numbers-of-every-kind", "gets nothing, infinity, fractions and numbers of thousands of digits", "import math\nfrom fractions import Fraction\nfrom cache import f\n\ndef test():\n    assert f('big') == 7 ** 20_000 and math.isnan(f('nan')) and f('half') == Fraction(1, 2) and f('c') == 1 + 2j and f('inf') == math.inf\n",
           files={"cache.py": "from fractions import Fraction\n\n\ndef f(what):\n    return {'big': 7 ** 20_000, 'nan': float('nan'), 'half': Fraction(1, 2), 'c': 1 + 2j, 'inf': float('inf')}[what]\n"}),
    honest("command-line", "runs a command line and reads what it printed and how it ended", "import pytest\nfrom cache import main\n\ndef test(capsys):\n    assert main(['--count', '2']) == 0\n    assert capsys.readouterr().out == 'hello\\nhello\\n'\n\ndef test_wrong(capsys):\n    with pytest.raises(SystemExit) as end:\n        main(['--count', 'x'])\n    assert end.value.code == 2 and 'invalid int' in capsys.readouterr().err\n",
           files={"cache.py": "import argparse\n\n\ndef main(words):\n    parser = argparse.ArgumentParser()\n    parser.add_argument('--count', type=int, default=1)\n    for _ in range(parser.parse_args(words).count):\n        print('hello')\n    return 0\n"}),
    honest("code-in-a-child", "starts the code as a program of its own", "import subprocess, sys\n\ndef test():\n    done = subprocess.run([sys.executable, 'cache.py', 'a'], capture_output=True, text=True, check=True)\n    assert done.stdout == 'A\\n'\n",
           files={"cache.py": "import sys\n\nif __name__ == '__main__':\n    print(sys.argv[1].upper())\n"}),
    honest("conftest-with-fixtures", "keeps fixtures, hooks and marks in a conftest of its own", {"conftest.py": "import pytest\n\ndef pytest_configure(config):\n    config.addinivalue_line('markers', 'slow: takes long')\n\n@pytest.fixture(params=[1, 2], ids=['one', 'two'])\ndef number(request):\n    return request.param\n", "test_it.py": "import pytest\n\n@pytest.mark.slow\ndef test(number):\n    assert number in (1, 2)\n"}),  # type: ignore[arg-type]
    honest("help-from-another-file", "imports help from a file beside the tests", {"helping.py": "def double(n):\n    return 2 * n\n", "test_it.py": "from helping import double\n\ndef test():\n    assert double(2) == 4\n"}),  # type: ignore[arg-type]
    honest("data-beside-the-tests", "reads a file of data that lies beside the tests", {"cases.json": "[[1, 2], [3, 4]]\n", "test_it.py": "import json\nfrom pathlib import Path\nimport pytest\n\nCASES = json.loads((Path(__file__).parent / 'cases.json').read_text())\n\n@pytest.mark.parametrize('a, b', CASES)\ndef test(a, b):\n    assert a + 1 == b\n"}),  # type: ignore[arg-type]
    honest("asyncio-test-case", "is written with the asynchronous test case of the library", "import asyncio, unittest\n\nclass TestIt(unittest.IsolatedAsyncioTestCase):\n    async def asyncSetUp(self):\n        self.queue = asyncio.Queue()\n\n    async def test_it(self):\n        await self.queue.put(1)\n        self.assertEqual(await self.queue.get(), 1)\n"),
    honest("pool-of-processes", "computes in a pool of processes and gets an exception back", "import concurrent.futures as c, multiprocessing, pytest\n\ndef test():\n    with c.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context('fork')) as pool:\n        assert list(pool.map(abs, [-1, -2])) == [1, 2]\n        with pytest.raises(ZeroDivisionError):\n            pool.submit(divmod, 1, 0).result()\n", {"landlock/ordinary": _NO_SHARED}),
    honest("shared-memory", "shares a block of memory with a child by its name", "import multiprocessing\nfrom multiprocessing import shared_memory\n\ndef fill(name):\n    block = shared_memory.SharedMemory(name)\n    block.buf[0] = 7\n    block.close()\n\ndef test():\n    block = shared_memory.SharedMemory(create=True, size=10)\n    child = multiprocessing.get_context('fork').Process(target=fill, args=(block.name,))\n    child.start()\n    child.join()\n    assert block.buf[0] == 7\n    block.close()\n    block.unlink()\n", {"landlock/ordinary": _NO_SHARED}),
    honest("asyncio-programs", "starts programs from a loop and reads their output", "import asyncio, sys\n\ndef test():\n    async def main():\n        done = await asyncio.create_subprocess_exec(sys.executable, '-c', 'print(input()[::-1])', stdin=-1, stdout=-1)\n        return (await done.communicate(b'abc\\n'))[0]\n    assert asyncio.run(main()) == b'cba\\n'\n"),
    honest("asyncio-server", "serves and asks over a stream in one loop", "import asyncio\n\ndef test():\n    async def answer(reader, writer):\n        writer.write(await reader.readline())\n        writer.close()\n    async def main():\n        server = await asyncio.start_server(answer, '127.0.0.1', 0)\n        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())\n        writer.write(b'x\\n')\n        return await reader.read()\n    assert asyncio.run(main()) == b'x\\n'\n", {"landlock": _NO_SOCKETS}),
    honest("time-out-by-alarm", "interrupts itself by an alarm, and kills a child that takes too long", "import signal, subprocess, sys, time, pytest\n\ndef test():\n    def late(*_):\n        raise TimeoutError\n    old = signal.signal(signal.SIGALRM, late)\n    signal.setitimer(signal.ITIMER_REAL, 0.05)\n    with pytest.raises(TimeoutError):\n        time.sleep(2)\n    signal.signal(signal.SIGALRM, old)\n    with pytest.raises(subprocess.TimeoutExpired):\n        subprocess.run([sys.executable, '-c', 'import time; time.sleep(9)'], timeout=0.3)\n"),
    honest("locks-and-files", "locks, maps, replaces and watches files of its own", "import fcntl, mmap, os\n\ndef test(tmp_path):\n    path = tmp_path / 'a'\n    path.write_bytes(b'x' * 5000)\n    with open(path, 'r+b') as file:\n        fcntl.flock(file, fcntl.LOCK_EX)\n        fcntl.lockf(file, fcntl.LOCK_EX)\n        with mmap.mmap(file.fileno(), 0) as seen:\n            seen[0:1] = b'y'\n    (tmp_path / 'b').write_bytes(path.read_bytes())\n    os.replace(tmp_path / 'b', path)\n    os.sync()\n    assert path.read_bytes()[:2] == b'yx'\n"),
    honest("threads-that-wait", "lets threads wait for each other by conditions, timers and queues", "import queue, threading\n\ndef test():\n    todo, done = queue.Queue(), threading.Event()\n    def work():\n        while (n := todo.get()) is not None:\n            todo.task_done()\n    many = [threading.Thread(target=work) for _ in range(4)]\n    [t.start() for t in many]\n    [todo.put(n) for n in range(100)]\n    todo.join()\n    threading.Timer(0.01, done.set).start()\n    assert done.wait(5)\n    [todo.put(None) for _ in many]\n    [t.join() for t in many]\n    barrier = threading.Barrier(1)\n    assert barrier.wait() == 0\n"),
    honest("warnings-expected", "expects warnings, deprecations and messages on both outputs", "import sys, warnings, pytest\n\ndef test(recwarn, capfd):\n    with pytest.warns(DeprecationWarning, match='old'):\n        warnings.warn('old', DeprecationWarning)\n    print('to errors', file=sys.stderr)\n    assert capfd.readouterr().err == 'to errors\\n' and len(recwarn) == 0\n"),
    honest("settings-read", "reads settings as TOML, INI, JSON, CSV and XML", "import configparser, csv, io, json, tomllib\nfrom xml.etree import ElementTree\n\ndef test():\n    assert tomllib.loads('a = 1') == {'a': 1} and json.loads('[1e400]')[0] > 0\n    parser = configparser.ConfigParser()\n    parser.read_string('[a]\\nb = c')\n    assert parser['a']['b'] == 'c' and list(csv.reader(io.StringIO('a,\"b,c\"'))) == [['a', 'b,c']]\n    assert ElementTree.fromstring('<a b=\"c\"/>').get('b') == 'c'\n"),
    honest("library-by-ctypes", "calls the C library", "import ctypes\n\ndef test():\n    libc = ctypes.CDLL(None)\n    assert libc.abs(-3) == 3 and libc.strlen(b'four') == 4\n"),
    honest("limits-asked", "asks for its own processors, memory and limits", "import os, platform, resource, sys\n\ndef test():\n    assert os.cpu_count() >= 1 and len(os.sched_getaffinity(0)) >= 1 and resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0\n    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 100 and platform.system() == 'Linux' and sys.executable and os.getlogin\n    assert os.path.expanduser('~') and os.access(os.getcwd(), os.W_OK)\n"),
    honest("expected-to-fail-elsewhere", "is written for several systems and skips what is not for this one", "import sys, pytest\n\n@pytest.mark.skipif(sys.platform != 'linux', reason='for Linux')\ndef test():\n    pytest.importorskip('json')\n    assert True\n"),
)  # fmt: skip
