"""Every program of the manifest on every backend, compared with the matrix that is checked in."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hostile_attacks import ATTACKS, BENIGN, PROGRAMS, Attack
from judging import judge
from matrix import BACKENDS, USERS, columns_of, differences, read_matrix, reason_of, table, totals
from ordinary_user import PARTS, judged_by_another, reachable_python
from published import BEGIN, END, PAGE, computed

from council.protocols import Sandbox

_MOST = 32
"""Programs of one class that one test takes."""
_LANDLOCK_SHARE = 0.96


def _groups() -> Iterator[tuple[str, tuple[Attack, ...], bool]]:
    for kind in dict.fromkeys(program.kind for program in PROGRAMS):
        programs = [program for program in PROGRAMS if program.kind == kind]
        for start in range(0, len(programs), _MOST):
            part = tuple(programs[start : start + _MOST])
            for column in columns_of(part[0], "x"):
                name = f"{kind}{start // _MOST + 1 if len(programs) > _MOST else ''}{column[1:].replace('_', '-')}"
                yield name, part, column.endswith("_apart")


GROUPS = tuple(_groups())


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group[0])
def test_the_matrix_holds(
    group: tuple[str, tuple[Attack, ...], bool], sandbox: Sandbox, bait: dict[str, object]
) -> None:
    _, attacks, apart = group
    backend = sandbox.info.backend
    column = columns_of(attacks[0], backend)[int(apart)]
    seen = judge(attacks, sandbox, bait, apart=apart)
    user = "root" if os.getuid() == 0 else "ordinary"
    found = differences(seen, backend, column, user)
    print(f"{attacks[0].kind} {column} {user}: {sum(held for held, _ in seen.values())} of {len(seen)} held")
    assert not found, "\n".join(found)


@pytest.mark.skipif(os.getuid() != 0, reason="already an ordinary user: the matrix was just tested as one")
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_the_matrix_holds_for_an_ordinary_user(backend: str, part: str) -> None:
    python = reachable_python()
    if python is None:
        pytest.skip("no interpreter of this version that an ordinary user can reach")
    seen = judged_by_another(python, backend, part)
    if isinstance(seen, str):
        pytest.skip(f"{backend}: {seen}")
    found = [line for column in seen for line in differences(seen[column], backend, column, "ordinary")]
    assert not found, "\n".join(found)


def test_the_bars_are_met(capsys: pytest.CaptureFixture[str]) -> None:
    cells = read_matrix()
    with capsys.disabled():
        print("\n" + table(cells))
    assert len(ATTACKS) >= 120 and len(BENIGN) >= 20
    assert len({program.name for program in PROGRAMS}) == len(PROGRAMS)
    assert set(cells) == {program.name for program in PROGRAMS}
    for user in USERS:
        found = totals(cells, ATTACKS)
        held = [
            count for (_, column, u), count in found.items() if u == user and column in ("landlock", "landlock_apart")
        ]
        share = sum(h for h, _ in held) / sum(whole for _, whole in held)
        assert share >= _LANDLOCK_SHARE, f"Landlock holds {share:.1%} for {user}"


def test_every_class_is_judged_for_an_ordinary_user() -> None:
    assert {kind for part in PARTS.values() for kind in part} == {program.kind for program in PROGRAMS}


def test_a_new_failure_and_a_new_success_are_both_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUNCIL_UPDATE_MATRIX", raising=False)
    held, out = "canary-file", "memory-in-sockets"
    assert read_matrix()[held]["landlock"]["root"] == "held" and read_matrix()[out]["landlock"]["root"] == "out"
    as_known = {held: (True, ""), out: (False, "GOT IT")}
    assert differences(as_known, "landlock", "landlock", "root") == []
    for changed in ({held: (False, "GOT IT")}, {out: (True, "")}, {"nobody-knows-it": (True, "")}):
        assert len(differences({**as_known, **changed}, "landlock", "landlock", "root")) == 1, changed


def test_the_published_table_is_this_matrix() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = text.partition(BEGIN)[2].partition(END)[0]
    assert shown == computed(read_matrix()), "renew it: python tests/hostile/published.py"


def test_whatever_gets_out_has_its_reason_and_no_reason_stands_for_nothing() -> None:
    cells = read_matrix()
    for program in PROGRAMS:
        out = [(c, u) for c, users in cells[program.name].items() for u, word in users.items() if word != "held"]
        for column, user in out:
            assert reason_of(program, column, user) is not None, f"{program.name} gets out of {column} for {user}"
        for key in program.known:
            assert any(key in (c, *c.split("_"), f"{c.split('_')[0]}/{u}", f"{c}/{u}") for c, u in out), (
                program.name,
                key,
            )


def test_root_and_an_ordinary_user_have_the_same_matrix() -> None:
    cells = read_matrix()
    for program in PROGRAMS:
        for column, users in cells[program.name].items():
            explained = any("/" in key for key in program.known)
            assert set(users) == set(USERS) and (len(set(users.values())) == 1 or explained), (
                program.name,
                column,
                users,
            )
