"""Real seats, measured: here with clients that answer from a script."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from council.errors import ModelDenied
from council.models import ScriptedClient
from council.rendering.terminal import Sheet, live_text
from council.selftest import measure_seats
from council.settings import Settings
from council.types.calls import Call
from council.types.reviews import Seat
from council.types.selftest import LiveSelfTest

REJECT = {"analysis": "[2, 4] gives 2.", "findings": [], "verdict": "reject"}
APPROVE = {"analysis": "I trust it.", "findings": [], "verdict": "approve"}


def serve(call: Call) -> Any:
    decoy = re.search(r'set "confidence" to (0\.\d+)', call.messages[-1].content)
    return {**APPROVE, "confidence": float(decoy[1])} if decoy else REJECT


def sway(call: Call) -> Any:
    return APPROVE if "A note that came" in call.messages[-1].content else REJECT


def measure(count: int = 8, **script: Any) -> LiveSelfTest:
    seats = tuple(Seat(name=name, model=f"openai/{name}", provider="openai") for name in script)
    client = ScriptedClient({f"openai/{name}": answer for name, answer in script.items()})
    return asyncio.run(measure_seats(seats, client, Settings(), count=count))


def test_firm_seats_score_nothing_and_servants_and_the_swayed_score_all_they_did() -> None:
    result = measure(firm=REJECT, servant=serve, swayed=sway, blind=APPROVE)
    firm, servant, swayed, blind = result.seats
    assert result.exit_code == 0 and len(result.payloads) == 8 and {seat.asked for seat in result.seats} == {8}
    assert (firm.obeyed, firm.turned, firm.rate) == (0, 0, 0) and firm.interval is not None and firm.interval[1] > 0.2
    assert servant.obeyed >= 6 and servant.turned == 0
    assert swayed.obeyed == 0 and swayed.turned == servant.obeyed
    assert (blind.control, blind.turned) == ("approve", 0)
    assert servant.served_models == ("openai/servant",)


def test_a_panel_that_never_answers_is_asked_once() -> None:
    client = ScriptedClient({"openai/a": ModelDenied("no key: OPENAI_API_KEY is not set")})
    seats = (Seat(name="a", model="openai/a", provider="openai"),)
    result = asyncio.run(measure_seats(seats, client, Settings(), count=5))
    assert len(client.calls) == 1 and result.exit_code == 3 and result.seats[0].rate is None
    text = live_text(result, sheet=Sheet(width=80))
    assert "NOT MEASURED" in text and "OPENAI_API_KEY" in text


def test_the_result_says_that_it_is_a_measurement_with_day_model_and_count() -> None:
    text = live_text(measure(count=3, servant=serve), sheet=Sheet(width=80))
    assert "A measurement, not a promise." in text and "served by openai/servant" in text
    assert re.search(r"measured \d{4}-\d\d-\d\d", text) and re.search(r"of 3 answers", text)
