"""What is wrong with a policy that can be read: promises nobody keeps, rules that expired or contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Literal, get_args

from council.policies.comparing import compare_policies
from council.policies.loading import KEYS, PolicyFile, lay_over
from council.policies.models import SHORTEST_DIGEST, STATUSES, covers, standing_of
from council.policies.names import plain_digest, read_name
from council.policies.records import CheckName, ModelRule, Panel, Policy
from council.text import one_line
from council.types.base import Record, now

_CHECKS: tuple[str, ...] = get_args(CheckName)
_REVIEWERS = "reviewers"
_BAD = ("discouraged", "banned")
_WATCHED = re.compile(
    r"checks_only|probe|voting\..+|asking\..+|versions\.count|criteria\..+|models\..+|unlisted_models"
)


class Remark(Record):
    """One thing that is odd about a policy. A note is told and fails nothing."""

    level: Literal["error", "warning", "note"]
    code: str
    """Stable, for programs: ``expired-ban``, ``banned-replacement``."""
    place: str
    """The part of the policy: ``models.codellama:34b``, ``rules.plain-names``."""
    text: str
    """One sentence with what to do."""


def lint_policy(
    chain: tuple[PolicyFile, ...],
    *,
    panels: Sequence[Panel] = (),
    codes: Mapping[str, frozenset[str]] = MappingProxyType({}),
    on: date | None = None,
) -> tuple[Remark, ...]:
    """Return what is odd about a policy, in the order of its parts.

    Args:
        chain: its files, as ``read_chain`` returns them.
        panels: panels whose seats are held against the models.
        codes: codes the tools can report, by check: ``lint`` → ``E501`` … Without them none is looked up.
        on: today, unless given.

    Raises ``PolicyError`` where the files make no policy.
    """
    policy = lay_over(chain)
    today = on or now().date()
    return (
        *_twice(chain[-1]),
        *_weaker(chain),
        *_rules(policy, codes),
        *(remark for rule in policy.models for remark in _model(policy, rule, today)),
        *_witnesses(policy, today),
        *_contradictions(policy, chain),
        *_seats(policy, panels, today),
    )


def _twice(file: PolicyFile) -> Iterator[Remark]:
    """Yield the entries that stand in one file twice: the later one wins without a word."""
    for field, key in KEYS.items():
        seen = set()
        for entry in file.table.get(field, ()):
            name = " ".join(one_line(str(part), 80) for part in _parts(key(entry)) if part)
            if name in seen:
                text = f"stands in {file.path.name} twice, and the later one silently replaces it: remove one"
                yield Remark(level="error", code="duplicate", place=f"{field}.{name}", text=text)
            seen.add(name)


def _parts(key: object) -> tuple[object, ...]:
    return key if isinstance(key, tuple) else (key,)


def _weaker(chain: tuple[PolicyFile, ...]) -> Iterator[Remark]:
    if len(chain) < 2:
        return
    parent, child = lay_over(chain[:-1]), lay_over(chain)
    for change in compare_policies(parent, child):
        moot = child.checks_only and change.field.startswith("voting.")
        if change.direction == "weaker" and _WATCHED.fullmatch(change.field) and not moot:
            text = f"weaker than {parent.id}: {change.before or 'none'} there, {change.after or 'none'} here"
            yield Remark(level="note", code="weaker", place=change.field, text=text)


def _rules(policy: Policy, codes: Mapping[str, frozenset[str]]) -> Iterator[Remark]:
    for rule in policy.rules:
        place = f"rules.{one_line(rule.id, 60)}"
        if not rule.enforced_by:
            text = "nobody enforces it: name checks or reviewers in enforced_by, or remove the rule"
            yield Remark(level="warning", code="unenforced", place=place, text=text)
        for word in rule.enforced_by:
            if (wrong := _enforcer(policy, word, codes)) is not None:
                yield Remark(level="error", code="unknown-enforcer", place=place, text=wrong)


def _enforcer(policy: Policy, word: str, codes: Mapping[str, frozenset[str]]) -> str | None:
    """Return what is wrong with one word of ``enforced_by``."""
    shown = one_line(word, 60)
    check, colon, code = word.partition(":")
    if check == _REVIEWERS and not colon:
        return "enforced by reviewers, and this policy asks none (checks_only)" if policy.checks_only else None
    if check not in _CHECKS:
        return f"'{shown}' is no check: there are {', '.join(_CHECKS)} and {_REVIEWERS}"
    if policy.criterion(check) is None:
        return f"enforced by '{shown}', and no criterion asks for the check {check}"
    if colon and check in codes and not (code and any(known.startswith(code) for known in codes[check])):
        return f"'{shown}': the installed tool does not report such a code"
    if colon and codes and check not in codes:
        return f"'{shown}': the check {check} has no codes"
    return None


def _model(policy: Policy, rule: ModelRule, today: date) -> Iterator[Remark]:
    place = f"models.{one_line(rule.key, 80)}"
    refuses = rule.status in _BAD
    if rule.expires is not None and rule.expires < today:
        if refuses:
            text = f"expired on {rule.expires} and goes on holding: renew it, or remove it"
        else:
            text = f"expired on {rule.expires}: the model is {policy.unlisted_models} like any that is not listed"
        yield Remark(level="error", code="expired-ban" if refuses else "expired-permission", place=place, text=text)
    if rule.status == "banned" and not rule.advisory:
        text = "a ban without an advisory: who is refused cannot read why"
        yield Remark(level="error", code="no-advisory", place=place, text=text)
    if refuses and not rule.reason:
        yield Remark(level="warning", code="no-reason", place=place, text=f"{rule.status} without a reason")
    if rule.replacement:
        found = standing_of(policy, rule.replacement, on=today)
        if found.status in _BAD:
            text = f"its replacement {one_line(rule.replacement, 80)} is {found.status} itself"
            yield Remark(level="error", code="bad-replacement", place=place, text=text)
    for word in (*((rule.name or rule.family),), *rule.aliases):
        if word is not None and not read_name(word).stem:
            text = f"'{one_line(word, 80)}' names no model: it matches nothing"
            yield Remark(level="error", code="empty-name", place=place, text=text)
    for digest in rule.digests:
        if not re.fullmatch(rf"[0-9a-f]{{{SHORTEST_DIGEST},64}}", plain_digest(digest)):
            text = f"'{one_line(digest, 80)}' is no digest of {SHORTEST_DIGEST} to 64 hexadecimal digits"
            yield Remark(level="error", code="bad-digest", place=place, text=text)


def _witnesses(policy: Policy, today: date) -> Iterator[Remark]:
    """Yield the models that are to write versions and may not."""
    for name in policy.versions.models:
        found = standing_of(policy, name, on=today)
        if found.status in _BAD:
            ends = "every review is refused" if found.banned else "name another one"
            text = f"{one_line(name, 80)} is to write versions and is {found.status}: {ends}"
            level: Literal["error", "warning"] = "error" if found.banned else "warning"
            yield Remark(level=level, code="bad-witness", place="versions.models", text=text)
    if policy.versions.models and not policy.versions.count:
        text = "models are named to write versions, and count is 0: nobody is asked"
        yield Remark(level="warning", code="unused-witness", place="versions.models", text=text)


def _contradictions(policy: Policy, chain: tuple[PolicyFile, ...]) -> Iterator[Remark]:
    """Yield pairs of rules that say different things of one model, so that one of them never holds.

    A file may say worse of a family than the file it extends says of one member: it is meant to be stricter.
    """
    for number, rule in enumerate(policy.models):
        for other in policy.models[number + 1 :]:
            if rule.status == other.status:
                continue
            better, worse = sorted((rule, other), key=lambda entry: STATUSES.index(entry.status))
            if covers(worse, better) and _told_in(chain, worse) <= _told_in(chain, better):
                text = f"{better.status}, and rule {one_line(worse.key, 80)} says {worse.status}: the worse one holds"
                place = f"models.{one_line(better.key, 80)}"
                yield Remark(level="error", code="contradiction", place=place, text=text)


def _told_in(chain: tuple[PolicyFile, ...], rule: ModelRule) -> int:
    """Return the place in the chain of the last file that holds a rule."""
    own = (rule.name, rule.family)
    found = (n for n, file in enumerate(chain) for entry in file.table.get("models", ())
             if (entry.get("name"), entry.get("family")) == own)  # fmt: skip
    return max(found, default=0)


def _seats(policy: Policy, panels: Sequence[Panel], today: date) -> Iterator[Remark]:
    for panel in panels:
        for seat in panel.seats:
            for name in (seat.model, seat.fallback) if not seat.retired else ():
                if name and standing_of(policy, name, use="review", on=today).banned:
                    text = f"{one_line(name, 80)} sits there and is banned: the panel is refused"
                    place = f"panels.{one_line(panel.id, 60)}"
                    yield Remark(level="error", code="banned-seat", place=place, text=text)
