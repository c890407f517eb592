"""``council advise``: the advisory about a model, from the store."""

from __future__ import annotations

import argparse

from council.advising import trace
from council.advisories import Advised, Prose, conclude, keep, kept_prose, study_model, write_prose
from council.cli.common import emit, resolve, run_async, tell, tell_how_found, writable_target
from council.errors import UsageError
from council.models import open_client
from council.policies import Policy, load_policy
from council.rendering import Documents
from council.settings import Settings
from council.store import open_store
from council.templating import Templates
from council.text import one_line
from council.types.advisories import Advisory

_MOST_NAMED = 20


def run(options: argparse.Namespace) -> int:
    """Write the advisory; 1 when ``--strict`` finds a number without a source."""
    _check(options)
    settings = resolve(options).settings
    writable_target(options.output)
    policy = load_policy(settings.policy, folders=settings.policy_folders)
    store = open_store(settings.store_url, readonly=not settings.store)
    try:
        study = study_model(
            options.model,
            archive=store,
            policy=policy,
            against=options.against,
            benchmarks=options.benchmarks,
            memory_gb=options.memory,
        )
        done = conclude(study, _prose(conclude(study), policy, settings, options))
        text = Documents(settings.templates_dir).render(done.advisory, document="markdown")
        if not _traced(text, done.advisory) and options.strict:
            tell("council: nothing is written, because of --strict\n")
            return 1
        if settings.store:
            keep(store, done)
    finally:
        store.close()
    emit(_shown(done.advisory, text, settings, options.format), options.output)
    _tell(done, options)
    tell_how_found(policy, settings)
    return 0


def _check(options: argparse.Namespace) -> None:
    if options.prose != (options.chair is not None):
        problem = "--prose needs --chair MODEL" if options.prose else "--chair is for --prose"
        raise UsageError(problem, "For example: --prose --chair ollama_chat/qwen2.5:32b")
    if options.memory is not None and not 0 < options.memory < 1e6:
        raise UsageError(f"--memory {options.memory:g}: must be a number of GB above 0")


def _prose(draft: Advised, policy: Policy, settings: Settings, options: argparse.Namespace) -> Prose | None:
    """Return the summary of the chair, kept or new; ``None`` without one, or where it was refused."""
    if not options.prose:
        return kept_prose(draft)
    kept = kept_prose(draft)
    if kept is not None and kept.chair == options.chair:
        return kept
    templates = Templates(settings.templates_dir)
    client = open_client(settings)
    written = run_async(write_prose(draft.advisory, options.chair, policy=policy, client=client, templates=templates))
    if written.refused is None:
        return written
    chair = one_line(options.chair, 80)
    tell(f"council: the summary of {chair} is not used: {one_line(written.refused, 300)}\n")
    return None


def _traced(text: str, advisory: Advisory) -> bool:
    """Name on standard error what a document states that comes from no fact; a team's own template may do so."""
    untraced = trace(text, advisory)
    for entry in untraced[:_MOST_NAMED]:
        tell(f"council: {entry}: comes from no fact\n")
    if len(untraced) > _MOST_NAMED:
        tell(f"council: and {len(untraced) - _MOST_NAMED} more that come from no fact\n")
    return not untraced


def _shown(advisory: Advisory, text: str, settings: Settings, form: str) -> str:
    if form == "json":
        return Documents(settings.templates_dir).render(advisory, document="json")
    if form == "html":
        from council.rendering.pages import first_heading, to_page  # only a page needs it

        return to_page(text, title=first_heading(text) or advisory.subject, templates=settings.templates_dir)
    return text


def _tell(done: Advised, options: argparse.Namespace) -> None:
    if options.quiet or done.advisory.version is None:
        return
    what = "new" if done.new_version is not None else "no fact has changed"
    tell(f"council: {done.advisory.version.text} of the advisory: {what}\n")
