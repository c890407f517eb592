"""``council review … --apply-fix N``: writes a fix that was run and held into its file, after asking."""

from __future__ import annotations

import argparse
import sys
from hashlib import sha256
from pathlib import Path

from council.cli.common import emit, tell, write_whole
from council.errors import StoreError, UsageError
from council.evidence import fixed_file
from council.policies import difference
from council.settings import Settings, default_store_path
from council.store import open_store
from council.text import one_line, printable
from council.types.consensus import Concern
from council.types.evidence import Evidence, FixOutcome, FixTrial
from council.types.findings import Finding
from council.types.session import Session, SessionKind, SessionState
from council.types.submission import Submission

_LOOKED_AT = 40
"""So many of the newest sessions are searched for one over the same code."""


def check_asking(options: argparse.Namespace) -> None:
    """Find out before any work whether somebody can answer. Raises ``UsageError``."""
    if options.yes and options.apply_fix is None:
        raise UsageError("--yes answers what only --apply-fix asks", "Add --apply-fix N")
    if options.apply_fix is not None and not options.yes and not sys.stdin.isatty():
        raise UsageError("--apply-fix asks before it writes, and nobody is there to answer", "Answer with --yes")


def earlier_session(submission: Submission, settings: Settings) -> Session | None:
    """Return the newest finished sitting over exactly this code, so that nobody is asked twice for one fix."""
    if not settings.store or (settings.store_url is None and not default_store_path().exists()):
        return None
    try:
        store = open_store(settings.store_url, readonly=True)
    except StoreError:
        return None
    try:
        for summary in store.list_sessions(limit=_LOOKED_AT):
            if (summary.kind, summary.state) == (SessionKind.REVIEW, SessionState.FINISHED):
                session = store.read_session(summary.session_id)
                same = session.submission.digest == submission.digest and session.consensus is not None
                if same and session.policy == Path(settings.policy).stem:
                    return session
    finally:
        store.close()
    return None


def verified_fix(concern: Concern) -> tuple[Evidence, FixTrial] | None:
    """Return the fix of a concern that was run and held, with its evidence; ``None`` where there is none."""
    for evidence in concern.evidence:
        if evidence.fix is not None and evidence.fix.outcome is FixOutcome.VERIFIED and evidence.fix.patch:
            return evidence, evidence.fix
    return None


def apply_fix(session: Session, options: argparse.Namespace) -> int:
    """Show the patch of concern N, ask, and write it. Returns 0 when it was written, 1 when it was declined."""
    concerns = session.consensus.concerns if session.consensus else ()
    concern = next((one for one in concerns if one.id == options.apply_fix), None)
    if concern is None:
        known = ", ".join(one.id for one in concerns) or "none"
        shown = one_line(options.apply_fix, 40)
        raise UsageError(f"session {session.session_id} has no concern {shown!r}", f"It has: {known}")
    found = verified_fix(concern)
    if found is None:
        tried = next((e.fix.reason for e in concern.evidence if e.fix is not None), "nobody proposed one that was run")
        raise UsageError(f"concern {concern.id} has no fix that held: {one_line(tried, 200)}")
    evidence, trial = found
    path, text = _target(trial, options.paths), _fixed_text(evidence, trial, session)
    emit(printable(trial.patch or ""), None)
    if not options.yes and not _agrees(f"Write this to {one_line(str(path), 120)}? [y/N] "):
        tell("council: nothing was written\n")
        return 1
    if _digest(path) != trial.sha256:
        raise UsageError(f"{one_line(str(path))} has changed while you were asked", "Review it again")
    write_whole(path, text.encode("utf-8"))
    tell(f"wrote {one_line(str(path))}: {one_line(trial.reason, 200)}\n")
    return 0


def _fixed_text(evidence: Evidence, trial: FixTrial, session: Session) -> str:
    """Return the file with the fix in it, exactly as it was tried. Raises ``UsageError``."""
    findings = [f for review in session.reviews if review.ballot is not None for f in review.ballot.findings]
    finding: Finding | None = next((one for one in findings if one.id == evidence.finding_id), None)
    file = None if finding is None else fixed_file(finding, session.submission)
    old = next((one for one in session.submission.files if one.path == trial.path), None)
    if file is None or old is None or difference(old.text, file.text, path=file.path) != trial.patch:
        raise UsageError("what is kept of this fix is not what was run", "Review the code again")
    return file.text


def _target(trial: FixTrial, paths: list[str]) -> Path:
    """Return the file that was judged, by its name and its content. Raises ``UsageError`` when it has changed."""
    name = trial.path or ""
    candidates = []
    for given in map(Path, paths):
        folders = [given, given.parent] if given.is_dir() else []
        candidates += [given] if given.is_file() and given.as_posix().endswith(Path(name).name) else []
        candidates += [folder / name for folder in folders if (folder / name).is_file()]
    same = [path for path in candidates if _digest(path) == trial.sha256]
    if not same:
        raise UsageError(f"{one_line(name)} is not what was reviewed any more", "Review it again")
    return same[0]


def _digest(path: Path) -> str | None:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _agrees(question: str) -> bool:
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
