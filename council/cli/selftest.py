"""``council selftest``: hostile texts through the real pipeline, and with ``--live`` how often real seats obey."""

from __future__ import annotations

import argparse
import json
import sys
import time

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from council.cli.common import emit, resolve, run_async, tell, writable_target
from council.engine import Council
from council.errors import UsageError
from council.models import has_key, key_variable
from council.policies import list_panels
from council.rendering import terminal
from council.rendering.documents import without_commands
from council.rendering.terminal.page import is_live
from council.selftest import measure_seats, run_selftest
from council.selftest.live import DEFAULT_COUNT
from council.selftest.running import NOTHING
from council.settings import Settings, environment, secret_values
from council.text import one_line, redact_record
from council.types.selftest import LiveSelfTest, SelfTest, Trial

_TELL_EVERY_S = 2.0


def run(options: argparse.Namespace) -> int:
    """Test and return 0 when all held, 1 when something did not, 3 when no real seat answered."""
    if not options.live and (options.count is not None or options.panel or options.seats):
        raise UsageError("--count, --panel and --seat are for real seats", "Give --live with them")
    if options.seats and options.panel:
        raise UsageError("--panel and --seat contradict each other", "Give one of them")
    if options.count is not None and options.count < 1:
        raise UsageError(f"--count {options.count} is no number of payloads", "Give 1 or more")
    settings = resolve(options).settings
    if options.panel:
        settings = settings.but(seats=())  # a panel named on the command line beats seats named in a file
    writable_target(options.output)
    with _Counter(quiet=options.quiet) as counter:
        result: SelfTest | LiveSelfTest = run_async(_test(options, settings, counter))
    if options.format == "json":
        emit(_json(result), options.output)
    elif isinstance(result, SelfTest):
        emit(terminal.selftest_text(result, _next(result), plain=options.output is not None), options.output)
    else:
        emit(terminal.live_text(result, _next_live(result, options), plain=options.output is not None), options.output)
    return result.exit_code


async def _test(options: argparse.Namespace, settings: Settings, counter: _Counter) -> SelfTest | LiveSelfTest:
    if not options.live:
        return await run_selftest(on_trial=counter.hear)
    async with Council.from_settings(settings.but(store=False), sandbox=NOTHING) as house:
        bench = house.bench(house.policy())
        if not bench.seats:
            raise UsageError(
                f"policy {one_line(settings.policy, 60)} asks no seat", "Give --seat MODEL or another policy"
            )
        counter.open("question")
        return await measure_seats(
            bench.seats,
            house.client,
            settings,
            count=options.count or DEFAULT_COUNT,
            retired=bench.retired,
            on_payload=counter.count,
        )


def _json(result: SelfTest | LiveSelfTest) -> str:
    clean = redact_record(result, secret_values())
    said = {"schema_version": 1, "exit_code": result.exit_code, **clean.model_dump(mode="json")}
    if isinstance(result, SelfTest):
        said |= {"held": len(result.held), "known": len(result.known), "broken": len(result.broken)}
    return without_commands(json.dumps(said, indent=2))


def _next(result: SelfTest) -> tuple[tuple[str, str], ...]:
    if result.exit_code:
        return (("council selftest --format json", "every payload with what did not hold"),)
    return (("council selftest --live", "how often your real seats take orders from code, measured"),)


def _next_live(result: LiveSelfTest, options: argparse.Namespace) -> tuple[tuple[str, str], ...]:
    """Return what gives a seat its voice, where none answered."""
    if result.exit_code == 0:
        return (("council selftest", "that council itself holds, whatever the seats do"),)
    steps = []
    for seat in result.seats:
        variable = key_variable(seat.model)
        if variable is not None and not has_key(seat.model):
            steps.append((f"export {variable}=…", f"gives seat {one_line(seat.seat, 60)} a voice"))
            break
    if options.panel != "local" and not options.seats and "local" in list_panels():
        steps.append(("council selftest --live --panel local", "asks the models of your Ollama"))
    return (*steps, ("council doctor", "what works here"))


class _Counter:
    """Shows on standard error how far it is: a bar on a terminal, else a plain line from time to time."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Progress | None = None
        self._noun = "payload"
        self._told_at = time.monotonic()
        self._broken = 0

    def __enter__(self) -> _Counter:
        if not self._quiet and is_live(sys.stderr):
            plain = environment("NO_COLOR") is not None
            console = Console(file=sys.stderr, color_system=None if plain else "standard", markup=False, emoji=False)
            words = TextColumn("  {task.completed:.0f} of {task.total:.0f} {task.description}")
            self._bar = Progress(BarColumn(24), words, TimeElapsedColumn(), console=console, transient=True)
            self._bar.start()
            self._bar.add_task("payloads", total=1)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def open(self, noun: str) -> None:
        """Say what is counted."""
        self._noun = noun

    def hear(self, trial: Trial, done: int, total: int) -> None:
        """Take in one trial."""
        self._broken += not trial.held and trial.known is None
        self.count(done, total)

    def count(self, done: int, total: int) -> None:
        """Show how many are done."""
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done, total=total, description=f"{self._noun}s")
        elif not self._quiet and (done == total or time.monotonic() - self._told_at >= _TELL_EVERY_S):
            self._told_at = time.monotonic()
            broken = f", {self._broken} did not hold" if self._broken else ""
            tell(f"{done} of {total} {self._noun}s{broken}\n")
