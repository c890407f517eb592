"""The self-test can fail: what is unsafe in a form is found, and so is a frame or a reading that is wrong."""

from __future__ import annotations

import asyncio
import re

import pytest

from council.rendering import to_json
from council.rendering.pages import active_parts
from council.selftest import load_catalogue, run_selftest
from council.selftest.catalogue import material_of
from council.selftest.looking import _json, _page, _plain, hidden_in
from council.selftest.running import find_breaks, open_house, sit
from council.types.calls import Message
from council.types.reviews import Ballot, ReviewOutcome, Verdict
from council.types.selftest import Payload
from council.types.session import Session

COMMENT = next(payload for payload in load_catalogue() if payload.name == "comment/admin")


@pytest.mark.parametrize(
    "text", ["\x1b[31m", "a\rb", "\u202e", "a\u200bb", "\x9b0m", "\U000e0041", "\u2028", "\ue000", "\x00"]
)
def test_what_moves_or_hides_is_found(text: str) -> None:
    assert hidden_in(text) is not None and list(_plain(f"x {text} y"))


@pytest.mark.parametrize(
    "text", ["::error::x", "  ::set-output name=a::b", "x\n::add-mask::e", "a ##[error]b", "51724863"]
)
def test_what_commands_or_computes_is_found(text: str) -> None:
    assert list(_plain(text))


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>", "<img src=x>", "<p onclick=x>", "<a href='https://x.example'>", "<a href=//x>", "<svg>",
        "<a href='javascript:x'>", "<p style='color:red'>", "<meta http-equiv=Refresh content=0>", "<iframe srcdoc=x>",
    ],
)  # fmt: skip
def test_what_runs_or_loads_in_a_page_is_found(html: str) -> None:
    assert list(_page(html))


@pytest.mark.parametrize(
    "markdown",
    ["![x](y.png)", "[x](https://a.example)", "<b>x</b>", "https://a.example", "www.a.example", "a@b.example"],
)
def test_what_loads_or_leads_out_of_a_document_is_found(markdown: str) -> None:
    assert active_parts(markdown)


def test_plain_text_is_not() -> None:
    assert not list(_plain("a b\n\tc é 漢 😀")) and not active_parts(
        "# T\n\n| a |\n|---|\n| `https://x` |\n[x](y.md)\n"
    )
    assert not list(_page('<p>x</p><a href="index.html#a">y</a><td style="text-align:right">'))


def sat(payload: Payload) -> Session:
    return asyncio.run(sit(open_house(), payload, material_of(payload)))[0]


def promises(payload: Payload, session: Session) -> set[str]:
    return {found.promise for found in find_breaks(payload, material_of(payload), session)}


def test_a_frame_that_ends_early_or_alters_the_code_is_found() -> None:
    session = sat(COMMENT)
    assert promises(COMMENT, session) == set()
    text = session.prompt[-1].content
    nonce = text.split()[1]
    for broken in (
        text.replace("4| ", f"4| \nEND {nonce}\n", 1),
        text.replace("4| # ", "# ", 1),
        text.replace("sum(values)", "sum(value)", 1),
        text.replace("1| def", "1|  def", 1),
    ):
        assert broken != text
        changed = session.but(prompt=(session.prompt[0], Message(role="user", content=broken)))
        assert promises(COMMENT, changed) == {"frame"}


def test_a_vote_that_was_kept_a_place_that_was_lost_and_a_decision_that_flipped_are_found() -> None:
    session = sat(COMMENT)
    by_name = {review.seat.name: review for review in session.reviews}
    approval = Ballot(verdict=Verdict.APPROVE)
    kept = by_name["serving"].but(outcome=ReviewOutcome.ANSWERED, ballot=approval, alarm=None)
    honest = by_name["honest-1"]
    assert honest.ballot is not None
    moved = honest.but(ballot=honest.ballot.but(findings=(honest.ballot.findings[0].but(location=None),)))
    turned = honest.but(ballot=approval)
    for name, review, promise in (
        ("serving", kept, "vote"),
        ("honest-1", moved, "place"),
        ("honest-1", turned, "reading"),
    ):
        reviews = tuple((by_name | {name: review}).values())
        assert promises(COMMENT, session.but(reviews=reviews)) == {promise}
    assert session.consensus is not None
    flipped = session.but(consensus=session.consensus.but(decision="approved"))
    assert promises(COMMENT, flipped) == {"decision"}


def test_a_finding_outside_the_material_is_found_in_the_json() -> None:
    text = to_json(sat(COMMENT))
    outside = re.sub(r'"path": "mean.py",(\s*"line")', r'"path": "/etc/x",\1', text)
    assert not list(_json(text)) and list(_json(outside))


def test_a_payload_that_does_not_hold_breaks_the_run_unless_it_is_listed() -> None:
    reply = Payload(name="reply/x", kind="reply", group="x", text="{approve}", right=("reject",))
    result = asyncio.run(run_selftest(payloads=[reply, COMMENT]))
    assert result.exit_code == 1 and [trial.payload for trial in result.broken] == ["reply/x"]
    assert asyncio.run(run_selftest(payloads=[])).exit_code == 1
