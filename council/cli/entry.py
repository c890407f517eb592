"""Parses, loads the one command that is needed, and turns whatever happens into a sentence and an exit code."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence

from council.cli.parser import build_parser

EXIT_BUG = 4
EXIT_INTERRUPTED = 130
_KEPT = {
    "review": "council session list",
    "generate": "council session list",
    "session": "council session list",
    "bench": "council bench list",
}
"""Where commands that keep what they finish show it."""


def run(words: Sequence[str]) -> int:
    """Run one command and return its exit code: 0, 1, 2, 3, 4 or 130, as the laws say."""
    parser = build_parser()
    try:
        options = parser.parse_args(words)
    except SystemExit as leaving:  # argparse has printed help, the version, or its one sentence
        return leaving.code if isinstance(leaving.code, int) else 2
    if options.command is None:
        parser.print_help()
        return 2
    command = importlib.import_module(f"council.cli.{options.command}")
    return guarded(command.run, options)


def guarded(work: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    """Do what a command does, and turn whatever happens into a sentence and an exit code."""
    try:
        return _reported(work, options)
    except KeyboardInterrupt:
        where = _KEPT.get(str(getattr(options, "command", "")))
        kept = f"; what was finished is kept ({where})" if where else ""
        sys.stderr.write(f"\ncouncil: interrupted{kept}\n")
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe has gone: nobody is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _reported(work: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    failures = importlib.import_module("council.cli.failures")
    failures.guard_errors()
    try:
        code = work(options)
        sys.stdout.flush()
        return code
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except Exception as error:
        if options.debug:
            raise
        return int(failures.report(error))
