"""Fixed sessions of every kind. The golden files show what people see of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from council.types.calls import Message, Usage
from council.types.checks import CheckOutcome, CheckResult, SandboxInfo, TestOutcome, TestResult, ValidationReport
from council.types.consensus import Concern, Consensus, Decision, Dissent, Evidence, EvidenceState, Ground, Quorum
from council.types.evidence import EvidenceKind, FixOutcome, FixTrial, Flaw
from council.types.examinations import Answer, CrossExamination, Ruling
from council.types.findings import Finding, Location, Severity
from council.types.probe import Mutant, Probe
from council.types.reviews import Ballot, BallotFlag, Review, ReviewOutcome, Seat, Verdict
from council.types.session import Attempt, Cost, Generation, Revision, Session, SessionKind, SessionState, Statement
from council.types.submission import Origin, SourceFile, Submission
from council.types.versions import (
    Ambiguity,
    Cluster,
    Difference,
    Input,
    Pick,
    Question,
    Testimony,
    Version,
    VersionsReport,
)
from council.types.versions import Answer as Camp
from council.types.versions import Origin as Source

MOMENT = datetime(2026, 11, 23, 20, 15, 3, tzinfo=UTC)
TASK = "Write a least recently used cache.\nget(key) returns -1 for a missing key."
CODE = '''from collections import OrderedDict


class LRUCache:
    """Keeps the entries that were used last."""

    def __init__(self, capacity):
        self.capacity = capacity
        self.entries = OrderedDict()

    def get(self, key):
        if key not in self.entries:
            return -1
        self.entries.move_to_end(key)
        return self.entries[key]

    def put(self, key, value):
        self.entries[key] = value
        if len(self.entries) > self.capacity + 1:
            self.entries.popitem(last=False)
'''
TESTS = "from cache import LRUCache\n\n\ndef test_capacity_limit():\n    assert LRUCache(2).get(1) == -1\n"
SANDBOX = SandboxInfo(backend="bubblewrap", version="0.11.0", binary="bundled", layers=("network", "home"))
GPT = Seat(name="gpt-6-sol", model="openai/gpt-6-sol", provider="openai")
CLAUDE = Seat(name="claude-opus-5-5", model="anthropic/claude-opus-5-5", provider="anthropic")
GEMINI = Seat(name="gemini-3.1-pro", model="gemini/gemini-3.1-pro", provider="gemini")
SONAR = Seat(name="sonar-pro", model="perplexity/sonar-pro", provider="perplexity")
FRONTIER = (GPT, CLAUDE, GEMINI, SONAR)
NO_TASK = Submission(files=(SourceFile(path="cache.py", text=CODE),))
CACHE = Submission(
    files=(SourceFile(path="cache.py", text=CODE),),
    tests=(SourceFile(path="test_cache.py", text=TESTS),),
    task=TASK,
)


def check(name: str, tool: str, summary: str, **changes: Any) -> CheckResult:
    given = {"outcome": CheckOutcome.PASSED, "required": name != "formatting", "tool_version": "9.2", **changes}
    return CheckResult(name=name, tool=tool, summary=summary, duration_s=0.1, **given)


def failed_test(name: str, reason: str | None, outcome: TestOutcome = TestOutcome.FAILED) -> TestResult:
    output = None if reason is None else f"    def {name}():\n>       assert 3 == 2\nE       {reason}\n"
    return TestResult(name=name, node_id=f"test_cache.py::{name}", outcome=outcome, reason=reason, output=output)


def at(line: int) -> Location:
    return Location(path="cache.py", line=line)


def session(**changes: Any) -> Session:
    given: dict[str, Any] = {
        "session_id": "7f3k0a9xzq",
        "created_at": MOMENT,
        "finished_at": MOMENT,
        "council_version": "0.1.0",
        "policy": "python-team",
        "panel": "frontier",
        "seats": FRONTIER,
        "submission": CACHE,
        "prompt": (Message(role="system", content="You hold one seat."), Message(role="user", content="Judge this.")),
        "duration_s": 6.7,
    }
    return Session(**{**given, **changes})


PASSED = (
    check("syntax", "python", "parses", tool_version="3.11.9"),
    check(
        "tests",
        "pytest",
        "5 of 5 tests passed",
        tests=tuple(
            TestResult(name=f"test_{n}", node_id=f"test_cache.py::test_{n}", outcome=TestOutcome.PASSED)
            for n in ("capacity_limit", "order", "update_order", "capacity_one", "edges")
        ),
    ),
    check("security", "bandit", "nothing found", tool_version="1.9"),
    check("lint", "flake8", "nothing found", tool_version="7.5"),
    check("formatting", "black", "formatted", tool_version="26.10"),
)
WARNINGS = (
    Finding(id="flake8-1", source="lint", severity=Severity.LOW, message="line too long", rule="E501", location=at(5)),
    Finding(
        id="flake8-2",
        source="lint",
        severity=Severity.LOW,
        message="missing whitespace after ','",
        rule="E231",
        location=at(18),
        suppressed_by="noqa",
    ),
)
FAILED = (
    PASSED[0],
    check(
        "tests",
        "pytest",
        "3 of 5 tests failed",
        outcome=CheckOutcome.FAILED,
        tests=(
            failed_test("test_capacity_limit", "assert 3 == 2"),
            failed_test("test_update_order", "assert -1 == 10"),
            failed_test("test_capacity_one", "assert 2 == 1"),
            *PASSED[1].tests[1:2],
            *PASSED[1].tests[4:],
        ),
    ),
    check("security", "bandit", "nothing high", tool_version="1.9"),
    check("lint", "flake8", "2 warnings (E501, E231)", tool_version="7.5", findings=WARNINGS),
    check(
        "formatting",
        "black",
        "1 file would change",
        outcome=CheckOutcome.FAILED,
        tool_version="26.10",
        findings=(
            Finding(id="black-1", source="formatting", severity=Severity.INFO, message="not formatted", location=at(3)),
        ),
    ),
)


def report(checks: tuple[CheckResult, ...], sandbox: SandboxInfo = SANDBOX) -> ValidationReport:
    return ValidationReport(checks=checks, sandbox=sandbox, policy="python-team", duration_s=0.4)


def claim(seat: Seat, number: int, severity: Severity, message: str, line: int, **changes: Any) -> Finding:
    return Finding(
        id=f"{seat.name}-{number}",
        source=seat.name,
        severity=severity,
        message=message,
        location=at(line),
        rule="logic",
        **changes,
    )


UPDATE = claim(
    GPT,
    1,
    Severity.CRITICAL,
    "An update leaves the key at its old place",
    18,
    explanation="Assigning to a key that is there does not move it to the end, so it is evicted too early.",
    counterexample="def test_update():\n    cache = LRUCache(2)\n    cache.put(1, 1)\n    assert cache.get(1) == 1\n",
    fix="self.entries[key] = value\nself.entries.move_to_end(key)\n",
)
CAPACITY = claim(CLAUDE, 2, Severity.HIGH, "Holds one item more than its capacity", 19)
RAISES = claim(GEMINI, 2, Severity.MEDIUM, "get should raise KeyError", 12)


def review(seat: Seat, verdict: Verdict, duration_s: float, *findings: Finding, **changes: Any) -> Review:
    ballot = Ballot(
        verdict=verdict,
        findings=findings,
        analysis=f"I traced put and get by hand. As {seat.name} sees it, the order of entries is wrong.",
        confidence=0.9,
        **changes,
    )
    return Review(
        seat=seat,
        outcome=ReviewOutcome.ANSWERED,
        ballot=ballot,
        raw_text="{}",
        served_model=f"{seat.name}-2026-10-01",
        usage=Usage(prompt_tokens=800, completion_tokens=200),
        cost_usd=0.0137,
        duration_s=duration_s,
        attempts=1,
    )


REJECTED = session(
    validation=report(FAILED),
    reviews=(
        review(GPT, Verdict.REJECT, 4.1, UPDATE, claim(GPT, 2, Severity.HIGH, "One item too many", 19)),
        review(
            CLAUDE,
            Verdict.REQUEST_CHANGES,
            5.8,
            claim(CLAUDE, 1, Severity.HIGH, "put does not refresh a key", 18),
            CAPACITY,
            flags=(BallotFlag.REPAIRED,),
        ),
        review(GEMINI, Verdict.REJECT, 6.2, claim(GEMINI, 1, Severity.CRITICAL, "Stale order", 18), RAISES),
        Review(
            seat=SONAR, outcome=ReviewOutcome.TIMED_OUT, reason="no answer within 30 s", duration_s=30.0, attempts=1
        ),
    ),
    cost=Cost(usd=0.0411, known_usd=0.0411, prompt_tokens=2400, completion_tokens=600),
    consensus=Consensus(
        decision=Decision.REJECTED,
        score=1.3,
        interval=(0.4, 2.9),
        agreement=0.83,
        ground=Ground.CHECKS,
        confidence=0.98,
        confidence_rests_on="stated, not measured: a failed required check is as right as the check",
        effective_seats=1.9,
        quorum=Quorum(needed=3, invited=4, heard=3, met=True),
        votes={"reject": 2, "request_changes": 1, "timed_out": 1},
        concerns=(
            Concern(
                id="1",
                title="An update leaves the key at its old place",
                severity=Severity.CRITICAL,
                location=at(18),
                members=(
                    UPDATE,
                    claim(CLAUDE, 1, Severity.HIGH, "put does not refresh a key", 18),
                    claim(GEMINI, 1, Severity.CRITICAL, "Stale order", 18),
                ),
                seats=("claude-opus-5-5", "gemini-3.1-pro", "gpt-6-sol"),
                of_seats=3,
                state=EvidenceState.UPHELD,
                evidence=(
                    Evidence(
                        finding_id="gpt-6-sol-1",
                        state=EvidenceState.UPHELD,
                        reason="fails in 5 of 5 runs, the task asks for it",
                        output="E       assert -1 == 1",
                        expected="1",
                        actual="-1",
                        test="test_update",
                        runs=5,
                        failed=5,
                        confirmed_by=("test_update_order", "claude-opus-5-5"),
                        fix=FixTrial(
                            outcome=FixOutcome.VERIFIED,
                            reason="its counterexample passes, and all 5 tests",
                            path="cache.py",
                            patch="--- a/cache.py\n+++ b/cache.py\n@@ -18 +18,2 @@\n         self.entries[key] = value\n"
                            "+        self.entries.move_to_end(key)\n",
                        ),
                    ),
                    Evidence(
                        finding_id="gemini-3.1-pro-1",
                        state=EvidenceState.UNRUNNABLE,
                        flaw=Flaw.NOT_IMPORTABLE,
                        reason="cannot import name 'Cache' from 'cache'",
                        fix=FixTrial(
                            outcome=FixOutcome.BREAKS,
                            reason="breaks test_edges",
                            broken=("test_edges",),
                            path="cache.py",
                        ),
                    ),
                ),
            ),
            Concern(
                id="2",
                title="Holds one item more than its capacity",
                severity=Severity.HIGH,
                location=at(19),
                members=(CAPACITY, claim(GPT, 2, Severity.HIGH, "One item too many", 19)),
                seats=("claude-opus-5-5", "gpt-6-sol"),
                of_seats=3,
            ),
            Concern(
                id="3",
                title="get should raise KeyError",
                severity=Severity.MEDIUM,
                location=at(12),
                members=(RAISES,),
                seats=("gemini-3.1-pro",),
                of_seats=3,
                state=EvidenceState.REFUTED,
                evidence=(
                    Evidence(finding_id="gemini-3.1-pro-2", state=EvidenceState.REFUTED, reason="the task asks for -1"),
                ),
            ),
        ),
        dissent=(
            Dissent(seat="claude-opus-5-5", verdict="request_changes", reason="Both mistakes are one line to mend."),
        ),
        decided=True,
        degraded=("sonar-pro: no answer within 30 s",),
        reasons=(
            "the required check tests failed: 3 of 5 tests failed",
            "2 of 3 heard seats reject, 1 requests changes",
        ),
        floor=Decision.REJECTED,
    ),
)

APPROVED = session(
    validation=report(PASSED),
    probe=Probe(
        line_share=0.9,
        branch_share=0.75,
        unreached=(("cache.py", 13),),
        found=14,
        reached=12,
        killed=7,
        survived=(
            Mutant(
                path="cache.py",
                line=19,
                kind="comparison",
                before="        if len(self.entries) > self.capacity + 1:",
                after="        if len(self.entries) >= self.capacity + 1:",
            ),
        ),
        budget_s=20.0,
        duration_s=20.1,
    ),
    panel="local",
    seats=FRONTIER[:3],
    reviews=tuple(review(seat, Verdict.APPROVE, 2.0).but(recorded_at="2026-11-20") for seat in FRONTIER[:3]),
    cost=Cost(usd=0.0, known_usd=0.0, prompt_tokens=2400, completion_tokens=600),
    replayed_from="recorded-sitting",
    consensus=Consensus(
        decision=Decision.APPROVED,
        score=9.4,
        interval=(8.1, 10.0),
        agreement=1.0,
        ground=Ground.VOTES,
        confidence=0.944,
        confidence_rests_on="measured on 34 labelled decisions of yours and on recorded votes of other panels",
        effective_seats=1.9,
        quorum=Quorum(needed=3, invited=3, heard=3, met=True),
        votes={"approve": 3},
        decided=True,
        reasons=("all 3 heard seats approve",),
    ),
)


def denied(seat: Seat) -> Review:
    return Review(seat=seat, outcome=ReviewOutcome.FAILED, reason=f"no key: {seat.provider.upper()}_API_KEY is not set")


NO_QUORUM = session(
    validation=report(PASSED),
    reviews=tuple(denied(seat) for seat in FRONTIER),
    cost=Cost(usd=0.0),
    consensus=Consensus(
        decision=Decision.NO_QUORUM,
        quorum=Quorum(needed=3, invited=4, heard=0, met=False),
        votes={"failed": 4},
        decided=False,
        degraded=tuple(f"{seat.name}: no key: {seat.provider.upper()}_API_KEY is not set" for seat in FRONTIER),
        reasons=("0 of 4 seats were heard, 3 are needed",),
    ),
)

CHECKS_ONLY = session(
    validation=report(PASSED, SANDBOX.but(backend="landlock", version=None, missing=("pid namespace", "mounts"))),
    policy="checks-only",
    panel=None,
    seats=(),
    prompt=(),
    cost=Cost(usd=0.0),
    consensus=Consensus(
        decision=Decision.APPROVED,
        score=8.0,
        quorum=Quorum(needed=1, invited=0, heard=0, met=False),
        decided=True,
        checks_only=True,
        degraded=(
            "the checks alone decided: nobody has judged what they do not cover",
            "sandbox landlock: without pid namespace, mounts",
        ),
        reasons=("5 of 5 required checks passed",),
    ),
)

DENIED = claim(
    CLAUDE,
    1,
    Severity.HIGH,
    "get should raise KeyError",
    12,
    counterexample="def test_missing():\n    with pytest.raises(KeyError):\n        LRUCache(1).get(1)\n",
)
EXAMINED = session(
    validation=report(PASSED),
    submission=CACHE.but(origin=Origin(model="gpt-5.2")),
    reviews=(
        Review(
            seat=GPT,
            outcome=ReviewOutcome.RECUSED,
            reason="it is of the family gpt, as is gpt-5.2, which wrote this code",
        ),
        review(CLAUDE, Verdict.REQUEST_CHANGES, 5.8, DENIED),
        review(GEMINI, Verdict.APPROVE, 6.2),
        review(SONAR, Verdict.APPROVE, 4.0),
    ),
    evidence=(
        Evidence(
            finding_id=DENIED.id,
            state=EvidenceState.DISPUTED,
            reason="2 of 2 other seats say that the task does not ask for it",
            output="E       Failed: DID NOT RAISE <class 'KeyError'>",
            runs=5,
            failed=5,
            denied_by=("gemini-3.1-pro", "sonar-pro"),
        ),
    ),
    examinations=tuple(
        CrossExamination(
            seat=seat.name,
            question=(Message(role="system", content="Rule."), Message(role="user", content="Claim 1:")),
            finding_ids=(DENIED.id,),
            outcome=ReviewOutcome.ANSWERED,
            rulings=(
                Ruling(finding_id=DENIED.id, grounds="The task says: returns -1 for a missing key.", answer=answer),
            ),
            usage=Usage(prompt_tokens=500, completion_tokens=60),
            cost_usd=0.004,
            attempts=1,
        )
        for seat, answer in ((GEMINI, Answer.NOT_ASKED), (SONAR, Answer.NOT_ASKED))
    ),
    statement=Statement(
        paragraphs=("The council approves this code. One claim was run, and the task says otherwise.",),
        asked="openai/gpt-6-sol",
        by="openai/gpt-6-sol",
        cost_usd=0.002,
        attempts=1,
    ),
    cost=Cost(usd=0.0511, known_usd=0.0511, prompt_tokens=3400, completion_tokens=720),
    replayed_from="7f3k0a9xz0",
    revision=Revision(
        session_id="7f3k0a9xz0",
        decision=Decision.NO_QUORUM,
        changes=("voting.quorum 4 → 3",),
        undone=("lint was not run in that sitting, and a replay runs nothing",),
    ),
    consensus=Consensus(
        decision=Decision.APPROVED,
        score=7.7,
        interval=(6.0, 9.6),
        agreement=0.56,
        quorum=Quorum(needed=3, invited=4, heard=3, met=True),
        votes={"approve": 2, "request_changes": 1, "recused": 1},
        concerns=(
            Concern(
                id="1",
                title=DENIED.message,
                severity=Severity.HIGH,
                location=at(12),
                members=(DENIED,),
                seats=("claude-opus-5-5",),
                of_seats=3,
                state=EvidenceState.DISPUTED,
                evidence=(
                    Evidence(
                        finding_id=DENIED.id,
                        state=EvidenceState.DISPUTED,
                        reason="2 of 2 other seats say that the task does not ask for it",
                        output="E       Failed: DID NOT RAISE <class 'KeyError'>",
                        denied_by=("gemini-3.1-pro", "sonar-pro"),
                    ),
                ),
            ),
        ),
        dissent=(Dissent(seat="claude-opus-5-5", verdict="request_changes", reason="A missing key must raise."),),
        decided=True,
        degraded=("gpt-6-sol: recused: it is of the family gpt, as is gpt-5.2, which wrote this code",),
        reasons=("2 of 3 heard seats approve, 1 requests changes",),
    ),
)

EVIL = (
    "\x1b[2J\x1b]0;pwned\x07 [bold red]markup[/] [link=http://e.example]x[/link] <script>alert(1)</script> "
    "![i](http://e.example/p.png) [c](javascript:x) `tick` ```fence``` | cell | {{ 7 * 7 }} {% raw %} @octocat #12 "
    "http://e.example \u202egnp.exe\u202c \u200bzero e\u0301\u0301\u0301\u0301\u0301\u0301 漢字 :smile: \x9b31m &lt;b&gt;"
    "\r\n# no heading\n- no item"
)
NASTY = f"{EVIL[:60]}-name"
EVIL_SEAT = Seat(name=NASTY, model=f"openai/{NASTY}", provider="openai")
EVIL_FINDING = Finding(
    id="evil-1",
    source=NASTY,
    severity=Severity.CRITICAL,
    message=EVIL,
    rule=EVIL,
    location=Location(path="a/" * 40 + "\x1b[31m](x)|`b`.py", line=7),
    explanation=EVIL,
    counterexample=f"```\n{EVIL}\n```` \n~~~~\n",
    fix=EVIL,
    quoted_severity=EVIL,
    suppressed_by="# noqa\x1b[0m",
)
HOSTILE = session(
    probe=Probe(
        reason=EVIL,
        unreached=((EVIL, 1), ("b.py", 2)),
        line_share=0.5,
        found=1,
        reached=1,
        survived=(Mutant(path=EVIL, line=1, kind=EVIL, before=EVIL, after=f"```\n{EVIL}"),),
    ),
    session_id="7f3k0evil0",
    policy=EVIL[:80],
    panel=EVIL[:80],
    submission=Submission(
        files=(SourceFile(path="\x1b[31mred|`x`](y)<b>.py", text=f"x = 1\n```\n# {EVIL}\n"),),
        task=f"{EVIL}\n```\nnot the end\n",
        origin=Origin(model=EVIL, digest="sha256:0"),
    ),
    seats=(EVIL_SEAT,),
    validation=report(
        (
            check(
                "tests",
                "pytest",
                f"1 of 1 tests failed {EVIL}",
                outcome=CheckOutcome.FAILED,
                tests=(failed_test(f"test_x[{EVIL}]", EVIL), failed_test("test_" + "long_" * 60, "assert\x1b[1m 漢字")),
            ),
            check("security", "bandit", "1 high", outcome=CheckOutcome.FAILED, findings=(EVIL_FINDING,)),
            check("lint", "flake8", "crashed", outcome=CheckOutcome.CRASHED, detail=f"Traceback\n{EVIL}"),
        ),
        SANDBOX.but(version=EVIL[:40], missing=(EVIL,)),
    ),
    reviews=(
        Review(
            seat=EVIL_SEAT,
            outcome=ReviewOutcome.ANSWERED,
            ballot=Ballot(verdict=Verdict.REJECT, findings=(EVIL_FINDING,), analysis=EVIL, unread=(f"{EVIL}\n```\n",)),
            served_model=EVIL,
            cost_usd=None,
            duration_s=1.0,
            attempts=1,
        ),
        Review(seat=GPT, outcome=ReviewOutcome.UNREADABLE, reason=EVIL, raw_text=f"```\n{EVIL}", attempts=2),
    ),
    examinations=(
        CrossExamination(
            seat=NASTY,
            question=(Message(role="user", content=EVIL),),
            finding_ids=("evil-1",),
            outcome=ReviewOutcome.ANSWERED,
            rulings=(Ruling(finding_id="evil-1", grounds=EVIL, answer=Answer.ASKED),),
            raw_text=EVIL,
            attempts=1,
        ),
        CrossExamination(
            seat=GPT.name, question=(), finding_ids=("evil-1",), outcome=ReviewOutcome.FAILED, reason=EVIL, attempts=1
        ),
    ),
    statement=Statement(paragraphs=(EVIL, f"> {EVIL}"), asked=EVIL, reason=EVIL, raw_text=EVIL, attempts=1),
    cost=Cost(usd=None, known_usd=0.01, unknown=(NASTY,)),
    consensus=Consensus(
        decision=Decision.REJECTED,
        score=0.0,
        interval=(0.0, 4.0),
        quorum=Quorum(needed=1, invited=2, heard=1, met=True),
        decided=False,
        concerns=(
            Concern(
                id="1",
                title=EVIL,
                severity=Severity.CRITICAL,
                location=EVIL_FINDING.location,
                members=(EVIL_FINDING,),
                seats=(NASTY,),
                of_seats=1,
                evidence=(Evidence(finding_id="evil-1", state=EvidenceState.FLAKY, reason=EVIL, output=EVIL),),
            ),
        ),
        dissent=(Dissent(seat=NASTY, verdict=EVIL, reason=EVIL),),
        degraded=(EVIL,),
        reasons=(EVIL, EVIL),
    ),
    generation=Generation(
        model=EVIL,
        draft_model=EVIL,
        attempts=(
            Attempt(number=1, tier="draft", model=EVIL, digest=EVIL, code=f"```\n{EVIL}", reason=EVIL),
            Attempt(number=2, tier="strong", model="m", code="x = 1\n", reason=EVIL, duration_s=1.0),
        ),
        chosen=2,
        pick=Pick(chosen="a", clusters=(Cluster(members=("a",), written=2),), open_questions=(EVIL,)),
    ),
    replayed_from=EVIL[:50],
    notes=(EVIL,),
    versions=VersionsReport(
        models=(EVIL,),
        versions=(Version(id="a" * 64, code=EVIL, model=EVIL, variant=EVIL),),
        distinct=1,
        testimony=Testimony(
            difference=Difference(
                input=Input(steps=(EVIL, f"```\n{EVIL}"), origin=Source.EXAMPLE),
                step=0,
                given={"r": EVIL},
                expected={"r": EVIL},
                agreeing=1,
                of=1,
                models=(EVIL,),
                confirmed_by=(EVIL,),
            ),
            reason=EVIL,
        ),
        note=EVIL,
    ),
)

WRITTEN = Submission(
    files=(SourceFile(path="cache.py", text=f"# Generated by qwen2.5-coder:1.5b\n{CODE}"),),
    tests=CACHE.tests,
    task=TASK,
    origin=Origin(model="qwen2.5-coder:1.5b", digest="sha256:d7372fd82851", written_at=MOMENT),
)
GENERATED = session(
    session_id="7f3k0gen00",
    kind=SessionKind.GENERATE,
    panel=None,
    seats=(),
    prompt=(),
    submission=WRITTEN,
    validation=report(PASSED),
    duration_s=41.3,
    generation=Generation(
        model="qwen2.5-coder:1.5b",
        draft_model="smollm2:135m",
        attempts=(
            Attempt(
                number=1,
                tier="draft",
                model="smollm2:135m",
                code="class LRUCache: pass\n",
                reason="5 of 5 tests failed",
                duration_s=2.1,
                completion_tokens=84,
                report=report(FAILED),
            ),
            Attempt(number=2, tier="strong", model="qwen2.5-coder:1.5b", reason="no code in it", truncated=True),
            Attempt(
                number=3,
                tier="strong",
                model="qwen2.5-coder:1.5b",
                code=CODE,
                duration_s=9.8,
                load_s=1.2,
                first_token_s=0.4,
                prompt_tokens=310,
                completion_tokens=212,
                report=report(PASSED),
            ),
        ),
        chosen=3,
    ),
)


def version(number: int, name: str, model: str = "qwen2.5-coder:1.5b", tokens: int | None = 140) -> Version:
    return Version(
        id=name * 64,
        code=CODE,
        model=model,
        digest="sha256:d7372fd82851",
        temperature=0.8 if number else 0.0,
        seed=number,
        variant=("plain", "names", "simple", "careful")[number % 4],
        duration_s=6.5 if tokens else None,
        completion_tokens=tokens,
    )


SPLIT = Ambiguity(
    input=Input(steps=("LRUCache(0)", "get(1)"), origin=Source.BORDER),
    step=1,
    answers=(
        Camp(outcome={"r": -1}, members=("a" * 64, "b" * 64)),
        Camp(outcome={"x": ["KeyError", "KeyError"]}, members=("c" * 64,)),
    ),
)
WITNESSED = Finding(
    id="versions-1",
    source="versions",
    severity=Severity.HIGH,
    message="LRUCache(1); put(1, 10); put(2, 20); get(1) returns 10; 4 of 5 independent versions: -1",
    rule="difference",
    location=at(11),
    explanation="4 distinct programs by qwen2.5-coder:1.5b, written from the task alone, agree here and on 212 inputs in all on "
    "which the submission differs.",
    counterexample="from cache import LRUCache\n\n\ndef test_versions():\n    x = LRUCache(1)\n    x.put(1, 10)\n    x.put(2, 20)\n"
    "    assert x.get(1) == -1\n",
)
UNSAID = Finding(
    id="versions-2",
    source="versions",
    severity=Severity.INFO,
    message="the task does not say what LRUCache(0); get(1) gives: 2 versions return -1, 1 raise KeyError",
    rule="ambiguity",
)
VERSIONED = session(
    session_id="7f3k0vers0",
    policy="checks-only",
    panel=None,
    seats=(),
    prompt=(),
    submission=CACHE.but(tests=()),
    validation=report(PASSED[:1] + PASSED[2:]),
    cost=Cost(usd=0.0),
    versions=VersionsReport(
        models=("qwen2.5-coder:0.5b", "qwen2.5-coder:1.5b"),
        versions=(
            *(version(number, name) for number, name in enumerate("abacd")),
            version(0, "e", "qwen2.5-coder:0.5b", None),
        ),
        distinct=5,
        testimony=Testimony(
            difference=Difference(
                input=Input(steps=("LRUCache(1)", "put(1, 10)", "put(2, 20)", "get(1)"), origin=Source.SEQUENCE),
                step=3,
                given={"r": 10},
                expected={"r": -1},
                agreeing=4,
                of=5,
                models=("qwen2.5-coder:1.5b",),
                inputs=212,
                confirmed_by=("an example of the task",),
            ),
            reason="4 of 5 versions agree and the submission differs",
            witnesses=5,
            inputs=2868,
        ),
        ambiguities=(SPLIT,),
        findings=(WITNESSED, UNSAID),
        note="1 of 7 replies held no code",
        duration_s=3.2,
        prompt_tokens=400,
        completion_tokens=700,
    ),
    consensus=Consensus(
        decision=Decision.CHANGES_REQUESTED,
        quorum=Quorum(needed=1, invited=0, heard=0, met=False),
        decided=True,
        checks_only=True,
        concerns=(
            Concern(
                id="1",
                title=WITNESSED.message,
                severity=Severity.HIGH,
                location=at(11),
                members=(WITNESSED,),
                seats=("versions",),
                of_seats=0,
                state=EvidenceState.UPHELD,
                evidence=(
                    Evidence(
                        finding_id="versions-1",
                        state=EvidenceState.UPHELD,
                        kind=EvidenceKind.VERSIONS,
                        reason="4 of 5 distinct versions agree against it",
                        expected="-1",
                        actual="10",
                        test="the input of the versions",
                        runs=2,
                        failed=2,
                        confirmed_by=("an example of the task",),
                    ),
                ),
            ),
            Concern(
                id="2", title=UNSAID.message, severity=Severity.INFO, members=(UNSAID,), seats=("versions",), of_seats=0
            ),
        ),
        reasons=("a claim was upheld: LRUCache(1); put(1, 10); put(2, 20); get(1) returns 10",),
    ),
)
PICKED = GENERATED.but(
    session_id="7f3k0pick0",
    generation=Generation(
        model="qwen2.5-coder:1.5b",
        attempts=tuple(
            Attempt(
                number=number,
                tier="sample",
                model="qwen2.5-coder:1.5b",
                code=CODE,
                reason=reason,
                duration_s=6.5,
                completion_tokens=140,
                report=report(PASSED) if reason is None else None,
            )
            for number, reason in enumerate((None, "does the same as the pick", "does something else"), 1)
        ),
        chosen=1,
        pick=Pick(
            chosen="a" * 64,
            probability=0.88,
            clusters=(Cluster(members=("a" * 64, "b" * 64), written=2), Cluster(members=("c" * 64,), written=1)),
            examples_passed=1,
            examples=1,
            ambiguities=(SPLIT,),
            questions=(
                Question(
                    text="what is right for LRUCache(0); get(1)?",
                    about=SPLIT,
                    choices=("returns -1", "raises KeyError"),
                    answer=0,
                    by="the person at the terminal",
                ),
            ),
        ),
    ),
    notes=("1 of 3 versions were written before for this task and used again",),
)

UNFINISHED = session(
    state=SessionState.OPEN,
    finished_at=None,
    duration_s=None,
    validation=report(PASSED),
    reviews=(review(GPT, Verdict.APPROVE, 2.0),),
    cost=Cost(usd=0.0137, known_usd=0.0137),
)

SESSIONS: dict[str, Session] = {
    "rejected": REJECTED,
    "examined": EXAMINED,
    "approved": APPROVED,
    "no_quorum": NO_QUORUM,
    "checks_only": CHECKS_ONLY,
    "hostile": HOSTILE,
    "generated": GENERATED,
    "versioned": VERSIONED,
    "picked": PICKED,
    "unfinished": UNFINISHED,
}
STEPS: dict[str, tuple[tuple[str, str], ...]] = {
    "rejected": (
        ("council session show 7f3k0a9xzq 1", "the run that proves concern 1"),
        ("council review cache.py --tests test_cache.py", "once it is mended"),
    ),
    "no_quorum": (
        ("export OPENAI_API_KEY=…", "gives seat gpt-6-sol a voice (doctor lists the others)"),
        ("council review cache.py --tests test_cache.py --panel local", "asks the models of your Ollama"),
        ("council review cache.py --tests test_cache.py --policy checks-only", "lets the checks alone decide"),
    ),
}
