"""Versions are asked for from the task alone, kept ones first, and a failing model costs what it has not written."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from council.errors import ModelMissing, ModelTimeout
from council.generation import extract_code
from council.models import InTurn, ScriptedHost
from council.settings import Settings
from council.templating import Templates
from council.types.versions import Version
from council.versions import Desk, Written

CODE = "```python\ndef f(x):\n    return x + {}\n```"


def write(host: ScriptedHost, models: list[str], count: int, **more: Any) -> Written:
    settings = Settings(**more.pop("settings", {}))
    desk = Desk(
        host, settings, Templates(None), lambda text, cut: extract_code(text, cut_off=cut).code, more.pop("admit", None)
    )
    return asyncio.run(desk.write("Write f(x).", models, count, **more))


def host(*numbers: int) -> ScriptedHost:
    return ScriptedHost(
        {"m": InTurn(*(CODE.format(n) for n in numbers)), "n": InTurn(*(CODE.format(9) for _ in range(9)))}
    )


def test_the_first_is_written_cold_and_the_others_warm_with_seeds_and_wordings_of_their_own() -> None:
    asked = host(1, 2, 3, 4)
    written = write(asked, ["m"], 4)
    assert [version.code for version in written.versions] == [f"def f(x):\n    return x + {n}\n" for n in (1, 2, 3, 4)]
    assert [(call.temperature, call.seed) for call in asked.calls] == [(0.0, 0), (0.8, 1), (0.8, 2), (0.8, 3)]
    questions = [call.messages[-1].content for call in asked.calls]
    assert all("Write f(x)." in question for question in questions) and len(set(questions)) == 4
    assert {version.variant for version in written.versions} == {"plain", "names", "simple", "careful"}


def test_models_share_the_number() -> None:
    written = write(host(1, 2), ["m", "n"], 3)
    assert [version.model for version in written.versions] == ["m", "m", "n"]


def test_kept_versions_are_not_written_again() -> None:
    kept = [Version(id="a", code="x", model="m", seed=0), Version(id="b", code="y", model="other", seed=1)]
    asked = host(5)
    written = write(asked, ["m"], 2, kept=kept)
    assert [version.id for version in written.versions][0] == "a" and written.asked == 1
    assert [call.seed for call in asked.calls] == [1]
    assert write(host(1), ["m"], 1, kept=kept).asked == 0


def test_a_reply_without_code_is_counted() -> None:
    written = write(ScriptedHost({"m": InTurn("I cannot.", CODE.format(1))}), ["m"], 2)
    assert (len(written.versions), written.empty, written.asked) == (1, 1, 2)


def test_a_failure_on_the_way_leaves_what_is_there() -> None:
    written = write(ScriptedHost({"m": InTurn(CODE.format(1), ModelTimeout("too slow"))}), ["m"], 3)
    assert len(written.versions) == 1 and "too slow" in (written.stopped or "")
    with pytest.raises(ModelMissing):
        write(ScriptedHost({"m": ModelMissing("no such model")}), ["m"], 3)


def test_what_answers_is_looked_at() -> None:
    def refuse(reply: object) -> None:
        raise ModelMissing("banned")

    with pytest.raises(ModelMissing, match="banned"):
        write(host(1), ["m"], 1, admit=refuse)
