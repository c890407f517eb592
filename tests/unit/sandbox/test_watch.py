"""What the watch counts of a run's files, and that it stops counting once it knows enough."""

from __future__ import annotations

from pathlib import Path

from council.sandbox.watch import size_of

EMPTY = 8192
"""What an empty file counts."""


def test_empty_files_count_and_counting_ends_where_enough_is_known(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        for number in range(300):
            (tmp_path / folder / f"f{number}").touch()
    assert size_of(str(tmp_path), [], 1, enough=1 << 30) == 600 * EMPTY
    assert size_of(str(tmp_path), [], 1, enough=100 * EMPTY) == 101 * EMPTY


def test_a_large_file_counts_what_it_takes(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * (1 << 20))
    assert 1 << 20 <= size_of(str(tmp_path), [], 1, enough=1 << 30) <= (1 << 20) + EMPTY
