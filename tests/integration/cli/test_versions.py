"""Independent versions at the command line, from recorded ones: nothing is asked, everything is run."""

from __future__ import annotations

import json
import shutil

import pytest

from .conftest import ROOT, Shell

CACHE = "examples/lru_cache"
LARGE, SMALL = (f"{CACHE}/recorded/versions-qwen2.5-coder-{size}.jsonl" for size in ("1.5b", "0.5b"))
AFTER = """
    def put(self, key, value):
        if key in self._items:
            self._items.move_to_end(key)
        self._items[key] = value
        if len(self._items) >= self.capacity:
            self._items.popitem(last=False)
"""


pytestmark = pytest.mark.xdist_group("versions")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One store for all: what the recorded versions do is run once, and remembered for the other submissions."""
    return f"store_url=sqlite:///{tmp_path_factory.mktemp('versions')}/council.db"


@pytest.fixture
def shell(shell: Shell) -> Shell:
    shutil.copytree(ROOT / "examples", shell.work / "examples")
    right = (ROOT / CACHE / "right" / "lru_cache.py").read_text(encoding="utf-8")
    task = (ROOT / CACHE / "task.md").read_text(encoding="utf-8")
    shell.write("task.md", task.partition("\nFor example")[0])  # its examples alone would convict these caches
    shell.write("after/lru_cache.py", right.partition("\n    def put(")[0] + AFTER)
    moved = "        if key in self._items:\n            self._items.move_to_end(key)\n        elif len"
    shell.write("unmoved/lru_cache.py", right.replace(moved, "        if key not in self._items and len"))
    return shell


def review(shell: Shell, store: str, folder: str, versions: str, *more: str) -> tuple[int, dict[str, object]]:
    words = ("--task", "@task.md", "--policy", "checks-only", "--versions", "8", "--versions-from", versions)
    path = f"{folder}/lru_cache.py"
    done = shell.council("review", path, *words, "--set", store, "-q", "--format", "json", *more, timeout=280)
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize(
    ("folder", "steps"),
    [
        (f"{CACHE}/faulty", ["LRUCache(1)", "put(1, 10)", "put(2, 20)", "get(1)"]),
        ("unmoved", ["LRUCache(2)", "put(1, 10)", "put(2, 20)", "put(1, 30)", "put(3, 40)", "get(1)"]),
        ("after", ["LRUCache(1)", "put(1, 10)", "get(1)"]),
    ],
)
def test_a_faulty_cache_is_convicted_by_the_shortest_series_there_is(
    shell: Shell, store: str, folder: str, steps: list[str]
) -> None:
    code, session = review(shell, store, folder, LARGE)
    told = session["versions"]["testimony"]["difference"]  # type: ignore[index]
    assert code == 1 and told["input"]["steps"] == steps
    assert session["evidence"][0]["state"] == "reproduced"  # type: ignore[index]


def test_the_right_cache_is_not_accused(shell: Shell, store: str) -> None:
    _, session = review(shell, store, f"{CACHE}/right", LARGE)
    told = session["versions"]["testimony"]  # type: ignore[index]
    assert told["difference"] is None and told["agreeing"] == 6 and session["concerns"] == []


@pytest.mark.parametrize("folder", [f"{CACHE}/faulty", f"{CACHE}/right"])
def test_who_finds_no_agreement_accuses_nobody(shell: Shell, store: str, folder: str) -> None:
    _, session = review(shell, store, folder, SMALL)
    assert session["versions"]["testimony"]["difference"] is None  # type: ignore[index]


def test_versions_decide_nothing_against_passing_tests(shell: Shell, store: str) -> None:
    """A test that the faulty cache passes: the difference is shown, disputed, and does not block."""
    shell.write(
        "test_little.py", "from lru_cache import LRUCache\n\n\ndef test_one():\n    assert LRUCache(1).get(1) == -1\n"
    )
    code, session = review(shell, store, f"{CACHE}/faulty", LARGE, "--tests", "test_little.py")
    assert code == 0 and session["decision"] == "approved"
    (concern,) = session["concerns"]  # type: ignore[misc]
    assert concern["state"] == "disputed" and concern["seats"] == ["versions"]


def test_clarify_says_what_a_task_leaves_open(shell: Shell) -> None:
    codes = (
        "return max(v)",
        "return max(list(v))",
        "return max(v) if v else None",
        "return None if not v else max(v)",
    )
    lines = (json.dumps({"model": "m", "code": f"def largest(v):\n    {code}"}) for code in codes)
    shell.write("versions.jsonl", "\n".join(lines))
    task = "Write largest(v). largest([1, 3]) == 3"
    done = shell.council("clarify", task, "--versions-from", "versions.jsonl", "--no-store", "-q")
    assert done.returncode == 1 and "UNCLEAR" in done.stdout, done.stdout + done.stderr
    told = " ".join(done.stdout.split())
    assert "what largest([]) gives: 2 versions r" in told and "return None" in told and "raise ValueError" in told
    shell.write(
        "versions.jsonl", "\n".join(json.dumps({"model": "m", "code": f"def largest(v): return {n}"}) for n in (1, 2))
    )
    done = shell.council("clarify", task, "--versions-from", "versions.jsonl", "--no-store", "-q")
    assert done.returncode == 3 and "NOBODY CAN SAY" in done.stdout


def test_what_to_type_next_hears_the_versions_again(shell: Shell) -> None:
    codes = ("return 2 * x", "return x + x", "return x * 2", "return sum((x, x))")
    lines = (json.dumps({"model": "m", "code": f"def double(x: int) -> int:\n    {code}"}) for code in codes)
    shell.write("versions.jsonl", "\n".join(lines))
    shell.write("double.py", "def double(x: int) -> int:\n    return x * x\n")
    words = ("--versions", "4", "--versions-from", "versions.jsonl", "--policy", "checks-only", "--no-store", "-q")
    done = shell.council("review", "double.py", "--task", "Write double(x: int), twice x. double(2) == 4", *words)
    told = " ".join(done.stdout.split())
    assert done.returncode == 1 and "it differs on" in told and "from the programs that agree, which m wrote" in told
    again = " ".join(done.stdout.replace("\\\n", " ").split())
    assert "--versions 4 --versions-from versions.jsonl" in again and "once it is mended" in again
    assert not [line for line in done.stdout.splitlines() if line.split()[1:2] == ["m"]], "nothing is known of each"


def test_mistakes_are_one_sentence(shell: Shell) -> None:
    done = shell.council("clarify", "Write f(x).", "--no-store")
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr == "council: no local model is named to write the versions. Name one with: --version-model NAME\n"
    )
    done = shell.council("clarify", "Write f(x).", "--versions-from", "nothing.jsonl", "--no-store")
    assert done.returncode == 2 and "nothing.jsonl" in done.stderr and "Traceback" not in done.stderr
    done = shell.council("clarify", "Write f(x).", "--version-model", "m", "--no-store", "-q")
    assert done.returncode == 3 and "ollama at 127.0.0.1:1 does not answer" in done.stderr


@pytest.mark.parametrize(
    "words, said",
    [
        (("--ask", "-o", "x.py"), "--ask asks what several samples differ on"),
        (("--ask", "--samples", "4"), "--ask writes tests beside the code"),
        (("--ask", "--samples", "4", "-o", "x.py"), "nobody is there to answer"),
        (("--ask", "--ask-seats", "--samples", "4", "-o", "x.py"), "Give one of them"),
        (("--ask-seats", "--samples", "4"), "--ask-seats writes tests beside the code"),
        (("--panel", "story"), "Add --ask-seats"),
        (("--samples", "2", "--model", "a", "--model", "b", "--model", "c"), "3 models cannot share 2 samples"),
        (("--model", "a", "--model", "b"), "2 models cannot share 1 sample"),
    ],
)
def test_what_samples_cannot_do_is_one_sentence(shell: Shell, words: tuple[str, ...], said: str) -> None:
    done = shell.council("generate", "Write f(x).", *words)
    assert done.returncode == 2 and said in done.stderr and done.stderr.count("\n") == 1


def test_samples_without_a_model_say_how_to_name_one(shell: Shell) -> None:
    done = shell.council("generate", "Write f(x).", "--samples", "4", "-q")
    assert done.returncode == 2
    assert done.stderr == "council: no local model is set. Set one with: export OLLAMA_MODEL=NAME, or --model NAME\n"
