"""Samples are kept by task and used again, as long as the same weights stand behind the name."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import council
from council.errors import ModelUnreachable
from council.models import InTurn, ScriptedClient, ScriptedHost
from council.models.fakes import Model
from council.policies import Policy
from council.sandbox import open_sandbox
from council.store import open_store
from council.types.calls import Reply, Usage

TASK = "Write double(x: int) that returns twice x. double(2) == 4"
WAYS = ("return 2 * x", "return x + x", "return x << 1")
VOTES = Policy(id="votes", title="Votes", criteria=())


def reply(way: str, digest: str) -> Reply:
    text = f"```python\ndef double(x):\n    {way}\n```" if way else "I would rather not."
    return Reply(text=text, model="m", served_model="m", digest=digest, usage=Usage(), cost_usd=0.0)


def write(
    folder: Path, ways: Sequence[str | BaseException], digest: str = "one", samples: int = 3
) -> tuple[council.Session, ScriptedHost]:
    answers = [way if isinstance(way, BaseException) else reply(way, digest) for way in ways]
    host = ScriptedHost({"m": InTurn(*answers)} if answers else {}, models=(Model(name="m:latest", digest=digest),))
    settings = council.Settings(model="m", samples=samples)
    house = council.Council(
        settings,
        client=ScriptedClient(),
        host=host,
        sandbox=open_sandbox(settings),
        store=open_store(str(folder / "kept.db")),
    )
    session = asyncio.run(house.generate(TASK, policy=VOTES))
    house.close()
    return session, host


def test_nobody_writes_twice_what_the_same_weights_wrote(tmp_path: Path) -> None:
    first, _ = write(tmp_path, WAYS)
    again, host = write(tmp_path, ())
    assert host.calls == () and again.submission.files[0].text.splitlines()[-1] == "    return 2 * x"
    assert first.generation is not None and again.generation is not None
    assert again.generation.pick == first.generation.pick
    assert not [note for note in first.notes if "before" in note]
    assert "3 of 3 versions were written before for this task and used again" in again.notes


def test_more_are_written_where_fewer_are_kept(tmp_path: Path) -> None:
    write(tmp_path, WAYS[:2], samples=2)
    session, host = write(tmp_path, WAYS[2:])
    assert [call.seed for call in host.calls] == [2]
    assert "2 of 3 versions were written before for this task and used again" in session.notes


def test_what_other_weights_wrote_under_the_same_name_counts_no_more(tmp_path: Path) -> None:
    write(tmp_path, WAYS, digest="one")
    session, host = write(tmp_path, WAYS, digest="two")
    assert len(host.calls) == 3 and session.generation is not None
    assert {attempt.digest for attempt in session.generation.attempts} == {"two"}


def test_an_early_end_and_replies_without_code_are_told(tmp_path: Path) -> None:
    session, _ = write(tmp_path, (WAYS[0], "", WAYS[1], ModelUnreachable("the server went away")), samples=5)
    assert "1 of 4 replies held no whole code" in session.notes
    assert any(note.startswith("2 of 5 versions are there: the server went away") for note in session.notes)
