"""Runs tests in this process and the code under test in another one, which never sees a test.

Arguments: the folder of the code, and the import paths below it as JSON. The order comes over standard input, after a
third process has been split off: it knows nothing, and each process for the code is a copy of that one. So no copy of
this process's memory, no file and no descriptor of the tests is ever within reach of the code.
"""

from __future__ import annotations

import json
import os
import signal
import sys

_LIVES = 8
"""How often the code may end its interpreter before the rest of the tests is given up."""
Ends = list[tuple[int, int]]


def main(root: str, paths: list[str]) -> None:
    """Split off the process that starts the code's, then run the tests."""
    sys.path.insert(0, os.path.join(os.environ["COUNCIL_FILES"], "lib"))
    near, far = _pipes()
    command_out, command_in = os.pipe()
    if os.fork() == 0:
        os.close(command_in)
        _source(command_out, near, far, [os.path.join(root, path) for path in paths])
        os._exit(0)
    os.close(command_out)
    for pair in far:
        _close(*pair)
    from council.validation.inside import memory  # pytest is loaded here and nowhere else

    memory.run(command_in, near)


def _pipes() -> tuple[Ends, Ends]:
    """Return the near and the far ends for each life: (to read from, to write to)."""
    near, far = [], []
    for _ in range(_LIVES):
        near_in, far_out = os.pipe()
        far_in, near_out = os.pipe()
        near.append((near_in, near_out))
        far.append((far_in, far_out))
    return near, far


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _source(commands: int, near: Ends, far: Ends, paths: list[str]) -> None:
    """Copy this process for each life of the code, until the tests are over."""
    quiet = os.open(os.devnull, os.O_RDONLY)
    os.dup2(quiet, 0)  # the order waits there
    os.close(3)  # and here it will be reported
    for pair in near:
        _close(*pair)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    current = 0
    while command := os.read(commands, 1):
        if command == b"k":
            _kill(current)
            continue
        reading, writing = far[command[0] - ord("0")]
        current = os.fork()
        if current == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _close(commands, *(end for pair in far for end in pair if end not in (reading, writing, -1)))
            _serve(reading, writing, paths)
        _close(reading, writing)
        far[command[0] - ord("0")] = (-1, -1)


def _serve(reading: int, writing: int, paths: list[str]) -> None:
    from council.validation.inside import serving

    try:
        serving.main(reading, writing, paths)
    finally:
        os._exit(0)


def _kill(pid: int) -> None:
    try:
        if pid:
            os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


if __name__ == "__main__":
    main(os.path.realpath(sys.argv[1]), json.loads(sys.argv[2]))
