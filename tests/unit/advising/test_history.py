"""The same facts make no version; other facts make one that says which moved, and which evidence moved them."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType

from council.advising import changes_between, compose_advisory, same_facts, stated, with_history
from council.types.facts import Fact
from council.types.knowledge import DocumentVersion


def version(
    records: ModuleType, facts: dict[str, Fact], number: int = 1, changes: tuple[str, ...] = ()
) -> DocumentVersion:
    return DocumentVersion(
        name="advisory/codewriter-7b",
        number=number,
        created_at=records.WHEN + timedelta(days=number),
        facts={key: fact.text for key, fact in facts.items()},
        sources={key: fact.sources for key, fact in facts.items()},
        changes=changes,
    )


def test_the_same_facts_are_the_same(records: ModuleType) -> None:
    facts = stated(compose_advisory(records.evidence(), records.SUBJECT))
    again = stated(compose_advisory(records.evidence(), records.SUBJECT))
    assert same_facts(version(records, facts), again)


def test_history_is_no_fact_of_its_own(records: ModuleType) -> None:
    facts = stated(compose_advisory(records.evidence(), records.SUBJECT))
    kept = version(records, facts, changes=("First version.",))
    made = records.evidence(versions={"advisory-codewriter-7b": (kept,)})
    advisory = with_history(compose_advisory(made, records.SUBJECT), made)
    assert advisory.date is not None and advisory.date.text == "2026-11-03"
    assert advisory.version is not None and advisory.version.text == "version 1"
    assert [c.text for c in advisory.changelog[0].changes] == ["First version."]
    assert same_facts(kept, stated(advisory))


def test_a_moved_fact_is_told_once_with_its_evidence(records: ModuleType) -> None:
    before = stated(compose_advisory(records.evidence(), records.SUBJECT))
    better = tuple(
        records.sample(s.model, s.task, duration_s=8.0) if (s.model, s.task) == (records.SUBJECT, "task_08") else s
        for s in records.samples()
    )
    after = stated(compose_advisory(records.evidence(better), records.SUBJECT))
    kept = version(records, before)
    assert not same_facts(kept, after)
    changes = changes_between(kept, after)
    moved = "both passed of codewriter:7b: 33 % (14–61) → 42 % (19–68) (benchmark b0advise)"
    assert changes.count(moved) == 1
    assert "Gone: Uses a name that is defined nowhere" in changes
    assert any("failed of codewriter:7b: 8 of 12 programs → 7 of 12 programs" in change for change in changes)


def test_new_evidence_is_named(records: ModuleType) -> None:
    before = stated(compose_advisory(records.evidence(), records.SUBJECT))
    made = records.evidence()
    other = records.measured(
        tuple(s.but(benchmark_id="b1other") for s in records.samples()), benchmark_id="b1other", suite="more"
    )
    made.measured["b1other"] = other
    after = stated(compose_advisory(made, records.SUBJECT))
    assert "New evidence: benchmark b1other" in changes_between(version(records, before), after)


def test_a_first_version_says_so() -> None:
    assert changes_between(None, {}) == ("First version.",)


def test_what_the_store_hides_makes_no_version(records: ModuleType) -> None:
    facts = stated(compose_advisory(records.evidence(), records.SUBJECT))
    hidden = {key: fact.but(text=fact.text.replace("items", "«redacted»")) for key, fact in facts.items()}
    kept = version(records, hidden)
    assert not same_facts(kept, facts)
    assert same_facts(kept, facts, clean=lambda text: text.replace("items", "«redacted»"))
