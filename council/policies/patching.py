"""Writes proposals into the text of a policy file and shows the difference. Comments and layout stay as they are."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from council.errors import PolicyError
from council.policies.names import read_name
from council.policies.proposing import Proposal
from council.policies.records import ModelRule
from council.text import one_line


def patched(text: str, proposals: Sequence[Proposal], *, name: str) -> str:
    """Return the text of a policy file with proposals in it, each with its evidence in a comment.

    ``name`` is the file's, for errors. Raises ``PolicyError`` where its lists are not written as ``[[models]]``.
    """
    import tomlkit

    document = tomlkit.parse(text)
    for proposal in proposals:
        field, entry = ("models", proposal.model) if proposal.model is not None else ("rules", proposal.rule)
        if entry is None:
            continue
        values = {k: v for k, v in entry.model_dump(mode="json", exclude_defaults=True).items() if v not in (None, [])}
        table = _entry(document, field, entry, name)
        if table is None:
            table = tomlkit.table()
            _append(document, field, table, name)
        else:
            values.pop("name", None)
        table.update(values)
        for line in _comments(proposal):
            table.add(tomlkit.comment(line))
    return tomlkit.dumps(document)


def difference(before: str, after: str, *, path: str) -> str:
    """Return two texts of one file as a patch for ``patch -p1`` and ``git apply``; empty where they are equal."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _comments(proposal: Proposal) -> list[str]:
    evidence = ", ".join(str(source) for source in proposal.evidence[:12])
    more = len(proposal.evidence) - 12
    return [
        one_line(f"because: {proposal.because}", 300),
        one_line(f"evidence: {evidence}" + (f" and {more} more" if more > 0 else ""), 1500),
    ]


def _append(document: Any, field: str, table: Any, name: str) -> None:
    import tomlkit

    if field not in document:
        document.add(tomlkit.nl())
        document.add(field, tomlkit.aot())
    tables = document[field]
    if not isinstance(tables, tomlkit.items.AoT):
        problem = f"{one_line(name)}: {field} is written as one line"
        raise PolicyError(problem, f"Write each entry under a line [[{field}]], then propose again")
    table.trivia.indent = "\n" if len(tables) else ""  # an empty line before each entry, as people write them
    tables.append(table)


def _entry(document: Any, field: str, entry: Any, name: str) -> Any:
    """Return the table of the model, where the file has one under this name; rules are always new."""
    if not isinstance(entry, ModelRule) or entry.name is None:
        return None
    wanted = read_name(entry.name)
    for table in document.get(field, ()):
        if isinstance(table.get("name"), str) and read_name(table["name"]) == wanted:
            return table
    return None
