from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.errors import (
    ModelBroken,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelMismatch,
    ModelMissing,
    ModelOverflow,
    ModelTimeout,
    ModelUnreachable,
)
from council.models.failures import ollama_failure, translate
from council.types.calls import Call

CANARY = "canary-5f2e91c7b04d"
CALL = Call(model="openai/gpt-5.2", messages=())


class Failure(Exception):
    """An exception as litellm raises them: a status, a text, perhaps headers."""

    def __init__(self, text: str, status: int | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.status_code = status
        self.litellm_response_headers = headers


def failure_named(name: str) -> Exception:
    return type(name, (Exception,), {})("boom")


@pytest.fixture(scope="module", autouse=True)
def canary() -> Iterator[None]:
    """Put a key into this process's environment, where the client would find one."""
    os.environ["CANARY_API_KEY"] = CANARY
    yield
    del os.environ["CANARY_API_KEY"]


@pytest.mark.parametrize(
    ("error", "kind", "part"),
    [
        (Failure("x", 401), ModelDenied, "refused the key (401)"),
        (Failure("x", 403), ModelDenied, "does not let this key use"),
        (Failure("x", 404), ModelMissing, "has no model"),
        (Failure("x", 429), ModelBusy, "429"),
        (Failure("x", 503), ModelBusy, "503"),
        (Failure("x", 529), ModelBusy, "529"),
        (Failure("x", 500), ModelBroken, "failed (500)"),
        (Failure("x", 504), ModelTimeout, "504"),
        (Failure("insufficient_quota", 429), ModelDenied, "no money"),
        (Failure("your credit balance is too low", 400), ModelDenied, "no money"),
        (Failure("maximum context length is 5", 400), ModelOverflow, "longer than the context"),
        (Failure("odd", 400), ModelMismatch, "odd"),
        (Failure("LLM Provider NOT provided", 400), ModelMissing, "no provider"),
        (Failure("x"), ModelBroken, "no status"),
        (failure_named("ConnectError"), ModelUnreachable, "cannot be reached"),
        (failure_named("ReadTimeout"), ModelTimeout, "in time"),
        (failure_named("RemoteProtocolError"), ModelBroken, "closed the connection"),
        (failure_named("JSONDecodeError"), ModelBroken, "no JSON"),
        (failure_named("Unheard"), ModelBroken, "boom"),
    ],
)
def test_each_failure_has_its_kind(error: Exception, kind: type[ModelError], part: str) -> None:
    ours = translate(error, CALL)
    assert type(ours) is kind and part in ours.problem


def test_only_what_may_get_better_is_tried_again() -> None:
    assert not translate(Failure("x", 400), CALL).retryable
    assert not translate(Failure("insufficient_quota", 429), CALL).retryable
    assert translate(Failure("x", 429), CALL).retryable and translate(Failure("x", 500), CALL).retryable


@pytest.mark.parametrize(
    ("value", "seconds"), [("2", 2.0), ("0.5", 0.5), ("Wed, 21 Oct", None), ("-1", None), ("", None)]
)
def test_reads_retry_after(value: str, seconds: float | None) -> None:
    assert translate(Failure("x", 429, {"retry-after": value}), CALL).retry_after_s == seconds


def test_a_cause_counts_more_than_its_wrapper() -> None:
    wrapper = Failure("wrapped", 500)
    wrapper.__cause__ = failure_named("ConnectError")
    assert isinstance(translate(wrapper, CALL), ModelUnreachable)
    circle = Failure("round", 500)
    circle.__cause__ = circle
    assert isinstance(translate(circle, CALL), ModelBroken)


def test_what_is_quoted_is_one_harmless_line() -> None:
    text = "litellm.BadRequestError: OpenAIException - no\x1b[31m\nsee https://api.example/v1?key=abc  <b>"
    problem = translate(Failure(text, 400), CALL).problem
    assert problem == "openai does not take this call (400): no\\x1b[31m see … <b>"
    assert "HTML" in translate(Failure("<!DOCTYPE html><p>" + "x" * 5000, 502), CALL).problem


@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.sampled_from([None, 400, 401, 403, 404, 408, 429, 500, 502, 503, 529]),
    st.sampled_from(["{}", "Bearer {}", "?key={}&x", "{{'Authorization': 'Bearer {}'}}", "https://u:{}@h/"]),
    st.sampled_from(["openai/gpt-5.2", "ollama_chat/x:1b", "gemini/g", "odd"]),
)
def test_no_error_holds_a_key(before: str, after: str, status: int | None, frame: str, model: str) -> None:
    error = Failure(before + frame.format(CANARY) + after, status, {"authorization": CANARY})
    ours = translate(error, Call(model=model, messages=()), host="127.0.0.1:1")
    assert CANARY not in f"{ours} {ours.problem} {ours.remedy} {ours.args} {ours!r}"
    assert "\n" not in ours.problem


@given(st.recursive(st.none() | st.text() | st.integers(), lambda t: st.dictionaries(st.just("error") | st.text(), t)))
def test_any_answer_of_a_server_becomes_an_error_of_ours(answer: object) -> None:
    body = json.dumps({"error": answer, "key": CANARY})
    ours = ollama_failure(500, body, model="m", host="h:1")
    assert isinstance(ours, ModelError) and CANARY not in str(ours)


def test_an_error_inside_a_stream_is_read_out_of_litellms_text() -> None:
    """Both the plain word and the JSON in JSON that llama.cpp's server answers."""
    said = json.dumps(
        {"error": {"type": "exceed_context_size_error", "n_prompt_tokens": 9, "n_ctx": 5, "message": "x"}}
    )
    local = Call(model="ollama_chat/m:1b", messages=())
    for inner, kind in ((said, ModelOverflow), ("it's busy: server busy", ModelBusy), ("runner died", ModelBroken)):
        text = f"KeyError: 'message', Got unexpected response from Ollama: {({'error': inner})}"
        assert type(translate(Failure(text, 400), local, host="h:1")) is kind


def test_a_deep_answer_breaks_nothing() -> None:
    for body in ("{" * 90_000, '{"error":' * 40_000, "{'error': '" + "[" * 50_000):
        assert isinstance(ollama_failure(500, body, model="m", host="h:1"), ModelBroken)


def test_a_model_name_cannot_become_a_command() -> None:
    ours = ollama_failure(404, '{"error": "model \'x\' not found"}', model="x; rm -rf ~\n", host="h:1")
    assert ours.remedy == "Get it with: ollama pull 'x; rm -rf ~'"
