"""Independent versions of a task called as witnesses: written or taken from the store, and heard about a submission."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from council import versions
from council.errors import ModelError, UsageError
from council.evidence import confirm
from council.examples import extract_examples
from council.generation import extract_code
from council.keeping import KeptBehaviours, Keeper, keep_versions, kept_versions
from council.policies import WRITER, Admission, Policy
from council.protocols import ModelHost, Sandbox, Store
from council.settings import Settings
from council.suites.reading import read_rows, text_field
from council.templating import Templates
from council.types.calls import Reply
from council.types.checks import CheckOutcome, ValidationReport
from council.types.events import VersionsMoved
from council.types.evidence import Evidence, EvidenceKind, EvidenceState
from council.types.submission import Submission
from council.types.versions import Testimony, Version, VersionsReport
from council.versions import speaking

Listener = Callable[[VersionsMoved], None]


def version_models(settings: Settings, recorded: Iterable[Version] = ()) -> tuple[str, ...]:
    """Return the models whose versions count: those named, else those recorded, else the one that writes code.

    Raises ``UsageError`` where there is none.
    """
    named = settings.version_models or tuple(sorted({version.model for version in recorded}))
    named = named or ((settings.model,) if settings.model else ())
    if not named:
        raise UsageError("no local model is named to write the versions", "Name one with: --version-model NAME")
    return named


@dataclass(frozen=True)
class Parts:
    """What of the house is needed to write versions, to keep them, and to run them."""

    settings: Settings
    host: ModelHost
    sandbox: Sandbox
    store: Store | None = None

    @classmethod
    def of(cls, house: Any, policy: Policy | None = None) -> Parts:
        """Return those of a council, with what a policy wants of versions where the settings ask for none."""
        settings = house.settings if policy is None else under_policy(house.settings, policy)
        return cls(settings, house.host, house.sandbox, house.store)


def under_policy(settings: Settings, policy: Policy) -> Settings:
    """Return the settings with a policy's number, models and time of versions, where the user has named none."""
    wanted = policy.versions
    models = settings.version_models or wanted.models
    limit_s = min(settings.versions_limit_s, wanted.limit_s or settings.versions_limit_s)
    changed: Settings = settings.but(
        versions=settings.versions or wanted.count, version_models=models, versions_limit_s=limit_s
    )
    return changed


async def add_versions(
    keep: Keeper,
    parts: Parts,
    admitting: Callable[[], Awaitable[Admission]],
    on_event: Listener,
    *,
    asked: bool = True,
) -> None:
    """Call independent versions of the task as witnesses, where some are wanted, and keep what they say.

    Who has been heard already is not called again. Raises ``ModelBanned`` and ``SandboxError``; a model that cannot be
    asked costs the versions and not the sitting. ``asked``: by hand, so that no model to ask is a mistake.
    """
    session = keep.session
    heard = session.versions
    if heard is None and parts.settings.versions:
        recorded = _recorded(parts.settings.versions_from, session.submission.task or "")
        models: tuple[str, ...] = ()
        try:
            models = version_models(parts.settings, recorded)
            desk = open_desk(parts, models, await admitting())
            heard = await _heard(session.submission, desk, models, recorded, parts, on_event)
        except ModelError as error:
            heard = VersionsReport(models=models, testimony=Testimony(reason=f"no version could be written: {error}"))
        except UsageError as error:
            if asked:
                raise
            heard = VersionsReport(models=(), testimony=Testimony(reason=f"the policy wants versions: {error}"))
    if heard is not None:
        known = {run.finding_id for run in session.evidence}
        fresh = [run for run in proofs_of(heard, session.validation) if run.finding_id not in known]
        keep.change(versions=heard, evidence=(*session.evidence, *fresh))


async def clarify_task(task: str, parts: Parts, admission: Admission, on_event: Listener) -> VersionsReport:
    """Return where versions of a task part, without any submission. Raises ``ModelError``, ``SandboxError``."""
    recorded = _recorded(parts.settings.versions_from, task)
    models = version_models(parts.settings, recorded)
    desk = open_desk(parts, models, admission)
    return await _heard(Submission(files=(), task=task), desk, models, recorded, parts, on_event)


def open_desk(parts: Parts, models: tuple[str, ...], admission: Admission) -> versions.Desk:
    """Return where versions are written, with the policy at its door. Raises ``ModelBanned``."""
    for model in models:
        admission.require(model, WRITER)

    def admit(reply: Reply) -> None:
        refusal = admission.turn_away(reply, WRITER)
        if refusal is not None:
            raise refusal

    return versions.Desk(parts.host, parts.settings, Templates(parts.settings.templates_dir), _code_in, admit)


async def _heard(
    submission: Submission,
    desk: versions.Desk,
    models: tuple[str, ...],
    recorded: tuple[Version, ...],
    parts: Parts,
    on_event: Listener,
) -> VersionsReport:
    task = submission.task or ""
    if not task.strip():
        return VersionsReport(models=models, testimony=Testimony(reason="no task was given, so nobody can write it"))
    kept = recorded or await kept_versions(parts.store, task, parts.host)
    count = parts.settings.versions
    if recorded and not parts.settings.version_models:
        count = min(count, len(recorded))  # nobody was named who could write more
    written = await desk.write(task, models, count, kept=kept, on_event=on_event)
    await keep_versions(parts.store, task, (one for one in written.versions if one not in kept))
    memory = KeptBehaviours(parts.store)
    heard = await versions.hear_versions(
        submission, written.versions, examples=examples_in, sandbox=parts.sandbox, on_event=on_event, memory=memory
    )
    note = written.stopped or (f"{written.empty} of {written.asked} replies held no code" if written.empty else None)
    named: VersionsReport = heard.but(models=models, note=note)
    return named


def proofs_of(report: VersionsReport, checks: ValidationReport | None) -> tuple[Evidence, ...]:
    """Return the standing of the difference that versions found.

    It was run, so it is reproduced. The task's own example or a given test that expects the same upholds it. Where
    given tests pass, versions alone decide nothing: the claim is disputed until somebody else confirms it.
    """
    difference = report.testimony.difference
    if difference is None or not report.findings:
        return ()
    found = Evidence(
        finding_id=report.findings[0].id,
        state=EvidenceState.REPRODUCED,
        kind=EvidenceKind.VERSIONS,
        reason=f"{difference.agreeing} of {difference.of} distinct versions agree against it",
        expected=speaking.outcome_words(difference.expected).removeprefix("returns "),
        actual=speaking.outcome_words(difference.given).removeprefix("returns "),
        test="the input of the versions",
        runs=2,
        failed=2,
    )
    if difference.confirmed_by:
        return (confirm(found, by=difference.confirmed_by),)
    tests = None if checks is None else checks.check("tests")
    if tests is not None and tests.outcome is CheckOutcome.PASSED and tests.tests:
        why = f"{found.reason}, but the given tests pass and nobody else has confirmed it"
        return (found.but(state=EvidenceState.DISPUTED, reason=why),)
    return (found,)


def examples_in(text: str, functions: Mapping[str, tuple[str, ...]]) -> Iterable[versions.Example]:
    """Return the examples of a task that call its functions."""
    return [versions.Example(call=one.call, expected=one.expected) for one in extract_examples(text, functions)]


def _code_in(reply: str, cut_off: bool) -> str | None:
    return extract_code(reply, cut_off=cut_off).code


def _recorded(path: Path | None, task: str) -> tuple[Version, ...]:
    """Return the versions in a file, made whole as those just written are. Raises ``SourceError`` with the line."""
    if path is None:
        return ()
    found = []
    for number, (place, row) in enumerate(read_rows(path)):
        code = versions.completed(text_field(row, "code", place), task)
        found.append(
            Version(id=versions.program_id(code), code=code, model=text_field(row, "model", place), seed=number)
        )  # fmt: skip
    return tuple(found)
