"""Small changes of code: which there are, in which order they are tried, and what they look like."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from council.probing.inside.mutate import find
from council.probing.mutants import Change, apply, as_mutant, find_changes, sample
from council.sandbox import open_sandbox
from council.settings import Settings
from council.types.submission import SourceFile, Submission

CODE = '''"""Says 3 < 4 in its docstring."""

LIMIT: int = 3


def käse(x: "a < b", y=True):
    """And 1 + 1 here."""
    if x < LIMIT and not y:
        raise ValueError("no")
    while x:
        x -= 1
        if x == 7:
            continue
    print("an ö, and 1 < 2")
    items.append(x + 1)
    return x if y else None


if __name__ == "__main__":
    käse(1)
'''


def changes_of(code: str) -> tuple[Change, ...]:
    return tuple(
        Change(path="a.py", line=line, kind=kind, start=start, end=end, text=text)
        for line, kind, start, end, text in find(code, 500)
    )


def told(code: str) -> set[tuple[int, str, str]]:
    submission = Submission.from_text(code, path="a.py")
    mutants = [as_mutant(submission, change) for change in changes_of(code)]
    return {(mutant.line, mutant.kind, mutant.after.strip()) for mutant in mutants}


@pytest.mark.parametrize(
    ("line", "kind", "after"),
    [
        (3, "constant", "LIMIT: int = 4"),
        (6, "constant", 'def käse(x: "a < b", y=False):'),
        (8, "comparison", "if x <= LIMIT and not y:"),
        (8, "boolean", "if x < LIMIT or not y:"),
        (8, "boolean", "if x < LIMIT and y:"),
        (9, "statement", "pass"),
        (10, "condition", "while (not x):"),
        (11, "arithmetic", "x += 1"),
        (12, "comparison", "if x != 7:"),
        (13, "statement", "break"),
        (15, "statement", "pass"),
        (15, "arithmetic", "items.append(x - 1)"),
        (16, "return value", "return None"),
        (16, "condition", "return x if (not y) else None"),
    ],
)
def test_each_kind_of_change_is_found_where_it_stands(line: int, kind: str, after: str) -> None:
    assert (line, kind, after) in told(CODE)


def test_words_types_and_what_runs_only_as_a_program_are_left_alone() -> None:
    lines = {line for line, _, _ in told(CODE)}
    assert not lines & {1, 7, 19, 20}
    assert all(kind == "constant" for line, kind, _ in told(CODE) if line == 6)  # the annotation is no comparison
    assert not [kind for line, kind, _ in told(CODE) if line == 14]


def test_every_change_leaves_a_program_and_differs_from_the_code_only_there() -> None:
    submission = Submission.from_text(CODE, path="a.py")
    found = changes_of(CODE)
    assert len(found) == len(set(found)) > 15
    for change in found:
        text = apply(submission, change).files[0].text
        compile(text, "a.py", "exec")
        before, after = CODE.splitlines(), text.splitlines()
        assert len(before) == len(after) and sum(a != b for a, b in zip(before, after, strict=True)) == 1
        assert before[change.line - 1] != after[change.line - 1]


def test_the_order_comes_from_the_submission_alone_and_takes_one_of_each_line_first() -> None:
    found = changes_of(CODE)
    first = sample(found, "digest")
    assert sample(Random(3).sample(found, len(found)), "digest") == first != sample(found, "another")
    lines = {change.line for change in found}
    assert {change.line for change in first[: len(lines)]} == lines and sorted(first, key=str) == sorted(found, key=str)


def test_the_code_is_parsed_in_the_sandbox_and_a_file_that_breaks_the_parser_breaks_nothing_else() -> None:
    deep = SourceFile(path="deep.py", text="x = " + "(" * 4000 + ")" * 4000)
    good = SourceFile(path="good.py", text="def f(x):\n    return x + 1\n")
    sandbox = open_sandbox(Settings())

    def found(*files: SourceFile) -> set[str] | None:
        changes = asyncio.run(find_changes(Submission(files=files), sandbox))
        return None if changes is None else {change.path for change in changes}

    assert found(good, SourceFile(path="bad.py", text="def (")) == {"good.py"}
    assert found(SourceFile(path="bad.py", text="def (")) is None
    assert found(deep) in (None, set())
    assert found(SourceFile(path="empty.py", text="")) == set()
