"""The log of a test session: honest ones are read, and no cut, copy, exchange or forgery of lines makes a pass."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.protocols import Run
from council.types.checks import TestOutcome
from council.validation.events import Visit, read_events, reason_of, spoken

NONCE = "a" * 32
IDS = ("t.py::test_a", "t.py::test_b")


def line(number: int, kind: str, nonce: str = NONCE, **more: object) -> bytes:
    return f"{nonce} {json.dumps({'n': number, 'kind': kind, 'at': number / 10, **more})}\n".encode()


def honest(failing: str | None = None) -> list[bytes]:
    """The log of a session over two tests, of which one may fail."""
    events: list[tuple[str, dict[str, object]]] = [("begin", {}), ("collected", {"ids": list(IDS)})]
    for name in IDS:
        bad = name == failing
        events.append(("start", {"id": name}))
        for when in ("setup", "call", "teardown"):
            failed = bad and when == "call"
            told = {"xfail": False, "seconds": 0.0, "message": "assert 1 == 2" if failed else None, "why": None}
            told |= {"text": "E  assert 1 == 2" if failed else None, "outcome": "failed" if failed else "passed"}
            events.append(("phase", {"id": name, "when": when, **told}))
        events.append(("end", {"id": name, "raised": bad, "plain": True}))
    events.append(("finish", {"code": 1 if failing else 0}))
    return [line(number, kind, **more) for number, (kind, more) in enumerate(events, 1)]


def read(lines: list[bytes], code: int = 0) -> Visit:
    return read_events(Run(exit_code=code, channel=b"".join(lines), duration_s=1.0), NONCE, 10.0)


def believed(visit: Visit) -> bool:
    """Whether this log would let both tests pass."""
    passed = {r.node_id for r in visit.results if r.outcome is TestOutcome.PASSED}
    return passed == set(IDS) and not visit.contradictions and visit.finished == 0 and not visit.interrupted


def test_an_honest_log_is_believed() -> None:
    assert believed(read(honest()))
    failed = read(honest(IDS[1]), code=1)
    assert not failed.contradictions and failed.results[1].reason == "assert 1 == 2"


@given(st.data())
def test_no_change_of_an_honest_failure_makes_a_pass(data: st.DataObject) -> None:
    lines = honest(IDS[1])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        change = data.draw(st.sampled_from(["drop", "copy", "swap", "cut"]))
        if change == "drop" and len(lines) > 1:
            del lines[at]
        elif change == "copy":
            lines.insert(data.draw(st.integers(0, len(lines))), lines[at])
        elif change == "swap":
            other = data.draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines = lines[: at + 1]
    assert not believed(read(lines, code=data.draw(st.sampled_from([0, 1]))))


@given(st.integers(0, 12), st.sampled_from(["drop", "copy"]))
def test_even_a_passing_log_is_believed_only_whole(at: int, change: str) -> None:
    lines = honest()
    if change == "drop":
        del lines[at % len(lines)]
    else:
        lines.insert(at % len(lines), lines[at % len(lines)])
    assert not believed(read(lines))


def test_a_log_with_another_nonce_is_not_believed() -> None:
    forged = [text.replace(NONCE.encode(), b"b" * 32) for text in honest()]
    visit = read(forged)
    assert visit.contradictions and not visit.results


@pytest.mark.parametrize("code", [1, 3, None, -9, 137])
def test_exit_code_and_log_must_agree(code: int | None) -> None:
    visit = read_events(Run(exit_code=code, channel=b"".join(honest())), NONCE, 10.0)
    assert visit.contradictions


def test_a_test_that_raised_and_is_reported_as_passed_is_a_contradiction() -> None:
    lines = honest()
    at = next(i for i, text in enumerate(lines) if b'"end"' in text)
    lines[at] = line(at + 1, "end", id=IDS[0], raised=True, plain=True)
    assert read(lines).contradictions


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_noise_is_read_without_harm_and_never_believed(noise: list[bytes]) -> None:
    framed = [NONCE.encode() + b" " + text + b"\n" for text in noise]
    assert not believed(read(noise)) and not believed(read(framed))


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=9), lambda s: st.lists(s) | st.dictionaries(st.text(max_size=9), s)
    )
)
def test_any_json_with_the_nonce_is_read_without_harm(value: object) -> None:
    body = {"n": 1, "kind": "phase", "at": value, "id": value, "ids": value}
    assert not believed(read([f"{NONCE} {json.dumps(body)}\n".encode()]))


@pytest.mark.parametrize(
    "message, reason",
    [
        ("AssertionError: assert 3 == 2\n +  where 3 = len([1, 2, 3])", "assert 3 == 2"),
        ("assert -1 == 10", "assert -1 == 10"),
        ("AssertionError: after 3 puts\nassert 3 == 2", "assert 3 == 2, after 3 puts"),
        ("KeyError: 'a'", "KeyError: 'a'"),
        ("Failed: DID NOT RAISE <class 'ValueError'>", "DID NOT RAISE <class 'ValueError'>"),
        ("", "failed without a word"),
        ("AssertionError: \x1b[31mred\u202e", "\\x1b[31mred\\u202e"),
    ],
)
def test_reasons_in_a_line(message: str, reason: str) -> None:
    assert reason_of(message) == reason


@given(st.text())
def test_reasons_and_names_are_always_one_plain_line(text: str) -> None:
    for said in (reason_of(text), spoken(text)):
        assert "\n" not in said and "\x1b" not in said and len(said) <= 160


@pytest.mark.parametrize(
    "text", [b'{"n": 1, "kind": "finish", "code": Infinity}', b"[" * 100_000, b'{"n": 1, "kind": "x", "at": NaN}']
)
def test_numbers_and_depths_that_break_readers_do_not_break_this_one(text: bytes) -> None:
    assert read([NONCE.encode() + b" " + text + b"\n"]).contradictions
