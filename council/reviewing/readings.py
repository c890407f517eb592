"""What a task leaves open, put to the seats of a panel: which of several outcomes does the task ask for?"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from council.reviewing.examining import Bar, Claim, in_own_order, put_claims
from council.reviewing.lures import find_steering, nonce_of
from council.reviewing.prompt import marked_text
from council.templating import Templates
from council.types.calls import Message
from council.types.examinations import Answer, CrossExamination
from council.types.findings import Finding, Severity
from council.types.reviews import ReviewOutcome, Seat
from council.types.submission import Submission


async def ask_readings(
    bar: Bar, seats: Sequence[Seat], number: int, where: str, choices: Sequence[str]
) -> tuple[int | None, tuple[str, ...], tuple[CrossExamination, ...]]:
    """Return the place of the right choice, the seats that say so, and every call.

    An outcome is right where more than half of the seats asked say that the task asks for it and for none of the
    others; two at least, unless one alone was asked. ``None`` where that is said of none.

    Args:
        bar: what the calls share; its submission holds the task.
        number: of the question, which gives the claims their ids.
        where: the input in words.
        choices: what is done there, in words: ``returns None``, ``raises ValueError``.
    """
    claims = tuple(
        Claim(
            finding=Finding(
                id=f"question-{number}-{place}",
                source="the task",
                severity=Severity.INFO,
                message=f"For the input below the right program {choice}.\n{where}",
            )
        )
        for place, choice in enumerate(choices, 1)
    )
    told = "\n".join(claim.finding.message for claim in claims)
    steering = await asyncio.to_thread(find_steering, bar.submission, told)
    async with asyncio.TaskGroup() as group:
        tasks = []
        for seat in seats:
            own = in_own_order(bar.submission, seat.name, claims)
            messages = _compose(bar.submission, own, bar.templates)
            tasks.append(group.create_task(put_claims(bar, seat, own, messages, steering, number)))
    calls = tuple(task.result() for task in tasks)
    chosen = {call.seat: _choice(call) for call in calls}
    counts = Counter(name for name in chosen.values() if name is not None)
    for place, claim in enumerate(claims):
        count = counts[claim.finding.id]
        if 2 * count > len(calls) and (count > 1 or len(calls) == 1):
            return place, tuple(seat for seat, name in chosen.items() if name == claim.finding.id), calls
    return None, (), calls


def _choice(call: CrossExamination) -> str | None:
    """Return the one claim that a seat says is asked for; who says so of two has said nothing."""
    if call.outcome is not ReviewOutcome.ANSWERED:
        return None
    asked = [ruling.finding_id for ruling in call.rulings if ruling.answer is Answer.ASKED]
    return asked[0] if len(asked) == 1 else None


def _compose(submission: Submission, claims: Sequence[Claim], templates: Templates) -> tuple[Message, ...]:
    values = {
        "nonce": nonce_of(submission),
        "task": marked_text(submission.task or ""),
        "claims": [marked_text(claim.finding.message) for claim in claims],
    }
    return (
        Message(role="system", content=templates.render("prompts/readings_system.txt.j2", values).strip() + "\n"),
        Message(role="user", content=templates.render("prompts/readings_user.txt.j2", values).strip() + "\n"),
    )
