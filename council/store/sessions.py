"""Sessions in a table: written whole in one transaction, read by the beginning of their id, never with a secret."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from council.errors import StoreError
from council.protocols import SessionSummary
from council.store.links import refuse_to_lose
from council.store.owner import CLAIM, is_alive, shown_state, this_owner
from council.store.tables import samples, sessions
from council.store.transactions import Database, find_id, moment, read_document, refuse_newer, to_key
from council.text import one_line, plural, redact
from council.types.session import SCHEMA_VERSION, Session, SessionState

_LIST = "council session list shows them all"


class Sessions:
    """The part of a store that keeps sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, session: Session) -> None:
        """Write a session that has just begun; it is readable from this moment on."""
        row = session_row(self._database, session, owner=this_owner())
        with self._database.transaction() as connection:
            try:
                connection.execute(insert(sessions).values(row))
            except IntegrityError:
                raise StoreError(f"there is a session {session.session_id} already", "Run it again") from None

    def update(self, session: Session) -> None:
        """Replace what is known of a session; one that is not there is written anew."""
        row = session_row(self._database, session, owner=this_owner())
        with self._database.transaction() as connection:
            changed = connection.execute(update(sessions).where(sessions.c.id == row["id"]).values(row))
            if changed.rowcount == 0:
                connection.execute(insert(sessions).values(row))

    def read(self, session_id: str) -> Session:
        """Return a session by its id or an unambiguous beginning of it."""
        with self._database.transaction(reading=True) as connection:
            found = find_session(connection, session_id)
            columns = select(sessions.c.document, sessions.c.schema_version).where(sessions.c.id == found)
            document, version = connection.execute(columns).one()
        return session_of(found, document, version)

    def claim(self, session_id: str, *, force: bool) -> Session:
        """Return a session that this process alone may complete now; nothing of it changes until it is updated.

        ``force`` takes it also from a process on another machine, which may be gone.
        """
        columns = (sessions.c.state, sessions.c.owner, sessions.c.document, sessions.c.schema_version)
        with self._database.transaction() as connection:
            found = find_session(connection, session_id)
            row = connection.execute(select(*columns).where(sessions.c.id == found).with_for_update()).one()
            taken = (row.owner or "").startswith(CLAIM)
            if taken or row.state == SessionState.OPEN:
                _refuse_taken(found, is_alive(row.owner), taken=taken, force=force)
            session = session_of(found, row.document, row.schema_version)
            mine = update(sessions).where(sessions.c.id == found).values(owner=CLAIM + this_owner())
            connection.execute(mine)
        return session

    def release(self, session_id: str) -> None:
        """Let go of a session that was claimed and is not updated."""
        mine = sessions.c.owner == CLAIM + this_owner()
        with self._database.transaction() as connection:
            connection.execute(update(sessions).where(sessions.c.id == session_id, mine).values(owner=None))

    def list(self, *, limit: int) -> Sequence[SessionSummary]:
        """Return the newest sessions first. One whose process is gone is shown as interrupted."""
        names = ("id", "kind", "state", "created_at", "decision", "score", "title", "owner")
        newest = select(*(sessions.c[name] for name in names))
        newest = newest.order_by(sessions.c.created_at.desc(), sessions.c.id.desc()).limit(max(limit, 0))
        with self._database.transaction(reading=True) as connection:
            rows = connection.execute(newest).mappings().all()
        return tuple(
            SessionSummary(
                session_id=row["id"],
                kind=row["kind"],
                state=shown_state(row["state"], row["owner"]),
                created_at=row["created_at"],
                decision=row["decision"],
                score=row["score"],
                title=row["title"],
            )
            for row in rows
        )

    def delete(self, session_id: str) -> str:
        """Delete a session that nothing rests on, and return its full id."""
        with self._database.transaction() as connection:
            found = find_session(connection, session_id)
            connection.execute(select(sessions.c.id).where(sessions.c.id == found).with_for_update())
            refuse_to_lose(connection, "session", found)
            over = select(samples.c.benchmark_id).where(samples.c.session_id == to_key(found)).limit(1)
            benchmark = connection.execute(over).scalar()
            if benchmark is not None:
                raise StoreError(
                    f"session {found} is the council's sitting over a sample of benchmark {benchmark}",
                    f"council bench show {benchmark} shows it; it goes when the benchmark goes",
                )
            connection.execute(delete(sessions).where(sessions.c.id == found))
        return found


def _refuse_taken(session_id: str, alive: bool | None, *, taken: bool, force: bool) -> None:
    doing = "is being resumed" if taken else "still sits"
    if alive:
        raise StoreError(f"session {session_id} {doing} in another process", "Wait until it is done")
    if alive is None and taken and not force:
        raise StoreError(
            f"session {session_id} {doing} on another machine, or was when that one stopped",
            "Take it over with: --force",
        )


def find_session(connection: Connection, wanted: str) -> str:
    """Return the one session id that is, or begins with, what was typed; ``last`` is the newest, for no id has an l."""
    if wanted.strip() == "last":
        newest = select(sessions.c.id).order_by(sessions.c.created_at.desc(), sessions.c.id.desc()).limit(1)
        found = connection.execute(newest).scalar()
        if found is None:
            raise StoreError("there is no session yet", "Make one with: council review FILE")
        return str(found)
    return find_id(connection, sessions.c.id, wanted, noun="session", remedy=_LIST)


def session_of(session_id: str, document: str, version: int) -> Session:
    """Return a session of its document. Raises ``StoreError`` that names it."""
    name = f"session {session_id}"
    refuse_newer(version, SCHEMA_VERSION, name=name)
    return read_document(Session, document, name=name, remedy=f"Delete it with: council session delete {session_id}")


def session_row(database: Database, session: Session, *, owner: str | None) -> dict[str, Any]:
    """Return the row of a session, without secrets. ``owner`` is the process that writes it, where one does."""
    clean = database.clean(session)
    consensus = session.consensus
    return {
        "id": session.session_id,
        "kind": session.kind.value,
        "state": session.state.value,
        "created_at": moment(session.created_at),
        "decision": consensus.decision.value if consensus else None,
        "score": consensus.score if consensus else None,
        "policy": clean.policy,
        "title": redact(title_of(session), database.secrets),
        "council_version": session.council_version,
        "submission_digest": session.submission.digest,
        "schema_version": session.schema_version,
        "owner": owner,
        "document": clean.model_dump_json(),
    }


def title_of(session: Session) -> str:
    """Return what a list shows of a session: its files, or the first words of its task."""
    files = session.submission.files
    if not files:
        return one_line(session.submission.task or "no code", 80)
    return one_line(files[0].path, 80) + (f" and {plural(len(files) - 1, 'more file')}" if files[1:] else "")
