"""Two policies side by side: what the second one demands more, and what less."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from council.policies.models import STATUSES
from council.policies.records import Criterion, ModelRule, Policy, Rule
from council.types.base import Record
from council.types.findings import Severity

Direction = Literal["stricter", "weaker", "other"]

_REQUIRED = ("never", "if_given", "always")
_ON_FAIL = ("changes_requested", "rejected")
_UNLISTED = ("allowed", "discouraged", "banned")


class Change(Record):
    """One difference. ``None`` means that this side does not have it."""

    field: str
    """``voting.quorum``, ``criteria.tests.block_at``, ``models.codellama:34b.status``."""
    before: str | None
    after: str | None
    direction: Direction


def compare_policies(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Return every difference, in the order of the policy's fields. The id is none."""
    changes = [
        *_plain("", before, after, ("title", "description", "contact", "extends")),
        *_ranked("checks_only", before.checks_only, after.checks_only, -1),
        *_ranked("probe", before.probe, after.probe, 1),
        *_entries("criteria", {c.check: c for c in before.criteria}, {c.check: c for c in after.criteria}),
        *_voting(before, after),
        *_ordered("asking.mode", before.asking.mode, after.asking.mode, ("sequential", "all")),
        *_ranked("asking.sure", before.asking.sure, after.asking.sure, 1),
        *_ranked("versions.count", before.versions.count, after.versions.count, 1),
        *_plain("versions.", before.versions, after.versions, ("models", "limit_s")),
        *_entries("rules", {r.id: r for r in before.rules}, {r.id: r for r in after.rules}),
        *_entries("models", {m.key: m for m in before.models}, {m.key: m for m in after.models}),
    ]
    old, new = _UNLISTED.index(before.unlisted_models), _UNLISTED.index(after.unlisted_models)
    if old != new:
        changes.append(_change("unlisted_models", before.unlisted_models, after.unlisted_models, new - old))
    for field in type(before.advisory).model_fields:
        changes += _ranked(
            f"advisory.{field}", getattr(before.advisory, field), getattr(after.advisory, field), _weight(field)
        )
    return tuple(changes)


def _voting(before: Policy, after: Policy) -> list[Change]:
    old, new = before.voting, after.voting
    return [
        *_ranked("voting.quorum", old.quorum, new.quorum, 1),
        *_ranked("voting.approve_share", old.approve_share, new.approve_share, 1),
        *_block_at("voting.block_at", old.block_at, new.block_at),
        *_ranked("voting.block_share", old.block_share, new.block_share, -1),
    ]


def _entries(field: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    changes: list[Change] = []
    for key in dict.fromkeys((*before, *after)):
        place, old, new = f"{field}.{key}", before.get(key), after.get(key)
        if old is None or new is None:
            changes.append(_come_or_gone(place, old, new))
        elif old != new:
            changes += _INSIDE[field](place, old, new)
    return changes


def _come_or_gone(place: str, old: Any, new: Any) -> Change:
    entry = new if old is None else old
    said: str
    if isinstance(entry, ModelRule):
        said = entry.status
        weight = 1 if said in ("discouraged", "banned") else 0
    else:
        said = entry.required if isinstance(entry, Criterion) else entry.severity.value
        weight = 0 if said == "never" else 1
    return _change(
        place, None if old is None else said, None if new is None else said, weight if old is None else -weight
    )


def _criterion(place: str, old: Criterion, new: Criterion) -> list[Change]:
    return [
        *_ordered(f"{place}.required", old.required, new.required, _REQUIRED),
        *_block_at(f"{place}.block_at", old.block_at, new.block_at),
        *_ranked(f"{place}.min_pass_rate", old.min_pass_rate, new.min_pass_rate, 1),
        *_ordered(f"{place}.on_fail", old.on_fail, new.on_fail, _ON_FAIL),
    ]


def _rule(place: str, old: Rule, new: Rule) -> list[Change]:
    more, less = set(new.enforced_by) - set(old.enforced_by), set(old.enforced_by) - set(new.enforced_by)
    changes = _plain(f"{place}.", old, new, ("text",))
    changes += _ranked(f"{place}.severity", old.severity, new.severity, 1)
    if more or less:
        weight = 0 if more and less else 1 if more else -1
        changes.append(_change(f"{place}.enforced_by", _shown(old.enforced_by), _shown(new.enforced_by), weight))
    return changes


def _model(place: str, old: ModelRule, new: ModelRule) -> list[Change]:
    refuses = new.status in ("discouraged", "banned")
    changes = _ordered(f"{place}.status", old.status, new.status, STATUSES)
    for field in ("aliases", "digests", "uses"):
        was, now = set(getattr(old, field)), set(getattr(new, field))
        if was != now:
            wider = 0 if was - now and now - was else 1 if now - was else -1
            weight = 0 if field == "uses" and refuses else wider if refuses else -wider
            before, after = _shown(getattr(old, field)), _shown(getattr(new, field))
            changes.append(_change(f"{place}.{field}", before, after, weight))
    if old.expires != new.expires:
        sooner = new.expires is not None and (old.expires is None or new.expires < old.expires)
        weight = 0 if refuses else 1 if sooner else -1
        changes.append(_change(f"{place}.expires", _shown(old.expires), _shown(new.expires), weight))
    return changes + _plain(f"{place}.", old, new, ("reason", "advisory", "replacement", "memory_gb", "released_on"))


_INSIDE: dict[str, Callable[[str, Any, Any], list[Change]]] = {"criteria": _criterion, "rules": _rule, "models": _model}


def _plain(place: str, before: Record, after: Record, fields: tuple[str, ...]) -> list[Change]:
    return [
        _change(f"{place}{field}", _shown(getattr(before, field)), _shown(getattr(after, field)), 0)
        for field in fields
        if getattr(before, field) != getattr(after, field)
    ]


def _ranked(place: str, old: Any, new: Any, weight: int) -> list[Change]:
    if old == new:
        return []
    more = (new.rank > old.rank) if isinstance(new, Severity) else new > old
    return [_change(place, _shown(old), _shown(new), weight if more else -weight)]


def _ordered(place: str, old: str, new: str, order: tuple[str, ...]) -> list[Change]:
    return [] if old == new else [_change(place, old, new, order.index(new) - order.index(old))]


def _block_at(place: str, old: Severity | None, new: Severity | None) -> list[Change]:
    """The lower the severity that blocks, the stricter; none at all is the weakest."""
    if old == new:
        return []
    was, now = (99 if value is None else value.rank for value in (old, new))
    return [_change(place, _shown(old), _shown(new), was - now)]


def _weight(field: str) -> int:
    """What a higher threshold of the advisories means: more tasks asked for is neither."""
    return 0 if field == "min_tasks" else 1


def _change(field: str, before: str | None, after: str | None, weight: int) -> Change:
    direction: Direction = "stricter" if weight > 0 else "weaker" if weight < 0 else "other"
    return Change(field=field, before=before, after=after, direction=direction)


def _shown(value: object) -> str | None:
    if value is None or value == ():
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
