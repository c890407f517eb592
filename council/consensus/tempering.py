"""What measuring the tests takes from the confidence of an approval, and what independent versions add to it.

The odds that an approval is right are multiplied by the estimated share of small changes of the code that the tests
notice. It is at most 1, so that nothing becomes surer by it, and falls with every change that nobody noticed; no
seat's score is touched. That approvals leaning on weaker tests are wrong more often is a judgement: no recorded panel
shows it.

Versions of the task that do all that the submission does speak for it. Of 128 right and 28 faulty programs that pass
the examples of their task (HumanEval, three models; versions by two others, benchmarks/versions.py) 91 and 6 had four
or more distinct versions on their side: 3.25 times as often, 1.82 to 10.2 (95 % over tasks). The odds are multiplied by
the lower end, as if seats and versions erred independently, which nobody has measured.
"""

from __future__ import annotations

from council.consensus.calibration import LEAST, MOST, Trust
from council.templating import percent
from council.text import plural
from council.types.consensus import Decision
from council.types.probe import Probe
from council.types.versions import Testimony

SUPPORT = 1.8
"""What the odds of an approval are multiplied by where enough versions do the same as the submission."""
SUPPORTERS = 4
"""Distinct versions that are enough, as many as convict."""


def support(trust: Trust, decision: Decision, testimony: Testimony | None) -> Trust:
    """Return how sure an approval is once versions of the task are heard; anything else as it was."""
    if decision is not Decision.APPROVED or trust.confidence is None or testimony is None:
        return trust
    if testimony.difference is not None or testimony.agreeing < SUPPORTERS:
        return trust
    told = f"{testimony.agreeing} independent programs do the same on {plural(testimony.inputs, 'input')}"
    chance = max(trust.confidence, _at_odds(trust.confidence, SUPPORT))
    supported: Trust = trust.but(confidence=chance, rests_on=f"{trust.rests_on}; more because {told}")
    return supported


def temper(trust: Trust, decision: Decision, probe: Probe | None) -> Trust:
    """Return how sure an approval is once the tests are measured; anything else as it was."""
    noticed = None if probe is None else probe.noticed_share
    if decision is not Decision.APPROVED or trust.confidence is None or noticed is None or noticed >= 1:
        return trust
    chance = min(trust.confidence, _at_odds(trust.confidence, noticed))
    missed = f"less for tests that notice {percent(noticed)} of small changes of the code"
    tempered: Trust = trust.but(confidence=chance, rests_on=f"{trust.rests_on}; {missed}")
    return tempered


def _at_odds(chance: float, factor: float) -> float:
    """Return a chance after its odds are multiplied."""
    raised = chance * factor
    return round(min(MOST, max(LEAST, raised / (raised + 1 - chance))), 3)
