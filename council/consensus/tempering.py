"""What measuring the tests takes from the confidence of an approval.

The odds that an approval is right are multiplied by the estimated share of small changes of the code that the tests
notice. It is at most 1, so that nothing becomes surer by it, and falls with every change that nobody noticed; no
seat's score is touched. That approvals leaning on weaker tests are wrong more often is a judgement: no recorded panel
shows it.
"""

from __future__ import annotations

from council.consensus.calibration import LEAST, Trust
from council.templating import percent
from council.types.consensus import Decision
from council.types.probe import Probe


def temper(trust: Trust, decision: Decision, probe: Probe | None) -> Trust:
    """Return how sure an approval is once the tests are measured; anything else as it was."""
    noticed = None if probe is None else probe.noticed_share
    if decision is not Decision.APPROVED or trust.confidence is None or noticed is None or noticed >= 1:
        return trust
    kept = trust.confidence * noticed
    chance = min(trust.confidence, round(max(LEAST, kept / (kept + 1 - trust.confidence)), 3))
    missed = f"less for tests that notice {percent(noticed)} of small changes of the code"
    tempered: Trust = trust.but(confidence=chance, rests_on=f"{trust.rests_on}; {missed}")
    return tempered
