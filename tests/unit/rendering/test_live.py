"""A sitting while it goes on: in place on a terminal, line by line on a pipe, nothing when quiet."""

from __future__ import annotations

import io
import os
import pty
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

from council.rendering.terminal import LiveSitting
from council.types.calls import CallState
from council.types.events import (
    AttemptFinished,
    AttemptStarted,
    CheckFinished,
    ConsensusReached,
    Event,
    SeatFinished,
    SeatMoved,
    SittingOpened,
    TextWritten,
)

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def events(sessions: ModuleType) -> list[Event]:
    session = sessions.REJECTED
    moves = [SeatMoved(seat="gpt-6-sol", state=CallState.ANSWERING, tokens=n) for n in (1, 200, 412)]
    return [
        SittingOpened(session_id="7f3k", seats=session.seats, checks=("syntax", "tests"), deadline_s=30.0),
        *(CheckFinished(result=check) for check in session.validation.checks),
        SeatMoved(seat="gpt-6-sol", state=CallState.WAITING),
        *moves,
        SeatMoved(seat="sonar-pro", state=CallState.RETRYING, detail="429, again in 2 s"),
        *(SeatFinished(review=review) for review in session.reviews),
        ConsensusReached(consensus=session.consensus),
    ]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, io.TextIOWrapper]]:
    """A real terminal: what is read from it, and the stream that writes to it."""
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR", "LC_ALL", "LANG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    reading, writing = pty.openpty()
    os.set_blocking(reading, False)
    stream = open(writing, "w", encoding="utf-8")  # noqa: SIM115 - closed below
    yield reading, stream
    stream.close()
    os.close(reading)


def seen(reading: int) -> str:
    pieces = []
    while True:
        try:
            pieces.append(os.read(reading, 65536))
        except BlockingIOError:
            return b"".join(pieces).decode()


def test_on_a_pipe_each_event_is_a_line(sessions: ModuleType) -> None:
    stream = io.StringIO()
    with LiveSitting(stream=stream) as live:
        for event in events(sessions):
            live.hear(event)
    lines = stream.getvalue().splitlines()
    assert "\x1b" not in stream.getvalue()
    assert lines[0] == "session 7f3k: 2 checks, 4 seats, at most 30.0 s"
    assert "check tests: FAIL PYTEST: 3 of 5 tests failed" in lines
    assert lines.count("seat gpt-6-sol: answering") == 1  # not one for each piece of text
    assert "seat sonar-pro: 429, again in 2 s" in lines
    assert "seat gpt-6-sol: reject 4.1 s 2 findings" in lines
    assert "seat sonar-pro: no answer within 30 s (not counted) 30.0 s" in lines
    assert lines[-1] == "decision: rejected"


def test_quiet_says_nothing(sessions: ModuleType, terminal: tuple[int, io.TextIOWrapper]) -> None:
    reading, stream = terminal
    for target in (stream, io.StringIO()):
        with LiveSitting(quiet=True, stream=target) as live:
            for event in events(sessions):
                live.hear(event)
    assert seen(reading) == ""


def test_on_a_terminal_lines_move_and_are_gone_at_the_end(
    sessions: ModuleType, terminal: tuple[int, io.TextIOWrapper]
) -> None:
    reading, stream = terminal
    shown = ""
    with LiveSitting(stream=stream) as live:
        for event in events(sessions):
            live.hear(event)
            assert live._live is not None
            live._live.refresh()
            shown += seen(reading)
    end = seen(reading)
    text = ESCAPE.sub("", shown)
    for piece in (
        "answering",
        "412 tokens",
        "waiting for the checks",
        "429, again in 2 s",
        "to the deadline",
        "reject",
    ):
        assert piece in text
    assert "\x1b[?25l" in shown and "\x1b[?25h" in end  # the cursor comes back
    assert end.endswith("\x1b[2K") or "\x1b[1A\x1b[2K" in end  # and the lines are wiped
    assert not set(ESCAPE.findall(shown + end)) - set(re.findall(r"\x1b\[[0-9;?]*[mAhlKG]", shown + end))


def test_an_error_inside_leaves_the_terminal_as_it_was(terminal: tuple[int, io.TextIOWrapper]) -> None:
    reading, stream = terminal
    with pytest.raises(KeyboardInterrupt), LiveSitting(stream=stream):
        raise KeyboardInterrupt
    assert "\x1b[?25h" in seen(reading)


@pytest.mark.parametrize("term", ["dumb", "unknown", ""])
def test_a_dumb_terminal_is_a_pipe(
    sessions: ModuleType, terminal: tuple[int, io.TextIOWrapper], term: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    reading, stream = terminal
    with LiveSitting(stream=stream) as live:
        live.hear(events(sessions)[0])
    assert seen(reading) == "session 7f3k: 2 checks, 4 seats, at most 30.0 s\r\n"


def test_no_color_moves_without_colour(
    sessions: ModuleType, terminal: tuple[int, io.TextIOWrapper], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    reading, stream = terminal
    with LiveSitting(stream=stream) as live:
        for event in events(sessions):
            live.hear(event)
    assert not re.search(r"\x1b\[[0-9;]*m", seen(reading))


def test_generation_shows_attempts_and_tokens(sessions: ModuleType, terminal: tuple[int, io.TextIOWrapper]) -> None:
    reading, stream = terminal
    attempts = sessions.GENERATED.generation.attempts
    story: list[Event] = [
        SittingOpened(session_id="7f3k", seats=(), checks=("tests",)),
        AttemptStarted(number=1, tier="draft", model="smollm2:135m"),
        TextWritten(text="def f", tokens=84),
        AttemptFinished(attempt=attempts[0]),
        AttemptStarted(number=3, tier="strong", model="qwen2.5-coder:1.5b"),
        AttemptFinished(attempt=attempts[2]),
    ]
    pipe = io.StringIO()
    with LiveSitting(stream=pipe) as plain, LiveSitting(stream=stream) as live:
        for event in story:
            plain.hear(event)
            live.hear(event)
            assert live._live is not None
            live._live.refresh()
    assert "writing, 84 tokens" in ESCAPE.sub("", seen(reading))
    lines = pipe.getvalue().splitlines()
    assert "attempt 1: draft smollm2:135m writing" in lines
    assert "attempt 1: draft smollm2:135m 5 of 5 tests failed in 2.1 s" in lines
    assert "attempt 3: strong qwen2.5-coder:1.5b all checks pass in 9.8 s" in lines


def test_hostile_names_stay_text(sessions: ModuleType, terminal: tuple[int, io.TextIOWrapper]) -> None:
    reading, stream = terminal
    session, pipe = sessions.HOSTILE, io.StringIO()
    story: list[Event] = [
        SittingOpened(session_id="7f3k", seats=session.seats, checks=("tests",)),
        SeatMoved(seat=session.seats[0].name, state=CallState.RETRYING, detail=sessions.EVIL),
        *(CheckFinished(result=check) for check in session.validation.checks),
        *(SeatFinished(review=review) for review in session.reviews),
        AttemptStarted(number=1, tier="draft", model=sessions.EVIL),
    ]
    with LiveSitting(stream=pipe) as plain, LiveSitting(stream=stream) as live:
        for event in story:
            plain.hear(event)
            live.hear(event)
            assert live._live is not None
            live._live.refresh()
    assert len(pipe.getvalue().splitlines()) == len(story)
    for text in (pipe.getvalue(), ESCAPE.sub("", seen(reading))):
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202e]", text)
        assert "[bold" in text  # shown, not obeyed


def test_a_key_in_a_reason_is_not_shown(sessions: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "live-canary-0123456789")
    pipe = io.StringIO()
    with LiveSitting(stream=pipe) as live:
        live.hear(SeatMoved(seat="a", state=CallState.RETRYING, detail="401 for live-canary-0123456789"))
    assert pipe.getvalue() == "seat a: 401 for «redacted»\n"
