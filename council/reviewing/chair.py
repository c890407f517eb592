"""The chair's statement: prose by one model over a decision that has fallen. It decides nothing.

Where the model fails, contradicts the decision, states a number that is not in the facts or obeys the material, a
sentence made of the facts stands in its place, and why is kept.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import Any

from council.errors import CouncilError, ModelTimeout
from council.prose import foreign_numbers, paragraphs_of
from council.protocols import ModelClient
from council.reviewing.extraction import extract_objects
from council.reviewing.findings import plain_text
from council.reviewing.lures import find_steering, nonce_of
from council.reviewing.obeying import find_spoken_obedience
from council.settings import Settings
from council.templating import Templates
from council.text import one_line
from council.types.calls import Call, Message, Reply
from council.types.consensus import Concern, Consensus, Decision, EvidenceState
from council.types.session import Session, Statement

CHAIR_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "decision": {"type": "string", "maxLength": 40},
        "statement": {"type": "string", "maxLength": 1600},
    },
    "required": ["decision", "statement"],
    "additionalProperties": False,
}
_CONCERNS = 6
_WORDS = {
    Decision.APPROVED: r"\b(?:approv(?:e|es|ed|al|ing)|accept(?:s|ed|able)?|ready to (?:merge|ship)|good to go|lgtm)\b",
    Decision.CHANGES_REQUESTED: r"\b(?:requests? changes|changes? (?:are |is |were )?(?:requested|required|needed))\b",
    Decision.REJECTED: r"\b(?:reject(?:s|ed|ion|ing)?|declin(?:e|es|ed)|turned down)\b",
    Decision.TIED: r"\b(?:tied?|ties|no majority)\b",
    Decision.NO_QUORUM: r"\b(?:no quorum|without (?:a )?quorum|quorum (?:was|is) (?:not|missed))\b",
    Decision.BLOCKED: r"\bblocked\b",
}
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_COUNT = re.compile(r"\b(\d+(?:\.\d+)?) (?:out )?of (?:the )?(\d+)\b")
_NEGATED = re.compile(r"(?:\b(?:not|never|no|nor|neither|cannot|without)|n['’]t)\b[^,.;]{0,30}\Z", re.IGNORECASE)
_OF_A_SEAT = re.compile(r"\b(?:seats?|votes?|voted|reviewers?|dissent\w*)\b", re.IGNORECASE)

_OF_ALL = re.compile(r"\b(?:council|decision|verdict|outcome)\b", re.IGNORECASE)

TurnAway = Callable[[Reply], CouncilError | None]


async def write_statement(
    session: Session,
    client: ModelClient,
    settings: Settings,
    templates: Templates,
    *,
    turn_away: TurnAway,
    unasked: str | None = None,
) -> Statement:
    """Return the statement about a decided session, by the settings' chair or made of the facts.

    ``unasked`` says why the chair may not be asked at all.
    """
    decided, chair = session.consensus, settings.chair
    if decided is None or chair is None:
        raise ValueError("a statement needs a decision and a chair")
    facts = facts_of(session)
    plain = Statement(paragraphs=(_fallback(decided, templates),), by=None, asked=chair)
    if unasked is not None:
        return _instead(plain, unasked)
    call = Call(
        model=chair,
        messages=compose_statement(session, facts, templates),
        reply_schema=CHAIR_SCHEMA,
        temperature=settings.temperature,
        max_tokens=settings.max_tokens,
        timeout_s=settings.attempt_limit_s,
        purpose="chair",
    )
    limit_s = settings.later_limit_s
    try:
        async with asyncio.timeout(limit_s) as limit:
            reply = await client.complete(call)
    except TimeoutError:
        if not limit.expired():
            raise
        return _instead(plain, ModelTimeout.after(limit_s).problem, attempts=1)
    except CouncilError as error:
        return _instead(plain, error.problem, attempts=getattr(error, "attempts", 0))
    paragraphs, decision = read_statement(reply.text)
    refusal = turn_away(reply)
    fault = refusal.problem if refusal is not None else fault_of(paragraphs, decision, session, facts, reply.text)
    told: Statement = plain.but(
        raw_text=reply.text,
        served_model=reply.served_model,
        digest=reply.digest,
        usage=reply.usage,
        cost_usd=reply.cost_usd,
        duration_s=reply.duration_s,
        attempts=reply.attempts,
        recorded_at=reply.recorded_at,
    )
    if fault is not None:
        return _instead(told, fault)
    own: Statement = told.but(paragraphs=paragraphs, by=chair)
    return own


def facts_of(session: Session) -> tuple[str, ...]:
    """Return all that the chair may say, a sentence each, the decision first."""
    decided = session.consensus
    if decided is None:
        return ()
    score = "no score" if decided.score is None else f"score {decided.score:.1f} of 10"
    quorum = decided.quorum
    facts = [
        f"decision: {_spoken(decided.decision)}",
        f"{score}; {quorum.heard} of {quorum.invited} seats were heard, {quorum.needed} are needed",
        *decided.reasons,
        *(
            f"check {check.name}: {check.summary}"
            for check in (session.validation.checks if session.validation else ())
        ),
        *(_concern(concern) for concern in decided.concerns[:_CONCERNS]),
        *(f"dissent: seat {one.seat} says {one.verdict.replace('_', ' ')}" for one in decided.dissent),
        *(f"missing: {sentence}" for sentence in decided.degraded),
    ]
    return tuple(dict.fromkeys(one_line(fact, 300) for fact in facts))


def compose_statement(session: Session, facts: Sequence[str], templates: Templates) -> tuple[Message, ...]:
    """Return what the chair is asked: the facts in the frame of a review, each line behind a bar."""
    values = {"nonce": nonce_of(session.submission), "facts": list(facts)}
    return (
        Message(role="system", content=templates.render("prompts/chair_system.txt.j2", values).strip() + "\n"),
        Message(role="user", content=templates.render("prompts/chair_user.txt.j2", values).strip() + "\n"),
    )


def read_statement(text: str) -> tuple[tuple[str, ...], str | None]:
    """Return the paragraphs of a reply, and the decision it names; a reply without the form is all statement."""
    for candidate in reversed(extract_objects(text.encode("utf-8", "replace").decode()).candidates):
        table = {str(key).strip().lower(): value for key, value in candidate.value.items()}
        if "statement" in table:
            said = table.get("decision")
            return paragraphs_of(plain_text(table["statement"]) or ""), said if isinstance(said, str) else None
    return paragraphs_of(text), None


def fault_of(
    paragraphs: Sequence[str], decision: str | None, session: Session, facts: Sequence[str], reply: str
) -> str | None:
    """Return in a sentence why a statement cannot stand, ``None`` where it can."""
    decided = session.consensus
    if decided is None or not paragraphs:
        return "its answer was empty"
    own = _spoken(decided.decision)
    if decision is not None and _spoken(decision) != own:
        return f"it names another decision: {one_line(decision, 60)}"
    if contradicts(paragraphs, decided):
        return f"it contradicts the decision, which is {own}"
    foreign = (*foreign_numbers(paragraphs, facts), *_foreign_counts(paragraphs, facts))
    if foreign:
        return f"it says {', '.join(foreign[:5])}, which no fact says"
    steering = find_steering(session.submission, "\n".join(facts))
    obeyed = find_spoken_obedience(reply, list(paragraphs), session.submission, steering)
    return None if obeyed is None else f"it obeyed an instruction: {obeyed.reason}"


def _foreign_counts(paragraphs: Sequence[str], facts: Sequence[str]) -> tuple[str, ...]:
    """Return the counts of a text that no fact has as they stand: both numbers of ``4 of 5`` may be facts, apart."""
    known = {pair for fact in facts for pair in _COUNT.findall(fact)}
    return tuple(f"{a} of {b}" for text in paragraphs for a, b in _COUNT.findall(text) if (a, b) not in known)


def contradicts(paragraphs: Sequence[str], decided: Consensus) -> bool:
    """Return whether a text says of the whole what was not decided. What it says of single seats is not looked at.

    Read widely: a text that only might contradict the decision gives way to the facts.
    """
    seats = [re.escape(one.seat) for one in decided.dissent if one.seat]
    named = re.compile(rf"(?<![\w-])(?:{'|'.join(seats)})(?![\w-])") if seats else None
    for sentence in (part for text in paragraphs for part in _SENTENCE.split(text)):
        of_a_seat = _OF_A_SEAT.search(sentence) or (named is not None and named.search(sentence))
        if of_a_seat and not _OF_ALL.search(sentence):
            continue
        for decision, words in _WORDS.items():
            for match in re.finditer(words, sentence, re.IGNORECASE):
                negated = _NEGATED.search(sentence[: match.start()]) is not None and decision is not Decision.NO_QUORUM
                if negated == (decision is decided.decision):
                    return True
    return False


def _concern(concern: Concern) -> str:
    place = "" if concern.location is None else f" at {concern.location}"
    state = "not executed" if concern.state is EvidenceState.NOT_ATTEMPTED else concern.state.value
    seats = f"{len(concern.seats)} of {concern.of_seats} seats"
    return f"concern {concern.id} ({concern.severity.value}, {seats}, {state}){place}: {concern.title}"


def _spoken(decision: str) -> str:
    return " ".join(str(decision).lower().replace("_", " ").replace("-", " ").split()).strip(" .!")


def _fallback(decided: Consensus, templates: Templates) -> str:
    quorum = decided.quorum
    missing = quorum.invited - quorum.heard
    values = {
        "decision": _spoken(decided.decision),
        "score": None if decided.score is None else f"{decided.score:.1f} of 10",
        "reasons": [one_line(reason, 200)[:1].upper() + one_line(reason, 200)[1:] for reason in decided.reasons[:2]],
        "open_seats": (
            None if decided.decided or not missing else "The seats that are missing could still change this"
        ),
    }
    return " ".join(templates.render("prompts/chair_fallback.txt.j2", values).split())


def _instead(plain: Statement, why: str, **more: Any) -> Statement:
    said: Statement = plain.but(reason=one_line(why, 300), **more)
    return said
