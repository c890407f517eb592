"""The module in what small models really write."""

from __future__ import annotations

import ast
import textwrap
import warnings
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from council.generation import extract_code

Growth = Callable[[Callable[[str], object], Callable[[int], str]], float]

F = "def f(x):\n    return x + 1\n"
G = "def g(x):\n    return x * 2\n"

WHOLE = {
    "tagged": f"```python\n{F}```",
    "upper case tag": f"```Python\n{F}```",
    "untagged": f"```\n{F}```",
    "tildes": f"~~~py\n{F}~~~",
    "prose around": f"Sure! Here it is:\n\n```python\n{F}```\n\nIt adds one.",
    "not fenced": F,
    "not fenced, prose around": f"Here is the function.\n\n{F}\nIt adds one to x, as you asked.",
    "never closed": f"```python\n{F}",
    "closed in the last line of code": f"```python\n{F.rstrip()}```",
    "opened behind prose": f"Here you are: ```python\n{F}```",
    "in a list, indented": "1. The function:\n\n" + textwrap.indent(f"```python\n{F}```", "   "),
    "windows line ends": f"```python\n{F}```".replace("\n", "\r\n"),
    "byte order mark": f"\ufeff```python\n{F}```",
    "reasoning with a draft": f"<think>\nmaybe\n```python\n{G}```\n</think>\n```python\n{F}```",
    "reasoning, begin missing": f"so it is g.\n</think>\n```python\n{F}```",
    "shell block beside": f"```bash\npip install x\n```\n```python\n{F}```\n```\nout: 2\n```",
    "usage block beside": f"```python\n{F}```\nUse it:\n```python\nprint(f(1))\n```",
    "its own tests beside": f"```python\n{F}```\n```python\ndef test_f():\n    assert f(1) == 2\n```",
    "prose inside the fence": f"```python\n{F}This adds one.\n```",
    "its own tests in the block": f"```python\n{F}\n# Test it\ndef test_f():\n    assert f(1) == 3\n\ntest_f()\n```",
    "its own tests behind a guard": f"""```python
{F}
def test_f():
    assert f(1) == 3

if __name__ == "__main__":
    test_f()
    print("passed")
```""",
    "asserts in the block": f"```python\n{F}\nassert f(1) == 3\n```",
    "the same twice": f"```python\n{F}```\nAgain:\n```python\n{F}```",
}


@pytest.mark.parametrize("reply", WHOLE.values(), ids=WHOLE.keys())
def test_finds_exactly_the_module(reply: str) -> None:
    found = extract_code(reply)
    assert found.code == F
    assert not found.cut


def test_parts_are_put_together_in_their_order() -> None:
    found = extract_code(f"First:\n```python\nimport math\n\n{F}```\nthen\n```python\n{G}```")
    assert found.code == f"import math\n\n{F}\n\n{G}"


def test_of_two_versions_the_one_with_more_in_it_wins() -> None:
    assert extract_code(f"```python\n{F}```\nBetter:\n```python\n{F}\n\n{G}```").code == f"{F}\n\n{G}"


def test_a_fence_inside_a_docstring_does_not_end_the_block() -> None:
    code = 'def f():\n    """Do.\n\n```\nf()\n```\n    """\n    return 1\n'
    assert extract_code(f"```python\n{code}```\nDone.").code == code


def test_a_think_tag_inside_the_code_stays() -> None:
    code = 'def f(text):\n    return text.split("</think>")[-1]\n'
    assert extract_code(f"```python\n{code}```").code == code


@pytest.mark.parametrize("reply", ["", "I cannot help with that.", "Hello", "```\n```", "42", "<think>def f(): pass"])
def test_no_code_is_none(reply: str) -> None:
    assert extract_code(reply).code is None


def test_code_that_does_not_parse_is_kept_for_the_syntax_check() -> None:
    broken = "def f(:\n    return 1\n"
    assert extract_code(f"```python\n{broken}```").code == broken


def test_a_module_that_only_tests_or_shows_something_stays_whole() -> None:
    for code in (
        "def test_f():\n    assert f(1) == 2\n",
        "assert 1 < 2\n",
        f"{F}\n\nprint(f(1))\n",
        f'{F}\nif __name__ == "__main__":\n    main()\n',
    ):
        assert extract_code(f"```python\n{code}```").code == code


def test_a_cut_reply_is_not_whole() -> None:
    found = extract_code(f"```python\n{F}\n\ndef g(x):\n    return", cut_off=True)
    assert found.cut
    found = extract_code(f"```python\n{F}\n\n", cut_off=True)  # parses, and yet nobody knows what would have followed
    assert found.cut and found.code == F


def test_a_cut_in_the_prose_after_the_code_costs_nothing() -> None:
    found = extract_code(f"```python\n{F}```\nThis function adds", cut_off=True)
    assert found.code == F and not found.cut


def test_half_characters_and_nul_do_no_harm() -> None:
    found = extract_code('```python\nx = "\ud800"\n```')
    assert found.code is not None
    found.code.encode()
    assert extract_code("```python\nx = 1\0\n```").code is not None


def test_the_models_warnings_are_not_ours() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert extract_code('```python\nx = "\\d"\ny = 1 is 1\n```').code is not None


@pytest.mark.parametrize(
    "reply",
    [
        lambda size: "```python\n" * 500 * size,
        lambda size: "```python\n" + "(" * 6_000 * size,
        lambda size: "```python\nx = " + "-" * 6_000 * size + "1\n```",
        lambda size: "def f():\n    (\n" * 500 * size,
        lambda size: "x = 1\n" * 2_500 * size + "(",
        lambda size: "x = (\n" * 500 * size,
        lambda size: "```\n" * 400 * size + "```python\n(",
        lambda size: ("word " * 50 + "```") * 190 * size,
        lambda size: "a" * 50_000 * size + "```",
    ],
    ids=range(9),
)
def test_hostile_replies_cost_no_more_than_their_length(reply: Callable[[int], str], growth: Growth) -> None:
    assert growth(extract_code, reply) < 24


@given(st.text(alphabet=st.sampled_from("`~ \n\tdef():xp<think>/\"'#\r\ud800\0python"), max_size=300), st.booleans())
@example("```python\n```python\nx=1\n```\n```", False)
def test_never_fails_and_never_half(reply: str, cut_off: bool) -> None:
    found = extract_code(reply, cut_off=cut_off)
    if found.code is not None:
        found.code.encode()
        assert found.code.endswith("\n") and found.code.strip()


@given(st.lists(st.sampled_from([F, G, "import os\n", "LIMIT = 3\n", "class C:\n    pass\n"]), min_size=1, max_size=4))
def test_any_tagged_module_that_parses_comes_back_parsing(parts: list[str]) -> None:
    code = "\n\n".join(parts)
    found = extract_code(f"Here:\n```python\n{code}```\nthat is all")
    assert found.code is not None
    assert ast.dump(ast.parse(found.code)) == ast.dump(ast.parse(code))
