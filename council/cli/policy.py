"""``council policy list | show | lint | diff | propose | schema``."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from council.cli.common import emit, resolve, tell, writable_target
from council.errors import PolicyError
from council.policies import (
    Policy,
    Proposal,
    compare_policies,
    difference,
    json_schema,
    lay_over,
    lint_policy,
    list_panels,
    list_policies,
    load_panel,
    load_policy,
    origins_of,
    patched,
    propose,
    read_chain,
)
from council.protocols import Archive
from council.rendering.terminal.policy import changes_page, policies_page, policy_page, remarks_page, show_page
from council.settings import Settings
from council.text import one_line, plural
from council.types.benchmarks import Table
from council.types.session import Session
from council.validation.codes import known_codes

_MOST = 1000
"""Sessions and benchmarks that are looked at, the newest first."""


def run(options: argparse.Namespace) -> int:
    """Do one of the verbs."""
    settings = resolve(options).settings
    return _VERBS[options.verb](options, settings)


def _list(options: argparse.Namespace, settings: Settings) -> int:
    folders = settings.policy_folders
    policies = [load_policy(name, folders=folders) for name in list_policies(folders=folders)]
    if options.format == "json":
        _emit_json([_summary(policy) for policy in policies])
    else:
        show_page(lambda sheet: policies_page(policies, sheet))
    return 0


def _show(options: argparse.Namespace, settings: Settings) -> int:
    chain = read_chain(options.policy or settings.policy, folders=settings.policy_folders)
    policy, origins = lay_over(chain), origins_of(chain)
    if options.format == "json":
        files = [file.path.name for file in chain]
        _emit_json({"policy": policy.model_dump(mode="json"), "files": files, "origins": origins})
    else:
        show_page(lambda sheet: policy_page(policy, chain, origins, sheet))
    return 0


def _lint(options: argparse.Namespace, settings: Settings) -> int:
    folders = settings.policy_folders
    chain = read_chain(options.policy or settings.policy, folders=folders)
    panels = [load_panel(name, folders=folders) for name in list_panels(folders=folders)]
    remarks = lint_policy(chain, panels=panels, codes=known_codes())
    if options.format == "json":
        _emit_json([remark.model_dump(mode="json") for remark in remarks])
    else:
        show_page(lambda sheet: remarks_page(lay_over(chain), remarks, sheet))
    return int(any(options.strict or remark.level != "note" for remark in remarks))


def _diff(options: argparse.Namespace, settings: Settings) -> int:
    before, after = (load_policy(name, folders=settings.policy_folders) for name in (options.before, options.after))
    changes = compare_policies(before, after)
    if options.format == "json":
        _emit_json([change.model_dump(mode="json") for change in changes])
    else:
        show_page(lambda sheet: changes_page(changes, before.id, after.id, sheet))
    return 0


def _propose(options: argparse.Namespace, settings: Settings) -> int:
    writable_target(options.output)
    chain = read_chain(options.policy or settings.policy, folders=settings.policy_folders)
    policy, file = lay_over(chain), chain[-1].path
    proposals = _proposals(policy, settings)
    if not proposals:
        tell(f"council: the store holds nothing that {one_line(policy.id, 60)} does not say already\n")
        return 0
    for proposal in proposals:
        tell(f"{_head(proposal)}: {one_line(proposal.because, 300)}\n")
    before = _text(file)
    emit(difference(before, patched(before, proposals, name=file.name), path=_shown(file)), options.output)
    word = f"git apply {one_line(options.output)}" if options.output else f"{_again(options)} | git apply"
    tell(f"{plural(len(proposals), 'proposal')}; the policy is unchanged. Accept them with: {word}\n")
    return 0


def _again(options: argparse.Namespace) -> str:
    return shlex.join(["council", "policy", "propose", *([one_line(options.policy)] if options.policy else [])])


def _schema(options: argparse.Namespace, settings: Settings) -> int:
    writable_target(options.output)
    schema = json_schema("panel" if options.of_panel else "policy")
    emit(json.dumps(schema, indent=2, ensure_ascii=False), options.output)
    return 0


def _proposals(policy: Policy, settings: Settings) -> tuple[Proposal, ...]:
    """Read benchmarks and sessions of the store and return what follows from them."""
    from council.measuring import tabulate
    from council.store import open_store

    tables: list[Table] = []
    digests: dict[str, str] = {}
    with closing(open_store(settings.store_url, readonly=True)) as archive:
        for summary in archive.list_benchmarks(limit=_MOST):
            benchmark = archive.read_benchmark(summary.benchmark_id)
            tables.append(tabulate(benchmark, archive.read_samples(benchmark.benchmark_id)))
            digests |= {m.name: m.digest for m in reversed(benchmark.models) if m.digest and m.name not in digests}
        sessions = tuple(_sessions(archive))
    return propose(policy, tables, sessions, digests=digests)


def _sessions(archive: Archive) -> Iterator[Session]:
    for summary in archive.list_sessions(limit=_MOST):
        if summary.decision is not None:
            yield archive.read_session(summary.session_id)


def _head(proposal: Proposal) -> str:
    entry = proposal.model.key if proposal.model is not None else proposal.rule.id if proposal.rule is not None else ""
    return f"{proposal.kind} {one_line(entry, 80)}"


def _summary(policy: Policy) -> dict[str, Any]:
    banned = [rule.key for rule in policy.models if rule.status == "banned"]
    told = {"id": policy.id, "title": policy.title, "extends": policy.extends, "rules": len(policy.rules)}
    return {**told, "models": len(policy.models), "banned": banned}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{one_line(file.name)} cannot be read ({type(error).__name__})") from None


def _shown(file: Path) -> str:
    """Return where the file is as a patch names it: from here, else by its name alone."""
    try:
        return file.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return file.name


def _emit_json(value: Sequence[Any] | dict[str, Any]) -> None:
    emit(json.dumps(value, indent=2, ensure_ascii=False), None)


_VERBS = {"list": _list, "show": _show, "lint": _lint, "diff": _diff, "propose": _propose, "schema": _schema}
