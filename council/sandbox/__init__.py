"""Runs programs that nobody trusts. The public face: open a sandbox, or ask which would work and why not.

The names are loaded when first touched, because the launchers below start with this package and must start fast.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME_OF = {"open_sandbox": "probe", "probe_sandbox": "probe", "SandboxProbe": "probe", "BackendProbe": "probe"}

__all__ = ["BackendProbe", "SandboxProbe", "open_sandbox", "probe_sandbox"]  # noqa: F822  (loaded on first touch)


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'council.sandbox' has no attribute '{name}'")
    return getattr(importlib.import_module(f"council.sandbox.{home}"), name)
