"""The backend of macOS as far as it can be held without a Mac: its profile as text, its words, its honesty."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.errors import SandboxError
from council.protocols import Job
from council.sandbox.launcher.orders import read_order
from council.sandbox.macos import SANDBOX_EXEC, SEATBELT, Seatbelt, quote, write_profile
from council.sandbox.probe import judge
from council.sandbox.process import Descriptors
from council.sandbox.program import LAYERS, PACKAGE_ROOT
from council.sandbox.toolchain import Place, Toolchain

GOLDEN = Path(__file__).parents[2] / "golden" / "seatbelt.sb"
TOOLCHAIN = Toolchain(
    executable="/opt/homebrew/bin/python3.12",
    places=(Place(source="/opt/homebrew/Cellar/python", name="py"),),
    tools=("/Users/ada/.venv/lib/python3.12/site-packages",),
)


def read_string(text: str) -> str:
    """Read a string as Scheme does."""
    inside = text[1:-1]
    assert text[0] == text[-1] == '"' and re.fullmatch(r'(?:[^"\\]|\\["\\])*', inside), text
    return re.sub(r'\\(["\\])', r"\1", inside)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=80).filter(str.isprintable))
def test_a_quoted_path_reads_back_as_itself_and_ends_nowhere_else(path: str) -> None:
    assert read_string(quote(path)) == path


@given(st.text(max_size=40), st.sampled_from("\n\r\0\x1b\x7f\u2028\ud800"), st.text(max_size=40))
def test_what_a_profile_cannot_hold_is_refused(before: str, odd: str, after: str) -> None:
    with pytest.raises(SandboxError):
        quote(before + odd + after)


@given(st.text('ab/"\\)(; #', min_size=1, max_size=30))
def test_no_folder_can_add_a_rule(name: str) -> None:
    profile = write_profile(["/r/" + name], ["/w"])
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', profile)
    assert re.findall(r"^\((\w+ [\w*-]+)", bare, re.MULTILINE) == re.findall(
        r"^\((\w+ [\w*-]+)", re.sub(r'"(?:[^"\\]|\\.)*"', '""', write_profile(["/r/x"], ["/w"])), re.MULTILINE
    )
    assert bare.count("(") == bare.count(")")


def test_the_profile_is_the_one_that_was_read() -> None:
    sandbox = Seatbelt(toolchain=TOOLCHAIN)
    profile = write_profile(sandbox.readable(Path("/private/tmp/run")), ("/private/tmp/run/scratch",))
    if os.environ.get("COUNCIL_UPDATE_GOLDEN"):
        GOLDEN.write_text(profile, encoding="utf-8")
    assert profile == GOLDEN.read_text(encoding="utf-8")


def test_the_profile_denies_first_and_writes_to_one_folder_only() -> None:
    profile = write_profile(["/r"], ["/private/tmp/scratch"])
    lines = profile.splitlines()
    assert lines[:4] == ["(version 1)", "(deny default)", "(deny network*)", "(deny mach-lookup)"]
    assert not re.search(r"allow[^)]*(network|mach|ipc|iokit|system-socket)", profile)
    writing = re.findall(r"\(allow ([^\n]*file-write[^\n]*)((?:\n  \([^\n]*)+)", profile)
    assert [(a, b.count("(")) for a, b in writing][1:] == [("file-read* file-write*", 1)]
    assert "/dev/null" in writing[0][1] and "(subpath" not in writing[0][1]
    assert "kern.proc" not in profile and "(allow sysctl-read)" not in profile


def test_it_is_started_by_the_supervisor_with_the_profile_as_one_word(tmp_path: Path) -> None:
    sandbox = Seatbelt(toolchain=TOOLCHAIN)
    job = Job(argv=("{python}", "x.py"), files=(("x.py", b""),))
    launch = sandbox._launch(job, tmp_path, tmp_path / "scratch", Descriptors(status=5, lifeline=6))
    order = read_order(launch.argv[launch.argv.index(PACKAGE_ROOT) + 1 :])
    assert launch.supervised and launch.scratch == str(tmp_path / "scratch")
    assert order["argv"][:2] == [SANDBOX_EXEC, "-p"] and order["argv"][2].startswith("(version 1)")
    assert order["argv"][3] == TOOLCHAIN.executable and order["argv"][-2:] == ["{python}", "x.py"]
    assert (order["status"], order["lifeline"]) == (5, 6) and "KEY" not in " ".join(order["env"])


def test_it_says_that_nobody_has_tried_it() -> None:
    assert any("untested" in layer for layer in SEATBELT.missing)
    assert set(LAYERS) <= {*SEATBELT.layers, *SEATBELT.missing}


GOOD = {
    "walled": True, "environment": ["PATH"], "reads_outside": False, "reads_proc": False, "writes_root": False,
    "connects": False, "uid": 501,
}  # fmt: skip


def test_its_self_check_is_judged_by_what_a_mac_can_say() -> None:
    assert judge(GOOD, SEATBELT) is None
    for bad in ({"walled": False}, {"reads_outside": True}, {"connects": True}, {"environment": ["AWS_SECRET"]}):
        assert judge({**GOOD, **bad}, SEATBELT) is not None
    for name in ("walled", "reads_outside", "writes_root", "connects", "environment"):
        assert judge({key: value for key, value in GOOD.items() if key != name}, SEATBELT) is not None
