"""What a session says, in words: the decision with its numbers, the concerns, the task."""

from __future__ import annotations

from collections.abc import Callable

from council.advising.pointers import plain, walk
from council.advising.seen import Seen
from council.text import one_line, plural
from council.types.consensus import Consensus
from council.types.session import Session

_LONGEST_TASK = 160


def said_of(session: Session, parts: tuple[str, ...], *, share: Callable[[float | None], str]) -> Seen | None:
    """Return what stands at a place where it has words of its own, else ``None``. Raises ``LookupError``."""
    match parts:
        case ():
            return Seen(session.session_id, session.session_id)
        case ("consensus", name) if session.consensus is not None:
            return _decided(session.consensus, name, share)
        case ("consensus", "concerns", _, "seats"):
            concern = walk(session, parts[:-1])
            return Seen(len(concern.seats), f"{len(concern.seats)} of {plural(concern.of_seats, 'seat')}")
        case ("submission", "task") if session.submission.task:
            first = session.submission.task.strip().split("\n\n")[0].lstrip("# ")
            return Seen(session.submission.task, one_line(first, _LONGEST_TASK))
        case (*_, "state" | "verdict"):
            word = plain(walk(session, parts))
            return Seen(word, str(word).replace("_", " "))
    return None


def _decided(decided: Consensus, name: str, share: Callable[[float | None], str]) -> Seen | None:
    if name == "score" and decided.score is not None:
        return Seen(decided.score, f"{decided.score:.1f} of 10")
    if name == "interval" and decided.interval is not None:
        return Seen(None, f"{decided.interval[0]:.1f} to {decided.interval[1]:.1f}")
    if name == "agreement" and decided.agreement is not None:
        return Seen(decided.agreement, f"agreement {share(decided.agreement)}")
    if name == "quorum":
        return Seen(decided.quorum.heard, f"{decided.quorum.heard} of {plural(decided.quorum.invited, 'seat')} heard")
    if name == "decision":
        return Seen(decided.decision.value, decided.decision.value.replace("_", " "))
    if name == "decided":
        could = "no missing seat could change this" if decided.decided else "a missing seat could change this"
        return Seen(decided.decided, could)
    return None
