"""How a program is judged: always by council's own pipeline, never by what the program says of itself."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
import unicodedata
import uuid
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from bait import KEY, SIGNALS
from hostile_attacks import Attack
from hostile_attacks.base import PRELUDE

from council.errors import CouncilError
from council.policies import load_policy
from council.protocols import Job, Limits, Run, Sandbox
from council.rendering import Documents, terminal
from council.settings import Settings
from council.types.checks import CheckResult, SandboxInfo, ValidationReport
from council.types.submission import SourceFile, Submission
from council.validation import run_checks

TESTS = (
    "from cache import f\n\n\ndef test_one():\n    assert f() == 1\n\n\n"
    "def test_two():\n    value = f()\n    assert value == 1\n"
)
_BATCH = Path(__file__).with_name("batch.py")
_AT_ONCE = 2
_SETTINGS = Settings(test_timeout_s=4.0, check_timeout_s=25.0)
Verdict = tuple[bool, str]
"""Whether the promise held, and what was seen."""


class Remembering:
    """A sandbox that answers the same question about the same files once: the plan of the usual tests, mostly."""

    def __init__(self, inner: Sandbox) -> None:
        self._inner = inner
        self._known: dict[Job, Run] = {}

    @property
    def info(self) -> SandboxInfo:
        return self._inner.info

    async def run(self, job: Job) -> Run:
        if job.argv[1:2] != ("council/parse.py",):
            return await self._inner.run(job)
        if job not in self._known:
            self._known[job] = await self._inner.run(job)
        return self._known[job]


def judge(attacks: Sequence[Attack], sandbox: Sandbox, bait: dict[str, object], *, apart: bool) -> dict[str, Verdict]:
    """Return for each attack whether the promise held."""
    escapes = [attack for attack in attacks if attack.kind in ("secrets", "integrity", "network")]
    verdicts = _judge_escapes(escapes, sandbox, bait)
    others = [attack for attack in attacks if attack not in escapes]
    house = Remembering(sandbox)

    async def all_others() -> None:
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(attack: Attack) -> None:
            async with places:
                verdicts[attack.name] = await _JUDGES[attack.kind](attack, house, apart)

        async with asyncio.TaskGroup() as group:
            for attack in others:
                group.create_task(one(attack))

    asyncio.run(all_others())
    return verdicts


# programs that want out


def program_of(attack: Attack, bait: dict[str, object]) -> str:
    """Return the whole program: the words of the bait, what every program has, and its own code."""
    return "".join(f"{word} = {value!r}\n" for word, value in bait.items()) + PRELUDE + attack.code


def escaped(attack: Attack, said: str) -> Verdict:
    """Read what an escape program printed."""
    assert "WRONG" not in said, f"{attack.name} has a mistake: {said[-600:]}"
    return "GOT IT" not in said, said.strip()[:400]


def _judge_escapes(attacks: list[Attack], sandbox: Sandbox, bait: dict[str, object]) -> dict[str, Verdict]:
    before = os.environ.get("OPENAI_API_KEY")
    os.environ["OPENAI_API_KEY"] = KEY
    try:
        together = {a.name: program_of(a, bait) for a in attacks if not a.alone}
        said = asyncio.run(_batch(sandbox, together)) if together else {}
        for attack in attacks:
            if attack.alone:
                SIGNALS.clear()
                job = Job(argv=("{python}", "-c", program_of(attack, bait)), limits=Limits(wall_s=30))
                run = asyncio.run(sandbox.run(job))
                signalled = "GOT IT signalled the judge" if SIGNALS else ""
                said[attack.name] = (run.stdout + run.stderr).decode("utf-8", "replace") + signalled
    finally:
        os.environ.pop("OPENAI_API_KEY")
        if before is not None:
            os.environ["OPENAI_API_KEY"] = before
    return {attack.name: escaped(attack, said[attack.name]) for attack in attacks}


async def _batch(sandbox: Sandbox, programs: dict[str, str]) -> dict[str, str]:
    job = Job(
        argv=("{python}", "batch.py", "programs.json"),
        files=(
            ("batch.py", _BATCH.read_bytes()),
            ("programs.json", json.dumps(programs).encode()),
            ("sample.py", b"x = 1\n"),
        ),
        limits=Limits(wall_s=120, cpu_s=120),
    )
    run = await sandbox.run(job)
    assert run.exit_code == 0, run.stderr.decode("utf-8", "replace")[-2000:]
    said: dict[str, str] = json.loads(run.stdout)
    return said


# programs that want everything


async def _judge_availability(attack: Attack, sandbox: Sandbox, _: bool) -> Verdict:
    """The run must end in time, with everything it started, and have got no more than its limits."""
    token = f"token-{uuid.uuid4().hex}"
    limits = Limits(wall_s=1.5, memory_bytes=256 << 20, scratch_bytes=32 << 20, file_bytes=16 << 20, tasks=64)
    limits = limits.but(**{name: type(getattr(limits, name))(value) for name, value in attack.limits.items()})
    job = Job(argv=("{python}", "-c", f"TOKEN = '{token}'\n{PRELUDE}{attack.code}"), limits=limits)
    started = time.monotonic()
    try:
        run = await sandbox.run(job)
    except CouncilError as error:
        return False, f"the sandbox gave no answer: {error}"
    took_s = time.monotonic() - started
    said = run.stdout[-2000:].decode("utf-8", "replace")
    left = _left_behind(token)
    for pid in left:
        os.kill(pid, 9)
    if left:
        return False, f"{len(left)} processes were left"
    if took_s > limits.wall_s + 9:
        return False, f"it took {took_s:.1f} s"
    if len(run.stdout) + len(run.stderr) > 2 * limits.output_bytes:
        return False, "it said more than it may"
    if attack.sure:
        held, printed = escaped(attack, said + run.stderr[-500:].decode("utf-8", "replace"))
        return held, f"{printed} (exit {run.exit_code}, timed out {run.timed_out}, out of memory {run.out_of_memory})"
    ended = run.timed_out or run.out_of_memory or run.exit_code != 0 or run.truncated
    return ended, "" if ended else f"it ended in peace: {said[-200:]}"


def _left_behind(token: str) -> list[int]:
    """Return the processes whose command line holds the token, once those that are just ending have gone."""
    for _ in range(40):
        found = []
        for entry in os.listdir("/proc"):
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    if entry.isdigit() and token.encode() in file.read():
                        found.append(int(entry))
            except OSError:
                continue
        if not found:
            return []
        time.sleep(0.05)
    return found


# submissions


def submission_of(attack: Attack, tests: str | dict[str, str] | None) -> Submission:
    """Return code, what lies beside it, and its tests."""
    given = {"test_cache.py": tests} if isinstance(tests, str) else tests or {}
    return Submission(
        files=tuple(
            SourceFile(path=path, text=text) for path, text in {"cache.py": attack.code, **attack.files}.items()
        ),
        tests=tuple(SourceFile(path=path, text=text) for path, text in given.items()),
    )


async def _validated(
    attack: Attack, sandbox: Sandbox, apart: bool, tests: str | dict[str, str] | None
) -> ValidationReport:
    policy = load_policy("base")
    wanted = attack.check.split()
    policy = policy.but(criteria=tuple(c for c in policy.criteria if c.check in wanted))
    settings = _SETTINGS.but(tests_apart=apart, **attack.limits)
    return await run_checks(submission_of(attack, tests), policy, sandbox, settings=settings)


def _last(report: ValidationReport, attack: Attack) -> CheckResult:
    check = report.check(attack.check.split()[-1])
    assert check is not None
    return check


async def _judge_tampering(attack: Attack, sandbox: Sandbox, apart: bool) -> Verdict:
    result = _last(await _validated(attack, sandbox, apart, attack.tests or TESTS), attack)
    return not result.passed, f"{result.summary} (apart: {result.apart})"


async def _judge_benign(attack: Attack, sandbox: Sandbox, apart: bool) -> Verdict:
    """The program is the tests; the code is a line."""
    files = {"cache.py": "x = 1\n", **attack.files}
    honest = Attack(attack.name, "benign", attack.attack, files.pop("cache.py"), files=files, limits=attack.limits)
    result = _last(await _validated(honest, sandbox, apart, attack.code), honest)
    why = "; ".join(f"{t.name}: {t.reason} {(t.output or '')[-300:]}" for t in result.tests if t.reason)
    return result.passed, f"{result.summary} {why} {(result.detail or '')[-300:]}" if not result.passed else ""


async def _judge_tools(attack: Attack, sandbox: Sandbox, apart: bool) -> Verdict:
    """Held when a finding tells of it, or the check has not passed where no finding is asked for."""
    try:
        report = await _validated(attack, sandbox, apart, attack.tests)
    except CouncilError as error:
        return True, f"refused: {error}"
    rules = {f.rule: f.suppressed_by for check in report.checks for f in check.findings}
    said = "; ".join(
        f"{check.name} {check.outcome.value}: {check.summary} {(check.detail or '')[-300:]}" for check in report.checks
    )
    if attack.finds is not None:
        unread = any(not check.passed and not check.findings for check in report.checks if check.required)
        return (
            unread or any(re.search(attack.finds, f"{rule} {by}") for rule, by in rules.items()),
            f"{said} {sorted(map(str, rules))}",
        )
    return report.exit_code != 0, said


_SEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


async def _judge_output(attack: Attack, sandbox: Sandbox, apart: bool) -> Verdict:
    """Every document made of the report must be plain text in which the program has no line of its own."""
    report = await _validated(attack, sandbox, apart, attack.tests or TESTS)
    submission = submission_of(attack, attack.tests or TESTS)
    shown = {
        "terminal": terminal.report_text(report, submission),
        "markdown": Documents().render(report, document="markdown"),
        "json": Documents().render(report, document="json"),
    }
    if report.exit_code == 0:
        return False, "it passed"
    for name, text in shown.items():
        own = text if name != "terminal" else re.sub(r"\x1b\[[0-9;]*m", "", text)
        bad = sorted({char for char in own if char != "\n" and unicodedata.category(char) in _SEEN})
        forged = [line for line in own.splitlines() if re.match(r"\s*(FORGED|::error|<script|!\[|\[click)", line)]
        if name == "json":
            forged = []
        if bad or forged or len(text) > 400_000:
            return False, f"{name}: {bad[:5]} {forged[:2]} {len(text)} characters"
    return True, ""


_JUDGES: dict[str, Callable[[Attack, Any, bool], Coroutine[Any, Any, Verdict]]] = {
    "availability": _judge_availability,
    "tampering": _judge_tampering,
    "benign": _judge_benign,
    "tools": _judge_tools,
    "static": _judge_tools,
    "output": _judge_output,
}
