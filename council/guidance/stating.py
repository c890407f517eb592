"""The policy as facts: each sentence with its value and the field it comes from."""

from __future__ import annotations

from council.policies import Criterion, Policy, Rule
from council.rendering.figures import share
from council.text import one_line
from council.types.facts import Fact, Source
from council.types.guidelines import CriterionEntry, RuleEntry, VotingEntry, escaped

_REQUIRED = {"always": "yes", "if_given": "when tests are given", "never": "no"}
_FORBIDS = ("do not ", "don't ", "never ", "no ", "avoid ")
_FILE = "generated.py"
# What flake8 finds odd and harmless, as the lint check weighs it.
_UNUSED = "F401,F504,F522,F523,F541,F811,F841"


def of_policy(policy: Policy, text: str, value: str | float | bool | None, *pointer: str) -> Fact:
    """Return a fact that stands in the policy, at a place given part by part."""
    place = "/".join(escaped(part) for part in pointer)
    return Fact(text=text, value=value, sources=(Source(kind="policy", id=policy.id, pointer=place),))


def state_title(policy: Policy) -> Fact:
    """Return the policy's title; its id where it has none."""
    return of_policy(policy, one_line(policy.title) or policy.id, policy.title, "title")


def state_rules(policy: Policy) -> tuple[RuleEntry, ...]:
    """Return the rules, the severest first and then as the policy orders them."""
    return tuple(_rule(policy, rule) for rule in sorted(policy.rules, key=lambda rule: -rule.severity.rank))


def _rule(policy: Policy, rule: Rule) -> RuleEntry:
    place = ("rules", rule.id)
    enforced = ", ".join(rule.enforced_by)
    return RuleEntry(
        key=rule.id,
        text=of_policy(policy, one_line(rule.text, 1000) or rule.id, rule.text, *place, "text"),
        severity=of_policy(policy, rule.severity.value, rule.severity.value, *place, "severity"),
        enforced_by=of_policy(policy, enforced, enforced, *place, "enforced_by") if enforced else None,
        forbids=rule.text.lower().lstrip().startswith(_FORBIDS),
    )


def state_criteria(policy: Policy) -> tuple[CriterionEntry, ...]:
    """Return the exit criteria as the policy orders them, which is the order the checks are shown in."""
    return tuple(_criterion(policy, criterion) for criterion in policy.criteria)


def _criterion(policy: Policy, criterion: Criterion) -> CriterionEntry:
    place, level = ("criteria", criterion.check), criterion.block_at
    wording = None if level is None else "any finding" if level.value == "info" else f"{level.value} or worse"
    rate = None
    if criterion.check in ("tests", "examples"):
        rate = of_policy(policy, share(criterion.min_pass_rate), criterion.min_pass_rate, *place, "min_pass_rate")
    return CriterionEntry(
        key=criterion.check,
        required=of_policy(policy, _REQUIRED[criterion.required], criterion.required, *place, "required"),
        block_at=None if wording is None or level is None else of_policy(policy, wording, level, *place, "block_at"),
        min_pass_rate=rate,
        on_fail=of_policy(policy, criterion.on_fail.replace("_", " "), criterion.on_fail, *place, "on_fail"),
        command=command_of(criterion),
    )


def state_voting(policy: Policy) -> VotingEntry:
    """Return quorum and thresholds."""
    if policy.checks_only:
        alone = of_policy(policy, "the checks alone decide", policy.checks_only, "checks_only")
        return VotingEntry(checks_only=alone)
    voting, place = policy.voting, "voting"
    return VotingEntry(
        quorum=of_policy(policy, str(voting.quorum), voting.quorum, place, "quorum"),
        approve_share=of_policy(policy, share(voting.approve_share), voting.approve_share, place, "approve_share"),
        block_at=of_policy(policy, voting.block_at.value, voting.block_at.value, place, "block_at"),
        block_share=of_policy(policy, share(voting.block_share), voting.block_share, place, "block_share"),
    )


def command_of(criterion: Criterion) -> str | None:
    """Return the command that checks one criterion alone; ``None`` for what runs code and needs the sandbox.

    It ends with 0 exactly when no finding is as severe as the criterion says; files may not silence it.
    """
    level = None if criterion.block_at is None else criterion.block_at.value
    if criterion.check == "syntax":
        return f"python3 -m py_compile {_FILE}"
    if criterion.check == "security":
        bar = {"high": "-lll", "medium": "-ll", "low": "-l", "info": "-l"}.get(level or "", "--exit-zero")
        return f"bandit --quiet --ignore-nosec {bar} {_FILE}"
    if criterion.check == "lint":
        return f"flake8 --isolated --disable-noqa {_flake8_bar(level)} {_FILE}"
    if criterion.check == "formatting":
        bar = "--check" if level == "info" else "--diff"
        return f"black {bar} --quiet --line-length 88 {_FILE}"
    return None


def _flake8_bar(level: str | None) -> str:
    if level == "high":
        return f"--select=E9,F5,F6,F7,F8 --extend-ignore={_UNUSED}"
    if level == "medium":
        return f"--select=E9,F --extend-ignore={_UNUSED}"
    every = "--max-line-length=88 --extend-ignore=E203,E701,E704"
    return every if level in ("low", "info") else f"--exit-zero {every}"
