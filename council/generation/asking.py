"""What a local model is asked: the task first, then its own code with what the checks said of it."""

from __future__ import annotations

from collections.abc import Mapping

from council.settings import Settings
from council.templating import Templates
from council.text import one_line
from council.types.base import Record
from council.types.calls import Message
from council.types.checks import CheckOutcome, CheckResult, ValidationReport
from council.types.session import Attempt
from council.types.submission import SourceFile, Submission

_STUCK_TEMPERATURE = 0.7
"""A model that gave the same wrong code twice would give it forever at temperature 0."""
_SHOWN_OUTPUTS = 3
"""Failed tests whose output is sent back; the others are named with their reason."""


class Step(Record):
    """The next thing to ask."""

    tier: str
    model: str
    messages: tuple[Message, ...]
    shorter: tuple[Message, ...] | None = None
    """What to ask instead when the messages are longer than the context."""
    temperature: float


class Prompts:
    """Decides what is asked next, from what came before."""

    def __init__(self, blank: Submission, path: str, settings: Settings, templates: Templates) -> None:
        self._settings = settings
        self._templates = templates
        self._system = Message(role="system", content=self._text("system", {}))
        self._values = {"task": blank.task, "tests": blank.tests, "path": one_line(path, 80)}

    def next_step(self, attempts: tuple[Attempt, ...]) -> Step:
        """Return the question that follows these attempts."""
        if not attempts and self._settings.draft_model:
            return self._step("draft", self._settings.draft_model, self._asked(self._question()))
        model = self._settings.model or ""
        if not attempts:
            return self._step("strong", model, self._asked(self._question()))
        last = attempts[-1]
        base = next((attempt for attempt in reversed(attempts) if attempt.report is not None), None)
        if base is None:
            question = self._question(cut=last.truncated, empty=not last.truncated)
            return self._step("strong", model, self._asked(question), stuck=last.tier == "strong")
        stuck = base is not last or any(earlier.code == last.code for earlier in attempts[:-1])
        long, short = self._feedback(base, short=False), self._feedback(base, short=True)
        return self._step("strong", model, long, shorter=short, stuck=stuck)

    def _step(
        self,
        tier: str,
        model: str,
        messages: tuple[Message, ...],
        *,
        shorter: tuple[Message, ...] | None = None,
        stuck: bool = False,
    ) -> Step:
        warm = self._settings.generation_temperature
        temperature = max(warm, _STUCK_TEMPERATURE) if stuck else warm
        return Step(tier=tier, model=model, messages=messages, shorter=shorter, temperature=temperature)

    def _feedback(self, last: Attempt, *, short: bool) -> tuple[Message, ...]:
        """Return the question with the last code and what was wrong with it; ``short`` leaves the tests out."""
        code, report = last.code or "", last.report
        wrong = () if report is None else repairable(report)
        failures = ""
        if wrong:
            values = {"checks": wrong, "short": short, "shown": _SHOWN_OUTPUTS}
            failures = self._text("failures", values).strip()
        question = self._question(tests=() if short else None)
        if last.tier == "draft":
            values = {"question": question, "code": code, "failures": failures}
            return self._asked(self._text("draft", values))
        answer = Message(role="assistant", content=f"```python\n{code}```")
        repair = Message(role="user", content=self._text("repair", {"failures": failures}).strip())
        return (*self._asked(question), answer, repair)

    def _question(self, *, cut: bool = False, empty: bool = False, tests: tuple[SourceFile, ...] | None = None) -> str:
        values = {**self._values, "cut": cut, "empty": empty}
        if tests is not None:
            values["tests"] = tests
        return self._text(None, values).strip()

    def _asked(self, question: str) -> tuple[Message, ...]:
        return (self._system, Message(role="user", content=question.strip()))

    def _text(self, name: str | None, values: Mapping[str, object]) -> str:
        file = "generate" if name is None else f"generate_{name}"
        return self._templates.render(f"prompts/{file}.txt.j2", values).rstrip("\n")


def repairable(report: ValidationReport) -> tuple[CheckResult, ...]:
    """Return the checks whose failure the code can be blamed for: not a tool that is missing or was skipped."""
    blamed = (CheckOutcome.CRASHED, CheckOutcome.TIMED_OUT)
    return (*report.failed, *(check for check in report.broken if check.outcome in blamed))
