"""Summary, reasons and answers: sentences that say what was measured, and no more."""

from __future__ import annotations

from council.advising.choosing import Choice
from council.advising.evidence import Evidence, Measured
from council.advising.rating import rated_by
from council.advising.sentences import listed, numbered, say
from council.policies import standing_of
from council.policies.names import read_name
from council.types.advisories import AdvisoryStatus, Question, Sentence
from council.types.facts import Fact


class Told:
    """The facts that summary, reasons and answers share."""

    def __init__(self, evidence: Evidence, one: Measured, subject: str, choice: Choice, status: AdvisoryStatus) -> None:
        self.evidence, self.one, self.subject, self.choice, self.status = evidence, one, subject, choice, status
        self.metric = rated_by(one.table)
        self.failures = one.failures[subject]
        self.name = self.fact("models", subject, "name")
        self.rate = self.fact("table", self.metric, subject)
        self.tasks = self.fact("table", "tasks")
        self.suite = self.fact("suite_title") if one.benchmark.suite_title else self.fact("suite")
        self.primary = choice.role("primary")

    def fact(self, *parts: object) -> Fact:
        """Return a fact of the benchmark."""
        return self.evidence.fact("benchmark", self.one.benchmark.benchmark_id, *parts)

    def tally(self, name: str) -> Fact:
        """Return a count over the model's programs."""
        return self.fact("tally", self.subject, name)

    @property
    def every(self) -> str:
        """What is counted: every test, or plain ones where there are no edge cases."""
        edges = self.one.table.row("edge_cases")
        known = edges is not None and any(cell.value is not None for cell in edges.cells)
        return "every test, edge cases included" if known and self.metric == "both_passed" else "every plain test"

    def other(self) -> tuple[Fact, Fact] | None:
        """Return name and rate of the primary alternative."""
        if self.primary is None:
            return None
        return self.primary.model, self.fact("table", self.metric, self.primary.model.value)


def key_finding_of(told: Told) -> Sentence:
    """Return the one sentence that stays: the label is not the quality, or how the model stands alone."""
    other = told.other()
    if other is None:
        return say("key-finding", "{name} passed {rate} of {tasks}.", name=told.name, rate=told.rate, tasks=told.tasks)
    words = "{other} passes {their_rate} where {name} passes {rate}"
    if "code" in told.subject.casefold() and "code" not in str(other[0].value).casefold():
        words = "A name that promises code is no measurement: " + words
    return say("key-finding", words + ".", other=other[0], their_rate=other[1], name=told.name, rate=told.rate)


def summary_of(told: Told) -> tuple[Sentence, ...]:
    """Return the executive summary."""
    found = [
        say(
            "measured",
            "{name} was measured on {tasks} of {suite}; {rate} of its programs pass " + told.every + ".",
            name=told.name, tasks=told.tasks, suite=told.suite, rate=told.rate,
        )
    ]  # fmt: skip
    if told.failures.failed:
        classes = tuple(told.fact("classes", told.subject, key, "title") for key in list(told.failures.by_class)[:3])
        words = "{failed} failed, in {classes}; the most frequent: " + listed(classes) + "."
        found.append(
            say("failed", words, failed=told.tally("failed"), classes=told.tally("classes"), **numbered(classes))
        )
    if told.failures.tally("unseen").count:
        words = "{unseen} that passed the plain tests failed an edge case."
        found.append(say("unseen", words, unseen=told.tally("unseen")))
    other = told.other()
    if other is not None:
        words, facts = "On the same tasks {other} passes {rate}", {"other": other[0], "rate": other[1]}
        if not told.choice.fit:
            words += ": more, and still below the {fit_at} from which the policy calls a model fit for production."
            facts["fit_at"] = told.evidence.fact("policy", told.evidence.policy.id, "advisory", "fit_at")
        else:
            words += ": use it instead." if told.primary is not None and told.primary.runs_here else "."
        found.append(say("instead", words, **facts))
    if told.status is AdvisoryStatus.NOT_ENOUGH_EVIDENCE:
        needed = told.evidence.fact("policy", told.evidence.policy.id, "advisory", "min_tasks")
        words = "The policy asks for {needed} before it recommends or warns: {tasks} are not enough."
        found.append(say("too-few", words, needed=needed, tasks=told.tasks))
    return tuple(found)


def why_of(told: Told) -> tuple[Sentence, ...]:
    """Return why it matters: what would not have been noticed."""
    found = []
    if told.failures.tally("looks_right").count:
        words = (
            "{clean} that fail are valid Python that neither linter nor security scan blocks: only running it shows"
            " the fault."
        )
        found.append(say("looks-right", words, clean=told.tally("looks_right")))
    if told.failures.tally("silent").count:
        words = "{silent} that fail return a wrong result and raise nothing: whoever calls them goes on with it."
        found.append(say("silent", words, silent=told.tally("silent")))
    if told.failures.tally("unseen").count:
        words = "{unseen} that pass the plain tests fail an edge case: plain tests alone would have let them through."
        found.append(say("unseen", words, unseen=told.tally("unseen")))
    return tuple(found)


def verdict_of(told: Told) -> Sentence | None:
    """Return who wins the comparison, and at what price in time."""
    row = told.one.table.row(told.metric)
    other = told.other()
    if row is None or other is None or told.primary is None:
        return None
    model = str(told.primary.model.value)
    times = told.one.table.row("time_per_task_s")
    known = times is not None and all((cell := times.cell(m)) and cell.value for m in (told.subject, model))
    words = "{other} passes {rate}, {name} {own}"
    facts = {"other": other[0], "rate": other[1], "name": told.name, "own": told.rate}
    if row.winner == model:
        words += ": the difference is shown"
    elif row.winner is None:
        words += ": the difference is not shown beyond chance"
    if known:
        facts["mine"] = told.fact("table", "time_per_task_s", model)
        facts["theirs"] = told.fact("table", "time_per_task_s", told.subject)
        words += "; a task takes {mine} instead of {theirs}"
    return say("verdict", words + ".", **facts)


def questions_of(told: Told, others: tuple[tuple[Fact, Fact, Fact], ...]) -> tuple[Question, ...]:
    """Return questions with their answers; ``others`` are other sizes of the model: name, rate, benchmark."""
    found = []
    if "code" in told.subject.casefold():
        found.append(Question(
            key="label", text="Its name says that it is made for code: should it not be better?",
            answers=(_label(told),),
        ))  # fmt: skip
    found.append(Question(
        key="drafts", text="May it be used for code that is not critical?", answers=_drafts(told),
    ))  # fmt: skip
    found.append(Question(key="sizes", text="What about other sizes of it?", answers=_sizes(told, others)))
    found.append(Question(key="updates", text="Will a later version be better?", answers=(_later(told),)))
    found.append(Question(key="sure", text="How sure is this?", answers=_sure(told)))
    return tuple(found)


def _label(told: Told) -> Sentence:
    other = told.other()
    if other is None:
        words = "A name is no measurement. Measured on {tasks}, {rate} of its programs pass " + told.every + "."
        return say("label", words, tasks=told.tasks, rate=told.rate)
    words = "A name is no measurement. On the same {tasks} it passes {rate}, {other} {their_rate}."
    return say("label", words, tasks=told.tasks, rate=told.rate, other=other[0], their_rate=other[1])


def _drafts(told: Told) -> tuple[Sentence, ...]:
    found = [*_policy(told)]
    found += [
        say(
            "failed",
            "{failed} failed their tests, so whatever it writes must be validated.",
            failed=told.tally("failed"),
        )
    ]
    fast = told.choice.role("drafts")
    if fast is not None:
        time = told.fact("table", "time_per_task_s", fast.model.value)
        rate = told.fact("table", told.metric, fast.model.value)
        words = "For drafts {fast} takes {time} a task and passes {rate}."
        found.append(say("fast", words, fast=fast.model, time=time, rate=rate))
    return tuple(found)


def _policy(told: Told) -> tuple[Sentence, ...]:
    """Return what the policy says of the model by name, with its reason."""
    policy = told.evidence.policy
    model = told.one.benchmark.model(told.subject)
    rule = standing_of(policy, told.subject, digest=model.digest if model else None).rule
    if rule is None:
        return ()
    place = (policy.id, "models", policy.models.index(rule))
    facts = {
        "policy": told.evidence.fact("policy", policy.id),
        "status": told.evidence.fact("policy", *place, "status"),
    }
    words = "The policy {policy} says: {status}"
    if rule.reason:
        facts["reason"] = told.evidence.fact("policy", *place, "reason")
        return (say("policy", words + " (“{reason}”).", **facts),)
    return (say("policy", words + ".", **facts),)


def _sizes(told: Told, others: tuple[tuple[Fact, Fact, Fact], ...]) -> tuple[Sentence, ...]:
    if not others:
        return (say("none", "No other size of {name} has been measured here.", name=told.name),)
    return tuple(
        say(
            f"size-{number}",
            "{name} passed {rate} in benchmark {benchmark}.",
            name=name, rate=rate, benchmark=benchmark,
        )
        for number, (name, rate, benchmark) in enumerate(others, 1)
    )  # fmt: skip


def _later(told: Told) -> Sentence:
    model = told.one.benchmark.model(told.subject)
    if model is not None and model.digest:
        words = (
            "This holds for the weights {digest}. Other weights are another model: measure them before you use them."
        )
        return say("later", words, digest=told.fact("models", told.subject, "digest"))
    words = (
        "This holds for what was measured on {date}. Other weights are another model: measure them before you use them."
    )
    return say("later", words, date=told.fact("created_at"))


def _sure(told: Told) -> tuple[Sentence, ...]:
    found = [
        say(
            "interval",
            "Its share is {rate}: in brackets stand the ends of the interval in which it would lie for other tasks of"
            " the same kind.",
            rate=told.rate,
        )
    ]
    row = told.one.table.row(told.metric)
    if row is not None and (row.winner is not None or row.note):
        words = "Between the models: {winner}" + ("; the test: {method}." if row.method else ".")
        facts = {"winner": told.fact("rows", told.metric, "winner")}
        if row.method:
            facts["method"] = told.fact("rows", told.metric, "method")
        found.append(say("paired", words, **facts))
    return tuple(found)


def same_kind(one: str, other: str) -> bool:
    """Whether two names are sizes of one model."""
    first, second = read_name(one), read_name(other)
    return first.stem == second.stem and first.stem != () and first.size != second.size
