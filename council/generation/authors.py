"""Who wrote a submission: as it says itself, by the headers of its files, and by generations that the store keeps."""

from __future__ import annotations

from contextlib import suppress

from council.errors import StoreError
from council.generation.provenance import read_provenance, without_header
from council.protocols import Store
from council.types.session import Generation, Session, SessionKind
from council.types.submission import Origin, Submission

_MOST_LISTED = 2000
_MOST_READ = 100
"""Generations that are compared, the newest first: a store of many years must not make a sitting wait."""


def authors_of(submission: Submission, store: Store | None = None) -> tuple[Origin, ...]:
    """Return every model that is known to have written a part of a submission, sorted by name. Blocks.

    A kept generation tells of code that lost its header, and of every model that had a hand in it. A store that cannot
    be read tells nothing.
    """
    found = [] if submission.origin is None else [submission.origin]
    found += [origin for file in submission.files if (origin := read_provenance(file.text)) is not None]
    if store is not None:
        with suppress(StoreError):
            found += _kept(submission, store)
    unique = {(origin.model, origin.digest): origin for origin in found}
    return tuple(unique[key] for key in sorted(unique, key=lambda key: (key[0], key[1] or "")))


def _kept(submission: Submission, store: Store) -> list[Origin]:
    texts = {without_header(file.text).strip() for file in submission.files} - {""}
    listed = store.list_sessions(limit=_MOST_LISTED)
    wanted = [summary.session_id for summary in listed if summary.kind == SessionKind.GENERATE.value][:_MOST_READ]
    found: list[Origin] = []
    for session_id in wanted:
        with suppress(StoreError):
            session = store.read_session(session_id)
            if session.generation and any(without_header(f.text).strip() in texts for f in session.submission.files):
                found += _writers(session, session.generation)
    return found


def _writers(session: Session, generation: Generation) -> list[Origin]:
    """Return the models whose attempts led to what was kept: a draft is finished by another one, and shapes it."""
    last = generation.chosen or 0
    return [
        Origin(model=attempt.model, digest=attempt.digest, written_at=session.created_at, session_id=session.session_id)
        for attempt in generation.attempts
        if attempt.number <= last and attempt.code is not None
    ]
