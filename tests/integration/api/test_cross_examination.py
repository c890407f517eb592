"""A claim is run and reproduced; whether it counts is what the other seats say the task asks for."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import council
import pytest
from council.errors import ModelBanned
from council.models import ScriptedClient, ScriptedHost
from council.policies import ModelRule, Policy
from council.rehearings import replay_session
from council.sandbox import open_sandbox
from council.store import open_store
from council.types.calls import Call
from council.types.evidence import EvidenceState

CODE = '''"""A cache."""


def get(entries: dict[str, int], key: str) -> int:
    """Look a key up."""
    return entries.get(key, -1)
'''
TASK = "get(entries, key) returns the entry of a key. What it does for a missing key is up to you."
CLAIM = {
    "category": "correctness",
    "claim": "get must raise KeyError for a missing key",
    "counterexample": (
        "import pytest\nfrom submission import get\n\n\ndef test_missing():\n"
        "    with pytest.raises(KeyError):\n        get({}, 'a')\n"
    ),
    "explanation": "A missing key gives -1.",
    "file": "submission.py",
    "line": 6,
    "severity": "high",
}
APPROVE = {"analysis": "fine", "findings": [], "verdict": "approve"}
CHANGES = {"analysis": "A missing key must raise.", "findings": [CLAIM], "verdict": "request_changes"}
SEATS = ("a/one", "b/two", "c/three", "d/four")
VOTES = Policy(id="votes", title="Votes")


def seat(ballot: dict[str, Any], ruling: str) -> Any:
    def answer(call: Call) -> Any:
        if call.purpose == "cross-examine":
            return {"rulings": [{"claim": 1, "grounds": "The task leaves it open.", "ruling": ruling}]}
        return ballot

    return answer


def sit(
    *rulings: str, store: Any = None, policy: Policy = VOTES, **more: Any
) -> tuple[council.Session, ScriptedClient]:
    script = {"a/one": seat(CHANGES, "asked")}
    script |= {name: seat(APPROVE, ruling) for name, ruling in zip(SEATS[1:], rulings, strict=True)}
    script |= {"chair/x": lambda call: {"decision": "approved", "statement": "The council approves this code."}}
    client, settings = ScriptedClient(script), council.Settings(**more)
    house = council.Council(settings, client=client, host=ScriptedHost(), sandbox=open_sandbox(settings), store=store)
    submission = council.Submission.from_text(CODE, task=TASK)
    return asyncio.run(house.review(submission, seats=SEATS, policy=policy)), client


@pytest.mark.parametrize(
    ("rulings", "state", "decision"),
    [
        (("not_asked", "not_asked", "not_asked"), EvidenceState.DISPUTED, council.Decision.APPROVED),
        (("asked", "unclear", "unclear"), EvidenceState.UPHELD, council.Decision.REJECTED),
        (("unclear", "unclear", "unclear"), EvidenceState.REPRODUCED, council.Decision.CHANGES_REQUESTED),
    ],
)
def test_the_other_seats_say_whether_the_task_asks_for_it(
    rulings: tuple[str, ...], state: EvidenceState, decision: council.Decision
) -> None:
    session, client = sit(*rulings)
    assert [run.state for run in session.evidence] == [state]
    assert session.consensus.decision is decision
    asked = [call.model for call in client.calls if call.purpose == "cross-examine"]
    assert sorted(asked) == list(SEATS[1:]), "never the seat whose claim it is"
    assert session.cost.usd == 0.0 and len(session.examinations) == 3
    assert "Put to the other seats: does the task ask for it?" in council.render(session)
    assert '"examinations": [' in council.render(session, document="json")


def test_a_replay_uses_what_was_ruled_and_asks_nobody(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "c.db"))
    try:
        session, _ = sit("not_asked", "not_asked", "not_asked", store=store)
        again = replay_session(store.read_session(session.session_id))
        assert again.consensus.decision is session.consensus.decision
        assert again.evidence == session.evidence and again.examinations == session.examinations
    finally:
        store.close()


def test_the_chair_words_the_decision_and_cannot_change_it() -> None:
    session, client = sit("not_asked", "not_asked", "not_asked", chair="chair/x")
    assert session.consensus.decision is council.Decision.APPROVED
    assert session.statement.paragraphs == ("The council approves this code.",) and session.statement.by == "chair/x"
    assert client.calls[-1].purpose == "chair"
    assert "Council quote, worded by chair/x: it decides nothing" in council.render(session)
    lying, _ = sit("asked", "asked", "asked", chair="chair/x")
    assert lying.consensus.decision is council.Decision.REJECTED
    assert lying.statement.by is None and "names another decision" in lying.statement.reason
    assert lying.statement.paragraphs[0].startswith("The council's decision is: rejected")
    silent, _ = sit("asked", "asked", "asked")
    assert silent.statement is None


def test_a_banned_chair_is_refused_before_anybody_is_asked() -> None:
    banned = VOTES.but(models=(ModelRule(name="x", status="banned"),))
    with pytest.raises(ModelBanned, match="the chair"):
        sit("asked", "asked", "asked", chair="chair/x", policy=banned)


WAYS = ("return a + b", "return b + a", "return sum((a, b))", "return a - -b", "return int.__add__(a, b)")


@pytest.mark.parametrize(
    ("ruling", "state", "decision"),
    [
        ("asked", EvidenceState.UPHELD, council.Decision.REJECTED),
        ("not_asked", EvidenceState.DISPUTED, council.Decision.APPROVED),
        ("unclear", EvidenceState.REPRODUCED, council.Decision.CHANGES_REQUESTED),
    ],
)
def test_what_versions_say_is_put_to_the_seats(
    tmp_path: Path, ruling: str, state: EvidenceState, decision: council.Decision
) -> None:
    rows = (json.dumps({"model": "m", "code": f"def add(a: int, b: int) -> int:\n    {way}"}) for way in WAYS)
    (tmp_path / "versions.jsonl").write_text("\n".join(rows))
    client = ScriptedClient({name: seat(APPROVE, ruling) for name in SEATS[:3]})
    settings = council.Settings(versions=5, versions_from=tmp_path / "versions.jsonl")
    house = council.Council(settings, client=client, host=ScriptedHost(), sandbox=open_sandbox(settings))
    faulty = council.Submission.from_text(
        "def add(a: int, b: int) -> int:\n    return a - b\n", task="Write add(a: int, b: int), the sum of both."
    )
    session = asyncio.run(house.review(faulty, seats=SEATS[:3], policy=VOTES))
    (run,), verdict = session.evidence, session.consensus
    assert verdict is not None
    assert (run.finding_id, run.state, verdict.decision) == ("versions-1", state, decision)
    assert run.confirmed_by == (("one", "three", "two") if ruling == "asked" else ())
    asked = [call for call in client.calls if call.purpose == "cross-examine"]
    assert len(asked) >= 3 and session.examinations[0].finding_ids == ("versions-1",)
    question = asked[0].messages[1].content
    assert "The code gives another value than it should" in question and "assert add(" in question
    assert "independent" not in question and " of 5" not in question, "how many say so is no argument"
