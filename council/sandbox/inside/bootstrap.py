"""The first program inside the sandbox: sets the limits, closes what was inherited, becomes the job.

Limits are set here and not outside, because outside they would also bind the sandbox that is still being built.
Arguments: a JSON object with ``limits``, ``tools`` (folders for the import path), ``channel`` (a descriptor or null)
and ``lifeline`` (a descriptor that hangs up when council ends), then the job's own arguments. ``{python}`` as first
word runs the rest in this interpreter.
"""

from __future__ import annotations

import json
import os
import resource
import runpy
import select
import site
import sys
import types

CHANNEL = 3
"""The descriptor under which a job finds its channel, whatever number it had outside."""


def main(arguments: list[str]) -> None:
    """Prepare this process and run the job in it."""
    order = json.loads(arguments[0])
    _leave_the_group()
    _end_if_alone(order["lifeline"])
    _move_channel(order["channel"])
    _limit(order["limits"])
    words = arguments[1:]
    if words[0] != "{python}":
        os.execvp(words[0], words)  # running the job is what this program is for  # nosec B606
    sys.path.extend(order["tools"])
    for name in ("setquit", "setcopyright", "sethelper"):  # what the site module gives every interpreter
        getattr(site, name)()
    _python(words[1:])


def _leave_the_group() -> None:
    """Give the job a session of its own: what council kills is the group of those who stand around it."""
    try:
        os.setsid()
    except PermissionError:
        pass  # the supervisor did it already


def _end_if_alone(lifeline: int) -> None:
    """End here when council was killed while this sandbox started.

    Those around the job end with council, but only ask the kernel for that while they start; before that moment nobody
    would end this process.
    """
    hangs = select.poll()
    hangs.register(lifeline, 0)
    if any(event & select.POLLHUP for _, event in hangs.poll(0)):
        os._exit(125)


def _move_channel(descriptor: int | None) -> None:
    if descriptor is not None and descriptor != CHANNEL:
        os.dup2(descriptor, CHANNEL)
    if descriptor is not None:
        os.set_inheritable(CHANNEL, False)
    highest = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(CHANNEL if descriptor is None else CHANNEL + 1, min(highest, 1 << 16))


def _limit(limits: dict[str, int]) -> None:
    for name, value in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (most, most))


def _python(words: list[str]) -> None:
    """Do what ``python WORDS`` does, for a module, a piece of code, or a file."""
    if words[0] == "-m":
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    elif words[0] == "-c":
        sys.argv = ["-c", *words[2:]]
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        exec(compile(words[1], "<string>", "exec"), module.__dict__)  # the job's own code, inside  # nosec B102
    else:
        sys.argv = words
        runpy.run_path(words[0], run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
