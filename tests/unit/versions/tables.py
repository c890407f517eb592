"""Tables of what trusted functions do, made without a sandbox: their outcomes are encoded as those of programs are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from council.types.versions import Behaviour, Input, Origin, Outcome
from council.versions.agreeing import Table
from council.versions.inside.encoding import Encoder, raised


def outcome_of(function: Callable[..., Any], row: Sequence[Any]) -> Outcome:
    """Return what one call gives."""
    try:
        return {"r": Encoder().encode(function(*row))}
    except Exception as error:
        return {"x": raised(error)}


def table_of(
    functions: Mapping[str, Callable[..., Any]], rows: Sequence[tuple[Any, ...]], *, borders: Sequence[tuple[Any, ...]] = (),
    flaky: Sequence[str] = (), broken: Sequence[str] = (),
) -> Table:  # fmt: skip
    """Return a table: ``rows`` are examples, ``borders`` are not shown by the task."""
    made = [*((row, Origin.EXAMPLE) for row in rows), *((row, Origin.BORDER) for row in borders)]
    inputs = [Input(steps=(f"f({', '.join(map(repr, row))})",), origin=origin) for row, origin in made]
    behaviours = {
        name: Behaviour(
            outcomes=tuple((outcome_of(function, row),) for row, _ in made),
            steady=(name not in flaky,) * len(made),
            failure="it cannot be imported" if name in broken else None,
        )
        for name, function in functions.items()
    }
    return Table(inputs, behaviours)
