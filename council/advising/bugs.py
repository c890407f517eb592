"""The bugs that were seen: each class with its numbers and one or two real programs, and right ones beside them."""

from __future__ import annotations

from collections.abc import Sequence

from council.advising.evidence import Evidence, Measured, passed_both
from council.advising.lines import likeness, named_in, spans_of
from council.advising.pointers import split
from council.advising.tallies import MOST_CLASSES, tasks_of, unseen
from council.types.advisories import Bug, BugExample, EdgeFailure, Excerpt, FailedTest, ValidationRun
from council.types.benchmarks import Sample
from council.types.checks import CheckOutcome, TestOutcome, TestResult
from council.types.facts import Fact

EXAMPLES = 2
MOST_EDGES = 12
_MOST_TASKS = 8
_LONGEST_OUTPUT = 40
_MOST_OF_A_REPLY = 8
_WIDEST = 160
"""Programs with longer lines are shown only where there are no others."""


def bugs_of(evidence: Evidence, one: Measured, subject: str, against: Sequence[str]) -> tuple[Bug, ...]:
    """Return the classes of failure with the most tasks, each with examples; classes with nothing to show come last."""
    failures = one.failures[subject]
    fact = _Facts(evidence, one)
    found = []
    for key, samples in list(failures.by_class.items())[:MOST_CLASSES]:
        hidden = unseen(samples)
        tasks = tasks_of(samples)
        found.append(
            Bug(
                key=key,
                title=fact("classes", subject, key, "title"),
                impact=fact("classes", subject, key, "impact"),
                samples=fact("classes", subject, key, "samples"),
                tasks=fact("classes", subject, key, "tasks"),
                task_names=tuple(fact("tasks", task) for task in tasks[:_MOST_TASKS]),
                unseen=fact("classes", subject, key, "unseen") if hidden else None,
                examples=_examples(evidence, one, samples, against),
            )
        )
    return tuple(found)


def edge_failures_of(evidence: Evidence, one: Measured, subject: str) -> tuple[EdgeFailure, ...]:
    """Return edge cases that code failed which had passed every plain test: one a program."""
    fact = _Facts(evidence, one)
    found = []
    for sample in sorted(unseen(one.failures[subject].failed), key=lambda s: (s.task, s.number))[:MOST_EDGES]:
        test = (
            next((t for t in sample.edge.tests if t.outcome is not TestOutcome.PASSED), None) if sample.edge else None
        )
        if test is not None and sample.edge is not None:
            place = ("samples", subject, sample.task, sample.number, "edge", "tests", sample.edge.tests.index(test))
            found.append(
                EdgeFailure(
                    key=f"{sample.task} {sample.number}",
                    task=fact("tasks", sample.task),
                    test=fact(*place, "name"),
                    reason=fact(*place, "reason") if test.reason else fact(*place, "outcome"),
                )
            )
    return tuple(found)


def validation_of(evidence: Evidence, one: Measured, bugs: Sequence[Bug]) -> tuple[ValidationRun, ...]:
    """Return what the checks printed about the first example of the largest classes."""
    found = []
    for bug in bugs[:3]:
        for example in bug.examples[:1]:
            model, task, number = split(example.faulty.place.sources[0].pointer)[1:4]
            sample = one.sample(model, task, int(number))
            if sample.report is None or not sample.report.checks:
                continue
            count = len(evidence.words.marks(sample.report))
            fact = _Facts(evidence, one)
            place = ("samples", model, task, number, "report", "marks")
            found.append(
                ValidationRun(
                    key=example.key, task=example.task, lines=tuple(fact(*place, line) for line in range(count))
                )
            )
    return tuple(found)


class _Facts:
    """Makes facts of one benchmark."""

    def __init__(self, evidence: Evidence, one: Measured) -> None:
        self._evidence, self._id = evidence, one.benchmark.benchmark_id

    def __call__(self, *parts: object) -> Fact:
        return self._evidence.fact("benchmark", self._id, *parts)


def _examples(
    evidence: Evidence, one: Measured, samples: Sequence[Sample], against: Sequence[str]
) -> tuple[BugExample, ...]:
    """Return the clearest examples: with right code beside them, plain tests before edge cases, short before long."""
    shown: dict[str, BugExample] = {}
    ranked = []
    for sample in samples:
        if (sample.code or sample.reply or "").strip():
            right = _right(one, sample, against)
            output = max((len((t.output or "").splitlines()) for t in sample.failed_tests[:1]), default=0)
            size = _size(sample.code or sample.reply)
            wide = max(map(len, (sample.code or sample.reply or "").splitlines()), default=0) > _WIDEST
            order = (right is None, sample.passed, wide, output > _LONGEST_OUTPUT, size, sample.task)
            ranked.append((order, sample, right))
    for _, sample, right in sorted(ranked, key=lambda entry: (*entry[0], entry[1].number)):
        if len(shown) < EXAMPLES and sample.task not in shown:
            shown[sample.task] = _example(evidence, one, sample, right)
    return tuple(shown.values())


def _example(evidence: Evidence, one: Measured, sample: Sample, right: Sample | str | None) -> BugExample:
    fact = _Facts(evidence, one)
    theirs = right if isinstance(right, str) else right.code if right is not None else None
    place = ("samples", sample.model, sample.task, sample.number)
    expected = None
    if isinstance(right, Sample) and right.code:
        author = fact("models", right.model, "name")
        expected = _excerpt(
            fact, author, ("samples", right.model, right.task, right.number, "code"), right.code, sample.code
        )
    elif isinstance(right, str):
        expected = _excerpt(fact, fact("suite"), ("tasks", sample.task, "reference"), right, sample.code)
    return BugExample(
        key=f"{sample.task} {sample.number}",
        task=fact("tasks", sample.task),
        faulty=_faulty(fact, sample, place, theirs),
        expected=expected,
        expected_by=None if expected is None else "model" if isinstance(right, Sample) else "reference",
        test=_failed_test(fact, sample, place),
        said=_said(fact, sample, place),
        no_code=not (sample.code or "").strip(),
    )


def _faulty(fact: _Facts, sample: Sample, place: tuple[object, ...], right: str | None) -> Excerpt:
    """Return the lines that matter, those where the error arose among them; without code how the reply begins."""
    author = fact("models", sample.model, "name")
    if not (sample.code or "").strip():
        last = min(_MOST_OF_A_REPLY, len((sample.reply or "").splitlines()))
        return _shown(fact, author, (*place, "reply"), [f"1-{last}"])
    wrong = next((test for test in sample.failed_tests), None)
    spans = spans_of(sample.code or "", right, also=named_in(wrong.output if wrong else None))
    return _shown(fact, author, (*place, "code"), [f"{first}-{last}" for first, last in spans])


def _said(fact: _Facts, sample: Sample, place: tuple[object, ...]) -> Fact | None:
    """Return why nothing was tested: the first check that failed, or why there is no code."""
    if sample.failed_tests:
        return None
    checks = sample.report.checks if sample.report else ()
    failed = next((check for check in checks if check.outcome is CheckOutcome.FAILED), None)
    if failed is not None:
        return fact(*place, "report", "checks", failed.name, "summary")
    return fact(*place, "reason") if sample.reason else None


def _excerpt(fact: _Facts, author: Fact, place: tuple[object, ...], code: str, other: str | None) -> Excerpt:
    return _shown(fact, author, place, [f"{first}-{last}" for first, last in spans_of(code, other)])


def _shown(fact: _Facts, author: Fact, place: tuple[object, ...], spans: Sequence[str]) -> Excerpt:
    return Excerpt(
        key=author.text,
        author=author,
        place=fact(*place, "place", ",".join(spans)),
        parts=tuple(fact(*place, "lines", span) for span in spans),
    )


def _failed_test(fact: _Facts, sample: Sample, place: tuple[object, ...]) -> FailedTest | None:
    plain = sample.report.check("tests") if sample.report else None
    for kind, check, inside in (
        ("plain", plain, ("report", "checks", "tests", "tests")),
        ("edge", sample.edge, ("edge", "tests")),
    ):
        tests: tuple[TestResult, ...] = check.tests if check else ()
        for number, test in enumerate(tests):
            if test.outcome is not TestOutcome.PASSED:
                at = (*place, *inside, number)
                return FailedTest(
                    key=test.name,
                    name=fact(*at, "name"),
                    kind="plain" if kind == "plain" else "edge",
                    reason=fact(*at, "reason") if test.reason else fact(*at, "outcome"),
                    output=fact(*at, "output") if test.output and test.output.strip() else None,
                )
    return None


def _right(one: Measured, sample: Sample, against: Sequence[str]) -> Sample | str | None:
    """Return code that passed every test of the task: of a model to compare with, else the suite's own solution."""
    for model in against:
        passing = [s for s in one.samples if s.model == model and s.task == sample.task and s.code and passed_both(s)]
        if passing:
            return max(passing, key=lambda s: (likeness(s.code or "", sample.code or ""), -s.number))
    task = one.benchmark.task(sample.task)
    return task.reference if task is not None else None


def _size(code: str | None) -> int:
    return len([line for line in (code or "").splitlines() if line.strip()])
