"""No two runs ever share a user, whichever process they belong to."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack

import pytest

from council.sandbox.users import borrow_user

OTHER = "import sys; sys.path[:] = {path!r}\nfrom council.sandbox.users import borrow_user\nwith borrow_user() as user:\n    print(user, flush=True)\n    input()\n"


@pytest.mark.skipif(os.getuid() != 0, reason="only root borrows users")
def test_many_borrow_and_all_differ() -> None:
    others = [
        subprocess.Popen(
            [sys.executable, "-c", OTHER.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    try:
        with ExitStack() as held:
            mine = [held.enter_context(borrow_user()) for _ in range(50)]
            theirs = [int(other.stdout.readline()) for other in others if other.stdout is not None]
        assert len({*mine, *theirs}) == 52 and 0 not in mine
    finally:
        for other in others:
            other.communicate("\n")
