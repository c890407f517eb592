"""Cross-examination: what is open between seats is put to those who did not say it.

Two kinds are open: claims that were reproduced and that nobody confirmed (does the task ask for what they expect?),
those of versions of the task among them, and contested findings that no run has settled (do they hold?). Each seat gets
one call with the claims of others, without their names and in an order of its own that the submission decides. A seat
never judges its own finding. Only claims whose answer could change the decision are put at all.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

from council.errors import CouncilError, ModelTimeout
from council.protocols import ModelClient
from council.reviewing.lures import Passage, find_steering, nonce_of
from council.reviewing.obeying import find_spoken_obedience
from council.reviewing.panel import outcome_of
from council.reviewing.prompt import marked_text, numbered_file
from council.reviewing.rulings import RULINGS_SCHEMA, read_rulings
from council.settings import Settings
from council.templating import Templates
from council.text import clip, one_line
from council.types.base import Record
from council.types.calls import Call, CallState, Message, Reply
from council.types.events import Event, SeatExamined, SeatMoved
from council.types.evidence import Evidence, EvidenceKind, EvidenceState
from council.types.examinations import Answer, CrossExamination, Ruling, Second
from council.types.findings import Finding
from council.types.reviews import Review, ReviewOutcome, Seat
from council.types.submission import Submission

MOST_CLAIMS = 6
"""Claims in one call; the gravest come first."""
_TEXT_CHARS = 2000
_MOST_WEIGHED = 12
"""Contested findings of which it is found out whether they could change the decision, the gravest first."""
_UNSETTLED = (EvidenceState.NOT_ATTEMPTED, EvidenceState.FLAKY, EvidenceState.UNRUNNABLE)
"""No run has shown anything: these are opinions."""

Weigh = Callable[..., Evidence]
"""Sets the state of a piece of evidence by who confirms and who denies it: ``evidence.weigh_seats``, handed in."""
Decides = Callable[[tuple[Evidence, ...], tuple[Second, ...]], object]
"""Returns the decision that some evidence leads to, and who seconds whose findings."""
TurnAway = Callable[[Seat, Reply], CouncilError | None]


class Claim(Record):
    """A finding that is open: its claim was reproduced, or no run has settled it."""

    finding: Finding
    evidence: Evidence | None = None
    """``None`` where no run has shown anything."""


class Bar:
    """Everything that the calls of one cross-examination share.

    Args:
        client: asks the models.
        turn_away: looks at who really answered, as in a review.
        spoken: what the checks printed of the code.
        topic: what seats are asked about, in the words of the progress.
        on_event: hears ``SeatMoved`` and ``SeatExamined``.
    """

    def __init__(
        self,
        client: ModelClient,
        submission: Submission,
        settings: Settings,
        templates: Templates,
        *,
        turn_away: TurnAway,
        spoken: str = "",
        topic: str = "claims of others",
        on_event: Callable[[Event], None] | None = None,
    ) -> None:
        self.on_event = on_event or _deaf
        self.client = client
        self.submission = submission
        self.settings = settings
        self.templates = templates
        self.turn_away = turn_away
        self.spoken = spoken
        self.topic = topic


async def cross_examine(
    reviews: Sequence[Review],
    evidence: tuple[Evidence, ...],
    bar: Bar,
    *,
    weigh: Weigh,
    decides: Decides,
    before: tuple[CrossExamination, ...] = (),
    others: Sequence[Finding] = (),
) -> tuple[tuple[Evidence, ...], tuple[CrossExamination, ...]]:
    """Put what is open to the other seats; return the evidence as it stands then, and every call, old ones first.

    Rounds and calls are bounded by the settings, money and time by the sitting. What was asked before is not asked
    again, and counts. ``others`` are findings of no seat that were run: what versions of the task say. Whatever order
    reviews and evidence come in, the same is asked and the same comes of it.
    """
    held = before
    for number in range(1, bar.settings.cross_examination_rounds + 1):
        evidence = weighed(evidence, held, weigh)
        claims = open_claims(reviews, evidence, weigh, decides, seconds_of(held), others)
        left = bar.settings.cross_examination_calls - (len(held) - len(before))
        asked = _asked(reviews, claims, held, bar.submission)[: max(0, left)]
        if not asked:
            break
        rulings = [ruling for call in held for ruling in call.rulings]
        steering = await asyncio.to_thread(find_steering, bar.submission, _relayed(claims, rulings, bar.spoken))
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(
                    put_claims(
                        bar, seat, own, compose_question(bar.submission, own, bar.templates, rulings), steering, number
                    )
                )
                for seat, own in asked
            ]
        held = (*held, *(task.result() for task in tasks))
    return weighed(evidence, held, weigh), held


def open_claims(
    reviews: Iterable[Review],
    evidence: tuple[Evidence, ...],
    weigh: Weigh,
    decides: Decides,
    seconds: tuple[Second, ...] = (),
    others: Sequence[Finding] = (),
) -> tuple[Claim, ...]:
    """Return what is open and whose answer by others could change the decision: reproduced first, then the gravest."""
    told = [review for review in reviews if review.ballot is not None]
    by_id = {f.id: f for review in told if review.ballot is not None for f in review.ballot.findings}
    known = {**by_id, **{finding.id: finding for finding in others}}
    run = [found for found in evidence if found.state is EvidenceState.REPRODUCED and found.finding_id in known]
    settled = {found.finding_id for found in evidence if found.state not in _UNSETTLED}
    unrun = [finding for name, finding in by_id.items() if name not in settled]
    if not run and not unrun:
        return ()
    now = decides(evidence, seconds)

    def changed(some: Iterable[Evidence]) -> bool:
        names = {found.finding_id for found in some}
        for confirming, denying in ((("?",), ()), ((), ("?",))):
            after = tuple(
                weigh(found, confirming=confirming, denying=denying, asked=1) if found.finding_id in names else found
                for found in evidence
            )
            if decides(after, seconds) != now:
                return True
        return False

    def turned(finding: Finding) -> bool:
        others = {review.seat.name for review in told} - {finding.source}
        more = tuple(Second(finding_id=finding.id, seat=name) for name in sorted(others))
        return decides(evidence, (*seconds, *more)) != now

    alone = [found for found in run if changed((found,))]
    chosen = alone or (run if changed(run) else [])
    claims = [Claim(finding=known[found.finding_id], evidence=found) for found in chosen]
    contested = [Claim(finding=finding) for finding in sorted(unrun, key=_gravity)[:_MOST_WEIGHED] if turned(finding)]
    ordered = (*sorted(claims, key=lambda claim: _gravity(claim.finding)), *contested)
    return ordered[:MOST_CLAIMS]


def _gravity(finding: Finding) -> tuple[int, str]:
    return (-finding.severity.rank, finding.id)


def seconds_of(calls: Iterable[CrossExamination]) -> tuple[Second, ...]:
    """Return who said of whose finding, when asked, that it holds: by a seat's last word."""
    return tuple(
        Second(finding_id=name, seat=seat)
        for name, answers in sorted(_last_words(calls).items())
        for seat, answer in sorted(answers.items())
        if answer is Answer.ASKED
    )


def weighed(evidence: Iterable[Evidence], calls: Iterable[CrossExamination], weigh: Weigh) -> tuple[Evidence, ...]:
    """Return the evidence after what was ruled: a seat's last word on a claim counts, and only claims it was asked."""
    last = _last_words(calls)
    return tuple(_weighed(run, last.get(run.finding_id, {}), weigh) for run in evidence)


def _last_words(calls: Iterable[CrossExamination]) -> dict[str, dict[str, Answer | None]]:
    last: dict[str, dict[str, Answer | None]] = {}
    for call in sorted(calls, key=lambda call: (call.round, call.seat)):
        for finding_id in call.finding_ids:
            ruling = call.ruling(finding_id)
            said = None if ruling is None or call.outcome is not ReviewOutcome.ANSWERED else ruling.answer
            known = last.setdefault(finding_id, {})
            known[call.seat] = said if said is not None else known.get(call.seat)
    return last


def _weighed(run: Evidence, answers: Mapping[str, Answer | None], weigh: Weigh) -> Evidence:
    if not answers:
        return run
    confirming = sorted(seat for seat, answer in answers.items() if answer is Answer.ASKED)
    denying = sorted(seat for seat, answer in answers.items() if answer is Answer.NOT_ASKED)
    return weigh(run, confirming=confirming, denying=denying, asked=len(answers))


def _asked(
    reviews: Sequence[Review], claims: Sequence[Claim], held: Iterable[CrossExamination], submission: Submission
) -> list[tuple[Seat, tuple[Claim, ...]]]:
    """Return who is asked about what: seats with a ballot, about claims of others on which they have not ruled yet."""
    ruled = {
        (call.seat, ruling.finding_id)
        for call in held
        for ruling in call.rulings
        if ruling.answer is not Answer.UNCLEAR
    }
    asked = []
    for review in reviews:
        name = review.seat.name
        own = [c for c in claims if c.finding.source != name and (name, c.finding.id) not in ruled]
        if review.ballot is not None and own:
            asked.append((_as_served(review), in_own_order(submission, name, own)))
    return sorted(asked, key=lambda pair: _lot(submission, pair[0].name))


def _as_served(review: Review) -> Seat:
    """Return the seat with the model that has answered for it: its fallback, where that was asked."""
    if review.fallback is None:
        return review.seat
    seat: Seat = review.seat.but(model=review.fallback, fallback=None)
    return seat


def in_own_order(submission: Submission, seat: str, claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Return claims in the order in which one seat sees them."""
    return tuple(sorted(claims, key=lambda claim: _lot(submission, seat, claim.finding.id)))


def _lot(submission: Submission, *words: str) -> str:
    """Return the lot by which seats and claims are shuffled: of chance, and the same for the same submission."""
    return hashlib.sha256("\0".join((submission.digest, *words)).encode()).hexdigest()


async def put_claims(
    bar: Bar,
    seat: Seat,
    claims: tuple[Claim, ...],
    messages: tuple[Message, ...],
    steering: Sequence[Passage],
    number: int,
) -> CrossExamination:
    """Put claims to one seat in these words and return the call, whatever came of it. ``number``: of the round."""
    bar.on_event(SeatMoved(seat=seat.name, state=CallState.ASKING, detail=f"asked about {bar.topic}"))
    asked = CrossExamination(
        seat=seat.name,
        round=number,
        question=messages,
        finding_ids=tuple(claim.finding.id for claim in claims),
        outcome=ReviewOutcome.FAILED,
    )
    call = await _called(bar, seat, asked, steering)
    bar.on_event(SeatExamined(call=call))
    return call


async def _called(bar: Bar, seat: Seat, asked: CrossExamination, steering: Sequence[Passage]) -> CrossExamination:
    clock = asyncio.get_running_loop().time
    started = clock()
    call = Call(
        model=seat.model,
        messages=asked.question,
        reply_schema=RULINGS_SCHEMA,
        temperature=bar.settings.temperature,
        max_tokens=bar.settings.max_tokens,
        timeout_s=bar.settings.attempt_limit_s,
        api_base=seat.api_base,
        purpose="cross-examine",
    )
    limit_s = bar.settings.later_limit_s
    try:
        async with asyncio.timeout(limit_s) as limit:
            reply = await bar.client.complete(call)
    except TimeoutError:
        if not limit.expired():
            raise
        return _silent(asked, ModelTimeout.after(limit_s), seat, clock() - started)
    except CouncilError as error:
        return _silent(asked, error, seat, clock() - started)
    return _heard(bar, asked, seat, reply, steering)


def _deaf(event: Event) -> None:
    """Nobody listens."""


def _silent(asked: CrossExamination, error: CouncilError, seat: Seat, duration_s: float) -> CrossExamination:
    silent: CrossExamination = asked.but(
        outcome=outcome_of(error),
        reason=one_line(error.problem, 300),
        duration_s=duration_s,
        attempts=getattr(error, "attempts", 0) or (1 if isinstance(error, ModelTimeout) else 0),
        cost_usd=0.0 if seat.provider == "ollama" else None,
    )
    return silent


def _heard(
    bar: Bar, asked: CrossExamination, seat: Seat, reply: Reply, steering: Sequence[Passage]
) -> CrossExamination:
    rulings = read_rulings(reply.text, asked.finding_ids)
    outcome, reason = ReviewOutcome.ANSWERED, None
    refusal = bar.turn_away(seat, reply)
    obeyed = find_spoken_obedience(reply.text, [r.grounds or "" for r in rulings], bar.submission, steering)
    if refusal is not None:
        outcome, reason, rulings = outcome_of(refusal), refusal.problem, ()
    elif obeyed is not None:
        outcome, reason, rulings = ReviewOutcome.OBEYED, f"it obeyed an instruction: {obeyed.reason}", ()
    elif not rulings:
        outcome, reason = ReviewOutcome.UNREADABLE, "the reply holds no ruling"
    heard: CrossExamination = asked.but(
        outcome=outcome,
        rulings=rulings,
        reason=reason,
        raw_text=reply.text,
        served_model=reply.served_model,
        digest=reply.digest,
        usage=reply.usage,
        cost_usd=reply.cost_usd,
        duration_s=reply.duration_s,
        attempts=reply.attempts,
        recorded_at=reply.recorded_at,
    )
    return heard


def compose_question(
    submission: Submission, claims: Sequence[Claim], templates: Templates, said: Sequence[Ruling] = ()
) -> tuple[Message, ...]:
    """Return the messages that put some claims to one seat: framed like the material of a review, without names."""
    values = {
        "nonce": nonce_of(submission),
        "task": None if submission.task is None else marked_text(submission.task),
        "files": [numbered_file(file) for file in submission.files],
        "claims": [_shown(claim, said) for claim in claims],
        "unrun": any(claim.evidence is None for claim in claims),
    }
    return (
        Message(role="system", content=templates.render("prompts/cross_system.txt.j2", values).strip() + "\n"),
        Message(role="user", content=templates.render("prompts/cross_user.txt.j2", values).strip() + "\n"),
    )


def _shown(claim: Claim, said: Sequence[Ruling]) -> dict[str, str]:
    finding, run = claim.finding, claim.evidence
    grounds = sorted({r.grounds for r in said if r.finding_id == finding.id and r.grounds})
    words = "\n".join([finding.message, finding.explanation or ""]).strip()
    if run is not None and run.kind is EvidenceKind.VERSIONS:  # how many say so is no argument here either
        words = f"The code gives another value than it should: {run.actual}, and not {run.expected}."
        run = run.but(output=None, reason=f"expected {run.expected}, got {run.actual}")
    return {
        "text": marked_text(clip(words, _TEXT_CHARS)),
        "test": "" if run is None else marked_text(clip(finding.counterexample or "not told", _TEXT_CHARS)),
        "output": "" if run is None else marked_text(clip(run.output or run.reason or "not told", _TEXT_CHARS)),
        "said": marked_text(clip("\n".join(one_line(text, 300) for text in grounds), _TEXT_CHARS)) if grounds else "",
    }


def _relayed(claims: Iterable[Claim], said: Iterable[Ruling], spoken: str) -> str:
    """Return every word of others that the question relays: it may tell a seat what to answer."""
    parts = [spoken]
    for claim in claims:
        finding, run = claim.finding, claim.evidence
        parts += [finding.message, finding.explanation or "", finding.counterexample or ""]
        parts.append("" if run is None else run.output or "")
    return "\n".join([*parts, *(ruling.grounds or "" for ruling in said)])
