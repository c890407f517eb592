"""What the set states comes from the policy or the store, stands there, and does not hang on any order."""

from __future__ import annotations

import random
import re
from datetime import date
from types import ModuleType

import pytest

from council.advisories import Resolver
from council.guidance import Holdings, compose_guides, compose_index, read_holdings
from council.guidance.composing import DOCUMENTS
from council.policies import AdvisoryRules, ModelRule, Policy, load_policy
from council.protocols import Archive
from council.rendering import Documents
from council.types.benchmarks import Memory
from council.types.facts import Fact
from council.types.guidelines import Guide, ModelSelection, TeamGuidelines, facts_of
from council.types.session import SessionState

DAY = date(2026, 11, 23)


def guides(policy: Policy, holdings: Holdings, on: date = DAY) -> dict[str, Guide]:
    return {guide.document: guide for guide in compose_guides(policy, holdings, on=on)}


def selection(policy: Policy, holdings: Holdings, on: date = DAY) -> ModelSelection:
    found = guides(policy, holdings, on)["model-selection"]
    assert isinstance(found, ModelSelection)
    return found


def facts(policy: Policy, holdings: Holdings) -> dict[str, Fact]:
    every = guides(policy, holdings)
    return {f"{name}/{key}": fact for name, guide in every.items() for key, fact in facts_of(guide).items()}


@pytest.fixture
def policy(shelf: ModuleType) -> Policy:
    chosen: Policy = shelf.policy()
    return chosen


def test_every_fact_is_found_where_it_says(policy: Policy, filled: Archive) -> None:
    """Looked up afresh by the advisory's own resolver: a pointer that leads nowhere raises."""
    look = Resolver(filled, policy=policy)
    stated = facts(policy, read_holdings(filled))
    assert len(stated) > 100
    seen = 0
    for key, fact in stated.items():
        assert fact.sources and fact.text.strip(), key
        for source in fact.sources:
            if source.pointer:
                there = look(source)
                seen += 1
                if isinstance(fact.value, str | int | float) and len(fact.sources) == 1 and there.value is not None:
                    wide = key.endswith(("/tasks", "/enforced_by", "/uses")) or source.pointer.endswith("memory_gb")
                    same = fact.value == there.value or str(fact.value) == str(there.value)
                    assert wide or same, (key, fact, there)
    assert seen > 100


def test_every_fact_of_a_document_is_shown_in_it(policy: Policy, filled: Archive) -> None:
    in_words = re.compile(r"unlisted$|criteria/formatting/on_fail$|checks/.*/required$|^tiers/.*/time_a_task$")
    for name, guide in guides(policy, read_holdings(filled)).items():
        text = _plain(Documents(secrets=()).render(guide, document=name))
        for key, fact in facts_of(guide).items():
            said_by_place = re.fullmatch(r"models/[^/]+/status", key)  # below Do, below Banned …
            if not in_words.search(key) and not said_by_place:
                parts = fact.text.split(", ") if key.startswith("by_memory/") else [fact.text]
                assert all(_plain(part) in text for part in parts), f"{name}: {key} = {fact.text!r}"


def test_every_number_in_a_document_is_in_a_fact(policy: Policy, filled: Archive) -> None:
    """Figures without a source would be made up; version, days and the words on council itself are no figures."""
    holdings = read_holdings(filled)
    for name in ("team-guidelines", "validation-requirements", "model-selection", "advisory-index"):
        guide = guides(policy, holdings)[name]
        text = Documents(secrets=()).render(guide, document=name)
        text = re.sub(r"(?ms)^ *```.*?^ *```$|\]\([^)]*\)|^Policy:.*?$|^\d\.|exit code \d.*?$|flake8", " ", text)
        text = re.sub(r"\b(4|8|16|24|48) GB\b(?!,)|95 %", " ", text)
        known = " ".join(fact.text for fact in facts_of(guide).values())
        known += " ".join(str(source) for fact in facts_of(guide).values() for source in fact.sources)
        loose = [number for number in re.findall(r"\d+(?:[.,]\d+)*", text) if number not in known]
        assert loose == [], f"{name}: {loose}"


def test_order_decides_nothing(policy: Policy, filled: Archive) -> None:
    holdings = read_holdings(filled)
    expected = facts(policy, holdings)
    for seed in range(5):
        chance = random.Random(seed)
        measured, models = list(holdings.measurements), list(policy.models)
        chance.shuffle(measured)
        chance.shuffle(models)
        assert facts(policy.but(models=tuple(models)), holdings.but(measurements=tuple(measured))) == expected


def test_the_newest_finished_benchmark_of_each_model_counts(policy: Policy, filled: Archive, shelf: ModuleType) -> None:
    shelf.fill(filled, number=2, passes={shelf.STRONG: 6})
    newer, _ = shelf.benchmark(3)
    filled.open_benchmark(newer.but(state=SessionState.OPEN, finished_at=None))
    found = {m.model.name: m.benchmark.benchmark_id for m in read_holdings(filled).measurements}
    assert set(found.values()) == {"b0000002"} and len(found) == 3
    only = shelf.benchmark(4)[0]
    alone = only.but(models=tuple(model for model in only.models if model.name == shelf.WEAK))
    filled.open_benchmark(alone)
    for sample in shelf.benchmark(4)[1]:
        if sample.model == shelf.WEAK:
            filled.add_sample(sample)
    found = {m.model.name: m.benchmark.benchmark_id for m in read_holdings(filled).measurements}
    assert found == {shelf.STRONG: "b0000002", shelf.QUICK: "b0000002", shelf.WEAK: "b0000004"}


def test_models_are_chosen_by_memory_use_status_and_evidence(
    policy: Policy, filled: Archive, shelf: ModuleType
) -> None:
    guide = selection(policy, read_holdings(filled))
    chosen = {m.gigabytes: {choice.key: choice.models for choice in m.choices} for m in guide.by_memory}
    assert chosen[4] == {
        "final": (shelf.STRONG,),
        "drafts": (shelf.QUICK, shelf.STRONG),
        "review": (shelf.STRONG,),
    }
    assert chosen[24]["final"] == (shelf.STRONG, "qwen2.5:32b")
    assert all(shelf.WEAK not in names for uses in chosen.values() for names in uses.values())
    assert "qwen2.5:32b" not in chosen[16]["final"]
    tiers = guide.tiers
    assert tiers.final is not None and tiers.draft is not None
    assert (tiers.draft.model.text, tiers.final.model.text) == (shelf.QUICK, shelf.STRONG)


def test_what_was_measured_and_passes_too_little_is_for_drafts_alone(filled: Archive, shelf: ModuleType) -> None:
    """The advisory in the same store would say that it must not ship."""
    policy = shelf.policy().but(models=(), unlisted_models="allowed")
    guide = selection(policy, read_holdings(filled))
    chosen = {choice.key: choice.models for choice in guide.by_memory[0].choices}
    assert chosen["final"] == chosen["review"] == () and set(chosen["drafts"]) == {shelf.STRONG, shelf.QUICK}
    entry = guide.entry(shelf.STRONG)
    assert entry is not None and entry.unfit is not None and "Not fit" in Documents().render(guide, document=guide.document)
    mild = policy.but(advisory=AdvisoryRules(fit_at=0.01))
    chosen = {choice.key: choice.models for choice in selection(mild, read_holdings(filled)).by_memory[0].choices}
    assert chosen["final"] == (shelf.STRONG, shelf.QUICK)


def test_measured_memory_beats_the_policys(policy: Policy, filled: Archive, shelf: ModuleType) -> None:
    holdings = read_holdings(filled)
    entry = selection(policy, holdings).entry(shelf.STRONG)
    assert entry is not None and entry.needs is not None
    assert entry.needs.text == "1.9 GB, measured"
    unmeasured = [
        m.but(model=m.model.but(memory=Memory(), size_bytes=None if m.model.name == shelf.STRONG else 9_000_000_000))
        for m in holdings.measurements
    ]
    guide = selection(policy, holdings.but(measurements=tuple(unmeasured)))
    strong, quick = guide.entry(shelf.STRONG), guide.entry(shelf.QUICK)
    assert strong is not None and quick is not None and strong.needs is not None and quick.needs is not None
    assert strong.needs.text == "4 GB, as the policy says"
    assert quick.needs.text == "9.0 GB for its file alone"


def test_a_permission_that_has_expired_holds_no_longer(filled: Archive, shelf: ModuleType) -> None:
    rule = ModelRule(name=shelf.STRONG, status="recommended", expires=date(2026, 11, 30))
    policy = shelf.policy().but(models=(rule,), unlisted_models="discouraged")
    before = selection(policy, read_holdings(filled)).entry(shelf.STRONG)
    after = selection(policy, read_holdings(filled), on=date(2026, 12, 1)).entry(shelf.STRONG)
    assert before is not None and after is not None and after.expires is not None
    assert (before.word, after.word) == ("recommended", "discouraged")
    assert after.expires.text == "2026-11-30, which is over"
    assert after.status.sources[0].pointer == "unlisted_models"


def test_a_banned_family_covers_what_was_measured_of_it(policy: Policy, filled: Archive, shelf: ModuleType) -> None:
    entry = selection(policy, read_holdings(filled)).entry(shelf.WEAK)
    assert entry is not None and entry.replacement is not None
    assert (entry.word, entry.slug, entry.replacement.text) == ("banned", "codellama-7b", shelf.STRONG)


def test_a_name_without_a_size_has_no_figures_of_one_size(filled: Archive, shelf: ModuleType) -> None:
    whole = ModelRule(name="qwen2.5-coder", status="recommended")
    one = ModelRule(name=f"ollama/{shelf.STRONG}", status="recommended")
    entries = {e.name: e for e in selection(shelf.policy().but(models=(whole,)), read_holdings(filled)).models}
    assert entries["qwen2.5-coder"].measured is None and entries["qwen2.5-coder"].needs is None
    assert entries[shelf.STRONG].measured is not None and entries[shelf.STRONG].word == "recommended"
    entries = {e.name: e for e in selection(shelf.policy().but(models=(one,)), read_holdings(filled)).models}
    assert entries[str(one.name)].measured is not None, "another name of the same weights has them"


def test_rules_that_forbid_stand_apart(shelf: ModuleType) -> None:
    rules = load_policy("python-team").rules
    own = (rules[0].but(id="no-eval", text="Do not call eval."), rules[0].but(id="name", text="Notes are kept."))
    guide = guides(shelf.policy().but(rules=own), Holdings())["team-guidelines"]
    assert isinstance(guide, TeamGuidelines)
    assert [rule.forbids for rule in guide.rules] == [True, False]


def test_hostile_words_stay_words(shelf: ModuleType, filled: Archive) -> None:
    nasty = "x](https://evil.example) <img src=x> | `y`\n# Heading\n- [ ] {{ 7*7 }} \x1b[31m"
    policy = shelf.policy()
    bad = policy.but(
        title=nasty,
        description=nasty,
        contact=nasty,
        rules=(policy.rules[0].but(text=nasty, enforced_by=(nasty,)),),
        models=(ModelRule(name=nasty, status="banned", reason=nasty, advisory=nasty, replacement=nasty),
                ModelRule(name="$(touch pwned)", status="recommended")),
    )  # fmt: skip
    plain = guides(policy, read_holdings(filled))
    for name, guide in guides(bad, read_holdings(filled)).items():
        text = Documents(secrets=()).render(guide, document=name)
        assert "\x1b" not in text and "49" not in text.split("## Sources")[0].replace("2049", "")
        outside = re.sub(r"(?s)(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
        assert "https://" not in outside and "<img" not in outside
        heads = [line for line in text.splitlines() if line.startswith("#")]
        usual = [
            line for line in Documents(secrets=()).render(plain[name], document=name).splitlines() if line[:1] == "#"
        ]
        assert set(heads) <= set(usual) | {"## Two tiers", "## Named by the policy, not in this store"}
        for block in re.findall(r"(?ms)^ *```console.*?^ *```$", text):
            assert "touch" not in block and "evil" not in block


def test_whom_to_ask_stands_in_the_index_where_the_policy_says_it(shelf: ModuleType) -> None:
    policy = shelf.policy().but(contact=None)
    asked = compose_index(policy.but(contact="the *platform* team"), {})
    assert "Questions: the \\*platform\\* team\n" in Documents(secrets=()).render(asked, document="index")
    assert "Questions" not in Documents(secrets=()).render(compose_index(policy, {}), document="index")


def test_the_documents_are_the_set() -> None:
    found = [guide.document for guide in compose_guides(load_policy("python-team"), Holdings(), on=DAY)]
    assert [*found, "changelog"] == list(DOCUMENTS)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[`*\\]", "", text.replace("&lt;", "<").replace("&gt;", ">")).split())
