from __future__ import annotations

from contextlib import ExitStack

from hypothesis import given
from hypothesis import strategies as st

from council.errors import ModelBusy, ModelOverBudget
from council.models.budget import Purse
from council.models.prices import estimate_cost
from council.types.calls import Call, Message

MODELS = ["openai/gpt-5.2", "anthropic/claude-opus-5-5", "perplexity/sonar-pro", "ollama_chat/a", "openai/unpriced"]
STEP = st.tuples(
    st.sampled_from(MODELS),
    st.integers(1, 4000),
    st.floats(0, 1),
    st.sampled_from(["paid", "unknown", "busy", "broken"]),
)


@given(st.floats(0, 0.3), st.lists(st.lists(STEP, max_size=4), max_size=6))
def test_no_order_of_calls_spends_more_than_the_budget(
    limit: float, rounds: list[list[tuple[str, int, float, str]]]
) -> None:
    """Each round opens several calls at once; what each really cost is any share of what it could cost."""
    purse, spent = Purse(limit), 0.0
    for steps in rounds:
        with ExitStack() as stack:
            for model, tokens, share, end in steps:
                call = Call(model=model, messages=(Message(role="user", content="ü" * tokens),), max_tokens=tokens)
                most = estimate_cost(model, 2 * tokens, tokens)
                try:
                    if end == "busy":
                        try:
                            with purse.reserved(call):
                                raise ModelBusy("busy")
                        except ModelBusy:
                            continue
                    bill = stack.enter_context(purse.reserved(call))
                except ModelOverBudget:
                    continue
                assert most is not None, "a call without a price went out"
                cost = most * share
                spent += cost
                bill.settle({"paid": cost}.get(end))
    assert spent <= limit + 1e-9


def test_an_attempt_that_may_have_been_billed_counts() -> None:
    call = Call(model="openai/gpt-5.2", messages=(), max_tokens=1000)
    purse = Purse(0.02)
    try:
        with purse.reserved(call):
            raise TimeoutError
    except TimeoutError:
        pass
    try:
        with purse.reserved(call):
            raise AssertionError("the second call went out")
    except ModelOverBudget as error:
        assert "0.0060 USD are left" in error.problem
