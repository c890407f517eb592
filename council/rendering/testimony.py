"""What independent versions of a task say, in words that terminal and documents share."""

from __future__ import annotations

from council.templating import percent, seconds
from council.text import plural
from council.types.versions import Difference, Pick, Version, VersionsReport


def versions_words(report: VersionsReport, *, judged: bool = True) -> tuple[str, ...]:
    """Return what independent versions of the task say: who was heard, then what came of it, each in a line.

    ``judged``: whether there was a submission to speak of.
    """
    told = report.testimony
    who = f"{plural(len(report.versions), 'version')} by {', '.join(report.models)}"
    heard = f"{told.witnesses} distinct heard on {plural(told.inputs, 'input')}"
    lines = [f"{who}: {heard}" if report.versions else "none", told.reason]
    if judged and told.agreeing and told.difference is None:
        lines.append(f"{told.agreeing} of {told.witnesses} do what the submission does on every one of them")
    if judged and told.difference is not None:
        lines.append(_difference_words(told.difference))
    return (*lines, *([report.note] if report.note else []))


def _difference_words(difference: Difference) -> str:
    by = f", which {' and '.join(difference.models)} wrote" if difference.models else ""
    words = f"it differs on {plural(difference.inputs, 'input')} from the programs that agree{by}"
    others = " and ".join(difference.confirmed_by)
    return f"{words}; {others} expects what they do" if others else words


def version_rows(report: VersionsReport) -> tuple[tuple[Version, int | None], ...]:
    """Return each version with the number of the earlier one that is the same program; ``None`` where none is."""
    first: dict[str, int] = {}
    rows = []
    for number, version in enumerate(report.versions, 1):
        same = first.setdefault(version.id, number)
        rows.append((version, None if same == number else same))
    return tuple(rows)


def pick_words(pick: Pick) -> tuple[str, ...]:
    """Return how one of several versions was picked, how sure that is, and what they differ on."""
    if not pick.clusters:
        return ("nothing in common could be run: picked by the checks alone",)
    whole = next((one for one in pick.clusters if pick.chosen in one.members), pick.clusters[0])
    verb = "holds" if pick.examples == 1 else "hold"
    examples = f"{pick.examples_passed} of {plural(pick.examples, 'example')} of the task {verb}"
    lines = [
        f"picked from {plural(len(pick.clusters), 'cluster')}: {plural(whole.written, 'version')} do the same"
        + (f", {examples}" if pick.examples else ", the task gives no example")
    ]
    if pick.probability is not None:
        lines.append(f"{percent(pick.probability)} sure that it is right, as measured on picks of small models")
    answered = [f"{q.text} {q.by}: it {q.choices[q.answer]}" for q in pick.questions if q.answer is not None]
    return (*lines, *answered, *pick.open_questions)


def versions_cost_words(report: VersionsReport) -> str | None:
    """Return in a sentence what the versions cost; ``None`` where nothing is known of it."""
    known = [version.duration_s for version in report.versions if version.duration_s is not None]
    wrote = [f"written in {seconds(sum(known))}"] if known else []
    if wrote and report.completion_tokens is not None:
        wrote.append(f"with {plural(report.completion_tokens, 'token')}")
    run = [f"run in {seconds(report.duration_s)}"] if report.duration_s is not None else []
    return ", ".join((*([" ".join(wrote)] if wrote else []), *run)) or None
