"""``council audit``: what models wrote, how risky it is, and what could stand there instead."""

from __future__ import annotations

import argparse
import re
import shlex
import sys

from datetime import UTC, datetime
from pathlib import Path

from council.audits import Replacements, audit, base_of, replace_files
from council.cli.common import emit, resolve, run_async, tell, writable_target, write_whole
from council.cli.walls import walls
from council.engine import Council
from council.errors import UsageError
from council.policies import Policy, load_policy
from council.protocols import Store
from council.rendering import Documents, terminal
from council.settings import Settings, default_store_path
from council.store import open_store
from council.text import one_line, plural
from council.types.audits import Audit

Steps = list[tuple[str, str]]


def run(options: argparse.Namespace) -> int:
    """Audit and return 0 when nothing was found, 1 when something was, 3 when nothing was looked at."""
    _agree(options)
    settings = resolve(options).settings
    since = _day(options.since)
    policy = load_policy(settings.policy, folders=settings.policy_folders)
    if not options.regenerate:
        writable_target(options.output)
    found = run_async(_audit(options, settings, policy, since))
    replaced: Replacements | None = None
    if options.regenerate and found.files:
        replaced = run_async(_replace(found, options, settings, policy))
        found = replaced.audit
    _show(found, options, settings)
    if replaced is not None:
        _keep_patches(replaced, options.output)
        if options.apply:
            _apply(replaced, asked=options.yes)
    return found.exit_code


def _agree(options: argparse.Namespace) -> None:
    if options.apply and not options.regenerate:
        raise UsageError("--apply needs something to apply", "Add --regenerate")
    if options.yes and not options.apply:
        raise UsageError("--yes answers what only --apply asks", "Add --apply")
    if options.writer is not None and not options.regenerate:
        raise UsageError("--writer writes again, and nothing is to be written", "Add --regenerate")
    if options.regenerate and options.no_validate:
        raise UsageError("--regenerate keeps only what passes, and --no-validate runs nothing", "Leave one of them out")
    if any(not model.strip() for model in options.models):
        raise UsageError("--model: a name is empty", "For example: --model codellama:34b")
    if options.apply and not options.yes and not sys.stdin.isatty():
        raise UsageError(
            "--apply asks for each file, and nobody is there to answer", "Answer for all of them with --yes"
        )


def _day(word: str | None) -> datetime | None:
    if word is None:
        return None
    try:
        moment = datetime.fromisoformat(word)
    except ValueError:
        raise UsageError(f"--since {one_line(word, 40)}: this is no date", "For example: --since 2026-01-31") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def _audit(options: argparse.Namespace, settings: Settings, policy: Policy, since: datetime | None) -> Audit:
    store = _opened(settings)
    try:
        sandbox = walls(options, settings) if options.unsafe_exec and not options.no_validate else None
        with terminal.AuditProgress(quiet=options.quiet) as progress:
            return await audit(
                options.paths,
                models=options.models,
                since=since,
                settings=settings,
                archive=store,
                policy=policy,
                validate=not options.no_validate,
                sandbox=sandbox,
                on_event=progress.hear,
            )
    finally:
        if store is not None:
            store.close()


def _opened(settings: Settings) -> Store | None:
    """Return the store to look into. One that is not there yet knows nothing; one that cannot be read is an error."""
    if not settings.store or (settings.store_url is None and not default_store_path().exists()):
        return None
    return open_store(settings.store_url, readonly=True)


async def _replace(found: Audit, options: argparse.Namespace, settings: Settings, policy: Policy) -> Replacements:
    async with Council.from_settings(settings, sandbox=walls(options, settings, told=True)) as house:
        with terminal.AuditProgress(quiet=options.quiet) as progress:
            return await replace_files(
                found, options.paths, house=house, policy=policy, writer=options.writer, on_event=progress.hear
            )


def _show(found: Audit, options: argparse.Namespace, settings: Settings) -> None:
    output = None if options.regenerate else options.output
    if options.format == "text":
        text = terminal.audit_text(found, _steps(found, options), plain=output is not None)
        emit(text, output)
    elif options.format == "sarif":
        from council.rendering.sarif import audit_sarif  # a library that only this format needs

        emit(audit_sarif(found), output)
    else:
        emit(Documents(settings.templates_dir).render(found, document=options.format), output)


def _steps(found: Audit, options: argparse.Namespace) -> Steps:
    """Return what is worth typing next."""
    steps: Steps = []
    first = next((file for file in found.files if file.report is not None and file.report.exit_code), None)
    if first is not None:
        base = base_of([Path(path).resolve() for path in options.paths])
        tests = f" --tests {_word(_from_here(base / first.tests[0]))}" if first.tests else ""
        riskiest = _word(_from_here(base / first.path))
        steps.append((f"council validate {riskiest}{tests}", "shows every finding of the riskiest file"))
    if found.files and not options.regenerate:
        words = shlex.join([*map(str, options.paths), *(w for m in options.models for w in ("--model", m))])
        steps.append(
            (f"council audit {one_line(words)} --regenerate", "lets a model that may be used write them again")
        )
    return steps


def _from_here(path: Path) -> str:
    """Return a path as it can be typed here."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


def _word(path: str) -> str:
    return shlex.quote(f"./{path}" if path.startswith("-") else path)


def _keep_patches(replaced: Replacements, folder: str | None) -> None:
    """Write one patch a file into a folder."""
    patches = [file for file in replaced.audit.files if file.replacement]
    if folder is None or not patches:
        return
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{one_line(folder)} cannot be made a folder ({error.strerror})") from None
    taken: set[str] = set()
    for file in patches:
        stem = re.sub(r"[^A-Za-z0-9._-]+", "_", file.path).strip("._")[:100] or "file"
        name = next(n for n in (stem, *(f"{stem}_{count}" for count in range(2, 9999))) if n not in taken)
        taken.add(name)
        write_whole(place / f"{name}.patch", file.replacement or "")
    tell(f"wrote {plural(len(patches), 'patch', 'patches')} to {one_line(folder)}\n")


def _apply(replaced: Replacements, *, asked: bool) -> None:
    """Write the files whose replacement passed, where a person agrees. Nothing is written over later changes."""
    written = 0
    for file in replaced.audit.files:
        text = replaced.texts.get(file.path)
        if text is None:
            continue
        target = replaced.base / file.path
        if not _is_as_read(target, replaced.base, replaced.before[file.path]):
            tell(f"council: {one_line(file.path)} has changed since: left as it is\n")
        elif asked or _agrees(file.path, file.replacement or "", file.replacement_note or ""):
            write_whole(target, text)
            written += 1
    tell(f"replaced {plural(written, 'file')}\n")


def _is_as_read(target: Path, base: Path, text: str) -> bool:
    try:
        inside = target.resolve().is_relative_to(base.resolve()) and not target.is_symlink()
        return inside and target.read_bytes() == text.encode("utf-8")
    except OSError:
        return False


def _agrees(path: str, patch: str, note: str) -> bool:
    terminal.show_patch(patch)
    tell(f"replace {one_line(path)} ({one_line(note)})? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
