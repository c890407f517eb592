"""Runs many programs one after the other, each in a process and a folder of its own, and prints what each said.

Started inside a sandbox, so that a hundred harmless programs cost one start. Arguments: the programs as a JSON object
of name and code, in a file.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time

_LONGEST_S = 15


def run(name: str, code: str, number: int, private: bool) -> str:
    """Return what one program printed, and how it ended when that was not in peace."""
    folder = os.path.abspath(f"program-{number}")
    os.mkdir(folder)
    said = os.path.join(folder, ".said")
    child = os.fork()
    if child == 0:
        try:
            if private:
                ctypes.CDLL(None).unshare(0x00020000)  # a mount table of its own: some of them mount over everything
            os.chdir(folder)
            out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(out, 1)
            os.dup2(out, 2)
            exec(compile(code, name, "exec"), {"__name__": "__main__"})
            sys.stdout.flush()
            os._exit(0)
        except SystemExit:
            os._exit(0)
        except BaseException as error:
            print("WRONG", repr(error), flush=True)
        finally:
            os._exit(1)
    ended = _wait(child)
    with open(said, encoding="utf-8", errors="replace") as file:
        return file.read() + ended


def _wait(child: int) -> str:
    deadline = time.monotonic() + _LONGEST_S
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            code = os.waitstatus_to_exitcode(status)
            return "" if code == 0 else f"\nended with {code}\n"
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "\nWRONG took too long\n"


def main(path: str, private: bool) -> None:
    """Run everything and print one JSON object."""
    with open(path, encoding="utf-8") as file:
        programs = json.load(file)
    print(json.dumps({name: run(name, code, n, private) for n, (name, code) in enumerate(programs.items())}))


if __name__ == "__main__":
    main(sys.argv[1], private="private" in sys.argv[2:])
