"""Replies kept as files, one a call, and answered from again. A recording is a real reply and is never edited.

The key of a call is its model, purpose, messages, schema and sampling: the same question finds the same file. Neither
keys nor addresses are part of it, and the text of a reply goes through the redaction that every sink has.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from council.errors import ModelMissing, UsageError
from council.protocols import ModelClient, ModelHost
from council.settings import secret_values
from council.text import one_line, redact_record
from council.types.base import Record, now
from council.types.calls import Call, CallState, LoadedModel, LocalModel, Message, Progress, Reply

Listener = Callable[[Progress], None]

HOST_FILE = "host.record"
"""What a recorded server said of itself; its ending keeps it apart from the replies."""


class Question(Record):
    """What was asked, as far as it decides the answer."""

    model: str
    purpose: str
    messages: tuple[Message, ...]
    reply_schema: dict[str, Any] | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None


class Recording(Record):
    """One file: the question, the reply as it came, and the day."""

    format: int = 1
    key: str
    recorded_at: str
    question: Question
    reply: Reply


def recording_key(call: Call) -> str:
    """Return the hex digest under which a call is recorded: equal questions have equal keys wherever they are sent."""
    text = json.dumps(_question(call).model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class RecordingClient:
    """Passes calls on and writes each reply into a folder, whole or not at all."""

    def __init__(self, client: ModelClient, folder: Path) -> None:
        self._client = client
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot record into {one_line(folder.name)} ({error.strerror})") from None

    async def complete(self, call: Call, *, on_progress: Listener | None = None) -> Reply:
        """Return the client's reply, recorded. Raises ``UsageError`` when it cannot be written."""
        reply = await self._client.complete(call, on_progress=on_progress)
        key = recording_key(call)
        entry = Recording(key=key, recorded_at=now().isoformat("T", "seconds"), question=_question(call), reply=reply)
        try:
            _write(self._folder / _file_name(call, key), redact_record(entry, secret_values()))
        except OSError as error:
            raise UsageError(f"cannot record into {one_line(self._folder.name)} ({error.strerror})") from None
        return reply


class ReplayingClient:
    """Answers from a folder of recordings. It asks nobody, needs no key and waits for nothing.

    With ``strict=False`` a question that changed since is answered by the newest recording of the same model and
    purpose, and the reply says so in ``recorded_at``.
    """

    def __init__(self, folder: Path, *, strict: bool = True) -> None:
        self._folder = folder
        self._strict = strict
        if not folder.is_dir():
            raise UsageError(f"there is no folder of recordings at {one_line(str(folder))}", "Make one with: --record")

    async def complete(self, call: Call, *, on_progress: Listener | None = None) -> Reply:
        """Return the recorded reply. Raises ``ModelMissing`` when this was never recorded."""
        tell = on_progress or _deaf
        entry, day = self._find(call)
        tell(Progress(state=CallState.ASKING))
        tell(Progress(state=CallState.ANSWERING, text=entry.reply.text))
        # What it cost then was paid then; only what is always free keeps its price.
        cost_usd = 0.0 if entry.reply.cost_usd == 0.0 else None
        replayed: Reply = entry.reply.but(recorded_at=day, cost_usd=cost_usd, model=call.model)
        return replayed

    def _find(self, call: Call) -> tuple[Recording, str]:
        exact = self._folder / _file_name(call, recording_key(call))
        if exact.is_file():
            entry = _read(exact)
            return entry, entry.recorded_at[:10]
        where = one_line(self._folder.name)
        near = self._near(call)
        if near and not self._strict:
            newest = max(near, key=lambda entry: (entry.recorded_at, entry.key))
            return newest, f"{newest.recorded_at[:10]}, for another prompt"
        changed = "the prompt has changed since it was recorded" if near else "was never recorded"
        raise ModelMissing(f"{one_line(call.model, 80)}: {changed} ({where})", "Record it again with: --record")

    def _near(self, call: Call) -> list[Recording]:
        entries = [_read(path) for path in sorted(self._folder.glob(f"{_stem(call)}-*.json"))]
        same = (call.model, call.purpose)
        return [entry for entry in entries if (entry.question.model, entry.question.purpose) == same]


class HostRecord(Record):
    """What a server said of itself and its models while it was recorded; models in memory are those ever seen there."""

    format: int = 1
    version: str = ""
    models: tuple[LocalModel, ...] = ()
    loaded: tuple[LoadedModel, ...] = ()


class RecordingHost(RecordingClient):
    """The same around a server of local models: what it tells of itself is kept beside the replies."""

    def __init__(self, host: ModelHost, folder: Path) -> None:
        super().__init__(host, folder)
        self._host = host
        self._known = _read_host(folder) if (folder / HOST_FILE).is_file() else HostRecord()

    async def version(self) -> str:
        """Return the server's version, recorded."""
        version = await self._host.version()
        self._keep(version=version)
        return version

    async def models(self) -> tuple[LocalModel, ...]:
        """Return the models on disk, recorded."""
        models = await self._host.models()
        self._keep(models=models)
        return models

    async def loaded(self) -> tuple[LoadedModel, ...]:
        """Return the models in memory now, recorded."""
        loaded = await self._host.loaded()
        ever = {model.name: model for model in (*self._known.loaded, *loaded)}
        self._keep(loaded=tuple(ever[name] for name in sorted(ever)))
        return loaded

    async def unload(self, name: str) -> None:
        """Take a model out of memory, where the host can do that."""
        if (let_go := getattr(self._host, "unload", None)) is not None:
            await let_go(name)

    def _keep(self, **fields: Any) -> None:
        known: HostRecord = self._known.but(**fields)
        if known != self._known:
            self._known = known
            try:
                _write(self._folder / HOST_FILE, redact_record(known, secret_values()))
            except OSError as error:
                raise UsageError(f"cannot record into {one_line(self._folder.name)} ({error.strerror})") from None


class ReplayingHost(ReplayingClient):
    """Answers as a recorded server did: nothing is asked, loaded or waited for."""

    def __init__(self, folder: Path, *, strict: bool = True) -> None:
        super().__init__(folder, strict=strict)
        if not (folder / HOST_FILE).is_file():
            raise UsageError(f"{one_line(folder.name)} holds no recording of a server", "Make one with: --record")
        self._known = _read_host(folder)

    async def version(self) -> str:
        """Return the version that was recorded."""
        return self._known.version

    async def models(self) -> tuple[LocalModel, ...]:
        """Return the models that the server had."""
        return self._known.models

    async def loaded(self) -> tuple[LoadedModel, ...]:
        """Return every model that was ever seen in memory while it was recorded."""
        return self._known.loaded


def read_recordings(folder: Path) -> tuple[Recording, ...]:
    """Return every recording of a folder, sorted by file name. Raises ``UsageError`` for a file that is none."""
    return tuple(_read(path) for path in sorted(folder.glob("*.json")))


def _question(call: Call) -> Question:
    return Question.model_validate({name: getattr(call, name) for name in Question.model_fields})


def _stem(call: Call) -> str:
    """Return the readable half of a file name; nothing of a model's name can lead out of the folder."""
    return "-".join(_plain((call.purpose, call.model)))


def _plain(words: Iterable[str]) -> list[str]:
    return [re.sub(r"[^a-z0-9.]+", "_", word.lower()).strip("._")[:60] or "x" for word in words]


def _file_name(call: Call, key: str) -> str:
    return f"{_stem(call)}-{key[:16]}.json"


def _read_host(folder: Path) -> HostRecord:
    try:
        return HostRecord.model_validate_json((folder / HOST_FILE).read_text(encoding="utf-8"))
    except (ValidationError, ValueError):
        raise UsageError(f"{HOST_FILE}: that is no recording of a server") from None
    except OSError as error:
        raise UsageError(f"{HOST_FILE}: cannot be read ({error.strerror})") from None


def _write(path: Path, entry: Record) -> None:
    text = json.dumps(entry.model_dump(mode="json"), indent=1, ensure_ascii=False, sort_keys=False) + "\n"
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".recording-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        Path(scratch).chmod(0o644)
        Path(scratch).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(scratch).unlink()
        raise


def _read(path: Path) -> Recording:
    try:
        return Recording.model_validate_json(path.read_text(encoding="utf-8"))
    except (ValidationError, ValueError):
        raise UsageError(f"{one_line(path.name)}: that is no recording of council's") from None
    except OSError as error:
        raise UsageError(f"{one_line(path.name)}: cannot be read ({error.strerror})") from None


def _deaf(_: Progress) -> None:
    """Nobody listens."""
