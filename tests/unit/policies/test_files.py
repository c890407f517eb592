"""Policies as files: where each part comes from, what is odd about one, how two differ, their schema."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from council.errors import PolicyError
from council.policies import (
    Policy,
    compare_policies,
    json_schema,
    lay_over,
    lint_policy,
    list_panels,
    list_policies,
    load_panel,
    load_policy,
    origins_of,
    read_chain,
)
from council.policies.records import Panel, PanelSeat
from council.resources import shipped
from council.validation.codes import known_codes

DAY = date(2026, 6, 1)


def lint(tmp_path: Path, text: str, *, extends: str | None = None, **more: Any) -> list[tuple[str, str, str]]:
    head = 'title = "T"\n' + (f'extends = "{extends}"\n' if extends else "")
    (tmp_path / "t.toml").write_text(head + text)
    remarks = lint_policy(read_chain(str(tmp_path / "t.toml")), codes=known_codes(), on=DAY, **more)
    return [(remark.level, remark.code, remark.place) for remark in remarks]


def model(**fields: Any) -> str:
    filled = {"status": "banned", "reason": "r", "advisory": "a", **fields}
    return "[[models]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in filled.items() if v is not None)


def rule(*enforced: str) -> str:
    criteria = "".join(f'[[criteria]]\ncheck = "{check}"\n' for check in ("tests", "lint", "security"))
    return f'{criteria}[[rules]]\nid = "r"\ntext = "R."\nenforced_by = {json.dumps(enforced)}\n'


@pytest.mark.parametrize("name", list_policies())
def test_the_shipped_policies_have_nothing_odd_about_them(name: str) -> None:
    panels = [load_panel(panel) for panel in list_panels()]
    remarks = lint_policy(read_chain(name), panels=panels, codes=known_codes())
    assert [remark for remark in remarks if remark.level != "note"] == []


def test_each_reason_of_the_shipped_models_says_where_it_comes_from() -> None:
    models = load_policy("python-team").models
    assert {rule.key: rule.status for rule in models} == {
        "qwen2.5:32b": "recommended",
        "qwen2.5:3b": "recommended",
        "codellama:34b": "discouraged",
    }
    assert all("advisory" in (rule.reason or "") or "HumanEval" in (rule.reason or "") for rule in models)


def test_a_file_may_be_stricter_with_a_family_than_the_one_it_extends(tmp_path: Path) -> None:
    """A team that bans the family of which its base discourages one member has not contradicted itself."""
    base = tmp_path / "base.toml"
    base.write_text('id = "ours"\ntitle = "Ours"\n' + model(name="m:1b", status="discouraged"), encoding="utf-8")
    team = tmp_path / "team.toml"
    team.write_text(f'id = "team"\ntitle = "Team"\nextends = "{base}"\n' + model(family="m"), encoding="utf-8")
    assert lint_policy(read_chain(str(team))) == ()
    team.write_text(
        f'id = "team"\ntitle = "Team"\nextends = "{base}"\n' + model(family="m", status="allowed"), encoding="utf-8"
    )
    assert lint_policy(read_chain(str(team))) == ()
    base.write_text('id = "ours"\ntitle = "Ours"\n' + model(family="m", status="banned"), encoding="utf-8")
    team.write_text(
        f'id = "team"\ntitle = "Team"\nextends = "{base}"\n' + model(name="m:1b", status="allowed"), encoding="utf-8"
    )
    assert [remark.code for remark in lint_policy(read_chain(str(team)))] == ["contradiction"]


def wanted(count: int, *models: str) -> str:
    return f"[versions]\ncount = {count}\nmodels = {json.dumps(models)}\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (model(name="m:1b", expires=None), []),
        (model(name="m:1b", advisory=None), [("error", "no-advisory", "models.m:1b")]),
        (model(name="m:1b", reason=None), [("warning", "no-reason", "models.m:1b")]),
        (model(name="m:1b", digests=["abc"]), [("error", "bad-digest", "models.m:1b")]),
        (model(name="m:1b", digests=["sha256:" + "a" * 12]), []),
        (model(name="m:1b", aliases=["-"]), [("error", "empty-name", "models.m:1b")]),
        (model(name="m:1b", replacement="M-1B-instruct"), [("error", "bad-replacement", "models.m:1b")]),
        (model(name="m:1b", replacement="other:1b"), []),
        (
            model(name="m:1b") + model(name="M-1b", status="allowed"),
            [("error", "contradiction", "models.M-1b")],
        ),
        (model(family="m") + model(name="m:1b", status="allowed"), [("error", "contradiction", "models.m:1b")]),
        (model(family="m", status="discouraged") + model(name="m:1b", status="allowed"), []),
        (model(name="m") + model(name="m:1b", status="recommended"), [("error", "contradiction", "models.m:1b")]),
        (model(name="m:1b") + model(name="m", status="allowed"), []),
        (model(name="m:1b") + model(name="m:1b"), [("error", "duplicate", "models.m:1b")]),
        (model(name="a:1b") + model(name="b:1b", status="allowed"), []),
        (rule("tests", "reviewers", "lint:E501", "lint:F", "security:B608"), []),
        (rule(), [("warning", "unenforced", "rules.r")]),
        (rule("spelling"), [("error", "unknown-enforcer", "rules.r")]),
        (rule("formatting"), [("error", "unknown-enforcer", "rules.r")]),
        (rule("lint:E5019"), [("error", "unknown-enforcer", "rules.r")]),
        (rule("lint:W503"), [("error", "unknown-enforcer", "rules.r")]),
        (rule("lint:"), [("error", "unknown-enforcer", "rules.r")]),
        (rule("security:E501"), [("error", "unknown-enforcer", "rules.r")]),
        (rule("tests:E501"), [("error", "unknown-enforcer", "rules.r")]),
        ("checks_only = true\n" + rule("reviewers"), [("error", "unknown-enforcer", "rules.r")]),
        (wanted(2, "m:1b"), []),
        (wanted(0, "m:1b"), [("warning", "unused-witness", "versions.models")]),
        (wanted(2, "M-1b") + model(name="m:1b"), [("error", "bad-witness", "versions.models")]),
        (wanted(2, "m") + model(name="m", status="discouraged"), [("warning", "bad-witness", "versions.models")]),
    ],
)
def test_what_is_odd_is_said(tmp_path: Path, text: str, found: list[tuple[str, str, str]]) -> None:
    assert lint(tmp_path, text) == found


def test_a_misspelt_field_is_named_before_what_is_missing_for_it(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('extends = "base"\ntitel = "Ours"\n')
    with pytest.raises(PolicyError, match="unknown field 'titel'. Did you mean title"):
        load_policy(str(tmp_path / "bad.toml"))


def test_expired_rules(tmp_path: Path) -> None:
    def expired(status: str, day: str) -> list[str]:
        text = model(name="m:1b", status=status) + f"expires = {day}\n"
        return [code for _, code, _ in lint(tmp_path, text)]

    assert expired("banned", "2026-05-31") == ["expired-ban"] == expired("discouraged", "2026-05-31")
    assert expired("allowed", "2026-05-31") == ["expired-permission"]
    assert expired("banned", "2026-06-01") == [] == expired("allowed", "2026-06-01")


def test_a_weaker_child_says_so(tmp_path: Path) -> None:
    text = """
[voting]
quorum = 2
[[criteria]]
check = "security"
block_at = "critical"
[[criteria]]
check = "tests"
min_pass_rate = 0.9
"""
    found = lint(tmp_path, text, extends="base")
    places = ["criteria.tests.min_pass_rate", "criteria.security.block_at", "voting.quorum"]
    assert found == [("note", "weaker", place) for place in places]
    assert lint(tmp_path, "[voting]\nquorum = 4\n", extends="base") == []
    lifted = lint(tmp_path, model(name="codellama:34b", status="allowed", advisory=None), extends="python-team")
    assert ("note", "weaker", "models.codellama:34b.status") in lifted


def test_a_banned_seat_is_found(tmp_path: Path) -> None:
    seats = (PanelSeat(model="openai/fine"), PanelSeat(model="openai/fine", fallback="ollama_chat/M-1b:latest"))
    panel = Panel(id="ours", title="Ours", seats=seats)
    assert lint(tmp_path, model(name="m:1b"), panels=[panel]) == [("error", "banned-seat", "panels.ours")]
    retired = panel.but(seats=(PanelSeat(model="ollama/m:1b", retired="2025"),))
    assert lint(tmp_path, model(name="m:1b"), panels=[retired]) == []


def test_where_each_part_comes_from(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text(
        'extends = "python-team"\ntitle = "T"\n[voting]\nquorum = 5\n' + model(name="m:1b")
    )
    chain = read_chain(str(tmp_path / "t.toml"))
    origins = origins_of(chain)
    assert [file.path.name for file in chain] == ["base.toml", "python-team.toml", "t.toml"]
    assert origins["voting.quorum"] == ("base.toml", "t.toml") and origins["voting.block_at"] == ("base.toml",)
    assert origins["rules.task-first"] == ("python-team.toml",) and origins["models.m:1b"] == ("t.toml",)
    assert origins["title"][-1] == "t.toml" and "unlisted_models" not in origins and "id" not in origins
    assert lay_over(chain) == load_policy(str(tmp_path / "t.toml"))


def test_a_chain_that_goes_round_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('title = "A"\nextends = "b"\n')
    (tmp_path / "b.toml").write_text('title = "B"\nextends = "a"\n')
    with pytest.raises(PolicyError, match="circle"):
        load_policy("a", folders=(tmp_path,))


def differing(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    one, two = (Policy.model_validate({"id": "p", "title": "P", **table}) for table in (before, after))
    there = {change.field: change.direction for change in compare_policies(one, two)}
    back = {change.field: change.direction for change in compare_policies(two, one)}
    turned = {"stricter": "weaker", "weaker": "stricter", "other": "other"}
    assert back == {
        field: turned[direction] for field, direction in there.items()
    }, "the other way round is the opposite"
    return there


@pytest.mark.parametrize(
    ("field", "before", "after", "direction"),
    [
        ("voting.quorum", {"voting": {"quorum": 2}}, {"voting": {"quorum": 3}}, "stricter"),
        ("versions.count", {"versions": {"count": 8}}, {"versions": {"count": 4}}, "weaker"),
        ("versions.models", {"versions": {"models": ["a"]}}, {"versions": {"models": ["b"]}}, "other"),
        ("versions.limit_s", {"versions": {"limit_s": 60.0}}, {}, "other"),
        ("voting.approve_share", {"voting": {"approve_share": 0.5}}, {"voting": {"approve_share": 0.4}}, "weaker"),
        ("voting.block_at", {"voting": {"block_at": "critical"}}, {"voting": {"block_at": "high"}}, "stricter"),
        ("voting.block_share", {"voting": {"block_share": 0.5}}, {"voting": {"block_share": 0.6}}, "weaker"),
        ("checks_only", {}, {"checks_only": True}, "weaker"),
        ("unlisted_models", {}, {"unlisted_models": "banned"}, "stricter"),
        ("advisory.fit_at", {}, {"advisory": {"fit_at": 0.9}}, "stricter"),
        ("advisory.min_tasks", {}, {"advisory": {"min_tasks": 20}}, "other"),
        ("title", {}, {"title": "Q"}, "other"),
    ],
)
def test_directions(field: str, before: dict[str, Any], after: dict[str, Any], direction: str) -> None:
    assert differing(before, after) == {field: direction}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"required": "always"}, {"required": "never"}, {"required": "weaker"}),
        ({"block_at": "high"}, {}, {"block_at": "weaker"}),
        ({"block_at": "high"}, {"block_at": "low"}, {"block_at": "stricter"}),
        ({"min_pass_rate": 1.0}, {"min_pass_rate": 0.9}, {"min_pass_rate": "weaker"}),
        ({"on_fail": "changes_requested"}, {"on_fail": "rejected"}, {"on_fail": "stricter"}),
    ],
)
def test_directions_of_a_criterion(before: Any, after: Any, expected: dict[str, str]) -> None:
    one, two = ({"criteria": [{"check": "tests", **fields}]} for fields in (before, after))
    assert differing(one, two) == {f"criteria.tests.{field}": word for field, word in expected.items()}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"status": "allowed"}, {"status": "banned"}, {"status": "stricter"}),
        ({"status": "banned"}, {"status": "banned", "aliases": ["x"]}, {"aliases": "stricter"}),
        ({"status": "allowed"}, {"status": "allowed", "aliases": ["x"]}, {"aliases": "weaker"}),
        ({"status": "allowed"}, {"status": "allowed", "uses": ["drafts"]}, {"uses": "stricter"}),
        ({"status": "allowed"}, {"status": "allowed", "expires": "2027-01-01"}, {"expires": "stricter"}),
        ({"status": "banned"}, {"status": "banned", "expires": "2027-01-01"}, {"expires": "other"}),
        ({"status": "banned"}, {"status": "banned", "reason": "r"}, {"reason": "other"}),
    ],
)
def test_directions_of_a_model(before: Any, after: Any, expected: dict[str, str]) -> None:
    one, two = ({"models": [{"name": "m:1b", **fields}]} for fields in (before, after))
    assert differing(one, two) == {f"models.m:1b.{field}": word for field, word in expected.items()}


def test_entries_that_come_and_go() -> None:
    ban = {"models": [{"name": "m:1b", "status": "banned"}]}
    assert differing({}, ban) == {"models.m:1b": "stricter"}
    assert differing({}, {"models": [{"name": "m:1b", "status": "allowed"}]}) == {"models.m:1b": "other"}
    assert differing({}, {"criteria": [{"check": "tests"}]}) == {"criteria.tests": "stricter"}
    assert differing({}, {"criteria": [{"check": "tests", "required": "never"}]}) == {"criteria.tests": "other"}
    rules = [{"rules": [{"id": "r", "text": "R.", "enforced_by": words}]} for words in (["tests"], ["tests", "lint"])]
    assert differing(*rules) == {"rules.r.enforced_by": "stricter"}
    assert differing({}, {}) == {}


@pytest.mark.parametrize("kind", ["policy", "panel"])
def test_the_shipped_schema_is_the_one_of_the_records(kind: Any) -> None:
    text = (shipped("policies") / f"{kind}.schema.json").read_text(encoding="utf-8")
    command = f"council policy schema{' --panel' if kind == 'panel' else ''} -o policies/{kind}.schema.json"
    assert json.loads(text) == json_schema(kind), f"renew it with: {command}"
    assert text == json.dumps(json_schema(kind), indent=2, ensure_ascii=False) + "\n"


def test_every_shipped_file_names_its_schema() -> None:
    for path in sorted(shipped("policies").rglob("*.toml")):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("#:schema ") and (path.parent / first.removeprefix("#:schema ")).is_file(), path.name


def test_the_schema_knows_what_the_loader_knows() -> None:
    """A validator and the loader agree: about the shipped files, and about a misspelt field."""
    jsonschema = pytest.importorskip("jsonschema")
    for kind, folder in (("policy", ""), ("panel", "panels")):
        for path in sorted((shipped("policies") / folder).glob("*.toml")):
            table = tomllib.loads(path.read_text(encoding="utf-8"))
            jsonschema.validate(table, json_schema(kind))  # type: ignore[arg-type]
    for wrong in ({"title": "T", "quorm": 1}, {"title": "T", "models": [{"name": "m", "status": "forbidden"}]}, {}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, json_schema())


def test_codes_are_those_of_the_installed_tools() -> None:
    codes = known_codes()
    assert {"E501", "E711", "W605", "F401", "F821", "E999"} <= codes["lint"]
    assert {"B608", "B102", "B105", "B602"} <= codes["security"]
    assert not {"E203", "W503", "E5019"} & codes["lint"]
