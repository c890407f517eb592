"""What programs did on inputs, by the digest of all it depends on: nobody runs twice what would give the same again."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable

from pydantic import ValidationError
from sqlalchemy import delete, insert, select

from council.store.tables import behaviours
from council.store.transactions import Database, moment
from council.text import redact
from council.types.base import now
from council.types.versions import Behaviour

MOST = 2000
"""Rows kept, the newest: about 10 KB each."""
_LARGEST_BYTES = 64 << 20
"""Of one row when it is unpacked: what is larger was not written by us."""


class Behaviours:
    """The part of a store that remembers runs. It may forget any of them: they can be run again."""

    def __init__(self, database: Database, *, most: int = MOST) -> None:
        self._database = database
        self._most = most

    def keep(self, key: str, behaviour: Behaviour) -> None:
        """Keep a run, in place of an earlier one; not one with a secret in it, because without it it were another."""
        text = behaviour.model_dump_json()
        if redact(text, self._database.secrets) != text:
            return
        row = {"id": key, "kept_at": moment(now()), "document": base64.b64encode(zlib.compress(text.encode())).decode()}
        with self._database.transaction() as connection:
            connection.execute(delete(behaviours).where(behaviours.c.id == key))
            connection.execute(insert(behaviours).values(**row))
            newest = select(behaviours.c.kept_at).order_by(behaviours.c.kept_at.desc()).offset(self._most - 1).limit(1)
            connection.execute(delete(behaviours).where(behaviours.c.kept_at < newest.scalar_subquery()))

    def of(self, keys: Iterable[str]) -> dict[str, Behaviour]:
        """Return the runs that are there and can be read, by their keys."""
        with self._database.transaction(reading=True) as connection:
            rows = connection.execute(
                select(behaviours.c.id, behaviours.c.document).where(behaviours.c.id.in_(tuple(keys)))
            ).all()
        found = {key: _unpacked(document) for key, document in rows}
        return {key: behaviour for key, behaviour in found.items() if behaviour is not None}


def _unpacked(document: str) -> Behaviour | None:
    try:
        packed = zlib.decompressobj()
        text = packed.decompress(base64.b64decode(document, validate=True), _LARGEST_BYTES)
        return Behaviour.model_validate_json(text) if packed.eof else None
    except (binascii.Error, zlib.error, ValidationError, ValueError):
        return None
