"""Every model that had a hand in the code is found: by origin, by headers, and by what the store keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from council.generation import authors_of, provenance_header
from council.store import open_store
from council.types.session import Attempt, Generation, Session, SessionKind
from council.types.submission import Origin, SourceFile, Submission

DAY = datetime(2026, 11, 23, tzinfo=UTC)
CODE = "def one():\n    return 1\n"


def header(model: str, session_id: str = "7f3k0a9xzq") -> str:
    return provenance_header(model, None, session_id, DAY)


def generated(text: str, *attempts: Attempt, session_id: str = "7f3k0a9xzq") -> Session:
    return Session(
        session_id=session_id,
        kind=SessionKind.GENERATE,
        created_at=DAY,
        council_version="1",
        policy="p",
        submission=Submission(files=(SourceFile(path="one.py", text=text),)),
        generation=Generation(model=attempts[-1].model, attempts=attempts, chosen=attempts[-1].number),
    )


def names(submission: Submission, store: object = None) -> list[str]:
    return [origin.model for origin in authors_of(submission, store)]  # type: ignore[arg-type]


def test_origin_and_the_header_of_every_file_are_read() -> None:
    files = (
        SourceFile(path="a.py", text=CODE),
        SourceFile(path="b.py", text=header("codellama:34b") + CODE),
        SourceFile(path="c.py", text=header("qwen2.5:7b") + CODE),
    )
    assert names(Submission(files=files, origin=Origin(model="smollm2:135m"))) == [
        "codellama:34b",
        "qwen2.5:7b",
        "smollm2:135m",
    ]
    assert names(Submission(files=files[:1])) == []


def test_a_kept_generation_tells_of_code_that_lost_its_header_and_of_the_draft(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "c.db"))
    draft = Attempt(number=1, tier="draft", model="smollm2:135m", code="def one(): ...")
    final = Attempt(number=2, tier="strong", model="qwen2.5:7b", code=CODE)
    store.open_session(generated(header("qwen2.5:7b") + CODE, draft, final))
    other = Attempt(number=1, tier="strong", model="codellama:34b", code="x = 1")
    store.open_session(generated("x = 1\n", other, session_id="7f3k0a9xzr"))
    try:
        assert names(Submission.from_text(CODE), store) == ["qwen2.5:7b", "smollm2:135m"]
        assert names(Submission.from_text(CODE.replace("1", "2")), store) == []
        assert names(Submission.from_text(""), store) == []
    finally:
        store.close()
