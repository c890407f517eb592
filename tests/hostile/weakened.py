"""council's sandboxes with one layer taken away: each must let an attack through, or nothing in the suite tests it.

Only what council hands to its launchers is changed, on the way: no part of the house knows of this.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bait import KEY

from council.protocols import Job, Run
from council.sandbox.bubblewrap import Bubblewrap
from council.sandbox.filter import assemble_filter
from council.sandbox.landlock import Landlock
from council.sandbox.launcher import orders
from council.sandbox.process import Descriptors, Launch
from council.sandbox.program import PACKAGE_ROOT

MOST = {"CPU": 600, "DATA": 1 << 40, "FSIZE": 1 << 50, "NPROC": 4000, "NOFILE": 20_000}
"""Instead of no limit at all, so that the machine stays usable while an attack succeeds."""
_ALLOW = struct.pack("HBBI", 6, 0, 0, 0x7FFF0000)
_MUCH_BYTES = 2 << 30
_USUAL_BYTES = 256 << 20
Words = list[str]
Order = dict[str, Any]


def _without(*gone: str) -> Callable[[Words], Words]:
    return lambda words: [word for word in words if word not in gone]


def _before(mark: str, *added: str) -> Callable[[Words], Words]:
    return lambda words: [*words[: words.index(mark)], *added, *words[words.index(mark) :]]


def _dropped(words: Words, name: str, count: int) -> Words:
    """Leave out every option of that name with its arguments, ``count`` words in all."""
    while name in words:
        at = words.index(name)
        words = [*words[:at], *words[at + count :]]
    return words


def _unsized(words: Words) -> Words:
    at = words.index("/tmp") - 3
    assert words[at] == "--size" and words[at + 2] == "--tmpfs"
    return [*words[:at], *words[at + 2 :]]


WORDS: dict[str, Callable[[Words], Words]] = {
    "private files": _before("--setenv", "--ro-bind", "/etc", "/etc"),
    "no /proc": _before("--remount-ro", "--proc", "/proc"),
    "read-only": lambda words: _dropped(words, "--remount-ro", 2),
    "sized scratch": _unsized,
    "private processes": _without("--unshare-pid"),
    "private name of the machine": lambda words: _dropped(_without("--unshare-uts")(words), "--hostname", 2),
    "no network": _without("--unshare-net"),
    "private memory": _without("--unshare-ipc"),
    "empty environment": lambda words: ["/usr/bin/env", f"OPENAI_API_KEY={KEY}", *_without("--clearenv")(words)],
    "no privileges": lambda words: ["--cap-add" if word == "--cap-drop" else word for word in words],
    "system-call filter": lambda words: _dropped(words, "--seccomp", 2),
}
"""How bubblewrap is told to leave a layer out."""


class WeakBubblewrap(Bubblewrap):
    """Bubblewrap without one layer."""

    without: str

    async def run(self, job: Job) -> Run:
        return await super().run(_unwatched(job) if self.without == "watch on memory" else job)

    def _arguments(self, job: Job, files: str, told: Descriptors, filters: tuple[int, ...]) -> Words:
        words = _with_limits(super()._arguments(job, files, told, filters), self.without)
        return WORDS.get(self.without, list)(words)

    def _launch(self, job: Job, files: Path, user: int | None, told: Descriptors) -> Launch:
        launch = super()._launch(job, files, user, told)
        if self.without == "unprivileged user":
            launch = _ordered(launch, lambda order: {**order, "user": 0})
        return launch.but(mounts=()) if self.without == "watch on names and sockets" else launch


ORDERS: dict[str, Callable[[Order], Order]] = {
    "private files": lambda order: {**order, "read": [*order["read"], "/"]},
    "read-only": lambda order: {**order, "write": [*order["write"], "/"]},
    "sized scratch": lambda order: {**order, "scratch": dict.fromkeys(order["scratch"], _MUCH_BYTES)},
    "limited names": lambda order: {**order, "names": 1 << 20},
    "private memory": lambda order: {**order, "scratch": {p: s for p, s in order["scratch"].items() if p != "/dev/shm"}},
    "empty environment": lambda order: {**order, "env": {**order["env"], "OPENAI_API_KEY": KEY}},
}
"""How the launcher of Landlock is told to leave a layer out."""
PROGRAMS: dict[str, str] = {
    "no privileges": "confine.linux.drop_capabilities = lambda machine: None\n",
    "supervisor": "confine.end_all = lambda user: None\n",
}
"""What the launcher itself would have to lack: nothing that it is told switches these off."""


class WeakLandlock(Landlock):
    """Landlock without one layer."""

    without: str

    async def run(self, job: Job) -> Run:
        return await super().run(_unwatched(job) if self.without == "watch on memory" else job)

    def _prepare(self, job: Job, home: Path, user: int | None) -> str:
        scratch = super()._prepare(job, home, user)
        if self.without == "system-call filter":
            (home / "filter").write_bytes(_ALLOW)
        if self.without == "no network":
            (home / "filter").write_bytes(assemble_filter(self.machine, walled=True) or b"")
        return scratch

    def _launch(self, job: Job, home: Path, own: tuple[str, int | None], told: Descriptors) -> Launch:
        launch = _ordered(super()._launch(job, home, own, told), ORDERS.get(self.without, dict))
        launch = _ordered(launch, lambda order: {**order, "argv": _with_limits(order["argv"], self.without)})
        argv = [
            word.replace("confine.main()", PROGRAMS.get(self.without, "") + "confine.main()") for word in launch.argv
        ]
        watched = None if self.without in ("sized scratch", "limited names") else launch.scratch
        return launch.but(argv=tuple(argv), scratch=watched)


def _with_limits(words: Words, without: str) -> Words:
    """Lift one limit in the order of the first program inside, and keep that on memory where only the watch is gone."""
    at = next(at for at, word in enumerate(words) if word.startswith('{"limits"'))
    order = json.loads(words[at])
    if without.removeprefix("limit ") in MOST:
        order["limits"][without.removeprefix("limit ")] = MOST[without.removeprefix("limit ")]
    if without == "watch on memory":
        order["limits"]["DATA"] = _USUAL_BYTES
    return [*words[:at], json.dumps(order), *words[at + 1 :]]


def _unwatched(job: Job) -> Job:
    return job.but(limits=job.limits.but(memory_bytes=_MUCH_BYTES))


def _ordered(launch: Launch, change: Callable[[Order], Order]) -> Launch:
    """Change the order that one of our launchers reads."""
    at = launch.argv.index(PACKAGE_ROOT) + 1
    order = change(orders.read_order(launch.argv[at:]))
    return launch.but(argv=(*launch.argv[:at], *orders.write_order(order)))
