"""What is read from disk, what it is called, and the sentence for everything that is no code."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from council.errors import SourceError
from council.settings import Settings
from council.sources import files_under, read_submission, read_task, read_tests
from council.types.submission import Submission

KNOBS = Settings()


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(name: str, data: str | bytes = "x = 1\n") -> str:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return name


def names(submission: Submission) -> tuple[list[str], list[str]]:
    return [file.path for file in submission.files], [file.path for file in submission.tests]


def refused(*paths: str, tests: tuple[str, ...] = (), knobs: Settings = KNOBS) -> str:
    with pytest.raises(SourceError) as caught:
        read_submission(paths, tests=tests, settings=knobs)
    assert caught.value.exit_code == 2
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


# Names


def test_a_file_is_called_by_its_own_name_wherever_it_lies() -> None:
    put("src/deep/cache.py")
    put("tests/test_cache.py")
    found = read_submission("src/deep/cache.py", tests="tests/test_cache.py", task="t", settings=KNOBS)
    assert names(found) == (["cache.py"], ["test_cache.py"])
    assert found.task == "t" and found.origin is None


def test_a_file_of_a_package_is_called_from_the_package_on() -> None:
    for name in ("shop/__init__.py", "shop/sub/__init__.py"):
        put(name, "")
    put("shop/sub/cart.py")
    assert names(read_submission("shop/sub/cart.py", settings=KNOBS))[0] == ["shop/sub/cart.py"]
    assert names(read_submission("shop/sub", settings=KNOBS))[0] == ["shop/sub/__init__.py", "shop/sub/cart.py"]


def test_a_directory_gives_names_below_it_and_sorts_out_its_tests() -> None:
    for name in ("a.py", "b/c.py", "test_a.py", "b/c_test.py", "tests/help.py", "conftest.py", "b/testing.py"):
        put(f"app/{name}")
    expected = (["a.py", "b/c.py", "b/testing.py"], ["b/c_test.py", "conftest.py", "test_a.py", "tests/help.py"])
    assert names(read_submission("app", settings=KNOBS)) == expected
    assert names(read_submission(Path("app").resolve(), settings=KNOBS)) == expected


def test_what_is_skipped() -> None:
    put("app/a.py")
    for name in (".git/x.py", ".hidden.py", "venv/x.py", ".venv/x.py", "__pycache__/x.py", "node_modules/x.py"):
        put(f"app/{name}")
    for name in ("build/x.py", "my-environment/x.py", "notes.txt", "data.json"):
        put(f"app/{name}")
    put("app/my-environment/pyvenv.cfg", "")
    assert names(read_submission("app", settings=KNOBS)) == (["a.py"], [])


def test_order_and_repetition_decide_nothing() -> None:
    for name in ("app/a.py", "app/test_a.py", "lib/b.py"):
        put(name)
    first = read_submission(["app", "lib/b.py"], settings=KNOBS)
    again = read_submission(["lib/b.py", "app/a.py", "app", "./app/../app"], tests="app/test_a.py", settings=KNOBS)
    assert first == again and names(first) == (["a.py", "b.py"], ["test_a.py"])


def test_two_files_of_one_name_are_told_apart() -> None:
    put("one/cache.py")
    put("two/cache.py")
    assert names(read_submission(["two/cache.py", "one/cache.py"], settings=KNOBS))[0] == [
        "one/cache.py",
        "two/cache.py",
    ]


def test_a_file_reviewed_by_name_keeps_its_name_beside_a_folder_of_tests() -> None:
    put("app/sub/cache.py")
    put("app/test_cache.py")
    found = read_submission("app/sub/cache.py", tests="app", settings=KNOBS)
    assert names(found) == (["cache.py"], ["test_cache.py"])


def test_a_test_named_for_review_is_reviewed() -> None:
    put("test_a.py")
    assert names(read_submission("test_a.py", settings=KNOBS)) == (["test_a.py"], [])
    put("only/test_b.py")
    assert names(read_submission("only", settings=KNOBS)) == (["test_b.py"], [])
    assert "also named as a test" in refused("test_a.py", tests=("test_a.py",))


def test_a_root_gives_all_names(here: Path) -> None:
    put("src/cache.py")
    found = read_submission("src/cache.py", settings=KNOBS, root=here)
    assert names(found)[0] == ["src/cache.py"]
    with pytest.raises(SourceError, match="lies outside"):
        read_submission("src/cache.py", settings=KNOBS, root=put("other/x.py") and here / "other")


def test_tests_alone() -> None:
    put("tests/test_a.py")
    put("tests/help.py")
    assert [test.path for test in read_tests("tests", settings=KNOBS)] == ["help.py", "test_a.py"]


# Texts


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_texts_are_kept_to_the_byte(text: str) -> None:
    data = f"x = 1\n{text}".encode()
    if b"coding" in data:
        return
    assert read_submission(put("a.py", data), settings=KNOBS).files[0].text.encode() == data


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfx = 1\n", b"a = 1\r\nb = 2\r\n", b"a = 1\rb = 2", b"x = 1"])
def test_line_ends_and_marks_are_not_altered(data: bytes) -> None:
    assert read_submission(put("a.py", data), settings=KNOBS).files[0].text.encode() == data


def test_an_empty_file_in_a_directory_is_normal() -> None:
    put("app/__init__.py", "")
    put("app/a.py")
    assert names(read_submission("app", settings=KNOBS))[0] == ["app/__init__.py", "app/a.py"]


def test_a_script_without_an_ending_needs_a_first_line() -> None:
    assert names(read_submission(put("run", "#!/usr/bin/env python3\nx = 1\n"), settings=KNOBS))[0] == ["run"]
    assert "is not a Python file" in refused(put("notes.txt", "hello"))


# What is no code


def test_missing() -> None:
    assert refused("nope.py").startswith("nope.py: no such file.")
    assert refused(put("a.py") + "/b.py").startswith("a.py/b.py: no such file.")
    assert "nothing to review" in refused()
    assert "cannot be read" in refused("a\0b.py")
    assert "cannot be read" in refused("a" * 300 + ".py")


def test_a_directory_without_python() -> None:
    put("docs/readme.md")
    assert refused("docs") == "docs holds no Python file. Name a .py file, or a folder with some"


@pytest.mark.parametrize("data", [b"", b"\n \t\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_empty(data: bytes) -> None:
    assert refused(put("a.py", data)) == "a.py is empty: there is nothing to review"
    put("b.py")
    assert refused("b.py", tests=("a.py",)) == "a.py is empty: there is nothing to run"
    put("all/__init__.py", data)
    assert refused("all") == "all is empty: there is nothing to review"


def test_binaries() -> None:
    assert refused(put("a.py", b"\x7fELF\x02\0\0")).startswith("a.py is a program, not Python source")
    assert refused(put("a.py", b"x = 1\0")).startswith("a.py is a binary, not Python source")


def test_too_long() -> None:
    assert refused(put("a.py", b"x = 1\n" * 833_334)) == (
        "a.py: 5.0 MB is longer than max_file_kb = 1024." " Split it, or raise the limit: --set max_file_kb=4883"
    )
    assert read_submission("a.py", settings=Settings(max_file_kb=4883)).lines == 833_334
    put("b.py", b"#" * 1024)
    assert read_submission("b.py", settings=Settings(max_file_kb=1)).files
    put("b.py", b"#" * 1025)
    assert "longer than max_file_kb = 1" in refused("b.py", knobs=Settings(max_file_kb=1))


def test_too_many() -> None:
    for number in range(4):
        put(f"app/m{number}.py")
    assert len(read_submission("app", settings=Settings(max_files=4)).files) == 4
    assert "app holds more than max_files = 3" in refused("app", knobs=Settings(max_files=3))
    put("one.py")
    assert "more than max_files = 4" in refused("app", "one.py", knobs=Settings(max_files=4))


def test_not_utf8() -> None:
    assert refused(put("cache.py", b"x = 1\n" * 11 + b"y = '\xff'\n")) == (
        "cache.py, line 12: not UTF-8 (byte 0xff). Convert it with: iconv -f latin1 -t utf8 cache.py"
    )
    assert "line 3: not UTF-8 (byte 0x80)" in refused(put("a.py", b"a\rb\r\n\x80"))
    assert refused(put("a b;c.py", b"\xff")).endswith("-t utf8 'a b;c.py'")
    for coded in ("utf-16", "utf-16-le"):
        data = ("\ufeff" if coded == "utf-16-le" else "") + "x = 1\n"
        assert "UTF-16, not UTF-8" in refused(put("a.py", data.encode(coded)))


COOKIE_TRICKS = [
    "# coding: unicode_escape\n# \\nimport os\n",
    "#!/usr/bin/python\n# -*- coding: utf-7 -*-\nx = 1\n",
    "\n# vim: set fileencoding=rot13 :\nx = 1\n",
    "#\r# coding: rot13\rx = 1\r",
    "# coding: latin-1\nx = 'é'\n",
]


@pytest.mark.parametrize("text", COOKIE_TRICKS)
def test_an_encoding_that_makes_other_code_of_the_text_is_refused(text: str) -> None:
    assert "declares the encoding" in refused(put("a.py", text))


@pytest.mark.parametrize(
    "text",
    [
        "# -*- coding: utf-8 -*-\nx = 'é'\n",
        "# coding: latin-1\nx = 1\n",
        "x = 1\n# coding: rot13\n",
        "\n\n# coding: rot13",
    ],
)
def test_a_harmless_encoding_is_not(text: str) -> None:
    assert read_submission(put("a.py", text), settings=KNOBS).files[0].text == text


def test_pipes_sockets_and_devices_do_not_hang() -> None:
    began = time.monotonic()
    os.mkfifo("pipe.py")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.py")
        for name in ("pipe.py", "socket.py", "/dev/zero", "/dev/null"):
            assert "is no regular file" in refused(name)
    with pytest.raises(SourceError):
        read_task("@pipe.py")
    put("app/a.py")
    os.mkfifo("app/b.py")
    assert "app/b.py is no regular file" in refused("app")
    assert time.monotonic() - began < 5


def test_links_stay_inside(tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    outside.joinpath("secret.py").write_text("KEY = 1\n")
    put("app/a.py")
    os.symlink(outside / "secret.py", "app/leak.py")
    os.symlink(outside, "app/folder")
    os.symlink("a.py", "app/same.py")
    os.symlink("nowhere", "app/dangling.py")
    os.symlink(".", "app/loop")
    os.symlink("round.py", "app/round.py")
    put("app/.env", "KEY=1")
    os.symlink(".env", "app/config.py")
    assert names(read_submission("app", settings=KNOBS))[0] == ["a.py", "same.py"]
    assert "is a link that leads out of" in refused("app/leak.py")
    assert names(read_submission("app/same.py", settings=KNOBS))[0] == ["same.py"]
    os.symlink("round.py", "round.py")
    assert "cannot be read" in refused("round.py")


@pytest.mark.parametrize("name", ["a\nb.py", "a\x1b[31m.py", "a\u202eyp.py", "a\udcff.py", "a\\b.py"])
def test_a_name_that_cannot_be_shown_is_refused_harmlessly(name: str) -> None:
    with open(os.fsencode(name), "wb") as file:
        file.write(b"x = 1\n")
    for message in (refused(name), refused(".")):
        assert "its name holds a character" in message
        assert message.isprintable()
        message.encode()


def test_a_name_in_any_script_is_fine() -> None:
    assert names(read_submission(put("größe_尺.py"), settings=KNOBS))[0] == ["größe_尺.py"]


def as_nobody(name: str) -> str:
    """Return the error an ordinary user gets; root may read everything, so a child gives its rights up first."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            read_submission(name, settings=KNOBS)
            said = "no error"
        except BaseException as error:
            said = str(error)
        os.write(write, said.encode())
        os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as stream:
        return stream.read()


def test_no_permission(here: Path) -> None:
    for folder in (here, *here.parents[:2]):
        folder.chmod(0o755)
    put("locked.py")
    put("app/a.py")
    Path("locked.py").chmod(0)
    Path("app").chmod(0)
    try:
        assert "locked.py: cannot be read (Permission denied)" in as_nobody("locked.py")
        assert "app: cannot be read (Permission denied)" in as_nobody("app")
    finally:
        Path("app").chmod(0o755)


def test_files_under() -> None:
    put("app/b/a.py")
    put("app/a.py")
    assert files_under(Path("app"), limit=2) == (Path("app/a.py"), Path("app/b/a.py"))
    with pytest.raises(SourceError):
        files_under(Path("app"), limit=1)


# The task


def test_the_task() -> None:
    assert read_task("add two numbers") == "add two numbers"
    assert read_task("@" + put("task.md", "\ufeffDo it.\r\n")) == "Do it.\r\n"
    assert read_task("@@cached is a decorator") == "@cached is a decorator"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("@nope.md", "nope.md: no such file"),
        ("@", "no file is named"),
        ("@.", "is a folder"),
        ("", "the task is empty"),
        (" \n", "the task is empty"),
        ("@empty.md", "the task is empty"),
        ("@latin.md", "latin.md, line 1: not UTF-8"),
        ("@long.md", "longer than"),
    ],
)
def test_a_task_that_cannot_be_read(given: str, said: str) -> None:
    put("empty.md", "\n")
    put("latin.md", b"caf\xe9")
    put("long.md", b"x" * 300_000)
    with pytest.raises(SourceError) as caught:
        read_task(given)
    assert said in str(caught.value)
