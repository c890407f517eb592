"""An audit in the terminal: the ranked files with what says so, what is wrong with them, and what to type next."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self, TextIO

from council.rendering.audits import (
    PublicAuditedFile,
    audit_words,
    kind_words,
    known_words,
    place_words,
    public_audit,
    since_words,
)
from council.rendering.terminal.page import Page, Sheet, is_live
from council.rendering.terminal.session import Steps, write_steps
from council.rendering.words import UNSAFE_WORDS
from council.templating import seconds
from council.text import one_line, plural
from council.types.audits import Audit, AuditStep

_STATUS = {"banned": "bold red", "discouraged": "yellow"}
_MOST_MARKS = 4
_MOST_UNREAD = 10
_FRAME_S = 0.1
_STAGES = {
    "searched": "searched {done} of {total} files",
    "checked": "checked {done} of {total} found files",
    "tested": "ran the tests of {done} of {total} found files",
    "rewritten": "had {done} of {total} files written again",
}


def write_audit(audit: Audit, steps: Steps, sheet: Sheet) -> Page:
    """Return the page of ``council audit``; ``steps`` are commands worth typing next."""
    public, page = public_audit(audit), Page(sheet)
    words = audit_words(public)
    style = {0: "bold green", 1: "bold red"}.get(public.exit_code, "bold magenta")
    took = "" if public.duration_s is None else f" · {seconds(public.duration_s)}"
    page.wrap((one_line(words, 400), style), f" · policy {one_line(public.policy, 60)}{took}")
    left_out = since_words(public)
    if left_out:
        page.wrap(left_out, indent=2)
    if public.unsafe:
        page.wrap((f"executed {UNSAFE_WORDS}", "bold red"), indent=2)
    if public.files:
        page.title("Files", "risk of 100, why")
    for file in public.files:
        _write_file(page, file)
    if public.unread:
        page.title("Not looked at")
        for reason in public.unread[:_MOST_UNREAD]:
            page.wrap(one_line(reason, 300), indent=2)
        if len(public.unread) > _MOST_UNREAD:
            page.add(f"and {len(public.unread) - _MOST_UNREAD} more", indent=2)
    page.gap()
    write_steps(page, steps)
    return page


def write_patch(patch: str, sheet: Sheet) -> Page:
    """Return a patch as it is, with nothing in it that a terminal would obey."""
    page = Page(sheet)
    page.code(patch, indent=0)
    return page


def _write_file(page: Page, file: PublicAuditedFile) -> None:
    risk = (f"{file.risk:>5.1f}", "bold")
    page.whole(risk, f"  {one_line(place_words(file), 300)}", indent=0)
    models = ", ".join(one_line(model, 80) for model in file.models)
    page.wrap((file.status, _STATUS.get(file.status, "")), f"  {models}: {known_words(file)}", indent=7)
    for mark in file.marks[:_MOST_MARKS]:
        page.add((f"{kind_words(mark)}: ", "dim"), one_line(mark.evidence, 240), indent=9)
    if len(file.marks) > _MOST_MARKS:
        page.add(f"and {plural(len(file.marks) - _MOST_MARKS, 'more trace')}", indent=9)
    if file.because:
        page.wrap("; ".join(one_line(part, 200) for part in file.because), indent=9)
    if file.replacement:
        page.wrap(("replacement ready ", "green"), one_line(file.replacement_note or "", 240), indent=9)
    elif file.replacement_note:
        page.wrap(("no replacement: ", "yellow"), one_line(file.replacement_note, 240), indent=9)


class AuditProgress:
    """Shows how far an audit is, on standard error: one line that moves on a terminal, else one line a stage."""

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._quiet = quiet
        self._live = is_live(self._stream)
        self._sheet = Sheet.of(self._stream)
        self._shown_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live and not self._quiet:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def hear(self, step: AuditStep) -> None:
        """Show a step."""
        if self._quiet:
            return
        ended = step.done == step.total
        text = _STAGES[step.stage].format(done=step.done, total=step.total)
        if self._live and (ended or time.monotonic() - self._shown_at > _FRAME_S):
            self._shown_at = time.monotonic()
            path = f"  {step.path}" if step.path else ""
            self._stream.write(f"\r\x1b[K{one_line(self._sheet.fit(text + path), self._sheet.width - 1)}")
            self._stream.flush()
        elif not self._live and (ended or step.stage == "rewritten"):
            self._stream.write(f"{text}\n")
            self._stream.flush()
