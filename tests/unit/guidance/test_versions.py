"""The same facts make no version; others make the next one, which names everything that moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from council.guidance.versions import differences, label_of, next_version
from council.types.facts import Fact, Source
from council.types.knowledge import DocumentVersion

DAY = datetime(2026, 11, 23, tzinfo=UTC)
KEYS = st.sampled_from(
    ["policy_title", "rules/a/text", "rules/a/severity", "rules/b/text", "models/m:1/status", "models/m:1/reason",
     "models/m:1/measured/figures/tests_passed/fact", "models/m:1/measured/benchmark", "criteria/tests/required"]
)  # fmt: skip
FACTS = st.dictionaries(KEYS, st.tuples(st.sampled_from(["one", "two", "three"]), st.sampled_from(["p", "b1", "b2"])))


def facts_from(drawn: dict[str, tuple[str, str]]) -> dict[str, Fact]:
    return {
        key: Fact(text=text, sources=(Source(kind="policy" if name == "p" else "benchmark", id=name),))
        for key, (text, name) in drawn.items()
    }


def version_of(drawn: dict[str, tuple[str, str]]) -> DocumentVersion:
    return next_version("guidelines/p/d", facts_from(drawn), (), DAY)


@given(FACTS)
def test_the_same_facts_make_no_version(drawn: dict[str, tuple[str, str]]) -> None:
    first = version_of(drawn)
    shuffled = dict(reversed(list(facts_from(drawn).items())))
    assert next_version("guidelines/p/d", shuffled, (first,), DAY + timedelta(days=3)) is first
    assert differences(first, shuffled) == ()


@given(FACTS, FACTS)
def test_other_facts_make_the_next_version_and_it_says_why(
    old: dict[str, tuple[str, str]], new: dict[str, tuple[str, str]]
) -> None:
    first, later = version_of(old), DAY + timedelta(days=3)
    second = next_version("guidelines/p/d", facts_from(new), (first,), later)
    if old == new:
        assert second is first
        return
    assert (second.number, second.created_at) == (2, later)
    assert second.changes and all("\n" not in sentence for sentence in second.changes)
    for key in old.keys() & new.keys():
        if old[key][0] != new[key][0]:
            name = {"p": "policy p"}.get(new[key][1], f"benchmark {new[key][1]}")
            assert f"{label_of(key)} was {old[key][0]}, is {new[key][0]} ({name})" in second.changes


@given(FACTS, FACTS)
def test_nothing_comes_or_goes_unsaid(old: dict[str, tuple[str, str]], new: dict[str, tuple[str, str]]) -> None:
    sentences = differences(version_of(old), facts_from(new))
    for keys, words in ((new.keys() - old.keys(), " is new: "), (old.keys() - new.keys(), " is no longer stated: ")):
        groups = [sentence.split(words)[0] for sentence in sentences if words in sentence]
        assert bool(groups) == bool(keys)
        for key in keys:
            own = ["/".join(key.split("/")[:length]) for length in range(1, len(key.split("/")) + 1)]
            assert {label_of(part) for part in own} & set(groups)


def test_a_thing_that_comes_whole_is_one_sentence() -> None:
    old = {"models/a/status": ("allowed", "p")}
    new = {**old, "models/b/status": ("banned", "p"), "models/b/reason": ("it fails", "p")}
    assert differences(version_of(old), facts_from(new)) == ("b is new: banned (policy p)",)
    assert differences(version_of(new), facts_from(old)) == ("b is no longer stated: was banned (policy p)",)


def test_the_same_words_from_other_evidence_are_a_version_too() -> None:
    old = {"models/a/measured/figures/tests_passed/fact": ("41 %", "b1")}
    new = {"models/a/measured/figures/tests_passed/fact": ("41 %", "b2")}
    assert differences(version_of(old), facts_from(new)) == (
        "1 fact unchanged, resting on other evidence now (benchmark b2)",
    )
    assert next_version("guidelines/p/d", facts_from(new), (version_of(old),), DAY).number == 2


def test_labels_are_words() -> None:
    assert label_of("models/q~1x:1.5b/measured/figures/tokens_per_s/fact") == "q/x:1.5b tokens a second"
    assert label_of("criteria/lint/block_at") == "check lint block at"
    assert label_of("voting/quorum") == "quorum"
