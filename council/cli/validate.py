"""``council validate``: the checks of the policy, in the sandbox."""

from __future__ import annotations

import argparse

from council.api import submission_of
from council.cli.common import emit, named_task, resolve, run_async, writable_target
from council.cli.walls import walls
from council.engine import Council
from council.rendering import Documents, terminal
from council.settings import Settings
from council.types.checks import ValidationReport
from council.types.submission import Submission


def run(options: argparse.Namespace) -> int:
    """Validate and return 0 when every required check passed, 1 when one failed, 3 when one gave no answer."""
    settings = resolve(options).settings
    writable_target(options.output)
    task, task_path = named_task(options.task)
    submission = submission_of(options.paths, task=task, tests=options.tests or None, settings=settings)
    submission = submission.but(task_path=task_path)
    report = run_async(validated(submission, settings, options))
    if options.format == "text":
        emit(terminal.report_text(report, submission, plain=options.output is not None), options.output)
    else:
        house = Documents(settings.templates_dir)
        emit(house.render(report, document=options.format), options.output)
    return report.exit_code


async def validated(submission: Submission, settings: Settings, options: argparse.Namespace) -> ValidationReport:
    """Return the report, with progress on standard error."""
    sandbox = walls(options, settings)
    async with Council.from_settings(settings.but(store=False), sandbox=sandbox) as house:
        with terminal.LiveSitting(quiet=options.quiet) as live:
            return await house.validate(submission, on_event=live.hear)
