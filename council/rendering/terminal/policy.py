"""Policies for people: what one demands and which file says so, what is odd about it, how two differ."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

from council.policies import Change, ModelRule, Policy, PolicyFile, Remark
from council.rendering.terminal.page import Page, Part, Sheet, show
from council.text import plural

Say = Callable[[str], Part]
_REQUIRED = {"always": "required", "if_given": "required where there is something to run", "never": "shown only"}
_LEVELS = {"error": "bold red", "warning": "yellow", "note": "dim"}
_DIRECTIONS = {"stricter": "green", "weaker": "yellow", "other": "dim"}
_STATUSES = {"recommended": "green", "allowed": "", "discouraged": "yellow", "banned": "bold red"}


def show_page(make: Callable[[Sheet], Page], *, stream: TextIO | None = None) -> None:
    """Show one of the pages below on standard output."""
    out = sys.stdout if stream is None else stream
    show(make(Sheet.of(out)), out)


def policies_page(policies: Sequence[Policy], sheet: Sheet) -> Page:
    """Return one line a policy: id, title, what it extends, how many rules it has and models it bans."""
    page = Page(sheet)
    rows: list[tuple[Part, ...]] = []
    for policy in policies:
        banned = sum(rule.status == "banned" for rule in policy.models)
        told = [f"extends {policy.extends}"] if policy.extends else []
        told += [plural(len(policy.rules), "rule"), f"{plural(banned, 'model')} banned"]
        rows.append(((policy.id, "bold"), policy.title, " · ".join(told)))
    page.table(rows, indent=0)
    return page


def policy_page(
    policy: Policy, chain: Sequence[PolicyFile], origins: Mapping[str, tuple[str, ...]], sheet: Sheet
) -> Page:
    """Return everything a policy demands, each part with the file that says so; without one it is the default."""
    page = Page(sheet)
    page.add((policy.title, "bold"), f"  {policy.id}")
    if policy.description:
        page.wrap(policy.description)
    if policy.contact:
        page.wrap(f"Questions: {policy.contact}")
    page.wrap(" → ".join(file.path.name for file in reversed(chain)), lead=("files: ",))

    def said(part: str) -> Part:
        return (origins.get(part, ("default",))[-1], "dim")

    if policy.checks_only:
        page.gap()
        page.add("The checks alone decide; no seat is asked.  ", said("checks_only"))
    _criteria(page, policy, said)
    page.title("voting")
    values = policy.voting.model_dump(mode="json")
    page.table([(name, str(value), said(f"voting.{name}")) for name, value in values.items()])
    if policy.rules:
        page.title("rules", str(len(policy.rules)))
    for rule in policy.rules:
        enforced = ", ".join(rule.enforced_by) or "nobody"
        told = f"  {rule.severity.value} · enforced by {enforced}  "
        page.add((rule.id, "bold"), told, said(f"rules.{rule.id}"), indent=2)
        page.wrap(rule.text, indent=4)
    _models(page, policy, said)
    page.title("advisories")
    values = policy.advisory.model_dump(mode="json")
    page.table([(name, str(value), said(f"advisory.{name}")) for name, value in values.items()])
    return page


def remarks_page(policy: Policy, remarks: Sequence[Remark], sheet: Sheet) -> Page:
    """Return what is odd about a policy, one line each, and the count."""
    page = Page(sheet)
    for remark in remarks:
        page.wrap(remark.text, lead=((f"{remark.level:8}", _LEVELS[remark.level]), f"{remark.place} [{remark.code}]: "))
    counts = [f"{n} {level}{'' if n == 1 else 's'}" for level in _LEVELS if (n := _count(remarks, level))]
    page.add(f"{policy.id}: {', '.join(counts)}" if counts else f"{policy.id}: nothing is odd about it")
    return page


def changes_page(changes: Sequence[Change], before: str, after: str, sheet: Sheet) -> Page:
    """Return how two policies differ, field by field."""
    page = Page(sheet)
    if not changes:
        page.add(f"{before} and {after} demand the same")
        return page
    rows: list[tuple[Part, ...]] = []
    for change in changes:
        what = f"{change.before or 'none'} → {change.after or 'none'}"
        rows.append(((change.direction, _DIRECTIONS[change.direction]), (change.field, "bold"), what))
    page.table(rows, indent=0)
    page.gap()
    counts = [f"{sum(c.direction == word for c in changes)} {word}" for word in _DIRECTIONS]
    page.add(f"{after} against {before}: {', '.join(counts)}")
    return page


def _count(remarks: Sequence[Remark], level: str) -> int:
    return sum(remark.level == level for remark in remarks)


def _criteria(page: Page, policy: Policy, said: Say) -> None:
    if policy.criteria:
        page.title("exit criteria", str(len(policy.criteria)))
    rows: list[tuple[Part, ...]] = []
    for criterion in policy.criteria:
        words = [_REQUIRED[criterion.required]]
        words += [f"fails at {criterion.block_at.value}"] if criterion.block_at else []
        words += [f"{criterion.min_pass_rate:.0%} must pass"] if criterion.check in ("tests", "examples") else []
        words.append(f"else {criterion.on_fail.replace('_', ' ')}")
        rows.append(((criterion.check, "bold"), said(f"criteria.{criterion.check}"), " · ".join(words)))
    page.table(rows)


def _models(page: Page, policy: Policy, said: Say) -> None:
    page.title("models", f"not listed: {policy.unlisted_models}")
    for rule in policy.models:
        status = (rule.status, _STATUSES[rule.status])
        page.add((rule.key, "bold"), "  ", status, f"{_limits(rule)}  ", said(f"models.{rule.key}"), indent=2)
        if rule.reason:
            page.wrap(rule.reason, indent=4)
        links = [f"advisory: {rule.advisory}"] if rule.advisory else []
        links += [f"use instead: {rule.replacement}"] if rule.replacement else []
        if links:
            page.wrap(" · ".join(links), indent=4)


def _limits(rule: ModelRule) -> str:
    words = [f"for {' and '.join(rule.uses)}"] if len(rule.uses) < 3 else []
    words += [f"until {rule.expires}"] if rule.expires else []
    return f" {', '.join(words)}" if words else ""
