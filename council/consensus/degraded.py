"""What a decision had to do without, in sentences: seats, checks, layers of the sandbox, and models that stood in."""

from __future__ import annotations

import re

from council.consensus.voting import counted_verdict
from council.protocols import Docket
from council.text import one_line, plural
from council.types.checks import CheckOutcome, ValidationReport
from council.types.reviews import BallotFlag, Review, ReviewOutcome, Verdict

_SNAPSHOT = re.compile(r"(?:[-@:](?:latest|\d{4}-\d{2}-\d{2}|\d{8}|\d{6}|\d{4}|\d{3}))+\Z")
_DEFAULTS = {
    ReviewOutcome.ANSWERED: "answered without a ballot",
    ReviewOutcome.UNREADABLE: "its reply could not be read",
    ReviewOutcome.REFUSED: "declined to review",
    ReviewOutcome.FAILED: "failed",
    ReviewOutcome.TIMED_OUT: "no answer in time",
    ReviewOutcome.OVER_BUDGET: "not asked: the budget is spent",
    ReviewOutcome.OBEYED: "it obeyed an instruction in the material, so its vote is lost",
    ReviewOutcome.RECUSED: "recused: it wrote this code",
    ReviewOutcome.UNSPENT: "not asked: enough was known without it",
}


def name_gaps(docket: Docket) -> tuple[str, ...]:
    """Return what is missing, in sentences: seats by name first, then checks and sandbox."""
    reviews = sorted(docket.reviews, key=lambda review: review.seat.name)
    seats = [sentence for review in reviews for sentence in _seat(review)]
    return (*seats, *_report(docket))


def same_model(asked: str, served: str) -> bool:
    """Return whether a server's name means the model that was asked: prefixes and dated snapshots do not differ.

    >>> same_model("openai/gpt-5.2", "gpt-5.2-2025-12-11"), same_model("openai/gpt-5.2", "gpt-5.2-mini")
    (True, False)
    """
    return _plain(asked) == _plain(served)


def _plain(model: str) -> str:
    return _SNAPSHOT.sub("", model.rpartition("/")[2].strip().lower())


def _seat(review: Review) -> list[str]:
    name, said = review.seat.name, []
    if review.ballot is None:
        recused = review.outcome is ReviewOutcome.RECUSED and review.reason is not None
        said.append(f"recused: {review.reason}" if recused else review.reason or _DEFAULTS[review.outcome])
    elif counted_verdict(review) is Verdict.ABSTAIN:
        word = one_line(review.ballot.quoted_verdict or "", 60)
        unknown = BallotFlag.UNKNOWN_VERDICT in review.ballot.flags
        said.append(f"'{word}' is no verdict, so it counts as an abstention" if unknown else "abstained")
    if review.ballot is not None and BallotFlag.FINDING_DROPPED in review.ballot.flags:
        lost = len(review.ballot.unread)
        said.append(f"{plural(lost, 'finding')} could not be read" if lost else "not all findings could be read")
    if review.fallback is not None and review.ballot is not None:
        said.append(f"its model could not be had, and its fallback {one_line(review.fallback, 80)} was asked")
    if review.served_model is not None and not same_model(review.fallback or review.seat.model, review.served_model):
        said.append(f"answered by {one_line(review.served_model, 80)}, which is not the model that was asked")
    return [one_line(f"{name}: {sentence}", 300) for sentence in said]


def _report(docket: Docket) -> list[str]:
    report = docket.report
    if report is None:
        return ["no check was run"]
    said = []
    for check in report.checks:
        if check.name == "examples" and check.outcome is CheckOutcome.SKIPPED:
            continue  # whoever gives no example lacks nothing
        if check.outcome not in (CheckOutcome.PASSED, CheckOutcome.FAILED):
            word = "not run" if check.outcome is CheckOutcome.SKIPPED else check.outcome.value.replace("_", " ")
            said.append(one_line(f"{check.name}: {word} ({check.summary})", 300))
    demanded = [c for c in docket.policy.criteria if c.required != "never"]
    needed = [c for c in demanded if c.check != "examples" or c.required == "always"]
    absent = [c.check for c in needed if report.check(c.check) is None]
    return [*said, *(f"{name}: not run" for name in absent), *_sandbox(report)]


def _sandbox(report: ValidationReport) -> list[str]:
    sandbox = report.sandbox
    if not sandbox.missing:
        return []
    if sandbox.unsafe:
        return ["executed without a sandbox (--unsafe-exec): the code could disturb what judges it"]
    return [f"sandbox {sandbox.backend}: without {', '.join(one_line(layer, 80) for layer in sandbox.missing)}"]
