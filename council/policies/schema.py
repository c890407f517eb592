"""The JSON Schema of policy and panel files, so that editors complete them and explain each field."""

from __future__ import annotations

import ast
import inspect
from typing import Any, Literal

from council.policies import records
from council.policies.records import Panel, Policy

_DIALECT = "http://json-schema.org/draft-07/schema#"
"""What the TOML extensions of editors read."""


def json_schema(kind: Literal["policy", "panel"] = "policy") -> dict[str, Any]:
    """Return the JSON Schema of a file. The id is the file's name and need not be given."""
    record = Policy if kind == "policy" else Panel
    schema: dict[str, Any] = record.model_json_schema(mode="validation", ref_template="#/definitions/{model}")
    told = _explained()
    definitions = schema.pop("$defs", {})
    for name, table in ((record.__name__, schema), *definitions.items()):
        for field, entry in table.get("properties", {}).items():
            entry.pop("title", None)
            _without_null(entry)
            if (name, field) in told:
                entry["description"] = told[name, field]
    required = [field for field in schema.get("required", ()) if field != "id"]
    return {
        "$schema": _DIALECT,
        **schema,
        "title": f"A {kind} of council",
        "required": required,
        "definitions": definitions,
    }


def _without_null(entry: dict[str, Any]) -> None:
    """Take ``null`` out: TOML has no word for it, a field that is not given is left out."""
    choices = entry.get("anyOf", [])
    if {"type": "null"} in choices:
        rest = [choice for choice in choices if choice != {"type": "null"}]
        del entry["anyOf"]
        entry.pop("default", None)
        entry.update(rest[0] if len(rest) == 1 else {"anyOf": rest})


def _explained() -> dict[tuple[str, str], str]:
    """Return what the page of the records says under each field."""
    found = {}
    for node in ast.parse(inspect.getsource(records)).body:
        if not isinstance(node, ast.ClassDef):
            continue
        for field, below in zip(node.body, node.body[1:], strict=False):
            text = below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else None
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, str):
                found[node.name, field.target.id] = " ".join(text.replace("``", "`").split())
    return found
