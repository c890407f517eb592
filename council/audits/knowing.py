"""What the store remembers of code that models wrote, and of what councils found in it."""

from __future__ import annotations

from council.auditing import KnownCode, Library
from council.errors import StoreError
from council.protocols import Archive, Store
from council.types.consensus import EvidenceState
from council.types.session import Session, SessionKind

_MOST_SESSIONS = 20_000
_MOST_BENCHMARKS = 1_000
_MOST_CODE = 50_000


class Memory:
    """Code that is known, and how many findings were upheld over it."""

    def __init__(self, known: tuple[KnownCode, ...], upheld: dict[str, int], judged: tuple[KnownCode, ...]) -> None:
        self.known = known
        self.unread: tuple[str, ...] = ()
        self._upheld = upheld
        self._judged = Library(judged)

    def upheld_in(self, code: str) -> int:
        """Return how many findings earlier sittings upheld over the same code."""
        likes = self._judged.look(code) if self._upheld else []
        return sum(self._upheld[like.known.model] for like in likes if like.similarity == 1)


def remember(store: Store | None) -> Memory:
    """Read the code of every session and benchmark of a store. One that cannot be read leaves a note."""
    known: list[KnownCode] = []
    judged: list[KnownCode] = []
    upheld: dict[str, int] = {}
    unread: list[str] = []
    if store is None:
        return Memory((), {}, ())
    try:
        for summary in store.list_sessions(limit=_MOST_SESSIONS):
            session = store.read_session(summary.session_id)
            known += _written(session)
            count = _upheld(session)
            if count:
                upheld[session.session_id] = count
                judged += [
                    KnownCode(model=session.session_id, code=file.text, source="") for file in session.submission.files
                ]
        if isinstance(store, Archive):
            known += _benched(store)
    except StoreError as error:
        unread.append(f"the store: {error.problem}")
    memory = Memory(tuple(known[:_MOST_CODE]), upheld, tuple(judged))
    memory.unread = tuple(unread)
    return memory


def _written(session: Session) -> list[KnownCode]:
    """Return the code that a model wrote in a session, or that a session judged and knew to be a model's."""
    source = f"session {session.session_id}"
    if session.kind is SessionKind.GENERATE and session.generation is not None:
        kept = [a for a in session.generation.attempts if a.number == session.generation.chosen and a.code]
        return [
            KnownCode(
                model=attempt.model,
                code=attempt.code or "",
                source=source,
                session_id=session.session_id,
                made_at=session.created_at,
            )
            for attempt in kept
        ]
    origin = session.submission.origin
    if origin is None:
        return []
    return [
        KnownCode(
            model=origin.model,
            code=file.text,
            source=source,
            session_id=session.session_id,
            made_at=origin.written_at or session.created_at,
        )
        for file in session.submission.files
    ]


def _benched(archive: Archive) -> list[KnownCode]:
    found = []
    for summary in archive.list_benchmarks(limit=_MOST_BENCHMARKS):
        for sample in archive.read_samples(summary.benchmark_id):
            if sample.code:
                found.append(
                    KnownCode(
                        model=sample.served_model or sample.model,
                        code=sample.code,
                        source=f"benchmark {sample.benchmark_id}, task {sample.task}",
                        made_at=sample.finished_at,
                    )
                )
    return found


def _upheld(session: Session) -> int:
    concerns = session.consensus.concerns if session.consensus else ()
    return sum(concern.state is EvidenceState.UPHELD for concern in concerns)
