"""What a model wrote for a task is there for every later sitting, whatever becomes of sessions."""

from __future__ import annotations

from council.protocols import Archive
from council.types.versions import Version


def made(seed: int, code: str = "def f(): return 'ñ \x00 𝒳'") -> Version:
    return Version(id="a" * 64, code=code, model="qwen:1.5b", seed=seed, temperature=0.8, completion_tokens=12)


def test_versions_are_kept_by_task_and_come_back_in_their_order(archive: Archive) -> None:
    for seed in (2, 0, 1):
        archive.keep_program("Write f().", made(seed))
    archive.keep_program("Write g().", made(0))
    assert archive.programs_of("  Write f().\n") == (made(0), made(1), made(2))
    assert archive.programs_of("Write h().") == ()


def test_the_same_model_and_seed_replaces(archive: Archive) -> None:
    archive.keep_program("t", made(0))
    archive.keep_program("t", made(0, "def f(): return 2"))
    assert [version.code for version in archive.programs_of("t")] == ["def f(): return 2"]
