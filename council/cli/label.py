"""``council label``: what turned out to be true, and what follows from it for the seats."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from council import consensus
from council.cli.common import emit, resolve, tell
from council.errors import UsageError
from council.protocols import Archive
from council.rendering import terminal
from council.store import open_store
from council.text import one_line, plural
from council.types.base import now
from council.types.labels import Case, Label, LabelOrigin, LabelWord
from council.types.session import Session

_OF_FINDING = (LabelWord.REAL, LabelWord.FALSE)


def run(options: argparse.Namespace) -> int:
    """Label, take back, list or show the seats, with the store of the settings."""
    settings = resolve(options).settings
    _read_finding(options)
    looking = options.listing or options.standing
    _refuse(options, looking)
    store = open_store(settings.store_url, readonly=looking)
    try:
        if options.standing:
            return _show_seats(store, options)
        if options.listing:
            return _show_labels(store, options)
        return _take_back(store, options) if options.undo else _put(store, options)
    finally:
        store.close()


def _read_finding(options: argparse.Namespace) -> None:
    """Take ``--finding N``, ``--finding N real`` and ``real --finding N`` for the same."""
    named, *words = options.finding or [None]
    if words:
        if len(words) > 1 or options.word is not None or words[0] not in tuple(LabelWord):
            said = one_line(" ".join(words), 60)
            raise UsageError(f"after --finding N comes real or false, not {said!r}", "council label --help shows how")
        options.word = words[0]
    options.finding = named


def _refuse(options: argparse.Namespace, looking: bool) -> None:
    """Say what does not go together, before anything is opened."""
    if looking and (options.word or options.finding or (options.standing and options.session)):
        raise UsageError(
            "--list and --seats only show", "Leave out what they do not take: council label --list [SESSION]"
        )
    if looking:
        return
    if options.session is None:
        raise UsageError("no session was named", "council session list shows them all; then: council label ID good")
    if options.undo:
        if options.word:
            raise UsageError("--undo takes no word", f"council label {one_line(options.session, 40)} --undo")
        return
    if options.word is None:
        raise UsageError(
            "say what turned out", "good or bad for the code; with --finding N: real or false for that finding"
        )
    of_finding = LabelWord(options.word) in _OF_FINDING
    if of_finding and options.finding is None:
        raise UsageError(f"{options.word} is said of a finding", f"Name it: --finding N {options.word}")
    if not of_finding and options.finding is not None:
        raise UsageError(f"{options.word} is said of the code, not of a finding", "A finding is real or false")


def _put(store: Archive, options: argparse.Namespace) -> int:
    session, word, when = store.read_session(options.session), LabelWord(options.word), now()
    if options.finding is None:
        if not session.reviews and session.consensus is None:
            raise UsageError(
                f"session {session.session_id} has judged nothing", "Only what was reviewed can turn out right or wrong"
            )
        labels = [_label(session, None, word, when, consensus.case_of(session))]
    else:
        named = _findings(session, options.finding)
        labels = [_label(session, name, word, when, consensus.finding_case(session, name)) for name in named]
    for label in labels:
        store.put_label(label)
    if options.format == "json":
        emit(_json(labels), None)
    else:
        emit(_said(session, labels), None)
        tell(f"take it back with: council label {session.session_id}{_again(options)} --undo\n")
    return 0


def _take_back(store: Archive, options: argparse.Namespace) -> int:
    session = store.read_session(options.session)
    named = (None,) if options.finding is None else _findings(session, options.finding)
    gone = [store.delete_label(session.session_id, name, LabelOrigin.PERSON) for name in named]
    if not any(gone):
        raise UsageError(
            f"nobody has labelled {'that finding of ' if options.finding else ''}session {session.session_id}",
            "council label --list shows what is labelled",
        )
    tell(f"took back {plural(sum(gone), 'label')} of session {session.session_id}\n")
    return 0


def _show_labels(store: Archive, options: argparse.Namespace) -> int:
    labels = store.list_labels(options.session)
    if options.format == "json":
        emit(_json(labels), None)
    elif labels:
        terminal.show_labels(labels)
    else:
        emit("Nothing is labelled yet. Say what turned out with: council label SESSION good", None)
    return 0


def _show_seats(store: Archive, options: argparse.Namespace) -> int:
    record = consensus.learn(store.list_labels())
    if options.format == "json":
        emit(json.dumps(record.model_dump(mode="json"), indent=2), None)
    else:
        terminal.show_track_record(record)
    return 0


def _findings(session: Session, typed: str) -> tuple[str, ...]:
    """Return the ids of the findings that a concern's number or a finding's id stands for."""
    concerns = session.consensus.concerns if session.consensus is not None else ()
    for concern in concerns:
        if concern.id == typed:
            return tuple(sorted({finding.id for finding in concern.members}))
    known = {finding.id for concern in concerns for finding in concern.members}
    if typed in known:
        return (typed,)
    there = ", ".join(concern.id for concern in concerns[:20]) or "none"
    raise UsageError(f"session {session.session_id} has no concern {one_line(typed, 40)!r}", f"It has: {there}")


def _label(session: Session, finding_id: str | None, word: LabelWord, when: object, case: Case) -> Label:
    values = {"session_id": session.session_id, "finding_id": finding_id, "word": word, "labelled_at": when}
    return Label.model_validate({**values, "case": case})


def _said(session: Session, labels: Sequence[Label]) -> str:
    """Return what was kept, and what it means for the decision that had been made."""
    first = labels[0]
    if first.finding_id is not None:
        who = ", ".join(sorted({label.case.raised_by for label in labels if label.case.raised_by is not None}))
        raised = f", raised by {one_line(who, 200)}" if who else ""
        return f"{plural(len(labels), 'finding')} of session {session.session_id}: {first.word.value}{raised}"
    right = consensus.was_right(first.case.decision, first.word is LabelWord.GOOD)
    meaning = "" if right is None else ": the council was right" if right else ": the council was wrong"
    return f"session {session.session_id}: the code was {first.word.value}{meaning}"


def _again(options: argparse.Namespace) -> str:
    return f" --finding {one_line(options.finding, 60)}" if options.finding is not None else ""


def _json(labels: Sequence[Label]) -> str:
    return json.dumps([label.model_dump(mode="json") for label in labels], indent=2)
