"""The checks as people see them: a mark, what was found, and each failed test with its reason."""

from __future__ import annotations

from council.rendering.public import PublicCheck, public_report
from council.rendering.terminal.page import Page, Sheet
from council.rendering.words import UNSAFE_WORDS, check_words, report_words, test_words, unpassed
from council.templating import seconds
from council.text import one_line, plural
from council.types.checks import CheckOutcome, Mark, SandboxInfo, ValidationReport
from council.types.findings import Finding
from council.types.submission import Submission

STYLES = {Mark.OK: "green", Mark.WARN: "yellow", Mark.FAIL: "bold red", Mark.BROKEN: "bold magenta", Mark.NONE: "dim"}
_MOST_TESTS = 30
_MOST_FINDINGS = 10


def write_report(report: ValidationReport, submission: Submission | None, sheet: Sheet) -> Page:
    """Return the page of ``council validate``."""
    public, page = public_report(report, submission), Page(sheet)
    if public.submission is not None and public.submission.files:
        files = public.submission.files
        more = f" and {plural(len(files) - 1, 'more file')}" if files[1:] else ""
        lines = plural(public.submission.lines, "line")
        page.wrap((f"{files[0].path}{more}", "bold"), f"  {lines} · policy {public.policy}")
    write_checks(page, public.checks, public.sandbox, public.duration_s, warnings=True)
    page.gap()
    word = report_words(public)
    style = {0: "bold green", 1: "bold red"}.get(public.exit_code, "bold magenta")
    page.wrap("   " + _tally(public.checks), lead=((word, style),))
    return page


def write_checks(
    page: Page,
    checks: tuple[PublicCheck, ...],
    sandbox: SandboxInfo | None,
    duration_s: float | None,
    *,
    warnings: bool = False,
) -> None:
    """Add the section of the checks; ``warnings`` shows also what does not block, and what the sandbox lacks."""
    page.title("Checks", sandbox_words(sandbox), "" if duration_s is None else seconds(duration_s))
    if not checks:
        page.wrap("none was run", indent=2)
    marks = max([4, *(len(check.mark.value) for check in checks)])
    for check in checks:
        words = check_words(check.name, check.tool, check.summary, check.mark)
        lead = ((f"{check.mark.value:<{marks + 2}}", STYLES[check.mark]), f"{check.name:<11} ")
        page.wrap(words, lead=lead, indent=2)
        _write_tests(page, check)
        if check.mark is Mark.FAIL or (warnings and check.mark is Mark.WARN):
            _write_findings(page, check.findings, most=_MOST_FINDINGS if check.mark is Mark.FAIL else 5)
        if check.mark is Mark.BROKEN and check.detail:
            page.wrap(one_line(check.detail.strip().split("\n")[-1], 300), indent=10)
    if sandbox is not None and sandbox.unsafe:
        page.wrap((f"executed {UNSAFE_WORDS}", "bold red"), indent=2)
    elif warnings and sandbox is not None and sandbox.missing:
        page.wrap(f"sandbox {sandbox.backend}: without {', '.join(sandbox.missing)}", indent=2)


def sandbox_words(sandbox: SandboxInfo | None) -> str:
    """Return which sandbox ran the code: ``bubblewrap 0.11.0``; nothing was executed without one."""
    if sandbox is None:
        return ""
    if sandbox.unsafe:
        return "no sandbox"
    return "nothing executed" if sandbox.backend == "none" else f"{sandbox.backend} {sandbox.version or ''}".strip()


def _write_tests(page: Page, check: PublicCheck) -> None:
    failed = unpassed(check.tests)
    page.table(
        [(one_line(test.name, 240), one_line(test_words(test), 240)) for test in failed[:_MOST_TESTS]], indent=10
    )
    if len(failed) > _MOST_TESTS:
        page.add(f"and {len(failed) - _MOST_TESTS} more", indent=10)


def _write_findings(page: Page, findings: tuple[Finding, ...], *, most: int) -> None:
    rows = []
    for finding in findings[:most]:
        place = one_line(str(finding.location), 160) if finding.location else "-"
        silenced = f" (asked to be silent by {finding.suppressed_by})" if finding.suppressed_by else ""
        rows.append(
            (place, one_line(finding.rule or finding.severity.value, 30), f"{one_line(finding.message, 300)}{silenced}")
        )
    page.table(rows, indent=10)
    if len(findings) > most:
        page.add(f"and {len(findings) - most} more", indent=10)


def _tally(checks: tuple[PublicCheck, ...]) -> str:
    failed = [check.name for check in checks if check.mark is Mark.FAIL]
    broken = [check.name for check in checks if check.mark is Mark.BROKEN]
    missing = [check.name for check in checks if check.outcome is CheckOutcome.SKIPPED]
    words = [f"{plural(len(failed), 'check')} failed: {', '.join(failed)}"] if failed else []
    words += [f"gave no answer: {', '.join(broken)}"] if broken else []
    words += [f"not run: {', '.join(missing)}"] if missing else []
    good = sum(1 for check in checks if check.mark in (Mark.OK, Mark.WARN))
    return " · ".join([*words, f"{good} of {plural(len(checks), 'check')} without objection"])
