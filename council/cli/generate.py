"""``council generate``: a local model writes, the checks look, failures go back to it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from council.api import submission_of
from council.cli.common import emit, resolve, run_async, writable_target
from council.engine import Council
from council.rendering import terminal
from council.settings import Settings
from council.sources import read_task
from council.text import one_line
from council.types.session import Session
from council.types.submission import SourceFile


def run(options: argparse.Namespace) -> int:
    """Generate and return 0 when the kept attempt passes the checks, 1 when it fails, 3 when there is none."""
    settings = resolve(options).settings
    writable_target(options.output, force=options.force)
    task = read_task(options.task)
    tests: tuple[SourceFile, ...] = ()
    if options.tests:
        tests = submission_of(options.tests, settings=settings).files
    session = run_async(_generate(task, tests, settings, options))
    files = session.submission.files
    terminal.show_generation(session, target=options.output)
    for note in session.notes:
        sys.stderr.write(f"council: {one_line(note, 400)}\n")
    if not files:
        return 3
    emit(files[0].text, options.output)
    return 3 if session.validation is None else session.validation.exit_code


async def _generate(
    task: str, tests: tuple[SourceFile, ...], settings: Settings, options: argparse.Namespace
) -> Session:
    path = Path(options.output).name if options.output else module_name(tests)
    async with Council.from_settings(settings) as house:
        with terminal.LiveSitting(quiet=options.quiet) as live:
            return await house.generate(task, tests=tests, path=path, on_event=live.hear)


def module_name(tests: tuple[SourceFile, ...]) -> str:
    """Return the file name that code without ``-o`` gets: the one its tests are named after, else generated.py."""
    names = [Path(test.path).name for test in tests]
    return next((name.removeprefix("test_") for name in names if name.startswith("test_")), "generated.py")
