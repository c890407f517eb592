"""Task → candidate: a local model writes, the checks look, and what failed goes back to it.

With two tiers the fast model drafts once, and the strong one finishes whatever the draft is worth. Of all attempts the
best is kept: one that passes before one that does not, then the one with more passed tests, then the later one.
"""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable

from council.errors import ModelDenied, ModelError, ModelMissing, ModelOverflow, UsageError
from council.generation.asking import Prompts, Step, repairable
from council.generation.extraction import Extraction, extract_code
from council.protocols import ModelHost
from council.settings import Settings
from council.templating import Templates
from council.text import one_line, plural
from council.types.calls import Call, Finish, Message, Progress, Reply
from council.types.checks import TestOutcome, ValidationReport
from council.types.events import AttemptFinished, AttemptStarted, Event, TextWritten
from council.types.session import Attempt, Generation
from council.types.submission import Origin, SourceFile, Submission

Validate = Callable[[Submission], Awaitable[ValidationReport]]
Listener = Callable[[Event], None]
Admit = Callable[[Reply, str], None]


async def write_code(
    task: str,
    *,
    host: ModelHost,
    validate: Validate,
    settings: Settings,
    templates: Templates,
    tests: tuple[SourceFile, ...] = (),
    path: str = "generated.py",
    on_event: Listener | None = None,
    admit: Admit | None = None,
) -> tuple[Submission | None, Generation]:
    """Let the local model write a module for a task, and repair it up to ``settings.repairs`` times.

    Args:
        task: what the code should do.
        host: the server of local models; it owns retries and waiting.
        validate: runs the checks on a candidate.
        settings: ``model``, ``draft_model``, ``fallback_model``, ``repairs`` and the limits of one reply.
        templates: where the prompts come from.
        tests: pytest files the module must pass; the model sees them.
        path: name of the module, so that the tests can import it.
        on_event: hears attempts and every piece of text.
        admit: looks at what really answered, with the tier it was asked for, and may raise.

    Returns:
        The best attempt as a submission (``None`` when none held whole code), and every attempt.

    Raises:
        UsageError: no model is set, or the task is empty.
        ModelError: the model cannot be asked; once a candidate has been checked, only a missing or denied model.
    """
    if not task.strip():
        raise UsageError("the task is empty", "Say in a sentence what the code should do")
    if settings.model is None:
        raise await no_model(host)
    blank = Submission(files=(), tests=tests, task=task)
    writer = _Writer(blank, path, host=host, validate=validate, settings=settings, admit=admit or _anybody)
    prompts = Prompts(blank, path, settings, templates)
    attempts: tuple[Attempt, ...] = ()
    tell = on_event or _deaf
    steps = settings.repairs + (2 if settings.draft_model else 1)
    for number in range(1, steps + 1):
        step = prompts.next_step(attempts)
        try:
            attempt, failed = await writer.attempt(number, step, attempts, tell), False
        except ModelError as error:
            if isinstance(error, ModelMissing | ModelDenied) or not any(a.report for a in attempts):
                raise
            attempt, failed = Attempt(number=number, tier=step.tier, model=step.model, reason=str(error)), True
        attempts = (*attempts, attempt)
        tell(AttemptFinished(attempt=attempt))
        if failed or (attempt.tier == "strong" and _settled(attempts)):
            break
    best = max((a for a in attempts if a.report is not None), key=_rank, default=None)
    generation = Generation(
        model=settings.model,
        draft_model=settings.draft_model,
        attempts=attempts,
        chosen=None if best is None else best.number,
    )
    return (None if best is None else writer.submission(best)), generation


class _Writer:
    """Makes one attempt: asks, reads the code out of the reply, lets it be checked."""

    def __init__(
        self, blank: Submission, path: str, *, host: ModelHost, validate: Validate, settings: Settings, admit: Admit
    ) -> None:
        self._admit = admit
        self._missing: set[str] = set()
        self._blank = blank
        self._path = path
        self._host = host
        self._validate = validate
        self._settings = settings

    async def attempt(self, number: int, step: Step, before: tuple[Attempt, ...], tell: Listener) -> Attempt:
        """Return the attempt, checked where it holds whole code. Raises ``ModelError``."""
        step, reply = await self._answered(number, step, tell)
        self._admit(reply, step.tier)
        found = extract_code(reply.text, cut_off=reply.finish is Finish.LENGTH)
        attempt = _attempt_of(number, step, reply, found)
        if attempt.code is None or attempt.truncated:
            return attempt
        report = next((a.report for a in before if a.code == attempt.code and a.report), None)
        if report is None:
            report = await self._validate(self.submission(attempt))
        reason = _shortfall(report)
        checked: Attempt = attempt.but(report=report, reason=reason)
        return checked

    def submission(self, attempt: Attempt) -> Submission:
        """Return an attempt as a submission with its origin."""
        made: Submission = self._blank.but(
            files=(SourceFile(path=self._path, text=attempt.code or ""),),
            origin=Origin(model=attempt.model, digest=attempt.digest),
        )
        return made

    async def _answered(self, number: int, step: Step, tell: Listener) -> tuple[Step, Reply]:
        """Ask the step's model, or the fallback where the server does not have it."""
        fallback = self._settings.fallback_model
        if step.model not in self._missing:
            tell(AttemptStarted(number=number, tier=step.tier, model=step.model))
            try:
                return step, await self._ask(number, step, tell)
            except ModelMissing:
                if fallback is None or fallback == step.model or step.tier != "strong":
                    raise
                self._missing.add(step.model)
        step = step.but(model=fallback)
        tell(AttemptStarted(number=number, tier=step.tier, model=step.model))
        return step, await self._ask(number, step, tell)

    async def _ask(self, number: int, step: Step, tell: Listener) -> Reply:
        try:
            return await self._call(number, step, step.messages, tell)
        except ModelOverflow:
            if step.shorter is None:
                raise
            return await self._call(number, step, step.shorter, tell)

    async def _call(self, number: int, step: Step, messages: tuple[Message, ...], tell: Listener) -> Reply:
        tokens = 0

        def hear(progress: Progress) -> None:
            nonlocal tokens
            if progress.text:
                tokens += 1
                tell(TextWritten(text=progress.text, tokens=tokens))

        call = Call(
            model=step.model,
            messages=messages,
            temperature=step.temperature,
            max_tokens=self._settings.reply_limit_tokens,
            seed=number,
            timeout_s=self._settings.generation_timeout_s,
            purpose="generate" if len(messages) == 2 else "repair",
        )
        return await self._host.complete(call, on_progress=hear)


def _attempt_of(number: int, step: Step, reply: Reply, found: Extraction) -> Attempt:
    reason = None
    if found.cut:
        reason = (
            f"cut off at {plural(reply.usage.completion_tokens, 'token')}" if reply.usage.completion_tokens else None
        )
        reason = reason or "cut off at the longest reply allowed"
    elif found.code is None:
        reason = "no code in the reply"
    return Attempt(
        number=number,
        tier=step.tier,
        model=step.model,
        digest=reply.digest,
        code=found.code,
        reason=reason,
        duration_s=reply.duration_s,
        load_s=reply.load_s,
        first_token_s=reply.first_token_s,
        prompt_tokens=reply.usage.prompt_tokens,
        completion_tokens=reply.usage.completion_tokens,
        truncated=found.cut,
    )


def _settled(attempts: tuple[Attempt, ...]) -> bool:
    """Whether an attempt passes, or the code cannot be blamed for what is left."""
    reports = [attempt.report for attempt in attempts if attempt.report is not None]
    if any(_passes(report) for report in reports):
        return True
    return attempts[-1].report is not None and not repairable(attempts[-1].report)


def _passes(report: ValidationReport) -> bool:
    return not report.failed and not report.broken


def _rank(attempt: Attempt) -> tuple[bool, int, int, int]:
    report = attempt.report
    if report is None:
        return (False, 0, 0, attempt.number)
    tests = report.check("tests")
    passed = sum(test.outcome is TestOutcome.PASSED for test in tests.tests) if tests else 0
    return (_passes(report), passed, -len(report.failed) - len(report.broken), attempt.number)


def _shortfall(report: ValidationReport) -> str | None:
    wrong = (*report.failed, *report.broken)
    return one_line("; ".join(f"{check.name}: {check.summary}" for check in wrong), 300) or None


async def no_model(host: ModelHost) -> UsageError:
    """Return what to say where no local model is named: how to name one, and which there are."""
    try:
        names = [model.name for model in await host.models()]
    except ModelError:
        names = []
    problem = "no local model is set"
    if not names:
        return UsageError(problem, "Set one with: export OLLAMA_MODEL=NAME, or --model NAME")
    shown = ", ".join(one_line(name, 60) for name in sorted(names)[:8])
    word = shlex.quote(one_line(sorted(names)[0], 60))
    return UsageError(problem, f"Set one with: export OLLAMA_MODEL={word}, or --model {word}. There are: {shown}")


def _anybody(reply: Reply, tier: str) -> None:
    """Let everybody in."""


def _deaf(event: Event) -> None:
    """Listen to nothing."""
