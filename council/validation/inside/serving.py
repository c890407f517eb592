"""The process in which the code under test runs. It has never seen a test, and answers what the other side asks."""

from __future__ import annotations

import builtins
import importlib
import io
import os
import sys
import traceback
import types
from typing import Any

from council.validation.inside.codec import Gone
from council.validation.inside.wire import Peer, Pipe

DUNDERS = (
    *("__len__", "__iter__", "__next__", "__reversed__", "__contains__", "__getitem__", "__setitem__", "__delitem__"),
    *("__call__", "__enter__", "__exit__", "__repr__", "__str__", "__bool__", "__hash__", "__int__", "__float__"),
    *("__index__", "__neg__", "__pos__", "__abs__", "__invert__", "__round__", "__format__", "__eq__", "__ne__"),
    *("__lt__", "__le__", "__gt__", "__ge__", "__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__"),
    *("__truediv__", "__rtruediv__", "__floordiv__", "__mod__", "__pow__", "__matmul__", "__and__", "__or__"),
    *("__xor__", "__iadd__", "__isub__", "__ior__", "__iand__"),
)


class Serving(Peer):
    """Holds the objects that the tests have a handle to."""

    swallows = BaseException

    def __init__(self, pipe: Pipe) -> None:
        super().__init__(pipe, first=1)
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._guests: dict[int, Any] = {}

    def run(self) -> None:
        """Answer until the other side has gone."""
        while True:
            self.serve(self.pipe.receive())

    def answer(self, name: str, arguments: list[Any]) -> Any:
        """Import, get, set, delete, call, or apply an operator."""
        if name == "import":
            return importlib.import_module(arguments[0])
        if name == "forget":
            self.codec.forget()
            return None
        target, *rest = arguments
        if name == "get":
            return getattr(target, rest[0])
        if name == "set":
            return setattr(target, rest[0], rest[1])
        if name == "delete":
            return delattr(target, rest[0])
        if name == "call":
            return target(*rest[0], **rest[1])
        return getattr(type(target), rest[0])(target, *rest[1])

    def export(self, value: Any) -> Any:
        """Return the handle of an object, with all that the other side must know of it the first time."""
        if isinstance(value, Guest):
            return ["y", object.__getattribute__(value, "_number")]
        if isinstance(value, type) and "_guest_number" in value.__dict__:
            return ["y", value.__dict__["_guest_number"]]
        known = self._numbers.get(id(value))
        if known is not None:
            return ["h", known, None]
        number = len(self._objects) + 1
        self._objects[number] = value
        self._numbers[id(value)] = number
        return ["h", number, self._about(value)]

    def _about(self, value: Any) -> dict[str, Any]:
        name = str(getattr(value, "__name__", type(value).__name__))
        about: dict[str, Any] = {"name": name, "doc": _text(getattr(value, "__doc__", None))}
        if isinstance(value, type):
            bases = [base.__name__ for base in value.__mro__ if getattr(builtins, base.__name__, None) is base]
            error = issubclass(value, BaseException)
            return {**about, "kind": "error" if error else "class", "bases": bases, "module": value.__module__,
                    "dunders": _dunders(value)}  # fmt: skip
        if isinstance(value, types.ModuleType):
            return {**about, "kind": "module"}
        if isinstance(value, types.FunctionType | types.BuiltinFunctionType | types.MethodType):
            return {**about, "kind": "function"}
        return {**about, "kind": "object", "class": self.export(type(value))}

    def admit(self, about: list[Any]) -> Any:
        """Return what stands here for a function, an object or an exception class of the tests."""
        number, told = about
        if number not in self._guests:
            self._guests[number] = self._guest(number, told)
        return self._guests[number]

    def _guest(self, number: int, told: dict[str, Any]) -> Any:
        if told["kind"] == "error":
            base = getattr(builtins, told["bases"][0])
            return type(told["name"], (base,), {"_guest_number": number})
        return Guest(self, number, told)

    def own(self, number: int) -> Any:
        """Return one of our objects."""
        return self._objects[number]

    def error_out(self, error: BaseException) -> Any:
        """Return class, arguments and text of an exception."""
        if isinstance(error, SystemExit):
            text = f"sys.exit({error.code!r})"
            code = [error.code] if isinstance(error.code, int | str) else []
            return {"class": SystemExit, "args": code, "text": text, "attributes": {}, "places": _places(error)}
        extra = {k: v for k, v in vars(error).items() if not k.startswith("_")}
        known = type(error)
        module = sys.modules.get(known.__module__)
        standard = known.__module__ in sys.stdlib_module_names and getattr(module, known.__name__, None) is known
        told: dict[str, Any] = {"args": [a if _is_plain(a) else repr(a) for a in error.args], "text": str(error)}
        origin = getattr(error, "_guest_error", None)
        told |= {"attributes": extra, "origin": origin, "places": _places(error)}
        if standard and known.__module__ != "builtins":
            return {**told, "class": None, "standard": [known.__module__, known.__name__]}
        return {**told, "class": known}

    def error_in(self, told: Any) -> BaseException:
        """Return an exception that a function of the tests raised."""
        kind = told["class"] if isinstance(told["class"], type) else RuntimeError
        error: BaseException = kind(*told["args"])
        error._guest_error = told["origin"]  # type: ignore[attr-defined]
        return error


def _places(error: BaseException) -> list[Any]:
    """Return the last lines of the code that an exception passed, the innermost last."""
    root = os.path.join(os.environ.get("COUNCIL_FILES", ""), "code") + os.sep
    found = []
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith(root):
            found.append([frame.filename.removeprefix(root), frame.lineno or 0, frame.name, frame.line or ""])
    return found[-3:]


class Guest:
    """A function or an object of the tests, as the code under test sees it."""

    def __init__(self, serving: Serving, number: int, told: dict[str, Any]) -> None:
        object.__setattr__(self, "_serving", serving)
        object.__setattr__(self, "_number", number)
        object.__setattr__(self, "__name__", told["name"])
        object.__setattr__(self, "__doc__", told["doc"])

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._serving.ask("call", self, list(arguments), named)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._serving.ask("get", self, name)

    def __iter__(self) -> Any:
        return self._serving.ask("op", self, "__iter__", [])

    def __next__(self) -> Any:
        return self._serving.ask("op", self, "__next__", [])

    def __len__(self) -> int:
        return int(self._serving.ask("op", self, "__len__", []))

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, key: Any) -> Any:
        return self._serving.ask("op", self, "__getitem__", [key])

    def __enter__(self) -> Any:
        return self._serving.ask("op", self, "__enter__", [])

    def __exit__(self, *_: object) -> Any:
        return self._serving.ask("op", self, "__exit__", [None, None, None])


class Printed(io.TextIOBase):
    """Standard output and error of the code: what it prints appears where the tests look for it."""

    def __init__(self, pipe: Pipe, name: str) -> None:
        self._pipe, self._stream = pipe, name

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Pass the text on."""
        self._pipe.send({"out": [self._stream, str(text)]})
        return len(text)


def _dunders(kind: type) -> list[str]:
    return [name for name in DUNDERS if getattr(kind, name, None) is not getattr(object, name, None)]


def _is_plain(value: Any) -> bool:
    return value is None or type(value) in (bool, int, float, str, bytes, list, tuple, dict, set)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def main(reading: int, writing: int, paths: list[str]) -> None:
    """Serve the code under ``paths`` until the tests are done."""
    pipe = Pipe(reading, writing)
    sys.path[:0] = paths
    sys.stdout, sys.stderr = Printed(pipe, "stdout"), Printed(pipe, "stderr")
    try:
        Serving(pipe).run()
    except Gone:
        return
