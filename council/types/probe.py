"""How good the tests of a submission are: what they reach, and which small changes of its code they do not notice."""

from __future__ import annotations

from council.types.base import Record
from council.types.calls import Fraction


class Mutant(Record):
    """One small change of the code, with which every test still passes."""

    path: str
    line: int
    kind: str
    """``comparison``, ``arithmetic``, ``boolean``, ``constant``, ``return value``, ``condition`` or ``statement``."""
    before: str
    """The line, or lines, as they stand."""
    after: str
    """The same as changed."""


class Probe(Record):
    """What measuring the tests showed. It never changes what a seat said; it can only make an approval less sure."""

    reason: str | None = None
    """Why the tests, or a part of what is asked, could not be measured."""
    line_share: Fraction | None = None
    """Lines that the tests reach, of those that can be run."""
    branch_share: Fraction | None = None
    """Ways out of branching lines that the tests take; ``None`` where no line branches."""
    unreached: tuple[tuple[str, int], ...] = ()
    """Path and number of the lines that no test reaches, at most a hundred."""
    found: int = 0
    """Small changes that are possible."""
    reached: int = 0
    """Of these, on lines that a test reaches. The others no test can notice, and they are not tried."""
    killed: int = 0
    """Of those that were tried, how many some test noticed."""
    survived: tuple[Mutant, ...] = ()
    """Those that none noticed. Some may change nothing that anybody could see."""
    budget_s: float = 0.0
    duration_s: float = 0.0

    @property
    def tried(self) -> int:
        """How many small changes were tried and gave an answer."""
        return self.killed + len(self.survived)

    @property
    def noticed_share(self) -> float | None:
        """Estimated share of small changes that the tests notice; ``None`` when none was tried.

        Those that no test reaches count like survivors, as many of them as of the others were tried. One more noticed
        change is added, so that few tries say little (Laplace's rule of succession, for what all tests pass).
        """
        if not self.tried or not self.reached:
            return None
        return (self.killed + 1) / (self.tried * self.found / self.reached + 1)
