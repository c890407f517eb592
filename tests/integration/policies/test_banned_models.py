"""A banned model is refused with exit code 2 under every name, as a fallback, and as a silently served one."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import council
from council.errors import ModelBanned, ModelMissing, ModelUnreachable
from council.models import ScriptedClient, ScriptedHost
from council.models.fakes import Model
from council.policies import ModelRule, Policy
from council.protocols import ModelHost
from council.sandbox import open_sandbox
from council.settings import Settings
from council.store import open_store
from council.types.calls import LocalModel, Reply, Usage
from council.types.reviews import ReviewOutcome, Seat
from council.types.session import SessionState

Run = Callable[..., subprocess.CompletedProcess[str]]
ALIASES = [
    "CodeLlama-34b-Instruct",
    "hf.co/TheBloke/CodeLlama-34B-Instruct-GGUF:Q4_K_M",
    "house-model",
    "mine",
]
"""Another spelling, another registry, an alias of the policy, and a copy that only its weights give away."""
ASKED = ("generate", "a function one()", "--model", "fine:1b", "-o", "new.py")


def refused(done: subprocess.CompletedProcess[str], remedy: str) -> None:
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    line = done.stderr.strip().splitlines()[-1]
    assert line.startswith("council: ") and "is banned by policy team" in line
    assert "3 of 5 tests of the LRU cache failed" in line and "Advisory: codellama-34b" in line
    assert line.endswith(remedy)


def panel(tmp_path: Path, seat: str) -> tuple[str, ...]:
    (tmp_path / "panel.toml").write_text(f'title = "One"\nquorum = 1\n[[seats]]\n{seat}\n')
    return ("review", "one.py", "--panel", "panel.toml")


@pytest.mark.parametrize("name", ALIASES)
def test_generate_refuses_every_alias(run: Run, ollama: Any, tmp_path: Path, name: str) -> None:
    refused(run("generate", "a function one()", "--model", name, "-o", "new.py"), "Use: --model qwen2.5:32b")
    assert ollama.asked == [] and not (tmp_path / "new.py").exists()


@pytest.mark.parametrize("name", ALIASES)
def test_review_refuses_every_alias(run: Run, ollama: Any, name: str) -> None:
    refused(run("review", "one.py", "--seat", f"ollama_chat/{name}"), "Use: --seat ollama_chat/qwen2.5:32b")
    assert ollama.asked == []


def test_generate_refuses_a_banned_draft_and_a_banned_fallback(run: Run, ollama: Any) -> None:
    refused(run(*ASKED, "--draft-model", "codellama:34b"), "Use: --draft-model qwen2.5:32b")
    refused(run(*ASKED, "--set", "fallback_model=codellama:34b"), "Use: --set fallback_model=qwen2.5:32b")
    assert ollama.asked == []


def test_review_refuses_a_seat_of_a_panel_and_its_fallback(run: Run, ollama: Any, tmp_path: Path) -> None:
    remedy = "in its place in panel panel"
    refused(
        run(*panel(tmp_path, 'model = "openrouter/meta-llama/codellama-34b-instruct"')), f"Put qwen2.5:32b {remedy}"
    )
    seat = 'model = "ollama_chat/fine:1b"\nfallback = "ollama_chat/codellama:34b"'
    refused(run(*panel(tmp_path, seat)), f"Put ollama_chat/qwen2.5:32b {remedy}")
    assert ollama.asked == []


def test_generate_keeps_nothing_of_a_silently_served_model(run: Run, ollama: Any, tmp_path: Path) -> None:
    ollama.serves["fine:1b"] = "codellama:34b-instruct-q4_0"
    done = run(*ASKED)
    refused(done, "Use: --model qwen2.5:32b")
    assert "asked for fine:1b, was answered by a banned model" in done.stderr
    assert ollama.asked == ["fine:1b"] and not (tmp_path / "new.py").exists()
    kept = json.loads(run("session", "list", "--format", "json").stdout)
    assert [session["state"] for session in kept] == ["interrupted"]
    whole = json.loads(run("session", "export", kept[0]["session_id"]).stdout)
    assert whole["submission"]["files"] == [] and "Advisory: codellama-34b" in whole["notes"][0]


def test_a_model_that_takes_the_weights_of_a_banned_one_meanwhile_is_found_out(run: Run, ollama: Any) -> None:
    class Swapping(dict[str, str]):
        def get(self, name: str, default: Any = None) -> Any:
            ollama.digests["fine:1b"] = ollama.digests["codellama:34b"]
            return default

    ollama.serves = Swapping()
    refused(run(*ASKED), "Use: --model qwen2.5:32b")


def test_review_does_not_count_a_silently_served_model(run: Run, tmp_path: Path, openai_server: Any) -> None:
    address = openai_server("--delay", "0").address
    seats = "\n[[seats]]\n".join(f'model = "openai/{name}"\napi_base = "{address}"' for name in ("other-model", "good"))
    done = run(*panel(tmp_path, seats))
    refused(done, "Put qwen2.5:32b in its place in panel panel")
    kept = json.loads(run("session", "list", "--format", "json").stdout)
    assert [session["state"] for session in kept] == ["interrupted"]
    whole = json.loads(run("session", "export", kept[0]["session_id"]).stdout)
    banned, good = whole["reviews"]
    assert (banned["outcome"], banned["ballot"], banned["served_model"]) == ("failed", None, "someone-else")
    assert "is banned by policy team" in banned["reason"] and banned["usage"]["completion_tokens"] == 50
    assert good["outcome"] == "answered" and whole["consensus"]["quorum"]["heard"] == 1


def test_a_discouraged_model_works_and_says_what_to_use(run: Run, ollama: Any) -> None:
    done = run("generate", "a function one()", "--model", "weak:1b")
    assert "def one()" in done.stdout and ollama.asked == ["weak:1b"]
    assert (
        "weak:1b is discouraged by policy team (rule weak:1b): it forgets edge cases. Advisory: weak-1b" in done.stderr
    )
    assert "Use: --model qwen2.5:32b" in done.stderr and done.stderr.count("discouraged") == 1
    assert done.returncode in (0, 3), done.stderr


def test_a_fallback_writes_where_the_model_is_not_there(run: Run, ollama: Any) -> None:
    done = run("generate", "a function one()", "--model", "gone:1b", "--set", "fallback_model=fine:1b")
    assert "# Generated by fine:1b" in done.stdout and ollama.asked == ["gone:1b", "fine:1b"]


def test_a_server_that_is_not_there_stops_no_review_without_it(run: Run, tmp_path: Path, openai_server: Any) -> None:
    address = openai_server("--delay", "0").address
    done = run(*panel(tmp_path, f'model = "openai/good"\napi_base = "{address}"'), OLLAMA_HOST="127.0.0.1:1")
    assert done.returncode == 0, done.stderr
    refused(
        run("review", "one.py", "--seat", "ollama_chat/codellama:34b", OLLAMA_HOST="127.0.0.1:1"),
        "Use: --seat ollama_chat/qwen2.5:32b",
    )


def test_the_doctor_names_them(run: Run, tmp_path: Path) -> None:
    done = run("doctor", "--set", "model=house-model", "--set", 'seats=["ollama_chat/weak:1b"]')
    text = " ".join(done.stdout.split())
    assert "Policy fail the model that writes: house-model is banned by policy team" in text
    assert "Policy warn seat weak:1b: ollama_chat/weak:1b is discouraged" in text
    assert "export OLLAMA_MODEL=qwen2.5:32b" in text
    assert "Policy" not in run("doctor", "--set", "model=fine:1b").stdout


# The same at the level of the library, with scripted models


BAN = ModelRule(name="bad:1b", status="banned", reason="it is bad", advisory="bad-1b", replacement="good:1b")
TEAM = Policy(id="team", title="Team", models=(BAN,), voting={"quorum": 1})  # type: ignore[arg-type]
WROTE = "```python\nx = 1\n```\n"
APPROVE = {"analysis": "fine", "findings": [], "verdict": "approve"}


def served(name: str, text: str = WROTE) -> Callable[[Any], Reply]:
    """Answer as another model; it was paid for."""
    usage = Usage(completion_tokens=7)
    return lambda call: Reply(text=text, model=call.model, served_model=name, usage=usage, cost_usd=0.5)


def house(host: ModelHost, *, client: Any = None, store: Any = None, **settings: Any) -> council.Council:
    chosen = Settings(repairs=0, **settings)
    client = client or ScriptedClient()
    return council.Council(chosen, client=client, host=host, sandbox=open_sandbox(chosen), store=store)


def write(host: Any, policy: Policy = TEAM, **settings: Any) -> council.Session:
    return asyncio.run(house(host, **settings).generate("write x", policy=policy))


def sit(client: Any, *seats: str | Seat, policy: Policy = TEAM, store: Any = None) -> council.Session:
    members = house(ScriptedHost(), client=client, store=store)
    return asyncio.run(members.review(council.Submission.from_text("x = 1\n"), policy=policy, seats=seats))


@pytest.mark.parametrize("name", ["bad:1b", "BAD-1B", "somebody/bad-1b-instruct-q4_0", "copy"])
@pytest.mark.parametrize("role", ["model", "draft_model", "fallback_model"])
def test_nobody_is_called_for_a_banned_writer(name: str, role: str) -> None:
    models = (Model(name="bad:1b", digest="a" * 64), Model(name="copy:latest", digest="a" * 64), Model(name="good:1b"))
    host = ScriptedHost(default=WROTE, models=models)
    with pytest.raises(ModelBanned, match="bad-1b") as caught:
        write(host, **{"model": "good:1b", role: name})
    assert host.calls == () and caught.value.exit_code == 2


def test_what_really_wrote_is_looked_up() -> None:
    with pytest.raises(ModelBanned, match="asked for good:1b, was answered by a banned model: bad:1b is banned"):
        write(ScriptedHost({"good:1b": served("bad:1b")}), model="good:1b")
    with pytest.raises(ModelBanned, match="the draft model"):
        write(ScriptedHost({"good:1b": WROTE, "fast": served("bad:1b")}), model="good:1b", draft_model="fast")
    with pytest.raises(ModelBanned, match="the fallback model"):
        write(ScriptedHost({"other": served("bad:1b")}), model="gone", fallback_model="other")


def test_an_allow_list_fails_closed() -> None:
    allow = ModelRule(name="good:1b", status="allowed", uses=("drafts", "final"))
    policy = Policy(id="list", title="List", models=(allow,), unlisted_models="banned")
    assert write(ScriptedHost(default=WROTE), policy, model="good:1b").notes == ()
    for settings in ({"model": "new:1b"}, {"model": "good:1b", "draft_model": "new:1b"}):
        with pytest.raises(ModelBanned, match="is not among them"):
            write(ScriptedHost(default=WROTE), policy, **settings)
    with pytest.raises(ModelBanned, match="is not among them"):
        write(ScriptedHost({"good:1b": served("who-knows")}), policy, model="good:1b")
    with pytest.raises(ModelBanned, match="permission is for drafts and final only"):
        sit(ScriptedClient(default=APPROVE), "ollama_chat/good:1b", policy=policy)


def test_a_permission_for_drafts_is_none_for_the_final_version() -> None:
    drafts = ModelRule(name="fast:1b", status="recommended", uses=("drafts",))
    policy = Policy(id="team", title="Team", models=(drafts,))
    host = ScriptedHost(default=WROTE)
    assert write(host, policy, model="good:1b", draft_model="fast:1b").notes == ()
    (note,) = write(host, policy, model="fast:1b").notes
    assert "fast:1b is discouraged" in note and "for drafts only" in note


def test_a_banned_reviewer_loses_its_vote_and_what_was_paid_is_kept(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "s.db"))
    client = ScriptedClient({"a/one": served("bad:1b", json.dumps(APPROVE)), "b/two": APPROVE})
    with pytest.raises(ModelBanned, match="seat one, asked for a/one, was answered by a banned model") as caught:
        sit(client, "a/one", "b/two", store=store)
    assert caught.value.remedy == "Use: --seat good:1b"
    (summary,) = store.list_sessions()
    session = store.read_session(summary.session_id)
    one, two = session.reviews
    assert session.state is SessionState.INTERRUPTED and session.cost.known_usd == 0.5
    assert (one.outcome, one.ballot, one.usage.completion_tokens) == (ReviewOutcome.FAILED, None, 7)
    assert two.voted and session.consensus is not None and session.consensus.quorum.heard == 1
    assert any("bad-1b" in note for note in session.notes)
    store.close()


def test_a_fallback_seat_says_who_answered() -> None:
    seat = Seat(name="one", model="a/one", provider="a", fallback="b/two")
    session = sit(ScriptedClient({"a/one": ModelMissing("gone"), "b/two": APPROVE}), seat, policy=TEAM)
    assert session.reviews[0].voted and session.reviews[0].fallback == "b/two"
    assert session.consensus is not None
    assert "one: its model could not be had, and its fallback b/two was asked" in session.consensus.degraded
    with pytest.raises(ModelBanned, match="seat one"):
        sit(ScriptedClient(), seat.but(fallback="ollama/bad:1b"))
    with pytest.raises(ModelBanned, match="seat one"):
        sit(ScriptedClient({"a/one": ModelMissing("gone"), "b/two": served("bad:1b")}), seat)


class Silent(ScriptedHost):
    """A host that cannot be reached."""

    async def models(self) -> tuple[LocalModel, ...]:
        raise ModelUnreachable("nobody there")


def test_without_a_server_names_still_tell() -> None:
    assert write(Silent(default=WROTE), model="good:1b").submission.files
    with pytest.raises(ModelBanned):
        write(Silent(default=WROTE), model="bad:1b")
