"""The words for what a record says: one place, so that terminal and documents never tell it differently."""

from __future__ import annotations

from council.rendering.public import PublicReport, PublicReview, PublicSession
from council.templating import percent, seconds, usd
from council.text import plural
from council.types.checks import Mark, TestOutcome, TestResult
from council.types.consensus import Concern, Decision, EvidenceState
from council.types.reviews import BallotFlag, ReviewOutcome, Verdict
from council.types.session import Attempt, Cost, SessionKind, SessionState

_NO_BALLOT = {
    ReviewOutcome.ANSWERED: "no ballot",
    ReviewOutcome.UNREADABLE: "unreadable",
    ReviewOutcome.REFUSED: "refused",
    ReviewOutcome.FAILED: "failed",
    ReviewOutcome.TIMED_OUT: "no answer",
    ReviewOutcome.OVER_BUDGET: "not asked",
}
_FLAGS = {
    BallotFlag.CONTRADICTION: "approves and lists a critical finding: not counted as an approval",
    BallotFlag.REPAIRED: "its JSON was broken and could be mended",
    BallotFlag.TRUNCATED: "its answer was cut off",
    BallotFlag.FINDING_DROPPED: "a finding could not be read",
    BallotFlag.UNKNOWN_VERDICT: "its verdict is no word of any list: counted as an abstention",
    BallotFlag.UNKNOWN_SEVERITY: "used a severity that is no word of any list: weighed as high",
}
UNSAFE_WORDS = "WITHOUT A SANDBOX (--unsafe-exec): the code can read your files and keys and use your network"
"""Said wherever code ran without walls, before it runs and in every result."""
NOT_EXECUTED = "None of these was executed: they are what the seats say."


def verdict_words(verdict: str | None) -> str:
    """Return a verdict or a decision as people write it: ``request changes``."""
    return "none" if verdict is None else str(verdict).replace("_", " ")


def seat_words(review: PublicReview) -> str:
    """Return what a seat said, or why there is nothing, in two words."""
    return _NO_BALLOT[review.outcome] if review.ballot is None else verdict_words(review.verdict)


def seat_reason(review: PublicReview) -> str | None:
    """Return why a seat gave no ballot, in a sentence that says it does not count; ``None`` where it gave one."""
    if review.ballot is not None:
        return None
    if review.reason:
        own = review.outcome is ReviewOutcome.TIMED_OUT  # its reason says it all: no answer within 30 s
        said = review.reason if own else f"{_NO_BALLOT[review.outcome]}: {review.reason}"
    else:
        said = _NO_BALLOT[review.outcome] + (f" after {seconds(review.duration_s)}" if review.duration_s else "")
    return f"{said} (not counted)"


def seat_notes(review: PublicReview, session: PublicSession) -> tuple[str, ...]:
    """Return what is odd about a seat's ballot: its flags, and what the consensus says is missing there."""
    if review.ballot is None:
        return ()
    head = f"{review.seat.name}: "
    gaps = [sentence.removeprefix(head) for sentence in session.degraded if sentence.startswith(head)]
    told = {BallotFlag.FINDING_DROPPED, BallotFlag.UNKNOWN_VERDICT} if gaps else set()
    plain = [sentence for sentence in gaps if sentence != "abstained"]  # that is the verdict already
    return (*(_FLAGS[flag] for flag in review.ballot.flags if flag not in told), *plain)


def decision_words(session: PublicSession) -> str:
    """Return the decision in capitals; where nothing was decided, how far the session came."""
    if session.decision is not None:
        alone = session.checks_only and session.decision.exit_code < 3
        return verdict_words(session.decision).upper() + (" BY THE CHECKS ALONE" if alone else "")
    if session.kind is not SessionKind.GENERATE or session.state is not SessionState.FINISHED:
        return "UNFINISHED"
    if session.generation is None or session.generation.chosen is None:
        return "NO CODE"
    return {0: "CHECKS PASSED", 1: "CHECKS FAILED"}.get(session.exit_code, "NOT CHECKED")


def report_words(report: PublicReport) -> str:
    """Return a validation's result in capitals."""
    return {0: "PASSED", 1: "FAILED"}.get(report.exit_code, "NOT CHECKED")


def decision_facts(session: PublicSession) -> tuple[str, ...]:
    """Return what stands beside the decision: score with interval, agreement, seats, what could still change it."""
    facts = []
    if decision_words(session) == "UNFINISHED":
        facts.append("the sitting was interrupted, or still goes on: nothing is decided")
    if session.score is not None:
        between = f" ({session.interval[0]:.1f} to {session.interval[1]:.1f})" if session.interval else ""
        facts.append(f"{session.score:.1f} of 10{between}")
    if session.agreement is not None:
        facts.append(f"agreement {percent(session.agreement)}")
    if session.checks_only:
        facts.append("no seat was asked")
    elif session.quorum is not None:
        facts.append(quorum_words(session))
        facts += still_open(session)
    if session.kind is SessionKind.GENERATE and session.generation is not None and session.decision is None:
        facts += generation_facts(session)
    return tuple(facts)


def quorum_words(session: PublicSession) -> str:
    """Return ``3 of 4 seats``; where that is too few, how many are needed."""
    quorum = session.quorum
    if quorum is None:
        return "no seat was asked"
    needed = "" if quorum.met else f", {quorum.needed} needed"
    return f"{quorum.heard} of {plural(quorum.invited, 'seat')}{needed}"


def still_open(session: PublicSession) -> list[str]:
    """Return whether the seats that are missing could change the decision; nothing where none is missing."""
    quorum = session.quorum
    silent = sum(1 for review in session.reviews if review.ballot is None)
    if quorum is None or not quorum.met or silent == 0 or session.decision is Decision.BLOCKED:
        return []
    missing = "the missing seat" if silent == 1 else f"the {silent} missing seats"
    if session.decided:
        return [f"no answer of {missing} could change this"]
    return [f"{missing} could still change this"]


def generation_facts(session: PublicSession) -> list[str]:
    """Return which attempt was kept, and how long all of them took."""
    written = session.generation
    if written is None:
        return []
    total = plural(len(written.attempts), "attempt")
    kept = f"attempt {written.chosen} of {len(written.attempts)}" if written.chosen is not None else f"none of {total}"
    return [kept, *([seconds(session.duration_s)] if session.duration_s is not None else [])]


def gaps(session: PublicSession) -> tuple[str, ...]:
    """Return what is missing and is not said at a seat or a check already."""
    said = [f"{review.seat.name}: " for review in session.reviews] + [f"{check.name}: " for check in session.checks]
    return tuple(sentence for sentence in session.degraded if not sentence.startswith(tuple(said)))


def concern_words(concern: Concern, others_ran: bool = False) -> str:
    """Return who raised a concern and what running it showed; ``others_ran`` where that sets it apart from others."""
    words = f"{len(concern.seats)} of {plural(concern.of_seats, 'seat')}"
    if len(concern.seats) < concern.of_seats:
        words += f" ({', '.join(concern.seats)})"
    if concern.state is EvidenceState.NOT_ATTEMPTED:
        return f"{words} · not executed" if others_ran else words
    reason = next((run.reason for run in concern.evidence if run.state is concern.state and run.reason), None)
    return f"{words} · {verdict_words(concern.state)}" + (f": {reason}" if reason else "")


def executed(session: PublicSession) -> bool:
    """Whether the claim behind at least one concern was run."""
    return any(concern.state is not EvidenceState.NOT_ATTEMPTED for concern in session.concerns)


def cost_words(cost: Cost) -> str:
    """Return what the sitting cost; an unknown price is said, and is not $0."""
    if cost.usd is not None:
        return usd(cost.usd) if cost.usd else "$0"
    if not cost.unknown:
        return "unknown"
    who = ", ".join(cost.unknown)
    sure = f"{usd(cost.known_usd)} and what " if cost.known_usd else ""
    return f"{sure}{who} cost, which is unknown" if sure else f"unknown ({who})"


def cost_total(cost: Cost) -> str:
    """Return the sum for a heading: ``$0.041``, ``$0``, ``cost unknown`` or ``$0.010 and more``."""
    if cost.usd is not None:
        return cost_words(cost)
    return f"{usd(cost.known_usd)} and more" if cost.known_usd else "cost unknown"


def check_words(name: str, tool: str, summary: str, mark: Mark) -> str:
    """Return a check's result; one that is not fine names its tool: ``PYTEST: 3 of 5 tests failed``."""
    return f"{tool.upper()}: {summary}" if mark in (Mark.FAIL, Mark.BROKEN) else summary


def test_words(test: TestResult) -> str:
    """Return why a test did not pass, in a line."""
    if test.outcome is TestOutcome.MISSING:
        return test.reason or "never ended"
    return test.reason or verdict_words(test.outcome)


def unpassed(tests: tuple[TestResult, ...]) -> tuple[TestResult, ...]:
    """Return the tests that did not pass; a skipped one has not passed."""
    return tuple(test for test in tests if test.outcome is not TestOutcome.PASSED)


def attempt_words(attempt: Attempt, chosen: int | None) -> str:
    """Return what became of an attempt of a local model."""
    if attempt.number == chosen:
        return "kept" + (f": {attempt.reason}" if attempt.reason else "")
    return attempt.reason or ("no code in the answer" if attempt.code is None else "not kept")


def source_words(session: PublicSession) -> str:
    """Return what was judged: ``cache.py  37 lines``."""
    files = session.submission.files
    if not files:
        return "no code"
    more = f" and {plural(len(files) - 1, 'more file')}" if files[1:] else ""
    return f"{files[0].path}{more}  {plural(session.submission.lines, 'line')}"


def replay_words(session: PublicSession) -> str | None:
    """Return where replayed ballots come from, with the days they were recorded; ``None`` for a live sitting."""
    days = sorted({review.recorded_at for review in session.reviews if review.recorded_at})
    if session.replayed_from is None and not days:
        return None
    source = f" {session.replayed_from}" if session.replayed_from else ""
    when = f" ({', '.join(days)})" if days else ""
    return f"The seats' answers are replayed from the recording{source}{when}: nobody was asked now."


def is_counted(review: PublicReview) -> bool:
    """Whether a seat's ballot is heard: an abstention is not."""
    return review.verdict not in (None, Verdict.ABSTAIN)
