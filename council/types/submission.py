"""What is judged: source files, the tests that came with them, and the task they should fulfil."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Self

from council.types.base import Record


class SourceFile(Record):
    """One file as it was read: UTF-8 text under a path relative to what is reviewed. It is never altered."""

    path: str
    text: str

    @property
    def sha256(self) -> str:
        """Hex digest of the text in UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def lines(self) -> int:
        """How many lines the text has."""
        return len(self.text.splitlines())


class Origin(Record):
    """Who wrote a submission, where council knows it: its own generation, or a provenance header."""

    model: str
    digest: str | None = None
    written_at: datetime | None = None
    session_id: str | None = None


class Submission(Record):
    """Code with its task and tests, ready to be judged.

    >>> Submission.from_text("def f(): return 1").lines
    1
    """

    files: tuple[SourceFile, ...]
    tests: tuple[SourceFile, ...] = ()
    task: str | None = None
    task_path: str | None = None
    """The file the task was read from, as it was named; ``None`` where it was typed."""
    origin: Origin | None = None

    @classmethod
    def from_text(
        cls, code: str, *, path: str = "submission.py", tests: str | None = None, task: str | None = None
    ) -> Self:
        """Make a submission of a piece of code; ``tests`` is the text of a pytest file. Nothing is read from disk."""
        test_files = () if tests is None else (SourceFile(path="test_submission.py", text=tests),)
        return cls(files=(SourceFile(path=path, text=code),), tests=test_files, task=task)

    @property
    def lines(self) -> int:
        """Lines of code without the tests."""
        return sum(file.lines for file in self.files)

    @property
    def digest(self) -> str:
        """Hex SHA-256 over paths, texts, tests and task; equal submissions have equal digests."""
        whole = hashlib.sha256()
        for kind, files in (("file", self.files), ("test", self.tests)):
            for file in sorted(files, key=lambda f: f.path):
                whole.update(f"{kind}\0{file.path}\0{file.sha256}\0".encode())
        whole.update(f"task\0{self.task or ''}".encode())
        return whole.hexdigest()
