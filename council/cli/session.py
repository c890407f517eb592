"""``council session list | show | replay | resume | export | delete``."""

from __future__ import annotations

import argparse
import json

from council.cli.common import emit, resolve, tell, writable_target
from council.errors import UsageError
from council.protocols import Store
from council.rendering import Documents, terminal
from council.settings import Settings
from council.store import open_store


def run(options: argparse.Namespace) -> int:
    """Do one of the verbs with the store of the settings."""
    if options.verb in ("replay", "resume"):
        from council.cli import rehearing  # with what only a sitting needs

        return rehearing.run(options)
    settings = resolve(options).settings
    store = open_store(settings.store_url, readonly=options.verb != "delete")
    try:
        return _VERBS[options.verb](store, options, settings)
    finally:
        store.close()


def _list(store: Store, options: argparse.Namespace, settings: Settings) -> int:
    if options.limit < 1:
        raise UsageError(f"--limit {options.limit}: must be at least 1")
    sessions = store.list_sessions(limit=options.limit)
    if options.format == "json":
        emit(json.dumps([summary.model_dump(mode="json") for summary in sessions], indent=2), None)
    else:
        terminal.show_sessions(sessions)
    return 0


def _show(store: Store, options: argparse.Namespace, settings: Settings) -> int:
    session = store.read_session(options.id)
    if options.concern is not None:
        concerns = session.consensus.concerns if session.consensus else ()
        concern = next((c for c in concerns if c.id == options.concern), None)
        if concern is None:
            known = ", ".join(c.id for c in concerns) or "none"
            raise UsageError(f"session {session.session_id} has no concern {options.concern!r}", f"It has: {known}")
        terminal.show_concern(concern, session)
    elif options.format == "text":
        emit(terminal.session_text(session), None)
    else:
        emit(Documents(settings.templates_dir).render(session, document=options.format), None)
    return 0


def _export(store: Store, options: argparse.Namespace, settings: Settings) -> int:
    writable_target(options.output)
    emit(store.read_session(options.id).model_dump_json(indent=2), options.output)
    return 0


def _delete(store: Store, options: argparse.Namespace, settings: Settings) -> int:
    tell(f"deleted {store.delete_session(options.id)}\n")
    return 0


_VERBS = {"list": _list, "show": _show, "export": _export, "delete": _delete}
