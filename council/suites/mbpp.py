"""Rows of MBPP, whole or sanitised, and of MBPP+: a sentence, asserts, and in MBPP+ stronger tests."""

from __future__ import annotations

import re
from typing import Any

from council.errors import SourceError
from council.suites.conversion import (
    MODULE,
    check_entry_point,
    pytest_of_asserts,
    pytest_of_inputs,
    pytest_of_loop,
)
from council.suites.humaneval import LONGEST_TEST, arguments, tolerance
from council.suites.reading import Row, list_field, text_field
from council.text import fence_for, one_line
from council.types.benchmarks import Task
from council.types.submission import SourceFile

_DEFINED = re.compile(r"^(?:def|class) ([A-Za-z_]\w*)", re.MULTILINE | re.ASCII)

# JSON has no tuples, sets and complex numbers, and the publisher's own loader puts them back task by task.
_EACH_TUPLE = {2, 116, 132, 143, 222, 261, 273, 394, 399, 421, 424, 429, 470, 560, 579, 596, 616, 630, 726, 740, 744,
               809}  # fmt: skip
_TUPLES_IN_EACH = {63, 64, 70, 94, 120, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780}
_TUPLES_IN_FIRST = {75, 413, 444, 753}
_FIRST_TUPLE = {250, 307, 405, 446, 617, 720, 763, 808}
_SECOND_TUPLE = {106, 750}
_TUPLES_TWICE = {259, 401, 445}
_ALL_TUPLES = {580, 615, 791}

_AS_SETS = {"similar_elements", "find_char_long", "common_in_nested_lists", "extract_singly", "larg_nnum",
            "intersection_array", "find_dissimilar", "Diff"}  # fmt: skip
_FOUND_OR_NOT = {"check_str", "text_match_three", "text_starta_endb"}
_AMBIGUOUS = {"are_equivalent", "sum_div", "surface_Area", "digit_distance_nums"}
"""Their text allows several answers; comparing with one reference would fail right ones."""


def mbpp_id(value: Any) -> int | None:
    """Return the number of an MBPP task (``2``, ``"Mbpp/2"``), or ``None`` for the id of something else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = re.fullmatch(r"(?:mbpp/)?(\d{1,6})", value, re.IGNORECASE | re.ASCII) if isinstance(value, str) else None
    return int(found[1]) if found else None


def mbpp_task(row: Row, place: str) -> Task:
    """Return the task of a row with ``prompt`` (or ``text``), ``code`` and ``test_list``.

    The asserts are the plain tests; a ``test`` with inputs and results, as MBPP+ has, makes the edge cases, and so
    does a ``challenge_test_list``. Raises ``SourceError`` with the place.
    """
    name = _id(row, place)
    code = text_field(row, "code", place)
    asserts = _statements(row, "test_list", place)
    if not asserts:
        raise SourceError(f"{place}: test_list is empty")
    names = [one for one in dict.fromkeys(_DEFINED.findall(code)) if _uses("\n".join(asserts), one)]
    if not names:
        raise SourceError(f"{place}: no function of code is called in test_list")
    setup = text_field(row, "test_setup_code", place, default="").strip()
    imports = [*_statements(row, "test_imports", place), *([setup] if setup else [])]
    edge: tuple[SourceFile, ...] = ()
    harder = _statements(row, "challenge_test_list", place)
    if isinstance(row.get("test"), str):
        edge = (_file("edge", pytest_of_loop(name, names[-1], _strong(row, place))),)
    elif harder:
        edge = (_file("edge", pytest_of_asserts(name, names, imports, harder)),)
    said = text_field(row, "prompt" if "prompt" in row else "text", place)
    return Task(
        id=name,
        title=names[-1],
        text=_asked(said, asserts),
        path=f"{MODULE}.py",
        tests=(_file("plain", pytest_of_asserts(name, names, imports, asserts)),),
        edge_tests=edge,
        reference=code,
    )


def mbpp_task_of_inputs(row: Row, place: str) -> Task:
    """Return the task of a row of MBPP+: ``base_input`` makes its plain tests, ``plus_input`` its edge cases."""
    name, number = _id(row, place), mbpp_id(row.get("task_id"))
    entry_point = check_entry_point(text_field(row, "entry_point", place), place)
    reference = text_field(row, "canonical_solution", place)
    compare = "set" if entry_point in _AS_SETS else "found" if entry_point in _FOUND_OR_NOT else "equal"
    how = {"atol": tolerance(row, place), "compare": compare}
    kinds: dict[str, tuple[SourceFile, ...]] = {}
    for kind, field in (("plain", "base_input"), ("edge", "plus_input")):
        where = f"{place}, {field}"
        given = [_typed(number, arguments(one, where), where) for one in list_field(row, field, place)]
        wanted = bool(given) and not (kind == "edge" and entry_point in _AMBIGUOUS)
        kinds[kind] = (_file(kind, pytest_of_inputs(name, reference, entry_point, given, **how)),) if wanted else ()
    said = text_field(row, "prompt", place).strip().strip("\"'").strip()
    asserted = text_field(row, "assertion", place, default="").strip()
    text = f"{said}\n\nThe function is called `{entry_point}`.\n"
    if "assert" not in said and asserted:
        text = _asked(said, asserted.splitlines()[:1])
    return Task(
        id=name,
        title=entry_point,
        text=text,
        path=f"{MODULE}.py",
        tests=kinds["plain"],
        edge_tests=kinds["edge"],
        reference=reference,
    )


def _asked(said: str, asserts: list[str]) -> str:
    shown = "\n".join(asserts)
    fence = fence_for(shown)
    return f"{said.strip()}\n\nThe code should pass these tests:\n\n{fence}python\n{shown}\n{fence}\n"


def _typed(number: int | None, given: list[Any], place: str) -> Any:
    """Return one input with the types that its task is about."""
    try:
        return _restored(number, given)
    except (TypeError, ValueError, IndexError, AttributeError):
        raise SourceError(f"{place}: an input does not have the shape of Mbpp/{number}") from None


def _restored(number: int | None, given: list[Any]) -> Any:
    if number in _EACH_TUPLE:
        return [tuple(one) for one in given]
    if number in _TUPLES_IN_EACH:
        return [[tuple(one) for one in many] for many in given]
    if number in _TUPLES_IN_FIRST:
        return [[tuple(one) for one in given[0]], given[1]]
    if number in _FIRST_TUPLE:
        return [tuple(given[0]), *given[1:]]
    if number in _SECOND_TUPLE:
        return [given[0], tuple(given[1])]
    if number in _TUPLES_TWICE:
        return [tuple(tuple(one) for one in many) for many in given]
    if number in _ALL_TUPLES:
        return _as_tuples(given)
    return _restored_alone(number, given)


def _restored_alone(number: int | None, given: list[Any]) -> Any:
    """Tasks whose inputs are like no other's."""
    if number == 115:
        return [[set(one) if isinstance(one, list) and one else {} for one in given[0]]]
    if number == 124:
        return [float(given[0]), complex(given[1])]
    if number == 252:
        return [complex(given[0])]
    if number == 278:
        return [tuple(tuple(one) if isinstance(one, list) else one for one in given[0])]
    if number == 722:
        return [{key: tuple(value) for key, value in given[0].items()}, *given[1:]]
    return given


def _as_tuples(value: Any) -> Any:
    return tuple(_as_tuples(one) for one in value) if isinstance(value, list) else value


def _id(row: Row, place: str) -> str:
    number = mbpp_id(row.get("task_id"))
    if number is None:
        raise SourceError(f"{place}: task_id must be a number, or Mbpp/ and a number")
    return f"Mbpp/{number}"


def _statements(row: Row, field: str, place: str) -> list[str]:
    found = list_field(row, field, place)
    if not all(isinstance(one, str) for one in found):
        raise SourceError(f"{place}: {field} must be a list of texts")
    return [one for one in found if one.strip()]


def _strong(row: Row, place: str) -> str:
    test = text_field(row, "test", place)
    if len(test) > LONGEST_TEST:
        raise SourceError(f"{place}: test is longer than {LONGEST_TEST >> 20} MB")
    return test


def _uses(text: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", one_line(text, len(text) + 1)) is not None


def _file(kind: str, text: str) -> SourceFile:
    return SourceFile(path=f"test_{kind}.py", text=text)
