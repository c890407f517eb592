"""The only door to llama.cpp in process: GGUF files as models, for machines without Ollama."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from council.errors import ModelBroken, ModelMismatch, ModelTimeout, UsageError
from council.models.failures import ollama_failure
from council.models.gguf import PREFIX, Head, file_of, read_head
from council.settings import Settings, environment
from council.text import one_line
from council.types.calls import Call, CallState, Finish, LoadedModel, LocalModel, Progress, Reply, Usage

Listener = Callable[[Progress], None]

PLACE = "this process"
_FINISHES = {"stop": Finish.STOP, "length": Finish.LENGTH}


class EmbeddedHost:
    """Asks GGUF files by the name ``gguf:PATH``: one model in memory at a time, one call at a time, no network.

    A prompt that does not fit into ``settings.context_tokens`` is refused, as with Ollama. Leaving a call ends the
    generation at the next token. Needs the extra ``embedded``.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # One thread: llama.cpp answers one call at a time, and the loop stays free.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="gguf")
        self._server: Any = None
        self._held: tuple[Path, int, int] | None = None
        self._heads: dict[tuple[Path, int, int], Head] = {}
        self._digests: dict[tuple[Path, int, int], str] = {}
        self._asked: dict[Path, str] = {}

    async def complete(self, call: Call, *, on_progress: Listener | None = None) -> Reply:
        """Return the reply of the file that ``call.model`` names.

        Raises ``UsageError`` (no such file, no GGUF, the extra is missing), ``ModelOverflow``, ``ModelMismatch``,
        ``ModelTimeout`` or ``ModelBroken``.
        """
        path = file_of(call.model)
        tell = on_progress or _deaf
        limit_s = call.timeout_s or self._settings.generation_timeout_s
        tell(Progress(state=CallState.ASKING))
        hearing = _Hearing(call, tell, asyncio.get_running_loop())
        try:
            async with asyncio.timeout(limit_s) as limit:
                return await hearing.loop.run_in_executor(self._thread, self._answer, path, hearing)
        except TimeoutError:
            if limit.expired():
                raise ModelTimeout(f"{_shown(path)} did not finish in {limit_s:g} s") from None
            raise
        finally:
            hearing.over.set()

    async def version(self) -> str:
        """Return the version of llama.cpp's library. Raises ``UsageError`` when the extra is missing."""
        return f"xllamacpp {_library().__version__}"

    async def models(self) -> tuple[LocalModel, ...]:
        """Return the files that the settings name and those asked so far; nobody's disk is searched."""
        named = {name for name in (self._settings.model, self._settings.draft_model) if name and is_file_name(name)}
        return tuple([await self.model(name) for name in sorted(named | set(self._asked.values()))])

    async def loaded(self) -> tuple[LoadedModel, ...]:
        """Return the file in memory now. What part of it lies in video memory llama.cpp does not tell."""
        if self._held is None:
            return ()
        path, _, size = self._held
        name = self._asked.get(path, f"{PREFIX}{path}")
        vram = 0 if not _devices() else None
        context = self._settings.context_tokens
        digest = self._digests.get(self._held)
        return (LoadedModel(name=name, digest=digest, size_bytes=size, vram_bytes=vram, context_tokens=context),)

    async def model(self, name: str) -> LocalModel:
        """Return what a file says of itself, with its digest. Raises ``UsageError``."""
        path = file_of(name)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._described, path, name)

    def close(self) -> None:
        """Let go of the model in memory, once a call under way has heard that it is over."""
        self._thread.submit(self._let_go)
        self._thread.shutdown(wait=False)

    def _described(self, path: Path, name: str) -> LocalModel:
        key = _key(path)
        head = self._head(key)
        return LocalModel(
            name=name,
            digest=self._digest(key),
            size_bytes=key[2],
            parameters=_in_words(head.parameters),
            quantisation=head.quantisation,
            family=head.family,
            context_tokens=head.context_tokens,
        )

    def _answer(self, path: Path, hearing: _Hearing) -> Reply:
        """Load the file unless it is in memory, and let it answer. Runs in the one thread."""
        started = time.monotonic()
        key = _key(path)
        if self._held != key:
            self._let_go()
            self._head(key)  # what is no GGUF file is told so before llama.cpp sees it
            self._server = self._load(path, hearing.call.model)
            self._held = key
        self._asked[path] = hearing.call.model
        load_s = time.monotonic() - started
        if hearing.over.is_set():
            raise ModelBroken(f"the answer of {_shown(path)} broke off")
        hearing.begin()
        self._server.handle_chat_completions(_body(hearing.call), hearing.take)
        if hearing.failure is not None:
            raise ollama_failure(400, json.dumps(hearing.failure), model=hearing.call.model, host=PLACE)
        if hearing.finish is None:
            raise ModelBroken(f"the answer of {_shown(path)} broke off")
        return hearing.reply(self._digest(key), load_s)

    def _load(self, path: Path, model: str) -> Any:
        library = _library()
        made = library.CommonParams()
        made.model.path = str(path)
        made.verbosity = 0  # llama.cpp would write its log to standard error
        made.n_ctx, made.n_parallel = self._settings.context_tokens, 1
        threads = environment("LLAMA_ARG_THREADS")
        if threads and threads.isdigit():
            made.cpuparams.n_threads = made.cpuparams_batch.n_threads = int(threads)
        # The library insists on a server. Its socket lies in a folder of ours and is gone before anybody could use it.
        folder = tempfile.mkdtemp(prefix="council-")
        try:
            made.hostnames = [f"{folder}/s.sock"]
            return library.Server(made)
        except (RuntimeError, ValueError):
            remedy = "Get the file again, or a newer council[embedded]; perhaps memory is short"
            raise ModelMismatch(f"llama.cpp cannot load {_shown(path)}", remedy) from None
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _let_go(self) -> None:
        self._server, self._held = None, None

    def _head(self, key: tuple[Path, int, int]) -> Head:
        if key not in self._heads:
            self._heads[key] = read_head(key[0])
        return self._heads[key]

    def _digest(self, key: tuple[Path, int, int]) -> str:
        if key not in self._digests:
            with key[0].open("rb") as file:
                self._digests[key] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._digests[key]


class _Hearing:
    """Puts one answer together in the thread, and tells each piece in the loop."""

    def __init__(self, call: Call, tell: Listener, loop: asyncio.AbstractEventLoop) -> None:
        self.call = call
        self.loop = loop
        self.over = threading.Event()
        """Set when nobody waits for the answer any more."""
        self.failure: dict[str, Any] | None = None
        self.finish: Finish | None = None
        self._tell = tell
        self._pieces: list[str] = []
        self._usage = Usage()
        self._started = time.monotonic()
        self._first_token_s: float | None = None

    def begin(self) -> None:
        """Start the clock, once the model is in memory."""
        self._started = time.monotonic()

    def take(self, piece: dict[str, Any]) -> bool:
        """Keep one piece of the stream; return whether to stop."""
        if "error" in piece:
            self.failure = piece
            return True
        usage = piece.get("usage")
        if isinstance(usage, dict):
            self._usage = Usage(
                prompt_tokens=usage.get("prompt_tokens"), completion_tokens=usage.get("completion_tokens")
            )
        for choice in piece.get("choices") or []:
            if choice.get("finish_reason"):
                self.finish = _FINISHES.get(choice["finish_reason"], Finish.OTHER)
            delta = choice.get("delta") or {}
            self._heard(delta.get("content") or "", bool(delta.get("reasoning_content")))
        return self.over.is_set()

    def reply(self, digest: str, load_s: float) -> Reply:
        """Return the whole reply; a model's thinking is no part of it."""
        return Reply(
            text="".join(self._pieces),
            model=self.call.model,
            served_model=self.call.model,
            digest=digest,
            finish=self.finish or Finish.OTHER,
            usage=self._usage,
            cost_usd=0.0,
            # As Ollama counts: loading is part of the whole.
            duration_s=time.monotonic() - self._started + load_s,
            first_token_s=None if self._first_token_s is None else self._first_token_s + load_s,
            load_s=load_s,
        )

    def _heard(self, text: str, thinking: bool) -> None:
        if not text and not thinking:
            return
        if self._first_token_s is None:
            self._first_token_s = time.monotonic() - self._started
        if text:
            self._pieces.append(text)
        progress = Progress(state=CallState.ANSWERING, text=text, detail=None if text else "thinking")
        try:
            self.loop.call_soon_threadsafe(self._tell, progress)
        except RuntimeError:  # the loop is closed: its caller has gone
            self.over.set()


def is_file_name(model: str) -> bool:
    """Whether a model is a GGUF file to be run in process: ``gguf:PATH``."""
    return model.startswith(PREFIX)


def _body(call: Call) -> dict[str, Any]:
    options = {"temperature": call.temperature, "seed": call.seed, "max_tokens": call.max_tokens}
    body: dict[str, Any] = {
        "messages": [message.model_dump() for message in call.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
        **{name: value for name, value in options.items() if value is not None},
    }
    if call.reply_schema is not None:
        body["response_format"] = {"type": "json_schema", "json_schema": {"schema": call.reply_schema}}
    return body


def _library() -> Any:
    try:
        import xllamacpp  # type: ignore[import-untyped]
    except ImportError:
        remedy = 'Install it with: pip install "code-council[embedded]"'
        raise UsageError("running a GGUF file needs llama.cpp, which is an extra", remedy) from None
    return xllamacpp


def _devices() -> list[Any]:
    """Return the devices besides the processor that llama.cpp computes on."""
    try:
        found = _library().get_device_info()
    except (UsageError, RuntimeError):
        return []
    return [device for device in found if "CPU" not in str(device.get("type", ""))]


def _key(path: Path) -> tuple[Path, int, int]:
    """Return what tells one state of a file from another: place, time of change, size."""
    state = path.stat()
    return path, state.st_mtime_ns, state.st_size


def _in_words(parameters: int | None) -> str | None:
    """Return how many parameters, as Ollama writes it: ``494.03M``, ``1.5B``."""
    if parameters is None:
        return None
    return f"{parameters / 1e9:.1f}B" if parameters >= 1e9 else f"{parameters / 1e6:.2f}M"


def _shown(path: Path) -> str:
    return one_line(path.as_posix(), 120)


def _deaf(_: Progress) -> None:
    """Nobody listens."""
