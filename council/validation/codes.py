"""Which codes the installed tools can report: read from their own text, nothing of them is imported."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_LINT = {"pycodestyle": r"\b[EW]\d{3}\b", "flake8": r"\b(?:F\d{3}|E9\d\d)\b"}
_SILENT = re.compile(r"E121|E123|E126|E226|E24\d|E704|W503|W504|E203|E701")
"""Off in council's call of flake8, by default or on purpose."""


@cache
def known_codes() -> dict[str, frozenset[str]]:
    """Return the codes by the check that reports them: ``lint`` (flake8) and ``security`` (bandit).

    A tool that is not installed has none.
    """
    lint = {code for package, shape in _LINT.items() for code in _found(package, shape)}
    return {
        "lint": frozenset(code for code in lint if not _SILENT.fullmatch(code)),
        "security": frozenset(_found("bandit", r"\bB\d{3}\b")),
    }


def _found(package: str, shape: str) -> set[str]:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return set()
    origin = Path(spec.origin)
    files = sorted(origin.parent.rglob("*.py")) if origin.name == "__init__.py" else [origin]
    return {code for file in files for code in re.findall(shape, file.read_text(encoding="utf-8", errors="replace"))}
