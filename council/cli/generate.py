"""``council generate``: a local model writes, the checks look, failures go back to it."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Literal

from council.cli.asking import asker, check_asking, write_answers
from council.cli.common import emit, resolve, run_async, tell, writable_target
from council.cli.walls import walls
from council.engine import Council
from council.errors import UsageError
from council.rendering import terminal
from council.settings import Settings
from council.sources import read_task, read_tests
from council.text import one_line, plural
from council.types.session import Session
from council.types.submission import SourceFile
from council.versions import Ask


def run(options: argparse.Namespace) -> int:
    """Generate and return 0 when the kept attempt passes the checks, 1 when it fails, 3 when there is none."""
    settings = resolve(_shared(options)).settings
    writable_target(options.output, force=options.force)
    answers = check_asking(options)
    task = read_task(options.task)
    tests = read_tests(options.tests, settings=settings) if options.tests else ()
    session = run_async(written(task, tests, settings, options, asks=answers is not None))
    files = session.submission.files
    terminal.show_generation(session, target=options.output)
    for note in session.notes:
        tell(f"council: {one_line(note, 400)}\n")
    if not files:
        return 3
    emit(files[0].text, options.output)
    if answers is not None:
        write_answers(session, answers)
    return 3 if session.validation is None else session.validation.exit_code


def _shared(options: argparse.Namespace) -> argparse.Namespace:
    """Return the options with the models where they belong: one writes, several share the samples."""
    models = list(dict.fromkeys(options.models or ()))
    if len(models) > 1 and (options.samples or 1) < len(models):
        problem = f"{plural(len(models), 'model')} cannot share {plural(options.samples or 1, 'sample')}"
        raise UsageError(problem, f"Give --samples {len(models)} or more, or one --model")
    if models:
        options.model = models[0]
        options.version_models = models if len(models) > 1 else None
    return options


async def written(
    task: str, tests: tuple[SourceFile, ...], settings: Settings, options: argparse.Namespace, *, asks: bool = False
) -> Session:
    """Return the session of a model that writes, with progress on standard error; ``asks`` lets it ask the person."""
    path = module_name(tests, options.output)
    async with Council.from_settings(settings, sandbox=walls(options, settings)) as house:
        with terminal.LiveSitting(quiet=options.quiet) as live:
            whom: Ask | Literal["seats"] | None = None if not asks else "seats" if options.ask_seats else asker(live)
            return await house.generate(task, tests=tests, path=path, on_event=live.hear, ask=whom)


def module_name(tests: tuple[SourceFile, ...], output: str | None) -> str:
    """Return the name the code has while it is checked: the output's where the tests import it, else the tests'."""
    written = Path(output).name if output else "generated.py"
    imported = re.compile(rf"^\s*(?:from|import)\s+{re.escape(Path(written).stem)}\b", re.MULTILINE)
    named_after = [Path(test.path).name.removeprefix("test_") for test in tests if Path(test.path).name[:5] == "test_"]
    if not named_after or any(imported.search(test.text) for test in tests):
        return written
    return named_after[0]
