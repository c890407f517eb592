"""A stub of code that lies in this process: while it is switched on, each of its functions raises."""

from __future__ import annotations

import builtins
import functools
import gc
import os
import types
from typing import Any

import pytest

from council.validation.inside.control import NotWritten


@functools.cache
def _body(closed_over: int) -> types.CodeType:
    """Return the code of a function that closes over so many variables and asks its constant, whatever it is given."""
    names = [f"v{number}" for number in range(closed_over)]
    lines = ["def outside():", *(f" {name} = 0" for name in names), " def body(*_, **__):"]
    lines += ["  return 'stub'.refuse()", *(f"  {name}" for name in names)]
    code = compile("\n".join(lines), "<stub>", "exec")
    for _ in range(2):
        code = next(const for const in code.co_consts if isinstance(const, types.CodeType))
    return code


class Swapped:
    """Changes the bodies of all functions whose globals are those of a file of the code."""

    def __init__(self, root: str, files: list[str]) -> None:
        self.attempts = self.looks = 0
        self._files = {os.path.join(root, file) for file in files}
        self._known: dict[str, bool] = {}
        self._bodies: list[tuple[types.FunctionType, types.CodeType]] = []

    def switch(self, on: bool) -> None:
        """Let every function raise, or put the bodies back."""
        if not on:
            for function, code in self._bodies:
                function.__code__ = code
            self._bodies = []
            return
        for thing in gc.get_objects():
            kept = thing.__wrapped__ if type(thing) is functools._lru_cache_wrapper else None
            if type(kept) is types.FunctionType and self._is_code(kept.__globals__):
                thing.cache_clear()
            if type(thing) is types.FunctionType and self._is_code(thing.__globals__):
                self._bodies.append((thing, thing.__code__))
                thing.__code__ = self._refusing(thing.__code__)

    def early(self, item: Any) -> bool:
        """Whether the test could have to do with the code in a way that the stub does not show.

        That is: it has fixtures, parameters or helpers, or names anything of its module but modules of others.
        """
        function = getattr(item, "obj", None)
        code = getattr(function, "__code__", None)
        if code is None or item.cls is not None or getattr(item, "fixturenames", None):
            return True
        own = getattr(item.getparent(pytest.Module), "obj", None)
        space = vars(own) if own is not None else {}
        named = [space[name] for name in _names(code) if name in space and not hasattr(builtins, name)]
        return any(not isinstance(thing, types.ModuleType) or self._is_code(vars(thing)) for thing in named)

    def _is_code(self, space: dict[str, Any]) -> bool:
        path = space.get("__file__")
        if type(path) is not str:
            return False
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = os.path.realpath(path) in self._files
        return known

    def _refusing(self, code: types.CodeType) -> types.CodeType:
        body = _body(len(code.co_freevars))
        return body.replace(co_consts=tuple(self if const == "stub" else const for const in body.co_consts))

    def refuse(self) -> None:
        """Count a call and let it fail."""
        self.attempts += 1
        raise NotWritten("the stub of the code has no body")


def _names(code: types.CodeType) -> set[str]:
    inner = [const for const in code.co_consts if isinstance(const, types.CodeType)]
    return set(code.co_names).union(*(_names(const) for const in inner))
