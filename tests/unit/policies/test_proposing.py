"""What the evidence proposes, and the patch that writes it down."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from council.errors import PolicyError
from council.policies import ModelRule, Policy, Rule, difference, load_policy, patched, propose
from council.types.benchmarks import Cell, Row, Table
from council.types.consensus import Concern, Consensus, Decision, EvidenceState, Quorum
from council.types.findings import Finding, Severity
from council.types.session import Session
from council.types.submission import Submission

TEAM = Policy(id="team", title="Team")


def table(
    *cells: tuple[str, float, float, float], tasks: int = 20, id_: str = "b1111111", metric: str = "both_passed"
) -> Table:
    made = tuple(
        Cell(model=m, value=v, low=low, high=high, count=int(v * tasks), of=tasks) for m, v, low, high in cells
    )
    row = Row(metric=metric, title="both passed", unit="share", better="higher", cells=made)
    return Table(benchmark_ids=(id_,), models=tuple(cell[0] for cell in cells), tasks=tasks, rows=(row,))


def kinds(*tables: Table, policy: Policy = TEAM, **more: Any) -> dict[str, str]:
    return {p.model.name or "": p.kind for p in propose(policy, tables, **more) if p.model is not None}


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ((0.2, 0.1, 0.49), "ban"),
        ((0.2, 0.1, 0.5), "discourage"),
        ((0.6, 0.4, 0.79), "discourage"),
        ((0.7, 0.5, 0.8), None),
        ((0.9, 0.8, 1.0), None),
    ],
)
def test_the_whole_interval_must_lie_below(cell: tuple[float, float, float], kind: str | None) -> None:
    assert kinds(table(("m:1b", *cell))) == ({"m:1b": kind} if kind else {})


def test_with_few_tasks_nothing_is_proposed() -> None:
    weak = ("m:1b", 0.1, 0.0, 0.2)
    assert kinds(table(weak, tasks=9)) == {} and kinds(table(weak, tasks=10)) == {"m:1b": "ban"}
    strict = TEAM.but(advisory={"min_tasks": 30, "propose_ban_below": 0.1})
    assert kinds(table(weak, tasks=29), policy=strict) == {}
    assert kinds(table(weak, tasks=30), policy=strict) == {"m:1b": "discourage"}


def test_plain_tests_alone_count_where_there_are_no_others() -> None:
    assert kinds(table(("m:1b", 0.1, 0.0, 0.2), metric="tests_passed")) == {"m:1b": "ban"}
    assert kinds(table(("m:1b", 0.1, 0.0, 0.2), metric="edge_cases")) == {}


def test_a_benchmark_that_says_otherwise_silences_it() -> None:
    weak, fit = table(("m:1b", 0.1, 0.0, 0.2)), table(("m:1b", 0.9, 0.8, 1.0), id_="b2222222")
    assert kinds(weak, fit) == {} == kinds(fit, weak)
    two = propose(TEAM, (weak, table(("m:1b", 0.2, 0.1, 0.3), id_="b2222222", tasks=40)))
    assert [str(source) for source in two[0].evidence] == [
        "benchmark:b1111111#table/both_passed/m:1b",
        "benchmark:b2222222#table/both_passed/m:1b",
    ]
    assert "20 % of its programs" in two[0].because, "the larger one is quoted"


def test_what_the_policy_says_already_is_not_proposed() -> None:
    weak = table(("m:1b", 0.1, 0.0, 0.2))
    for status, kind in (("banned", None), ("discouraged", "ban"), ("recommended", "ban")):
        policy = TEAM.but(models=(ModelRule(name="M-1B", status=status),))
        assert kinds(weak, policy=policy) == ({"m:1b": kind} if kind else {})


def test_the_replacement_is_shown_to_be_better_and_may_be_used() -> None:
    weak, near, good = ("m:1b", 0.1, 0.0, 0.2), ("near:1b", 0.3, 0.1, 0.6), ("good:7b", 0.9, 0.8, 1.0)
    assert propose(TEAM, (table(weak, near, good),))[0].model.replacement == "good:7b"  # type: ignore[union-attr]
    banned = TEAM.but(models=(ModelRule(name="good:7b", status="banned"),))
    found = {p.model.name: p.model.replacement for p in propose(banned, (table(weak, near, good),)) if p.model}
    assert found == {"m:1b": None, "near:1b": None}, "an overlapping interval shows nothing"


def test_a_proposal_has_its_numbers_and_digest() -> None:
    (proposal,) = propose(TEAM, (table(("m:1b", 0.1, 0.0, 0.2)),), digests={"m:1b": "a" * 64})
    assert proposal.model is not None
    assert proposal.model.digests == ("a" * 64,) and proposal.model.advisory == "m-1b"
    assert proposal.model.reason == (
        "10 % of its programs pass plain and edge-case tests (95 % interval 0 to 20 %; 20 programs for 20 tasks)"
    )
    assert proposal.because == f"{proposal.model.reason}; the whole interval lies below 50%"


def session(number: int, *titles: str, state: str = "not_attempted", seats: tuple[str, ...] = ("a", "b")) -> Session:
    concerns = tuple(
        Concern(
            id=str(place),
            title=title,
            severity=Severity.HIGH,
            members=(Finding(id="a-1", source="a", severity=Severity.HIGH, message=title),),
            seats=seats,
            of_seats=3,
            state=EvidenceState(state),
        )
        for place, title in enumerate(titles, 1)
    )
    decided = Consensus(
        decision=Decision.REJECTED,
        quorum=Quorum(needed=1, invited=3, heard=3, met=True),
        concerns=concerns,
        decided=True,
    )
    return Session(
        session_id=f"s{number}",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        council_version="0",
        policy="team",
        submission=Submission.from_text(f"x = {number}\n"),
        consensus=decided,
    )


CAPACITY = ("The capacity limit is off by one", "Capacity limit off by one", "Off by one in the capacity limit")


def rules(*sessions: Session, policy: Policy = TEAM) -> list[str]:
    return [p.rule.text for p in propose(policy, (), sessions) if p.rule is not None]


def test_what_councils_find_again_and_again_becomes_a_rule() -> None:
    three = [session(n, title) for n, title in enumerate(CAPACITY)]
    assert rules(*three) == ["Capacity limit off by one."]
    assert rules(*reversed(three)) == rules(*three)
    assert rules(*three[:2]) == [], "twice is chance"
    assert rules(*(session(n, t, seats=("a",)) for n, t in enumerate(CAPACITY))) == [], "one seat is one opinion"
    assert rules(*(session(0, title) for title in CAPACITY)) == [], "the same program three times is one program"
    assert rules(*(session(n, title) for n, title in enumerate(("One thing", "Another matter", "Nothing alike")))) == []
    (proposal,) = propose(TEAM, (), three)
    assert proposal.rule is not None and proposal.rule.enforced_by == ("reviewers",)
    assert proposal.rule.severity is Severity.HIGH and proposal.rule.id == "capacity-limit-off-by-one"
    assert [str(source) for source in proposal.evidence] == [f"session:s{n}#concerns/1" for n in range(3)]


def test_proved_concerns_count_sooner_and_doubted_ones_never() -> None:
    assert len(rules(*(session(n, t, state="upheld", seats=("a",)) for n, t in enumerate(CAPACITY[:2])))) == 1
    for state in ("refuted", "disputed"):
        assert rules(*(session(n, t, state=state) for n, t in enumerate(CAPACITY))) == []


def test_a_rule_that_stands_there_is_not_proposed() -> None:
    policy = TEAM.but(rules=(Rule(id="capacity", text="A capacity limit is never off by one."),))
    assert rules(*(session(n, title) for n, title in enumerate(CAPACITY)), policy=policy) == []


FILE = """\
# Ours, with a comment that stays.
title   =  "Team"     # aligned by hand

[[models]]
name = "M-1B"          # the small one
status = "allowed"
memory_gb = 1.0

# after the models
[voting]
quorum = 2
"""


def accepted(tmp_path: Path, text: str, *proposals: Any) -> tuple[str, Policy]:
    """Write a policy, make the patch, let git apply it, and read what came of it."""
    path = tmp_path / "team.toml"
    path.write_text(text)
    after = patched(text, proposals, name="team.toml")
    (tmp_path / "p.patch").write_text(difference(text, after, path="team.toml"))
    git = shutil.which("git")
    assert git is not None
    subprocess.run([git, "apply", "p.patch"], cwd=tmp_path, check=True)
    assert path.read_text() == after
    return after, load_policy(str(path))


def test_the_patch_keeps_comments_and_changes_the_entry_that_is_there(tmp_path: Path) -> None:
    weak = table(("m:1b", 0.1, 0.0, 0.2), ("n:1b", 0.6, 0.4, 0.7))
    after, policy = accepted(tmp_path, FILE, *propose(TEAM, (weak,)))
    assert {rule.name: rule.status for rule in policy.models} == {"M-1B": "banned", "n:1b": "discouraged"}
    assert policy.models[0].memory_gb == 1.0 and policy.voting.quorum == 2
    for kept in ("# Ours, with a comment that stays.\n", 'title   =  "Team"     # aligned by hand', "# the small one"):
        assert kept in after
    assert after.count("# evidence: benchmark:b1111111#table/both_passed/") == 2


def test_the_patch_makes_the_lists_a_policy_does_not_have_yet(tmp_path: Path) -> None:
    found = propose(TEAM, (table(("m:1b", 0.1, 0.0, 0.2)),), [session(n, title) for n, title in enumerate(CAPACITY)])
    after, policy = accepted(tmp_path, 'title = "T"\n', *found)
    assert [rule.key for rule in policy.models] == ["m:1b"] and [rule.id for rule in policy.rules]
    assert "# evidence: session:s0#concerns/1, session:s1#concerns/1" in after


@pytest.mark.parametrize(
    "evil", ['a"]\nstatus = "allowed"\n#', "a\n[voting]\nquorum = 0", "'''\n\u202e\x1b[2J", "\\u0000"]
)
def test_words_of_models_and_councils_stay_words(tmp_path: Path, evil: str) -> None:
    titles = [session(n, f"{evil} capacity limit") for n in range(3)]
    found = propose(TEAM, (table((f"m{evil}:1b", 0.1, 0.0, 0.2)),), titles)
    assert len(found) == 2
    after, policy = accepted(tmp_path, FILE, *found)
    assert policy.voting.quorum == 2 and policy.models[-1].status == "banned"
    assert policy.models[-1].name == f"m{evil}:1b" and "\x1b" not in after
    assert tomllib.loads(after)["models"][0]["status"] == "allowed"


def test_a_list_in_one_line_is_refused_with_a_remedy() -> None:
    text = 'title = "T"\nmodels = [{name = "a:1b", status = "allowed"}]\n'
    with pytest.raises(PolicyError, match=r"\[\[models\]\]"):
        patched(text, propose(TEAM, (table(("m:1b", 0.1, 0.0, 0.2)),)), name="t.toml")


def test_no_proposal_is_no_difference() -> None:
    assert difference(FILE, patched(FILE, (), name="t.toml"), path="t.toml") == ""
