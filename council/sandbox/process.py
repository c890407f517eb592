"""Starts a launcher and stays with it: feeds it, hears it up to a limit, ends it with everything below it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess  # this room is the one door through which anything is executed  # nosec B404
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import IO

from council.errors import SandboxError
from council.protocols import Job, Run
from council.sandbox.watch import TABLE, memory_of, names_in, size_of, sockets_in
from council.text import one_line
from council.types.base import Record

_CHUNK = 1 << 16
_LOOK_S = 0.1
_LINGER_S = 5.0
_MOST_SOCKETS = 400
MOST_NAMES = 1 << 16
"""Files and folders in a scratch whose file system cannot be told how many it may have."""


class Launch(Record):
    """What to start: arguments, descriptors to pass on and close here, and whether a supervisor ends the tree."""

    argv: tuple[str, ...]
    passed: tuple[int, ...] = ()
    supervised: bool = False
    scratch: str | None = None
    """A folder whose size nothing but our watching limits."""
    mounts: tuple[str, ...] = ()
    """File systems inside whose number of names nothing but our watching limits; with a network of its own."""


class Descriptors(Record):
    """The numbers a launcher is told: where to report, where council's life ends, where the job's channel is."""

    status: int
    lifeline: int
    channel: int | None = None


class _Tap:
    """Keeps the first bytes of a stream and swallows the rest."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.kept = bytearray()
        self.overflowed = False

    async def drain(self, pipe: IO[bytes]) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=_CHUNK)
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        try:
            while chunk := await reader.read(_CHUNK):
                room = self.limit - len(self.kept)
                self.kept += chunk[:room]
                self.overflowed = self.overflowed or len(chunk) > room
        finally:
            transport.close()


class _Ending:
    """Why a run was ended from outside, if it was."""

    timed_out = False
    out_of_memory = False


async def execute(launch: Callable[[Descriptors], Launch], job: Job) -> Run:
    """Run what ``launch`` says and return what the job did.

    Cancelling ends the whole tree first. Raises ``SandboxError`` when the sandbox itself did not come up.
    """
    started = time.monotonic()
    taps = {name: _Tap(job.limits.output_bytes) for name in ("stdout", "stderr", "channel", "status")}
    ending = _Ending()
    with ExitStack() as ours:
        pipes, lifeline, told = _open_pipes(ours, job.channel)
        tree = _Tree(*_spawn(launch, told), lifeline)
        try:
            await _attend(tree, taps, pipes, job, ending)
        finally:
            tree.kill()
            await _reaped(tree.process)
    state = _read_status(taps["status"].kept)
    ended = ending.timed_out or ending.out_of_memory
    if not ended and not isinstance(state.get("exit-code"), int):
        raise SandboxError(
            f"the sandbox did not start: {_why(state, bytes(taps['stderr'].kept))}", "See council doctor"
        )
    return Run(
        exit_code=None if ended else state["exit-code"],
        stdout=bytes(taps["stdout"].kept),
        stderr=bytes(taps["stderr"].kept),
        channel=bytes(taps["channel"].kept),
        timed_out=ending.timed_out,
        out_of_memory=ending.out_of_memory,
        truncated=any(tap.overflowed for tap in taps.values()),
        duration_s=time.monotonic() - started,
    )


class _Tree:
    """The processes of a run, and how to end them all."""

    def __init__(self, process: subprocess.Popen[bytes], launch: Launch, lifeline: ExitStack) -> None:
        self.process = process
        self.supervised = launch.supervised
        self.scratch = launch.scratch
        self.mounts = launch.mounts
        self.lifeline = lifeline

    def kill(self) -> None:
        """End everything: by the lifeline a supervisor, else the launcher's group in one blow.

        Bubblewrap's first process inside is in that group from the moment it exists, and everything else inside ends
        with it. No other way holds at any moment of a start: its death signal is asked for late, and nobody has told
        us its number by then.
        """
        if not self.supervised and self.process.returncode is None:  # not reaped, so the number is still its own
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.lifeline.close()


def _signal(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # it has ended, or it is not ours any more


def _open_pipes(ours: ExitStack, channel: bool) -> tuple[dict[str, IO[bytes]], ExitStack, Descriptors]:
    """Return the ends we read, the end whose closing tells a supervisor to stop, and the numbers of the others."""
    pipes: dict[str, IO[bytes]] = {}
    theirs: dict[str, int] = {}
    for name in ("status", "channel") if channel else ("status",):
        read, theirs[name] = os.pipe()
        pipes[name] = ours.enter_context(os.fdopen(read, "rb", 0))
    theirs["lifeline"], held = os.pipe()
    lifeline = ours.enter_context(ExitStack())
    lifeline.callback(os.close, held)
    return pipes, lifeline, Descriptors(**theirs)


def _spawn(launch: Callable[[Descriptors], Launch], told: Descriptors) -> tuple[subprocess.Popen[bytes], Launch]:
    """Start it without environment, in its own session, in no folder that matters; close what is only for it."""
    theirs = [number for number in (told.status, told.lifeline, told.channel) if number is not None]
    with ExitStack() as handed:
        for number in theirs:
            handed.callback(os.close, number)
        order = launch(told)
        for number in order.passed:
            handed.callback(os.close, number)
        try:
            process = subprocess.Popen(  # a list of words, no shell; the words are the launcher's own  # nosec B603
                order.argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={},
                cwd="/",
                pass_fds=(*theirs, *order.passed),
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            raise SandboxError(f"the sandbox did not start: {error.strerror}", "See council doctor") from None
    return process, order


async def _attend(tree: _Tree, taps: dict[str, _Tap], pipes: dict[str, IO[bytes]], job: Job, ending: _Ending) -> None:
    process = tree.process
    assert process.stdin and process.stdout and process.stderr  # for the types; all three are pipes  # nosec B101
    heard: dict[str, IO[bytes]] = {"stdout": process.stdout, "stderr": process.stderr, **pipes}
    try:
        async with asyncio.timeout(job.limits.wall_s + 2 * _LINGER_S), asyncio.TaskGroup() as group:
            for name, pipe in heard.items():
                group.create_task(taps[name].drain(pipe))
            group.create_task(_feed(process.stdin, job.stdin))
            watching = group.create_task(_watch_memory(tree, job, ending))
            await _until_end(tree, job, ending)
            watching.cancel()
    except TimeoutError:
        ending.timed_out = True


async def _until_end(tree: _Tree, job: Job, ending: _Ending) -> None:
    try:
        async with asyncio.timeout(job.limits.wall_s):
            await _exited(tree.process)
    except TimeoutError:
        ending.timed_out = not ending.out_of_memory
    tree.kill()


async def _exited(process: subprocess.Popen[bytes]) -> None:
    """Wait until the process has ended; on Linux without reaping it."""
    if not hasattr(os, "pidfd_open"):  # macOS
        while process.poll() is None:
            await asyncio.sleep(_LOOK_S / 10)
        return
    loop = asyncio.get_running_loop()
    ended = loop.create_future()
    descriptor = os.pidfd_open(process.pid)
    try:
        loop.add_reader(descriptor, lambda: None if ended.done() else ended.set_result(None))
        await ended
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


async def _reaped(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a process that was killed; a supervisor that hangs is killed itself."""
    deadline = time.monotonic() + _LINGER_S
    while process.poll() is None:
        if time.monotonic() > deadline:
            _signal(process.pid)
        try:
            await asyncio.sleep(0.001)
        except asyncio.CancelledError:
            _signal(process.pid)
            process.wait()
            raise


async def _feed(pipe: IO[bytes], content: bytes) -> None:
    """Write the job's input and close it; what the program does not read is dropped with it."""
    if not content:
        pipe.close()
        return
    transport, _ = await asyncio.get_running_loop().connect_write_pipe(asyncio.BaseProtocol, pipe)
    transport.write(content)
    transport.write_eof()


async def _watch_memory(tree: _Tree, job: Job, ending: _Ending) -> None:
    while True:
        await asyncio.sleep(_LOOK_S)
        pids = TABLE.descendants(tree.process.pid)
        used = memory_of(pids, job.limits.memory_bytes)
        most = job.limits.scratch_bytes
        kept = 0 if tree.scratch is None else size_of(tree.scratch, pids, job.limits.file_bytes, enough=most)
        full = names_in(pids, tree.mounts) > MOST_NAMES or (bool(tree.mounts) and sockets_in(pids) > _MOST_SOCKETS)
        if full or used > job.limits.memory_bytes or kept > most:
            ending.out_of_memory = True
            tree.kill()
            return


def _read_status(text: bytes | bytearray) -> dict[str, object]:
    """Read the lines a launcher wrote; later ones add to earlier ones, a broken last one is not there."""
    state: dict[str, object] = {}
    for line in bytes(text).splitlines():
        try:
            read = json.loads(line)
        except ValueError:
            continue
        if isinstance(read, dict):
            state.update(read)
    return state


def _why(state: dict[str, object], stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return one_line(str(state.get("problem") or (lines[-1] if lines else "it ended without a word")), 300)
