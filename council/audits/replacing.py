"""Has files written again by a model that may be used. What is written counts only when it passes."""

from __future__ import annotations

import ast
import asyncio
import difflib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from council.auditing import Tree, TreeFile, read_around, read_tree
from council.audits.auditing import Wanted
from council.audits.surroundings import find_tests, import_path, is_test, needed
from council.audits.validating import validate_file
from council.engine import Council
from council.errors import ModelError, StoreError
from council.policies import Policy
from council.syntax import syntax_tree
from council.text import one_line, plural
from council.types.audits import Audit, AuditedFile, AuditStep
from council.types.base import Record
from council.types.checks import CheckOutcome, ValidationReport
from council.types.session import Session
from council.types.submission import SourceFile

Listener = Callable[[AuditStep], None]
_LONGEST_TASK = 12_000


class Replacements(Record):
    """An audit with patches, and the whole text of each file that one makes."""

    audit: Audit
    base: Path
    """Folder that the paths count from."""
    texts: dict[str, str] = {}
    before: dict[str, str] = {}
    """Text of the same files when they were read: one that has changed since is not touched."""


async def replace_files(
    audit: Audit,
    paths: Sequence[str | Path],
    *,
    house: Council,
    policy: Policy,
    writer: str | None = None,
    on_event: Listener | None = None,
) -> Replacements:
    """Have every Python file of an audit written again, and keep what passes its checks and tests as a patch.

    The model is ``writer``, else the replacement that the policy names, else the one of the settings. The task is the
    one of the session that wrote the file, where the store has it, else what the file itself promises: names,
    signatures, docstrings.

    Raises:
        ModelBanned: when the model may not write.
    """
    tell = on_event or (lambda step: None)
    limit_kb = house.settings.max_file_kb
    named = await asyncio.to_thread(read_tree, paths, limit_kb=limit_kb)
    tree = await asyncio.to_thread(read_around, named, limit_kb=limit_kb)
    desk = _Writer(tree, house, policy, writer)
    replaced: list[AuditedFile] = []
    wanted = [file for file in audit.files if _can_be_rewritten(file)]
    for file in audit.files:
        replaced.append(await desk.rewrite(file) if file in wanted else file)
        if file in wanted:
            done = len([other for other in replaced if other.path in {w.path for w in wanted}])
            tell(AuditStep(stage="rewritten", done=done, total=len(wanted), path=file.path))
    return Replacements(
        audit=audit.but(files=tuple(replaced)), base=tree.base, texts=desk.texts, before=desk.before
    )


def _can_be_rewritten(file: AuditedFile) -> bool:
    code = any(mark.kind.value != "configuration" for mark in file.marks)
    return code and file.path.endswith(".py") and not is_test(file.path)


class _Writer:
    """Writes files again, one after the other: one model is in memory at a time."""

    def __init__(self, tree: Tree, house: Council, policy: Policy, model: str | None = None) -> None:
        self.tree = tree
        self.model = model
        self.house = house
        self.policy = policy
        self.texts: dict[str, str] = {}
        self.before: dict[str, str] = {}
        self._rules = Wanted(policy, ())

    async def rewrite(self, file: AuditedFile) -> AuditedFile:
        """Return the file with a patch, or with the reason why there is none."""
        source = self.tree.file(file.path)
        model = self._model(file)
        if source is None:
            return _noted(file, "it is no longer there")
        if model is None:
            return _noted(file, "no model to write with: the policy names no replacement, and model is not set")
        tests = tuple(t for path in find_tests(self.tree, file.path) if (t := self.tree.file(path)) is not None)
        try:
            session = await self._written(file, source, model, tests)
        except ModelError as error:
            return _noted(file, one_line(f"{model}: {error}", 300))
        if not session.submission.files:
            return _noted(file, f"{model} wrote no code (session {session.session_id})")
        return await self._judged(file, source, session, model, tests)

    async def _judged(
        self, file: AuditedFile, source: TreeFile, session: Session, model: str, tests: tuple[TreeFile, ...]
    ) -> AuditedFile:
        text = session.submission.files[0].text
        where = f"{model}, session {session.session_id}"
        lost = sorted(_public_names(source.text) - _public_names(text))
        if lost:
            return _noted(file, one_line(f"what {where} wrote lacks {', '.join(lost)}"))
        new = source.but(text=text, lines=tuple(text.splitlines()))
        others = tuple(new if other.path == file.path else other for other in self.tree.files)
        report = await validate_file(
            self.tree.but(files=others), new, self.policy, self.house.sandbox, settings=self.house.settings
        )
        if report.exit_code != 0:
            return _noted(file, one_line(f"what {where} wrote does not pass: {_why(report)}"))
        ran = report.check("tests")
        passed = f"{plural(len(ran.tests), 'test')} passed" if ran and ran.tests else "no tests: only the checks passed"
        self.texts[file.path] = text
        self.before[file.path] = source.text
        replaced: AuditedFile = file.but(
            replacement=_patch(file.path, source.text, text), replacement_note=f"by {where}; {passed}"
        )
        return replaced

    async def _written(self, file: AuditedFile, source: TreeFile, model: str, tests: tuple[TreeFile, ...]) -> Session:
        settings = self.house.settings.but(model=model, draft_model=None)
        writing = Council(
            settings, client=self.house.client, host=self.house.host, sandbox=self.house.sandbox, store=self.house.store
        )
        support = needed(self.tree, (file.path, *(test.path for test in tests))) if tests else ()
        beside = tuple(
            SourceFile(path=import_path(self.tree, other.path), text=other.text) for other in (*tests, *support)
        )
        return await writing.generate(
            await asyncio.to_thread(self._task, file, source),
            tests=beside,
            path=import_path(self.tree, file.path),
            policy=self.policy,
        )

    def _model(self, file: AuditedFile) -> str | None:
        if self.model is not None:
            return self.model
        for mark in file.marks:
            rule = self._rules.rule(mark.model)
            if rule is not None and rule.replacement and rule.status in ("banned", "discouraged"):
                return rule.replacement
        return self.house.settings.model

    def _task(self, file: AuditedFile, source: TreeFile) -> str:
        """Return what to write: the task of the session, else the promises of the file."""
        for session_id in dict.fromkeys(mark.session_id for mark in file.marks if mark.session_id):
            try:
                session = self.house.store.read_session(session_id) if self.house.store else None
            except StoreError:
                continue
            if session is not None and session.submission.task:
                return session.submission.task
        return task_of(source.text)


def task_of(code: str) -> str:
    """Return a task for code that nobody has the task of: its docstrings, and every public name with its signature.

    >>> print(task_of("def twice(number: int) -> int:\\n    '''Return the double.'''\\n    return number * 3"))
    Write a Python module that offers exactly these names, each as its signature and its docstring say.
    <BLANKLINE>
    def twice(number: int) -> int:
        '''Return the double.'''
    """
    intro = "Write a Python module that offers exactly these names, each as its signature and its docstring say."
    tree = syntax_tree(code)
    if tree is None:
        return f"{intro}\n\nThis version of it does not parse:\n\n{code[:_LONGEST_TASK]}"
    about = ast.get_docstring(tree)
    parts = [about] if about else []
    parts += [_outline(node) for node in tree.body if isinstance(node, _DEFINITIONS)]
    return "\n\n".join([intro, *parts])[:_LONGEST_TASK]


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _outline(node: ast.stmt, indent: str = "") -> str:
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        head = f"{indent}class {node.name}{f'({bases})' if bases else ''}:"
        inner = [_outline(child, indent + "    ") for child in node.body if isinstance(child, _DEFINITIONS)]
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
        result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        head = f"{indent}{word} {node.name}({ast.unparse(node.args)}){result}:"
        inner = []
    else:
        return ""
    text = ast.get_docstring(node)
    quoted = [f"{indent}    '''{text}'''"] if text else []
    return "\n".join([head, *quoted, *inner])


def _public_names(code: str) -> set[str]:
    """Return the functions and classes that other modules may use; none where it does not parse."""
    if (tree := syntax_tree(code)) is None:
        return set()
    return {node.name for node in tree.body if isinstance(node, _DEFINITIONS) and not node.name.startswith("_")}


def _why(report: ValidationReport) -> str:
    broken = [*report.failed, *report.broken]
    return ", ".join(f"{check.name}: {check.summary}" for check in broken if check.outcome is not CheckOutcome.PASSED)


def _noted(file: AuditedFile, note: str) -> AuditedFile:
    noted: AuditedFile = file.but(replacement_note=note)
    return noted


def _patch(path: str, old: str, new: str) -> str:
    """Return a unified diff that ``patch -p1`` and ``git apply`` take."""
    name = path if re.fullmatch(r"[\w./ +@,=-]+", path) else path.encode("unicode_escape").decode().replace('"', '\\"')
    lines: list[str] = []
    for line in difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{name}", f"b/{name}"
    ):
        lines.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(lines)
