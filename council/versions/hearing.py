"""The versions of a task heard about one submission: run on the same inputs, compared, the difference made small."""

from __future__ import annotations

import ast
import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from council.protocols import Sandbox
from council.syntax import syntax_tree
from council.text import plural
from council.types.base import Record
from council.types.events import VersionsMoved
from council.types.findings import Finding, Location, Severity
from council.types.submission import SourceFile, Submission
from council.types.versions import Ambiguity, Difference, Input, Testimony, Version, VersionsReport
from council.versions.agreeing import Example, Table, counting, plain_call, witnesses
from council.versions.ambiguity import ambiguities
from council.versions.clustering import clusters_of
from council.versions.comparing import same
from council.versions.convicting import Terms, hear_witnesses
from council.versions.inside.encoding import Encoder
from council.versions.inputs import Known, domain_of, function_inputs
from council.versions.mentions import believed, mentioned
from council.versions.programs import Face, common_face, distinct, faces
from council.versions.remembering import Memory, behaviour_key, is_lasting
from council.versions.running import Bounds, observe
from council.versions.sequences import class_inputs
from council.versions.shrinking import shrink
from council.versions.speaking import ambiguity_words, as_test, difference_words

SOURCE = "versions"
"""The source of a finding that no seat and no check has made."""
_AT_ONCE = 2
_SUBMISSION = "the submission"

Examples = Callable[[str, Mapping[str, tuple[str, ...]]], Iterable[Example]]
"""Returns the examples of a text that call the functions named, with the names of their parameters."""
Listener = Callable[[VersionsMoved], None]


class Ground(Record):
    """What is compared, on which inputs."""

    face: Face
    known: Known
    examples: tuple[Example, ...] = ()
    tested: tuple[Example, ...] = ()
    """What the given tests expect of single calls."""
    inputs: tuple[Input, ...] = ()


def prepare(task: str, versions: Sequence[Version], tests: Sequence[SourceFile], examples: Examples) -> Ground | None:
    """Return what most versions offer, with its inputs; ``None`` where they offer nothing in common."""
    codes = [version.code for version in versions]
    face = common_face(task, codes)
    if face is None:
        return None
    told = () if face.is_class else tuple(examples(task, {face.name: tuple(p.name for p in face.make.parameters)}))
    calls = (*(one.call for one in told), *mentioned(task, face.name))
    calls += tuple(call for test in tests for call in mentioned(test.text, face.name))
    tested = tuple(one for test in tests for one in believed(test.text, face.name))
    literals = tuple(sorted({*codes, *(test.text for test in tests)}))
    known = Known(calls=calls, codes=literals, task=task)
    inputs = class_inputs(face, known) if face.is_class else function_inputs(face, known)
    return Ground(face=face, known=known, examples=told, tested=tested, inputs=inputs)


class Hearing:
    """Runs programs on the inputs of one ground, each alone in its sandbox, two at once.

    With a ``memory``, a version that did the same inputs before is not run again. A submission always is.
    """

    def __init__(
        self, ground: Ground, sandbox: Sandbox, on_event: Listener | None = None, *, memory: Memory | None = None
    ) -> None:
        self.ground = ground
        self._sandbox = sandbox
        self._tell = on_event
        self._memory = memory
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def table(self, programs: Mapping[str, tuple[SourceFile, ...]], inputs: tuple[Input, ...]) -> Table:
        """Return what each program does on the inputs."""
        keys = {} if self._memory is None else self._keys(programs, inputs)
        known = {} if self._memory is None else await self._memory.recall(keys.values())
        behaviours = {
            name: known[key] for name, key in keys.items() if key in known and len(known[key].outcomes) == len(inputs)
        }

        async def one(name: str, files: tuple[SourceFile, ...]) -> None:
            async with self._gate:
                seen = await observe(files, self.ground.face.name, inputs, self._sandbox)
            if self._memory is not None and name in keys and is_lasting(seen):
                await self._memory.keep(keys[name], seen)
            behaviours[name] = seen
            if self._tell is not None:
                self._tell(VersionsMoved(stage="running", number=len(behaviours), of=len(programs)))

        async with asyncio.TaskGroup() as group:
            for name, files in programs.items():
                if name not in behaviours:
                    group.create_task(one(name, files))
        return Table(inputs, behaviours)

    def _keys(self, programs: Mapping[str, tuple[SourceFile, ...]], inputs: tuple[Input, ...]) -> dict[str, str]:
        place, face = self._sandbox.info, self.ground.face.name
        sandbox = f"{place.backend} {place.version}"
        found = {
            name: behaviour_key(files[0].text, face, inputs, sandbox=sandbox, bounds=Bounds())
            for name, files in programs.items()
            if name != _SUBMISSION
        }
        return {name: key for name, key in found.items() if key is not None}


async def hear_versions(
    submission: Submission,
    versions: Sequence[Version],
    *,
    examples: Examples,
    sandbox: Sandbox,
    terms: Terms | None = None,
    on_event: Listener | None = None,
    memory: Memory | None = None,
) -> VersionsReport:
    """Return what the versions of the submission's task say about it. Raises ``SandboxError``."""
    started = time.monotonic()
    terms = terms or Terms()
    groups = distinct(versions)
    ground = prepare(submission.task or "", versions, submission.tests, examples)
    where = None if ground is None else _place(submission, ground.face.name)
    if ground is None or (where is None and submission.files):
        name = "" if ground is None else f", {ground.face.name}, the submission lacks"
        told = Testimony(reason=f"nothing can be compared: what most versions offer{name or ' is not the same'}")
        return _report(versions, groups, told, started=started)
    hearing = Hearing(ground, sandbox, on_event, memory=memory)
    programs = {
        **({_SUBMISSION: submission.files} if submission.files else {}),
        **{name: (SourceFile(path="version.py", text=group[0].code),) for name, group in groups.items()},
    }
    table = await hearing.table(programs, ground.inputs)
    names = witnesses(table, groups, ground.examples)
    models = {name: groups[name][0].model for name in groups}
    told = (
        hear_witnesses(table, _SUBMISSION, names, models=models, terms=terms)
        if submission.files
        else _among_themselves(table, names)
    )
    if told.difference is not None:
        quiet = Hearing(ground, sandbox)
        asked = {name: programs[name] for name in (*names, _SUBMISSION)}

        async def observed(inputs: tuple[Input, ...]) -> Table:
            return await quiet.table(asked, inputs)

        plain = domain_of(ground.face, ground.known).plain
        smallest = await shrink(told.difference, _SUBMISSION, names, observed, plain=plain, terms=terms)
        told = told.but(difference=smallest.but(confirmed_by=_confirmed(smallest, ground)))
    splits = ambiguities(table, names)
    findings = _findings(told.difference, splits, where, ground.face)
    return _report(versions, groups, told, started=started, splits=splits, findings=findings)


def _among_themselves(table: Table, names: Sequence[str]) -> Testimony:
    """Return how far versions agree among themselves, where there is no submission."""
    numbers = counting(table, names)
    largest = max((len(one.members) for one in clusters_of(table, names, dict.fromkeys(names, 1))), default=0)
    return Testimony(
        reason=f"{largest} of {len(names)} do the same on all of {plural(len(numbers), 'input')} that the task allows",
        agreeing=largest,
        witnesses=len(names),
        inputs=len(numbers),
    )


def _confirmed(difference: Difference, ground: Ground) -> tuple[str, ...]:
    """Return what expects of the same call what the versions give."""
    found = []
    for name, expectations in (("an example of the task", ground.examples), ("a given test", ground.tested)):
        for one in expectations:
            wanted = {"r": Encoder().encode(ast.literal_eval(one.expected))}
            if plain_call(one.call) == difference.input.steps[0] and same(difference.expected, wanted):
                found.append(name)
                break
    return tuple(found) if len(difference.input.steps) == 1 else ()


def _report(
    versions: Sequence[Version],
    groups: dict[str, tuple[Version, ...]],
    told: Testimony,
    *,
    started: float,
    splits: tuple[Ambiguity, ...] = (),
    findings: tuple[Finding, ...] = (),
) -> VersionsReport:
    def total(counts: Iterable[int | None]) -> int | None:
        known = [count for count in counts if count is not None]
        return sum(known) if known else None

    return VersionsReport(
        models=tuple(sorted({version.model for version in versions})),
        versions=tuple(versions),
        distinct=len(groups),
        testimony=told,
        ambiguities=splits,
        findings=findings,
        duration_s=round(time.monotonic() - started, 3),
        prompt_tokens=total(version.prompt_tokens for version in versions),
        completion_tokens=total(version.completion_tokens for version in versions),
    )


def _place(submission: Submission, name: str) -> SourceFile | None:
    """Return the file of the submission that defines a name."""
    return next((file for file in submission.files if name in faces(file.text)), None)


def _findings(
    difference: Difference | None, splits: tuple[Ambiguity, ...], where: SourceFile | None, face: Face
) -> tuple[Finding, ...]:
    found = []
    if difference is not None and where is not None:
        by = f" by {', '.join(difference.models)}" if difference.models else ""
        found.append(
            Finding(
                id=f"{SOURCE}-1",
                source=SOURCE,
                severity=Severity.HIGH,
                message=difference_words(difference),
                rule="difference",
                location=Location(path=where.path, line=_line(where.text, face, difference.input)),
                explanation=f"{plural(difference.agreeing, 'distinct program')}{by}, written from the task alone, "
                f"agree here and on {plural(difference.inputs, 'input')} in all on which the submission differs.",
                counterexample=as_test(difference, PurePosixPath(where.path).stem, face.name),
            )
        )
    return (
        *found,
        *(
            Finding(
                id=f"{SOURCE}-{number}",
                source=SOURCE,
                severity=Severity.INFO,
                message=ambiguity_words(split),
                rule="ambiguity",
            )
            for number, split in enumerate(splits, len(found) + 1)
        ),
    )


def _line(text: str, face: Face, one: Input) -> int | None:
    """Return the line that defines what the last step calls."""
    called = one.steps[-1].partition("(")[0]
    tree: Any = syntax_tree(text)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == called:
            return node.lineno
    return None
