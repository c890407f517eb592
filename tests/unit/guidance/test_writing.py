"""Files are written once, whole, and only where council may; a check says what moved and changes nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from council.errors import TemplateError, UsageError
from council.guidance import check_guidelines, write_guidelines
from council.policies import Policy, load_policy
from council.protocols import Archive
from council.templating import Templates
from council.types.guidelines import Stale, Written

DAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
NAMES = ["index", "team-guidelines", "validation-requirements", "model-selection", "validation-pipeline",
         "advisory-index", "changelog"]  # fmt: skip
HOUSE = Templates()
Holds = Callable[[str, str], None]


def put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")


def write(policy: Policy, store: Archive, folder: Path, **more: object) -> tuple[Written, ...]:
    folder.mkdir(exist_ok=True)
    return write_guidelines(policy, store, folder, write=put, **{"at": DAY, "templates": HOUSE, **more})  # type: ignore[arg-type]


def check(policy: Policy, store: Archive, folder: Path, **more: object) -> list[str]:
    found: tuple[Stale, ...] = check_guidelines(policy, store, folder, **{"at": DAY, "templates": HOUSE, **more})  # type: ignore[arg-type]
    return [f"{stale.file}: {stale.reason}" for stale in found]


def texts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def policy(shelf: ModuleType) -> Policy:
    chosen: Policy = shelf.policy()
    return chosen


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "guidelines"


def test_the_shipped_policy_with_an_empty_store(empty: Archive, out: Path, holds: Holds) -> None:
    write(load_policy("python-team"), empty, out)
    for name in NAMES:
        holds(f"python-team/{name}.md", (out / f"{name}.md").read_text(encoding="utf-8"))
    holds("python-team/index.html", (out / "index.html").read_text(encoding="utf-8"))


def test_a_policy_with_evidence(policy: Policy, filled: Archive, shelf: ModuleType, out: Path, holds: Holds) -> None:
    write(policy, filled, out)
    shelf.fill(filled, number=2, passes={shelf.STRONG: 7})
    write(policy, filled, out, at=DAY + timedelta(days=1))
    for name in NAMES:
        holds(f"payments/{name}.md", (out / f"{name}.md").read_text(encoding="utf-8"))


def test_no_golden_file_is_left_over() -> None:
    found = {path.relative_to(path.parents[1]).as_posix() for path in Path(__file__).parent.glob("golden/*/*")}
    wanted = {f"{folder}/{name}.md" for folder in ("python-team", "payments") for name in NAMES}
    assert found == wanted | {"python-team/index.html"}


def test_the_same_facts_give_the_same_bytes_and_touch_nothing(policy: Policy, filled: Archive, out: Path) -> None:
    first = write(policy, filled, out)
    before, stamps = texts(out), {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    again = write(policy, filled, out, at=DAY + timedelta(days=5))
    assert {written.state for written in first} == {"new"} and len(first) == 14
    assert {written.state for written in again} == {"same"}
    assert texts(out) == before and {path.name: path.stat().st_mtime_ns for path in out.iterdir()} == stamps
    assert {len(filled.list_versions(f"guidelines/payments/{name}")) for name in NAMES} == {1}
    assert check(policy, filled, out, at=DAY + timedelta(days=9)) == []


def test_an_empty_folder_gets_the_same_bytes_later(policy: Policy, filled: Archive, out: Path, tmp_path: Path) -> None:
    write(policy, filled, out)
    write(policy, filled, tmp_path / "elsewhere", at=DAY + timedelta(days=30))
    assert texts(tmp_path / "elsewhere") == texts(out)


def test_moved_evidence_is_named_and_makes_the_next_version(
    policy: Policy, filled: Archive, shelf: ModuleType, out: Path
) -> None:
    write(policy, filled, out)
    before = texts(out)
    shelf.fill(filled, number=2, passes={shelf.STRONG: 7})
    stale = check(policy, filled, out)
    assert (
        f"model-selection.md: {shelf.STRONG} tests passed was 75 % (47–91), is 58 % (32–81) (benchmark b0000002)"
        in stale
    )
    assert texts(out) == before and len(filled.list_versions("guidelines/payments/model-selection")) == 1
    assert not [line for line in stale if line.startswith(("validation-", "advisory-", "changelog", "index"))]
    written = {entry.file: entry for entry in write(policy, filled, out, at=DAY + timedelta(days=1))}
    assert written["model-selection.md"].number == 2 and written["validation-requirements.md"].state == "same"
    assert check(policy, filled, out) == []
    log = (out / "changelog.md").read_text(encoding="utf-8")
    assert log.index("Model selection, version 2") < log.index("Model selection, version 1")
    assert f"{shelf.STRONG} tests passed was 75 % (47–91), is 58 % (32–81) (benchmark b0000002)" in log


def test_a_moved_policy_is_named(policy: Policy, filled: Archive, out: Path) -> None:
    write(policy, filled, out)
    stricter = policy.but(voting=policy.voting.but(quorum=4))
    assert "validation-requirements.md: quorum was 3, is 4 (policy payments)" in check(stricter, filled, out)
    assert "validation-requirements.html: quorum was 3, is 4 (policy payments)" in check(
        stricter, filled, out, formats="html"
    )


def test_a_new_advisory_is_named(policy: Policy, filled: Archive, shelf: ModuleType, out: Path) -> None:
    write(policy, filled, out)
    filled.add_version(shelf.advisory(2, "fit for drafts"))
    assert any(
        line.startswith("advisory-index.md: advisory codellama-7b status was not recommended for production, is fit")
        for line in check(policy, filled, out)
    )


def test_missing_edited_and_foreign_files_are_named(policy: Policy, filled: Archive, out: Path) -> None:
    write(policy, filled, out)
    (out / "index.md").unlink()
    page = out / "team-guidelines.html"
    put(page, page.read_text(encoding="utf-8").replace("Do not", "Do"))
    put(out / "changelog.md", "our own\n")
    (out / "changelog.html").write_bytes(b"\xff\xfe")
    assert check(policy, filled, out) == [
        "index.md: is missing",
        "team-guidelines.html: was edited by hand since version 1",
        "changelog.md: was not written by council for this policy",
        "changelog.html: cannot be read as text",
    ]
    assert check(policy, filled, out, formats="html") == [
        "team-guidelines.html: was edited by hand since version 1",
        "changelog.html: cannot be read as text",
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda path: put(path, "somebody's own words\n"),
        lambda path: put(path, path.read_text(encoding="utf-8") + "\nand our own words\n"),
        lambda path: put(
            path, path.read_text(encoding="utf-8").replace("guidelines/payments/", "guidelines/other/", 1)
        ),
        lambda path: path.write_bytes(b"\xff\xfe"),
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=["foreign", "edited", "of another policy", "not text", "a folder"],
)
def test_what_council_did_not_write_is_left_alone(
    policy: Policy, filled: Archive, shelf: ModuleType, out: Path, change: Callable[[Path], object]
) -> None:
    write(policy, filled, out)
    change(out / "model-selection.md")
    shelf.fill(filled, number=2)
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    with pytest.raises(UsageError, match=r"model-selection\.md"):
        write(policy, filled, out)
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == before
    assert len(filled.list_versions("guidelines/payments/model-selection")) == 1
    if (out / "model-selection.md").is_file():
        write(policy, filled, out, force=True)
        assert check(policy, filled, out) == []


def test_an_older_version_on_disk_is_told_apart(
    policy: Policy, filled: Archive, shelf: ModuleType, out: Path, empty: Archive
) -> None:
    write(policy, filled, out)
    old = texts(out)
    write(policy.but(title="Money"), filled, out, at=DAY + timedelta(days=1))
    for name, content in old.items():
        (out / name).write_bytes(content)
    stale = check(policy.but(title="Money"), filled, out)
    assert "team-guidelines.md: policy title was Payments, is Money (policy payments)" in stale


def test_a_store_that_does_not_know_the_version_says_so(policy: Policy, shelf: ModuleType, out: Path) -> None:
    from council.store import open_store

    one, other = open_store("sqlite://"), open_store("sqlite://")
    shelf.fill(one)
    write(policy, one, out)
    assert "team-guidelines.md: is version 1, which this store does not hold" in check(policy, other, out)


def test_markdown_or_html_alone(policy: Policy, filled: Archive, out: Path) -> None:
    write(policy, filled, out, formats="html")
    assert {path.suffix for path in out.iterdir()} == {".html"} and len(texts(out)) == 7
    assert check(policy, filled, out, formats="html") == []
    assert check(policy, filled, out, formats="markdown")[0] == "index.md: is missing"


def test_links_lead_to_places_that_are_there(policy: Policy, filled: Archive, out: Path) -> None:
    write(policy, filled, out)
    pages = {path.name: path.read_text(encoding="utf-8") for path in out.glob("*.html")}
    ids = {name: set(re.findall(r'<h\d id="([^"]+)"', text)) for name, text in pages.items()}
    seen = 0
    for name, text in pages.items():
        links = re.findall(r'href="([^"]+)"', text)
        assert "<a>" not in text, f"{name}: a link lost its target"
        for link in links:
            file, _, place = link.partition("#")
            assert (file or name) in pages, f"{name} links {link}"
            assert not place or place in ids[file or name], f"{name} links {link}"
            seen += 1
        if name != "index.html":
            assert "index.html" in links
    assert seen > 80


def test_a_team_changes_order_and_names_without_python(
    policy: Policy, filled: Archive, out: Path, tmp_path: Path
) -> None:
    own = tmp_path / "ours" / "documents"
    own.mkdir(parents=True)
    put(
        own / "team-guidelines.md.j2",
        "# How we work\n\n## Never\n\n{% for model in guide.models if model.word == 'banned' %}- {{ model.name | inline }}\n"
        "{% endfor %}\n## Always\n\n{% for rule in guide.rules %}- {{ rule.text | md }}\n{% endfor %}",
    )
    write(policy, filled, out, templates=tmp_path / "ours")
    text = (out / "team-guidelines.md").read_text(encoding="utf-8")
    assert text.index("# How we work") < text.index("## Never") < text.index("- `codellama`") < text.index("## Always")
    assert "<title>How we work</title>" in (out / "team-guidelines.html").read_text(encoding="utf-8")
    assert check(policy, filled, out, templates=tmp_path / "ours") == []
    assert check(policy, filled, out) == [
        "team-guidelines.md: was written by another template",
        "team-guidelines.html: was written by another template",
    ]
    put(own / "team-guidelines.md.j2", "{{ nonsense }}")
    with pytest.raises(TemplateError, match="team-guidelines"):
        write(policy.but(title="Other"), filled, out, templates=tmp_path / "ours")
    assert len(filled.list_versions("guidelines/payments/team-guidelines")) == 1


def test_secrets_stay_out_and_versions_settle(
    policy: Policy, filled: Archive, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM_API_TOKEN", "hunter2hunter2hunter2")
    leaky = policy.but(description="Use hunter2hunter2hunter2 to log in.", title="hunter2hunter2hunter2")
    write(leaky, filled, out)
    assert not [name for name, content in texts(out).items() if b"hunter2" in content]
    assert {written.state for written in write(leaky, filled, out)} == {"same"}
    assert os.environ["TEAM_API_TOKEN"]
