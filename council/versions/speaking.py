"""What a program did, in words and as a test that anybody can run."""

from __future__ import annotations

from typing import Any

from council.text import one_line
from council.types.versions import Ambiguity, Difference, Input, Outcome
from council.versions.comparing import decoded, is_error

_LONGEST = 120
_STOPS = {
    "time": "does not come to an end",
    "memory": "uses more memory than it may",
    "depth": "recurses without an end",
    "end": "ends the interpreter",
}


def outcome_words(outcome: Outcome) -> str:
    """Return what a step did: ``returns 7``, ``raises ValueError``, ``does not come to an end``."""
    if "stop" in outcome:
        return _STOPS.get(str(outcome["stop"]), "gives nothing")
    if "x" in outcome:
        return f"raises {one_line(str(outcome['x'][0]), 60)}"
    if outcome.get("r") == {"made": True}:
        return "makes an object"
    words = f"returns {value_words(outcome.get('r'))}"
    if outcome.get("r") is None and "p" in outcome:
        words += f" and prints {one_line(repr(outcome['p']), 60)}"
    if outcome.get("r") is None and "m" in outcome:
        words += f" and leaves {value_words(_arguments(outcome['m']))}"
    return words


def _arguments(tree: Any) -> Any:
    """Return the positional arguments out of what a step's arguments became."""
    return tree["l"][0] if isinstance(tree, dict) and "l" in tree else tree


def value_words(tree: Any) -> str:
    """Return a value as Python would write it, cut to a readable length."""
    try:
        return one_line(repr(decoded(tree)), _LONGEST)
    except (ValueError, TypeError):
        tag, inner = next(iter(tree.items()), ("?", ""))
        name = inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], str) else inner
        kinds = {"o": f"a {name}", "e": f"the exception {name}", "self": "itself", "g": "an iterator", "?": f"a {name}"}
        return one_line(kinds.get(tag, "a value too large to show"), _LONGEST)


def difference_words(difference: Difference) -> str:
    """Return the finding in one sentence: the input, what the code does, and what how many versions do."""
    given, expected = outcome_words(difference.given), outcome_words(difference.expected)
    of = f"{difference.agreeing} of {difference.of} independent versions"
    return one_line(f"{input_words(difference.input)} {given}; {of}: {expected.removeprefix('returns ')}", 400)


def input_words(one: Input) -> str:
    """Return an input as one line of calls."""
    return one_line("; ".join(one.steps), 240)


def ambiguity_words(split: Ambiguity) -> str:
    """Return what the task does not say, and who reads it how."""
    camps = [f"{len(answer.members)} {_verbs(outcome_words(answer.outcome))}" for answer in split.answers[:3]]
    camps[0] = camps[0].replace(" ", " versions ", 1)
    return one_line(f"the task does not say what {input_words(split.input)} gives: {', '.join(camps)}", 400)


def _verbs(words: str) -> str:
    """Return words about one program as words about several."""
    verb, _, rest = words.partition(" ")
    return f"{'do' if verb == 'does' else verb.removesuffix('s')} {rest}"


def as_test(difference: Difference, module: str, name: str, *, title: str = "test_versions") -> str | None:
    """Return a pytest function that fails while the difference is there; ``None`` where no plain test can say it."""
    if "stop" in difference.expected:
        return None
    *before, last = difference.input.steps
    lines = [f"from {module} import {name}", "", "", f"def {title}():"]
    lines += [f"    {'x = ' if number == 0 else 'x.'}{step}" for number, step in enumerate(before)]
    call = f"x.{last}" if before else last
    if is_error(difference.expected):
        kind = str(difference.expected["x"][1])
        lines = ["import pytest", *lines, f"    with pytest.raises({kind}):", f"        {call}"]
        return "\n".join(lines) + "\n"
    try:
        wanted = decoded(difference.expected.get("r"))
    except (ValueError, TypeError):
        return None
    if wanted is None:
        lines.append(f"    assert {call} is None")
    elif isinstance(wanted, float):
        lines = ["import pytest", *lines, f"    assert {call} == pytest.approx({wanted!r})"]
    else:
        lines.append(f"    assert {call} == {wanted!r}")
    return "\n".join(lines) + "\n"
