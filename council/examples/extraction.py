"""The examples that stand in a task's own text and in docstrings: what some inputs give. No model is asked for them.

Read are doctests, ``f([1]) == 2``, ``f(1) ➞ 2``, ``f(1) returns 2``, ``For n = 3 the output should be 4``, blocks of
``Input:`` and ``Output:``, and tables whose columns are named like the parameters. What cannot be read for sure is left
alone: an example convicts, so a guess would convict the innocent.
"""

from __future__ import annotations

import ast
import builtins
import doctest
import re
import textwrap
from collections.abc import Iterator, Mapping

from council.examples.literals import LONGEST, call_end, is_literal, leading_literal
from council.syntax import expression_tree
from council.types.base import Record

MOST = 40
"""Examples of one text that are used."""
_LARGEST_TEXT = 200_000
_ARROW = re.compile(  # between a call and what it gives
    r"""\s*(?:\#\s*)?(?:
        ==>|=>|==|-->|->|➞|→|⇒|↦|=|
        (?:should\s+|must\s+|will\s+|would\s+)?(?:return|give|yield|produce|equal|be|evaluate\s+to)s?(?:\s+to)?\b|
        is\s+(?:equal\s+to\b)?
    )\s*:?\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_OUTPUT = re.compile(
    r"\b(?:the\s+)?(?:output|result|answer|return(?:ed)?\s+value|function)\s+"
    r"(?:should\s+be|must\s+be|would\s+be|will\s+be|should\s+return|must\s+return|returns|is)\s*:?\s*",
    re.IGNORECASE,
)
_GIVEN = re.compile(r"\b(?:for|if|when|given|with)\s+(?=[A-Za-z_]\w*\s*=)", re.IGNORECASE)
_NAMED = re.compile(r"\s*(?:and\s+|,\s*)?(?P<name>[A-Za-z_]\w*)\s*[=:]\s*(?!=)")
_INPUT_LINE = re.compile(r"^\s*(?:\W\s*)?(?:sample\s+)?inputs?(?:\s*\d+)?\s*[:=]\s*(?P<rest>.*)$", re.IGNORECASE)
_OUTPUT_LINE = re.compile(
    r"^\s*(?:\W\s*)?(?:sample\s+)?(?:expected\s+)?(?:outputs?|returns?)(?:\s*\d+)?\s*[:=]\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_PROMPT = re.compile(r">>>[ \t]*$")
_QUOTES = re.compile(r'"""|\'\'\'')
_RESULT_COLUMN = re.compile(r"(?:expected\s+)?(?:output|result|returns?|return\s+value|expected)", re.IGNORECASE)


class Example(Record):
    """One thing that a text says: this call gives this value."""

    call: str
    """Python source: ``f([1], 2)``."""
    expected: str
    """Python source of a literal."""
    line: int
    """In the text, from 1."""
    quote: str
    """The line as it stands there."""
    setup: tuple[str, ...] = ()
    """Statements before the call: an object is made, and methods of it are called."""


_BUILTINS = frozenset(
    ["abs", "bool", "float", "int", "len", "list", "max", "min", "round", "set", "sorted", "str", "sum", "tuple"]
)

Functions = Mapping[str, tuple[str, ...]]
"""Functions of the code with the names of their parameters."""


def extract_examples(text: str, functions: Functions) -> tuple[Example, ...]:
    """Return the examples of a text that call one of the functions, in their order, each once.

    A call that the text gives two values proves nothing; both are left out.

    >>> [e.expected for e in extract_examples("twice(2) returns 4 and twice([1]) == [1, 1].", {"twice": ("x",)})]
    ['4', '[1, 1]']
    """
    text = text[:_LARGEST_TEXT]
    return _under_one_name(text, functions) or _sure(text, functions)


def _sure(text: str, functions: Functions) -> tuple[Example, ...]:
    found: dict[str, list[Example]] = {}
    for example in (*_sessions(text, functions), *_calls(text, functions), *_named(text, functions),
                    *_blocks(text, functions), *_tables(text, functions)):  # fmt: skip
        same = found.setdefault(_key(example.call), [])
        if all(ast.literal_eval(example.expected) != ast.literal_eval(other.expected) for other in same):
            same.append(example)
    sure = [examples[0] for examples in found.values() if len(examples) == 1]
    return tuple(sorted(sure, key=lambda example: example.line)[:MOST])


def _under_one_name(text: str, functions: Functions) -> tuple[Example, ...]:
    """Return the examples of a text that calls its one function by another name throughout."""
    if len(functions) != 1:
        return ()
    ((name, parameters),) = functions.items()
    called = (
        set(re.findall(r"(?<![\w.])([A-Za-z_]\w*)\s*\(\s*[\[({\d\"'-]", text)) - _BUILTINS - set(dir(builtins)) - {name}
    )
    if len(called) != 1 or _sure(text, functions):
        return ()
    other = called.pop()
    found = _sure(text, {other: parameters})
    if len(found) < 2:
        return ()  # one could be a call of something else
    return tuple(example.but(call=f"{name}{example.call.removeprefix(other)}") for example in found)


def example_tests(examples: tuple[Example, ...], module: str) -> str:
    """Return a pytest file with one test an example. Floats may differ by what rounding does.

    The text of the examples is code only as far as it is literals and calls of known functions.
    """
    trees = [ast.parse("\n".join((*e.setup, e.call))) for e in examples]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)]
    names = sorted({n.id for n in nodes} - {n.id for n in nodes if isinstance(n.ctx, ast.Store)} - _BUILTINS)
    tests = []
    for number, example in enumerate(examples, 1):
        lines = [*example.setup, f"assert {example.call} == _value({example.expected})"]
        tests.append("\n    ".join([f"def test_example_{number}():", *lines]) + "\n")
    return "\n\n".join([f"import pytest\n\nfrom {module} import {', '.join(names)}\n", _VALUE, *tests])


_VALUE = '''\
def _value(expected):
    """Floats are equal when they differ by what rounding does."""
    if isinstance(expected, float):
        return pytest.approx(expected, rel=1e-6, abs=1e-9)
    if isinstance(expected, list | tuple) and any(isinstance(item, float) for item in expected):
        return type(expected)(_value(item) for item in expected)
    return expected
'''


def _key(call: str) -> str:
    return ast.dump(ast.parse(call, mode="eval"))


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _made(text: str, place: int, call: str, expected: str) -> Example:
    number = _line(text, place)
    return Example(call=call, expected=expected, line=number, quote=text.splitlines()[number - 1].strip()[:200])


def _is_call(source: str, functions: Functions) -> bool:
    """Whether a text is one call of a known function with literals, as many as it takes."""
    node = expression_tree(source)
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in functions):
        return False
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    parameters = functions[node.func.id]
    named = all(keyword.arg in parameters for keyword in node.keywords)
    return named and len(values) <= len(parameters) and all(is_literal(ast.unparse(value)) for value in values)


def _is_pure(source: str, functions: Functions) -> bool:
    """Whether a text is one expression of literals, calls of known functions, and builtins that only compute."""
    if (tree := expression_tree(source)) is None:
        return False
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in _BUILTINS:
        inner = [ast.unparse(value) for value in (*tree.args, *(keyword.value for keyword in tree.keywords))]
        return any(_is_pure(part, functions) for part in inner) and all(
            is_literal(part) or _is_pure(part, functions) for part in inner
        )
    return _is_call(source, functions)


def _sessions(text: str, functions: Functions) -> Iterator[Example]:
    """Yield doctests: a call after ``>>>``, and its value in the lines below."""
    try:
        parsed = doctest.DocTestParser().get_examples(textwrap.dedent(text))
    except ValueError:
        return
    places = [match.start() for match in re.finditer(r"^[ \t]*>>> ", text, re.MULTILINE)]
    for example, place in zip(parsed, places, strict=False):
        source, want = example.source.strip(), _QUOTES.split(example.want)[0].strip()
        if want and _is_pure(source, functions) and is_literal(want):
            yield _made(text, place, source, want)


def _calls(text: str, functions: Functions) -> Iterator[Example]:
    """Yield calls with an arrow, an equals sign or a verb between them and a value on the same line."""
    for name in functions:
        for match in re.finditer(rf"(?<![\w.]){re.escape(name)}\s*\(", text):
            end = call_end(text, match.end() - 1)
            if end is None:
                continue
            call = " ".join(text[match.start() : end].split("\n"))
            arrow = _ARROW.match(text, end)
            if arrow is None or arrow.end() == end or not _is_call(call, functions):
                continue
            if _PROMPT.search(text, text.rfind("\n", 0, match.start()) + 1, match.start()):
                continue  # a session, or a line without output, which nobody ever ran
            if arrow.group().strip() == "=" and _is_defined(text, name, functions):
                continue
            expected = leading_literal(_rest(text, arrow.end()))
            if expected is not None:
                yield _made(text, match.start(), call, expected)


def _is_defined(text: str, name: str, functions: Functions) -> bool:
    """Whether the text defines the name by an equation: ``tri(n) = 1 + n / 2`` speaks of a sequence, not of a call."""
    for match in re.finditer(rf"(?<![\w.]){re.escape(name)}\s*\(", text):
        end = call_end(text, match.end() - 1)
        if (
            end is not None
            and re.match(r"\s*=(?!=)", text[end:])
            and not _is_call(text[match.start() : end], functions)
        ):
            return True
    return False


def _rest(text: str, place: int) -> str:
    """Return the rest of the line, and the lines below it while a bracket is open."""
    if text[place : place + 1] in ("(", "[", "{"):
        end = call_end(text, place)
        if end is not None:
            stop = text.find("\n", end)
            return text[place : stop if stop >= 0 else len(text)]
    return text[place : place + LONGEST].partition("\n")[0]


def _arguments(text: str, place: int, parameters: tuple[str, ...]) -> tuple[list[tuple[str, str]], int]:
    """Return ``name = literal`` pairs from a place on, and where they end."""
    found: list[tuple[str, str]] = []
    while (match := _NAMED.match(text, place)) is not None:
        value = _value_at(text, match.end())
        if value is None:
            break
        found.append((match["name"], value))
        place = match.end() + len(value)
    return found, place


def _value_at(text: str, place: int) -> str | None:
    """Return the literal at a place: as long as it is one."""
    rest = _rest(text, place)
    for end in range(len(rest), 0, -1):
        if rest[end - 1] in ")]}\"'" or rest[end - 1].isalnum():
            if is_literal(rest[:end]):
                return rest[:end]
    return None


def _call_of(pairs: list[tuple[str, str]], functions: Functions) -> str | None:
    """Return the call that ``name = value`` pairs mean, where there is one function and they name its parameters.

    Other names are taken by their order when they are as many as the parameters.
    """
    if len(functions) != 1 or not pairs:
        return None
    ((name, parameters),) = functions.items()
    given = dict(pairs)
    if len(given) != len(pairs) or len(pairs) != len(parameters):
        return None
    if set(given) == set(parameters):
        values = [given[parameter] for parameter in parameters]
    elif set(given) & set(parameters):
        return None if len(parameters) == 1 else f"{name}({', '.join(value for _, value in pairs)})"
    else:
        values = [value for _, value in pairs]
    return f"{name}({', '.join(values)})"


def _named(text: str, functions: Functions) -> Iterator[Example]:
    """Yield ``For n = 3 the output should be 4``."""
    for match in _GIVEN.finditer(text):
        pairs, end = _arguments(text, match.end(), ())
        call = _call_of(pairs, functions)
        line_end = text.find("\n", end)
        output = _OUTPUT.search(text, end, line_end if line_end >= 0 else len(text))
        arrow = _ARROW.match(text, end) if output is None else None
        place = output.end() if output is not None else arrow.end() if arrow is not None else None
        if call is None or place is None:
            continue
        expected = leading_literal(_rest(text, place))
        if expected is not None and _is_call(call, functions):
            yield _made(text, match.start(), call, expected)


def _blocks(text: str, functions: Functions) -> Iterator[Example]:
    """Yield ``Input:`` with what follows it, up to ``Output:``."""
    lines = text.splitlines(keepends=True)
    places = [sum(map(len, lines[:number])) for number in range(len(lines))]
    number = 0
    while number < len(lines):
        given = _INPUT_LINE.match(lines[number].rstrip("\n"))
        if given is None:
            number += 1
            continue
        near = range(number, min(number + 12, len(lines)))
        last = next((n for n in near if _OUTPUT_LINE.match(lines[n].rstrip("\n"))), None)
        if last is None:
            number += 1
            continue
        start = places[number] + given.start("rest")
        call = _call_of_block(text[start : places[last]], functions)
        output = _OUTPUT_LINE.match(lines[last].rstrip("\n"))
        assert output is not None
        expected = leading_literal(_rest(text, places[last] + output.start("rest")))
        if call is not None and expected is not None and _is_call(call, functions):
            yield _made(text, places[number], call, expected)
        number = last + 1


def _call_of_block(given: str, functions: Functions) -> str | None:
    given = given.strip().rstrip(",;")
    pairs, end = _arguments(given, 0, ())
    if pairs:
        return _call_of(pairs, functions) if not given[end:].strip() else None
    if len(functions) != 1:
        return None
    ((name, parameters),) = functions.items()
    call = f"{name}({' '.join(given.split())})"
    node = expression_tree(call)
    return call if isinstance(node, ast.Call) and len(node.args) == len(parameters) else None


def _tables(text: str, functions: Functions) -> Iterator[Example]:
    """Yield the rows of Markdown tables whose columns are named like the parameters, with one for the result."""
    if len(functions) != 1:
        return
    ((name, parameters),) = functions.items()
    lines = text.splitlines()
    header: list[str] | None = None
    for number, line in enumerate(lines, 1):
        cells = [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")] if "|" in line else []
        if not cells:
            header = None
        elif header is None:
            results = [n for n, cell in enumerate(cells) if _RESULT_COLUMN.fullmatch(cell)]
            good = len(results) == 1 and set(cells) - {cells[results[0]]} == set(parameters)
            header = cells if good else None
        elif len(cells) == len(header) and not all(set(cell) <= set("-: ") for cell in cells):
            row = dict(zip(header, cells, strict=True))
            result = next(cell for cell in header if _RESULT_COLUMN.fullmatch(cell))
            call = f"{name}({', '.join(row[parameter] for parameter in parameters)})"
            expected = leading_literal(row[result])
            if expected is not None and _is_call(call, functions):
                yield Example(call=call, expected=expected, line=number, quote=line.strip()[:200])
