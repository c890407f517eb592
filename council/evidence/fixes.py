"""Puts a reviewer's fix in its place: a whole file, replaced functions and classes, or the corrected lines.

Nothing is guessed: what is neither the file's own definitions nor lines of a place that the finding names, or what does
not parse afterwards, is unreadable.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator

from council.evidence.claims import LONGEST, unfenced
from council.syntax import syntax_tree
from council.types.findings import Finding
from council.types.submission import SourceFile, Submission

_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_Defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def fixed_file(finding: Finding, submission: Submission) -> SourceFile | None:
    """Return the file that a finding's fix changes, as it would be; ``None`` where the fix cannot be placed."""
    text = unfenced((finding.fix or "")[:LONGEST])
    tree = syntax_tree(text)
    for file in _candidates(finding, submission):
        old = syntax_tree(file.text)
        if old is None:
            changed = _in_lines(file, text, finding)
        elif tree is None or not any(isinstance(node, _DEFINES) for node in tree.body):
            changed = _in_lines(file, text, finding)
        elif _is_whole(tree, old):
            changed = text
        else:
            changed = _in_definitions(file.text, old, text, tree)
        if changed is not None and syntax_tree(changed) is not None:
            placed: SourceFile = file.but(text=changed)
            return placed
    return None


def with_file(submission: Submission, file: SourceFile) -> Submission:
    """Return the submission with one file's text replaced."""
    files = tuple(file if other.path == file.path else other for other in submission.files)
    changed: Submission = submission.but(files=files)
    return changed


def _candidates(finding: Finding, submission: Submission) -> list[SourceFile]:
    """Return the files that the fix may be meant for: the one that the finding names, else all."""
    files = [file for file in submission.files if file.path.endswith(".py")]
    named = [file for file in files if finding.location is not None and file.path == finding.location.path]
    return named or files


def _is_whole(new: ast.Module, old: ast.Module) -> bool:
    """Whether a fix defines all that the file defines, methods included: then it is the whole file."""
    return set(_paths(old.body)) <= set(_paths(new.body)) and _import_count(new) >= min(1, _import_count(old))


def _import_count(tree: ast.Module) -> int:
    return sum(isinstance(node, _IMPORTS) for node in tree.body)


def _paths(body: list[ast.stmt], above: str = "") -> Iterator[str]:
    for node in body:
        if isinstance(node, _DEFINES):
            yield f"{above}{node.name}"
            if isinstance(node, ast.ClassDef):
                yield from _paths(node.body, f"{above}{node.name}.")


def _in_definitions(text: str, old: ast.Module, fix: str, new: ast.Module) -> str | None:
    """Replace the functions and classes of the file that the fix defines anew."""
    lines = text.splitlines(keepends=True)
    changes: list[tuple[int, int, str]] = []
    for node in new.body:
        if isinstance(node, _DEFINES):
            found = _replacements(node, old, fix)
            if found is None:
                return None
            changes += [(first, last, code) for first, last, code in found]
    if not changes or _overlapping(changes):
        return None
    for first, last, code in sorted(changes, reverse=True):
        lines[first - 1 : last] = [code]
    missing = [n for n in new.body if isinstance(n, _IMPORTS) and ast.dump(n) not in {ast.dump(o) for o in old.body}]
    return _with_imports("".join(lines), [ast.unparse(node) for node in missing])


def _replacements(node: _Defined, old: ast.Module, fix: str) -> list[tuple[int, int, str]] | None:
    """Return which lines become which code for one definition; ``None`` where the file has no place for it."""
    places = [(other, 0) for other in old.body if isinstance(other, _DEFINES) and other.name == node.name]
    if not places:
        classes = [other for other in old.body if isinstance(other, ast.ClassDef)]
        places = [(n, n.col_offset) for c in classes for n in c.body if isinstance(n, _DEFINES) and n.name == node.name]
    if len(places) != 1:
        return None
    ((target, indent),) = places
    partial = isinstance(node, ast.ClassDef) and not set(_paths([target])) <= set(_paths([node]))
    if isinstance(node, ast.ClassDef) and isinstance(target, ast.ClassDef) and partial:
        inner: list[tuple[int, int, str]] = []
        for method in node.body:
            same = [m for m in target.body if isinstance(m, _DEFINES) and m.name == getattr(method, "name", None)]
            if isinstance(method, _DEFINES):
                if len(same) != 1:
                    return None
                inner.append((*_span(same[0]), _code(method, fix, same[0].col_offset)))
        return inner
    return [(*_span(target), _code(node, fix, indent))]


def _span(node: _Defined) -> tuple[int, int]:
    return min([node.lineno, *(d.lineno for d in node.decorator_list)]), node.end_lineno or node.lineno


def _code(node: _Defined, text: str, indent: int) -> str:
    first, last = _span(node)
    code = textwrap.dedent("".join(text.splitlines(keepends=True)[first - 1 : last]))
    return textwrap.indent(code if code.endswith("\n") else f"{code}\n", " " * indent)


def _overlapping(changes: list[tuple[int, int, str]]) -> bool:
    ordered = sorted(changes)
    return any(one[1] >= other[0] for one, other in zip(ordered, ordered[1:], strict=False))


def _with_imports(text: str, imports: list[str]) -> str:
    if not imports:
        return text
    body = ast.parse(text).body
    after = 0
    for node in body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node is body[0]
        if docstring or (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            after = node.end_lineno or node.lineno
    lines = text.splitlines(keepends=True)
    lines[after:after] = [f"{line}\n" for line in imports]
    return "".join(lines)


def _in_lines(file: SourceFile, fix: str, finding: Finding) -> str | None:
    """Put the corrected lines in the place of the lines that the finding names, as far indented as the first."""
    place = finding.location
    if place is None or place.line is None or not fix.strip():
        return None
    lines = file.text.splitlines(keepends=True)
    first, last = place.line, place.end_line or place.line
    if not 1 <= first <= last <= len(lines):
        return None
    old = lines[first - 1]
    indent = old[: len(old) - len(old.lstrip())]
    code = textwrap.indent(textwrap.dedent(fix.strip("\n")), indent)
    lines[first - 1 : last] = [code + "\n"]
    return "".join(lines)
