"""Which run may stand for the next one: that of the same program on the same inputs, where nothing else counts."""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from typing import Protocol

from council.syntax import syntax_tree
from council.types.versions import Behaviour, Input
from council.versions.comparing import is_limit
from council.versions.running import Bounds, library_digest

_AT_RUN_TIME = frozenset({"__import__", "eval", "exec"})


class Memory(Protocol):
    """Remembers what programs did. It may forget, and never fails."""

    async def recall(self, keys: Iterable[str]) -> Mapping[str, Behaviour]:
        """Return what is remembered of these keys."""
        ...

    async def keep(self, key: str, behaviour: Behaviour) -> None:
        """Remember what a program did."""
        ...


def behaviour_key(code: str, name: str, inputs: Iterable[Input], *, sandbox: str, bounds: Bounds) -> str | None:
    """Return the digest of all that a run rests on; ``None`` where it depends on packages that may change."""
    if not _stands_alone(code):
        return None
    rests_on = [
        *(library_digest(), sys.version, sandbox, bounds.model_dump_json(), code, name),
        [list(one.steps) for one in inputs],
    ]
    return hashlib.sha256(json.dumps(rests_on).encode()).hexdigest()


def is_lasting(behaviour: Behaviour) -> bool:
    """Whether another run would give the same: not where time, memory or a process that ended had a say in it."""
    return behaviour.failure is None and not any(is_limit(step) for row in behaviour.outcomes for step in row)


def _stands_alone(code: str) -> bool:
    """Whether a program imports the standard library and nothing else, and says so."""
    tree = syntax_tree(code)
    if tree is None:
        return False
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.Name) and node.id in _AT_RUN_TIME:
            return False
    return modules <= sys.stdlib_module_names - {"importlib", "runpy", "pkgutil"}
