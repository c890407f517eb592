"""What runs the code of a command: a sandbox, or none where none works and ``--unsafe-exec`` was typed."""

from __future__ import annotations

import argparse
import sys

from council.protocols import Sandbox
from council.rendering import terminal
from council.rendering.words import UNSAFE_WORDS
from council.sandbox import open_sandbox, probe_sandbox
from council.settings import Settings


def walls(options: argparse.Namespace, settings: Settings, *, told: bool = False) -> Sandbox:
    """Return what runs the code, and say on standard error when it is no sandbox, unless that was ``told`` before.

    Where a sandbox works, ``--unsafe-exec`` changes nothing: the sandbox is used. Raises ``SandboxError``.
    """
    sandbox = open_sandbox(settings, unsafe=options.unsafe_exec)
    if told or not options.unsafe_exec:
        return sandbox
    if sandbox.info.unsafe:
        probe = probe_sandbox(settings)
        mend = f". Mend it with: {probe.remedy}" if probe.remedy else ""
        terminal.show_alarm(f"{UNSAFE_WORDS}. The sandbox cannot start: {probe.problem}{mend}")
    else:
        sys.stderr.write(f"council: --unsafe-exec was not needed: {sandbox.info.backend} works here and is used\n")
    return sandbox
