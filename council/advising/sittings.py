"""What the council said about code of the model: decision, score, agreement, concerns, dissent, quotes."""

from __future__ import annotations

from collections.abc import Sequence

from council.advising.evidence import Evidence, Measured
from council.policies.names import read_name
from council.protocols import Archive
from council.types.advisories import CouncilView, Quote, RaisedConcern
from council.types.consensus import Consensus
from council.types.facts import Fact
from council.types.session import Session

MOST_SITTINGS = 5
_MOST_REASONS = 3
_MOST_CONCERNS = 5
_MOST_QUOTES = 4
_NEWEST = 500
"""How many of the decided sessions are looked through for code of the model."""


def gather_sittings(archive: Archive, subject: str, measured: Sequence[Measured]) -> list[Session]:
    """Return the sessions over code of the model: those its samples name, and newer ones whose code says it wrote it.

    Raises ``StoreError``.
    """
    named = {s.session_id for one in measured for s in one.samples if s.model == subject and s.session_id is not None}
    there = archive.list_sessions(limit=100_000)
    known = {summary.session_id for summary in there}
    found = {name: archive.read_session(name) for name in sorted(named & known)}
    decided = [summary.session_id for summary in there if summary.decision is not None]
    for name in decided[:_NEWEST]:
        if name not in found:
            session = archive.read_session(name)
            origin = session.submission.origin
            if session.reviews and origin is not None and read_name(origin.model)[1:] == read_name(subject)[1:]:
                found[name] = session
    return [found[name] for name in sorted(found)]


def sittings_of(evidence: Evidence) -> tuple[CouncilView, ...]:
    """Return the sittings that came to a decision, the newest first."""
    newest = sorted(evidence.sessions.values(), key=lambda s: (s.created_at, s.session_id), reverse=True)
    decided = [(session, session.consensus) for session in newest if session.reviews]
    views = [_view(evidence, session, consensus) for session, consensus in decided if consensus is not None]
    return tuple(views[:MOST_SITTINGS])


def participants_of(evidence: Evidence) -> tuple[Fact, ...]:
    """Return every seat that was invited to one of the sittings, each once."""
    found: dict[str, Fact] = {}
    for view in sittings_of(evidence):
        for seat in view.seats:
            found.setdefault(seat.text, seat)
    return tuple(found[name] for name in sorted(found))


def _view(evidence: Evidence, session: Session, consensus: Consensus) -> CouncilView:
    def fact(*parts: object) -> Fact:
        return evidence.fact("session", session.session_id, *parts)

    return CouncilView(
        key=session.session_id,
        session=fact(),
        task=fact("submission", "task") if session.submission.task else None,
        files=tuple(fact("submission", "files", n, "path") for n in range(len(session.submission.files))),
        decision=fact("consensus", "decision"),
        score=fact("consensus", "score") if consensus.score is not None else None,
        interval=fact("consensus", "interval") if consensus.interval is not None else None,
        agreement=fact("consensus", "agreement") if consensus.agreement is not None else None,
        heard=fact("consensus", "quorum"),
        decided=fact("consensus", "decided") if any(review.ballot is None for review in session.reviews) else None,
        reasons=tuple(fact("consensus", "reasons", n) for n in range(len(consensus.reasons[:_MOST_REASONS]))),
        concerns=tuple(
            RaisedConcern(
                key=concern.id,
                **{
                    name: fact("consensus", "concerns", concern.id, name)
                    for name in ("title", "severity", "seats", "state")
                },
            )
            for concern in consensus.concerns[:_MOST_CONCERNS]
        ),
        dissent=tuple(
            Quote(
                key=entry.seat,
                seat=fact("consensus", "dissent", n, "seat"),
                text=fact("consensus", "dissent", n, "reason" if entry.reason else "verdict"),
            )
            for n, entry in enumerate(consensus.dissent)
        ),
        quotes=_quotes(evidence, session),
        seats=tuple(fact("reviews", n, "seat", "name") for n in range(len(session.reviews))),
    )


def _quotes(evidence: Evidence, session: Session) -> tuple[Quote, ...]:
    """Return what each seat said before it voted, with its verdict: nobody picks the words that please."""
    said = [n for n, review in enumerate(session.reviews) if review.ballot is not None and review.ballot.analysis]
    said.sort(key=lambda n: session.reviews[n].seat.name)
    return tuple(
        Quote(
            key=session.reviews[n].seat.name,
            seat=evidence.fact("session", session.session_id, "reviews", n, "seat", "name"),
            verdict=evidence.fact("session", session.session_id, "reviews", n, "ballot", "verdict"),
            text=evidence.fact("session", session.session_id, "reviews", n, "ballot", "analysis"),
        )
        for n in said[:_MOST_QUOTES]
    )
