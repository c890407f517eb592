"""Every knob changes an outcome: each setting and each number of a policy is tried with two values.

Scripted models sit and write; engine, gate, checks, sandbox, store and decision are the real ones.
``test_every_knob_is_tried`` fails for a field that no test below has registered.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import pytest

import council
from council import Decision, Settings, Severity
from council.errors import (
    ModelBroken,
    ModelDenied,
    ModelMissing,
    ModelTimeout,
    ModelUnreachable,
    PolicyError,
    SandboxError,
    SourceError,
)
from council.models import (
    Delayed,
    GatedClient,
    GatedHost,
    InTurn,
    LiteLLMClient,
    OllamaHost,
    ScriptedClient,
    ScriptedHost,
)
from council.consensus import DEFAULT
from council.evidence import weigh_seats
from council.policies import Asking, Criterion, Policy, Voting, WantedVersions
from council.protocols import Docket
from council.reviewing import Bar, cross_examine
from council.sandbox import open_sandbox, probe_sandbox
from council.settings import GateSettings
from council.templating import Templates
from council.types.base import Record
from council.types.calls import Call, Finish, Reply
from council.types.checks import CheckOutcome, TestOutcome
from council.types.evidence import Evidence, EvidenceState
from council.types.examinations import Second
from council.types.findings import Finding
from council.types.reviews import Ballot, Review, ReviewOutcome, Seat, Verdict

T = TypeVar("T", bound=Callable[..., Any])
TRIED: set[str] = set()

CODE = '"""One."""\n\n\ndef one() -> int:\n    return 1\n'
TESTS = "from submission import one\n\n\ndef test_one():\n    assert one() == 1\n"
SEATS = ("a/one", "b/two", "c/three")
APPROVE = {"analysis": "fine", "findings": [], "verdict": "approve"}
REJECT = {"analysis": "no", "findings": [], "verdict": "reject"}
VOTES = Policy(id="votes", title="Votes alone")


def knob(*names: str) -> Callable[[T], T]:
    """Register a test as the one that shows what a knob changes: a field of ``Settings``, or ``Record.field``."""

    def register(test: T) -> T:
        TRIED.update(name if "." in name else f"Settings.{name}" for name in names)
        return test

    return register


def fields(*records: type[Record]) -> set[str]:
    return {f"{record.__name__}.{field}" for record in records for field in record.model_fields}


def test_every_knob_is_tried() -> None:
    assert fields(Settings, GateSettings, Criterion, Voting, Asking, WantedVersions) | {"Panel.quorum"} <= TRIED


def sit(
    settings: Settings,
    answers: dict[str, Any],
    *,
    seats: Sequence[str] | None = SEATS,
    policy: Policy | None = VOTES,
    gated: bool = False,
    code: str = CODE,
    tests: str | None = None,
) -> council.Session:
    """Review with scripted seats, behind the real gate where the knob belongs to it."""
    client: Any = ScriptedClient(answers, default=APPROVE)
    client = GatedClient(client, settings) if gated else client
    house = council.Council(settings, client=client, host=ScriptedHost(), sandbox=open_sandbox(settings))
    submission = council.Submission.from_text(code, tests=tests, task="return one")
    return asyncio.run(house.review(submission, seats=seats, policy=policy))


def outcomes(session: council.Session) -> list[str]:
    return [review.outcome.value for review in session.reviews]


def write(settings: Settings, answers: dict[str, Any], *, host: Any = None) -> council.Session:
    """Generate with a scripted local model, checked for its syntax."""
    host = host or ScriptedHost(answers)
    house = council.Council(settings, client=ScriptedClient(), host=host, sandbox=open_sandbox(settings))
    policy = Policy(id="parses", title="Parses", criteria=(Criterion(check="syntax", block_at=Severity.INFO),))
    return asyncio.run(house.generate("write one()", path="one.py", policy=policy))


def check(policy: Policy, *, settings: Settings | None = None, code: str = CODE, tests: str | None = TESTS) -> Any:
    """Let the checks alone decide and return the consensus with the report."""
    session = sit(settings or Settings(), {}, policy=policy.but(checks_only=True), code=code, tests=tests)
    assert session.consensus is not None and session.validation is not None
    return session.consensus.decision, session.validation


def demand(name: str, **more: Any) -> Policy:
    return Policy(id="one", title="One", criteria=(Criterion(check=name, **more),))  # type: ignore[arg-type]


def fenced(code: str) -> str:
    return f"```python\n{code}```\n"


# Who decides, who sits, and where policies and templates come from


@knob("policy")
def test_policy() -> None:
    def decide(policy: str) -> Decision:
        session = sit(Settings(policy=policy), {}, policy=None, tests=TESTS)
        return session.consensus.decision

    def checks_only(policy: str) -> bool:
        return sit(Settings(policy=policy), {}, policy=None).consensus.checks_only

    assert (checks_only("base"), checks_only("checks-only")) == (False, True)
    assert decide("checks-only") is Decision.APPROVED


@knob("panel", "seats")
def test_panel_and_seats() -> None:
    def sat(**more: Any) -> list[str]:
        return [review.seat.model for review in sit(Settings(**more), {}, seats=None).reviews]

    assert len(sat(panel="economy")) == 4 and all("ollama" in model for model in sat(panel="local"))
    assert sat(seats=("a/one", "b/two")) == ["a/one", "b/two"]


@knob("probe", "probe_budget_s")
def test_probe() -> None:
    def probed(**more: Any) -> Any:
        return sit(Settings(**more), {}, policy=demand("tests").but(voting=Voting(quorum=1)), tests=TESTS).probe

    assert probed() is None
    found = probed(probe=True)
    assert (found.killed, found.survived, found.line_share) == (found.found, (), 1) and found.killed >= 2
    only_reach = probed(probe=True, probe_budget_s=0)
    assert (only_reach.tried, only_reach.found, only_reach.line_share) == (0, found.found, 1)


@knob("Policy.probe")
def test_a_policy_can_ask_for_the_probe() -> None:
    def probed(ask: bool) -> Any:
        return sit(Settings(), {}, policy=demand("tests").but(probe=ask, checks_only=True), tests=TESTS).probe

    assert probed(False) is None and probed(True).killed


@knob("cross_examination_rounds", "cross_examination_calls")
def test_cross_examination() -> None:
    claim = Finding(id="one-1", source="one", severity=Severity.HIGH, message="m", counterexample="def test_x(): ...")
    run = Evidence(finding_id="one-1", state=EvidenceState.REPRODUCED)
    reviews = tuple(
        Review(
            seat=Seat(name=name, model=name, provider="openai"),
            outcome=ReviewOutcome.ANSWERED,
            ballot=Ballot(verdict=Verdict.APPROVE, findings=(claim,) if name == "one" else ()),
        )
        for name in ("one", "two", "three")
    )

    def state(**more: Any) -> EvidenceState:
        client = ScriptedClient(
            {"two": {"grounds": "g", "ruling": "unclear"}, "three": {"grounds": "g", "ruling": "asked"}}
        )
        submission = council.Submission.from_text(CODE, task="return one")
        bar = Bar(client, submission, Settings(**more), Templates(), turn_away=lambda seat, reply: None)

        def decides(found: tuple[Evidence, ...], seconds: tuple[Second, ...]) -> Decision:
            docket = Docket(reviews=reviews, evidence=found, seconds=seconds, policy=VOTES)
            return DEFAULT.aggregate(docket).decision

        found, _ = asyncio.run(cross_examine(reviews, (run,), bar, weigh=weigh_seats, decides=decides))
        return found[0].state

    assert state(cross_examination_rounds=0) is EvidenceState.REPRODUCED
    assert state(cross_examination_rounds=1) is EvidenceState.UPHELD
    assert state(cross_examination_calls=0) is EvidenceState.REPRODUCED


@knob("chair")
def test_chair() -> None:
    def quote(**more: Any) -> str | None:
        words = {"decision": "approved", "statement": "The council approves this code."}
        session = sit(Settings(**more), {"chair/x": words})
        return None if session.statement is None else session.statement.by

    assert (quote(), quote(chair="chair/x")) == (None, "chair/x")


@knob("policies_dir")
def test_policies_dir(tmp_path: Path) -> None:
    (tmp_path / "panels").mkdir()
    (tmp_path / "mine.toml").write_text('title = "Mine"\nchecks_only = false\n[voting]\nquorum = 1\n')
    (tmp_path / "panels" / "ours.toml").write_text('title = "Ours"\n[[seats]]\nmodel = "a/one"\n')
    named = Settings(policy="mine", panel="ours")
    with pytest.raises(PolicyError, match="mine"):
        sit(named, {}, policy=None, seats=None)
    session = sit(named.but(policies_dir=tmp_path), {}, policy=None, seats=None)
    assert (session.policy, session.panel, session.consensus.decision) == ("mine", "ours", Decision.APPROVED)


@knob("templates_dir")
def test_templates_dir(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "review_system.txt.j2").write_text("Judge as our team does.")
    shipped, own = (sit(Settings(templates_dir=folder), {}).prompt[0].content for folder in (None, tmp_path))
    assert own.strip() == "Judge as our team does." != shipped.strip()


# How long, how often and how dear a seat may be


@knob("deadline_s")
def test_deadline_s() -> None:
    late = {"a/one": Delayed(APPROVE, 1.5)}
    assert outcomes(sit(Settings(deadline_s=0.3), late)) == ["timed_out", "answered", "answered"]
    assert outcomes(sit(Settings(deadline_s=60), late)) == ["answered"] * 3


@knob("attempt_timeout_s")
def test_attempt_timeout_s() -> None:
    late, once = {"a/one": Delayed(APPROVE, 1.0)}, Settings(attempts=1)
    assert outcomes(sit(once.but(attempt_timeout_s=0.2), late, gated=True))[0] == "timed_out"
    assert outcomes(sit(once.but(attempt_timeout_s=60), late, gated=True))[0] == "answered"


@knob("attempts")
def test_attempts() -> None:
    def shaky() -> dict[str, Any]:
        return {"a/one": InTurn(ModelBroken("it broke"), APPROVE)}

    first = sit(Settings(attempts=1), shaky(), gated=True).reviews[0]
    again = sit(Settings(attempts=2), shaky(), gated=True).reviews[0]
    assert (first.outcome, first.attempts) == (council.ReviewOutcome.FAILED, 1)
    assert (again.outcome, again.attempts) == (council.ReviewOutcome.ANSWERED, 2)


def cut(text: str) -> Callable[[Call], Reply]:
    """Answer as a server does that stops at the longest answer allowed; a letter counts as a token."""

    def answer(call: Call) -> Reply:
        whole = len(text) <= (call.max_tokens or 0)
        return Reply(text=text[: call.max_tokens], model=call.model, finish=Finish.STOP if whole else Finish.LENGTH)

    return answer


@knob("max_tokens")
def test_max_tokens() -> None:
    long = {"a/one": cut(json.dumps({**APPROVE, "analysis": "fine " * 100}))}
    assert outcomes(sit(Settings(max_tokens=100), long))[0] == "unreadable"
    assert outcomes(sit(Settings(max_tokens=1000), long))[0] == "answered"


@knob("temperature")
def test_temperature() -> None:
    def cold(call: Call) -> Any:
        return APPROVE if call.temperature is None else REJECT

    answers = dict.fromkeys(SEATS, cold)
    assert sit(Settings(), answers).consensus.decision is Decision.APPROVED
    assert sit(Settings(temperature=0.7), answers).consensus.decision is Decision.REJECTED


@knob("budget_usd")
def test_budget_usd() -> None:
    seats = ("openai/gpt-5.2", "nobody/knows-its-price")
    assert outcomes(sit(Settings(), {}, seats=seats, gated=True)) == ["answered"] * 2
    assert outcomes(sit(Settings(budget_usd=0.000001), {}, seats=seats, gated=True)) == ["over_budget"] * 2
    assert outcomes(sit(Settings(budget_usd=10), {}, seats=seats, gated=True)) == ["answered", "over_budget"]


def most_at_once(**more: Any) -> int:
    """Return how many seats of one provider were asked at the same moment."""
    now, most = 0, 0

    async def answer(call: Call) -> Any:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.1)
        now -= 1
        return APPROVE

    seats = ("a/one", "a/two", "a/three")
    assert outcomes(sit(Settings(**more), dict.fromkeys(seats, answer), seats=seats, gated=True)) == ["answered"] * 3
    return most


@knob("gates", "GateSettings.concurrency")
def test_concurrency_of_a_gate() -> None:
    assert most_at_once(gates={"a": GateSettings(concurrency=1)}) == 1
    assert most_at_once(gates={"b": GateSettings(concurrency=1)}) == 3


@knob("GateSettings.rate_per_s")
def test_rate_of_a_gate() -> None:
    def answered(rate_per_s: float) -> int:
        seats = ("a/one", "a/two", "a/three")
        settings = Settings(deadline_s=1.0, gates={"a": GateSettings(rate_per_s=rate_per_s)})
        return outcomes(sit(settings, {}, seats=seats, gated=True)).count("answered")

    assert (answered(0.2), answered(1000)) == (1, 3)


# The local model that writes


class SmallServer(ThreadingHTTPServer):
    """Speaks as Ollama does; a prompt with more words than ``num_ctx`` is refused, as with ``truncate: false``."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Speaking)
        self.keys: list[str | None] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Speaking(BaseHTTPRequestHandler):
    server: SmallServer

    def log_message(self, *_: Any) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        self._say(200, {"models": [{"name": "m", "digest": "d"}], "version": "0.0.0"})

    def do_POST(self) -> None:
        self.server.keys.append(self.headers.get("Authorization"))
        if self.path != "/api/chat":
            return self._say(404, {"error": {"message": "no such model", "code": "model_not_found"}})
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        words, room = len(body["messages"][-1]["content"].split()), body["options"]["num_ctx"]
        if words > room:
            said = f"request ({words} tokens) exceeds the available context size ({room} tokens), try increasing it"
            inner = {"error": {"code": 400, "message": said, "type": "exceed_context_size_error"}}
            return self._say(400, {"error": json.dumps(inner)})
        message = {"role": "assistant", "content": fenced(CODE)}
        return self._say(200, {"model": "m", "message": message, "done": True, "done_reason": "stop"})

    def _say(self, status: int, table: dict[str, Any]) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(table).encode() + b"\n")


@pytest.fixture
def server() -> Iterator[SmallServer]:
    with SmallServer() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@knob("ollama_host")
def test_ollama_host(server: SmallServer) -> None:
    here = Settings(model="m", ollama_host=server.host)
    assert CODE in write(here, {}, host=OllamaHost(here)).submission.files[0].text
    elsewhere = Settings(model="m", ollama_host="127.0.0.1:1")
    with pytest.raises(ModelUnreachable):
        write(elsewhere, {}, host=OllamaHost(elsewhere))


@knob("context_tokens")
def test_context_tokens(server: SmallServer) -> None:
    def generate(context_tokens: int) -> council.Session:
        settings = Settings(model="m", ollama_host=server.host, context_tokens=context_tokens)
        host = OllamaHost(settings)
        house = council.Council(settings, client=ScriptedClient(), host=host, sandbox=open_sandbox(settings))
        return asyncio.run(house.generate("write one() " + "and more " * 1000, policy=VOTES))

    with pytest.raises(council.CouncilError, match="context"):
        generate(1024)
    assert CODE in generate(8192).submission.files[0].text


@knob("model", "draft_model")
def test_models_that_write() -> None:
    answers = {"m": fenced("x = 1\n"), "n": fenced("x = 2\n"), "fast": fenced("x = 3\n")}

    def attempts(**more: Any) -> list[tuple[str, str]]:
        written = write(Settings(repairs=0, **more), answers).generation
        return [(attempt.tier, attempt.model) for attempt in written.attempts]

    assert attempts(model="m") == [("strong", "m")]
    assert attempts(model="n") == [("strong", "n")]
    assert attempts(model="m", draft_model="fast") == [("draft", "fast"), ("strong", "m")]
    with pytest.raises(council.CouncilError, match="no local model is set"):
        attempts()


def _witnesses(answers: dict[str, Any], code: str = CODE, policy: Policy = VOTES, **more: Any) -> Any:
    """Review with versions of the task from scripted local models and return what they said."""
    settings = Settings(store=False, **more)
    host = ScriptedHost(answers)
    house = council.Council(settings, client=ScriptedClient(default=APPROVE), host=host, sandbox=open_sandbox(settings))
    submission = council.Submission.from_text(code, task="write one(), which returns one")
    session = asyncio.run(house.review(submission, seats=SEATS, policy=policy))
    return session.versions, session.consensus, host


def _ones(*values: str) -> list[str]:
    return [fenced(f"def one():\n    {value}\n") for value in values]


@knob("versions", "version_models", "model")
def test_versions() -> None:
    ways = _ones("return 1", "x = 1; return x", "x = 2; return x - 1", "x = 0; return x + 1", "return int('1')")
    wrong = CODE.replace("return 1", "return 2")
    assert _witnesses({}, wrong)[0] is None
    report, decided, _ = _witnesses({"m": InTurn(*ways)}, wrong, versions=5, model="m")
    assert report.testimony.difference is not None and decided.decision is Decision.CHANGES_REQUESTED
    report, decided, _ = _witnesses({"m": InTurn(*ways)}, wrong, versions=3, model="m")
    assert report.testimony.difference is None and decided.decision is Decision.APPROVED
    asked = {"a": InTurn(*ways[:3]), "b": InTurn(*ways[3:])}
    report, _, host = _witnesses(asked, versions=4, version_models=("a", "b"), model="m")
    assert [call.model for call in host.calls] == ["a", "a", "b", "b"] and report.models == ("a", "b")
    with pytest.raises(council.CouncilError, match="no local model is named"):
        _witnesses({}, versions=1)


@knob("samples")
def test_samples() -> None:
    """The first version is alone with its opinion; among four the larger cluster is picked, in its plainest form."""
    ways = _ones("return 7", "x = 1; return x", "return 1", "x = 2; return x - 1")

    def written(samples: int) -> council.Session:
        return write(Settings(model="m", repairs=0, samples=samples), {"m": InTurn(*ways)})

    assert "return 7" in written(1).submission.files[0].text
    session = written(4)
    assert "return 1\n" in session.submission.files[0].text and session.generation is not None
    pick = session.generation.pick
    assert pick is not None and [one.written for one in pick.clusters] == [3, 1] and session.generation.chosen == 3
    assert [attempt.reason for attempt in session.generation.attempts] == [
        "does something else", "does the same as the pick", None, "does the same as the pick",
    ]  # fmt: skip


@knob("versions_limit_s")
def test_versions_limit(tmp_path: Path) -> None:
    def written(limit_s: float) -> int:
        answers = {"m": InTurn(*(Delayed(answer, 0.2) for answer in _ones("return 1", "return 1", "return 1")))}
        return len(_witnesses(answers, versions=3, model="m", versions_limit_s=limit_s)[0].versions)

    assert written(0.1) == 1 and written(60) == 3


@knob("WantedVersions.count", "WantedVersions.models", "WantedVersions.limit_s")
def test_versions_that_a_policy_wants() -> None:
    """What is asked for by hand goes before it, but for time: there the shorter limit holds."""

    def told(settings: dict[str, Any], **wanted: Any) -> Any:
        answers = {"m": InTurn(*(Delayed(a, 0.2) for a in _ones("return 1", "return 2", "return 3"))), "n": fenced(CODE)}
        return _witnesses(answers, policy=VOTES.but(versions=WantedVersions(**wanted)), **settings)

    assert told({"model": "m"})[0] is None
    report, decided, host = told({"model": "m"}, count=2)
    assert len(report.versions) == 2 and decided.decision is Decision.APPROVED
    assert len(told({"model": "m", "versions": 1}, count=2)[0].versions) == 1
    assert told({"model": "m"}, count=1, models=("n",))[0].models == ("n",)
    assert told({"version_models": ("m",)}, count=1, models=("n",))[0].models == ("m",)
    for limits in ((60.0, 0.1), (0.1, 60.0)):
        assert len(told({"model": "m", "versions_limit_s": limits[0]}, count=3, limit_s=limits[1])[0].versions) == 1
    report, decided, host = told({}, count=2)
    assert report.testimony.reason.startswith("the policy wants versions: no local model is named")
    assert decided.decision is Decision.APPROVED and host.calls == (), "no model of one's own is no mistake here"


@knob("versions_from")
def test_versions_from(tmp_path: Path) -> None:
    path = tmp_path / "versions.jsonl"
    path.write_text("".join(json.dumps({"model": "r", "code": f"def one(): return {n}"}) + "\n" for n in (1, 2)))
    report, _, host = _witnesses({}, versions=2, versions_from=path)
    assert report.models == ("r",) and len(report.versions) == 2 and host.calls == ()
    path.write_text('{"model": "r"}\n')
    with pytest.raises(SourceError, match="versions.jsonl, line 1: code is missing"):
        _witnesses({}, versions=2, versions_from=path)


@knob("fallback_model")
def test_fallback_model() -> None:
    answers = {"there": fenced(CODE), "fast": fenced("x = 3\n")}

    def attempts(**more: Any) -> list[tuple[str, str]]:
        session = write(Settings(model="gone", repairs=0, **more), answers)
        assert session.submission.origin is not None and session.submission.origin.model == "there"
        return [(attempt.tier, attempt.model) for attempt in session.generation.attempts]

    assert attempts(fallback_model="there") == [("strong", "there")]
    assert attempts(fallback_model="there", draft_model="fast") == [("draft", "fast"), ("strong", "there")]
    for none in (None, "gone", "gone as well"):
        with pytest.raises(ModelMissing):
            attempts(fallback_model=none)


@knob("PanelSeat.fallback")
def test_fallback_of_a_seat(tmp_path: Path) -> None:
    def sat(more: str, answers: dict[str, Any]) -> council.Review:
        (tmp_path / "panel.toml").write_text(f'title = "One"\n[[seats]]\nmodel = "a/one"\n{more}')
        return sit(Settings(panel=str(tmp_path / "panel.toml")), answers, seats=None).reviews[0]

    for error in (ModelMissing("gone"), ModelDenied("no key"), ModelUnreachable("nobody there")):
        assert sat("", {"a/one": error}).outcome is council.ReviewOutcome.FAILED
        heard = sat('fallback = "b/two"', {"a/one": error})
        assert (heard.voted, heard.seat.model, heard.fallback, heard.served_model) == (True, "a/one", "b/two", "b/two")
    assert sat('fallback = "b/two"', {}).fallback is None, "it is asked only where the first cannot be had"
    broken = sat('fallback = "b/two"', {"a/one": ModelBroken("it broke")})
    assert (broken.outcome, broken.fallback) == (council.ReviewOutcome.FAILED, None)
    both = sat('fallback = "b/two"', {"a/one": ModelMissing("no one"), "b/two": ModelMissing("no two")})
    assert both.reason == "no one; its fallback b/two: no two"


@knob("repairs")
def test_repairs() -> None:
    def written(repairs: int) -> int:
        answers = {"m": InTurn(fenced("def one() -> int:\n    return 'a' 1\n"), fenced(CODE))}
        return write(Settings(model="m", repairs=repairs), answers).validation.exit_code

    assert (written(0), written(1)) == (1, 0)


@knob("reply_tokens")
def test_reply_tokens() -> None:
    def files(reply_tokens: int) -> int:
        settings = Settings(model="m", repairs=0, reply_tokens=reply_tokens)
        return len(write(settings, {"m": cut(fenced(CODE))}).submission.files)

    assert (files(40), files(400)) == (0, 1)


@knob("generation_temperature")
def test_generation_temperature() -> None:
    def warm(call: Call) -> str:
        return fenced(f"x = {call.temperature}\n")

    texts = [
        write(Settings(model="m", generation_temperature=heat), {"m": warm}).submission.files[0].text
        for heat in (0.0, 0.9)
    ]
    assert "x = 0.0" in texts[0] and "x = 0.9" in texts[1]


@knob("generation_timeout_s")
def test_generation_timeout_s() -> None:
    def written(limit_s: float) -> int:
        settings = Settings(model="m", attempts=1, generation_timeout_s=limit_s)
        slow = ScriptedHost({"m": Delayed(fenced(CODE), 1.0)})
        return len(write(settings, {}, host=GatedHost(slow, settings)).submission.files)

    with pytest.raises(ModelTimeout):
        written(0.2)
    assert written(60) == 1


@knob("key_hosts")
def test_key_hosts(server: SmallServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0123456789")  # not a key of anybody
    monkeypatch.setenv("NO_PROXY", "127.1")
    # 127.1 is this machine to the system, and any host of the internet to council.
    seat = f'model = "openai/x"\napi_base = "http://127.1:{server.server_port}/v1"'
    (tmp_path / "panel.toml").write_text(f'title = "One"\n[[seats]]\n{seat}\n')

    def sent(*hosts: str) -> str | None:
        settings = Settings(panel=str(tmp_path / "panel.toml"), key_hosts=hosts)
        client = LiteLLMClient(settings)
        house = council.Council(settings, client=client, host=ScriptedHost(), sandbox=open_sandbox(settings))
        asyncio.run(house.review(council.Submission.from_text(CODE), policy=VOTES))
        return server.keys[-1]

    assert (sent("elsewhere.test"), sent("127.1")) == ("Bearer none", "Bearer sk-canary-0123456789")


# What untrusted code may use


@knob("sandbox")
@pytest.mark.parametrize("name", ["bubblewrap", "landlock"])
def test_sandbox(name: str) -> None:
    settings = Settings(sandbox=name)  # type: ignore[arg-type]
    if probe_sandbox(settings).chosen is None:
        with pytest.raises(SandboxError):
            check(demand("syntax"), settings=settings)
    else:
        assert check(demand("syntax"), settings=settings)[1].sandbox.backend == name


@knob("sandbox_memory_mb")
def test_sandbox_memory_mb() -> None:
    hungry = "def test_hungry():\n    assert len(bytearray(600 << 20)) > 0\n"
    small = check(demand("tests"), settings=Settings(sandbox_memory_mb=256), tests=hungry)
    large = check(demand("tests"), settings=Settings(sandbox_memory_mb=2048), tests=hungry)
    assert small[0] is not Decision.APPROVED and large[0] is Decision.APPROVED


@knob("check_timeout_s")
def test_check_timeout_s() -> None:
    slow = "import time\n\n\n" + "".join(f"def test_{n}():\n    time.sleep(0.5)\n\n\n" for n in range(5))
    short = check(demand("tests"), settings=Settings(check_timeout_s=1.5), tests=slow)
    assert short[0] is not Decision.APPROVED
    assert check(demand("tests"), settings=Settings(check_timeout_s=60), tests=slow)[0] is Decision.APPROVED


@knob("test_timeout_s")
def test_test_timeout_s() -> None:
    slow = "import time\n\n\ndef test_slow():\n    time.sleep(1.5)\n"
    short = check(demand("tests"), settings=Settings(test_timeout_s=0.3), tests=slow)[1].check("tests")
    assert short.outcome is CheckOutcome.FAILED and short.tests[0].outcome is TestOutcome.TIMED_OUT
    assert check(demand("tests"), settings=Settings(test_timeout_s=30), tests=slow)[0] is Decision.APPROVED


@knob("tests_apart")
def test_tests_apart() -> None:
    code = "class Equal:\n    def __eq__(self, other):\n        return True\n\n\ndef f():\n    return Equal()\n"
    tests = "from submission import f\n\n\ndef test_f():\n    assert f() == 1\n"
    beside = Settings(tests_apart=False)
    assert check(demand("tests"), settings=beside, code=code, tests=tests)[0] is Decision.APPROVED
    apart = check(demand("tests"), settings=Settings(), code=code, tests=tests)
    assert apart[0] is Decision.REJECTED and apart[1].check("tests").apart is True


# What is read, and what is kept


@pytest.fixture
def parses(tmp_path: Path) -> str:
    """A policy file whose only demand is that the code parses; no seat is asked."""
    path = tmp_path / "parses.toml"
    path.write_text('title = "Parses"\nchecks_only = true\n[[criteria]]\ncheck = "syntax"\n')
    return str(path)


@knob("max_file_kb", "max_files")
def test_size_of_a_submission(tmp_path: Path, parses: str) -> None:
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "a.py").write_text("x = 1\n" * 500)
    (folder / "b.py").write_text("y = 1\n")

    def exit_code(**more: Any) -> int:
        return asyncio.run(council.validate(folder, settings=Settings(policy=parses, **more))).exit_code

    for tight in ({"max_file_kb": 2}, {"max_files": 1}):
        with pytest.raises(SourceError):
            exit_code(**tight)
    assert exit_code(max_file_kb=4, max_files=2) == 0


@knob("store", "store_url")
def test_store(tmp_path: Path, parses: str) -> None:
    (tmp_path / "a.py").write_text(CODE)

    def kept(**more: Any) -> set[str]:
        settings = Settings(policy=parses, **more)
        council.review_sync(tmp_path / "a.py", settings=settings)
        return {path.name for path in tmp_path.glob("*.db")}

    assert kept(store=False, store_url=str(tmp_path / "never.db")) == set()
    assert kept(store_url=str(tmp_path / "first.db")) == {"first.db"}
    assert kept(store_url=str(tmp_path / "second.db")) == {"first.db", "second.db"}


# The numbers of a policy

LONG_LINE = CODE + f"\n\nLONG = '{'x' * 130}'\n"
UNDEFINED = CODE.replace("return 1", "return nothing")
HALF = TESTS + "\n\ndef test_two():\n    assert one() == 2\n"


@knob("Criterion.check")
def test_criterion_check() -> None:
    assert check(demand("syntax", block_at="info"), code=UNDEFINED)[0] is Decision.APPROVED
    assert check(demand("lint", block_at="high"), code=UNDEFINED)[0] is Decision.REJECTED


@knob("Criterion.required")
def test_criterion_required() -> None:
    def decided(required: str, tests: str | None) -> Decision:
        parsing = Criterion(check="syntax")
        policy = Policy(id="p", title="P", criteria=(parsing, *demand("tests", required=required).criteria))
        return check(policy, tests=tests)[0]

    assert [decided(word, None) for word in ("always", "if_given")] == [Decision.BLOCKED, Decision.APPROVED]
    assert [decided(word, HALF) for word in ("if_given", "never")] == [Decision.REJECTED, Decision.APPROVED]


@knob("Criterion.block_at")
def test_criterion_block_at() -> None:
    tolerated = [check(demand("lint", block_at=limit), code=LONG_LINE)[0] for limit in (None, "high", "info")]
    assert tolerated == [Decision.APPROVED, Decision.APPROVED, Decision.REJECTED]


@knob("Criterion.min_pass_rate")
def test_criterion_min_pass_rate() -> None:
    assert check(demand("tests", min_pass_rate=1.0), tests=HALF)[0] is Decision.REJECTED
    assert check(demand("tests", min_pass_rate=0.5), tests=HALF)[0] is Decision.APPROVED


@knob("Criterion.on_fail")
@pytest.mark.parametrize("left", ["rejected", "changes_requested"])
def test_criterion_on_fail(left: str) -> None:
    assert check(demand("tests", on_fail=left), tests=HALF)[0] == left


def vote(answers: dict[str, Any], **voting: Any) -> Decision:
    policy = VOTES.but(voting=Voting(**voting))
    return sit(Settings(), answers, policy=policy).consensus.decision


@knob("Voting.quorum")
def test_voting_quorum() -> None:
    silent = {"a/one": ModelBroken("it broke")}
    assert (vote(silent, quorum=2), vote(silent, quorum=3)) == (Decision.APPROVED, Decision.NO_QUORUM)


@knob("Voting.approve_share")
def test_voting_approve_share() -> None:
    split = {"a/one": REJECT}
    assert (vote(split, approve_share=0.5), vote(split, approve_share=0.8)) == (Decision.APPROVED, Decision.TIED)


@knob("Asking.mode", "Asking.sure")
def test_asking() -> None:
    seats = [f"a/{name}" for name in ("one", "two", "three", "four", "five")]

    def asked(**asking: Any) -> list[str]:
        policy = VOTES.but(voting=Voting(quorum=2), asking=Asking(**asking))
        session = sit(Settings(), {"a/five": ModelBroken("it broke")}, seats=seats, policy=policy)
        assert session.consensus is not None and session.consensus.decision is Decision.APPROVED
        assert session.consensus.quorum.invited == 5 and [r.seat.model for r in session.reviews] == seats
        assert all(
            r.reason and r.cost_usd is None and r.attempts == 0 for r in session.reviews if r.outcome == "unspent"
        )
        return sorted(outcomes(session))

    assert asked() == ["answered"] * 4 + ["failed"]
    assert asked(mode="sequential", sure=0.9).count("unspent") == 2
    assert asked(mode="sequential", sure=1.0).count("unspent") == 1


def concerned(severity: str) -> dict[str, Any]:
    """One seat of three lists a finding and rejects."""
    finding = {"claim": "one() returns 1 where the task wants 2", "line": 5, "severity": severity}
    return {"a/one": {"analysis": "no", "findings": [finding], "verdict": "reject"}}


@knob("Voting.block_at")
def test_voting_block_at() -> None:
    decided = [vote(concerned("high"), block_at=limit, block_share=0.3) for limit in ("critical", "high")]
    assert decided == [Decision.APPROVED, Decision.CHANGES_REQUESTED]


@knob("Voting.block_share")
def test_voting_block_share() -> None:
    decided = [vote(concerned("critical"), block_share=share) for share in (0.5, 0.3)]
    assert decided == [Decision.APPROVED, Decision.CHANGES_REQUESTED]


def claims(*counterexamples: str) -> dict[str, Any]:
    """One seat of three rejects and gives a counterexample for each of its findings."""
    told = [
        {"claim": f"wrong {n}", "line": 5, "severity": "high", "counterexample": text}
        for n, text in enumerate(counterexamples)
    ]
    return {"a/one": {"analysis": "no", "findings": told, "verdict": "reject"}}


@knob("counterexamples")
def test_counterexamples() -> None:
    wrong = claims("def test_a():\n    assert one() == 2\n", "def test_b():\n    assert one() == 3\n")

    def states(most: int) -> tuple[list[str], Decision]:
        session = sit(Settings(counterexamples=most, counterexample_runs=2), wrong)
        return sorted(run.state.value for run in session.evidence), session.consensus.decision

    assert states(0) == (["not_attempted", "not_attempted"], Decision.APPROVED)
    assert states(1) == (["not_attempted", "reproduced"], Decision.CHANGES_REQUESTED)
    assert states(2) == (["reproduced", "reproduced"], Decision.CHANGES_REQUESTED)


@knob("counterexample_runs")
def test_counterexample_runs() -> None:
    wrong = claims("def test_a():\n    assert one() == 2\n")
    runs = [sit(Settings(counterexample_runs=n), wrong).evidence[0].runs for n in (2, 4)]
    assert runs == [2, 4]


@knob("Panel.quorum")
def test_panel_quorum(tmp_path: Path) -> None:
    seats = '[[seats]]\nmodel = "a/one"\n[[seats]]\nmodel = "b/two"\n'
    silent = {"a/one": ModelBroken("it broke")}

    def decided(quorum: str) -> Decision:
        path = tmp_path / "panel.toml"
        path.write_text(f'title = "Two"\n{quorum}\n{seats}')
        return sit(Settings(panel=str(path)), silent, seats=None).consensus.decision

    assert (decided(""), decided("quorum = 1")) == (Decision.NO_QUORUM, Decision.APPROVED)
