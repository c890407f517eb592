"""What running showed: the state of one finding after its claim was executed, and the trial of its fix."""

from __future__ import annotations

from enum import StrEnum

from council.types.base import Record


class EvidenceState(StrEnum):
    """What running a finding's counterexample showed."""

    NOT_ATTEMPTED = "not_attempted"
    UNRUNNABLE = "unrunnable"
    """It proves nothing, and ``flaw`` says why: the finding stays what it was, an opinion."""
    FLAKY = "flaky"
    REFUTED = "refuted"
    """The code behaves as the reviewer says it should: it cannot block alone."""
    REPRODUCED = "reproduced"
    """The code behaves as the reviewer complains: at least changes are requested."""
    UPHELD = "upheld"
    """Reproduced, and what it expects is confirmed elsewhere: it blocks alone."""
    DISPUTED = "disputed"
    """Reproduced, but most other seats say that the task does not ask for it: shown, does not block."""


class EvidenceKind(StrEnum):
    """What was run."""

    COUNTEREXAMPLE = "counterexample"
    CRASH = "crash"
    """A counterexample that ended in an error, a hang or an exit that nobody can have asked for."""
    VERSIONS = "versions"
    """Two versions of the code against each other."""


class Flaw(StrEnum):
    """Why a counterexample proves nothing."""

    UNPARSABLE = "unparsable"
    NO_TEST = "no_test"
    SEVERAL_TESTS = "several_tests"
    NOT_IMPORTABLE = "not_importable"
    """It imports, or calls, what the code does not have."""
    OWN_ERROR = "own_error"
    """It fails in a line of its own, and not by an assertion."""
    VACUOUS = "vacuous"
    """What it asserts does not depend on the code."""
    TAMPERS = "tampers"
    """It changes the code, or what judges it."""
    EXITS = "exits"
    """It ends the interpreter."""
    SKIPS = "skips"
    """It skips itself, or expects to fail."""
    RIGGED = "rigged"
    """It compares with an object of its own, which may equal anything or nothing."""
    CHANCE = "chance"
    """It depends on chance or on the clock."""
    ENDLESS = "endless"
    """It does not end by itself, whatever the code does."""
    REACHES_OUT = "reaches_out"
    """It uses the machine or the interpreter: files, processes, network, the judge's own modules."""
    UNSTEADY = "unsteady"
    """Its runs did not end alike."""
    TOO_MANY = "too_many"
    """The sitting had run as many as it may."""


class FixOutcome(StrEnum):
    """How the trial of a fix ended."""

    VERIFIED = "verified"
    """The counterexample passes, and nothing that passed before fails: it may be offered."""
    STILL_FAILS = "still_fails"
    BREAKS = "breaks"
    """A test or an example that passed before fails."""
    UNREADABLE = "unreadable"
    """No code that could be put in place of some of the submission's."""
    UNCHANGED = "unchanged"
    NEEDLESS = "needless"
    """Its claim is refuted: it breaks nothing, and nothing asks for it."""
    NOT_TRIED = "not_tried"


class FixTrial(Record):
    """What a finding's fix does when it is run."""

    outcome: FixOutcome
    reason: str
    path: str | None = None
    """The file it changes."""
    sha256: str | None = None
    """Digest of that file as it was judged: the patch belongs to no other text."""
    patch: str | None = None
    """A unified diff; only for a verified fix."""
    broken: tuple[str, ...] = ()
    """Tests and examples that fail with it and passed without."""


class Evidence(Record):
    """The run that proves or refutes one finding."""

    finding_id: str
    state: EvidenceState
    kind: EvidenceKind = EvidenceKind.COUNTEREXAMPLE
    flaw: Flaw | None = None
    reason: str | None = None
    """One line."""
    output: str | None = None
    """The failure as pytest prints it, cut to a readable size."""
    expected: str | None = None
    """What the claim expects, and what the code gave instead, where both are known and short."""
    actual: str | None = None
    test: str | None = None
    """Name of the test that was run."""
    runs: int = 0
    """How often it was run."""
    failed: int = 0
    """In how many of the runs the code behaved as the reviewer complains."""
    confirmed_by: tuple[str, ...] = ()
    """Seats, examples or tests that confirm what the counterexample expects."""
    denied_by: tuple[str, ...] = ()
    """Seats that say the task does not ask for it, or the line of the task that says otherwise."""
    fix: FixTrial | None = None
