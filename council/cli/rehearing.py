"""``council session replay | resume``: a kept session is decided again, or completed."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Mapping
from pathlib import Path

from council.cli.common import emit, parse_sets, resolve, run_async, tell, writable_target
from council.cli.walls import walls
from council.consensus import learn
from council.engine import Council
from council.errors import SettingsError, UsageError
from council.keeping import learn_from
from council.policies import Voting
from council.rehearings import replay_session, resume_session, retired_seats, seats_to_ask
from council.rendering import Documents, terminal
from council.settings import Settings
from council.store import open_store
from council.text import one_line
from council.types.session import Session

_OF_A_POLICY = ("voting", "criteria", "checks_only", *Voting.model_fields)
_HEEDED = ("policies_dir", "templates_dir", "store", "store_url")
"""Settings that mean something where nobody is asked and nothing is run."""
_ASKED = ("panel", "seats")


def run(options: argparse.Namespace) -> int:
    """Do one of the two verbs and return the exit code of the decision."""
    return _replay(options) if options.verb == "replay" else _resume(options)


def _resume(options: argparse.Namespace) -> int:
    if options.record and options.replay:
        raise UsageError("--record and --replay contradict each other", "Give one of them")
    settings = resolve(options).settings
    writable_target(options.output)
    session = run_async(_completed(settings, options))
    _show(session, options, settings)
    for note in session.notes:
        tell(f"council: {one_line(note, 400)}\n")
    return session.consensus.decision.exit_code if session.consensus else 3


async def _completed(settings: Settings, options: argparse.Namespace) -> Session:
    record = Path(options.record) if options.record else None
    replay = Path(options.replay) if options.replay else None
    async with Council.from_settings(settings, record=record, replay=replay, sandbox=walls(options, settings)) as house:
        with terminal.LiveSitting(quiet=options.quiet) as live:
            return await resume_session(house, options.id, force=options.force, on_event=live.hear)


def _replay(options: argparse.Namespace) -> int:
    given = parse_sets(options.sets)
    changes = {name: value for name, value in given.items() if name in _OF_A_POLICY}
    options.sets = [word for word in options.sets if _key(word) not in _OF_A_POLICY]
    policy = options.policy or given.get("policy")
    _refuse_useless(given)
    settings = resolve(options).settings
    writable_target(options.output)
    store = open_store(settings.store_url, readonly=not settings.store)
    try:
        session = replay_session(
            store.read_session(options.id),
            policy=policy,
            changes=changes,
            folders=settings.policy_folders,
            record=learn_from(store, learn),
        )
        if settings.store:
            store.open_session(session)
    finally:
        store.close()
    _show(session, options, settings)
    return session.consensus.decision.exit_code if session.consensus else 3


def _refuse_useless(given: Mapping[str, object]) -> None:
    """Refuse what a replay cannot do, and say what changes nothing. Raises ``UsageError``."""
    for name in given:
        if name in _ASKED:
            raise UsageError(
                f"--set {name}: a replay asks nobody, so no other seats can speak in it",
                f"Let them sit with: council review FILE --set {name}=…",
            )
        if name not in Settings.model_fields and name not in _OF_A_POLICY:
            close = difflib.get_close_matches(name, [*_OF_A_POLICY, *Settings.model_fields], 1)
            remedy = f"Did you mean {close[0]}?" if close else "council session replay --help lists what decides"
            raise SettingsError(
                f"--set {one_line(name, 60)}: there is no such setting, and no such part of a policy", remedy
            )
        if name not in (*_OF_A_POLICY, *_HEEDED, "policy"):
            tell(f"council: {one_line(name, 60)} changes nothing here: a replay asks nobody and runs nothing\n")


def _show(session: Session, options: argparse.Namespace, settings: Settings) -> None:
    if options.format == "text":
        steps: tuple[tuple[str, str], ...] = ()
        if session.revision is not None:
            word = f"council session show {session.revision.session_id}"
            steps = ((word, "the session as it was decided before"),)
        else:
            steps = resume_steps(session, settings.policy_folders)
        emit(terminal.session_text(session, steps, plain=options.output is not None), options.output)
    else:
        emit(Documents(settings.templates_dir).render(session, document=options.format), options.output)


def resume_steps(session: Session, folders: tuple[Path, ...] = ()) -> tuple[tuple[str, str], ...]:
    """Return the command that asks the seats that are missing, where asking again may help."""
    asked = session.consensus is not None and not session.consensus.checks_only
    missing = seats_to_ask(session, retired_seats(session, folders)) if asked else ()
    if not missing:
        return ()
    who = one_line(missing[0].name, 60) if len(missing) == 1 else f"the {len(missing)} seats that are missing"
    return ((f"council session resume {session.session_id}", f"asks only {who}, and decides anew"),)


def _key(word: str) -> str:
    return word.partition("=")[0].strip().replace("-", "_").partition(".")[0]
