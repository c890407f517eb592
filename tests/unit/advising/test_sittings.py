"""What councils said of the model's code stands in the advisory with score, dissent and a quote, each from its session."""

from __future__ import annotations

import importlib.util
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from council.advising import compose_advisory, gather_sittings, trace
from council.rendering import Documents
from council.store import open_store
from council.types.session import Session
from council.types.submission import Origin

GOLDEN = Path(__file__).parents[2] / "golden" / "sessions.py"


@pytest.fixture(scope="module")
def sessions() -> dict[str, Session]:
    spec = importlib.util.spec_from_file_location("advising_golden_sessions", GOLDEN)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[str, Session] = module.SESSIONS
    return found


@pytest.mark.parametrize("name", ["rejected", "approved", "hostile"])
def test_a_sitting_is_told_from_its_session(records: ModuleType, sessions: dict[str, Session], name: str) -> None:
    session = sessions[name]
    assert session.consensus is not None
    made = records.evidence(sessions=(session,))
    advisory = compose_advisory(made, records.SUBJECT)
    text = Documents(secrets=()).render(advisory)
    section = text[text.index("## Council analysis") : text.index("## Recommended alternatives")]
    assert f"Session `{session.session_id}`" in section
    assert session.consensus.decision.value.replace("_", " ") in section
    assert ("Dissent of" in section) == bool(session.consensus.dissent)
    assert len(advisory.participants) == len({review.seat.name for review in session.reviews})
    assert trace(text, advisory) == ()


def test_score_interval_and_quote_are_those_of_the_session(records: ModuleType, sessions: dict[str, Session]) -> None:
    session = sessions["rejected"]
    assert session.consensus is not None and session.consensus.score is not None
    view = compose_advisory(records.evidence(sessions=(session,)), records.SUBJECT).council[0]
    assert view.score is not None and view.score.text == f"{session.consensus.score:.1f} of 10"
    said = {review.seat.name: review.ballot.analysis for review in session.reviews if review.ballot}
    assert said[view.quotes[0].seat.text] == view.quotes[0].text.value


@pytest.mark.parametrize("name", ["rejected", "approved"])
def test_each_seat_is_quoted_with_its_verdict_whatever_it_said(
    records: ModuleType, sessions: dict[str, Session], name: str
) -> None:
    session = sessions[name]
    view = compose_advisory(records.evidence(sessions=(session,)), records.SUBJECT).council[0]
    told = {q.seat.text: (q.verdict.value if q.verdict else None, q.text.value) for q in view.quotes}
    heard = [review for review in session.reviews if review.ballot is not None and review.ballot.analysis]
    assert told == {r.seat.name: (r.ballot.verdict.value, r.ballot.analysis) for r in heard if r.ballot}
    assert list(told) == sorted(told)


def test_it_says_what_was_judged_and_what_the_seats_found(records: ModuleType, sessions: dict[str, Session]) -> None:
    session = sessions["rejected"]
    assert session.consensus is not None and session.consensus.concerns and session.submission.task
    advisory = compose_advisory(records.evidence(sessions=(session,)), records.SUBJECT)
    text = Documents(secrets=()).render(advisory)
    (view,) = advisory.council
    assert [file.text for file in view.files] == [file.path for file in session.submission.files]
    assert view.task is not None and view.task.text.split()[:3] == session.submission.task.lstrip("# ").split()[:3]
    assert len(view.concerns) == min(5, len(session.consensus.concerns))
    for told, concern in zip(view.concerns, session.consensus.concerns, strict=False):
        assert told.seats.text == f"{len(concern.seats)} of {concern.of_seats} seats"
        assert (told.severity.value, told.state.value) == (concern.severity.value, concern.state.value)
        assert told.state.text in text
    silent = any(review.ballot is None for review in session.reviews)
    assert (view.decided is not None) == silent


def test_a_sitting_without_seats_is_no_council(records: ModuleType, sessions: dict[str, Session]) -> None:
    advisory = compose_advisory(records.evidence(sessions=(sessions["checks_only"],)), records.SUBJECT)
    assert advisory.council == () and advisory.participants == ()


def test_sittings_over_code_that_says_the_model_wrote_it_are_found(
    tmp_path: Path, records: ModuleType, sessions: dict[str, Session]
) -> None:
    session = sessions["rejected"]
    ids = {"0aaaaaaaaaaa": f"ollama_chat/{records.SUBJECT}", "0bbbbbbbbbbb": "another-model:7b", "0ccccccccccc": None}
    with closing(open_store(str(tmp_path / "council.db"))) as archive:
        for name, model in ids.items():
            origin = Origin(model=model) if model else None
            submission = session.submission.but(origin=origin)
            archive.open_session(session.but(session_id=name, submission=submission))
        found = gather_sittings(archive, records.SUBJECT, ())
    assert [each.session_id for each in found] == ["0aaaaaaaaaaa"]
