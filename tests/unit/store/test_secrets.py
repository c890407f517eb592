"""A key never reaches the disk, and the code that was judged is kept as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from council.errors import StoreError
from council.store import export_store, open_store
from council.types.base import now
from council.types.benchmarks import BenchedModel, Sample, SampleOutcome, TaskSummary
from council.types.calls import Message
from council.types.checks import SandboxInfo, ValidationReport
from council.types.consensus import Decision
from council.types.facts import Source
from council.types.findings import Finding, Location, Severity
from council.types.reviews import Ballot, Review, ReviewOutcome, Seat, Verdict
from council.types.session import Attempt, Generation, Session
from council.types.submission import Submission

Make = Callable[..., Session]
LIVE = 'c4n4ry-"quoted"-Živé-0123456789'
SHAPED = "sk-proj-AbCdEfGhIjKlMnOpQrStUvWx0123456789"


def everywhere(secret: str, make_session: Make) -> Session:
    """A session that holds a secret in every kind of text outside of the code."""
    seat = Seat(name=f"s {secret}", model=f"openai/{secret}", provider="openai", api_base=f"http://h/?k={secret}")
    finding = Finding(
        id="one-1",
        source="one",
        severity=Severity.HIGH,
        message=f"holds {secret}",
        location=Location(path=f"{secret}.py", line=1),
        explanation=secret,
        counterexample=secret,
        fix=secret,
    )
    ballot = Ballot(verdict=Verdict.REJECT, findings=(finding,), analysis=secret, unread=(secret,))
    failed = Review(seat=seat, outcome=ReviewOutcome.FAILED, reason=f"401: Bearer {secret}", raw_text=secret)
    return make_session(
        seats=(seat,),
        reviews=(Review(seat=seat, outcome=ReviewOutcome.ANSWERED, ballot=ballot), failed),
        validation=ValidationReport(checks=(), sandbox=SandboxInfo(backend=secret), policy=secret),
        generation=Generation(model="m", attempts=(Attempt(number=1, tier="draft", model="m", reason=secret),)),
        notes=(secret,),
        policy=f"p {secret}",
        panel=secret,
        replayed_from=secret,
    )


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_live_value_is_in_no_byte_on_disk(tmp_path: Path, make_session: Make) -> None:
    store = open_store(str(tmp_path / "council.db"), secrets=(LIVE,))
    session = everywhere(LIVE, make_session)
    code = Submission.from_text(f"KEY = {LIVE!r}\n", path=f"{LIVE}.py", tests=f"# {LIVE}", task=f"use {LIVE}")
    session = session.but(submission=code, prompt=(Message(role="user", content=f"judge {LIVE}"),))
    store.open_session(session)
    store.update_session(session)
    for canary in ("c4n4ry", "0123456789"):
        assert canary.encode() not in bytes_of(tmp_path)
    read = store.read_session(session.session_id)
    assert read.reviews[1].reason == "401: Bearer «redacted»"
    assert read.submission.files[0].text == "KEY = '«redacted»'\n"
    assert session.submission.files[0].text == f"KEY = {LIVE!r}\n"  # what is judged is not touched


def test_the_digest_is_that_of_what_was_judged(tmp_path: Path, make_session: Make) -> None:
    store = open_store(str(tmp_path / "council.db"), secrets=(LIVE,))
    session = make_session(submission=Submission.from_text(f"KEY = {LIVE!r}\n"))
    store.open_session(session)
    with store._engine.connect() as connection:  # type: ignore[attr-defined]
        kept = connection.exec_driver_sql("SELECT submission_digest FROM sessions").scalar()
    assert kept == session.submission.digest


def test_what_looks_like_a_key_goes_everywhere_but_from_the_code(tmp_path: Path, make_session: Make) -> None:
    store = open_store(str(tmp_path / "council.db"), secrets=())
    plain = everywhere(SHAPED, make_session)
    store.open_session(plain)
    assert SHAPED.encode() not in bytes_of(tmp_path)
    code = Submission.from_text(f"KEY = {SHAPED!r}\n", tests=f"# {SHAPED}", task=f"use {SHAPED}")
    written = Generation(model="m", attempts=(Attempt(number=1, tier="draft", model="m", code=f"k = {SHAPED!r}"),))
    session = make_session(
        submission=code, prompt=(Message(role="user", content=f"judge {SHAPED}"),), generation=written
    )
    store.open_session(session)
    assert store.read_session(session.session_id) == session


def test_a_secret_that_is_also_a_word_of_ours_breaks_nothing(tmp_path: Path, make_session: Make) -> None:
    words = ("rejected", "answered", "finished", "assistant", "not_attempted", "request_changes")
    store = open_store(str(tmp_path / "council.db"), secrets=words)
    session = make_session(prompt=(Message(role="assistant", content="was rejected"),))
    store.open_session(session)
    read = store.read_session(session.session_id)
    assert read.consensus is not None and read.consensus.decision is Decision.REJECTED
    assert read.prompt == (Message(role="assistant", content="was «redacted»"),)


def test_a_deleted_session_leaves_no_byte(tmp_path: Path, make_session: Make) -> None:
    store = open_store(str(tmp_path / "council.db"), secrets=())
    session, other = make_session(notes=("unmistakable" * 3000,)), make_session()
    store.open_session(other)
    store.open_session(session)
    assert b"unmistakable" in bytes_of(tmp_path)
    store.delete_session(session.session_id)
    assert b"unmistakable" not in bytes_of(tmp_path)
    assert store.read_session(other.session_id) == other


def test_the_environment_is_asked_by_default(tmp_path: Path, make_session: Make, monkeypatch: object) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "live-value-of-the-user")  # type: ignore[attr-defined]
    store = open_store(str(tmp_path / "council.db"))
    store.open_session(make_session(notes=("said live-value-of-the-user",)))
    assert b"live-value-of-the-user" not in bytes_of(tmp_path)


def fill(store: Any, make: Any, secret: str) -> None:
    """Put a secret into every kind of text of a benchmark, a sample, knowledge and a version."""
    task = TaskSummary(id=secret, title=secret, text=f"Use {secret}.", digest="d", tags=(secret,))
    benchmark = make.benchmark(
        benchmark_id="b1234567", suite=secret, suite_title=secret, source=secret, policy=secret, notes=(secret,),
        imported_from=secret, tasks=(task,), models=(BenchedModel(name=f"m {secret}", family=secret),),
    )  # fmt: skip
    store.open_benchmark(benchmark)
    store.update_benchmark(benchmark)
    check = ValidationReport(checks=(), sandbox=SandboxInfo(backend=secret), policy=secret)
    store.add_sample(
        Sample(
            benchmark_id="b1234567", model=f"m {secret}", task=secret, number=1, outcome=SampleOutcome.NO_CODE,
            reply=f"say {secret}", reason=secret, report=check, served_model=secret, session_id=secret, finished_at=now(),
        )
    )  # fmt: skip
    place = Source(kind="benchmark", id="b1234567", pointer=f"samples/{secret}")
    store.put_knowledge(make.learnt("k", title=secret, text=f"learnt {secret}").but(evidence=(place,)))
    version = make.version(f"advisory/{secret}", 1)
    store.add_version(version.but(facts={f"key/{secret}": secret}, sources={secret: (place,)}, changes=(secret,)))


@pytest.mark.parametrize("secret", [LIVE, SHAPED])
def test_no_secret_is_in_any_record_or_export(tmp_path: Path, make: Any, secret: str) -> None:
    hidden = (LIVE,)
    store = open_store(str(tmp_path / "council.db"), secrets=hidden)
    fill(store, make, secret)
    exported: list[str] = []
    export_store(store, exported.append)
    held = bytes_of(tmp_path) + "".join(exported).encode()
    assert b"0123456789" not in held and b"c4n4ry" not in held and b"AbCdEfGh" not in held
    assert store.list_benchmarks()[0].models == ("m «redacted»",)
    assert store.read_samples("b1")[0].reply == "say «redacted»"
    assert len(store.read_samples("b1", model="m «redacted»")) == 1
    assert store.search_knowledge("redacted")[0].text == "learnt «redacted»"
    assert store.list_documents() == ("advisory/«redacted»",)
    assert store.list_versions("advisory/«redacted»")[0].facts == {"key/«redacted»": "«redacted»"}


def test_code_of_samples_and_tasks_is_kept_as_it_was_but_for_live_values(tmp_path: Path, make: Any) -> None:
    store = open_store(str(tmp_path / "council.db"), secrets=(LIVE,))
    right = f"def f():\n    return {SHAPED!r}\n"
    task = TaskSummary(id="t", text="Write f.", digest="d", reference=right)
    benchmark = make.benchmark(tasks=(task,))
    store.open_benchmark(benchmark)
    store.add_sample(make.sample(benchmark, code=f"{right}# {LIVE}"))
    assert store.read_benchmark(benchmark.benchmark_id) == benchmark
    assert store.read_samples(benchmark.benchmark_id)[0].code == f"{right}# «redacted»"


def test_an_id_that_holds_a_secret_is_refused(tmp_path: Path, make: Any) -> None:
    store = open_store(str(tmp_path / "council.db"), secrets=("hunter2-hunter2",))
    with pytest.raises(StoreError, match="the id my-«redacted» holds a secret"):
        store.put_knowledge(make.learnt("my-hunter2-hunter2"))
    assert b"hunter2" not in bytes_of(tmp_path)


def test_a_secret_that_came_later_is_not_exported(tmp_path: Path, make: Any) -> None:
    fill(open_store(str(tmp_path / "council.db"), secrets=()), make, "was-nobodys-secret")
    exported: list[str] = []
    export_store(open_store(str(tmp_path / "council.db"), secrets=("was-nobodys-secret",)), exported.append)
    assert "was-nobodys" not in "".join(exported) and len(exported) == 5
