from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from council.errors import (
    ModelBroken,
    ModelBusy,
    ModelError,
    ModelMismatch,
    ModelMissing,
    ModelOverflow,
    ModelTimeout,
    ModelUnreachable,
)
from council.models import OllamaHost, ScriptedClient
from council.models.digests import DigestedClient
from council.settings import Settings
from council.types.calls import Call, CallState, Finish, Message, Progress, Reply

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}


def call(model: str = "smollm2:135m", **fields: Any) -> Call:
    return Call(model=model, messages=(Message(role="user", content="Say hi."),), **fields)


def ask(server: Any, question: Call | None = None, heard: list[Progress] | None = None) -> Reply:
    host = OllamaHost(Settings(ollama_host=server.host, context_tokens=2048))
    return asyncio.run(host.complete(question or call(), on_progress=None if heard is None else heard.append))


def lines(*objects: dict[str, Any]) -> str:
    return "".join(json.dumps(o) + "\n" for o in objects)


def test_a_stream_becomes_a_reply(serve: Any, said: Any) -> None:
    heard: list[Progress] = []
    reply = ask(serve(chat=said("chat_stream"), tags=said("tags")), heard=heard)
    assert reply.text == "Hello there. I'm here to help"
    assert (reply.served_model, reply.finish, reply.cost_usd) == ("smollm2:135m", Finish.LENGTH, 0.0)
    assert reply.digest == "fd5f44c0b5aff6453726119fc560d73a8a995a55b4a49804bc24b1969ecf1794"
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (12, 8)
    assert (reply.duration_s, reply.load_s) == (2.554890496, 2.111356777), "nanoseconds become seconds"
    assert reply.first_token_s is not None
    assert [p.state for p in heard][:2] == [CallState.ASKING, CallState.ANSWERING]
    assert "".join(p.text for p in heard) == reply.text


def test_what_is_sent_never_lets_the_prompt_be_cut(serve: Any, said: Any) -> None:
    server = serve(chat=said("chat_stream"))
    ask(server, call("ollama_chat/smollm2:135m", max_tokens=8, temperature=0.0, seed=1, reply_schema=SCHEMA))
    sent = server.requests[0][1]
    assert sent["truncate"] is False and sent["stream"] is True
    assert sent["options"] == {"num_ctx": 2048, "num_predict": 8, "temperature": 0.0, "seed": 1}
    assert sent["format"] == SCHEMA and sent["model"] == "smollm2:135m"
    ask(server)
    plain = server.requests[2][1]
    assert plain["options"] == {"num_ctx": 2048} and "format" not in plain, "what is not asked for is not sent"


@pytest.mark.parametrize(
    ("recorded", "text", "finish"),
    [
        ("chat", "Hello there. I'm here to help", Finish.LENGTH),
        ("chat_format_truncated", '{\n  "review":', Finish.LENGTH),
        ("chat_overflow_truncated", "", Finish.STOP),
    ],
)
def test_whole_replies_are_read_as_well(serve: Any, said: Any, recorded: str, text: str, finish: Finish) -> None:
    answer = said(recorded)
    answer.status = 200
    reply = ask(serve(chat=answer))
    assert (reply.text, reply.finish) == (text, finish)


def test_keys_in_alphabetical_order_are_passed_on_as_they_came(serve: Any, said: Any) -> None:
    reply = ask(serve(chat=said("chat_format_schema")))
    assert list(json.loads(reply.text)) == ["analysis", "verdict"] and reply.finish is Finish.STOP


@pytest.mark.parametrize(
    ("recorded", "status", "kind", "part"),
    [
        ("error_missing_chat", 404, ModelMissing, "has no model 'smollm2:135m'"),
        ("chat_overflow_truncate_false", 400, ModelOverflow, "9010 tokens long, the context of smollm2:135m holds 512"),
        ("error_bad_format", 500, ModelMismatch, "invalid format"),
        ("error_bad_schema", 400, ModelMismatch, "unrecognized type nonsense"),
        ("error_no_model", 400, ModelMismatch, "model is required"),
        ("error_404_path", 404, ModelMismatch, "is not Ollama's API (404)"),
    ],
)
def test_recorded_errors(serve: Any, said: Any, recorded: str, status: int, kind: type[ModelError], part: str) -> None:
    answer = said(recorded)
    answer.status = status
    with pytest.raises(kind) as caught:
        ask(serve(chat=answer))
    assert part in caught.value.problem and caught.value.__cause__ is None


def test_a_missing_model_comes_with_its_command(serve: Any, said: Any) -> None:
    with pytest.raises(ModelMissing) as caught:
        ask(serve(chat=said("error_missing_chat")), call("nope:1b"))
    assert caught.value.remedy == "Get it with: ollama pull nope:1b"


def test_a_server_that_is_down(serve: Any, said: Any) -> None:
    server = serve()
    server.shutdown()
    server.server_close()
    with pytest.raises(ModelUnreachable) as caught:
        ask(server)
    assert caught.value.problem == f"ollama at {server.host} does not answer"
    assert caught.value.remedy == "Start it with: ollama serve"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (503, '{"error": "server busy, please try again.  maximum pending requests exceeded"}', ModelBusy),
        (500, '{"error": "model requires more system memory (9.9 GiB) than is available (1.2 GiB)"}', ModelMismatch),
        (500, '{"error": "llama runner process has terminated"}', ModelBroken),
        (502, "<html>Bad Gateway</html>", ModelBroken),
        (200, "no JSON at all\n", ModelBroken),
        (200, "[1, 2]\n", ModelBroken),
        (200, "", ModelBroken),
        (200, "[" * 100_000, ModelBroken),
        (200, lines({"message": {"content": "half"}, "done": False}), ModelBroken),
        (200, lines({"message": {"content": "a"}, "done": False}, {"error": "an error was encountered"}), ModelBroken),
        (200, lines({"error": "server busy"}), ModelBusy),
    ],
)
def test_answers_that_are_none(serve: Any, said: Any, status: int, body: str, kind: type[ModelError]) -> None:
    with pytest.raises(kind):
        ask(serve(chat=said(status=status, body=body, kind="application/x-ndjson")))


def test_a_connection_that_breaks_off(serve: Any, said: Any) -> None:
    with pytest.raises(ModelBroken, match="closed the connection"):
        ask(serve(chat=said(body=lines({"message": {"content": "a"}, "done": False}), drop=True)))


def test_lines_are_cut_at_newlines_only(serve: Any, said: Any) -> None:
    """Text may hold other line ends, which do not end a line of JSON."""
    text = "a\u2028b\u0085c\x1cd é 漢"
    body = json.dumps({"message": {"content": text}, "done": True, "model": "m"}, ensure_ascii=False) + "\n"
    assert ask(serve(chat=said(body=body))).text == text


def test_what_ollama_leaves_out_is_zero_only_where_that_is_sure(serve: Any, said: Any) -> None:
    silent = ask(serve(chat=said(body=lines({"message": {"content": ""}, "done": True}))))
    assert silent.usage.completion_tokens == 0 and silent.usage.prompt_tokens is None and silent.load_s is None
    spoken = ask(serve(chat=said(body=lines({"message": {"content": "word"}, "done": True}))))
    assert spoken.usage.completion_tokens is None and spoken.digest is None and spoken.served_model is None


def test_thinking_is_no_part_of_the_answer(serve: Any, said: Any) -> None:
    body = lines(
        {"message": {"thinking": "reject!", "content": ""}, "done": False}, {"message": {"content": "ok"}, "done": True}
    )
    heard: list[Progress] = []
    assert ask(serve(chat=said(body=body)), heard=heard).text == "ok"
    assert [p.detail for p in heard] == [None, "thinking", None]


def test_the_limit_of_an_attempt_closes_the_connection(serve: Any, said: Any) -> None:
    server = serve(chat=said(body=lines({"message": {"content": "a"}, "done": False}), hang=True))
    with pytest.raises(ModelTimeout, match="did not finish in 0.3 s"):
        ask(server, call(timeout_s=0.3))
    assert server.left.wait(5), "Ollama goes on writing until its client has left"


def test_cancelling_closes_the_connection(serve: Any, said: Any) -> None:
    server = serve(chat=said(body=lines({"message": {"content": "a"}, "done": False}), hang=True))

    async def leave() -> None:
        host = OllamaHost(Settings(ollama_host=server.host))
        answering = asyncio.Event()

        def hear(progress: Progress) -> None:
            if progress.state is CallState.ANSWERING:
                answering.set()

        async with asyncio.TaskGroup() as group:
            asked = group.create_task(host.complete(call(), on_progress=hear))
            await answering.wait()
            asked.cancel()

    asyncio.run(leave())
    assert server.left.wait(5)


def test_it_tells_what_it_has(serve: Any, said: Any) -> None:
    server = serve(version=said("version"), tags=said("tags"), ps=said("ps"), show=said("show"))
    host = OllamaHost(Settings(ollama_host=server.host))
    assert asyncio.run(host.version()) == "0.0.0"
    models = asyncio.run(host.models())
    assert [m.name for m in models] == ["qwen2.5-coder:0.5b", "qwen2.5-coder:1.5b", "smollm2:135m"]
    small = models[-1]
    assert (small.parameters, small.quantisation, small.family) == ("134.52M", "Q4_1", "llama")
    assert (small.size_bytes, small.context_tokens) == (98362745, 8192)
    loaded = asyncio.run(host.loaded())
    assert [(m.name, m.vram_bytes, m.context_tokens) for m in loaded] == [
        ("qwen2.5-coder:0.5b", 0, 4096),
        ("smollm2:135m", 0, 4096),
    ]
    shown = asyncio.run(host.model("qwen2.5-coder:0.5b"))
    assert (shown.context_tokens, shown.parameters) == (32768, "630.17M")


def test_nothing_loaded_and_a_missing_model(serve: Any, said: Any) -> None:
    server = serve(ps=said("ps_empty"), show=said("error_missing_show"))
    host = OllamaHost(Settings(ollama_host=server.host))
    assert asyncio.run(host.loaded()) == ()
    with pytest.raises(ModelMissing, match="nope:1b"):
        asyncio.run(host.model("nope:1b"))


def test_another_program_at_that_address(serve: Any, said: Any) -> None:
    server = serve(tags=said(body="<html>", kind="text/html"), version=said(body='"hi"'))
    host = OllamaHost(Settings(ollama_host=server.host))
    for ask_it in (host.models, host.version):
        with pytest.raises(ModelBroken):
            asyncio.run(ask_it())


def test_a_seat_through_litellm_gets_its_digest_from_ollama(serve: Any, said: Any) -> None:
    settings = Settings(ollama_host=serve(tags=said("tags")).host)
    client = DigestedClient(ScriptedClient(default="ok"), settings)

    async def digest(model: str) -> str | None:
        return (await client.complete(call(model))).digest

    small = "fd5f44c0b5aff6453726119fc560d73a8a995a55b4a49804bc24b1969ecf1794"
    assert asyncio.run(digest("ollama_chat/smollm2:135m")) == small
    assert asyncio.run(digest("ollama_chat/other")) is None and asyncio.run(digest("openai/gpt-5.2")) is None
    elsewhere = serve(tags=said("tags"))
    silent = DigestedClient(ScriptedClient(default="ok"), Settings(ollama_host="127.0.0.1:9"))
    reply = asyncio.run(silent.complete(call("ollama_chat/smollm2:135m", api_base=f"http://{elsewhere.host}")))
    assert reply.digest == small
    assert asyncio.run(silent.complete(call("ollama_chat/smollm2:135m"))).digest is None, "and the reply is not lost"
