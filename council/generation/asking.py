"""What a local model is asked: the task first, then its own code with what the checks said of it.

The shape of the questions is measured on models of 0.1 to 1.5 billion parameters: shown the tests, they copy them
instead of writing the module. So the tests stand in the first question only where the task does not name what they
import, and come back one by one as the failures of an attempt.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import PurePosixPath

from council.settings import Settings
from council.syntax import syntax_tree
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

Messages = tuple[Message, ...]


class Step(Record):
    """The next thing to ask."""

    tier: str
    model: str
    messages: Messages
    shorter: Messages | None = None
    """What to ask instead when the messages are longer than the context."""
    temperature: float


class Prompts:
    """Decides what is asked next, from what came before."""

    def __init__(self, blank: Submission, path: str, settings: Settings, templates: Templates) -> None:
        self._settings = settings
        self._templates = templates
        self._system = Message(role="system", content=self._text("system", {}))
        names = asked_names(blank.tests, path)
        task = blank.task or ""
        self._values = {
            "task": task.strip(),
            "tests": () if names and all(name in task for name in names) else blank.tests,
            "path": one_line(path, 80),
            "names": [f"`{name}`" for name in names],
        }

    def next_step(self, attempts: tuple[Attempt, ...]) -> Step:
        """Return the question that follows these attempts: first, again, finish the draft, repair, or afresh."""
        settings = self._settings
        if not attempts and settings.draft_model:
            return self._step("draft", settings.draft_model, self._asked())
        model = settings.model or ""
        if not attempts:
            return self._step("strong", model, self._asked())
        last = attempts[-1]
        base = next((attempt for attempt in reversed(attempts) if attempt.report is not None), None)
        if base is None:
            messages = self._asked(cut=last.truncated, empty=not last.truncated)
            return self._step("strong", model, messages, stuck=last.tier == "strong")
        if last.tier == "draft":
            return self._step("strong", model, self._finish(base, short=False), self._finish(base, short=True))
        if base is not last or any(earlier.code == last.code for earlier in attempts[:-1]):
            # Its own code before its eyes, a stuck model copies it: ask again without it.
            failures = self._failures(base, short=True)
            return self._step("strong", model, self._asked(failures=failures), self._asked(tests=()), stuck=True)
        return self._step("strong", model, self._repair(base, short=False), self._repair(base, short=True))

    def _step(
        self, tier: str, model: str, messages: Messages, shorter: Messages | None = None, *, stuck: bool = False
    ) -> Step:
        usual = self._settings.generation_temperature
        temperature = max(usual, _STUCK_TEMPERATURE) if stuck else usual
        return Step(tier=tier, model=model, messages=messages, shorter=shorter, temperature=temperature)

    def _finish(self, draft: Attempt, *, short: bool) -> Messages:
        question = self._question(**({"tests": ()} if short else {}))
        values = {"question": question, "code": draft.code, "failures": self._failures(draft, short=short)}
        return (self._system, Message(role="user", content=self._text("draft", values)))

    def _repair(self, last: Attempt, *, short: bool) -> Messages:
        """Return the question, the last code and what was wrong with it; ``short`` leaves tests and outputs out."""
        answer = Message(role="assistant", content=f"```python\n{last.code}```")
        failures = self._text("repair", {"failures": self._failures(last, short=short)})
        asked = self._asked(tests=()) if short else self._asked()
        return (*asked, answer, Message(role="user", content=failures))

    def _failures(self, attempt: Attempt, *, short: bool) -> str:
        wrong = () if attempt.report is None else repairable(attempt.report)
        if not wrong:
            return ""
        return self._text("failures", {"checks": wrong, "short": short, "shown": _SHOWN_OUTPUTS})

    def _asked(self, **values: object) -> Messages:
        return (self._system, Message(role="user", content=self._question(**values)))

    def _question(self, **values: object) -> str:
        return self._text("", {"cut": False, "empty": False, "failures": "", **self._values, **values})

    def _text(self, name: str, values: Mapping[str, object]) -> str:
        file = f"generate_{name}" if name else "generate"
        return self._templates.render(f"prompts/{file}.txt.j2", values).strip()


def repairable(report: ValidationReport) -> tuple[CheckResult, ...]:
    """Return the checks whose failure the code can be blamed for: not a tool that is missing or was skipped."""
    blamed = (CheckOutcome.CRASHED, CheckOutcome.TIMED_OUT)
    return (*report.failed, *(check for check in report.broken if check.outcome in blamed))


def asked_names(tests: tuple[SourceFile, ...], path: str) -> tuple[str, ...]:
    """Return the names that tests import from the module at ``path``, in their order."""
    module = PurePosixPath(path).stem
    found: dict[str, None] = {}
    for test in tests:
        tree = syntax_tree(test.text)
        for node in ast.walk(tree) if tree is not None else ():
            if isinstance(node, ast.ImportFrom) and node.module == module:
                found.update(dict.fromkeys(alias.name for alias in node.names if alias.name != "*"))
    return tuple(found)
