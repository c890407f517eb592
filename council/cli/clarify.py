"""``council clarify``: what a task does not say, told by where independent versions of it part."""

from __future__ import annotations

import argparse

from council.cli.common import emit, resolve, run_async, writable_target
from council.cli.walls import walls
from council.engine import Council
from council.policies import Admission
from council.rendering import terminal
from council.settings import Settings
from council.sources import read_task
from council.types.versions import VersionsReport
from council.witnessing import Parts, clarify_task

_NUMBER = 8
"""Versions that are written where nobody says how many."""


def run(options: argparse.Namespace) -> int:
    """Return 0 when nothing was found, 1 when versions part in camps, 3 when no two do the same throughout."""
    settings = resolve(options).settings
    settings = settings.but(versions=settings.versions or _NUMBER)
    writable_target(options.output)
    report = run_async(_clarified(read_task(options.task), settings, options))
    if options.format == "text":
        emit(terminal.clarity_text(report, plain=options.output is not None), options.output)
    else:
        emit(report.model_dump_json(indent=2), options.output)
    if report.ambiguities:
        return 1
    return 3 if report.testimony.agreeing < 2 else 0


async def _clarified(task: str, settings: Settings, options: argparse.Namespace) -> VersionsReport:
    async with Council.from_settings(settings, sandbox=walls(options, settings)) as house:
        with terminal.LiveSitting(quiet=options.quiet) as live:
            parts = Parts(house.settings, house.host, house.sandbox, house.store)
            return await clarify_task(task, parts, Admission(house.policy()), live.hear)
