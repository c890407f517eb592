"""The part of SECURITY.md that is computed from the matrix: how many attacks are held where, and each that is not.

``python tests/hostile/published.py`` writes it anew; a test compares.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from hostile_attacks import ATTACKS, BENIGN, Attack  # noqa: E402
from matrix import USERS, Cells, read_matrix, reason_of, totals  # noqa: E402

PAGE = Path(__file__).parents[2] / "SECURITY.md"
BEGIN, END = "<!-- computed by tests/hostile/published.py -->\n", "<!-- end of what is computed -->\n"
_COLUMNS = {"bubblewrap": ("bubblewrap", "bubblewrap_apart"), "landlock": ("landlock", "landlock_apart")}
_TOGETHER = {"bubblewrap": ("bubblewrap_together",), "landlock": ("landlock_together",)}
_WHAT = {
    "secrets": "wants to know what it may not",
    "integrity": "wants to change something outside, or more rights",
    "network": "wants to reach or hear somebody",
    "availability": "wants all of the machine, or never to end",
    "tampering": "wants to pass although every test fails",
    "output": "wants its words to be more than words",
    "static": "is not what it looks like",
    "tools": "wants the tools to see nothing",
}


def computed(cells: Cells) -> str:
    """Return the tables and the list of exceptions as Markdown."""
    lines = [f"{len(ATTACKS)} attacks, how many of them are held; both as root and as an ordinary user:", ""]
    lines += ["| class | the program | bubblewrap | Landlock |", "|---|---|---|---|"]
    found, honest = totals(cells, ATTACKS), totals(cells, BENIGN)
    for kind, what in _WHAT.items():
        shown = [_count(found, kind, columns) for columns in _COLUMNS.values()]
        lines.append(f"| {kind} | {what} | {shown[0]} | {shown[1]} |")
    shown = [_count(found, "tampering", columns) for columns in _TOGETHER.values()]
    lines.append(f"| tampering, with `tests_apart = false` | the same beside the tests, in one process | {shown[0]} | {shown[1]} |")
    shown = [_count(honest, "benign", (*_COLUMNS[b], *_TOGETHER[b])) for b in _COLUMNS]
    lines.append(f"| honest programs that pass | {len(BENIGN)} programs, each in one process and in two | {shown[0]} | {shown[1]} |")
    lines += ["", "Not held, and why:", ""]
    lines += [line for attack in ATTACKS if attack.kind != "tampering" for line in _exceptions(attack, cells)]
    lines += ["", "Honest programs that fail:", ""]
    lines += [line for attack in BENIGN for line in _exceptions(attack, cells)]
    return "\n".join(lines) + "\n"


def _count(found: dict[tuple[str, str, str], tuple[int, int]], kind: str, columns: tuple[str, ...]) -> str:
    words = []
    for user in USERS:
        pairs = [found[kind, column, user] for column in columns if (kind, column, user) in found]
        words.append(f"{sum(held for held, _ in pairs)} of {sum(whole for _, whole in pairs)}")
    return words[0] if len(set(words)) == 1 else f"{words[0]} ({words[1]} for an ordinary user)"


def _exceptions(attack: Attack, cells: Cells) -> list[str]:
    """Return one line for each reason, with the sandboxes and users it holds for."""
    places: dict[str, list[str]] = {}
    for column, users in cells[attack.name].items():
        out = [user for user, word in users.items() if word != "held"]
        for user in out:
            where = column.partition("_")[0] + ("" if len(out) == len(USERS) else f" for {_SPOKEN[user]}")
            places.setdefault(str(reason_of(attack, column, user)), []).append(where)
    return [
        f"* `{attack.name}` {attack.attack} — {', '.join(dict.fromkeys(where))}: {reason}."
        for reason, where in places.items()
    ]


_SPOKEN = {"root": "root", "ordinary": "an ordinary user"}


def main() -> None:
    """Write the computed part anew."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(before + BEGIN + computed(read_matrix()) + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
