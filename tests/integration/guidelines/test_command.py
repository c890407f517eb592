"""``council guidelines`` as people and CI run it."""

from __future__ import annotations

from types import ModuleType
from typing import Any

Team = Any


def test_it_writes_checks_and_names_what_moved(team: Team, shelf: ModuleType) -> None:
    team.fill()
    done = team.council("guidelines", "payments")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "new      guidelines/index.md" and len(done.stdout.splitlines()) == 14
    assert "model-selection, version 1: first version" in done.stderr
    before = team.texts()

    again = team.council("guidelines", "payments", "-q")
    assert (again.returncode, again.stderr) == (0, "")
    assert {line.split()[0] for line in again.stdout.splitlines()} == {"same"} and team.texts() == before
    fresh = team.council("guidelines", "payments", "--check")
    assert (fresh.returncode, fresh.stderr) == (0, "")
    assert fresh.stdout == "guidelines: fresh, as policy payments and the store say\n"

    team.fill(number=2, passes={shelf.STRONG: 7})
    team.put("policies/payments.toml", shelf.POLICY_FILE + "\n[voting]\nquorum = 4\n")
    stale = team.council("guidelines", "payments", "--check")
    assert stale.returncode == 1 and team.texts() == before
    lines = stale.stdout.splitlines()
    assert "validation-requirements.md: quorum was 3, is 4 (policy payments)" in lines
    moved = f"{shelf.STRONG} tests passed was 75 % (47–91), is 58 % (32–81) (benchmark b0000002)"
    assert f"model-selection.md: {moved}" in lines
    assert "Write anew with: council guidelines payments" in stale.stderr

    anew = team.council("guidelines", "payments")
    assert anew.returncode == 0 and f"model-selection, version 2: {moved}" in anew.stderr
    assert team.council("guidelines", "payments", "--check").returncode == 0


def test_a_policy_given_as_a_file_is_told_how_its_commands_find_it(team: Team, shelf: ModuleType) -> None:
    """The documents print ``--policy payments``: that is somebody's error message unless the id finds the file."""
    named = 'id = "payments"\n' + shelf.POLICY_FILE
    team.fill()
    team.put("elsewhere/house.toml", named)
    told = "name the policy payments: they find it once policies_dir in council.toml names a folder that has it as payments.toml"
    by_file = team.council("guidelines", "elsewhere/house.toml", "-o", "other")
    assert by_file.returncode == 0 and told not in by_file.stderr, "the project's policies/ has the same one"
    team.put("elsewhere/house.toml", named + "\n[voting]\nquorum = 4\n")
    another = team.council("guidelines", "elsewhere/house.toml", "-o", "other", "-q")
    assert another.returncode == 0 and told in another.stderr
    (team.folder / "policies" / "payments.toml").unlink()
    assert told in team.council("guidelines", "elsewhere/house.toml", "-o", "other").stderr
    advised = team.council("advise", shelf.STRONG, "--set", "policy=elsewhere/house.toml")
    assert advised.returncode == 0 and told in advised.stderr


def test_a_check_writes_nothing_at_all(team: Team) -> None:
    done = team.council("guidelines", "--check")
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "index.md: is missing"
    assert not team.store.exists() and not (team.folder / "guidelines").exists()


def test_edits_by_hand_are_named_and_not_lost(team: Team) -> None:
    assert team.council("guidelines").returncode == 0
    page = team.folder / "guidelines" / "team-guidelines.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nOur own words.\n", encoding="utf-8")
    check = team.council("guidelines", "--check")
    assert (check.returncode, check.stdout) == (1, "team-guidelines.md: was edited by hand since version 1\n")
    refused = team.council("guidelines")
    assert refused.returncode == 2 and refused.stdout == ""
    assert "team-guidelines.md was edited by hand" in refused.stderr and "--force" in refused.stderr
    assert page.read_text(encoding="utf-8").endswith("Our own words.\n")
    assert team.council("guidelines", "--force").returncode == 0
    assert team.council("guidelines", "--check").returncode == 0


def test_somebody_elses_file_stops_everything(team: Team) -> None:
    theirs = team.put("docs/changelog.md", "# Ours\n")
    done = team.council("guidelines", "-o", "docs")
    assert done.returncode == 2 and "docs/changelog.md exists and council did not write it" in done.stderr
    assert [path.name for path in theirs.parent.iterdir()] == ["changelog.md"]
    assert theirs.read_text(encoding="utf-8") == "# Ours\n"


def test_formats_folders_and_templates(team: Team) -> None:
    team.put("ours/documents/index.md.j2", "# Start\n\n{{ guide.policy_title | md }}\n")
    words = ("-o", "docs/models", "--format", "markdown", "--set", "templates_dir=ours")
    assert team.council("guidelines", *words).returncode == 0
    texts = team.texts("docs/models")
    assert {name.rpartition(".")[2] for name in texts} == {"md"}
    assert texts["index.md"].partition("\n\n")[2] == "# Start\n\nPython team\n"
    assert team.council("guidelines", *words, "--check").returncode == 0
    assert team.council("guidelines", *words[:4], "--check").stdout == "index.md: was written by another template\n"


def test_mistakes_get_a_sentence(team: Team) -> None:
    for words, said in (
        (("nonsense",), "unknown policy 'nonsense'"),
        (("--check", "--force"), "--check and --force contradict each other"),
        (("-o", "task.md"), "task.md cannot be made a folder"),
        (("--format", "pdf"), "unknown command or choice 'pdf'"),
    ):
        done = team.council("guidelines", *words)
        assert done.returncode == 2 and said in done.stderr and done.stdout == "", done.stderr
    assert not (team.folder / "guidelines").exists()
