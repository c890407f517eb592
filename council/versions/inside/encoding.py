"""What a program returned, as JSON: values only, nothing of it can run on the other side.

Numbers, text, ``true``, ``false`` and ``null`` stand for themselves; everything else is an object with one name, which
says what it is:

    i  a large int, in hex          f  a float that JSON lacks       l, t  list, tuple: the items
    s  a set: the items, sorted     d  a dict: the pairs, sorted     b  bytes, in hex
    c  real and imaginary part      e  an exception: its class       g  an iterator: the first items, and if it ended
    x  date, Decimal, path: class and text                           o  an object: class, and its public attributes
    self  the object itself         ?  what has no public state      …  too much to tell: kind and size
"""

from __future__ import annotations

import collections
import itertools
import json
import sys
import types
from typing import Any

MOST_ITEMS = 2000
MOST_TEXT = 20_000
PREFIX = 50
"""Items of an iterator that are looked at: it may have no end."""
_DEEPEST = 30
_NODES = 6000
_TEXTS = {
    "decimal": ("Decimal",),
    "fractions": ("Fraction",),
    "datetime": ("date", "time", "timedelta"),
    "pathlib": ("PurePath",),
    "uuid": ("UUID",),
}
"""Classes whose text says all. Who returns one has loaded its module; nobody else waits for that."""
_OPAQUE = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType, type)
_VIEWS: Any = (type({}.keys()), type({}.values()), type({}.items()))


class Encoder:
    """Turns values into JSON. One encoder tells at most so many nodes, and each object once."""

    def __init__(self, itself: object = None) -> None:
        self._itself = itself
        self._left = _NODES
        self._open: list[int] = []

    def encode(self, value: Any) -> Any:
        """Return the JSON of a value."""
        kind = type(value)
        self._left -= 1
        if value is None or kind is bool:
            return value
        if _is(value, "enum", ("Enum",)):
            return {"o": [kind.__name__, [["name", str(value.name)]]]}
        if isinstance(value, int):
            return int(value) if -(1 << 53) < value < 1 << 53 else _large(int(value))
        if isinstance(value, float):
            return _float(float(value))
        if isinstance(value, str):
            return _text(str(value))
        if self._itself is not None and value is self._itself:
            return {"self": True}
        if self._left < 0 or len(self._open) > _DEEPEST or id(value) in self._open:
            return {"…": [kind.__name__, None]}
        self._open.append(id(value))
        try:
            return self._encode_whole(value, kind)
        finally:
            self._open.pop()

    def _encode_whole(self, value: Any, kind: type) -> Any:
        if isinstance(value, (bytes, bytearray)):
            return {"b": bytes(value[:MOST_TEXT]).hex()}
        if isinstance(value, complex):
            return {"c": [_float(value.real), _float(value.imag)]}
        if isinstance(value, (list, tuple, collections.deque)):
            return self._listed("t" if isinstance(value, tuple) else "l", value, len(value))
        if isinstance(value, (set, frozenset)):
            told = self._listed("s", value, len(value))
            return {"s": sorted(told["s"], key=json.dumps)} if "s" in told else told
        if isinstance(value, dict):
            pairs = [[self.encode(key), self.encode(item)] for key, item in itertools.islice(value.items(), MOST_ITEMS)]
            return {"d": sorted(pairs, key=json.dumps)} if len(value) <= MOST_ITEMS else {"…": ["dict", len(value)]}
        if any(_is(value, module, names) for module, names in _TEXTS.items()):
            return {"x": [kind.__name__, str(value)]}
        if isinstance(value, BaseException):
            return {"e": kind.__name__}
        if isinstance(value, range) or isinstance(value, _VIEWS):
            told = self._listed("l", value, len(value))
            return told if isinstance(value, range) or "l" not in told else {"g": [told["l"], True]}
        return self._encode_object(value, kind)

    def _listed(self, tag: str, value: Any, size: int) -> Any:
        if size > MOST_ITEMS:
            return {"…": [tag, size]}
        return {tag: [self.encode(item) for item in value]}

    def _encode_object(self, value: Any, kind: type) -> Any:
        if isinstance(value, _OPAQUE):
            return {"?": getattr(value, "__name__", kind.__name__) if isinstance(value, type) else "callable"}
        if hasattr(kind, "__next__"):
            first = [self.encode(item) for item in itertools.islice(value, PREFIX)]
            return {"g": [first, len(first) < PREFIX]}
        state = getattr(value, "__dict__", None)
        if not isinstance(state, dict):
            return {"?": kind.__name__}
        public = [[name, self.encode(state[name])] for name in sorted(state) if not name.startswith("_")]
        return {"o": [kind.__name__, public]} if public else {"?": kind.__name__}


def _is(value: Any, module: str, names: tuple[str, ...]) -> bool:
    known = tuple(getattr(sys.modules.get(module), name, None) for name in names)
    return any(isinstance(kind, type) and isinstance(value, kind) for kind in known)


def _float(value: float) -> Any:
    if value != value or value in (float("inf"), float("-inf")):
        return {"f": repr(value)}
    return value


def _large(value: int) -> Any:
    return {"i": hex(value)} if value.bit_length() < 4 * MOST_TEXT else {"…": ["int", value.bit_length()]}


def _text(value: str) -> Any:
    return value if len(value) <= MOST_TEXT else {"…": ["str", len(value)]}


def raised(error: BaseException) -> list[str]:
    """Return the name of an exception's class, and that of the builtin class it is a kind of."""
    known = [base.__name__ for base in type(error).__mro__ if base.__module__ == "builtins"]
    return [type(error).__name__, known[0]]
