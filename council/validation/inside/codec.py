"""Values as JSON and back, and the containers that two processes share.

Plain values travel as copies, equal on both sides and of exactly the builtin type. Lists, dicts, sets, deques and byte
arrays keep their identity: each message carries what changed in those that have crossed before, so that a function
that changes its argument, or keeps it, does so for the caller as well. Everything else stays where it is, and the
other side gets a handle to it.
"""

from __future__ import annotations

import builtins
import collections
import datetime
import decimal
import fractions
import operator
import pathlib
import uuid
from collections.abc import Callable
from typing import Any

_TEXTS: dict[str, Callable[[str], Any]] = {
    "Decimal": decimal.Decimal,
    "Fraction": fractions.Fraction,
    "datetime": datetime.datetime.fromisoformat,
    "date": datetime.date.fromisoformat,
    "time": datetime.time.fromisoformat,
    "UUID": uuid.UUID,
    "PosixPath": pathlib.Path,
    "PurePosixPath": pathlib.PurePosixPath,
}
_TEXT_NAMES = {
    decimal.Decimal: "Decimal",
    fractions.Fraction: "Fraction",
    datetime.datetime: "datetime",
    datetime.date: "date",
    datetime.time: "time",
    uuid.UUID: "UUID",
    pathlib.PosixPath: "PosixPath",
    pathlib.PurePosixPath: "PurePosixPath",
}
_BUILTIN_TYPES = {
    kind.__name__: kind
    for kind in (
        *(int, float, str, bool, bytes, list, tuple, dict, set, frozenset, complex, object, type(None)),
        *(kind for kind in vars(builtins).values() if isinstance(kind, type) and issubclass(kind, BaseException)),
    )
}
_DATA: tuple[Any, ...] = (int, float, str, bytes, complex, tuple, frozenset, list, dict, set)
_SINGLE = {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented}
_VIEWS: dict[type, str] = {type({}.keys()): "keys", type({}.values()): "values", type({}.items()): "items"}


class Gone(Exception):
    """The other side has ended."""


class Codec:
    """Turns values into JSON and back, and keeps the containers that both sides share.

    ``export`` gives what is no data a handle; ``admit`` makes something of the other side's handle; ``own`` finds what
    one of our own handles stands for.
    """

    def __init__(
        self, first: int, export: Callable[[Any], Any], admit: Callable[[Any], Any], own: Callable[[int], Any]
    ) -> None:
        self._next = first
        self._export, self._admit, self._own = export, admit, own
        self.shared: dict[int, Any] = {}
        self._index: dict[int, int] = {}
        self._known: dict[int, Any] = {}
        self._fresh: list[int] = []

    def forget(self) -> None:
        """Let go of every shared container: from here on both sides have their own."""
        self.shared.clear()
        self._index.clear()
        self._known.clear()

    def pack(self, value: Any) -> dict[str, Any]:
        """Return a message's body: the value, and every container that is new or has changed."""
        self._fresh = []
        body = {"value": self.encode(value)}
        contents: list[list[Any]] = []
        for index, container in list(self.shared.items()):
            if index not in self._known or _differs(container, self._known[index]):
                contents.append(self._content(index, container))
        while self._fresh:  # a container's content may bring more of them
            index = self._fresh.pop()
            if not any(entry[0] == index for entry in contents):
                contents.append(self._content(index, self.shared[index]))
        return {**body, "contents": contents}

    def unpack(self, body: dict[str, Any]) -> Any:
        """Return the value of a body, and change the containers it speaks of in place."""
        for index, kind, _ in body["contents"]:
            if index not in self.shared:
                self._keep(index, _EMPTY[kind]())
        for index, kind, content in body["contents"]:
            container = self.shared[index]
            _fill(container, [self.decode(part) for part in content], kind)
            self._known[index] = _snapshot(container)
        return self.decode(body["value"])

    def _content(self, index: int, container: Any) -> list[Any]:
        self._known[index] = _snapshot(container)
        return [index, _kind_of(container), [self.encode(part) for part in _parts(container)]]

    def _keep(self, index: int, container: Any) -> None:
        self.shared[index] = container
        self._index[id(container)] = index

    def encode(self, value: Any) -> Any:
        """Return JSON for a value; containers are named by their number."""
        kind = type(value)
        if value is None or kind is bool or kind is str or kind is float:
            return value
        if kind is int:
            return value if -(1 << 60) < value < 1 << 60 else ["i", hex(value)]
        if kind in _KINDS:
            if id(value) not in self._index:
                self._keep(self._next, value)
                self._fresh.append(self._next)
                self._next += 2
            return ["m", self._index[id(value)]]
        return self._encode_rare(value, kind)

    def _encode_rare(self, value: Any, kind: type) -> Any:
        if kind is tuple or kind is frozenset:
            return ["t" if kind is tuple else "fs", [self.encode(part) for part in value]]
        if kind is bytes:
            return ["b", value.hex()]
        if kind is complex:
            return ["c", value.real, value.imag]
        if kind is range or kind is slice:
            return ["r" if kind is range else "sl", *(self.encode(p) for p in (value.start, value.stop, value.step))]
        if kind in _TEXT_NAMES:
            return ["x", _TEXT_NAMES[kind], value.isoformat() if hasattr(value, "isoformat") else str(value)]
        if kind is datetime.timedelta:
            return ["td", value.days, value.seconds, value.microseconds]
        if kind in _VIEWS:
            return ["v", _VIEWS[kind], [self.encode(part) for part in value]]
        if isinstance(value, type) and _BUILTIN_TYPES.get(value.__name__) is value:
            return ["T", value.__name__]
        if value is Ellipsis or value is NotImplemented:
            return ["s", repr(value)]
        return self._encode_heir(value)

    def _encode_heir(self, value: Any) -> Any:
        """What inherits from plain data is data too: nobody's own idea of equality travels with it."""
        fields: Any = getattr(value, "_fields", None) if isinstance(value, tuple) else None
        if isinstance(fields, tuple):
            return ["nt", type(value).__name__, list(fields), [self.encode(part) for part in tuple(value)]]
        if not isinstance(value, type) and "__members__" not in dir(type(value)):
            base = next((base for base in _DATA if isinstance(value, base)), None)
            if base is not None:
                return self.encode(base(value))
        return self._export(value)

    def decode(self, tree: Any) -> Any:
        """Return the value of some JSON. Raises ``Gone`` for what no codec writes."""
        if not isinstance(tree, list):
            if isinstance(tree, dict):
                raise Gone
            return tree
        try:
            return getattr(self, f"_of_{tree[0]}")(*tree[1:])
        except (AttributeError, IndexError, KeyError, ValueError, TypeError, ArithmeticError):
            raise Gone from None

    def _of_i(self, text: str) -> int:
        return int(text, 16)

    def _of_m(self, index: int) -> Any:
        return self.shared[index]

    def _of_t(self, parts: list[Any]) -> tuple[Any, ...]:
        return tuple(map(self.decode, parts))

    def _of_fs(self, parts: list[Any]) -> frozenset[Any]:
        return frozenset(map(self.decode, parts))

    def _of_b(self, text: str) -> bytes:
        return bytes.fromhex(text)

    def _of_c(self, real: float, imaginary: float) -> complex:
        return complex(real, imaginary)

    def _of_r(self, *parts: Any) -> range:
        return range(*map(self.decode, parts))

    def _of_sl(self, *parts: Any) -> slice:
        return slice(*map(self.decode, parts))

    def _of_x(self, name: str, text: str) -> Any:
        return _TEXTS[name](text)

    def _of_td(self, days: int, seconds: int, microseconds: int) -> datetime.timedelta:
        return datetime.timedelta(days, seconds, microseconds)

    def _of_v(self, kind: str, parts: list[Any]) -> Any:
        values = [self.decode(part) for part in parts]
        if kind == "keys":
            return dict.fromkeys(values).keys()
        return dict(values).items() if kind == "items" else dict(enumerate(values)).values()

    def _of_T(self, name: str) -> type:
        return _BUILTIN_TYPES[name]

    def _of_s(self, name: str) -> Any:
        return _SINGLE[name]

    def _of_nt(self, name: str, fields: list[str], parts: list[Any]) -> Any:
        made = collections.namedtuple(name if name.isidentifier() else "Row", fields, rename=True)  # type: ignore[misc]
        return made(*map(self.decode, parts))

    def _of_h(self, *about: Any) -> Any:
        return self._admit(list(about))

    def _of_y(self, number: int) -> Any:
        return self._own(number)


_EMPTY: dict[str, Callable[[], Any]] = {
    "list": list,
    "dict": dict,
    "set": set,
    "bytearray": bytearray,
    "deque": collections.deque,
    "OrderedDict": collections.OrderedDict,
    "Counter": collections.Counter,
    "defaultdict": collections.defaultdict,
}
_KINDS: dict[Any, str] = {
    list: "list",
    dict: "dict",
    set: "set",
    bytearray: "bytearray",
    collections.deque: "deque",
    collections.OrderedDict: "OrderedDict",
    collections.Counter: "Counter",
    collections.defaultdict: "defaultdict",
}


def _kind_of(container: Any) -> str:
    return _KINDS[type(container)]


def _parts(container: Any) -> list[Any]:
    return list(container.items()) if isinstance(container, dict) else list(container)


def _snapshot(container: Any) -> list[Any]:
    if isinstance(container, dict):
        return [*container.keys(), *container.values()]
    return list(container)


def _differs(container: Any, known: list[Any]) -> bool:
    now = _snapshot(container)
    # By identity: nobody's own idea of equality decides what has changed.
    return len(now) != len(known) or not all(map(operator.is_, now, known))


def _fill(container: Any, parts: list[Any], kind: str) -> None:
    if kind == "list":
        container[:] = parts
    elif kind == "bytearray":
        container[:] = bytes(parts)
    else:
        container.clear()
        if kind in ("deque",):
            container.extend(parts)
        elif kind == "set":
            container.update(parts)
        else:
            for key, value in parts:
                container[key] = value
