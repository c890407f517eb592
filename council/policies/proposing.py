"""What the evidence of a store says a policy should say: models to ban or discourage, rules to write down."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from council.policies.models import STATUSES, standing_of
from council.policies.records import ModelRule, ModelStatus, Policy, Rule
from council.text import one_line, plural
from council.types.base import Record
from council.types.benchmarks import Cell, Table
from council.types.consensus import Concern, EvidenceState
from council.types.facts import Source
from council.types.findings import Severity
from council.types.session import Session

_RATES = ("both_passed", "tests_passed")
"""Samples that pass plain and edge-case tests; without edge-case tests the plain rate, which can only be higher."""
_UPHELD_IN = 2
"""So many reviewed programs with a proved concern make a rule."""
_SEEN_IN = 3
"""So many with the same unproved concern do as well, where each was raised by two seats."""
_ALIKE = 0.5
"""Share of their words that two titles have in common when they say the same."""
_EMPTY = frozenset(
    "a an and are as at be by can does for from if in into is it its not of on or that the to with".split()
)


class Proposal(Record):
    """One change of a policy, and the evidence it rests on. People accept it, nobody else."""

    kind: Literal["ban", "discourage", "rule"]
    model: ModelRule | None = None
    rule: Rule | None = None
    because: str
    """One sentence with the numbers."""
    evidence: tuple[Source, ...]


def propose(
    policy: Policy,
    tables: Sequence[Table],
    sessions: Sequence[Session] = (),
    *,
    digests: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Proposal, ...]:
    """Return what should change: models by name, then rules by how often they were broken.

    A model is proposed for a ban when the whole 95 % interval of its rate lies below ``propose_ban_below``, and for
    discouragement when it lies below ``propose_discourage_below``; with fewer tasks than ``min_tasks`` nothing is.
    A benchmark that says otherwise of the same model silences the proposal. What the policy says already is not
    proposed again. ``digests`` are those of the benchmarked models, by name.
    """
    names = sorted({model for table in tables for model in table.models})
    models = [found for name in names if (found := _model(policy, name, tables, digests)) is not None]
    return (*models, *_rules(policy, sessions))


def _model(policy: Policy, name: str, tables: Sequence[Table], digests: Mapping[str, str]) -> Proposal | None:
    told = [
        (t, metric, cell) for t in tables if (found := _rate(t, name, policy)) is not None for metric, cell in [found]
    ]
    if not told:
        return None
    highest = max(cell.high for _, _, cell in told if cell.high is not None)
    limits = policy.advisory
    status: ModelStatus
    if highest < limits.propose_ban_below:
        status, limit = "banned", limits.propose_ban_below
    elif highest < limits.propose_discourage_below:
        status, limit = "discouraged", limits.propose_discourage_below
    else:
        return None
    standing = standing_of(policy, name, digest=digests.get(name))
    if STATUSES.index(standing.status) >= STATUSES.index(status):
        return None
    table, metric, cell = max(told, key=lambda entry: (entry[0].tasks, entry[0].benchmark_ids))
    what = "plain and edge-case tests" if metric == _RATES[0] else "plain tests"
    share = f"{(cell.value or 0) * 100:.0f} % of its programs pass {what}"
    interval = f"95 % interval {(cell.low or 0) * 100:.0f} to {(cell.high or 0) * 100:.0f} %"
    reason = f"{share} ({interval}; {cell.of} programs for {plural(table.tasks, 'task')})"
    return Proposal(
        kind="ban" if status == "banned" else "discourage",
        model=ModelRule(
            name=name,
            status=status,
            reason=reason,
            advisory=_slug(name),
            replacement=_replacement(policy, name, tables),
            digests=(digests[name],) if name in digests else (),
        ),
        because=f"{reason}; the whole interval lies below {limit:.0%}",
        evidence=tuple(
            Source(kind="benchmark", id=id_, pointer=f"table/{metric}/{_escaped(name)}")
            for table, metric, _ in told
            for id_ in table.benchmark_ids
        ),
    )


def _rate(table: Table, name: str, policy: Policy) -> tuple[str, Cell] | None:
    """Return the rate that counts of a model with its interval, where it rests on enough tasks."""
    for metric in _RATES:
        row = table.row(metric)
        cell = row.cell(name) if row else None
        if cell is not None and cell.value is not None:
            enough = table.tasks >= policy.advisory.min_tasks and cell.high is not None
            return (metric, cell) if enough else None
    return None


def _replacement(policy: Policy, name: str, tables: Sequence[Table]) -> str | None:
    """Return the best model of a table that is shown to be better: its interval lies wholly above."""
    better: list[tuple[float, str]] = []
    for table in tables:
        own = _rate(table, name, policy)
        for other in table.models if own is not None else ():
            found = _rate(table, other, policy)
            if own is None or found is None or found[0] != own[0]:
                continue
            low, high = found[1].low, own[1].high
            bad = standing_of(policy, other).status in ("discouraged", "banned")
            if low is not None and high is not None and low > high and not bad:
                better.append((low, other))
    return max(better)[1] if better else None


def _rules(policy: Policy, sessions: Sequence[Session]) -> list[Proposal]:
    """Propose a rule for what councils found again and again, in different programs."""
    raised = [
        (session, concern)
        for session in sessions
        for concern in (session.consensus.concerns if session.consensus else ())
        if concern.state is EvidenceState.UPHELD or (len(concern.seats) > 1 and concern.state not in _DOUBTED)
    ]
    raised.sort(key=lambda entry: (entry[0].session_id, entry[1].id))
    known = [_words(rule.text) for rule in policy.rules]
    found = []
    for group in _groups(raised):
        upheld = {s.submission.digest for s, concern in group if concern.state is EvidenceState.UPHELD}
        seen = {s.submission.digest for s, _ in group}
        title = _title([concern for _, concern in group])
        if (len(upheld) < _UPHELD_IN and len(seen) < _SEEN_IN) or any(_like(_words(title), words) for words in known):
            continue
        found.append(_rule(title, group, len(seen), len(upheld)))
    return sorted(found, key=lambda proposal: (-len(proposal.evidence), proposal.because))


_DOUBTED = (EvidenceState.REFUTED, EvidenceState.DISPUTED)


def _rule(title: str, group: Sequence[tuple[Session, Concern]], seen: int, upheld: int) -> Proposal:
    worst = max((concern.severity for _, concern in group), key=lambda severity: severity.rank)
    severity = Severity.HIGH if worst is Severity.UNKNOWN else worst
    proved = f", proved in {upheld} of them" if upheld else ""
    return Proposal(
        kind="rule",
        rule=Rule(id=_slug(title)[:40].strip("-"), text=title, severity=severity, enforced_by=("reviewers",)),
        because=f"the councils raised it in {plural(seen, 'program')}{proved}",
        evidence=tuple(
            Source(kind="session", id=session.session_id, pointer=f"concerns/{concern.id}")
            for session, concern in group
        ),
    )


def _groups(raised: Sequence[tuple[Session, Concern]]) -> list[list[tuple[Session, Concern]]]:
    """Put concerns with like titles together; one that is like two groups joins them."""
    groups: list[list[tuple[Session, Concern]]] = []
    for entry in raised:
        words = _words(entry[1].title)
        near = [group for group in groups if any(_like(words, _words(concern.title)) for _, concern in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(member for group in near for member in group), entry])
    return groups


def _title(concerns: Sequence[Concern]) -> str:
    """Return the title most concerns have; among equals the shortest."""
    titles = [one_line(concern.title, 160).rstrip(".") for concern in concerns]
    return min(titles, key=lambda title: (-titles.count(title), len(title), title)) + "."


def _words(text: str) -> frozenset[str]:
    return frozenset(word[:6] for word in re.findall(r"[^\W_]+", text.lower()) if word not in _EMPTY)


def _like(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and len(one & other) / len(one | other) >= _ALIKE


def _slug(text: str) -> str:
    """Return a text as an id: ``codellama:34b`` → ``codellama-34b``."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")[:80] or "unnamed"


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
