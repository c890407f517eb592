"""What versions say against a submission: enough distinct ones agree among themselves, and it does something else.

N-version programming (Avizienis, IEEE TSE 11(12), 1985), with the warning of Knight and Leveson (IEEE TSE 12(1), 1986)
that versions fail together: agreement is evidence and no proof, so it asks for distinct programs that pass the task's
examples, for an input the task allows, and it never decides against tests that pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from council.text import plural
from council.types.base import Record
from council.types.versions import Difference, Input, Testimony
from council.versions.agreeing import Row, Table
from council.versions.comparing import is_limit


class Terms(Record):
    """How much agreement convicts."""

    agreeing: int = 4
    """Distinct programs that must do the same."""
    share: float = 0.85
    """Of the distinct programs that gave an outcome."""


def hear_witnesses(
    table: Table,
    submission: str,
    names: Iterable[str],
    *,
    models: Mapping[str, str] | None = None,
    terms: Terms | None = None,
) -> Testimony:
    """Return what the witnesses ``names`` say about the submission; both are ids of the table.

    ``models`` names who wrote each. The smallest input that convicts is taken, with what all did on it.
    """
    terms = terms or Terms()
    asked = tuple(sorted(set(names)))
    if table.behaviours[submission].failure is not None:
        return Testimony(reason=f"the submission cannot be run: {table.behaviours[submission].failure}")
    found: list[Difference] = []
    counted = alike = 0
    agreeing: set[str] = set(asked)
    for number, one in enumerate(table.inputs):
        if not one.plain:
            continue
        camp = table.camp(number, asked)
        if camp is None or camp.rejects:
            continue
        counted += 1
        step = differing_step(table, number, submission, camp.members)
        if step is None:
            alike += 1
            agreeing &= set(camp.members)
            continue
        difference = _difference(table, number, step, submission, asked, terms)
        if difference is not None:
            found.append(difference)
        agreeing = set()
    if not found:
        return Testimony(
            reason=_why(len(asked), counted, alike, terms), agreeing=len(agreeing), witnesses=len(asked), inputs=counted
        )
    smallest = min(found, key=lambda difference: size_of_input(difference.input))
    wrote = models or {}
    by = tuple(sorted({wrote[name] for name in _members(table, smallest, asked) if name in wrote}))
    smallest = smallest.but(models=by, inputs=len(found))
    reason = f"{smallest.agreeing} of {smallest.of} versions agree and the submission differs"
    return Testimony(difference=smallest, reason=reason, witnesses=len(asked), inputs=counted)


def differing_step(table: Table, number: int, submission: str, members: tuple[str, ...]) -> int | None:
    """Return the first step on which a submission and a group that agrees do different things."""
    row = table.row(submission, number)
    if row is None:
        return None
    trace = table.trace(number, (submission, members[0]))
    for step, (mine, theirs) in enumerate(trace):
        if theirs < 0:
            return None
        if mine != theirs:
            return None if mine < 0 and not _counts(row, step) else step
    return None


def _counts(row: Row, step: int) -> bool:
    """Whether a step without outcome says something: the process ended; time and memory may be the machine's."""
    return step < len(row) and row[step].get("stop") == "end"


def _difference(
    table: Table, number: int, step: int, submission: str, asked: tuple[str, ...], terms: Terms
) -> Difference | None:
    camp = table.camp(number, asked, step)
    row = table.row(submission, number)
    if camp is None or row is None or camp.rejects:
        return None
    if len(camp.members) < terms.agreeing or len(camp.members) < terms.share * camp.voters:
        return None
    theirs = table.row(camp.members[0], number)
    if theirs is None or is_limit(theirs[step]) or differing_step(table, number, submission, camp.members) != step:
        return None
    one = table.inputs[number]
    return Difference(
        input=one.but(steps=one.steps[: step + 1]),
        step=step,
        given=row[step],
        expected=theirs[step],
        agreeing=len(camp.members),
        of=camp.voters,
    )


def _members(table: Table, difference: Difference, asked: tuple[str, ...]) -> tuple[str, ...]:
    steps = difference.input.steps
    for number, one in enumerate(table.inputs):
        if one.steps[: len(steps)] == steps:
            camp = table.camp(number, asked, difference.step)
            return camp.members if camp is not None else ()
    return ()


def size_of_input(one: Input) -> tuple[int, int, int, str]:
    """Return what makes an input small: few steps, short, few digits and signs, then by its text."""
    text = str(one)
    return (len(one.steps), len(text), sum(char.isdigit() and char > "1" for char in text), text)


def _why(witnesses: int, counted: int, alike: int, terms: Terms) -> str:
    if witnesses < terms.agreeing:
        return f"{plural(witnesses, 'distinct version')} passes the examples, {terms.agreeing} are needed"
    if not counted:
        return "no input counts: the versions turn all of them away"
    if alike == counted:
        return f"the submission does on {plural(counted, 'input')} what most versions do"
    return "the submission differs where too few versions agree"
