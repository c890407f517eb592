"""What can be typed after the newer commands, one light module a command with ``add(commands)``."""

from __future__ import annotations

import importlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from council.cli.parsing.base import Commands

COMMANDS: tuple[str, ...] = (
    "label",
    "clarify",
    "bench",
    "advise",
    "guidelines",
    "policy",
    "audit",
    "models",
    "knowledge",
    "store",
    "selftest",
)
"""In the order ``council --help`` shows them."""


def add_all(commands: Commands) -> None:
    """Add the parser of every command of this package."""
    for name in COMMANDS:
        importlib.import_module(f"council.cli.parsing.{name}").add(commands)
