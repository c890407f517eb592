"""``council review``: validate, ask the seats, decide, and say what to type next."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path

from council.api import submission_of
from council.cli.common import emit, named_task, resolve, run_async, tell, writable_target
from council.cli.fixing import apply_fix, check_asking, earlier_session, verified_fix
from council.cli.rehearing import resume_steps
from council.cli.walls import walls
from council.engine import Council
from council.errors import UsageError
from council.models import has_key, key_variable
from council.policies import list_panels
from council.rendering import Documents, terminal
from council.settings import Settings
from council.text import one_line
from council.types.consensus import Consensus, Decision
from council.types.evidence import EvidenceState
from council.types.reviews import Review, ReviewOutcome
from council.types.session import Session
from council.types.submission import Submission


def run(options: argparse.Namespace) -> int:
    """Review and return the exit code of the decision."""
    if options.seats and options.panel:
        raise UsageError("--panel and --seat contradict each other", "Give one of them")
    if options.record and options.replay:
        raise UsageError("--record and --replay contradict each other", "Give one of them")
    if options.replay and not Path(options.replay).is_dir():
        raise UsageError(f"--replay {one_line(options.replay)}: there is no such folder")
    check_asking(options)
    settings = resolve(options).settings
    if options.panel:
        settings = settings.but(seats=())  # a panel named on the command line beats seats named in a file
    writable_target(options.output)
    task, task_path = named_task(options.task)
    submission = submission_of(options.paths, task=task, tests=options.tests or None, settings=settings)
    submission = submission.but(task_path=task_path)
    if options.apply_fix is not None:
        kept = earlier_session(submission, settings)
        return apply_fix(kept or run_async(_review(submission, settings, options)), options)
    session = run_async(_review(submission, settings, options))
    steps = next_commands(session, options)
    if options.format == "text":
        emit(terminal.session_text(session, steps, plain=options.output is not None), options.output)
    else:
        emit(Documents(settings.templates_dir).render(session, document=options.format), options.output)
    for note in session.notes:
        tell(f"council: {one_line(note, 400)}\n")
    decision = session.consensus.decision if session.consensus else Decision.BLOCKED
    return decision.exit_code


async def _review(submission: Submission, settings: Settings, options: argparse.Namespace) -> Session:
    record = Path(options.record) if options.record else None
    replay = Path(options.replay) if options.replay else None
    sandbox = walls(options, settings)
    async with Council.from_settings(settings, record=record, replay=replay, sandbox=sandbox) as house:
        with terminal.LiveSitting(quiet=options.quiet) as live:
            return await house.review(submission, on_event=live.hear)


def next_commands(session: Session, options: argparse.Namespace) -> tuple[tuple[str, str], ...]:
    """Return what is worth typing after this decision, each with what it is good for."""
    consensus = session.consensus
    if consensus is None:
        return ()
    steps = [] if options.no_store or consensus.decision is Decision.NO_QUORUM else list(resume_steps(session))
    if consensus.decision is Decision.NO_QUORUM:
        steps += _toward_a_quorum(session, consensus, options)
    if consensus.decision is Decision.BLOCKED and not session.submission.tests:
        steps.append((_again(options, ("--tests", "TESTS")), "gives the required checks something to run"))
    if consensus.concerns and options.no_store is False:
        first = consensus.concerns[0].id
        proved = consensus.concerns[0].state in (EvidenceState.UPHELD, EvidenceState.REPRODUCED)
        what = f"the run that proves concern {first}" if proved else f"all that was said of concern {first}"
        steps.append((f"council session show {session.session_id} {first}", what))
    fixes = [(concern, found) for concern in consensus.concerns if (found := verified_fix(concern)) is not None]
    if fixes:
        concern, (_, trial) = fixes[0]
        why = f"a fix that was run: {one_line(trial.reason, 100)}"
        steps.append((_again(options, ("--apply-fix", concern.id)), why))
    if consensus.decision in (Decision.CHANGES_REQUESTED, Decision.REJECTED):
        steps.append((_again(options, ()), "once it is mended"))
    if options.no_store is False:
        steps.append((f"council session show {session.session_id} --format markdown", "the session as a document"))
    return tuple(steps[:4])


def _toward_a_quorum(session: Session, consensus: Consensus, options: argparse.Namespace) -> list[tuple[str, str]]:
    steps = []
    for seat in session.seats:
        variable = key_variable(seat.model)
        if variable is not None and seat.api_base is None and not has_key(seat.model):
            steps.append((f"export {variable}=…", f"gives seat {one_line(seat.name, 60)} a voice"))
            break
    steps += _mended(session.reviews)
    for review in session.reviews:
        if review.outcome is ReviewOutcome.RECUSED:
            why = f"another model in place of {one_line(review.seat.name, 60)}, which does not judge its own work"
            others = tuple(w for s in session.seats if s.name != review.seat.name for w in ("--seat", s.model))
            steps.insert(0, (_again(options, (*others, "--seat", "MODEL")), why))
            break
    if options.no_store is False:
        steps += resume_steps(session)
    if session.panel is not None and session.panel != "local" and "local" in list_panels():
        steps.append((_again(options, ("--panel", "local")), "asks the models of your Ollama: cheap, and weak judges"))
    steps.append((_again(options, ("--policy", "checks-only")), "lets the checks alone decide, and says so"))
    return steps


def _mended(reviews: Sequence[Review]) -> list[tuple[str, str]]:
    """Return the command that gives the first silent seat its voice, where its remedy is one: ``ollama pull …``."""
    for review in reviews:
        _, with_command, command = (review.remedy or "").partition(" it with: ")
        if with_command:
            return [(one_line(command, 120), f"gives seat {one_line(review.seat.name, 60)} a voice")]
    return []


def _again(options: argparse.Namespace, extra: tuple[str, ...]) -> str:
    """Return the same call with other words, ready to paste."""
    words = ["council", "review", *options.paths]
    for test in options.tests:
        words += ["--tests", test]
    if options.task:
        words += ["--task", options.task if options.task.startswith("@") else "…"]
    kept = [
        ("--policy", options.policy),
        ("--panel", options.panel),
        *(("--seat", seat) for seat in options.seats or ()),
    ]
    words += ["--probe"] if options.probe else []
    words += ["--versions", str(options.versions)] if options.versions else []
    words += [word for model in options.version_models or () for word in ("--version-model", model)]
    words += ["--versions-from", options.versions_from] if options.versions_from else []
    for flag, value in kept:
        clash = flag in extra or {flag, *extra[:1]} == {"--panel", "--seat"}
        if value and not clash and extra[:1] != ("--policy",):
            words += [flag, value]
    return one_line(shlex.join([*words, *extra]).replace("'…'", "…"), 300)
