"""Documents: a team's own templates, errors with file and line, JSON with its schema, no secret anywhere."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from council.errors import TemplateError, UsageError
from council.protocols import Renderer
from council.rendering import Documents, exit_code_of, json_schemas, report_document, session_document, to_json
from council.rendering.terminal import Sheet, report_text, session_text, show_concern
from council.templating import Templates
from council.types.checks import SandboxInfo, ValidationReport
from council.types.consensus import Decision
from council.types.findings import Finding, Severity
from council.types.reviews import Seat
from council.types.session import Session
from council.types.submission import Submission

TOP = (
    "schema_version session_id decision score interval agreement quorum checks reviews concerns cost decided degraded"
    " exit_code policy panel seats submission task votes dissent reasons sandbox generation created_at duration_s"
    " replayed_from checks_only kind state"
)


def own(folder: Path, name: str, text: str) -> Documents:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Documents(folder)


def test_a_page_is_the_document_and_loads_nothing(sessions: ModuleType, name: str) -> None:
    page = Documents().render(sessions.SESSIONS[name], document="html")
    assert page.startswith("<!doctype html>") and "<h1" in page
    assert not re.search(r"<script|<link|<img|\ssrc=|href=\"(?!#)", page)


def test_what_two_seats_wrote_alike_is_shown_once(sessions: ModuleType) -> None:
    claim = Finding(id="a-1", source="a", severity=Severity.HIGH, message="m", counterexample="def test_a():\n    assert f()")
    other = claim.but(id="b-1", source="b")
    session = sessions.REJECTED
    assert session.consensus is not None
    concern = session.consensus.concerns[0].but(members=(claim, other), evidence=())
    twice = session.but(consensus=session.consensus.but(concerns=(concern,)))
    out = io.StringIO()
    show_concern(concern, twice, stream=out)
    for text in (Documents().render(twice), out.getvalue()):
        assert text.count("def test_a") == 1 and "Counterexample: the same as that of a" in text


def test_every_key_is_always_there(sessions: ModuleType, name: str) -> None:
    document = session_document(sessions.SESSIONS[name])
    assert set(TOP.split()) <= set(document)
    assert set(document) == set(session_document(sessions.REJECTED))
    assert json.loads(to_json(sessions.SESSIONS[name])) == document


def test_unknown_is_null(sessions: ModuleType) -> None:
    document = session_document(sessions.NO_QUORUM)
    assert document["score"] is None and document["interval"] is None and document["agreement"] is None
    assert session_document(sessions.HOSTILE)["cost"]["usd"] is None
    unfinished = session_document(sessions.UNFINISHED)
    assert unfinished["decision"] is None and unfinished["decided"] is None and unfinished["exit_code"] == 3


@pytest.mark.parametrize("decision", list(Decision))
def test_decision_exit_code_and_words_agree(sessions: ModuleType, decision: Decision) -> None:
    session: Session = sessions.REJECTED
    session = session.but(consensus=session.consensus.but(decision=decision) if session.consensus else None)
    document = session_document(session)
    assert document["exit_code"] == exit_code_of(session) == decision.exit_code
    word = decision.value.replace("_", " ").upper()
    assert f"\n{word}   " in session_text(session, sheet=Sheet())
    assert Documents().render(session).startswith(f"# {word}: ")


def test_checks_only_is_said_in_every_output(sessions: ModuleType) -> None:
    session = sessions.CHECKS_ONLY
    for text in (session_text(session, sheet=Sheet()), Documents().render(session)):
        assert "APPROVED BY THE CHECKS ALONE" in text and "nobody has judged" in text.lower()
    assert session_document(session)["checks_only"] is True


def test_the_schemas_describe_the_documents(sessions: ModuleType, name: str) -> None:
    schema = json_schemas()["session"]
    document = session_document(sessions.SESSIONS[name])
    assert set(schema["required"]) == set(schema["properties"]) == set(document)
    check = schema["$defs"]["PublicCheck"]
    for shown in document["checks"]:
        assert set(shown) == set(check["properties"])
    assert {"mark", "passed"} <= set(check["required"])


def test_the_report_says_passed_by_its_exit_code(sessions: ModuleType) -> None:
    failed = report_document(sessions.REJECTED.validation, sessions.REJECTED.submission)
    assert (failed["passed"], failed["exit_code"]) == (False, 1)
    assert failed["submission"]["files"][0]["path"] == "cache.py"
    assert [check["name"] for check in failed["checks"] if not check["passed"]] == ["tests", "formatting"]
    passed = report_document(sessions.APPROVED.validation)
    assert (passed["passed"], passed["exit_code"], passed["submission"]) == (True, 0, None)
    nothing = ValidationReport(checks=(), sandbox=SandboxInfo(backend="none"), policy="base")
    assert (report_document(nothing)["passed"], report_document(nothing)["exit_code"]) == (False, 3)
    assert "NOT CHECKED" in report_text(nothing, sheet=Sheet())
    assert set(json_schemas()["validation"]["required"]) == set(failed)


def test_the_phrase_of_the_story(sessions: ModuleType) -> None:
    text = report_text(sessions.REJECTED.validation, sessions.REJECTED.submission, sheet=Sheet())
    assert "PYTEST: 3 of 5 tests failed" in text
    for test, reason in (("test_capacity_limit", "assert 3 == 2"), ("test_update_order", "assert -1 == 10")):
        assert any(test in line and reason in line for line in text.splitlines())


SECRET = "live-canary-0123456789"


def test_no_secret_in_any_output(sessions: ModuleType) -> None:
    session: Session = sessions.REJECTED
    seat = Seat(name=f"s-{SECRET}", model=SECRET, provider="openai")
    session = session.but(
        submission=Submission.from_text(f"KEY = '{SECRET}'\n", tests=f"# {SECRET}\n", task=f"use {SECRET}"),
        reviews=tuple(review.but(seat=seat, raw_text=SECRET, served_model=SECRET) for review in session.reviews),
        consensus=session.consensus.but(reasons=(SECRET,), degraded=(SECRET,)) if session.consensus else None,
        notes=(SECRET,),
    )
    documents = Documents(secrets=(SECRET,))
    for text in (documents.render(session), documents.render(session, document="json")):
        assert "canary" not in text and ("«redacted»" in text or "\\u00abredacted\\u00bb" in text)
    digest = session_document(session, secrets=(SECRET,))["submission"]["digest"]
    assert digest == session.submission.digest


def test_the_terminal_hides_the_keys_of_the_environment(sessions: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    session = sessions.REJECTED.but(submission=Submission.from_text("x = 1", path=f"{SECRET}.py"))
    for text in (session_text(session), Documents().render(session), to_json(session)):
        assert "canary" not in text
    assert "canary" not in report_text(session.validation, session.submission)


def test_a_team_replaces_a_template(tmp_path: Path, sessions: ModuleType) -> None:
    documents = own(tmp_path, "documents/session.md.j2", "Ours: {{ session.decision }} {{ session.task | md }}\n")
    assert documents.render(sessions.REJECTED).startswith("Ours: rejected Write a least")
    assert documents.render(sessions.REJECTED.validation).startswith("# FAILED")  # the others stay
    assert isinstance(documents, Renderer)


def test_a_team_replaces_a_macro_and_adds_a_document(tmp_path: Path, sessions: ModuleType) -> None:
    own(tmp_path, "macros/attempts.md.j2", "{% macro attempt_table(generation) %}OUR TABLE{% endmacro %}")
    documents = own(tmp_path, "documents/short.md.j2", "{{ decision_words(session) }}")
    assert "OUR TABLE" in documents.render(sessions.GENERATED)
    assert documents.render(sessions.GENERATED, document="short") == "CHECKS PASSED\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("one\n{% if %}\n", "documents/session.md.j2, line 2: Expected an expression"),
        ("one\n\n{{ nonsense }}\n", "documents/session.md.j2, line 3: 'nonsense' is undefined"),
        ("{{ session.nonsense }}", "documents/session.md.j2, line 1: "),
        ("a\n{{ 1 / 0 }}", "documents/session.md.j2, line 2: ZeroDivisionError"),
        ("{% for x in session.session_id.x() %}{% endfor %}", "line 1: "),
        ("{% include 'nowhere.j2' %}", "there is no template nowhere.j2"),
        ("{{ ''.__class__.__mro__ }}", "line 1: "),
        ("{{ session.model_dump.__globals__ }}", "line 1: "),
        ("{{ 'x' | nofilter }}", "line 1: No filter named 'nofilter'"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "RecursionError"),
    ],
)
def test_a_template_of_the_user_fails_with_its_line(
    tmp_path: Path, sessions: ModuleType, text: str, sentence: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        own(tmp_path, "documents/session.md.j2", text).render(sessions.REJECTED)
    assert sentence in str(caught.value) and "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_a_failing_macro_is_named_itself(tmp_path: Path, sessions: ModuleType) -> None:
    text = "{% macro attempt_table(generation) %}\n{{ generation.nothing }}\n{% endmacro %}"
    with pytest.raises(TemplateError, match=r"macros/attempts\.md\.j2, line 2"):
        own(tmp_path, "macros/attempts.md.j2", text).render(sessions.GENERATED)


def test_a_template_that_is_no_text(tmp_path: Path, sessions: ModuleType) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "session.md.j2").write_bytes(b"caf\xe9")
    with pytest.raises(TemplateError, match="not UTF-8"):
        Documents(tmp_path).render(sessions.REJECTED)


@pytest.mark.parametrize("document", ["../secrets", "sessoin", "/etc/passwd", "session.md.j2", ""])
def test_an_unknown_document_is_named(sessions: ModuleType, document: str) -> None:
    with pytest.raises(TemplateError, match="there is no document") as caught:
        Documents(Templates()).render(sessions.REJECTED, document=document)
    assert "session" in (caught.value.remedy or "")


def test_what_is_no_document_is_refused(sessions: ModuleType) -> None:
    for document in ("json", "markdown"):
        with pytest.raises(UsageError, match="a Quorum is no document"):
            Documents().render(sessions.REJECTED.consensus.quorum, document=document)


def test_an_unknown_price_is_not_zero(sessions: ModuleType) -> None:
    session = sessions.HOSTILE
    assert "and more" in session_text(session, sheet=Sheet()) and "which is unknown" in Documents().render(session)
    bare = session.but(cost=session.cost.but(known_usd=0.0))
    assert "cost unknown" in session_text(bare, sheet=Sheet()) and "$0" not in session_text(bare, sheet=Sheet())
