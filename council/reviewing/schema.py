"""The form of a ballot as a JSON Schema, for servers that can hold a model to one.

Some servers write the keys of an object in alphabetical order, others in the order of the schema. Both are the same
here, and in both the reasoning stands before what it leads to: ``analysis`` before ``findings`` before ``verdict``, and
inside a finding the claim and its explanation before its severity. The length limits make a small model come to its
end; they stay below 2,000 because llama.cpp refuses longer repetitions in a grammar.
"""

from __future__ import annotations

from typing import Any

_CATEGORIES = ["correctness", "edge_case", "error_handling", "security", "performance", "tests", "style", "other"]


def _text(limit: int) -> dict[str, Any]:
    return {"type": "string", "maxLength": limit}


BALLOT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "analysis": _text(1500),
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "findings": {
            "type": "array",
            "maxItems": 8,
            "items": {
                "type": "object",
                "properties": {
                    "category": {"type": "string", "enum": _CATEGORIES},
                    "claim": _text(240),
                    "counterexample": _text(1200),
                    "explanation": _text(600),
                    "file": _text(200),
                    "fix": _text(1200),
                    "line": {"type": "integer"},
                    "severity": {"type": "string", "enum": ["critical", "high", "medium", "low", "info"]},
                },
                "required": ["category", "claim", "explanation", "file", "line", "severity"],
                "additionalProperties": False,
            },
        },
        "verdict": {"type": "string", "enum": ["approve", "request_changes", "reject", "abstain"]},
    },
    "required": ["analysis", "findings", "verdict"],
    "additionalProperties": False,
}
"""What every seat is asked to answer. ``read_ballot`` also reads replies that only resemble it."""
