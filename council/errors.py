"""Every error council raises on purpose, each with the exit code the command ends with.

::

    CouncilError                 1 sentence, 1 thing to do
    ├── UsageError          2    the call, a path or a file of the user's is wrong
    │   ├── SourceError     2    what should be reviewed cannot be read as code
    │   ├── SettingsError   2    council.toml, the environment or a flag
    │   ├── PolicyError     2    a policy or panel file
    │   │   └── ModelBanned 2    a model that the policy bans was named, or has answered
    │   └── TemplateError   2    a template of the user's
    ├── ModelError          3    a model gave no answer
    │   ├── ModelMissing    3    the server has no such model
    │   ├── ModelUnreachable 3   nothing answers at that address
    │   ├── ModelBusy       3    429 or 503: may be tried again
    │   ├── ModelTimeout    3    no answer within the limit of one attempt
    │   ├── ModelDenied     3    no key, a wrong key, no right to this model
    │   ├── ModelRefused    3    the model declined
    │   ├── ModelRecused    3    the model, or its family, wrote what it would judge
    │   ├── ModelOverflow   3    the prompt is longer than the context
    │   ├── ModelOverBudget 3    the next call could cost more than is left
    │   ├── ModelMismatch   3    the server does not take such a call, now or later
    │   └── ModelBroken     3    the server failed or answered what is no reply
    ├── SandboxError        3    no sandbox works here, so nothing was executed
    └── StoreError          3    the database cannot be read or written

Anything else that escapes is a bug of ours: exit code 4, with a log.
"""

from __future__ import annotations

from typing import ClassVar, Self


class CouncilError(Exception):
    """One sentence that says what is wrong and where, and one thing to do.

    Args:
        problem: a sentence with place and cause.
        remedy: what to type or change, or ``None`` where nothing helps.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, problem: str, remedy: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return self.problem if self.remedy is None else f"{self.problem}. {self.remedy}"


class UsageError(CouncilError):
    """The call, a path or a file of the user's is wrong."""

    exit_code = 2


class SourceError(UsageError):
    """What should be reviewed cannot be read as code."""


class SettingsError(UsageError):
    """A setting in a file, in the environment or on the command line is wrong."""


class PolicyError(UsageError):
    """A policy or panel file is wrong."""


class ModelBanned(PolicyError):
    """A model that the policy bans: it was to write or to sit, or it is what really answered."""


class TemplateError(UsageError):
    """A template of the user's is wrong."""


class ModelError(CouncilError):
    """A model gave no answer. ``retryable`` says whether the same call may succeed later.

    ``attempts`` counts how often the server was asked; 0 when the call never left.
    """

    retryable: ClassVar[bool] = False

    def __init__(self, problem: str, remedy: str | None = None, *, retry_after_s: float | None = None) -> None:
        super().__init__(problem, remedy)
        self.retry_after_s = retry_after_s
        self.attempts = 0


class ModelMissing(ModelError):
    """The server has no such model."""


class ModelUnreachable(ModelError):
    """Nothing answers at that address."""

    retryable = True


class ModelBusy(ModelError):
    """The server asks to come back later (429, 503)."""

    retryable = True


class ModelTimeout(ModelError):
    """No answer within the limit of one attempt."""

    retryable = True

    @classmethod
    def after(cls, limit_s: float) -> Self:
        """Return the error for a limit, which may be what was left of a longer one: hundredths of a second count.

        >>> ModelTimeout.after(9.99926).problem, ModelTimeout.after(1800).problem
        ('no answer in 10 s', 'no answer in 1800 s')
        """
        return cls(f"no answer in {round(limit_s, 2):g} s")


class ModelDenied(ModelError):
    """No key, a wrong key, or no right to this model."""


class ModelRefused(ModelError):
    """The model or its provider declined to answer."""


class ModelRecused(ModelError):
    """The model, or one of its family, wrote what it would judge."""


class ModelOverflow(ModelError):
    """The prompt is longer than the model's context."""


class ModelOverBudget(ModelError):
    """The next call could cost more than is left of the budget."""


class ModelMismatch(ModelError):
    """The server does not take such a call, now or later (400)."""


class ModelBroken(ModelError):
    """The server failed, or answered what is no reply."""

    retryable = True


class SandboxError(CouncilError):
    """No sandbox works here, so nothing was executed."""


class StoreError(CouncilError):
    """The database cannot be read or written."""
