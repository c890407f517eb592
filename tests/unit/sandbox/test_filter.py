"""The filter, run by a small interpreter of its instructions, for both processors."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from council.sandbox.calls import HIGHEST, IGNORED, OF_PROCESSES, PROCESSORS, REFUSED, SPECIAL, UNWALLED
from council.sandbox.filter import assemble_filter

ALLOW, KILL, EPERM, ENOSYS, NOTHING = 0x7FFF0000, 0x80000000, 0x50001, 0x50026, 0x50000


def answer(program: bytes, machine: int, number: int, *arguments: int) -> int:
    """What the kernel would do with this call."""
    data = struct.pack("=IIQ6Q", number, machine, 0, *(arguments + (0,) * 6)[:6])
    lines = [struct.unpack_from("=HBBI", program, offset) for offset in range(0, len(program), 8)]
    accumulator, at = 0, 0
    while True:
        code, if_true, if_false, value = lines[at]
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, value)
        elif code == 0x06:
            return value
        else:
            held = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
            at += if_true if held else if_false


@pytest.mark.parametrize("name", PROCESSORS)
@pytest.mark.parametrize("walled", [True, False])
def test_every_call_gets_the_answer_of_its_table(name: str, walled: bool) -> None:
    column, machine = PROCESSORS[name]
    program = assemble_filter(name, walled=walled)
    assert program is not None and len(program) // 8 < 4096
    tables = {EPERM: REFUSED}
    answers = {number: ALLOW for number in range(HIGHEST + 1)}
    for code, table in [(EPERM, REFUSED)] + ([] if walled else [(EPERM, UNWALLED), (NOTHING, IGNORED)]):
        answers.update({numbers[column]: code for numbers in table.values() if numbers[column] is not None})
    answers[SPECIAL["clone3"][column]] = ENOSYS
    for special in ("clone", "ioctl", "prlimit64", "prctl", "socket", "socketpair"):
        del answers[SPECIAL[special][column]]
    if not walled:
        for numbers in OF_PROCESSES.values():
            del answers[numbers[column]]
    assert tables
    for number, expected in answers.items():
        assert answer(program, machine, number) == expected, number
    assert answer(program, machine, HIGHEST + 1) == ENOSYS
    assert answer(program, machine, 0x40000000 + 1) == ENOSYS
    assert answer(program, 0x40000003, 1) == KILL


@pytest.mark.parametrize("name", PROCESSORS)
def test_some_calls_are_looked_at_closely(name: str) -> None:
    column, machine = PROCESSORS[name]
    for walled in (True, False):
        program = assemble_filter(name, walled=walled)
        assert program is not None

        def ask(call: str, *arguments: int, of: bytes = program) -> int:
            return answer(of, machine, SPECIAL[call][column], *arguments)

        assert ask("clone", 0x10000000) == EPERM and ask("clone", 0x01200011) == ALLOW
        assert ask("ioctl", 0, 0x5412) == EPERM and ask("ioctl", 0, 0x5401) == ALLOW
        assert ask("prctl", 4, 0) == EPERM and ask("prctl", 15) == ALLOW
        for request in (0x541C, 0x40086602, 0x40046602, 0x401C5820, 0x100005412):
            assert ask("ioctl", 3, request) == EPERM
        for numbers in OF_PROCESSES.values():
            assert answer(program, machine, numbers[column], 0) == ALLOW
            assert answer(program, machine, numbers[column], 77) == (ALLOW if walled else EPERM)
        assert ask("prlimit64", 0) == ALLOW and ask("prlimit64", 77) == EPERM and ask("prlimit64", 1 << 32) == EPERM
        for family in (1, 2, 10):
            assert ask("socket", family) == (ALLOW if walled else EPERM)
        assert ask("socketpair", 1) == ALLOW
        for family in (0, 2, 10, 16, 30, 38):
            assert ask("socketpair", family) == EPERM
        assert ask("socket", 16) == EPERM and ask("socket", 17) == EPERM


def test_an_unknown_processor_has_no_filter() -> None:
    assert assemble_filter("riscv64", walled=True) is None


@pytest.mark.parametrize("name", PROCESSORS)
def test_no_number_stands_for_two_calls(name: str) -> None:
    column = PROCESSORS[name][0]
    numbers = [n[column] for table in (REFUSED, UNWALLED, IGNORED, SPECIAL, OF_PROCESSES) for n in table.values()]
    known = [number for number in numbers if number is not None]
    assert len(known) == len(set(known))


@pytest.mark.parametrize(
    "name, header",
    [("x86_64", "x86_64-linux-gnu/asm/unistd_64.h"), ("aarch64", "aarch64-linux-gnu/asm/unistd.h")],
)
def test_the_numbers_are_those_of_the_kernels_own_header(name: str, header: str) -> None:
    path = Path("/usr/include", header)
    if not path.exists():
        pytest.skip("the kernel's headers are not installed")
    theirs = {n: int(number) for n, number in re.findall(r"#define __NR_(\w+)\s+(\d+)", path.read_text())}
    column = PROCESSORS[name][0]
    ours = {
        n: numbers[column]
        for table in (REFUSED, UNWALLED, IGNORED, SPECIAL, OF_PROCESSES)
        for n, numbers in table.items()
    }
    assert len(theirs) > 200
    assert {n: number for n, number in ours.items() if number is not None and theirs.get(n, number) != number} == {}
