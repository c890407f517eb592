"""GGUF files in process, with real weights: the ones that tests/ollama/setup puts together."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from council.errors import ModelMismatch, ModelOverflow, ModelTimeout, ModelUnreachable, UsageError
from council.models import EmbeddedHost, RoutingHost, ScriptedHost
from council.settings import Settings
from council.types.calls import Call, CallState, Finish, LoadedModel, LocalModel, Message, Progress

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "code-council"
WEIGHTS = Path(os.environ.get("COUNCIL_TEST_CACHE") or CACHE) / "ollama" / "weights" / "smollm2-135m.gguf"
ONCE = pytest.mark.ollama  # shares its worker, and so its memory, with the tests of Ollama


@pytest.fixture(scope="module")
def weights() -> Path:
    pytest.importorskip("xllamacpp", reason="the extra code-council[embedded] is not installed")
    if not WEIGHTS.is_file():
        pytest.skip("no weights in the cache: run tests/ollama/setup")
    return WEIGHTS


@pytest.fixture(scope="module")
def host(weights: Path) -> Iterator[EmbeddedHost]:
    """One host for the module: the weights are loaded once."""
    os.environ.setdefault("LLAMA_ARG_THREADS", "1")
    made = EmbeddedHost(Settings(context_tokens=512, model=f"gguf:{weights}"))
    yield made
    made.close()


def call(weights: Path, text: str = "Say hello.", **more: object) -> Call:
    given = {"temperature": 0.0, "seed": 1, "max_tokens": 12, **more}
    return Call(model=f"gguf:{weights}", messages=(Message(role="user", content=text),), **given)  # type: ignore[arg-type]


@ONCE
def test_a_file_answers_in_pieces_the_same_each_time(host: EmbeddedHost, weights: Path) -> None:
    heard: list[Progress] = []
    first = asyncio.run(host.complete(call(weights), on_progress=heard.append))
    again = asyncio.run(host.complete(call(weights)))
    assert first.text and again.text == first.text
    pieces = [step.text for step in heard if step.state is CallState.ANSWERING]
    assert "".join(pieces) == first.text and len(pieces) > 3 and heard[0].state is CallState.ASKING
    assert first.usage.completion_tokens and first.usage.completion_tokens <= 12
    assert first.usage.prompt_tokens and first.usage.prompt_tokens > 3
    assert first.finish is Finish.LENGTH and first.cost_usd == 0.0
    assert again.load_s is not None and first.load_s is not None and again.load_s < 0.1
    assert first.duration_s and first.first_token_s and first.load_s <= first.first_token_s <= first.duration_s


@ONCE
def test_the_digest_is_the_files_own(host: EmbeddedHost, weights: Path) -> None:
    reply = asyncio.run(host.complete(call(weights, max_tokens=1)))
    with weights.open("rb") as file:
        assert reply.digest == hashlib.file_digest(file, "sha256").hexdigest()


@ONCE
def test_what_is_known_of_a_file(host: EmbeddedHost, weights: Path) -> None:
    (model,) = asyncio.run(host.models())
    assert (model.family, model.quantisation, model.parameters) == ("llama", "Q4_1", "134.52M")
    assert model.size_bytes == weights.stat().st_size and model.name == f"gguf:{weights}"
    asyncio.run(host.complete(call(weights, max_tokens=1)))
    (loaded,) = asyncio.run(host.loaded())
    assert loaded.name == model.name and loaded.context_tokens == 512


@ONCE
def test_a_prompt_that_does_not_fit_is_refused_and_never_cut(host: EmbeddedHost, weights: Path) -> None:
    with pytest.raises(ModelOverflow, match=r"the context of .* holds 512"):
        asyncio.run(host.complete(call(weights, "word " * 600)))


@ONCE
def test_leaving_a_call_ends_it(host: EmbeddedHost, weights: Path) -> None:
    """The loop stays free meanwhile, and the next call is answered."""

    async def leave() -> float:
        begun = asyncio.Event()
        task = asyncio.create_task(
            host.complete(
                call(weights, "Count to a thousand.", max_tokens=150),
                on_progress=lambda step: begun.set() if step.text else None,
            )
        )
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        started = time.monotonic()
        await host.complete(call(weights, max_tokens=1))
        return time.monotonic() - started

    whole = asyncio.run(host.complete(call(weights, "Count to a thousand.", max_tokens=150))).duration_s
    assert whole is not None and asyncio.run(leave()) < whole


@ONCE
def test_a_call_has_a_limit(host: EmbeddedHost, weights: Path) -> None:
    with pytest.raises(ModelTimeout, match="did not finish in 0.05 s"):
        asyncio.run(host.complete(call(weights, "Count to a thousand.", max_tokens=400, timeout_s=0.05)))


@ONCE
def test_broken_weights_are_one_sentence(host: EmbeddedHost, weights: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    with weights.open("rb") as file:
        cut.write_bytes(file.read(4 << 20))
    with pytest.raises(ModelMismatch, match="llama.cpp cannot load"):
        asyncio.run(host.complete(call(cut)))
    assert asyncio.run(host.complete(call(weights, max_tokens=1))).text is not None


def test_no_file_no_gguf(tmp_path: Path) -> None:
    host = EmbeddedHost(Settings())
    other = tmp_path / "x.gguf"
    other.write_text("no", encoding="utf-8")
    with pytest.raises(UsageError, match="there is no such file"):
        asyncio.run(host.complete(call(tmp_path / "nothing.gguf")))
    with pytest.raises(UsageError, match="not a GGUF file"):
        asyncio.run(host.complete(call(other)))


class Down(ScriptedHost):
    """An Ollama that is not there."""

    async def models(self) -> tuple[LocalModel, ...]:
        raise ModelUnreachable("ollama does not answer")

    async def loaded(self) -> tuple[LoadedModel, ...]:
        raise ModelUnreachable("ollama does not answer")


@ONCE
def test_each_name_goes_where_its_model_lives(host: EmbeddedHost, weights: Path) -> None:
    server = ScriptedHost({"m:1b": "from Ollama"})
    routing = RoutingHost(server, host)
    assert asyncio.run(routing.complete(Call(model="m:1b", messages=()))).text == "from Ollama"
    assert asyncio.run(routing.complete(call(weights, max_tokens=2))).served_model == f"gguf:{weights}"
    assert [each.model for each in server.calls] == ["m:1b"]
    assert [each.name for each in asyncio.run(routing.models())] == [f"gguf:{weights}", "m:1b"]
    assert [each.name for each in asyncio.run(RoutingHost(Down(), host).models())] == [f"gguf:{weights}"]
    assert [each.name for each in asyncio.run(RoutingHost(Down(), host).loaded())] == [f"gguf:{weights}"]


def test_without_files_a_missing_ollama_is_told() -> None:
    with pytest.raises(ModelUnreachable):
        asyncio.run(RoutingHost(Down(), EmbeddedHost(Settings())).models())


@ONCE
def test_the_command_writes_with_a_file_and_without_ollama(weights: Path, tmp_path: Path) -> None:
    """Nothing of llama.cpp's log, no port, no leftover in the folder for temporary files."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "council", "generate", "Write a function add(a, b) that returns the sum of a and b.",
         "--model", f"gguf:{weights}", "--no-store", "-q", "--set", "repairs=0",
         "--set", "reply_tokens=80", "-o", "add.py"],
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TMPDIR": str(scratch),
             "OLLAMA_HOST": "127.0.0.1:1", "LLAMA_ARG_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=200,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    code = (tmp_path / "add.py").read_text(encoding="utf-8")
    assert "# Generated by gguf:smollm2-135m.gguf on " in code and "A draft: small models (here 134.52M" in code
    assert str(weights.parent) not in code and "def add" in code
    assert "llama" not in done.stderr.replace(str(weights), "").lower() and list(scratch.iterdir()) == []


def test_without_the_extra_the_way_to_it_is_told(tmp_path: Path) -> None:
    """As on a machine that has council without the extra: the library cannot be imported."""
    (tmp_path / "m.gguf").write_bytes(b"GGUF" + (3).to_bytes(4, "little") + bytes(16))
    program = (
        "import sys; sys.modules['xllamacpp'] = None\n"
        "from council.cli.entry import run\n"
        "sys.exit(run(['generate', 'x', '--model', 'gguf:m.gguf', '--no-store', '-q']))"
    )
    env = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "OLLAMA_HOST": "127.0.0.1:1"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 2 and 'pip install "code-council[embedded]"' in done.stderr, done.stderr
