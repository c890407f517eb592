"""What only PostgreSQL has: a driver, a server, a password."""

from __future__ import annotations

import subprocess
import sys

import pytest

from council.errors import StoreError
from council.store import open_store

PASSWORD = "hunter2-%40-topsecret"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://user:{PASSWORD}@127.0.0.1:1/council",
        f"postgres://user@127.0.0.1:1/council?password={PASSWORD}",
        f"postgresql+psycopg://user:{PASSWORD}@no-such-host.invalid/council",
        f"postgresql://user:{PASSWORD}@127.0.0.1:notaport/council",
        f"postgresql://user:{PASSWORD}@[::1/council",
        f"postgresql://user:{PASSWORD}@127.0.0.1:1/council?sslmode={PASSWORD}",
        f"postgresql://user:{PASSWORD}@127.0.0.1:1/council?nonsense={PASSWORD}",
    ],
)
def test_a_password_is_in_no_message(url: str) -> None:
    pytest.importorskip("psycopg", reason="the PostgreSQL driver is not installed")
    with pytest.raises(StoreError) as caught:
        open_store(url)
    text = f"{caught.value} {caught.value.__cause__} {caught.value.args}"
    assert "topsecret" not in text and "hunter2" not in text
    assert "\n" not in str(caught.value) and caught.value.remedy
    assert caught.value.__suppress_context__


def test_an_unreachable_server_is_named() -> None:
    pytest.importorskip("psycopg", reason="the PostgreSQL driver is not installed")
    with pytest.raises(StoreError, match="the store council at 127.0.0.1: the server cannot be reached"):
        open_store("postgresql://u@127.0.0.1:1/council")


def test_without_the_driver_the_extra_is_named() -> None:
    program = """
import sys
sys.modules["psycopg"] = None
from council.store import open_store
from council.errors import StoreError
try:
    open_store("postgresql://u:topsecret@h/n")
except StoreError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pip install code-council[postgresql]" in done.stdout and "topsecret" not in done.stdout


def test_an_unknown_user_is_told_apart(postgresql: str) -> None:
    with pytest.raises(StoreError, match="refuses this user"):
        open_store(postgresql.replace("council@", "stranger@"))
