"""Repositories to look into, made with dulwich."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dulwich import porcelain
from dulwich.repo import Repo

from council.auditing import Found, Names, find_marks, read_tree, same_model
from council.generation import read_provenance

Look = Callable[..., Found]


class Repository:
    """A repository that grows by commits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.repo = Repo.init(str(folder))
        self._moment = 1_700_000_000

    def write(self, path: str, text: str | bytes) -> Path:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    def commit(self, message: str, *, author: bytes = b"Ada <a@example.org>") -> str:
        porcelain.add(str(self.folder))
        self._moment += 86_400
        return porcelain.commit(
            str(self.folder),
            message=message.encode(),
            author=author,
            committer=b"Ada <a@example.org>",
            author_timestamp=self._moment,
            commit_timestamp=self._moment,
        ).decode()


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    made = Repository(tmp_path / "tree")
    yield made
    made.repo.close()


@pytest.fixture
def look() -> Look:
    """Look for one model, or for any, in a folder."""

    def look(folder: Path, model: str | None = "codellama:34b", **more) -> Found:
        wanted = (lambda name: True) if model is None else (lambda name: same_model(model, name))
        return find_marks(read_tree([folder]), names=Names(), wanted=wanted, read_header=read_provenance, **more)

    return look
