"""Independent programs for one task, what they do on the same inputs, and what that says."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from council.types.base import Record
from council.types.calls import Fraction
from council.types.findings import Finding


class Version(Record):
    """One program written from the task alone, by one model, once."""

    id: str
    """Hex digest of the program without its docstrings, annotations, local names and layout: equal ids, one witness."""
    code: str
    model: str
    digest: str | None = None
    """Of the weights that wrote it."""
    temperature: float | None = None
    seed: int | None = None
    variant: str = "plain"
    """Which wording of the question it answers."""
    duration_s: float | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Origin(StrEnum):
    """Where an input comes from, the most trusted first. None comes from what the submission does."""

    EXAMPLE = "example"
    """It stands in the task, or in a test that came with it."""
    MUTATION = "mutation"
    """An example, changed in one place."""
    HINT = "hint"
    """Made from type hints, from values of the examples, and from literals in tests and code."""
    SEQUENCE = "sequence"
    """A short series of calls of one object."""
    BORDER = "border"
    """Negative, zero, empty, ``None`` or of another kind than all that the task shows: it may not be allowed."""


class Input(Record):
    """One call of a function, or an object made and then used: each step is Python source with literals only."""

    steps: tuple[str, ...]
    """``("f([1], 2)",)``, or ``("LRUCache(2)", "put(1, 10)", "get(1)")``."""
    origin: Origin

    @property
    def plain(self) -> bool:
        """Whether the task allows it, as far as examples and type hints tell."""
        return self.origin is not Origin.BORDER

    def __str__(self) -> str:
        if len(self.steps) == 1:
            return self.steps[0]
        made, *calls = self.steps
        return "; ".join((f"x = {made}", *(f"x.{call}" for call in calls)))


Outcome = dict[str, Any]
"""What one step gave, as data: ``r`` a value, ``x`` an exception's classes, or ``stop`` why it has none; ``m`` changed
arguments, ``p`` what was printed. See ``council/versions/inside/encoding.py``."""


class Behaviour(Record):
    """What one program did on every input, run twice: forwards, and backwards with other hashes and random numbers."""

    outcomes: tuple[tuple[Outcome, ...], ...] = ()
    """Of each input, its steps; shorter where the object could not be made."""
    steady: tuple[bool, ...] = ()
    """Of each input, whether both runs gave the same."""
    failure: str | None = None
    """Why there is nothing, in a line: it cannot be imported, it does not come to an end, the name is not there."""
    duration_s: float = 0.0


class Cluster(Record):
    """Programs that do the same on every input that counts."""

    members: tuple[str, ...]
    """Ids of distinct programs, sorted."""
    written: int
    """How many versions they are, copies counted: a program written five times says that the model is sure."""


class Difference(Record):
    """The smallest input on which a submission does something else than enough versions that agree."""

    input: Input
    step: int
    """Number of the step that differs, from 0."""
    given: Outcome
    """What the submission did."""
    expected: Outcome
    """What the agreeing versions did."""
    agreeing: int
    """Distinct programs that agree."""
    of: int
    """Distinct programs that could be asked."""
    models: tuple[str, ...] = ()
    """Models that wrote the agreeing ones, sorted."""
    inputs: int = 1
    """Inputs on which it differs in this way, before the smallest was sought."""
    confirmed_by: tuple[str, ...] = ()
    """What else expects the same: an example of the task, a given test."""


class Answer(Record):
    """One of the outcomes that versions give to the same input."""

    outcome: Outcome
    members: tuple[str, ...]


class Ambiguity(Record):
    """An input for which the task does not say what is right: versions split into camps of like standing."""

    input: Input
    step: int
    answers: tuple[Answer, ...]
    """The largest camp first."""


class Testimony(Record):
    """What the versions of a task say about one submission."""

    difference: Difference | None = None
    reason: str
    """Why there is no difference, or what it rests on, in a line."""
    agreeing: int = 0
    """Distinct witnesses that do the same as the submission on every input that counts; without a submission, most that
    do the same as each other."""
    witnesses: int = 0
    """Distinct versions that pass the task's examples and are steady."""
    inputs: int = 0
    """Inputs that counted."""


class VersionsReport(Record):
    """What the versions of a task were, what they say about the submission, and what they leave open."""

    models: tuple[str, ...]
    versions: tuple[Version, ...] = ()
    distinct: int = 0
    """Different programs among them."""
    testimony: Testimony
    ambiguities: tuple[Ambiguity, ...] = ()
    findings: tuple[Finding, ...] = ()
    """The difference, where there is one, then what the task does not say."""
    note: str | None = None
    """Why fewer were written than were asked for."""
    duration_s: float | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    """Of all versions, those kept from earlier sittings among them."""


class Question(Record):
    """An input on which versions part, put to somebody who knows what is right."""

    text: str
    """The question in words, one line."""
    about: Ambiguity
    choices: tuple[str, ...]
    """What each camp gives there, in words, the largest camp first."""
    answer: int | None = None
    """Place of the right one in ``choices``; ``None`` where none of them is right or nobody knows."""
    by: str | None = None
    """Who answered."""
    test: str | None = None
    """The answer as a pytest function, where a plain test can say it."""


class Pick(Record):
    """The program chosen of several, and how sure that is."""

    chosen: str | None
    """Id of the version; ``None`` where none can be run."""
    probability: Fraction | None = None
    """Calibrated on recorded outcomes; ``None`` where nothing was measured for such a case."""
    clusters: tuple[Cluster, ...] = ()
    """The largest first; only programs that did best on the examples."""
    examples_passed: int = 0
    examples: int = 0
    ambiguities: tuple[Ambiguity, ...] = ()
    """What the versions differ on, where they part in camps of like standing."""
    open_questions: tuple[str, ...] = ()
    """The same in words."""
    questions: tuple[Question, ...] = ()
    """What was asked of them, and what was answered: the pick is one of the programs that do so."""
