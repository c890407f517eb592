"""Several versions of one task are written, and one is picked: by examples and tests, then by agreement."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import PurePath

from council import versions
from council.generation import no_model
from council.keeping import KeptBehaviours, keep_versions, kept_versions
from council.policies import Admission
from council.settings import Settings
from council.text import one_line, plural
from council.types.checks import CheckOutcome, TestOutcome, ValidationReport
from council.types.events import Event, VersionsMoved
from council.types.session import Attempt, Generation
from council.types.submission import Origin, SourceFile, Submission
from council.types.versions import Pick, Question, Version
from council.versions.asking import Ask
from council.versions.hearing import Hearing, prepare
from council.versions.speaking import ambiguity_words
from council.versions.writing import Written
from council.witnessing import Parts, examples_in, open_desk, version_models

Check = Callable[[Submission], Awaitable[ValidationReport]]


async def write_samples(
    blank: Submission,
    path: str,
    parts: Parts,
    admission: Admission,
    *,
    check: Check,
    on_event: Callable[[Event], None],
    remark: Callable[[str], None],
    ask: Ask | None = None,
) -> tuple[Submission | None, Generation]:
    """Let local models write a task ``settings.samples`` times and return the pick, with every version as an attempt.

    What was written for the task before is used again. ``remark`` hears what a reader has to know of that.
    ``ask`` is put what versions part on, and the pick is then one of those that do what was answered.

    Raises ``UsageError`` without a model, ``ModelError`` when nothing can be written, ``SandboxError`` when nothing can
    be run.
    """
    if not parts.settings.version_models and parts.settings.model is None:
        raise await no_model(parts.host)
    models = _writers(parts.settings)
    desk = open_desk(parts, models, admission)
    task = blank.task or ""
    kept = await kept_versions(parts.store, task, parts.host)
    written = await desk.write(task, models, parts.settings.samples, kept=kept, on_event=on_event)
    await keep_versions(parts.store, task, (one for one in written.versions if one not in kept))
    again = sum(one in kept for one in written.versions)
    for words in _remarks(written, again, parts.settings.samples):
        remark(words)
    groups = versions.distinct(written.versions)
    reports = {name: await check(_made(blank, path, group[0])) for name, group in groups.items()}
    best = max((_passed(report) for report in reports.values()), default=(False, 0))
    fit = [one for one in written.versions if _passed(reports[one.id]) == best]
    picked = await _pick(blank, path, fit, len(written.versions), parts, on_event, ask)
    chosen = next((number for number, one in enumerate(written.versions, 1) if one.id == picked.chosen), None)
    attempts = tuple(
        _attempt(number, one, reports[one.id], picked, chosen) for number, one in enumerate(written.versions, 1)
    )
    generation = Generation(model=", ".join(models), attempts=attempts, chosen=chosen, pick=picked)
    return (None if chosen is None else _made(blank, path, written.versions[chosen - 1])), generation


def _remarks(written: Written, again: int, wanted: int) -> Iterator[str]:
    """Yield what is worth saying of how versions came about; ``again`` of them were kept from before."""
    if again:
        yield f"{again} of {plural(len(written.versions), 'version')} were written before for this task and used again"
    if written.empty:
        yield f"{written.empty} of {plural(written.asked, 'reply', 'replies')} held no whole code"
    if written.stopped is not None:
        yield f"{len(written.versions)} of {plural(wanted, 'version')} are there: {written.stopped}"


def _writers(settings: Settings) -> tuple[str, ...]:
    """Return the models that share the samples: those named, else both tiers, else the one that writes."""
    tiers = (settings.draft_model, settings.model)
    if not settings.version_models and all(tiers):
        return tuple(dict.fromkeys(name for name in tiers if name))
    return version_models(settings)


async def _pick(
    blank: Submission,
    path: str,
    fit: list[Version],
    of: int,
    parts: Parts,
    on_event: Callable[[VersionsMoved], None],
    ask: Ask | None,
) -> Pick:
    task = blank.task or ""
    ground = prepare(task, fit, blank.tests, examples_in)
    if ground is None:  # nothing in common can be called: the checks alone have spoken
        first = min(fit, key=lambda one: (one.temperature or 0.0, one.seed or 0, one.id), default=None)
        return Pick(chosen=None if first is None else first.id)
    programs: Mapping[str, tuple[SourceFile, ...]] = {
        one.id: (SourceFile(path="version.py", text=one.code),) for one in fit
    }
    hearing = Hearing(ground, parts.sandbox, on_event, memory=KeptBehaviours(parts.store))
    table = await hearing.table(programs, ground.inputs)
    beliefs = versions.believed(task, ground.face.name)
    picked = versions.pick(table, fit, ground.examples, beliefs, written=of)
    members = [name for cluster in picked.clusters for name in cluster.members]
    splits = versions.ambiguities(table, members)
    questions: tuple[Question, ...] = ()
    if ask is not None and splits:
        questions = await versions.ask_all(splits, ask, PurePath(path).stem, ground.face.name)
        kept = versions.agreeing_with(questions, fit)
        if len(kept) < len(fit):  # how sure such a pick is was never measured
            picked = versions.pick(table, kept, ground.examples, beliefs, written=of).but(probability=None)
    still = tuple(split for split in splits if not any(q.about == split and q.answer is not None for q in questions))
    found: Pick = picked.but(
        ambiguities=splits, open_questions=tuple(map(ambiguity_words, still)), questions=questions
    )
    return found


def _made(blank: Submission, path: str, version: Version) -> Submission:
    origin = Origin(model=version.model, digest=version.digest)
    made: Submission = blank.but(files=(SourceFile(path=path, text=version.code),), origin=origin)
    return made


def _passed(report: ValidationReport) -> tuple[bool, int]:
    """Return whether the given tests passed, and how many of them: what a pick may rest on before all agreement."""
    tests = report.check("tests")
    if tests is None or tests.outcome is CheckOutcome.SKIPPED:
        return (True, 0)
    return (tests.passed, sum(test.outcome is TestOutcome.PASSED for test in tests.tests))


def _attempt(number: int, version: Version, report: ValidationReport, picked: Pick, chosen: int | None) -> Attempt:
    first = number == chosen
    return Attempt(
        number=number,
        tier="sample",
        model=version.model,
        digest=version.digest,
        code=version.code,
        reason=None if first else _why(version, report, picked),
        duration_s=version.duration_s,
        prompt_tokens=version.prompt_tokens,
        completion_tokens=version.completion_tokens,
        report=report if first else None,
    )


def _why(version: Version, report: ValidationReport, picked: Pick) -> str:
    """Return why a version was not picked."""
    if version.id == picked.chosen:
        return "the same program as the pick"
    tests = report.check("tests")
    if tests is not None and tests.outcome is CheckOutcome.FAILED:
        return one_line(f"tests: {tests.summary}", 120)
    mine = next((cluster for cluster in picked.clusters if version.id in cluster.members), None)
    if mine is None:
        return "fewer examples hold for it, or it cannot be run"
    if picked.chosen in mine.members:
        return "does the same as the pick"
    return (
        f"does something else, as {plural(mine.written, 'version')} in all"
        if mine.written > 1
        else "does something else"
    )
