"""What turned out to be true, kept: one label of each origin for a thing, with its session and never without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from council.errors import StoreError
from council.protocols import Archive
from council.types.base import now
from council.types.labels import Case, Label, LabelOrigin, LabelWord, Vote
from council.types.reviews import Verdict
from council.types.session import Session

MakeSession = Callable[..., Session]


@pytest.fixture
def session(archive: Archive, make_session: MakeSession) -> str:
    made = make_session(session_id="7f3kaaaaaa")
    archive.open_session(made)
    return made.session_id


def test_a_label_is_read_as_it_was_written(archive: Archive, session: str, make: Any) -> None:
    case = Case(siding=3, heard=4, votes=(Vote(model="Não/☃\x00", verdict=Verdict.REJECT),))
    label = make.label(session, case=case)
    archive.put_label(label)
    assert archive.list_labels() == archive.list_labels("7f3k") == (label,)


def test_the_last_word_of_an_origin_holds_and_the_others_stay(archive: Archive, session: str, make: Any) -> None:
    archive.put_label(make.label(session, "a-1", word=LabelWord.FALSE))
    archive.put_label(make.label(session, "a-1", word=LabelWord.REAL))
    archive.put_label(make.label(session, "a-1", "evidence", word=LabelWord.FALSE))
    archive.put_label(make.label(session, "a\\0-\x00", word=LabelWord.FALSE))
    found = {(label.finding_id, label.origin, label.word) for label in archive.list_labels(session)}
    assert found == {
        ("a-1", LabelOrigin.PERSON, LabelWord.REAL),
        ("a-1", LabelOrigin.EVIDENCE, LabelWord.FALSE),
        ("a\\0-\x00", LabelOrigin.PERSON, LabelWord.FALSE),
    }
    assert archive.delete_label(session, "a-1", LabelOrigin.PERSON)
    assert not archive.delete_label(session, "a-1", LabelOrigin.PERSON)
    assert not archive.delete_label(session, None, LabelOrigin.PERSON)
    assert [label.origin for label in archive.list_labels(session) if label.finding_id == "a-1"] == ["evidence"]


def test_the_newest_labels_come_first_and_only_so_many(archive: Archive, make_session: MakeSession, make: Any) -> None:
    for number in range(5):
        archive.open_session(make_session(session_id=f"{number}aaaaaaaaa"))
        archive.put_label(make.label(f"{number}aaaaaaaaa", labelled_at=now() + timedelta(seconds=number)))
    assert [label.session_id[0] for label in archive.list_labels(limit=3)] == ["4", "3", "2"]


def test_labels_go_with_their_session_and_need_one(archive: Archive, session: str, make: Any) -> None:
    archive.put_label(make.label(session))
    archive.delete_session(session)
    assert archive.list_labels() == ()
    with pytest.raises(StoreError, match="there is no session 7f3kaaaaaa"):
        archive.put_label(make.label(session))


def test_an_update_of_the_session_keeps_its_labels(archive: Archive, session: str, make: Any) -> None:
    archive.put_label(make.label(session))
    archive.update_session(archive.read_session(session).but(notes=("more",)))
    assert len(archive.list_labels(session)) == 1


@pytest.mark.parametrize(
    ("finding", "word"), [(None, "real"), (None, "false"), ("a-1", "good"), ("a-1", "bad"), ("", "real")]
)
def test_words_for_findings_are_not_words_for_code(finding: str | None, word: str) -> None:
    with pytest.raises(ValidationError):
        Label(session_id="s", finding_id=finding, word=LabelWord(word), labelled_at=now())
