"""Names of files come from strangers: none leaves its folder, none stands for two things."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.errors import SandboxError
from council.sandbox.workspace import check_names, sweep, write_files

BAD = [
    "", ".", "..", "../x", "a/../../x", "/etc/passwd", "a//b", "./a", "a/", "a\\b", "a\x00b", "a\nb", "\x1b[31m",
    "a" * 300, "/".join("a" * 40), "a/./b", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(SandboxError) as caught:
        check_names((name,))
    assert "\x1b" not in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("names", [("a", "a"), ("a", "a/b"), ("a/b/c", "a/b")])
def test_two_things_of_one_name_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(SandboxError):
        check_names(names)


@given(st.lists(st.text(st.sampled_from("ab./\\\0 ~-\n"), max_size=8), max_size=4).map(tuple))
def test_whatever_is_written_stays_below(names: tuple[str, ...]) -> None:
    try:
        with write_files(tuple((name, b"x") for name in names)) as home:
            root = home / "files"
            written = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
            assert written == set(names)
            assert {path.name for path in home.iterdir()} == {"files"}
    except SandboxError:
        pass
    else:
        assert not home.exists()


def test_the_files_cannot_be_written_and_go_away(tmp_path: Path) -> None:
    with write_files((("a/b.py", b"x"),)) as home:
        assert (home / "files/a/b.py").stat().st_mode & 0o777 == 0o444
    assert not home.exists()


def test_folders_deeper_than_any_path_go_away_too() -> None:
    """Deeper than Python recurses and longer than a path may be, with a folder that nobody may enter at the end."""
    here = os.getcwd()
    with write_files((("a.py", b"x"),)) as home:
        try:
            os.chdir(home)
            for _ in range(3000):
                os.mkdir("d")
                os.chdir("d")
            Path("file").write_text("x")
            os.mkdir("closed", mode=0)
        finally:
            os.chdir(here)
    assert not home.exists()


def test_only_old_folders_of_dead_councils_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    names = {
        f"council-run-{gone.pid}-old": 7200,
        f"council-run-{gone.pid}-new": 0,
        f"council-run-{os.getpid()}-me": 7200,
    }
    for name, age_s in {**names, "council-other": 7200}.items():
        folder = tmp_path / name
        folder.mkdir()
        moment = folder.stat().st_mtime - age_s
        os.utime(folder, (moment, moment))
    sweep()
    assert {path.name for path in tmp_path.iterdir()} == {*list(names)[1:], "council-other"}
