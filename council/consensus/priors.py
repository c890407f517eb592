"""What recorded judgements say of panels before a single outcome of one's own is labelled.

Fitted by ``benchmarks/calibration.py --fit`` in November 2026 on

* scores of five and of four judges for 850 and 872 items with four responses each (composo-ai/llm-judge-criteria-
  ensembling, MIT), read as verdicts: a judge approves the responses that it scores highest;
* 479 predictions of a program's output by 47 model configurations (minimario/cruxeval-lcb, MIT), read as reviews: a
  seat approves what it would have answered itself.

``docs/evidence.md`` has the tables.
"""

from __future__ import annotations

from council.types.consensus import Ground

MEASURED_ON = "measured on recorded votes of other panels; no outcome of yours is labelled yet"

INTERCEPT = -0.1
SLOPE = 1.5
"""Of the confidence in a vote: the pair that is nowhere worse than plain agreement, and best where it is worst."""
INTERCEPT_SPREAD = 0.3
SLOPE_SPREAD = 0.2
"""How far labels may move the two: small, for weights learnt from 10 to 20 labels were worse than none."""

ERROR_CORRELATION = 0.27
"""Of two seats: mean over pairs of judges; 0.24 to 0.32 in the four sets."""
CORRELATION_STRENGTH = 50.0
"""Labelled decisions that weigh as much as the prior."""
VERDICT_CORRELATION = 0.5
"""Of the verdicts of two seats, right or wrong: 0.35 to 0.68 in the four sets."""

RELIABILITY = 0.8
"""How often a seat's vote is right: 0.69 to 0.89 in the four sets."""
RELIABILITY_STRENGTH = 20.0
"""Labelled votes that weigh as much as the prior."""

PROOFS: dict[Ground, tuple[float, float, str]] = {
    Ground.CHECKS: (0.98, 50.0, "stated, not measured: a failed required check is as right as the check"),
    Ground.UPHELD: (0.95, 20.0, "stated, not measured: what was run and confirmed is seldom wrong"),
    Ground.REPRODUCED: (0.7, 10.0, "stated, not measured: it was run, and nobody has confirmed what it expects"),
}
"""How likely a decision is right that a proof has made, labels that weigh as much, and where that number is from."""
