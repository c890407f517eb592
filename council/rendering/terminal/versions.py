"""What independent versions of the task say, in the terminal."""

from __future__ import annotations

from council.rendering.terminal.page import Page, Part, Sheet
from council.rendering.testimony import version_rows, versions_words
from council.templating import seconds
from council.text import plural
from council.types.versions import VersionsReport

_SHOWN = 16


def write_clarity(report: VersionsReport, sheet: Sheet) -> Page:
    """Return the page of ``council clarify``: what the task does not say, and what to do about it."""
    page = Page(sheet)
    write_versions(page, report, judged=False)
    if report.findings:
        page.title("The task does not say")
    for finding in report.findings:
        page.wrap(finding.message.removeprefix("the task does not say "), lead=("- ",), indent=2)
    page.gap()
    if report.findings:
        page.wrap("say in the task what is right there, then ask again", lead=(("UNCLEAR", "bold red"), "   "))
    elif report.testimony.agreeing < 2:
        page.wrap("no two versions do the same throughout", lead=(("NOBODY CAN SAY", "bold magenta"), "   "))
        page.wrap("a stronger model, or more versions, may: --version-model, --versions", indent=2)
    else:
        page.wrap("no input was found on which versions part", lead=(("CLEAR", "bold green"), "   "))
    return page


def write_versions(page: Page, report: VersionsReport, *, judged: bool = True) -> None:
    """Add the section of the versions: who was heard, what they say, and what they cost."""
    spent = "" if report.duration_s is None else seconds(report.duration_s)
    tokens = "" if report.completion_tokens is None else plural(report.completion_tokens, "token")
    page.title("Versions", spent, tokens)
    for line in versions_words(report, judged=judged):
        page.wrap(line, indent=2)
    rows: list[tuple[Part, ...]] = []
    for number, (version, same) in enumerate(version_rows(report), 1):
        took = "-" if version.duration_s is None else seconds(version.duration_s)
        wrote = "-" if version.completion_tokens is None else plural(version.completion_tokens, "token")
        copy = "" if same is None else f"the same program as {same}"
        rows.append((str(number), version.model, f"{took:>7}", f"{wrote:>10}", (copy, "dim")))
    if not any(version.duration_s or version.completion_tokens or same for version, same in version_rows(report)):
        return  # recorded ones, each another program: there is nothing to tell of them one by one
    page.table(rows[:_SHOWN])
    if len(rows) > _SHOWN:
        page.wrap(f"and {plural(len(rows) - _SHOWN, 'more version')}", indent=2)
