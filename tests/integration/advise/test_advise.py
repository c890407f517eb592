"""``council advise`` as people run it: the document, its versions, its trace, its exit codes, and the way to another store."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from council.advising import trace
from council.advisories import Resolver, advise
from council.policies import load_policy
from council.rendering import Documents
from council.types.advisories import Advisory
from council.types.knowledge import Knowledge, KnowledgeKind
from council.types.facts import Source

if TYPE_CHECKING:
    from conftest import Desk

SECTIONS = (
    "Executive summary",
    "Benchmark evidence",
    "Bugs",
    "Validation results",
    "Why this matters",
    "Council analysis",
    "Recommended alternatives",
    "Migration guide",
    "Validation requirements",
    "Do and don't",
    "Performance comparison",
    "Questions and answers",
    "Sources",
    "Changelog",
)


def test_it_holds_every_section_and_keeps_a_version(desk: Desk) -> None:
    done = desk.process("advise", "CodeWriter-7B", "--against", "plain:7b", "--memory", "24", "-o", "a.md")
    assert done.returncode == 0, done.stderr
    assert "version 1 of the advisory: new" in done.stderr and done.stdout == ""
    text = (desk.folder / "a.md").read_text(encoding="utf-8")
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == list(SECTIONS)
    assert "fit into 24 GB" in text and "[✗] PYTEST: Unit tests FAILED" in text
    archive = desk.archive()
    assert archive.list_documents() == ("advisory/codewriter-7b",)
    kept = archive.read_knowledge("advisory-codewriter-7b")
    assert kept.kind is KnowledgeKind.ADVISORY and [source.id for source in kept.evidence] == ["b0advise"]
    archive.close()


def test_the_same_facts_give_the_same_bytes_and_no_version(desk: Desk) -> None:
    first = desk.council("advise", "codewriter:7b")
    second = desk.council("advise", "codewriter:7b")
    assert (first.returncode, second.returncode) == (0, 0) and first.stdout == second.stdout
    assert "no fact has changed" in second.stderr
    archive = desk.archive()
    assert len(archive.list_versions("advisory/codewriter-7b")) == 1
    archive.close()


def test_another_store_gives_the_same_bytes(desk: Desk) -> None:
    first = desk.council("advise", "codewriter:7b", "--memory", "24")
    out = desk.council("store", "export", "--document", "advisory/codewriter-7b", "-o", "evidence.jsonl.gz")
    assert out.returncode == 0, out.stderr
    fresh = {"COUNCIL_STORE_URL": str(desk.folder / "fresh.db")}
    taken = desk.process("store", "import", "evidence.jsonl.gz", **fresh)
    assert taken.returncode == 0, taken.stderr
    second = desk.process("advise", "codewriter:7b", "--memory", "24", **fresh)
    assert second.stdout == first.stdout and "no fact has changed" in second.stderr


def test_changed_evidence_makes_a_version_that_says_what_moved(desk: Desk, records: ModuleType) -> None:
    desk.council("advise", "codewriter:7b")
    archive = desk.archive()
    archive.add_sample(records.sample(records.SUBJECT, "task_08", duration_s=8.0))
    archive.close()
    done = desk.council("advise", "codewriter:7b")
    assert "version 2 of the advisory: new" in done.stderr
    log = done.stdout[done.stdout.index("## Changelog") :]
    assert re.findall(r"### \d{4}-\d\d-\d\d: version (\d)", log) == ["2", "1"]
    assert "both passed of codewriter:7b: 33 % (14–61) → 42 % (19–68) (benchmark b0advise)" in log
    assert "First version." in log


def test_every_fact_resolves_to_what_is_shown(desk: Desk) -> None:
    done = desk.council("advise", "codewriter:7b", "--memory", "24", "--format", "json")
    assert done.returncode == 0, done.stderr
    advisory = Advisory.model_validate(json.loads(done.stdout))
    archive = desk.archive()
    policy = load_policy("python-team")
    look = Resolver(archive, policy=policy)
    facts = advisory.facts()
    assert len(facts) > 200
    for key, fact in facts.items():
        assert fact.sources, key
        for source in fact.sources:
            look(source)
        assert look(fact.sources[0]).text == fact.text, key
    assert trace(Documents(secrets=()).render(advisory), advisory) == ()
    with pytest.raises(LookupError):
        look(Source(kind="benchmark", id="b0advise", pointer="samples/codewriter:7b/task_99/1/code"))
    archive.close()


def test_nothing_known_of_a_model_is_exit_3_with_one_sentence(empty_desk: Desk) -> None:
    done = empty_desk.process("advise", "x:1b")
    assert done.returncode == 3 and done.stdout == "" and len(done.stderr.splitlines()) == 1
    assert "council bench run core --model x:1b" in done.stderr


def test_names_are_read_loosely_and_never_guessed(desk: Desk) -> None:
    assert desk.council("advise", "hf.co/someone/CodeWriter-7b-GGUF:Q4_K_M", "--no-store").returncode == 0
    several = desk.council("advise", "plain")
    assert several.returncode == 2 and "plain:0.5b, plain:7b" in several.stderr
    near = desk.council("advise", "codewritre:7b")
    assert near.returncode == 3 and "Did you mean codewriter:7b?" in near.stderr
    rival = desk.council("advise", "codewriter:7b", "--against", "nobody:1b")
    assert rival.returncode == 2 and "--against nobody:1b" in rival.stderr


@pytest.mark.parametrize(
    "words",
    [("--memory", "0"), ("--memory", "nan"), ("--prose",), ("--chair", "openai/a"), ("--benchmark", "b9")],
)
def test_wrong_words_are_exit_2_or_3(desk: Desk, words: tuple[str, ...]) -> None:
    done = desk.council("advise", "codewriter:7b", *words)
    assert done.returncode == (3 if words[0] == "--benchmark" else 2)
    assert done.stderr.startswith("council: ") and "Traceback" not in done.stderr


def test_no_store_keeps_nothing(desk: Desk) -> None:
    assert desk.council("advise", "codewriter:7b", "--no-store").returncode == 0
    archive = desk.archive()
    assert archive.list_documents() == () and archive.list_knowledge() == ()
    archive.close()


def own_template(folder: Path, change: str) -> str:
    shipped = Path(__file__).parents[3] / "templates" / "documents" / "advisory.md.j2"
    place = folder / "own" / "documents"
    place.mkdir(parents=True)
    (place / "advisory.md.j2").write_text(
        shipped.read_text(encoding="utf-8").replace("## Bugs\n", change), encoding="utf-8"
    )
    return f"templates_dir={folder / 'own'}"


def test_a_number_of_a_teams_own_template_is_named(desk: Desk) -> None:
    own = own_template(desk.folder, "## What we saw\n\nOver 9000 users.\n")
    done = desk.council("advise", "codewriter:7b", "--set", own)
    assert done.returncode == 0 and "## What we saw" in done.stdout and "## Bugs" not in done.stdout
    assert "number '9000': comes from no fact" in done.stderr
    strict = desk.council("advise", "codewriter:7b", "--set", own, "--strict", "-o", "a.md")
    assert strict.returncode == 1 and not (desk.folder / "a.md").exists()
    assert desk.council("advise", "codewriter:7b", "--strict").returncode == 0


def test_a_page_is_whole_and_holds_the_same(desk: Desk) -> None:
    done = desk.council("advise", "codewriter:7b", "--format", "html")
    assert done.returncode == 0 and done.stdout.lower().startswith("<!doctype html>")
    assert "<h1" in done.stdout and "test_count_zero" in done.stdout


def test_what_was_written_down_about_the_benchmark_stands_in_it(desk: Desk, records: ModuleType) -> None:
    archive = desk.archive()
    archive.put_knowledge(
        Knowledge(
            knowledge_id="recency-beats-the-label",
            kind=KnowledgeKind.FINDING,
            title="Recency beats the label",
            text="The newer model without a label passes more.",
            evidence=(Source(kind="benchmark", id="b0advise"),),
            created_at=records.WHEN,
        )
    )
    made = advise("codewriter:7b", archive=archive, policy=load_policy("python-team"), write=False)
    archive.close()
    text = Documents(secrets=()).render(made.advisory)
    assert "**Recency beats the label** (`recency-beats-the-label`)" in text
    assert trace(text, made.advisory) == ()
