"""The words for what a record says: one place, so that terminal and documents never tell it differently."""

from __future__ import annotations

from council.rendering.public import PublicReport, PublicReview, PublicSession
from council.templating import percent, seconds, usd
from council.text import plural
from council.types.checks import Mark, TestOutcome, TestResult
from council.types.consensus import Concern, Decision, EvidenceState
from council.types.evidence import Evidence, FixOutcome, FixTrial
from council.types.examinations import Answer
from council.types.findings import Finding
from council.types.reviews import BallotFlag, ReviewOutcome, Verdict
from council.types.session import Attempt, Cost, SessionKind, SessionState

_NO_BALLOT = {
    ReviewOutcome.ANSWERED: "no ballot",
    ReviewOutcome.UNREADABLE: "unreadable",
    ReviewOutcome.REFUSED: "refused",
    ReviewOutcome.FAILED: "failed",
    ReviewOutcome.TIMED_OUT: "no answer",
    ReviewOutcome.OVER_BUDGET: "not asked",
    ReviewOutcome.OBEYED: "vote lost",
    ReviewOutcome.RECUSED: "recused",
    ReviewOutcome.UNSPENT: "not needed",
}
_FLAGS = {
    BallotFlag.CONTRADICTION: "approves and lists a critical finding: not counted as an approval",
    BallotFlag.REPAIRED: "its JSON was broken and could be mended",
    BallotFlag.TRUNCATED: "its answer was cut off",
    BallotFlag.FINDING_DROPPED: "a finding could not be read",
    BallotFlag.UNKNOWN_VERDICT: "its verdict is no word of any list: counted as an abstention",
    BallotFlag.UNKNOWN_SEVERITY: "used a severity that is no word of any list: weighed as high",
}
_RULINGS = {
    Answer.ASKED: "the task asks for it",
    Answer.NOT_ASKED: "the task does not ask for it",
    Answer.UNCLEAR: "cannot tell",
}
_RULINGS_UNRUN = {Answer.ASKED: "it holds", Answer.NOT_ASKED: "it does not hold", Answer.UNCLEAR: "cannot tell"}
_PUT_AFTER_A_RUN = (EvidenceState.REPRODUCED, EvidenceState.UPHELD, EvidenceState.DISPUTED)
UNSAFE_WORDS = "WITHOUT A SANDBOX (--unsafe-exec): the code can read your files and keys and use your network"
"""Said wherever code ran without walls, before it runs and in every result."""
VERSIONS = "versions"
"""The source of what independent versions of the task have shown: no seat's, and no vote."""
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
    if review.withdrawn is not None:
        given = verdict_words(review.withdrawn.verdict)
        return f"vote lost, it said {given}: {review.reason or 'it obeyed the material'} (counts only against the code)"
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
    if session.confidence is not None:
        facts.append(f"{percent(session.confidence)} sure")
    elif session.agreement is not None:
        facts.append(f"agreement {percent(session.agreement)}")
    if session.checks_only:
        facts.append("no seat counts" if session.reviews else "no seat was asked")
    elif session.quorum is not None:
        facts.append(quorum_words(session))
        facts += still_open(session)
    if session.kind is SessionKind.GENERATE and session.generation is not None and session.decision is None:
        facts += generation_facts(session)
    return tuple(facts)


def quorum_words(session: PublicSession) -> str:
    """Return ``3 of 4 seats``; how many are needed where that is too few, and what they are worth as they err alike."""
    quorum = session.quorum
    if quorum is None:
        return "no seat was asked"
    needed = "" if quorum.met else f", {quorum.needed} needed"
    few = session.effective_seats is not None and session.effective_seats < quorum.heard - 0.05
    alike = f", worth {session.effective_seats:.1f} independent ones" if few else ""
    return f"{quorum.heard} of {plural(quorum.invited, 'seat')}{needed}{alike}"


def trust_words(session: PublicSession) -> str | None:
    """Return where the number that says how sure the decision is comes from; ``None`` without such a number."""
    if session.confidence is None or session.confidence_rests_on is None:
        return None
    return f"{percent(session.confidence)} sure: {session.confidence_rests_on}"


def still_open(session: PublicSession) -> list[str]:
    """Return whether the seats that are missing could change the decision; nothing where none is missing."""
    quorum = session.quorum
    gone = [review.outcome for review in session.reviews if review.missing]
    silent, kind = len(gone), "unasked" if set(gone) == {ReviewOutcome.UNSPENT} else "missing"
    if quorum is None or not quorum.met or silent == 0 or session.decision is Decision.BLOCKED:
        return []
    missing = f"the {kind} seat" if silent == 1 else f"the {silent} {kind} seats"
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
    seats = [seat for seat in concern.seats if seat != VERSIONS]
    words = f"{len(seats)} of {plural(concern.of_seats, 'seat')}"
    if len(seats) < concern.of_seats:
        words += f" ({', '.join(seats)})"
    if len(seats) < len(concern.seats):
        words = f"{words} and independent versions of the task" if seats else "independent versions of the task"
    if concern.seconds:
        words += f", and {', '.join(concern.seconds)} when asked"
    if concern.state is EvidenceState.NOT_ATTEMPTED:
        return f"{words} · not executed" if others_ran and seats else words
    reason = next((run.reason for run in concern.evidence if run.state is concern.state and run.reason), None)
    return f"{words} · {verdict_words(concern.state)}" + (f": {reason}" if reason else "")


def evidence_lines(run: Evidence) -> tuple[str, ...]:
    """Return what one run showed, a line a fact: the reason, what was expected, who says so too, what its fix did."""
    lines = [run.reason or ""]
    if run.expected is not None or run.actual is not None:
        lines.append(f"expected {run.expected or 'something else'}, the code gives {run.actual or 'something else'}")
    if run.runs:
        lines.append(f"{run.test}: {run.failed} of {plural(run.runs, 'run')} failed")
    if run.denied_by:
        lines.append(f"denied by {', '.join(run.denied_by)}")
    if run.fix is not None:
        lines.append(_fix_words(run.fix))
    return tuple(line for line in lines if line)


def fix_lines(concern: Concern) -> tuple[str, ...]:
    """Return what became of the fixes that were run for a concern, the one that held first."""
    trials = [run.fix for run in concern.evidence if run.fix is not None]
    ordered = sorted(trials, key=lambda trial: trial.outcome is not FixOutcome.VERIFIED)
    return tuple(dict.fromkeys(_fix_words(trial) for trial in ordered))


def _fix_words(trial: FixTrial) -> str:
    held = "fix holds" if trial.outcome is FixOutcome.VERIFIED else "fix refused"
    return f"{held}: {trial.reason}"


def ruling_words(concern: Concern, session: PublicSession) -> tuple[tuple[str, str, str], ...]:
    """Return what other seats ruled on a concern's claims: seat, ruling in words, grounds."""
    ids = {finding.id for finding in concern.members}
    said = []
    words = _RULINGS if _was_run(concern) else _RULINGS_UNRUN
    for call in sorted(session.examinations, key=lambda call: (call.round, call.seat)):
        for finding_id in call.finding_ids:
            if finding_id not in ids:
                continue
            ruling = call.ruling(finding_id)
            if ruling is None:
                why = f": {call.reason}" if call.reason else ""
                said.append((call.seat, f"no ruling{why}", ""))
            else:
                said.append((call.seat, words[ruling.answer], ruling.grounds or ""))
    return tuple(said)


def same_words(concern: Concern, finding: Finding, field: str) -> str | None:
    """Return who of a concern wrote the same ``counterexample`` or ``fix`` before, so that it is shown once."""
    before = concern.members[: concern.members.index(finding)]
    same = next((one.source for one in before if getattr(one, field) == getattr(finding, field)), None)
    return None if same is None else f"the same as that of {same}"


def question_words(concern: Concern) -> str:
    """Return what the other seats were asked about a concern's claims."""
    return "does the task ask for it?" if _was_run(concern) else "does it hold?"


def examination_words(session: PublicSession) -> str | None:
    """Return in a line whom the open claims were put to; ``None`` where none were."""
    if not session.examinations:
        return None
    claims = {finding_id for call in session.examinations for finding_id in call.finding_ids}
    seats = {call.seat for call in session.examinations}
    put = plural(len(claims), "claim was", "claims were")
    put_ones = [c for c in session.concerns if any(finding.id in claims for finding in c.members)]
    if not put_ones:
        return None
    asked = sorted({question_words(concern) for concern in put_ones}, reverse=True)
    return f"{put} put to {plural(len(seats), 'other seat')}: {' '.join(asked)}"


def _was_run(concern: Concern) -> bool:
    return concern.state in _PUT_AFTER_A_RUN


def executed(session: PublicSession) -> bool:
    """Whether the claim behind at least one concern was run."""
    return any(c.state is not EvidenceState.NOT_ATTEMPTED or VERSIONS in c.seats for c in session.concerns)


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
    if session.revision is not None:
        when = f" of {', '.join(days)}" if days else ""
        said = f"Decided again from session {session.revision.session_id}"
        return f"{said}, by its answers{when}: nobody was asked and nothing was run."
    source = f" {session.replayed_from}" if session.replayed_from else ""
    when = f" ({', '.join(days)})" if days else ""
    return f"The seats' answers are replayed from the recording{source}{when}: nobody was asked now."


def revision_words(session: PublicSession) -> str | None:
    """Return what was decided before, what is decided now, and what makes the difference; ``None`` for a sitting."""
    before = session.revision
    if before is None:
        return None
    was = "unfinished" if before.decision is None else verdict_words(before.decision)
    was += "" if before.score is None else f" {before.score:.1f}"
    now = verdict_words(session.decision) + ("" if session.score is None else f" {session.score:.1f}")
    why = "; ".join(before.changes) or "nothing that decides has changed"
    if was == now:
        return f"was {was}, and still is: {why}" if not before.changes else f"was {was}, and still is, with {why}"
    return f"was {was}, is {now} because {why}"


def statement_words(session: PublicSession) -> str | None:
    """Return whose words the council's quote has, and that it decides nothing; ``None`` where there is none."""
    said = session.statement
    if said is None:
        return None
    if said.by is not None:
        return f"Council quote, worded by {said.by}: it decides nothing"
    why = f" ({said.reason})" if said.reason else ""
    return f"Council quote, made of the facts: {said.asked} could not word it{why}"


def is_counted(review: PublicReview) -> bool:
    """Whether a seat's ballot is heard: an abstention is not."""
    return review.verdict not in (None, Verdict.ABSTAIN)
