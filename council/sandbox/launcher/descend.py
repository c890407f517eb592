"""From root to bubblewrap: short paths, an unprivileged user, then the real thing."""

from __future__ import annotations

import os
import sys

from council.sandbox.launcher import linux, orders, private

TYPE_CHECKING = False
if TYPE_CHECKING:  # as the name of typing, whose loading would double the start
    from typing import Any


def descend(order: dict[str, Any]) -> None:
    """Do it and become bubblewrap. ``order`` names ``parent``, ``base``, ``binds``, ``user`` and ``argv``."""
    private.enter_private_mounts(order["base"], order["binds"], [order["user"]])
    private.become(order["user"])
    linux.die_with_parent(order["parent"])  # after the change of user, which clears it
    os.chdir("/")
    os.execve(order["argv"][0], order["argv"], {})  # becoming bubblewrap is what this program is for  # nosec B606


def main() -> None:
    """Read the order, obey it, and say in one line what went wrong."""
    try:
        descend(orders.read_order(sys.argv[2:]))
    except OSError as error:
        sys.stderr.write(f"council-sandbox: {error.strerror or error}\n")
        sys.exit(125)
