"""An advisory says what the evidence says: status, bugs with right code, alternatives that fit, and nothing made up."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from markdown_it import MarkdownIt

from council.advising import compose_advisory, trace
from council.policies import ModelRule, Policy, load_policy
from council.rendering import Documents
from council.text import one_line
from council.types.advisories import Advisory
from council.types.benchmarks import Sample, SampleOutcome
from council.types.checks import CheckOutcome


def rendered(advisory: Advisory) -> str:
    return Documents(secrets=()).render(advisory)


@pytest.fixture
def policy() -> Policy:
    return load_policy("python-team")


@pytest.fixture
def advisory(records: ModuleType) -> Advisory:
    return compose_advisory(records.evidence(), records.SUBJECT, against=(records.BEST,))


def test_golden(advisory: Advisory, holds: Callable[[str, str], None]) -> None:
    holds("advisory.md", rendered(advisory))


def test_every_number_of_it_is_traced(advisory: Advisory) -> None:
    assert trace(rendered(advisory), advisory) == ()


def test_status_and_severity_follow_the_thresholds(records: ModuleType, policy: Policy) -> None:
    told = []
    for changes in (
        {},
        {"high_below": 0.2, "critical_below": 0.1},
        {"critical_below": 0.4},
        {"fit_at": 0.3},
        {"min_tasks": 13},
    ):
        own = policy.but(advisory=policy.advisory.but(**changes))
        made = compose_advisory(records.evidence(policy=own), records.SUBJECT)
        told.append((made.status.value, made.severity.value if made.severity else None))
    assert told == [
        ("not_recommended", "high"),
        ("not_recommended", "medium"),
        ("not_recommended", "critical"),
        ("fit", "none"),
        ("not_enough_evidence", None),
    ]


def test_too_few_tasks_neither_recommend_nor_warn(records: ModuleType, policy: Policy) -> None:
    own = policy.but(advisory=policy.advisory.but(min_tasks=13))
    text = rendered(compose_advisory(records.evidence(policy=own), records.SUBJECT))
    assert "NOT ENOUGH EVIDENCE" in text and "The policy asks for 13 tasks" in text
    assert "Do not use" not in text and "Severity" not in text


def test_bugs_are_classes_over_tasks_with_right_code_beside_them(advisory: Advisory, records: ModuleType) -> None:
    found = {bug.key: bug for bug in advisory.bugs}
    assert list(found) == ["elements-too-many", "wrong-order", "undefined-name"]
    edge = found["elements-too-many"]
    assert (edge.samples.text, edge.tasks.text) == ("4 of 8 failed programs", "4 tasks")
    assert edge.unseen is not None and edge.unseen.text == "4 of 4 programs"
    example = edge.examples[0]
    assert example.faulty.place.text == "lines 1 and 3"
    assert example.expected is not None and example.expected.author.text == records.BEST
    assert "if count == 0" in example.expected.parts[-1].text
    assert example.test is not None and (example.test.name.text, example.test.kind) == ("test_count_zero", "edge")


def test_expected_code_is_only_what_passed_every_test(records: ModuleType) -> None:
    programs = tuple(
        s.but(edge_passed=False) if s.model == records.BEST and s.task == "task_01" else
        s.but(outcome=SampleOutcome.FAILED) if s.model == records.BEST else s
        for s in records.samples()
    )  # fmt: skip
    made = compose_advisory(records.evidence(programs), records.SUBJECT, against=(records.BEST,))
    kinds = {example.expected_by for bug in made.bugs for example in bug.examples}
    assert kinds == {"reference"}
    bare = records.benchmark().but(tasks=tuple(t.but(reference=None) for t in records.TASKS))
    without = records.measured(programs).benchmark.but(tasks=bare.tasks)
    one = records.Measured(benchmark=without, samples=programs, table=records.tabulate(without, programs))
    alone = records.evidence()
    alone.measured = {records.ID: one}
    made = compose_advisory(alone, records.SUBJECT, against=(records.BEST,))
    assert all(example.expected is None for bug in made.bugs for example in bug.examples)
    assert "No code is known that passes the tests of this task." in rendered(made)


def roles(advisory: Advisory) -> dict[str, Any]:
    return {alternative.role: alternative.model.text for alternative in advisory.alternatives}


def test_alternatives_are_the_best_that_fits_and_a_faster_one_for_drafts(advisory: Advisory) -> None:
    assert roles(advisory) == {"primary": "plain:7b", "drafts": "plain:0.5b"}
    assert advisory.two_tiers is not None
    assert advisory.two_tiers.text == "Draft with plain:0.5b (1.5 s a task), finish with plain:7b (6.0 s a task)."


def test_alternatives_fit_into_the_given_memory(records: ModuleType) -> None:
    small = compose_advisory(records.evidence(asked={"memory_gb": "4"}), records.SUBJECT)
    assert roles(small) == {"primary": "plain:0.5b"} and "fit into 4 GB" in small.alternatives_note.text
    none = compose_advisory(records.evidence(asked={"memory_gb": "0.1"}), records.SUBJECT)
    assert none.alternatives == () and "fits into 0.1 GB and may be used" in none.alternatives_note.text
    assert not any("council generate" in command.text for _, commands in none.migration for command in commands)


@pytest.mark.parametrize("status", ["banned", "discouraged"])
def test_what_the_policy_refuses_is_no_alternative(records: ModuleType, policy: Policy, status: str) -> None:
    own = policy.but(models=(ModelRule.model_validate({"name": "plain:7b", "status": status}),))
    made = compose_advisory(records.evidence(policy=own), records.SUBJECT)
    assert "plain:7b" not in roles(made).values()


def test_what_the_policy_says_of_the_model_is_shown(records: ModuleType, policy: Policy) -> None:
    own = policy.but(models=(ModelRule(name="codewriter:7b", status="recommended"),))
    text = rendered(compose_advisory(records.evidence(policy=own), records.SUBJECT))
    assert "NOT RECOMMENDED FOR PRODUCTION (the policy says: recommended)" in text


def test_the_best_model_has_no_alternative_and_no_bug(records: ModuleType) -> None:
    made = compose_advisory(records.evidence(), records.BEST)
    text = rendered(made)
    assert made.status.value == "fit" and made.bugs == () and made.alternatives == ()
    for words in (
        "No failed program: there is nothing to show.",
        "No council has sat",
        "No model measured on the same",
    ):
        assert words in text
    assert trace(text, made) == ()


def test_recorded_outputs_cannot_be_generated_with(records: ModuleType) -> None:
    elsewhere = records.benchmark()
    elsewhere = elsewhere.but(models=tuple(m.but(imported=True) for m in elsewhere.models))
    made = records.evidence()
    mine = records.samples()
    made.measured = {
        records.ID: records.Measured(benchmark=elsewhere, samples=mine, table=records.tabulate(elsewhere, mine))
    }
    advisory = compose_advisory(made, records.SUBJECT)
    commands = [command.text for _, commands in advisory.migration for command in commands]
    assert not any("council generate" in c or "OLLAMA_MODEL" in c for c in commands)
    assert "nobody ran it here" in rendered(advisory)


HOSTILE = "bad`\n# Owned\n<script>|[x](http://evil.example)\x1b[31m"


def test_hostile_names_codes_and_outputs_stay_text(records: ModuleType) -> None:
    name = "model'; rm -rf /; '" + HOSTILE
    bench = records.benchmark()
    bench = bench.but(
        models=(bench.models[0].but(name=name), *bench.models[1:]),
        tasks=tuple(t.but(title=HOSTILE) for t in bench.tasks),
        suite_title=HOSTILE,
    )
    broken = records.test("test_x", f"assert {HOSTILE!r} == 1", "E   ```\n# Heading\n```console\n$ rm -rf /")
    programs = tuple(
        s.but(model=name, code="```\n# Heading\n" + (s.code or "")) if s.model == records.SUBJECT else s
        for s in records.samples()
    )
    programs = (
        *programs,
        records.sample(name, "task_12", "x = 1\n```\n$ rm\n", plain=(broken,)).but(number=2),
    )
    made = records.evidence()
    made.measured = {
        records.ID: records.Measured(benchmark=bench, samples=programs, table=records.tabulate(bench, programs))
    }
    advisory = compose_advisory(made, name)
    text = rendered(advisory)
    assert "\x1b" not in text
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inner = [child for token in tokens for child in (token.children or ())]
    assert not {"html_block", "html_inline", "link_open", "image"} & {token.type for token in (*tokens, *inner)}
    titles = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]
    assert "Owned" not in titles and "Heading" not in titles
    consoles = [token.content for token in tokens if token.type == "fence" and token.info.startswith("console")]
    assert consoles and not any(line.startswith("$ rm") for block in consoles for line in block.splitlines())
    assert trace(text, advisory) == ()
    commands = [command.text for _, commands in advisory.migration for command in commands]
    assert all(shlex.split(command)[0] in ("council", "export") for command in commands)
    assert all("\n" not in command for command in commands)
    audit = next(command for command in commands if command.startswith("council audit"))
    assert shlex.split(audit) == ["council", "audit", ".", "--model", one_line(name)]


def test_a_model_named_like_an_option_stays_a_name(records: ModuleType) -> None:
    bench = records.benchmark()
    bench = bench.but(models=(bench.models[0].but(name="--force"), *bench.models[1:]))
    programs = tuple(s.but(model="--force") if s.model == records.SUBJECT else s for s in records.samples())
    made = records.evidence()
    made.measured = {
        records.ID: records.Measured(benchmark=bench, samples=programs, table=records.tabulate(bench, programs))
    }
    advisory = compose_advisory(made, "--force")
    assert "council audit . --model=--force" in [c.text for _, commands in advisory.migration for c in commands]


def test_the_order_of_samples_and_models_never_decides(records: ModuleType) -> None:
    bench = records.benchmark()
    turned = bench.but(models=tuple(reversed(bench.models)))
    mine = tuple(reversed(records.samples()))
    made = records.evidence()
    made.measured = {records.ID: records.Measured(benchmark=turned, samples=mine, table=records.tabulate(turned, mine))}
    one = compose_advisory(records.evidence(), records.SUBJECT, against=(records.BEST,))
    other = compose_advisory(made, records.SUBJECT, against=(records.BEST,))
    assert other.bugs == one.bugs and other.alternatives == one.alternatives and other.summary == one.summary


def test_keys_of_facts_are_unique(advisory: Advisory) -> None:
    from council.types.advisories import _walk

    keys = [key for key, _ in _walk(advisory, "")]
    assert len(keys) == len(set(keys))


def test_two_benchmarks_stand_beside_each_other(records: ModuleType) -> None:
    made = records.evidence()
    again = tuple(s.but(benchmark_id="b1more") for s in records.samples())
    made.measured["b1more"] = records.measured(again, benchmark_id="b1more", suite="more", suite_title="More")
    made.measured["b2core"] = records.measured(
        tuple(s.but(benchmark_id="b2core") for s in again), benchmark_id="b2core"
    )
    advisory = compose_advisory(made, records.SUBJECT)
    assert [m.key for m in advisory.measurements] == ["core b0advise", "more", "core b2core"]
    text = rendered(advisory)
    assert text.count("| metric |") == 3 and trace(text, advisory) == ()


def test_other_sizes_are_answered_from_what_was_measured(records: ModuleType) -> None:
    text = rendered(compose_advisory(records.evidence(), "plain:7b"))
    assert "plain:0.5b passed 50 % (25–75) in benchmark b0advise." in text
    assert "No other size of codewriter:7b has been measured here." in rendered(
        compose_advisory(records.evidence(), records.SUBJECT)
    )


def test_a_rule_of_the_policy_gives_its_reason(records: ModuleType, policy: Policy) -> None:
    rule = ModelRule(name="codewriter:7b", status="discouraged", reason="It wrote 3 faulty caches.")
    made = compose_advisory(records.evidence(policy=policy.but(models=(rule,))), records.SUBJECT)
    text = rendered(made)
    assert "The policy python-team says: discouraged (“It wrote 3 faulty caches.”)." in text
    assert trace(text, made) == ()


def test_failed_tests_are_set_in_as_people_know_them(advisory: Advisory) -> None:
    assert "\n    - test_order: FAILED (assert [3, 2, 1] == [1, 2, 3])\n" in rendered(advisory)


def test_what_failed_its_plain_tests_was_not_let_through_by_them(records: ModuleType) -> None:
    both = tuple(s if s.passed else s.but(edge_passed=False) for s in records.samples())
    made = compose_advisory(records.evidence(both), records.SUBJECT)
    assert "4 of 8 programs that passed the plain tests failed an edge case." in rendered(made)
    assert next(bug for bug in made.bugs if bug.key == "wrong-order").unseen is None
    assert len(made.edge_failures) == 4


def changed(records: ModuleType, number: int, **changes: object) -> tuple[Sample, ...]:
    """The usual programs, the subject's for one task another."""
    task = f"task_{number:02}"
    return tuple(s.but(**changes) if (s.model, s.task) == (records.SUBJECT, task) else s for s in records.samples())


def test_where_nothing_could_be_tested_it_says_why(records: ModuleType) -> None:
    broken = records.check("syntax", tool="python").but(
        outcome=CheckOutcome.FAILED, summary="task_09.py:1: SyntaxError: invalid syntax"
    )
    report = records.samples()[0].report.but(checks=(broken,))
    programs = changed(records, 9, code="def f(:", outcome=SampleOutcome.FAILED, report=report, edge=None)
    made = compose_advisory(records.evidence(programs), records.SUBJECT)
    (example,) = next(bug for bug in made.bugs if bug.key == "not-python").examples
    assert example.test is None and example.said is not None
    text = rendered(made)
    assert "What the check of it says: `task_09.py:1: SyntaxError: invalid syntax`" in text
    assert trace(text, made) == ()


def test_of_an_answer_without_code_its_beginning_is_shown(records: ModuleType) -> None:
    reply = "Sure! Here it is:\n```python\ndef f(a):\n" + "    a += 1\n" * 50
    programs = changed(
        records, 9, code=None, reply=reply, reason="cut off at 2048 tokens", outcome=SampleOutcome.NO_CODE,
        report=None, edge=None,
    )  # fmt: skip
    made = compose_advisory(records.evidence(programs), records.SUBJECT)
    (example,) = next(bug for bug in made.bugs if bug.key == "no-code").examples
    assert example.no_code and example.faulty.place.text == "lines 1–8"
    assert example.faulty.parts[0].text == "\n".join(reply.splitlines()[:8])
    text = rendered(made)
    assert "Why it is no program: `cut off at 2048 tokens`" in text and "how the reply of `codewriter:7b` begins" in text
    assert trace(text, made) == ()


def test_programs_with_endless_lines_are_no_examples_where_others_are(records: ModuleType) -> None:
    wide = "def ordered(items): return [" + "0, " * 200 + "]\n"
    made = compose_advisory(records.evidence(changed(records, 5, code=wide)), records.SUBJECT)
    orders = next(bug for bug in made.bugs if bug.key == "wrong-order")
    assert [example.key for example in orders.examples] == ["task_06 1", "task_07 1"]


def test_what_is_left_out_is_counted(records: ModuleType, advisory: Advisory) -> None:
    assert advisory.rare is None
    reasons = (
        "NameError: name 'x' is not defined", "IndexError: list index out of range", "KeyError: 'a'",
        "ZeroDivisionError: division by zero", "assert 1 == 2", "assert 5 == 9", "assert -1 == 1", "assert True == False",
        "assert None == 1", "assert 'a' == 'A'",
    )  # fmt: skip
    programs = records.samples()
    for number, reason in enumerate(reasons, 1):
        tests = (records.test("test_it", reason),)
        bad = records.sample(records.SUBJECT, f"task_{number:02}", plain=tests)
        programs = tuple(bad if (s.model, s.task) == (bad.model, bad.task) else s for s in programs)
    made = compose_advisory(records.evidence(programs), records.SUBJECT)
    assert len(made.bugs) == 8
    assert made.rare is not None and made.rare.text == "Left out below, as each was seen on fewer tasks: 2 ways."


def test_what_the_policy_names_instead_is_said_and_measured_first(records: ModuleType, policy: Policy) -> None:
    rule = ModelRule(name="plain:7b", status="discouraged", replacement="other:32b")
    own = policy.but(models=(rule,))
    made = compose_advisory(records.evidence(policy=own), records.BEST)
    assert "names other:32b in its place; it was not measured on these tasks." in made.alternatives_note.text
    commands = [command.text for _, step in made.migration for command in step]
    assert "council bench run core --model other:32b" in commands
    assert commands.index("council bench run core --model other:32b") < commands.index("export OLLAMA_MODEL=other:32b")
    assert trace(rendered(made), made) == ()
    measured = policy.but(models=(rule.but(replacement="ollama/plain:0.5b"),))
    assert "in its place" not in compose_advisory(records.evidence(policy=measured), records.BEST).alternatives_note.text


def test_what_the_alternative_wins_is_told_with_its_chance(records: ModuleType) -> None:
    quick = tuple(s.but(duration_s=0.5) if s.model == records.BEST else s for s in records.samples())
    made = records.evidence(quick)
    (one,) = made.measured.values()
    row = one.table.row("time_per_task_s")
    assert row is not None and row.winner == records.BEST and row.p_value is not None
    advisory = compose_advisory(made, records.SUBJECT)
    assert advisory.alternatives[0].role == "primary"
    told = next(reason.text for reason in advisory.alternatives[0].reasons if reason.key == "wins")
    assert told.startswith("Shown to be the best of all in: ") and "time a task (p < 0.001)" in told
    usual = compose_advisory(records.evidence(), records.SUBJECT)
    assert not any("time a task" in reason.text for reason in usual.alternatives[0].reasons)
    assert trace(rendered(advisory), advisory) == ()


def test_whom_to_ask_stands_at_the_end_where_the_policy_says_it(records: ModuleType, policy: Policy) -> None:
    own = policy.but(contact="#platform, room 12 <b>")
    made = compose_advisory(records.evidence(policy=own), records.SUBJECT)
    text = rendered(made)
    assert "platform, room 12" in text.partition("## Questions or concerns")[2]
    assert "<b>" not in text and trace(text, made) == ()
    assert "Questions or concerns" not in rendered(compose_advisory(records.evidence(), records.SUBJECT))
