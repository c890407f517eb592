"""What is proved by running: reviewers' counterexamples and their fixes. The runner of tests is handed in."""

from council.evidence.fixes import fixed_file
from council.evidence.proving import RunTests, prove_claims
from council.evidence.standing import confirm, dispute, weigh_seats

__all__ = [
    "RunTests",
    "confirm",
    "dispute",
    "fixed_file",
    "prove_claims",
    "weigh_seats",
]
