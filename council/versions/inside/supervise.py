"""Has one program run on all inputs, twice, by another process, and reports over the channel what each input gave.

Nothing of the program is ever loaded here. The second run takes the inputs backwards, with another seed of hashes and
of random numbers: what depends on any of these is told apart by it. When the other process ends or hangs, that input
has no outcome, and the next process goes on behind it, a few times.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from typing import Any

RESULTS = 4
_LIVES = 6
"""How often a program may end or hang its process before the rest of a run is given up."""
_MANY = 1000
_SPREAD = 2654435761
"""Knuth's multiplier: a quarter of the numbers that keeps no step with any pattern of the inputs."""
_LONGEST_LINE = 4 << 20
_START_S = 10.0


class Child:
    """A process that performs some of the inputs."""

    def __init__(self, order: dict[str, Any], inputs: list[list[str]], seed: int) -> None:
        ask, answer = os.pipe(), os.pipe()
        actions = [
            (os.POSIX_SPAWN_DUP2, ask[0], 0),
            (os.POSIX_SPAWN_DUP2, answer[1], RESULTS),
            (os.POSIX_SPAWN_CLOSE, 3),
        ]
        folder = os.environ["COUNCIL_FILES"]
        environment = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": f"{folder}/lib"}
        environment.pop("COUNCIL_CHANNEL", None)
        program = f"{folder}/lib/council/versions/inside/perform.py"
        words = [sys.executable, "-S", "-B", "-X", "utf8", program]
        self.pid = os.posix_spawn(sys.executable, words, environment, file_actions=actions, setpgroup=0)
        os.close(ask[0])
        os.close(answer[1])
        self._reading = answer[0]
        self._kept = b""
        self._feed(ask[1], json.dumps([{**order, "seed": seed}, inputs]).encode())

    def _feed(self, writing: int, text: bytes) -> None:
        left = memoryview(text)
        try:
            while left:
                left = left[os.write(writing, left) :]
        except OSError:
            pass  # it has ended already; reading will tell
        os.close(writing)

    def line(self, limit_s: float) -> dict[str, Any] | None:
        """Return the next message; ``None`` when it ends, hangs or writes what is no message."""
        ends = time.monotonic() + limit_s
        while b"\n" not in self._kept:
            left = ends - time.monotonic()
            if left <= 0 or not select.select([self._reading], [], [], left)[0]:
                return None
            part = os.read(self._reading, 1 << 16)
            if not part or len(self._kept) > _LONGEST_LINE:
                return None
            self._kept += part
        text, _, self._kept = self._kept.partition(b"\n")
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            return None
        return message if isinstance(message, dict) else None

    def end(self) -> None:
        """End it with all that it has started."""
        for kill, number in ((os.killpg, self.pid), (os.kill, self.pid)):
            try:
                kill(number, signal.SIGKILL)
            except OSError:
                pass
        os.waitpid(self.pid, 0)
        os.close(self._reading)


def run_pass(order: dict[str, Any], inputs: list[list[str]], numbers: list[int], seed: int) -> dict[int, Any] | str:
    """Return the outcomes of inputs by number, or why there are none."""
    found: dict[int, Any] = {}
    ends = time.monotonic() + order["total_s"]
    for _ in range(_LIVES):
        left = [number for number in numbers if number not in found]
        if not left or time.monotonic() > ends:
            break
        child = Child({**order, "numbers": left}, inputs, seed)
        try:
            first = child.line(_START_S + order["import_s"])
            if first is None or "ready" not in first:
                why = None if first is None else first.get("import")
                return str(why or "it ended or hung when it was imported")
            _listen(child, left, found, order["wall_s"], ends)
        finally:
            child.end()
    return found


def run_again(order: dict[str, Any], inputs: list[list[str]], first: dict[int, Any]) -> dict[int, Any]:
    """Return what a second run gives: of long lists a quarter is run, and the rest only where that shows a change."""
    numbers = list(range(len(inputs)))[::-1]
    some = numbers if len(numbers) < _MANY else [n for n in numbers if n * _SPREAD % (1 << 32) < 1 << 30]
    again = run_pass(order, inputs, some, 1)
    found = again if isinstance(again, dict) else {}
    if len(some) == len(numbers):
        return found
    if all(found.get(number) == first.get(number) for number in some):
        return {**first, **found}
    rest = run_pass(order, inputs, [number for number in numbers if number not in found], 1)
    return {**found, **(rest if isinstance(rest, dict) else {})}


def _listen(child: Child, left: list[int], found: dict[int, Any], wall_s: float, ends: float) -> None:
    for number in left:
        if time.monotonic() > ends:
            return
        message = child.line(wall_s)
        if message is None or message.get("i") != number or not isinstance(message.get("o"), list):
            found[number] = [{"stop": "end"}]
            return
        found[number] = message["o"]


def main() -> None:
    """Read the order, run both passes, report."""
    order = json.load(sys.stdin)
    nonce, inputs = order.pop("nonce"), order.pop("inputs")
    numbers = list(range(len(inputs)))
    with os.fdopen(os.dup(3), "w", encoding="ascii") as channel:
        first = run_pass(order, inputs, numbers, 0)
        second = run_again(order, inputs, first) if isinstance(first, dict) else {}
        if isinstance(first, str):
            channel.write(json.dumps({"nonce": nonce, "failure": first}) + "\n")
        else:
            for number in numbers:
                same = first.get(number) == second.get(number)
                told = {"nonce": nonce, "i": number, "o": first.get(number), "same": same}
                channel.write(json.dumps(told) + "\n")
        channel.write(json.dumps({"nonce": nonce, "end": len(inputs)}) + "\n")
        channel.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
