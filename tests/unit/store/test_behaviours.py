"""What a program did is remembered while there is room, and never with a secret in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from council.protocols import Archive
from council.store import open_store
from council.store.behaviours import Behaviours
from council.types.versions import Behaviour

KEYS = [letter * 64 for letter in "abcde"]


def did(value: Any) -> Behaviour:
    return Behaviour(outcomes=(({"r": value}, {"x": ["KeyError"]}),), steady=(True,), duration_s=0.25)


def test_what_was_kept_comes_back_by_its_key(archive: Archive) -> None:
    archive.keep_behaviour(KEYS[0], did(["ñ \x00 𝒳", 1]))
    archive.keep_behaviour(KEYS[1], did(2))
    archive.keep_behaviour(KEYS[1], did(3))
    assert archive.behaviours_of(KEYS) == {KEYS[0]: did(["ñ \x00 𝒳", 1]), KEYS[1]: did(3)}
    assert archive.behaviours_of(()) == {}


def test_the_oldest_are_forgotten(archive: Any) -> None:
    few = Behaviours(archive.database, most=3)
    for number, key in enumerate(KEYS):
        few.keep(key, did(number))
    assert few.of(KEYS) == {key: did(number) for number, key in enumerate(KEYS) if number >= 2}


@pytest.mark.parametrize("secret", ["hunter2-hunter2", "sk-proj-AbCdEfGhIjKlMnOpQrStUvWx0123456789"])
def test_a_run_with_a_secret_in_it_is_not_kept(tmp_path: Path, secret: str) -> None:
    """Without its secret it would be another run, and a difference between programs that do the same."""
    store: Any = open_store(str(tmp_path / "council.db"), secrets=("hunter2-hunter2",))
    store.keep_behaviour(KEYS[0], did(f"it said {secret}"))
    assert store.behaviours_of(KEYS) == {}


@pytest.mark.parametrize("document", ["", "not base64", "eA==", "eJwDAAAAAAE="])
def test_what_cannot_be_read_is_as_good_as_forgotten(archive: Any, document: str) -> None:
    archive.keep_behaviour(KEYS[0], did(1))
    archive.keep_behaviour(KEYS[1], did(2))
    with archive.database.transaction() as connection:
        connection.exec_driver_sql(f"UPDATE behaviours SET document = '{document}' WHERE id = '{KEYS[0]}'")
    assert archive.behaviours_of(KEYS) == {KEYS[1]: did(2)}
