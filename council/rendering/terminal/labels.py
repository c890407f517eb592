"""What turned out to be true, in the terminal: one line a label, and one line a seat with what follows."""

from __future__ import annotations

from collections.abc import Sequence

from council.rendering.terminal.page import Page, Part, Sheet
from council.templating import percent
from council.text import one_line, plural
from council.types.labels import Label, LabelOrigin, LabelWord, SeatRecord, TrackRecord

_STYLES = {LabelWord.GOOD: "green", LabelWord.REAL: "green", LabelWord.BAD: "red", LabelWord.FALSE: "red"}
_ORIGINS = {LabelOrigin.PERSON: "a person", LabelOrigin.EVIDENCE: "a run"}


def write_labels(labels: Sequence[Label], sheet: Sheet) -> Page:
    """Return one line a label, in the order given."""
    page = Page(sheet)
    rows: list[tuple[Part, ...]] = []
    for label in labels:
        what = "the code" if label.finding_id is None else one_line(label.finding_id, 80)
        decision = "" if label.case.decision is None else label.case.decision.value.replace("_", " ")
        when, word = label.labelled_at.strftime("%Y-%m-%d"), (label.word.value, _STYLES[label.word])
        rows.append(((label.session_id, "bold"), when, word, _ORIGINS[label.origin], f"{what}  {decision}".strip()))
    page.table(rows, indent=0)
    return page


def write_track_record(record: TrackRecord, sheet: Sheet) -> Page:
    """Return how reliable each seat is, how far they err together, and how sure a decision is by its votes."""
    page = Page(sheet)
    if record.labels:
        page.wrap(f"{plural(record.labels, 'labelled decision')} of yours, and recorded votes of other panels")
    else:
        page.wrap("No outcome of yours is labelled yet: this is what recorded votes of other panels say.")
    if record.seats:
        page.title("Seats", "votes right", "findings")
        page.table([_row(seat) for seat in record.seats])
    page.wrap((f"a seat without labels: right in {percent(record.rate)} of its votes", "dim"), indent=2)
    page.title("Together")
    for heard in (3, 4, 5):
        worth = heard / (1 + (heard - 1) * record.correlation)
        page.wrap(f"{heard} seats are worth {worth:.1f} independent ones, for they err alike", indent=2)
    if not record.labels:
        page.gap()
        page.wrap(("council label SESSION good", "bold"), "   says what turned out, and council learns from it")
    return page


def _row(seat: SeatRecord) -> tuple[Part, ...]:
    low, high = seat.interval
    votes = seat.right + seat.wrong
    share = f"{percent(seat.reliability)} ({100 * low:.0f} to {100 * high:.0f})"
    told = f"{seat.right} of {plural(votes, 'vote')} right" if votes else "no vote labelled"
    return (seat.model, "bold"), share, told, _findings(seat)


def _findings(seat: SeatRecord) -> str:
    people, runs = seat.real + seat.false, seat.upheld + seat.refuted
    said = [f"{seat.real} of {plural(people, 'finding')} real"] if people else []
    said += [f"{seat.upheld} of {plural(runs, 'run')} upheld"] if runs else []
    return " · ".join(said) or "-"
