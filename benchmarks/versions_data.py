"""Recorded programs of real models, judged by strong tests, with what each does on the inputs of its task.

Both are cached by the text of what was run, so that a table costs seconds when nothing has changed.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from council.examples import extract_examples
from council.generation import extract_code
from council.protocols import Job, Limits, Sandbox
from council.sandbox import open_sandbox
from council.settings import Settings
from council.types.base import Record
from council.types.submission import SourceFile
from council.types.versions import Behaviour, Input, Version
from council.versions import (
    Example,
    Face,
    Known,
    Table,
    believed,
    class_inputs,
    common_face,
    completed,
    faces,
    function_inputs,
    mentioned,
    observe,
    program_id,
)

ERRATA = {  # the polynomial and its zero stand the wrong way round in HumanEval+ of 2024, no program could pass
    "assert _poly(*candidate(*inp), inp) <= 0.0001": "assert abs(_poly(*inp, candidate(*inp))) <= 0.0001",
}
REFERENCE = "the published solution"
"""Says whether the input that convicts a program really shows a fault."""
_JUDGE = """
import io, json, os, sys
order = json.load(sys.stdin)
told = os.fdopen(3, "w")
sys.stdout = io.StringIO()
solution, tests = {"__name__": "solution"}, {"__name__": "tests"}
try:
    exec(compile(order["code"], "solution", "exec"), solution)
    exec(compile(order["test"], "tests", "exec"), tests)
    tests[order["name"]] = solution[order["name"]]
    tests["check"](solution[order["name"]])
    verdict = "right"
except BaseException as error:
    verdict = f"{type(error).__name__}: {error}"[:200]
told.write(json.dumps(verdict))
told.flush()
os._exit(0)
"""


class Program(Record):
    """One recorded program."""

    task: str
    model: str
    seed: int = 0
    temperature: float | None = None
    id: str | None = None
    """``None`` when the reply held no code."""
    code: str = ""
    verdict: str = "no code"
    """``right``, or why not, by the strong tests."""

    @property
    def right(self) -> bool:
        """Whether it passes the strong tests."""
        return self.verdict == "right"

    def version(self) -> Version:
        """Return it as one of the versions of its task."""
        return Version(id=self.id or "", code=self.code, model=self.model, temperature=self.temperature, seed=self.seed)


class Ground(Record):
    """One task: its inputs, its examples, and who wrote what."""

    model_config = {**Record.model_config, "arbitrary_types_allowed": True}

    task: str
    text: str
    table: Table
    examples: tuple[Example, ...]
    beliefs: tuple[Example, ...]
    programs: tuple[Program, ...]


class Records:
    """The recorded data of a folder, and a cache."""

    def __init__(self, data: Path, cache: Path) -> None:
        self.cache = cache
        cache.mkdir(parents=True, exist_ok=True)
        self.tasks = {row["task_id"]: row for row in _rows(data / "programs" / "humaneval_plus_tests.jsonl.gz")}
        self.samples = _rows(data / "samples" / "humaneval_qwen_coder.jsonl.gz")
        self.outputs = _rows(data / "programs" / "humaneval_outputs.jsonl.gz")
        self.caches = _rows(data / "samples" / "lru_qwen_coder.jsonl.gz")
        self.sandbox: Sandbox = open_sandbox(Settings(store=False))
        self.gate = asyncio.Semaphore(2)

    def programs(self) -> list[Program]:
        """Return the samples, and the outputs of other models for the same tasks; not judged yet."""
        sampled = {row["task_id"] for row in self.samples}
        made = [
            self._program(
                row["task_id"], row["model"], extract_code(row["reply"]).code, row["seed"], row["temperature"]
            )
            for row in self.samples
        ]
        others = [row for row in self.outputs if row["task_id"] in sampled]
        given = [
            self._program(task, REFERENCE, row["prompt"] + row["canonical_solution"], 0, None)
            for task, row in self.tasks.items()
            if task in sampled
        ]
        return [*made, *given, *(self._program(row["task_id"], row["model"], row["code"], 0, None) for row in others)]

    def _program(self, task: str, model: str, code: str | None, seed: int, temperature: float | None) -> Program:
        if not code:
            return Program(task=task, model=model, seed=seed, temperature=temperature)
        whole = completed(code, self.tasks[task]["prompt"])
        return Program(
            task=task, model=model, seed=seed, temperature=temperature, id=program_id(whole), code=whole
        )  # fmt: skip

    async def judged(self, programs: list[Program]) -> list[Program]:
        """Return the programs with the verdict of the strong tests."""
        known: dict[str, str] = self._read("verdicts.json")
        todo = {_key(p.task, p.code): p for p in programs if p.code and _key(p.task, p.code) not in known}

        async def one(key: str, program: Program) -> None:
            known[key] = await self._judge(program)

        await _all(one(key, program) for key, program in todo.items())
        self._write("verdicts.json", known)
        return [p.but(verdict=known[_key(p.task, p.code)]) if p.code else p for p in programs]

    async def _judge(self, program: Program) -> str:
        row = self.tasks[program.task]
        test = row["test"]
        for wrong, right in ERRATA.items():
            test = test.replace(wrong, right)
        order = json.dumps({"code": program.code, "test": test, "name": row["entry_point"]}).encode()
        job = Job(
            argv=("{python}", "judge.py"), files=(("judge.py", _JUDGE.encode()),), stdin=order, channel=True,
            limits=Limits(wall_s=60, cpu_s=40, memory_bytes=3 << 30),
        )  # fmt: skip
        async with self.gate:
            run = await self.sandbox.run(job)
        try:
            return str(json.loads(run.channel))
        except ValueError:
            return "it did not come to an end"

    async def ground(self, task: str, programs: list[Program]) -> Ground:
        """Return what every program of a task does on its inputs. The inputs are made without the other models'."""
        prompt = self.tasks[task]["prompt"]
        name = self.tasks[task]["entry_point"]
        mine = [p for p in programs if p.task == task and p.id]
        sampled = sorted({p.code for p in mine if p.temperature is not None})
        face = common_face(prompt, sampled, name=name) or faces(f"{prompt}\n    pass")[name]
        examples = extract_examples(prompt, {name: tuple(p.name for p in face.make.parameters)})
        calls = (*(example.call for example in examples), *mentioned(prompt, name))
        inputs = function_inputs(face, Known(calls=calls, codes=tuple(sampled), task=prompt))
        behaviours = await self.behaviours(task.replace("/", "_"), face, inputs, {p.id or "": p.code for p in mine})
        return Ground(
            task=task, text=prompt, table=Table(inputs, behaviours), beliefs=believed(prompt, name),
            examples=tuple(Example(call=e.call, expected=e.expected) for e in examples), programs=tuple(mine),
        )  # fmt: skip

    async def behaviours(
        self, label: str, face: Face, inputs: tuple[Input, ...], codes: dict[str, str]
    ) -> dict[str, Behaviour]:
        """Run what is not in the cache, and return what each program does."""
        digest = hashlib.sha256(json.dumps([one.steps for one in inputs]).encode()).hexdigest()
        kept: dict[str, Any] = self._read(f"{label}.json")
        known = kept.get("behaviours", {}) if kept.get("inputs") == digest else {}

        async def one(name: str, code: str) -> None:
            files = (SourceFile(path="solution.py", text=code),)
            async with self.gate:
                seen = await observe(files, face.name, inputs, self.sandbox)
            known[name] = json.loads(seen.model_dump_json())

        await _all(one(name, code) for name, code in codes.items() if name not in known)
        self._write(f"{label}.json", {"inputs": digest, "behaviours": known})
        return {name: _behaviour(known[name]) for name in codes}

    async def cache_table(self, task: str, submissions: dict[str, str]) -> tuple[Table, list[Program]]:
        """Return what the recorded caches and some submissions do on all short series of calls."""
        made = [(row, extract_code(row["reply"]).code or "") for row in self.caches]
        versions = [
            Program(task="lru_cache", model=row["model"], seed=row["seed"], id=program_id(code), code=code)
            for row, code in made
        ]
        face = common_face(task, [version.code for version in versions])
        assert face is not None
        inputs = class_inputs(face, Known(task=task))
        codes = {**{v.id or "": v.code for v in versions}, **submissions}
        return Table(inputs, await self.behaviours("lru_cache", face, inputs, codes)), versions

    def _read(self, name: str) -> dict[str, Any]:
        path = self.cache / name
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}  # type: ignore[no-any-return]

    def _write(self, name: str, content: dict[str, Any]) -> None:
        (self.cache / name).write_text(json.dumps(content), encoding="utf-8")


async def _all(work: Iterable[Any]) -> None:
    async with asyncio.TaskGroup() as group:
        for one in work:
            group.create_task(one)


def _behaviour(told: dict[str, Any]) -> Behaviour:
    """Return a behaviour without looking at its thousands of outcomes one by one: they were checked when written."""
    outcomes = tuple(map(tuple, told["outcomes"]))
    return Behaviour.model_construct(outcomes=outcomes, steady=tuple(told["steady"]), failure=told["failure"])


def _key(task: str, code: str) -> str:
    return f"{task}:{hashlib.sha256(code.encode()).hexdigest()}"


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
