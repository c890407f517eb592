"""The matrix that is checked in: which program is held by which backend, for which user, and why one is not.

``python tests/hostile/matrix.py`` prints its totals. ``COUNCIL_UPDATE_MATRIX=1`` renews it; read the difference.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from hostile_attacks import PROGRAMS, Attack  # noqa: E402

MATRIX = Path(__file__).with_name("matrix.toml")
BACKENDS = ("bubblewrap", "landlock")
USERS = ("root", "ordinary")
BOTH_WAYS = ("tampering", "benign")
"""Classes that are judged with tests and code in one process (``together``) and in two (``apart``)."""
Cells = dict[str, dict[str, dict[str, str]]]
"""Program, column, user: ``held``, ``out``, or ``raced``: held unless the machine is loaded, and counted as not held."""
_HEAD = """\
# Which program is held by which sandbox, as council's own pipeline judged it. Written by the tests:
#   COUNCIL_UPDATE_MATRIX=1 .venv/bin/pytest tests/hostile
# A column is a backend; where tests are run, with tests and code in one process (together) or in two (apart).
# One word stands for both users: root, and an ordinary user without any right.
"""


def columns_of(attack: Attack, backend: str) -> tuple[str, ...]:
    """Return the columns of the matrix that a program has for a backend."""
    return (f"{backend}_together", f"{backend}_apart") if attack.kind in BOTH_WAYS else (backend,)


def reason_of(attack: Attack, column: str, user: str) -> str | None:
    """Return why an attack is known to succeed there, or ``None``."""
    backend, _, mode = column.partition("_")
    keys = (column, backend, mode, f"{backend}/{user}", f"{column}/{user}")
    return next((attack.known[key] for key in keys if key in attack.known), None)


def read_matrix() -> Cells:
    """Return the matrix as it is checked in."""
    if not MATRIX.exists():
        return {}
    known = tomllib.loads(MATRIX.read_text())
    cells: Cells = {}
    for name, entry in known.items():
        cells[name] = {
            column: {user: word for user in USERS} if isinstance(word, str) else word
            for column, word in entry.items()
            if column.partition("_")[0] in BACKENDS
        }
    return cells


def differences(seen: dict[str, tuple[bool, str]], backend: str, column: str, user: str) -> list[str]:
    """Compare what was seen with the matrix, or renew it. A new failure and a new success are both differences."""
    if os.environ.get("COUNCIL_UPDATE_MATRIX"):
        with _locked():
            cells = read_matrix()
            for name, (held, _) in seen.items():
                users = cells.setdefault(name, {}).setdefault(column, {})
                if users.get(user) != "raced":
                    users[user] = "held" if held else "out"
            MATRIX.write_text(_written(cells))
        return []
    cells = read_matrix()
    found = []
    for name, (held, said) in seen.items():
        expected = cells.get(name, {}).get(column, {}).get(user)
        now = "held" if held else "out"
        if expected not in (now, "raced"):
            found.append(f"{name} ({column}, {user}): {expected} in the matrix, now {now}: {said}")
    return found


@contextmanager
def _locked() -> Iterator[None]:
    with open(MATRIX.with_suffix(".lock"), "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    MATRIX.with_suffix(".lock").unlink(missing_ok=True)


def _written(cells: Cells) -> str:
    parts = [_HEAD]
    for attack in PROGRAMS:
        lines = [f"[{attack.name}]", f'class = "{attack.kind}"', f"attack = {json.dumps(attack.attack)}"]
        lines.append(f"holds = {json.dumps(attack.promise)}")
        reasons = []
        for column, users in _in_order(cells.get(attack.name, {})):
            words = set(users.values())
            one = words.pop() if len(users) == len(USERS) and len(words) == 1 else None
            told = ", ".join(f'{user} = "{users[user]}"' for user in USERS if user in users)
            lines.append(f'{column} = "{one}"' if one else f"{column} = {{ {told} }}")
            reasons += [reason_of(attack, column, user) for user, word in users.items() if word != "held"]
        if any(reasons):
            lines.append(f"why = {json.dumps('; '.join(dict.fromkeys(r for r in reasons if r)))}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _in_order(columns: dict[str, dict[str, str]]) -> list[tuple[str, dict[str, str]]]:
    return sorted(columns.items(), key=lambda item: (BACKENDS.index(item[0].partition("_")[0]), item[0][::-1]))


def totals(cells: Cells, attacks: Iterable[Attack] = PROGRAMS) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Return for each class, column and user how many programs are held, and of how many."""
    found: dict[tuple[str, str, str], tuple[int, int]] = {}
    for attack in attacks:
        for column, users in cells.get(attack.name, {}).items():
            for user, word in users.items():
                held, whole = found.get((attack.kind, column, user), (0, 0))
                found[attack.kind, column, user] = (held + (word == "held"), whole + 1)
    return found


def table(cells: Cells) -> str:
    """Return the totals as lines of text."""
    found = totals(cells)
    lines = [f"{'class':14} {'sandbox':22} {'root':>9} {'ordinary':>9}"]
    for kind, column in dict.fromkeys((kind, column) for kind, column, _ in found):
        shown = ["{}/{}".format(*found.get((kind, column, user), (0, 0))) for user in USERS]
        lines.append(f"{kind:14} {column:22} {shown[0]:>9} {shown[1]:>9}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(read_matrix()))
