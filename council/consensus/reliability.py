"""What labels teach of the seats: how reliable each is, and how far they err together.

*Reliability* is a beta-binomial mean with two layers of shrinkage: the seats' common rate towards the recorded one, and
each seat towards the common rate. *Correlation* is the mean product of two seats' errors around the common error rate
(the moment estimator of the intraclass correlation), shrunk towards the recorded one. From it follows how many
independent seats would tell as much: ``n / (1 + (n − 1) ρ)``, the design effect of Kish (1965).

Labels of people teach how often votes are right; labels of runs (*upheld*, *refuted*) are counted apart, for a decision
that a proof has made cannot be the judge of that proof.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from math import fsum, log, sqrt

from council.consensus import priors
from council.consensus.calibration import fit_votes
from council.types.consensus import Decision, Ground
from council.types.labels import Case, Label, LabelOrigin, LabelWord, Proof, SeatRecord, TrackRecord, Vote
from council.types.reviews import Verdict

LIGHTEST, HEAVIEST = 0.5, 1.5
"""What a seat's place may weigh in the score, where its votes are labelled."""
_CERTAIN = 0.95
_Z = 1.96


def learn(labels: Iterable[Label]) -> TrackRecord:
    """Return what some labels teach. Their order is no part of it; none gives the prior."""
    known = list(labels)
    by_people = [label for label in known if label.origin is LabelOrigin.PERSON]
    told = [(label.case, label.word is LabelWord.GOOD) for label in by_people if label.finding_id is None]
    votes: Counter[tuple[int, int, bool]] = Counter()
    proofs: Counter[tuple[Ground, bool]] = Counter()
    for case, good in told:
        fits = was_right(case.decision, good)
        if fits is None or case.ground is None:
            continue
        if case.ground is Ground.VOTES:
            votes[case.siding, case.heard, fits] += 1
        else:
            proofs[case.ground, fits] += 1
    keys = {(siding, heard) for siding, heard, _ in votes}
    tally = {key: Proof(right=votes[*key, True], wrong=votes[*key, False]) for key in keys}
    intercept, slope = fit_votes(tally)
    right, wrong = _votes(told)
    rate = _shrunk(priors.RELIABILITY, right.total(), wrong.total())
    run = {fits: proofs[Ground.UPHELD, fits] + proofs[Ground.REPRODUCED, fits] for fits in (True, False)}
    return TrackRecord(
        labels=votes.total(),
        intercept=intercept,
        slope=slope,
        rate=rate,
        correlation=_correlation(told),
        seats=_seats(right, wrong, rate, known),
        checks=Proof(right=proofs[Ground.CHECKS, True], wrong=proofs[Ground.CHECKS, False]),
        proofs=Proof(right=run[True], wrong=run[False]),
    )


def was_right(decision: Decision | None, good: bool) -> bool | None:
    """Return whether a decision was right about code that turned out good or bad; ``None`` where it was none."""
    if decision is Decision.APPROVED:
        return good
    return not good if decision in (Decision.CHANGES_REQUESTED, Decision.REJECTED) else None


def count_effective(heard: int, correlation: float) -> float | None:
    """Return how many independent seats tell as much as those heard; ``None`` without any.

    >>> count_effective(4, 0.0), count_effective(12, 0.5)
    (4.0, 1.8)
    """
    return round(heard / (1 + (heard - 1) * correlation), 1) if heard else None


def weigh_seats(models: Sequence[str], record: TrackRecord) -> tuple[float, ...]:
    """Return what each seat's place weighs in the score: 1 without labels, more for one that was right more often."""
    known = [record.seat(model) for model in models]
    common = _odds(record.rate)
    return tuple(
        1.0 if seat is None or seat.right + seat.wrong == 0
        else min(HEAVIEST, max(LIGHTEST, _odds(seat.reliability) / common))
        for seat in known
    )  # fmt: skip


def _votes(told: Sequence[tuple[Case, bool]]) -> tuple[Counter[str], Counter[str]]:
    """Count for each model how many votes turned out right and wrong."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for case, good in told:
        for vote in case.votes:
            fits = _fits(vote, good)
            if fits is not None:
                (right if fits else wrong)[vote.model] += 1
    return right, wrong


def _seats(right: Counter[str], wrong: Counter[str], rate: float, labels: Sequence[Label]) -> tuple[SeatRecord, ...]:
    said: dict[str, Counter[str]] = {}
    for label in labels:
        if label.finding_id is not None and label.case.raised_by is not None:
            said.setdefault(label.case.raised_by, Counter())[_COLUMNS[label.origin, label.word]] += 1
    found = []
    for model in sorted({*right, *wrong, *said}):
        mean = _shrunk(rate, right[model], wrong[model])
        half = _Z * sqrt(mean * (1 - mean) / (priors.RELIABILITY_STRENGTH + right[model] + wrong[model] + 1))
        found.append(
            SeatRecord(
                model=model,
                right=right[model],
                wrong=wrong[model],
                reliability=mean,
                interval=(max(0.0, mean - half), min(1.0, mean + half)),
                **said.get(model, Counter()),
            )
        )
    return tuple(found)


def _shrunk(towards: float, right: int, wrong: int) -> float:
    return (towards * priors.RELIABILITY_STRENGTH + right) / (priors.RELIABILITY_STRENGTH + right + wrong)


_COLUMNS = {
    (LabelOrigin.PERSON, LabelWord.REAL): "real",
    (LabelOrigin.PERSON, LabelWord.FALSE): "false",
    (LabelOrigin.EVIDENCE, LabelWord.REAL): "upheld",
    (LabelOrigin.EVIDENCE, LabelWord.FALSE): "refuted",
}


def _fits(vote: Vote, good: bool) -> bool | None:
    return None if vote.verdict is Verdict.ABSTAIN else (vote.verdict is Verdict.APPROVE) is good


def _correlation(told: Sequence[tuple[Case, bool]]) -> float:
    """Return how far the errors of two seats go together, from decisions that at least two seats voted in."""
    errors = []
    for case, good in told:
        fits = [fit for vote in case.votes if (fit := _fits(vote, good)) is not None]
        if len(fits) > 1:
            errors.append([0.0 if fit else 1.0 for fit in fits])
    count = sum(map(len, errors))
    common = fsum(error for row in errors for error in row) / count if count else 0.0
    spread = common * (1 - common)
    prior = priors.ERROR_CORRELATION * priors.CORRELATION_STRENGTH
    if spread == 0:
        return priors.ERROR_CORRELATION
    seen = [
        fsum((one - common) * (other - common) for one, other in combinations(row, 2))
        / (spread * len(row) * (len(row) - 1) / 2)
        for row in errors
    ]
    shrunk = (prior + fsum(seen)) / (priors.CORRELATION_STRENGTH + len(seen))
    return min(1.0, max(0.0, shrunk))


def _odds(rate: float) -> float:
    """Return the log-odds of a rate, for one that is at least better than a coin."""
    rate = min(_CERTAIN, max(0.55, rate))
    return log(rate / (1 - rate))
