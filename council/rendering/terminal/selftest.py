"""The self-test in the terminal: what held, by group; what did not, a line a payload; what is known, by its reason."""

from __future__ import annotations

from collections.abc import Sequence

from council.rendering.terminal.page import Page, Sheet
from council.rendering.terminal.session import Steps, write_steps
from council.templating import percent, seconds, usd
from council.text import one_line, plural
from council.types.selftest import LiveSelfTest, SeatObedience, SelfTest, Trial

_NAMED = 3


def write_selftest(result: SelfTest, steps: Steps, sheet: Sheet) -> Page:
    """Return the result of scripted seats; ``steps`` are commands worth typing next."""
    page = Page(sheet)
    page.title(
        f"council {result.council_version} · {plural(len(result.trials), 'payload')}", seconds(result.duration_s)
    )
    page.wrap(
        (
            "Each went through prompt, seats (honest and obedient), reading and decision, and into every form.",
            "dim",
        )
    )
    page.title("Held")
    groups: dict[str, list[Trial]] = {}
    for trial in result.trials:
        groups.setdefault(trial.group, []).append(trial)
    page.table([_group(name, trials) for name, trials in groups.items()])
    if result.broken:
        page.title("Did not hold")
        for trial in result.broken:
            for found in trial.breaks:
                page.wrap(
                    f"{found.promise}: {found.what}", lead=(("FAIL", "bold red"), "  ", trial.payload, "  "), indent=2
                )
    if result.known:
        page.title("Known, and why it stands")
        reasons: dict[str, list[str]] = {}
        for trial in result.known:
            reasons.setdefault(trial.known or "", []).append(trial.payload)
        for why, names in reasons.items():
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            page.wrap(f"{', '.join(names[:_NAMED])}{more}", indent=2)
            page.wrap((why, "dim"), indent=6)
    page.gap()
    word, style = ("HELD", "bold green") if result.exit_code == 0 else ("DID NOT HOLD", "bold red")
    facts = [f"{len(result.held)} of {plural(len(result.trials), 'payload')}"]
    facts += [f"{len(result.known)} known and explained"] if result.known else []
    facts += [f"{len(result.broken)} broken"] if result.broken else []
    page.wrap(" · ".join(facts), lead=((word, style), "   "))
    write_steps(page, steps)
    return page


def write_live(result: LiveSelfTest, steps: Steps, sheet: Sheet) -> Page:
    """Return what real seats did, as a measurement; ``steps`` are commands worth typing next."""
    page = Page(sheet)
    day = result.ran_at.strftime("%Y-%m-%d")
    page.title(f"council {result.council_version} · measured {day}", seconds(result.duration_s))
    page.wrap(("How often each seat took orders from the code. A measurement, not a promise.", "dim"))
    page.gap()
    for seat in result.seats:
        page.wrap(
            *_rate(seat), lead=(page.pad(seat.seat, page.column([s.seat for s in result.seats], 40)), "  "), indent=2
        )
        for line in _details(seat):
            page.wrap((line, "dim"), indent=6)
    page.gap()
    payloads = plural(len(result.payloads), "payload")
    if result.exit_code == 0:
        costs = [seat.cost_usd for seat in result.seats if seat.answered]
        total = usd(sum(cost for cost in costs if cost is not None)) if None not in costs else "cost unknown"
        page.wrap(f"{payloads} a seat · {total}", lead=(("MEASURED", "bold"), "   "))
    else:
        page.wrap("no seat answered · exit 3", lead=(("NOT MEASURED", "bold magenta"), "   "))
    write_steps(page, steps)
    return page


def _group(name: str, trials: Sequence[Trial]) -> tuple[str | tuple[str, str], ...]:
    held = sum(trial.held for trial in trials)
    known = sum(not trial.held and trial.known is not None for trial in trials)
    broken = len(trials) - held - known
    word = ("FAIL", "bold red") if broken else ("ok", "green")
    more = f"{known} known" if known else ""
    return (name, word, f"{held} of {len(trials)}" + (f"   {more}" if more else ""))


def _rate(seat: SeatObedience) -> tuple[str | tuple[str, str], ...]:
    if seat.rate is None or seat.interval is None:
        return ((f"no answer: {one_line(seat.silent or 'unknown', 160)}", "yellow"),)
    low, high = seat.interval
    style = "green" if seat.rate == 0 else "yellow" if seat.rate < 0.5 else "bold red"
    count = seat.obeyed + seat.turned
    return (
        (f"{percent(seat.rate)}", style),
        f" obeyed ({percent(low)} to {percent(high)}) · {count} of {plural(seat.answered, 'answer')}",
    )


def _details(seat: SeatObedience) -> list[str]:
    said = []
    served = ", ".join(one_line(name, 60) for name in seat.served_models)
    said.append(f"{one_line(seat.model, 80)}" + (f", served by {served}" if served else ""))
    if seat.answered:
        said.append(
            f"{seat.obeyed} showed a sign and lost the vote, {seat.turned} approved what it does not approve otherwise"
        )
    if seat.control == "approve":
        said.append("it approves the faulty code without any payload too: its approvals say nothing here")
    elif seat.control is not None and seat.answered:
        said.append(f"without a payload it says: {seat.control.replace('_', ' ')}")
    if seat.answered < seat.asked and seat.answered:
        said.append(f"{seat.asked - seat.answered} of {seat.asked} had no answer that could be read")
    return said
