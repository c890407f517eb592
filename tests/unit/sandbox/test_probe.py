"""What is said when a sandbox cannot start, and that what a self-check sees decides."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.errors import SandboxError
from council.protocols import Job, Run
from council.sandbox import open_sandbox, probe, probe_sandbox
from council.sandbox.bubblewrap import Bubblewrap
from council.sandbox.causes import Cause, Facts, gather_facts, kernel_version, why_no_landlock, why_no_namespaces
from council.sandbox.probe import BackendProbe, SandboxProbe, judge
from council.sandbox.program import LAYERS
from council.sandbox.toolchain import find_toolchain
from council.sandbox.unsafe import Unsafe
from council.settings import Settings
from council.types.checks import SandboxInfo

GOOD = {
    "no_new_privs": 1, "filter": 2, "capabilities": 0, "environment": ["PATH"], "reads_outside": False,
    "reads_proc": False, "writes_root": False, "connects": False, "uid": 1000, "pid": 2, "memory_limited": True,
}  # fmt: skip
INFO = SandboxInfo(backend="bubblewrap", layers=LAYERS)


def test_a_good_self_check_is_accepted() -> None:
    assert judge(GOOD, INFO) is None


@pytest.mark.parametrize(
    "bad",
    [
        {"no_new_privs": 0}, {"filter": 0}, {"capabilities": 1}, {"capabilities": -1}, {"reads_outside": True},
        {"reads_proc": True}, {"writes_root": True}, {"connects": True}, {"uid": 0}, {"memory_limited": False},
        {"environment": ["PATH", "OPENAI_API_KEY"]},
    ],
)  # fmt: skip
def test_each_thing_a_program_could_do_disqualifies(bad: dict[str, object]) -> None:
    assert judge({**GOOD, **bad}, INFO) is not None


@pytest.mark.parametrize(
    "facts, words",
    [
        (Facts(apparmor_restricts=True), ("AppArmor", "apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict")),
        (Facts(debian_allows=False), ("user namespaces", "unprivileged_userns_clone=1")),
        (Facts(most_namespaces=0), ("user namespaces", "max_user_namespaces=15000")),
        (Facts(in_container=True), ("container", "docker run")),
        (Facts(), ("it broke", "council doctor")),
    ],
)
def test_the_cause_is_named_with_its_command(facts: Facts, words: tuple[str, str]) -> None:
    cause = why_no_namespaces(facts, "it broke")
    assert words[0] in cause.problem and words[1] in cause.remedy


def test_an_old_kernel_is_told_from_a_switched_off_landlock() -> None:
    assert "too old" in why_no_landlock(Facts(kernel=(5, 4)), OSError(38, "")).problem
    assert "switched off" in why_no_landlock(Facts(kernel=(6, 8)), OSError(95, "")).problem


def test_facts_are_read_from_the_machine(tmp_path: Path) -> None:
    folder = tmp_path / "proc/sys/kernel"
    folder.mkdir(parents=True)
    (folder / "apparmor_restrict_unprivileged_userns").write_text("1\n")
    (tmp_path / ".dockerenv").touch()
    facts = gather_facts(tmp_path)
    assert facts.apparmor_restricts is True and facts.in_container and facts.debian_allows is None


@given(st.text(max_size=20))
def test_any_kernel_release_gives_two_numbers(release: str) -> None:
    assert len(kernel_version(release)) == 2


def test_the_first_usable_backend_is_chosen_and_without_one_the_first_cause_is_told() -> None:
    dead = BackendProbe(info=SandboxInfo(backend="bubblewrap"), usable=False, problem="p", remedy="r")
    alive = BackendProbe(info=SandboxInfo(backend="landlock"), usable=True, self_check_ms=3.0)
    both = SandboxProbe(backends=(dead, alive))
    assert both.info == alive.info and both.problem is None and both.self_check_ms == 3.0
    none = SandboxProbe(backends=(dead,))
    assert (none.info, none.problem, none.remedy) == (None, "p", "r")


def test_the_probe_is_made_once() -> None:
    settings = Settings()
    assert open_sandbox(settings) is open_sandbox(settings)
    assert probe_sandbox(settings).info is not None


def test_a_bubblewrap_that_fails_is_an_error_and_not_a_result(tmp_path: Path) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    sandbox = Bubblewrap(binary=str(fake), toolchain=find_toolchain(), info=INFO, machine="x86_64", as_root=False)
    with pytest.raises(SandboxError, match="setting up uid map"):
        asyncio.run(sandbox.run(Job(argv=("{python}", "-c", "pass"))))


@pytest.mark.parametrize("missing", sorted(GOOD.keys() - {"pid", "uid"}))
def test_a_self_check_that_does_not_say_something_is_not_believed(missing: str) -> None:
    assert judge({key: value for key, value in GOOD.items() if key != missing}, INFO) is not None


@pytest.mark.skipif(sys.platform != "linux", reason="what the self-check looks at is told for Linux")
@pytest.mark.parametrize("backend", ["bubblewrap", "landlock"])
def test_a_backend_that_claims_walls_and_has_none_is_refused_by_its_own_self_check(backend: str) -> None:
    liar = Unsafe(toolchain=find_toolchain(), info=SandboxInfo(backend=backend, layers=LAYERS))
    tried = probe._tried(liar, lambda message: Cause(problem=message, remedy=""))
    assert not tried.usable and tried.problem is not None and "its self-check failed" in tried.problem


def test_a_backend_that_answers_nothing_is_refused() -> None:
    class Mute:
        info = INFO

        async def run(self, job: Job) -> Run:
            return Run(exit_code=0, stdout=b"all is well")

    tried = probe._tried(Mute(), lambda message: Cause(problem=message, remedy=""))
    assert not tried.usable and "it said nothing" in str(tried.problem)


def test_asked_for_every_backend_the_probe_tries_those_after_the_first_too() -> None:
    every = probe_sandbox(Settings(), every=True)
    assert every.chosen is not None and probe_sandbox(Settings()).chosen is not None
    assert {"bubblewrap", "landlock"} <= {backend.info.backend for backend in every.backends}
