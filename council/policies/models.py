"""What a policy says about one model, whatever name it is asked or served under."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal, NamedTuple

from council.policies.names import (
    ModelName,
    is_plain,
    joined,
    local_name,
    named_digest,
    plain_digest,
    read_name,
    readings,
)
from council.policies.records import ModelRule, ModelStatus, Policy
from council.text import one_line
from council.types.base import Record, now

Match = Literal["name", "alias", "digest", "family", "unlisted"]
Use = Literal["final", "drafts", "review"]

STATUSES: tuple[ModelStatus, ...] = ("recommended", "allowed", "discouraged", "banned")
"""From the best to the worst."""
SHORTEST_DIGEST = 12
_HOW: tuple[Match, ...] = ("name", "alias", "digest", "family")


class Standing(Record):
    """What a policy says about one model, and why."""

    model: str
    """As it was asked for, or as the server named it."""
    policy: str
    status: ModelStatus
    matched_by: Match
    rule: ModelRule | None = None
    """``None`` where nobody has listed the model."""
    same_as: str | None = None
    """The model on this machine whose weights it shares, where that is how it was known."""
    limited_to: tuple[str, ...] = ()
    """The uses its permission is for, where it was wanted for another one."""

    @property
    def banned(self) -> bool:
        """Whether it must not be asked, and nothing it said may be kept."""
        return self.status == "banned"

    @property
    def remarkable(self) -> bool:
        """Whether people should hear of it: everything that is neither recommended nor allowed."""
        return self.status in ("discouraged", "banned")

    @property
    def reason(self) -> str:
        """Why, in one sentence without a full stop: model, status, rule, how it matched, reason, advisory."""
        name, policy = one_line(self.model, 120), one_line(self.policy, 60)
        if self.rule is None:
            said = f"policy {policy} lists the models that may be used, and {name} is not among them"
            return said if self.banned else f"{name} is {self.status} by policy {policy}, which does not list it"
        rule = one_line(self.rule.key, 80)
        how = {
            "name": f"rule {rule}",
            "alias": f"an alias in rule {rule}",
            "digest": (
                f"the weights of {one_line(self.same_as, 80)}, rule {rule}"
                if self.same_as
                else f"the digest in rule {rule}"
            ),
            "family": f"rule {rule}",
            "unlisted": f"rule {rule}",
        }[self.matched_by]
        said = f"{name} is {self.status} by policy {policy} ({how})"
        if self.limited_to:
            return f"{said}: its permission is for {' and '.join(self.limited_to)} only"
        why = one_line(self.rule.reason or "", 240).rstrip(". ")
        advisory = one_line(self.rule.advisory or "", 120)
        return said + (f": {why}" if why else "") + (f". Advisory: {advisory}" if advisory else "")

    def remedy(self, flag: str = "--model", *, prefix: str = "") -> str | None:
        """Return what to type instead, ready to paste: ``Use: --model qwen2.5:32b``.

        ``prefix`` is the route a seat takes to a local model: ``ollama_chat/``.
        """
        if self.rule is None or self.limited_to or not self.rule.replacement:
            return f"See what may be used with: council policy show {shlex.quote(one_line(self.policy, 60))}"
        word = one_line(self.rule.replacement, 80)
        word = word if "/" in word else prefix + word
        return f"Use: {flag}{'' if flag.endswith('=') else ' '}{shlex.quote(word)}"


class _Hit(NamedTuple):
    """One rule that matches."""

    status: ModelStatus
    how: Match
    rule: ModelRule
    same_as: str | None = None
    limited_to: tuple[str, ...] = ()


def standing_of(
    policy: Policy,
    name: str,
    *,
    digest: str | None = None,
    family: str | None = None,
    known_digests: Mapping[str, str] = MappingProxyType({}),
    use: Use | None = None,
    on: date | None = None,
) -> Standing:
    """Return what a policy says about a model, whichever way its name is written.

    Providers, registries, case, separators, quantisations and tunings do not matter where the rule does not name
    them. A copy under another name is known by its weights. The worst rule that matches wins, with one exception: a
    permission that names the model speaks before a rule for its family, unless that one bans. Refusals are read
    widely and permissions narrowly: a name that hints at other weights than the maker's is not permitted by it.

    Args:
        digest: of the weights, where it is known; else that of ``known_digests`` under this name.
        family: as the server tells it. It counts for refusals only, for a server calls many models ``llama``.
        known_digests: digests of the models on this machine by their names: a name with the same weights as a
            banned one is banned.
        use: what it is wanted for: a permission for something else leaves it discouraged, or banned where
            ``unlisted_models`` is.
        on: today, unless given. A permission ends on its day; bans and discouragements hold until they are removed.
    """
    weights = plain_digest(digest) or named_digest(name) or plain_digest(known_digests.get(local_name(name)))
    twins = _twins(name, weights, known_digests)
    today = on or now().date()
    hits = [
        hit
        for rule in policy.models
        if not (_permits(rule.status) and rule.expires is not None and rule.expires < today)
        and (hit := _hit(rule, name, weights, family, twins)) is not None
    ]
    return _verdict(policy, name, [_for_use(hit, use) for hit in hits])


def covers(wide: ModelRule, narrow: ModelRule) -> bool:
    """Whether one rule holds for every model that another one names.

    A discouraged family does not cover a permission by name: that is the exception people may make.
    """
    if narrow.name is None:
        return wide.family is not None and _belongs(wide.family, readings(narrow.family or ""), strict=False)
    how = _named(wide, narrow.name, strict=_permits(wide.status))
    excepted = how == "family" and wide.status == "discouraged" and _permits(narrow.status)
    return how is not None and not excepted


def _verdict(policy: Policy, name: str, hits: list[_Hit]) -> Standing:
    """Choose among the rules that match."""
    limited = [hit for hit in hits if hit.limited_to]
    refusals = [hit for hit in hits if not _permits(hit.rule.status)]
    permissions = [hit for hit in hits if not _permits_not(hit)]
    own = [hit for hit in permissions if hit.how != "family"]
    if own:
        refusals = [hit for hit in refusals if hit.status == "banned" or hit.how != "family"]
        limited = [hit for hit in limited if hit.how != "family"]
    if policy.unlisted_models == "banned" and not permissions and not refusals:
        limited = [hit._replace(status="banned") for hit in limited]
    chosen = refusals + limited or own or permissions
    if not chosen:
        return Standing(model=name, policy=policy.id, status=policy.unlisted_models, matched_by="unlisted")
    worst = max(chosen, key=lambda hit: (STATUSES.index(hit.status), -_HOW.index(hit.how), hit.rule.key))
    return Standing(
        model=name,
        policy=policy.id,
        status=worst.status,
        matched_by=worst.how,
        rule=worst.rule,
        same_as=worst.same_as,
        limited_to=worst.limited_to,
    )


def _permits(status: ModelStatus) -> bool:
    return status in ("recommended", "allowed")


def _permits_not(hit: _Hit) -> bool:
    return bool(hit.limited_to) or not _permits(hit.rule.status)


def _for_use(hit: _Hit, use: Use | None) -> _Hit:
    if use is None or not _permits(hit.rule.status) or use in hit.rule.uses:
        return hit
    return hit._replace(status="discouraged", limited_to=hit.rule.uses)


def _hit(rule: ModelRule, name: str, weights: str, family: str | None, twins: tuple[str, ...]) -> _Hit | None:
    strict = _permits(rule.status)
    if (how := _named(rule, name, strict)) is not None and how != "family":
        return _Hit(rule.status, how, rule)
    if weights and any(_begins(weights, entry) for entry in rule.digests):
        return _Hit(rule.status, "digest", rule)
    for twin in twins:
        if _named(rule, twin, strict) is not None:
            return _Hit(rule.status, "digest", rule, same_as=twin)
    if how == "family" or (not strict and rule.family and family and _same_family(rule.family, family)):
        return _Hit(rule.status, "family", rule)
    return None


def _named(rule: ModelRule, name: str, strict: bool) -> Match | None:
    asked = readings(name)[:1] if strict else readings(name)
    if rule.name is not None and _is(rule.name, asked, strict):
        return "name"
    if any(_is(alias, asked, strict) for alias in rule.aliases):
        return "alias"
    if rule.family is not None and _belongs(rule.family, asked, strict):
        return "family"
    return None


def _is(entry: str, asked: tuple[ModelName, ...], strict: bool) -> bool:
    """Whether a name of a rule means one of these readings of a name."""
    meant = read_name(entry)
    return bool(meant.stem) and any(
        name.stem == meant.stem
        and meant.size in (None, name.size)
        and meant.variants <= name.variants
        and (not strict or is_plain(name.variants - meant.variants))
        for name in asked
    )


def _belongs(entry: str, asked: tuple[ModelName, ...], strict: bool) -> bool:
    """Whether one of these readings is a model of a family: ``llama`` has ``llama3.1`` and not ``codellama``.

    A version goes on where it ends: ``qwen2.5-coder`` is of family ``qwen2.5``, and not of ``qwen2``.
    """
    family = read_name(entry).stem
    for name in asked if family else ():
        for end in range(1, len(name.words) + 1):
            rest = name.words[end:]
            if joined(name.words[:end]) != family or (rest and family[-1].isdigit() and rest[0].isdigit()):
                continue
            if not strict or (all(word.isdigit() for word in rest) and is_plain(name.variants)):
                return True
    return False


def _same_family(entry: str, told: str) -> bool:
    return read_name(entry).stem == read_name(told).stem != ()


def _begins(weights: str, entry: str) -> bool:
    wanted = plain_digest(entry)
    return len(wanted) >= SHORTEST_DIGEST and weights.startswith(wanted)


def _twins(name: str, weights: str, known_digests: Mapping[str, str]) -> tuple[str, ...]:
    """Return the other names on this machine that stand for the same weights, sorted."""
    if len(weights) < SHORTEST_DIGEST:
        return ()
    own = local_name(name)
    found = {twin for twin, known in known_digests.items() if same_weights(plain_digest(known), weights)}
    return tuple(sorted(found - {own, name}))


def same_weights(one: str, other: str) -> bool:
    """Whether two digests agree as far as both are told."""
    shared = min(len(one), len(other))
    return shared >= SHORTEST_DIGEST and one[:shared] == other[:shared]
