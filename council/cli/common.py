"""What every command does: settings from flags, a loop that can be interrupted, files written whole or not at all."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import tomllib
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

from council.errors import PolicyError, SettingsError, UsageError
from council.policies import Policy, load_policy
from council.settings import Resolved, Settings, load_settings, secret_values
from council.sources import read_task
from council.text import one_line, redact

T = TypeVar("T")
_FLAGS = (
    *("policy", "panel", "seats", "model", "draft_model"),
    *("versions", "version_models", "versions_from", "samples"),
)
_OWN = {"bench": ("samples",)}
"""Flags of a command that mean something else than the setting of that name."""


def resolve(options: argparse.Namespace) -> Resolved:
    """Return the settings with the command's flags laid over them. Raises ``SettingsError``."""
    flags = parse_sets(getattr(options, "sets", []))
    for name in _FLAGS:
        value = getattr(options, name, None)
        if value is not None and name not in _OWN.get(getattr(options, "command", ""), ()):
            flags[name] = tuple(value) if isinstance(value, list) else value
    if getattr(options, "probe", False):
        flags["probe"] = True
    if getattr(options, "no_store", False):
        flags["store"] = False
    return load_settings(flags=flags)


def parse_sets(words: Sequence[str]) -> dict[str, Any]:
    """Return what ``--set KEY=VALUE`` gives, dotted keys as tables. Raises ``SettingsError``."""
    found: dict[str, Any] = {}
    for word in words:
        _lay(found, word)
    return found


def named_task(word: str | None) -> tuple[str | None, str | None]:
    """Return the task that ``--task`` gives, and the file it was read from. Raises ``SourceError``."""
    if word is None:
        return None, None
    path = word[1:] if word.startswith("@") and not word.startswith("@@") else None
    return read_task(word), None if path is None else one_line(Path(path).name, 200)


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine; SIGTERM ends it like Ctrl-C, so that sandboxes and models are let go of."""
    return asyncio.run(_heeding_sigterm(work))


def emit(text: str, output: str | None) -> None:
    """Write the payload to standard output, or whole to a file, without live secrets. Raises ``UsageError``."""
    text = redact(text, secret_values(), shapes=False)  # by value only: the payload may be code
    if output is None:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
    else:
        write_whole(Path(output), text if text.endswith("\n") else text + "\n")
        tell(f"wrote {one_line(output)}\n")


def tell(text: str) -> None:
    """Say something on standard error, without secrets."""
    sys.stderr.write(redact(text, secret_values()))


def tell_how_found(policy: Policy, settings: Settings) -> None:
    """Say what makes the id of a policy, which documents print in commands, find it: one given as a file is not."""
    try:
        found = load_policy(policy.id, folders=settings.policy_folders) == policy
    except PolicyError:
        found = False
    if not found:
        name = one_line(policy.id, 60)
        tell(
            f"council: commands in what was written name the policy {name}: they find it once policies_dir in"
            f" council.toml names a folder that has it as {name}.toml\n"
        )


def writable_target(output: str | None, *, force: bool = True) -> None:
    """Find out before the work whether its result can be written there. Raises ``UsageError``."""
    if output is None:
        return
    path, shown = Path(output), one_line(output)
    if path.is_dir():
        raise UsageError(f"{shown} is a folder", "Give a file's name with -o")
    if path.exists() and not force:
        raise UsageError(f"{shown} exists already", "Replace it with --force, or choose another name")
    folder = path.parent
    if not folder.is_dir():
        raise UsageError(f"{shown}: there is no folder {one_line(str(folder))}", f"Make it with: mkdir -p {folder}")
    if not os.access(folder, os.W_OK):
        raise UsageError(f"{shown}: the folder cannot be written to")


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file in one step: it holds the old content or the new, never half of it. Raises ``UsageError``."""
    if isinstance(content, str):
        content = redact(content, secret_values(), shapes=False).encode("utf-8", "surrogateescape")
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise UsageError(f"{one_line(str(path))} cannot be written ({error.strerror})") from None


async def _heeding_sigterm(work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    if task is not None and hasattr(signal, "SIGTERM"):
        loop.add_signal_handler(signal.SIGTERM, _interrupt)
    return await work


def _interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


def _lay(flags: dict[str, Any], word: str) -> None:
    key, equals, value = word.partition("=")
    key = redact(key, secret_values())  # before its hyphens are replaced: it may be shown
    if not equals or not key:
        raise SettingsError(f"--set {word}: this is not KEY=VALUE", "For example: --set deadline_s=30")
    try:
        parsed: Any = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value
    *tables, last = key.strip().replace("-", "_").split(".")
    place = flags
    for table in tables:
        place = place.setdefault(table, {})
        if not isinstance(place, dict):
            raise SettingsError(f"--set {one_line(word, 80)}: {one_line(table, 40)} is no table")
    place[last] = parsed


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
