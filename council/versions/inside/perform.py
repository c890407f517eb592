"""Runs one program on inputs, one after the other, and writes what each gave. It is the only program in its sandbox.

The order stands in its first line of standard input; results go to descriptor 4. What the program does to this
process it does to its own results alone: another process watches, and starts this one again after the input that
ended it.
"""

from __future__ import annotations

import ast
import copy
import importlib
import io
import json
import os
import random
import signal
import sys
import types
from typing import Any

from council.versions.inside.encoding import MOST_TEXT, Encoder, raised

RESULTS = 4
_MOST_PRINTED = 2000
_PATIENCE = 6
"""How often an input may take its whole time: who hangs that often gets a twentieth of it from there on."""
_ATOMS = (int, float, str, bool, bytes, type(None))


class Stopped(BaseException):
    """The time of one input is over."""


class Printed(io.StringIO):
    """Keeps the beginning of what is printed."""

    def write(self, text: str) -> int:
        """Keep the text while there is room."""
        if self.tell() < _MOST_PRINTED:
            super().write(str(text)[:_MOST_PRINTED])
        return len(text)


class Steps:
    """The steps of inputs: each text is parsed once, its values are made afresh each time."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, list[Any], dict[str, Any]]] = {}

    def of(self, source: str) -> tuple[str, list[Any], dict[str, Any]]:
        """Return name, arguments and named arguments of a call."""
        if source not in self._known:
            node: Any = ast.parse(source, mode="eval").body
            given = [ast.literal_eval(value) for value in node.args]
            named = {keyword.arg: ast.literal_eval(keyword.value) for keyword in node.keywords}
            self._known[source] = (node.func.id, given, named)
        name, given, named = self._known[source]
        if not named and all(type(value) in _ATOMS for value in given):
            return name, list(given), {}
        return name, copy.deepcopy(given), copy.deepcopy(named)


def perform(order: dict[str, Any], inputs: list[list[str]]) -> None:
    """Import the program and run the inputs whose numbers the order names."""
    sys.path[:0] = [os.path.join(os.environ["COUNCIL_FILES"], path) for path in order["paths"]]
    sys.setrecursionlimit(2000)
    signal.signal(signal.SIGVTALRM, _stop)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, order["import_s"], 0.1)
        module = importlib.import_module(order["module"])
        found = getattr(module, order["name"])
    except BaseException as error:
        _tell({"import": f"{type(error).__name__}: {error}"[:300]})
        return
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    _tell({"ready": True})
    steps = Steps()
    limit_s, patience = order["limit_s"], _PATIENCE
    for number in order["numbers"]:
        random.seed(order["seed"])
        outcomes = _one(found, inputs[number], steps, limit_s if patience > 0 else limit_s / 20)
        patience -= any(outcome.get("stop") == "time" for outcome in outcomes)
        _tell({"i": number, "o": outcomes})


def _one(found: Any, sources: list[str], steps: Steps, limit_s: float) -> list[dict[str, Any]]:
    """Return the outcomes of an input's steps; a step that was stopped is the last one."""
    outcomes: list[dict[str, Any]] = []
    target: Any = None
    for place, source in enumerate(sources):
        name, given, named = steps.of(source)
        making = place == 0 and isinstance(found, type)
        outcome, value = _step(found if place == 0 else target, None if place == 0 else name, given, named,
                               limit_s, making)  # fmt: skip
        outcomes.append(outcome)
        if place == 0:
            target = value
        if "stop" in outcome or (making and "x" in outcome):
            break
    return outcomes


def _step(
    target: Any, method: str | None, given: list[Any], named: dict[str, Any], limit_s: float, making: bool
) -> tuple[dict[str, Any], Any]:
    simple = all(type(value) in _ATOMS for value in (*given, *named.values()))
    before = None if simple else Encoder().encode([given, named])
    printed = Printed()
    sys.stdout = sys.stderr = printed
    value: Any = None
    outcome: dict[str, Any]
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, limit_s, 0.05)
        value = _call(target, method, given, named)
        outcome = {"r": {"made": True} if making else Encoder(target if method else None).encode(value)}
    except Stopped:
        outcome = {"stop": "time"}
    except (MemoryError, RecursionError) as error:
        outcome = {"stop": "memory" if isinstance(error, MemoryError) else "depth"}
    except BaseException as error:
        outcome = {"x": raised(error)}
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    if not simple and (after := Encoder().encode([given, named])) != before:
        outcome["m"] = after
    text = printed.getvalue()
    if text:
        outcome["p"] = text[:MOST_TEXT]
    return outcome, value


def _call(target: Any, method: str | None, given: list[Any], named: dict[str, Any]) -> Any:
    if method is None:
        value = target(*given, **named)
    elif method.startswith("__"):
        value = getattr(type(target), method)(target, *given, **named)
    else:
        value = getattr(target, method)(*given, **named)
    if isinstance(value, types.CoroutineType):
        import asyncio  # loaded by who needs it

        value = asyncio.run(value)
    return value


def _stop(*_: object) -> None:
    raise Stopped


def _tell(message: dict[str, Any]) -> None:
    left = memoryview(json.dumps(message).encode("ascii", "backslashreplace") + b"\n")
    while left:
        left = left[os.write(RESULTS, left) :]


def main() -> None:
    """Read the order and the inputs, and do it."""
    sys.path.pop(0)  # this file's own folder
    with os.fdopen(os.dup(0), "rb") as given:
        order, inputs = json.loads(given.read())
    quiet = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(quiet, number)
    perform(order, inputs)
    os._exit(0)


if __name__ == "__main__":
    main()
