"""``council bench run`` and ``import``: what it takes before the work, and what to type when it ends early."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from council.bench import BenchPlan, import_outputs, resume_benchmark, run_benchmark
from council.bench.estimate import guess_s
from council.bench.ledger import similar
from council.cli.common import run_async, tell, writable_target
from council.cli.failures import report
from council.cli.progress import BenchProgress
from council.cli.walls import walls
from council.engine import Council
from council.errors import CouncilError, UsageError
from council.models import open_client, open_host
from council.protocols import Archive
from council.rendering.figures import duration
from council.settings import Settings
from council.store import open_store
from council.suites import RecordedOutputs, load_suite, read_outputs, suite_of_outputs, with_edge_tests
from council.text import one_line, plural
from council.types.benchmarks import Benchmark, Suite
from council.types.calls import LocalModel

Show = Callable[[Archive, str, argparse.Namespace, Settings], None]
Work = Callable[["_Desk", BenchProgress], Awaitable[Benchmark]]
_DECIDED = ("models", "samples", "seed", "temperature", "tasks", "review")
"""What a benchmark decides once and for all."""
_NO_CHAT = ("bert", "clip")
"""Families of models that make vectors, not text."""


def run(options: argparse.Namespace, settings: Settings, *, show: Show) -> int:
    """Run or import a benchmark and show its table; 0 when it came to its end, 3 when it could not go on."""
    if not settings.store:
        raise UsageError("a benchmark is kept in the store, and the store is switched off", "Set store = true")
    writable_target(options.output)
    for name in ("samples", "limit"):
        if getattr(options, name, None) is not None and getattr(options, name) < 1:
            raise UsageError(f"--{name} {getattr(options, name)}: must be at least 1")
    work = _running(options, settings) if options.verb == "run" else _importing(options, settings)
    with _Desk(options, settings) as desk:
        return desk.do(work, show)


class _Desk:
    """The parts a benchmark needs, open as long as it is under way."""

    def __init__(self, options: argparse.Namespace, settings: Settings) -> None:
        self.options = options
        self.settings = settings
        record, replay = getattr(options, "record", None), getattr(options, "replay", None)
        folders = {"record": Path(record) if record else None, "replay": Path(replay) if replay else None}
        client, host = open_client(settings, **folders), open_host(settings, **folders)
        sandbox = walls(options, settings)
        self.archive = open_store(settings.store_url)
        self.house = Council(
            settings,
            client=client,
            host=host,
            sandbox=sandbox,
            store=self.archive,
            replayed_from=None if replay is None else Path(replay).name,
            real_client=replay is None,
        )

    def __enter__(self) -> _Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.house.close()

    def do(self, work: Work, show: Show) -> int:
        """Do the work, show its table, and say how to go on when it ends early."""
        progress = BenchProgress(quiet=self.options.quiet)

        async def under_way() -> Benchmark:
            with progress:
                return await work(self, progress)

        try:
            benchmark = run_async(under_way())
        except (CouncilError, KeyboardInterrupt) as error:
            if progress.benchmark_id is None or (isinstance(error, CouncilError) and self.options.debug):
                raise
            code = report(error) if isinstance(error, CouncilError) else None
            again = one_line(resume_command(progress.benchmark_id, self.options), 600)
            tell(f"council: what is there is kept. Go on with: {again}\n")
            if code is None:
                raise
            return code
        show(self.archive, benchmark.benchmark_id, self.options, self.settings)
        return 0

    def say(self, text: str) -> None:
        """Say something before the work begins, unless silence was asked for."""
        if not self.options.quiet:
            tell(one_line(text, 600) + "\n")
            sys.stderr.flush()


def resume_command(benchmark_id: str, options: argparse.Namespace) -> str:
    """Return the command that goes on with an interrupted benchmark, ready to paste."""
    if options.verb == "import":
        words = ["council", "bench", "import", options.file]
        kept = [("--suite", options.suite), ("--strong-tests", options.strong_tests)]
        kept += [("--model", model) for model in options.models or ()]
        kept += [("--limit", None if options.limit is None else str(options.limit))]
    else:
        words = ["council", "bench", "run", *([options.suite] if options.suite else [])]
        kept = [("--panel", options.panel), ("--record", options.record), ("--replay", options.replay)]
    kept += [("--policy", options.policy), *(("--set", word) for word in options.sets)]
    for flag, value in kept:
        words += [flag, value] if value else []
    words += ["--unsafe-exec"] if options.unsafe_exec else []
    return shlex.join([*words, "--resume", benchmark_id])


def _running(options: argparse.Namespace, settings: Settings) -> Work:
    """Return the work of ``bench run``; everything that can be wrong with the words is found before it begins."""
    if options.record and options.replay:
        raise UsageError("--record and --replay contradict each other", "Give one of them")
    if options.resume:
        given = [
            f"--{name.rstrip('s') if name in ('models', 'tasks') else name}"
            for name in _DECIDED
            if _given(options, name)
        ]
        if given:
            raise UsageError(
                f"{given[0]} was decided when benchmark {one_line(options.resume, 20)} began", "Leave it out"
            )
        return _resuming(options)
    if options.suite is None:
        raise UsageError("no suite is named", "See what there is with: council bench suites")
    suite = _chosen(load_suite(options.suite, folders=settings.suite_folders), options.tasks)

    async def work(desk: _Desk, progress: BenchProgress) -> Benchmark:
        plan = await _plan(desk, suite)
        return await run_benchmark(suite, plan, house=desk.house, archive=desk.archive, on_event=progress.hear)

    return work


def _resuming(options: argparse.Namespace) -> Work:
    async def work(desk: _Desk, progress: BenchProgress) -> Benchmark:
        found = desk.archive.read_benchmark(options.resume)
        if found.imported_from is not None:
            again = f"council bench import FILE --resume {found.benchmark_id}"
            raise UsageError(f"benchmark {found.benchmark_id} is an import", f"Go on with: {again}")
        whole = load_suite(options.suite or found.suite, folders=desk.settings.suite_folders)
        suite = _chosen(whole, [task.id for task in found.tasks])
        return await resume_benchmark(
            found.benchmark_id,
            suite,
            desk.house.policy(),
            house=desk.house,
            archive=desk.archive,
            on_event=progress.hear,
            one_at_a_time=options.one_at_a_time or None,
        )

    return work


def _importing(options: argparse.Namespace, settings: Settings) -> Work:
    """Return the work of ``bench import``."""
    recorded = _some(read_outputs(options.file), options)
    folders = settings.suite_folders
    edge = None if options.strong_tests is None else load_suite(options.strong_tests, folders=folders)
    if options.suite is None:
        suite = suite_of_outputs(recorded, edge=edge)
    else:
        suite = load_suite(options.suite, folders=folders)
        suite = suite if edge is None else with_edge_tests(suite, edge)

    async def work(desk: _Desk, progress: BenchProgress) -> Benchmark:
        return await import_outputs(
            recorded,
            suite,
            desk.house.policy(),
            house=desk.house,
            archive=desk.archive,
            on_event=progress.hear,
            resume=options.resume,
        )

    return work


async def _plan(desk: _Desk, suite: Suite) -> BenchPlan:
    options = desk.options
    there = await desk.house.host.models()
    names = tuple(dict.fromkeys(options.models)) if options.models else _every(there)
    if not names:
        raise UsageError("no model is named, and Ollama has none", "Fetch one with: ollama pull qwen2.5-coder:1.5b")
    chosen = {"temperature": options.temperature, "samples": options.samples, "seed": options.seed}
    for name, least, most in (("temperature", 0, 2), ("seed", 0, 2**62), ("samples", 1, 1000)):
        value = chosen[name]
        if value is not None and not least <= value <= most:
            raise UsageError(f"--{name} {value}: must be from {least} to {most}")
    plan = BenchPlan(
        models=names,
        policy=desk.house.policy(),
        reviewed=options.review,
        one_at_a_time=options.one_at_a_time or None,
        **{name: value for name, value in chosen.items() if value is not None},
    )
    _announce(desk, suite, plan, there)
    return plan


def _announce(desk: _Desk, suite: Suite, plan: BenchPlan, there: Sequence[LocalModel]) -> None:
    """Say what is about to happen, how long it may take, and whether a run like this one was interrupted."""
    guess = guess_s(desk.archive, plan, suite, there) if desk.options.replay is None else None
    about = "" if guess is None else f", about {duration(guess.seconds)} by {guess.known_by}"
    models = ", ".join(plan.models)
    desk.say(f"{models}: {plural(len(suite.tasks), 'task')} × {plural(plan.samples, 'sample')}{about}")
    before = similar(desk.archive, suite, plan)
    if before is not None:
        again = resume_command(before, desk.options)
        desk.say(f"a run like this one was interrupted and can go on with: {again}")


def _every(models: Sequence[LocalModel]) -> tuple[str, ...]:
    """Return every model that writes text, the largest last: the first results come early."""
    writers = [m for m in models if not any(word in (m.family or "").lower() for word in _NO_CHAT)]
    return tuple(m.name for m in sorted(writers, key=lambda m: (m.size_bytes or 0, m.name)))


def _chosen(suite: Suite, tasks: Sequence[str] | None) -> Suite:
    """Return the suite with only these tasks, in its own order. Raises ``UsageError`` for one it does not have."""
    if not tasks:
        return suite
    known = [task.id for task in suite.tasks]
    for task in tasks:
        if task not in known:
            some = ", ".join(one_line(name, 40) for name in known[:8]) + (", …" if len(known) > 8 else "")
            raise UsageError(f"{one_line(suite.id, 60)} has no task {one_line(task, 60)}", f"It has: {some}")
    chosen: Suite = suite.but(tasks=tuple(task for task in suite.tasks if task.id in tasks))
    return chosen


def _some(recorded: RecordedOutputs, options: argparse.Namespace) -> RecordedOutputs:
    """Return the outputs of the models and of as many tasks as were asked for."""
    for model in options.models or ():
        if model not in recorded.models:
            some = ", ".join(one_line(name, 60) for name in recorded.models[:8])
            raise UsageError(f"{recorded.name} has no outputs of {one_line(model, 60)}", f"It has: {some}")
    tasks = recorded.task_ids[: options.limit]
    kept = [
        o for o in recorded.outputs if o.task_id in set(tasks) and (not options.models or o.model in options.models)
    ]
    some_of: RecordedOutputs = recorded.but(outputs=tuple(kept))
    return some_of


def _given(options: argparse.Namespace, name: str) -> bool:
    return getattr(options, name) not in (None, False)
