"""A sitting while it goes on: lines that move in place on a terminal, one plain line an event everywhere else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.text import Text

from council.rendering.public import PublicCheck, PublicReview
from council.rendering.terminal.moving import Moving
from council.rendering.terminal.page import Part
from council.rendering.terminal.report import STYLES
from council.rendering.words import attempt_words, check_words, seat_reason, seat_words, verdict_words
from council.templating import seconds
from council.text import plural
from council.types.calls import CallState
from council.types.events import (
    AttemptFinished,
    AttemptStarted,
    ChangeTried,
    CheckFinished,
    ClaimRun,
    ConsensusReached,
    Event,
    SeatExamined,
    SeatFinished,
    SeatMoved,
    SittingOpened,
    TextWritten,
    VersionsMoved,
)

_DOING = {
    CallState.WAITING: "waiting",
    CallState.ASKING: "asking",
    CallState.ANSWERING: "answering",
    CallState.RETRYING: "trying again",
}


class LiveSitting(Moving):
    """Shows the events of a sitting on standard error. A context manager: what moved is gone when it ends.

    Args:
        quiet: show nothing.
        stream: where to write; standard error by default.
    """

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        super().__init__(quiet=quiet, stream=stream)
        self._rows: dict[str, tuple[Part, ...]] = {}
        self._said: dict[str, str] = {}
        self._began = time.monotonic()
        self._deadline_s: float | None = None
        self._waiting = False

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Hold what moves still while somebody is asked something."""
        if self._live is not None:
            self._live.stop()
        try:
            yield
        finally:
            if self._live is not None:
                self._live.start()

    def hear(self, event: Event) -> None:
        """Take in what happened and show it."""
        match event:
            case SittingOpened():
                self._open(event)
            case CheckFinished(result=result):
                check = PublicCheck.model_validate(result.model_dump())
                words = check_words(check.name, check.tool, check.summary, check.mark)
                self._tell(f"check {check.name}", (check.mark.value, STYLES[check.mark]), words)
            case SeatMoved():
                self._move(event)
            case SeatFinished(review=review):
                self._seat(PublicReview.model_validate(review.model_dump()))
            case ClaimRun(evidence=run, number=number, of=of):
                words = verdict_words(run.state) + (f": {run.reason}" if run.reason else "")
                self._tell(f"claim {run.finding_id}", (f"{number} of {of}", ""), words)
            case ChangeTried():
                self._rows["tests"] = ((f"{event.tried} of {event.of} changes tried", "cyan"), "")
                if event.tried in (1, event.of) or event.tried % 10 == 0:
                    self._say(f"tests: {event.tried} of {event.of} small changes tried, {event.survived} not noticed")
            case VersionsMoved(stage=stage, number=number, of=of, model=model):
                self._tell("versions", (stage, "cyan"), f"{number} of {of}" + (f" by {model}" if model else ""))
            case SeatExamined(call=call):
                ruled = plural(len(call.rulings), "ruling") if call.rulings else call.reason or "no ruling"
                self._tell(f"claims {call.seat}", ("has answered", ""), ruled)
            case AttemptStarted(number=number, tier=tier, model=model):
                self._tell(f"attempt {number}", (f"{tier} {model}", ""), "writing")
            case TextWritten(tokens=tokens):
                self._write(tokens)
            case AttemptFinished(attempt=attempt):
                spent = "" if attempt.duration_s is None else f" in {seconds(attempt.duration_s)}"
                ending = "all checks pass" if attempt.reason is None and attempt.code else attempt_words(attempt, None)
                self._tell(f"attempt {attempt.number}", (f"{attempt.tier} {attempt.model}", ""), f"{ending}{spent}")
            case ConsensusReached(consensus=consensus):
                self._tell("decision", (verdict_words(consensus.decision), "bold"), "")
            case _:
                pass

    def _open(self, event: SittingOpened) -> None:
        self._began, self._deadline_s = time.monotonic(), event.deadline_s
        what = [plural(len(event.checks), "check"), *([plural(len(event.seats), "seat")] if event.seats else [])]
        limit = "" if event.deadline_s is None else f", at most {seconds(event.deadline_s)}"
        self._waiting = bool(event.seats)
        self._say(f"session {event.session_id}: {', '.join(what)}{limit}")
        for name in event.checks:
            self._rows[f"check {name}"] = (("running", "dim"), "")
        for seat in event.seats:
            self._rows[f"seat {seat.name}"] = (("waiting for the checks", "dim"), "")

    def _move(self, event: SeatMoved) -> None:
        doing = event.detail or _DOING[event.state]
        tokens = "" if event.tokens is None else plural(event.tokens, "token")
        name = f"seat {event.seat}"
        self._rows[name] = ((doing, "cyan"), tokens)
        if self._said.get(name) != doing:  # a line for each state, not for each piece of text
            self._said[name] = doing
            self._say(f"{name}: {doing}")

    def _seat(self, review: PublicReview) -> None:
        said = seat_reason(review) or seat_words(review)
        count = plural(len(review.ballot.findings), "finding") if review.ballot else ""
        spent = "" if review.duration_s is None else seconds(review.duration_s)
        style = "bold" if review.ballot else "yellow"
        self._tell(f"seat {review.seat.name}", (said, style), "  ".join(word for word in (spent, count) if word))

    def _write(self, tokens: int) -> None:
        current = next((name for name in reversed(self._rows) if name.startswith("attempt ")), None)
        if current is not None:
            self._rows[current] = (self._rows[current][0], f"writing, {plural(tokens, 'token')}")

    def _tell(self, name: str, word: tuple[str, str], rest: str) -> None:
        self._rows[name] = (word, rest)
        self._say(f"{name}: {word[0]}" + (f"  {rest}" if rest else ""))

    def _frame(self) -> Text:
        rows = list(self._rows.items())
        width = min(max((len(name) for name, _ in rows), default=0), 36)
        frame = Text(no_wrap=True, overflow="ellipsis" if self._sheet.unicode else "crop")
        for name, parts in rows:
            frame.append(f"  {self._shown(name, 36):<{width}}  ", "dim")
            for part in parts:
                text, style = (part, "") if isinstance(part, str) else part
                frame.append(f"{self._shown(text, 120)}  ", style or None)
            frame.append("\n")
        frame.append(f"  {self._clock()}", "dim")
        return frame

    def _clock(self) -> str:
        elapsed = time.monotonic() - self._began
        if self._deadline_s is None:
            return f"{elapsed:.0f} s"
        return f"{elapsed:.0f} s, {max(0.0, self._deadline_s - elapsed):.0f} s to the deadline"
