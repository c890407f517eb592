"""What the tests see of code that runs in another process: modules, functions, classes and objects that ask it.

Nothing that comes from there is believed about equality: an object of the code is never equal to plain data, whatever
its class says, so one that calls itself equal to everything passes no test.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from council.validation.inside.codec import Gone
from council.validation.inside.control import NotWritten
from council.validation.inside.wire import Peer, Pipe

__tracebackhide__ = True  # whoever reads why a test failed looks for the test and the code, not for what is between
_COMPARING = {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"}
_WITH_ANOTHER = {"__contains__", "__add__", "__radd__", "__sub__", "__rsub__", "__mul__", "__rmul__", "__truediv__",
                 "__rtruediv__", "__floordiv__", "__mod__", "__pow__", "__matmul__", "__and__", "__or__", "__xor__",
                 "__iadd__", "__isub__", "__ior__", "__iand__"}  # fmt: skip
_FOR_GUESTS = {"__iter__", "__next__", "__len__", "__getitem__", "__enter__", "__exit__"}

_MOST_PLACES = 5
_LONGEST_PLACE = 300


class CodeEnded(RuntimeError):
    """The code under test ended its interpreter, or answered what is no answer."""


class Remote:
    """An object of the code under test."""

    def __init__(self, far: FarSide, number: int, name: str, doc: str | None = None, root: Any = None) -> None:
        for key, value in (("_far", far), ("_number", number), ("_named", name), ("_life", far.life), ("_root", root)):
            object.__setattr__(self, key, value)
        object.__setattr__(self, "__name__", name)
        object.__setattr__(self, "__doc__", doc)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._far.get(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._far.do("set", self, name, value)

    def __delattr__(self, name: str) -> None:
        self._far.do("delete", self, name)

    def __repr__(self) -> str:
        return f"<{self._named}>"

    def __reduce__(self) -> Any:
        raise TypeError("an object of the code under test cannot be copied")


class RemoteFunction(Remote):
    """A function or a bound method."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._far.do("call", self, list(arguments), named)

    def __repr__(self) -> str:
        return f"<function {self._named}>"


class RemoteKind(type):
    """A class of the code under test: calling it makes an object there."""

    _far: FarSide

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        return cls._far.do("call", cls, list(arguments), named)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return cls._far.get(cls, name)


class FarSide(Peer):
    """The tests' end. ``named`` are the words of the tests: classes they name may have operators with plain data."""

    def __init__(self, start: Callable[[], Pipe | None], stop: Callable[[], None], named: set[str]) -> None:
        self._start, self._stop, self._words = start, stop, named
        self.life = 0
        self.alive = False
        self.stubbed = False
        self.attempts = self.looks = self.used = 0
        """While ``stubbed``: calls refused, and names looked at. ``used``: calls made and data read so far."""
        self.gone = False
        """Whether the code has ended its interpreter since somebody last looked."""
        self._things: dict[int, Any] = {}
        self._given: dict[int, Any] = {}
        self._given_numbers: dict[int, int] = {}
        self._raised: dict[int, BaseException] = {}
        self._places: dict[int, tuple[BaseException, list[str]]] = {}

    def begin(self) -> None:
        """Start a process for the code, if none is there. Raises ``CodeEnded``."""
        if self.alive:
            return
        pipe = self._start()
        if pipe is None:
            raise CodeEnded("the code under test has ended its interpreter too often")
        super().__init__(pipe, first=2)
        self.life += 1
        self.alive = True
        for table in (self._things, self._given, self._given_numbers, self._raised, self._places):
            table.clear()

    def switch(self, on: bool) -> None:
        """Be a stub of the code, or the code again."""
        self.stubbed = on

    def early(self, item: Any) -> bool:
        """Whether the test's module had used the code before any test began."""
        return bool(getattr(item.getparent(pytest.Module), "used_early", True))

    def end(self) -> None:
        """Give up the process: a test ran out of time, or the process has gone."""
        self.alive = False
        self._stop()

    def forget(self) -> None:
        """Between two tests: containers are no longer shared."""
        self._places.clear()
        if self.alive:
            self.do("forget")
            self.codec.forget()

    def do(self, name: str, *arguments: Any) -> Any:
        """Ask the code. Raises what it raised, ``CodeEnded`` when it is gone, ``NotWritten`` for a call to the stub."""
        if self.stubbed and name in ("call", "op"):
            self.attempts += 1
            raise NotWritten("the stub of the code has no body")
        self.looks += name in ("get", "import")
        self.used += name in ("call", "op")
        self.begin()
        try:
            return self.ask(name, *arguments)
        except Gone:
            self.end()
            self.gone = True
            raise CodeEnded("the code under test ended its interpreter") from None
        except BaseException as error:
            if not isinstance(error, Exception) and not isinstance(error, SystemExit | GeneratorExit):
                self.end()  # a time limit cut the conversation in the middle
            raise

    def module(self, name: str) -> Any:
        """Return what stands for a module of the code. Raises what importing it raised."""
        found = self.do("import", name)
        object.__setattr__(found, "_root", ("import", name))
        return found

    def get(self, thing: Any, name: str) -> Any:
        """Return an attribute; one of a module can be found again by a new process."""
        value = self.do("get", thing, name)
        self.used += not isinstance(value, Remote | RemoteKind | type)
        root = thing.__dict__.get("_root") if isinstance(thing, Remote) else None
        if root is not None and isinstance(value, Remote) and value.__dict__.get("_root") is None:
            object.__setattr__(value, "_root", (root, name))
        elif root is not None and isinstance(value, RemoteKind) and value.__dict__.get("_root") is None:
            type.__setattr__(value, "_root", (root, name))
        return value

    def answer(self, name: str, arguments: list[Any]) -> Any:
        """Let the code use what the tests gave it, and nothing else of theirs."""
        target, *rest = arguments
        if id(target) not in self._given_numbers:
            raise TypeError("this was never given to the code")
        if name == "call":
            return target(*rest[0], **rest[1])
        if name == "get" and not rest[0].startswith("_") and not isinstance(target, types.FunctionType | type):
            return getattr(target, rest[0])
        if name == "op" and rest[0] in _FOR_GUESTS:
            return getattr(type(target), rest[0])(target, *rest[1])
        raise AttributeError(str(rest[0]))

    def export(self, value: Any) -> Any:
        """Return the handle of something that goes to the code: its own object back, or something of the tests."""
        if isinstance(value, Remote | RemoteKind) or (isinstance(value, type) and "_far" in vars(value)):
            return ["y", self._alive(value)]
        number = self._given_numbers.get(id(value))
        if number is None:
            number = len(self._given) + 1
            self._given[number], self._given_numbers[id(value)] = value, number
        about: dict[str, Any] = {"name": str(getattr(value, "__name__", type(value).__name__)), "kind": "object"}
        about["doc"] = value.__doc__ if isinstance(value.__doc__, str) else None
        if isinstance(value, type) and issubclass(value, BaseException):
            about |= {"kind": "error", "bases": [b.__name__ for b in value.__mro__ if b.__module__ == "builtins"]}
        return ["h", number, about]

    def _alive(self, thing: Any) -> int:
        """Return the number of a thing in the process that runs now; a module's parts are found again in a new one."""
        own = thing.__dict__
        if own["_life"] != self.life:
            if own.get("_root") is None:
                raise CodeEnded("the code under test ended its interpreter, and this object with it")
            fresh = self._again(own["_root"])
            setter = type.__setattr__ if isinstance(thing, type) else object.__setattr__
            setter(thing, "_number", fresh.__dict__["_number"])
            setter(thing, "_life", self.life)
        return int(thing.__dict__["_number"])

    def _again(self, root: Any) -> Any:
        where, name = root
        return self.ask("import", name) if where == "import" else self.ask("get", self._again(where), name)

    def admit(self, about: list[Any]) -> Any:
        """Return what stands here for something of the code's."""
        number, told = about
        if number not in self._things:
            self._things[number] = self._make(number, told)
        return self._things[number]

    def _make(self, number: int, told: dict[str, Any]) -> Any:
        name, doc, kind = str(told["name"]), told["doc"], told["kind"]
        if kind == "error":
            bases = [getattr(builtins, base, None) for base in told["bases"]]
            base = next((b for b in bases if isinstance(b, type) and issubclass(b, Exception)), Exception)
            space = {"_far": self, "_number": number, "_life": self.life, "_root": None, "__doc__": doc}
            return type(name, (base,), space)
        if kind == "class":
            return self._make_class(number, name, doc, told)
        if kind == "object":
            made = self.codec.decode(told["class"])
            kinds: Any = made if isinstance(made, RemoteKind) else Remote
            thing = object.__new__(kinds)
            Remote.__init__(thing, self, number, name, doc)
            return thing
        return (RemoteFunction if kind == "function" else Remote)(self, number, name, doc)

    def _make_class(self, number: int, name: str, doc: str | None, told: dict[str, Any]) -> Any:
        named = name in self._words
        space: dict[str, Any] = {"_far": self, "_number": number, "_life": self.life, "_root": None, "__doc__": doc}
        for dunder in told["dunders"]:
            space[dunder] = _operator(str(dunder), named)
        if "__eq__" in space and "__hash__" not in space:
            space["__hash__"] = None
        return RemoteKind(name, (Remote,), space)

    def own(self, number: int) -> Any:
        """Return what the tests gave under a number."""
        return self._given[number]

    def told(self, text: Any) -> None:
        """Print what the code printed, where the tests look for it."""
        stream = sys.stderr if text[0] == "stderr" else sys.stdout
        stream.write(str(text[1]))

    def error_out(self, error: BaseException) -> Any:
        """Return an exception of the tests' own function."""
        number = len(self._raised) + 1
        self._raised[number] = error
        known = type(error)
        plain = [a if isinstance(a, str | int | float | bool | type(None)) else repr(a) for a in error.args]
        return {"class": known, "args": plain, "origin": number}

    def error_in(self, told: Any) -> BaseException:
        """Return the exception that the code raised: of a builtin, standard or own class, never one of pytest's."""
        if told.get("origin") in self._raised:
            return self._raised[told["origin"]]
        kind = told["class"]
        if told.get("standard"):
            module, name = told["standard"]
            known = sys.modules.get(module) if module in sys.stdlib_module_names else None
            kind = getattr(known, str(name), None)
        if not (isinstance(kind, type) and issubclass(kind, Exception | SystemExit)):
            return CodeEnded(f"the code raised {told['text']}")
        try:
            error: BaseException = kind(*told["args"])
        except Exception:
            error = kind.__new__(kind, *told["args"])
        for name, value in told["attributes"].items():
            with contextlib.suppress(Exception):  # a read-only attribute of a standard error follows from its arguments
                setattr(error, name, value)
        self._places[id(error)] = (error, [_shown(place) for place in told["places"][:_MOST_PLACES]])
        return error

    def places_of(self, error: BaseException) -> list[str]:
        """Return where in the code an exception came from, as the code's process says: for people, never a fact."""
        known, places = self._places.get(id(error), (None, []))
        return places if known is error else []


def _shown(place: Any) -> str:
    path, line, name, text = place
    words = f"{path}:{int(line)}: in {name}" + (f"\n    {text}" if text else "")
    return "".join(c for c in words if c.isprintable() or c == "\n")[:_LONGEST_PLACE]


def _operator(name: str, named: bool) -> Callable[..., Any]:
    def forwarded(self: Any, *arguments: Any) -> Any:
        if name in _COMPARING and not isinstance(arguments[0], Remote):
            return NotImplemented
        if name in _WITH_ANOTHER and not named and not isinstance(arguments[0], Remote):
            return NotImplemented if name != "__contains__" else any(entry == arguments[0] for entry in self)
        return self._far.do("op", self, name, list(arguments))

    forwarded.__name__ = name
    return forwarded


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the tests the far side's modules under their own names."""

    def __init__(self, far: FarSide, names: set[str]) -> None:
        self._far, self._names = far, names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Claim the names of the code under test."""
        if fullname not in self._names:
            return None
        package = any(name.startswith(f"{fullname}.") for name in self._names)
        return importlib.machinery.ModuleSpec(fullname, self, is_package=package)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Return a module that asks the far side for whatever it is asked."""
        return _FarModule(self._far, spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Import the module on the far side now, so that its failure is told where the tests import it."""
        try:
            module.__dict__["_module"] = self._far.module(module.__name__)
        except SystemExit as error:
            told = f": {error}" if str(error) else ""
            raise ImportError(f"{module.__name__} ended the interpreter while it was imported{told}") from None
        except CodeEnded as error:
            raise ImportError(f"{module.__name__}: {error} while it was imported") from None


class _FarModule(types.ModuleType):
    def __init__(self, far: FarSide, name: str) -> None:
        super().__init__(name)
        self.__dict__["_far"] = far

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)
        return self.__dict__["_far"].get(self.__dict__["_module"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("__"):
            super().__setattr__(name, value)
        else:
            self.__dict__["_far"].do("set", self.__dict__["_module"], name, value)
