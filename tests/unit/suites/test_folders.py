"""A team's own suite: a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from council.errors import SourceError
from council.suites import list_suites, load_suite

MANIFEST = 'title = "Ours"\nlicence = "MIT"\n'


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    folder = tmp_path / "suites" / "ours"
    add_task(folder, "double", title="Doubles a number")
    (folder / "suite.toml").write_text(MANIFEST)
    return folder


def add_task(folder: Path, name: str, *, title: str = "Says hello") -> Path:
    home = folder / name
    home.mkdir(parents=True)
    (home / "task.md").write_text(f"{title}.\n")
    (home / "test_plain.py").write_text(f"from {name} import {name}\n\n\ndef test_it():\n    assert {name}\n")
    return home


def test_the_least_there_can_be(ours: Path) -> None:
    suite = load_suite(ours)
    assert (suite.id, suite.title, suite.licence, suite.source) == ("ours", "Ours", "MIT", None)
    (task,) = suite.tasks
    assert (task.id, task.title, task.path, task.text) == ("double", "double", "double.py", "Doubles a number.\n")
    assert [file.path for file in task.tests] == ["test_plain.py"]
    assert task.edge_tests == () and task.reference is None


def test_everything(ours: Path) -> None:
    home = add_task(ours, "parse_invoice")
    (home / "test_totals.py").write_text("# more\n")
    (home / "test_edge.py").write_text("# edge\n")
    (home / "test_edge_unicode.py").write_text("# edge\n")
    (home / "reference.py").write_text("# right\n")
    (home / "notes.txt").write_text("not read")
    (ours / "suite.toml").write_text(
        MANIFEST + '[[tasks]]\nid = "parse_invoice"\ntitle = "Invoices"\npath = "shop/invoice.py"\ntags = ["text"]\n'
        '[[tasks]]\nid = "double"\n'
    )
    suite = load_suite(ours / "suite.toml")
    assert [task.id for task in suite.tasks] == ["parse_invoice", "double"]
    task = suite.tasks[0]
    assert (task.title, task.path, task.tags, task.reference) == ("Invoices", "shop/invoice.py", ("text",), "# right\n")
    assert [file.path for file in task.tests] == ["test_plain.py", "test_totals.py"]
    assert [file.path for file in task.edge_tests] == ["test_edge.py", "test_edge_unicode.py"]


def test_found_by_its_id(ours: Path) -> None:
    assert load_suite("ours", folders=(ours.parent,)).tasks[0].id == "double"
    assert list_suites(folders=(ours.parent,)) == ("core", "ours")
    with pytest.raises(SourceError, match="there is no suite 'ours'"):
        load_suite("ours")


def test_a_team_may_replace_the_shipped_one(ours: Path) -> None:
    (ours.parent / "core").symlink_to(ours)
    assert load_suite("core", folders=(ours.parent,)).title == "Ours"


def test_the_digest_knows_the_content_and_not_the_order(ours: Path) -> None:
    add_task(ours, "other")
    first = load_suite(ours)
    (ours / "suite.toml").write_text(MANIFEST + '[[tasks]]\nid = "other"\n[[tasks]]\nid = "double"\n')
    second = load_suite(ours)
    assert [t.id for t in first.tasks] != [t.id for t in second.tasks] and first.digest == second.digest
    (ours / "other" / "test_edge.py").write_text("# new\n")
    assert load_suite(ours).digest != first.digest


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        ("title = ", "not valid TOML"),
        ("", "title: field required"),
        ('title = "x"\ncolour = 1\n', "unknown field 'colour'"),
        (MANIFEST + '[[tasks]]\nid = "double"\npaht = "x.py"\n', "unknown field 'tasks.0.paht'. Did you mean path"),
        (MANIFEST + '[[tasks]]\nid = "double"\n[[tasks]]\nid = "double"\n', "'double' is there twice"),
        (MANIFEST + '[[tasks]]\nid = "absent"\n', "absent/task.md: no such file"),
        (MANIFEST + '[[tasks]]\nid = "../double"\n', "cannot be the id of a task"),
        (MANIFEST + '[[tasks]]\nid = "double"\npath = "../x.py"\n', "is no path of a module"),
        (MANIFEST + '[[tasks]]\nid = "double"\npath = "/tmp/x.py"\n', "is no path of a module"),
        (MANIFEST + '[[tasks]]\nid = "double"\npath = "x.txt"\n', "is no path of a module"),
        (MANIFEST + '[[tasks]]\nid = "double"\npath = "json.py"\n', "cannot be called json.py"),
        (MANIFEST + '[[tasks]]\nid = "double"\npath = "council/x.py"\n', "cannot be called council/x.py"),
        (MANIFEST + '[[tasks]]\nid = "double"\npath = "test_x.py"\n', "cannot be called test_x.py"),
    ],
)
def test_a_wrong_manifest(ours: Path, manifest: str, told: str) -> None:
    (ours / "suite.toml").write_text(manifest)
    with pytest.raises(SourceError, match=told) as raised:
        load_suite(ours)
    assert "\n" not in str(raised.value)


def test_what_is_missing(ours: Path) -> None:
    (ours / "double" / "task.md").write_text(" \n")
    with pytest.raises(SourceError, match="task.md is empty"):
        load_suite(ours)
    (ours / "double" / "task.md").write_text("Do it.")
    (ours / "double" / "test_plain.py").unlink()
    with pytest.raises(SourceError, match="there is no test in it"):
        load_suite(ours)
    (ours / "double" / "task.md").unlink()
    with pytest.raises(SourceError, match="there is no task in it"):
        load_suite(ours)
    (ours / "suite.toml").unlink()
    with pytest.raises(SourceError, match="there is no suite.toml in it"):
        load_suite(ours)


def test_links_do_not_lead_out(ours: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the key")
    for name in ("task.md", "test_plain.py", "reference.py"):
        path = ours / "double" / name
        kept = path.read_text() if path.exists() else None
        path.unlink(missing_ok=True)
        path.symlink_to(tmp_path / "secret")
        with pytest.raises(SourceError, match="leads out of the suite's folder") as raised:
            load_suite(ours)
        assert "the key" not in str(raised.value)
        path.unlink()
        if kept is not None:
            path.write_text(kept)
    (ours / "outside").symlink_to(tmp_path / "suites" / "elsewhere")
    add_task(tmp_path / "suites" / "elsewhere" / "..", "elsewhere_task")
    (ours / "linked").symlink_to(tmp_path / "suites" / "elsewhere_task")
    with pytest.raises(SourceError, match="leads out"):
        load_suite(ours)


def test_long_texts_are_refused(ours: Path) -> None:
    (ours / "double" / "task.md").write_text("x" * (65 << 10))
    with pytest.raises(SourceError, match="task.md: longer than 64 kB"):
        load_suite(ours)
