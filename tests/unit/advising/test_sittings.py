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
from council.types.consensus import Dissent
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


def test_the_quote_is_of_a_seat_that_voted_as_decided(records: ModuleType, sessions: dict[str, Session]) -> None:
    session = sessions["approved"]
    assert session.consensus is not None
    first = min(review.seat.name for review in session.reviews if review.ballot and review.ballot.analysis)
    dissent = Dissent(seat=first, verdict="reject")
    turned = session.but(consensus=session.consensus.but(dissent=(dissent,)))
    view = compose_advisory(records.evidence(sessions=(turned,)), records.SUBJECT).council[0]
    assert view.quotes[0].seat.text != first


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
