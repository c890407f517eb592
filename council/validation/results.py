"""How what a tool found becomes a result that the policy has judged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from council.policies import Criterion
from council.protocols import Job, Limits, Run
from council.settings import Settings
from council.text import clip, plural
from council.types.checks import CheckOutcome, CheckResult
from council.types.findings import Finding
from council.types.submission import SourceFile, Submission

ROOT = "code"
"""The folder of a job's files that holds the submission."""
_INSIDE = Path(__file__).resolve().parent / "inside"
_ENDINGS = (".py", ".pyi", ".pyw")
_SHEBANG = re.compile(r"\ufeff?#![^\r\n]{0,200}\bpython")
_OUTPUT_BYTES = 8 << 20


@dataclass(frozen=True)
class Tool:
    """A check's name, the program behind it, and the distribution that program comes in."""

    name: str
    program: str
    distribution: str | None = None

    @property
    def version(self) -> str | None:
        """Return the installed version, or ``None``."""
        if self.distribution is None:
            return None
        try:
            return metadata.version(self.distribution)
        except metadata.PackageNotFoundError:
            return None

    def result(self, criterion: Criterion, outcome: CheckOutcome, summary: str, **more: object) -> CheckResult:
        """Make a result. ``required`` follows the policy: ``if_given`` counts unless there was nothing to run."""
        given = outcome is not CheckOutcome.SKIPPED
        required = criterion.required == "always" or (criterion.required == "if_given" and given)
        fields: dict[str, object] = {
            "name": self.name,
            "tool": self.program,
            "tool_version": self.version,
            "outcome": outcome,
            "required": required,
            "summary": summary,
            **more,
        }
        return CheckResult.model_validate(fields)

    def broken(self, criterion: Criterion, run: Run, *, why: str | None = None) -> CheckResult:
        """Make the result of a tool that gave no answer."""
        detail = clip(run.stderr.decode("utf-8", "replace").strip()) or None
        if run.timed_out:
            summary = f"no answer in {run.duration_s:.0f} s"
            return self.result(criterion, CheckOutcome.TIMED_OUT, summary, detail=detail, duration_s=run.duration_s)
        summary = why or (
            "used more memory than it may" if run.out_of_memory else f"{self.program} ended with code {run.exit_code}"
        )
        return self.result(criterion, CheckOutcome.CRASHED, summary, detail=detail, duration_s=run.duration_s)

    def judged(self, criterion: Criterion, findings: list[Finding], clean: str, run: Run) -> CheckResult:
        """Make the result of a tool that found these, judged by the policy's ``block_at``."""
        placed = number(self.program, findings)
        outcome = CheckOutcome.FAILED if blocks(criterion, placed) else CheckOutcome.PASSED
        summary = summarise(criterion, placed, clean)
        return self.result(criterion, outcome, summary, findings=placed, duration_s=run.duration_s)


def retold(result: CheckResult, **changes: object) -> CheckResult:
    """Return the result with some fields said differently."""
    return CheckResult.model_validate({**dict(result), **changes})


def blocks(criterion: Criterion, findings: tuple[Finding, ...]) -> bool:
    """Whether one finding is at least as severe as the policy tolerates."""
    limit = criterion.block_at
    return limit is not None and any(finding.severity.rank >= limit.rank for finding in findings)


def number(program: str, findings: list[Finding]) -> tuple[Finding, ...]:
    """Return the findings sorted by place, with ids that count from 1."""
    ordered = sorted(findings, key=_place)
    return tuple(finding.but(id=f"{program}-{index}") for index, finding in enumerate(ordered, 1))


def _place(finding: Finding) -> tuple[str, int, str, str]:
    where = finding.location
    return ("" if where is None else where.path, (where.line if where else 0) or 0, finding.rule or "", finding.message)


def summarise(criterion: Criterion, findings: tuple[Finding, ...], clean: str) -> str:
    """Return ``1 error (F821), 2 warnings (E501, E231)``: what blocks first, then the rest."""
    if not findings:
        return clean
    limit = criterion.block_at
    errors = [f for f in findings if limit is not None and f.severity.rank >= limit.rank]
    warnings = [f for f in findings if f not in errors]
    parts = [
        f"{plural(len(group), noun)} ({_rules(group)})"
        for group, noun in ((errors, "error"), (warnings, "warning"))
        if group
    ]
    return ", ".join(parts)


def _rules(findings: list[Finding]) -> str:
    rules = list(dict.fromkeys(finding.rule or finding.severity.value for finding in findings))
    return ", ".join(rules[:4]) + (", …" if len(rules) > 4 else "")


def python_files(submission: Submission) -> tuple[SourceFile, ...]:
    """Return the files of the submission that are Python, by their name or by their first line."""
    return tuple(file for file in submission.files if _is_python(file))


def _is_python(file: SourceFile) -> bool:
    return file.path.lower().endswith(_ENDINGS) or _SHEBANG.match(file.text) is not None


def as_files(files: tuple[SourceFile, ...], root: str = ROOT) -> tuple[tuple[str, bytes], ...]:
    """Return files as a job takes them, below a folder."""
    return tuple((f"{root}/{file.path}", file.text.encode("utf-8", "surrogatepass")) for file in files)


def program(name: str) -> tuple[str, bytes]:
    """Return one of our programs that run inside, as a job's file."""
    return f"council/{name}.py", (_INSIDE / f"{name}.py").read_bytes()


def library(names: tuple[str, ...]) -> tuple[tuple[str, bytes], ...]:
    """Return programs of ours as a package that they can import each other from."""
    parts = ("council", "validation", "inside")
    packages = ["/".join(("lib", *parts[: count + 1], "__init__.py")) for count in range(len(parts))]
    modules = [(f"lib/{'/'.join(parts)}/{name}.py", (_INSIDE / f"{name}.py").read_bytes()) for name in names]
    return (*((name, b"") for name in packages), *modules)


def limits(settings: Settings) -> Limits:
    """Return what one tool may use."""
    return Limits(
        wall_s=settings.check_timeout_s,
        cpu_s=settings.check_timeout_s,
        memory_bytes=settings.sandbox_memory_mb << 20,
        output_bytes=_OUTPUT_BYTES,
    )


def tool_job(
    settings: Settings, argv: tuple[str, ...], files: tuple[tuple[str, bytes], ...], stdin: bytes = b""
) -> Job:
    """Return the job of a tool that looks at files and runs none of them."""
    return Job(argv=("{python}", *argv), files=files, stdin=stdin, limits=limits(settings))
