"""``council guidelines``: the documents a team works by, written or checked."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from council.cli.common import emit, resolve, tell, tell_how_found, write_whole
from council.errors import UsageError
from council.guidance import check_guidelines, write_guidelines
from council.policies import load_policy
from council.settings import Settings
from council.store import open_store
from council.text import one_line, plural
from council.types.guidelines import Written


def run(options: argparse.Namespace) -> int:
    """Write the set, or with ``--check`` return 1 when a file of it is stale."""
    if options.check and options.force:
        raise UsageError("--check and --force contradict each other", "Give one of them")
    settings = resolve(options).settings
    return _check(options, settings) if options.check else _write(options, settings)


def _write(options: argparse.Namespace, settings: Settings) -> int:
    policy = load_policy(settings.policy, folders=settings.policy_folders)
    folder = _made(Path(options.output))
    store = open_store(settings.store_url)
    try:
        files = write_guidelines(
            policy,
            store,
            folder,
            write=write_whole,
            templates=settings.templates_dir,
            formats=options.format,
            force=options.force,
        )
    finally:
        store.close()
    for written in files:
        emit(f"{written.state:<8} {one_line(str(folder / written.file))}", None)
    if not options.quiet:
        _tell(files)
    tell_how_found(policy, settings)
    return 0


def _check(options: argparse.Namespace, settings: Settings) -> int:
    policy = load_policy(settings.policy, folders=settings.policy_folders)
    folder = Path(options.output)
    store = open_store(settings.store_url, readonly=True)
    try:
        stale = check_guidelines(policy, store, folder, templates=settings.templates_dir, formats=options.format)
    finally:
        store.close()
    shown = one_line(str(folder))
    if not stale:
        emit(f"{shown}: fresh, as policy {one_line(policy.id)} and the store say", None)
        return 0
    for entry in stale:
        emit(f"{entry.file}: {one_line(entry.reason, 400)}", None)
    count = plural(len({entry.file for entry in stale}), "file")
    words = ["council", "guidelines", *([options.policy] if options.policy else [])]
    words += ["-o", options.output] if options.output != "guidelines" else []
    tell(f"council: {shown}: {count} stale. Write anew with: {one_line(shlex.join(words))}\n")
    return 1


def _made(folder: Path) -> Path:
    """Return the folder, made where it is missing. Raises ``UsageError``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{one_line(str(folder))} cannot be made a folder ({error.strerror})") from None
    return folder


def _tell(files: tuple[Written, ...]) -> None:
    """Say on standard error what changed, once a document."""
    told: set[tuple[str, ...]] = set()
    for written in files:
        document = written.file.rpartition(".")[0]
        if written.changes and (document, *written.changes) not in told and document not in ("changelog", "index"):
            told.add((document, *written.changes))
            for sentence in written.changes:
                tell(f"{document}, version {written.number}: {one_line(sentence, 300)}\n")
