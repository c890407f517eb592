"""Turn reviews that came from elsewhere into one decision. Nothing is read, run or asked."""

import council
from council import Ballot, Review, ReviewOutcome, Seat, Verdict


def review(name: str, verdict: Verdict | None) -> Review:
    """Make the review of one seat; without a verdict it did not answer in time."""
    seat = Seat(name=name, model=f"example/{name}", provider="example")
    if verdict is None:
        return Review(seat=seat, outcome=ReviewOutcome.TIMED_OUT, reason="no answer in 30 s")
    return Review(seat=seat, outcome=ReviewOutcome.ANSWERED, ballot=Ballot(verdict=verdict))


def main() -> None:
    verdicts = {"first": Verdict.APPROVE, "second": Verdict.APPROVE, "third": Verdict.REJECT, "fourth": None}
    consensus = council.aggregate([review(name, verdict) for name, verdict in verdicts.items()])
    print(f"{consensus.decision.value}, {consensus.quorum.heard} of {consensus.quorum.invited} seats heard")
    print(f"decided: {consensus.decided}")
    for reason in consensus.reasons:
        print(f"  {reason}")


if __name__ == "__main__":
    main()
