"""One audit, from the paths to the ranked list."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from council.auditing import Found, Names, Tree, TreeFile, find_marks, read_around, read_tree, same_model
from council.audits.knowing import Memory, remember
from council.audits.ranking import rank_file
from council.audits.validating import find_tests, validate_files
from council.generation import read_provenance
from council.policies import ModelRule, Policy, standing_of
from council.policies.models import STATUSES
from council.protocols import Sandbox, Store
from council.sandbox import open_sandbox
from council.settings import Settings
from council.types.audits import Audit, AuditedFile, AuditStep, ModelMark
from council.types.base import now
from council.types.checks import ValidationReport

Listener = Callable[[AuditStep], None]
_EVERY = 20
"""Files between two steps that are told."""


async def audit(
    paths: Sequence[str | Path],
    *,
    models: Sequence[str] = (),
    since: datetime | None = None,
    settings: Settings,
    archive: Store | None,
    policy: Policy,
    validate: bool = True,
    sandbox: Sandbox | None = None,
    on_event: Listener | None = None,
) -> Audit:
    """Find the traces of models in a tree, check the files that carry one, and rank them by risk.

    Args:
        paths: files and folders.
        models: names to look for; without them what the policy discourages or bans, and without that every model.
        since: leaves out traces that are known to be older.
        archive: sessions and benchmarks whose code is recognised; ``None`` for none.
        validate: whether the files are checked in the sandbox, with the tests that are found for them.
        sandbox: what checks them; ``None`` opens the best one that works here.
        on_event: hears the progress.

    Raises:
        SourceError: for a path that is not there.
        SandboxError: when nothing can be executed.
    """
    started = time.monotonic()
    tell = on_event or _deaf
    looked_for = Wanted(policy, tuple(models))
    tree, memory, found = await asyncio.to_thread(_search, paths, looked_for, since, settings, archive, tell)
    by_path: dict[str, list[ModelMark]] = {}
    for mark in found.marks:
        by_path.setdefault(mark.path, []).append(mark)
    files = [tree.files[at] for at, file in enumerate(tree.files) if file.path in by_path]
    reports: Mapping[str, ValidationReport] = {}
    around = tree
    if validate and files:
        around = await asyncio.to_thread(read_around, tree, limit_kb=settings.max_file_kb)
        walled = sandbox or open_sandbox(settings)
        reports = await validate_files(around, files, policy, walled, settings=settings, on_event=tell)
    audited = [
        _audited(around, file, tuple(by_path[file.path]), reports.get(file.path), looked_for, memory) for file in files
    ]
    return Audit(
        models=looked_for.names,
        policy=policy.id,
        files_seen=len(tree.files),
        files=tuple(sorted(audited, key=lambda file: (-file.risk, file.path))),
        since=since,
        unread=(*found.unread, *memory.unread),
        duration_s=round(time.monotonic() - started, 3),
    )


class Wanted:
    """Which models are looked for, and what the policy says of one."""

    def __init__(self, policy: Policy, models: tuple[str, ...]) -> None:
        self.policy = policy
        self._refused = [rule for rule in policy.models if rule.status in ("discouraged", "banned")]
        by_policy = bool(self._refused) or policy.unlisted_models != "allowed"
        self.names = models or tuple(sorted(rule.key for rule in self._refused))
        self._asked = [*models, *(alias for rule in policy.models for alias in _aliases(rule, models))]
        self._every = not models and not by_policy
        self.spellings = (*models, *(name for rule in policy.models for name in _names(rule)))

    def __call__(self, model: str) -> bool:
        """Whether a model, as it is named in a trace, is looked for."""
        if self._asked:
            return any(same_model(asked, model) for asked in self._asked)
        return self._every or self.status(model) in ("discouraged", "banned")

    def status(self, model: str) -> str:
        """Return what the policy says of a model. A name that does not tell its size may be any size that is listed."""
        rule = self.rule(model)
        return standing_of(self.policy, model).status if rule is None else rule.status

    def rule(self, model: str) -> ModelRule | None:
        """Return the rule for a model, or ``None`` where nobody has listed it."""
        standing = standing_of(self.policy, model)
        if standing.rule is not None:
            return standing.rule
        vague = [rule for rule in self._refused if any(same_model(name, model) for name in _names(rule))]
        return max(vague, key=lambda rule: (STATUSES.index(rule.status), rule.key), default=None)


def _names(rule: ModelRule) -> tuple[str, ...]:
    return tuple(name for name in (rule.name, rule.family, *rule.aliases) if name)


def _aliases(rule: ModelRule, models: tuple[str, ...]) -> tuple[str, ...]:
    """Return the other names of a model that is asked for."""
    same = any(same_model(asked, name) for asked in models for name in _names(rule))
    return rule.aliases if same and rule.name else ()


def _search(
    paths: Sequence[str | Path],
    looked_for: Wanted,
    since: datetime | None,
    settings: Settings,
    archive: Store | None,
    tell: Listener,
) -> tuple[Tree, Memory, Found]:
    def count(done: int, total: int) -> None:
        if done % _EVERY == 0 or done == total:
            tell(AuditStep(stage="searched", done=done, total=total))

    tree = read_tree(paths, limit_kb=settings.max_file_kb)
    memory = remember(archive)
    found = find_marks(
        tree,
        names=Names(looked_for.spellings),
        wanted=looked_for,
        known=memory.known,
        read_header=read_provenance,
        since=since,
        on_file=count,
    )
    return tree, memory, found


def _audited(
    tree: Tree,
    file: TreeFile,
    marks: tuple[ModelMark, ...],
    report: ValidationReport | None,
    looked_for: Wanted,
    memory: Memory,
) -> AuditedFile:
    dates = [mark.marked_at for mark in marks if mark.marked_at is not None]
    tests = find_tests(tree, file.path)
    blank = AuditedFile(
        path=file.path,
        marks=marks,
        status=max((looked_for.status(mark.model) for mark in marks), key=STATUSES.index),
        lines=len(file.lines),
        report=report,
        tests=tests,
        upheld=memory.upheld_in(file.text),
        age_days=max(0, (now() - min(dates)).days) if dates else None,
        risk=0.0,
    )
    return rank_file(blank)


def _deaf(step: AuditStep) -> None:
    """Listen to nothing."""
