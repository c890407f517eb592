"""Proves the suite: where no walls stand, and before a judge that believes what it is told, the same programs succeed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from bait import laid_out
from hostile_attacks import ATTACKS
from judging import program_of
from naive import believes
from paper_house import run_without_walls

ESCAPES = [attack for attack in ATTACKS if attack.kind in ("secrets", "integrity", "network")]


def test_escapes_get_out_where_no_walls_stand() -> None:
    with laid_out(unharmed=False) as bait:
        said = run_without_walls({a.name: program_of(a, bait) for a in ESCAPES if not a.unproved}, bait)
    if said is None:
        pytest.skip("this machine allows no user namespaces, not even for a house without walls")
    assert [name for name, words in said.items() if "WRONG" in words] == []
    assert [name for name, words in said.items() if "GOT IT" not in words] == []
    assert len(said) > 60


@pytest.mark.parametrize("kind", ["tampering", "tools"])
def test_submissions_pass_before_a_judge_that_believes(kind: str) -> None:
    attacks = [attack for attack in ATTACKS if attack.kind == kind and not attack.unproved]
    with ThreadPoolExecutor(2) as pool:
        believed = dict(zip([a.name for a in attacks], pool.map(believes, attacks), strict=True))
    assert [name for name, passed in believed.items() if not passed] == []
    assert len(believed) >= {"tampering": 50, "tools": 15}[kind]


def test_every_attack_that_is_not_shown_says_why() -> None:
    assert all(len(attack.unproved) > 10 for attack in ATTACKS if attack.unproved is not None)
