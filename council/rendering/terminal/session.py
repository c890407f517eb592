"""A sitting as people see it: checks, seats, concerns, and last the decision with what to type next."""

from __future__ import annotations

from collections.abc import Sequence

from council.rendering.public import PublicReview, PublicSession, public_session
from council.rendering.terminal.page import WIDEST, Page, Part, Sheet
from council.rendering.terminal.probe import write_probe
from council.rendering.terminal.report import write_checks
from council.rendering.terminal.versions import write_versions
from council.rendering.testimony import pick_words
from council.rendering.words import (
    NOT_EXECUTED,
    attempt_words,
    concern_words,
    cost_total,
    cost_words,
    decision_facts,
    decision_words,
    evidence_lines,
    examination_words,
    executed,
    fix_lines,
    gaps,
    question_words,
    replay_words,
    revision_words,
    ruling_words,
    same_words,
    seat_notes,
    seat_reason,
    seat_words,
    source_words,
    statement_words,
    trust_words,
    verdict_words,
)
from council.templating import seconds
from council.text import one_line, plural
from council.types.consensus import Concern, EvidenceState
from council.types.findings import Severity
from council.types.reviews import Verdict
from council.types.session import Session

Steps = Sequence[tuple[str, str]]
_SEVERITY = {Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.UNKNOWN: "red", Severity.MEDIUM: "yellow"}
_VERDICT = {Verdict.APPROVE: "green", Verdict.REQUEST_CHANGES: "yellow", Verdict.REJECT: "red", Verdict.ABSTAIN: "dim"}
_SHOWN_LINES = 40


def write_session(session: Session, steps: Steps, sheet: Sheet) -> Page:
    """Return the page of a session; ``steps`` are commands worth typing next, each with what it is good for."""
    public, page = public_session(session), Page(sheet)
    _write_head(page, public)
    if public.generation is not None:
        _write_attempts(page, public)
    if session.validation is not None:
        write_checks(page, public.checks, public.sandbox, public.checks_duration_s)
    if public.probe is not None:
        write_probe(page, public.probe)
    if public.reviews:
        _write_seats(page, public)
    if public.versions is not None:
        write_versions(page, public.versions)
    if public.concerns:
        _write_concerns(page, public)
    _write_statement(page, public)
    _write_decision(page, public)
    write_steps(page, steps)
    return page


def write_generation(session: Session, target: str | None, sheet: Sheet) -> Page:
    """Return the page that goes beside the written code: every attempt, the checks of the one kept, the file."""
    page = write_session(session, (), sheet)
    if target is not None and session.submission.files:
        page.wrap(f"written to {target}", indent=2)
    return page


def write_concern(concern: Concern, session: Session, sheet: Sheet) -> Page:
    """Return everything that was said and run about one concern."""
    public, page = public_session(session), Page(sheet)
    clean = next((one for one in public.concerns if one.id == concern.id), concern)
    place = f"  {clean.location}" if clean.location else ""
    page.wrap((clean.severity.value, _SEVERITY.get(clean.severity, "")), place, lead=(f"Concern {clean.id}  ",))
    page.wrap((clean.title, "bold"))
    page.wrap(concern_words(clean))
    if clean.state is EvidenceState.NOT_ATTEMPTED:
        page.wrap("Not executed: this is what the seats say.")
    for finding in clean.members:
        page.title(finding.source, finding.severity.value, str(finding.location or ""))
        page.wrap(finding.message, indent=2)
        if finding.explanation:
            page.wrap(finding.explanation, indent=2)
        for title, field in (("Counterexample", "counterexample"), ("Fix as the seat wrote it", "fix")):
            same = same_words(clean, finding, field) if getattr(finding, field) else None
            if same is not None:
                page.wrap(f"{title}: {same}", indent=2)
            else:
                _write_code(page, title, getattr(finding, field))
    for run in clean.evidence:
        page.title(f"Evidence: {verdict_words(run.state)}", ", ".join(run.confirmed_by))
        for line in evidence_lines(run):
            page.wrap(line, indent=2)
        _write_code(page, "Output", run.output)
        _write_code(page, "The fix as a patch", run.fix.patch if run.fix else None)
    rulings = ruling_words(clean, public)
    if rulings:
        page.title("Put to the other seats", question_words(clean))
    for seat, ruling, grounds in rulings:
        page.wrap(f"{seat}: {ruling}" + (f": {one_line(grounds, 600)}" if grounds else ""), indent=2)
    return page


def write_steps(page: Page, steps: Steps) -> None:
    """Add commands to copy, each with what it is good for; a command is never cut or wrapped."""
    width = page.column(
        [command for command, _ in steps if len(command) <= page.sheet.width // 2], page.sheet.width // 2
    )
    for command, why in steps:
        if page.column([command], WIDEST) <= width:
            page.wrap((why, "dim"), lead=((page.pad(command, width), "bold"), "  "))
        else:
            page.whole((command, "bold"))
            page.wrap((why, "dim"), indent=4)


def _write_head(page: Page, session: PublicSession) -> None:
    seats = f" ({plural(len(session.seats), 'seat')})" if session.seats else ""
    panel = f" · panel {session.panel}{seats}" if session.panel else f" · {plural(len(session.seats), 'seat')}"
    sat = panel if session.seats else ""
    facts = f"  policy {session.policy}{sat} · session {session.session_id}"
    page.wrap((source_words(session), "bold"), f" · {facts.strip()}")
    if session.generation is not None:
        page.wrap(f"task: {one_line(session.task or 'none', 300)}")
    replayed = replay_words(session)
    if replayed:
        page.wrap((replayed, "yellow"))


def _write_attempts(page: Page, session: PublicSession) -> None:
    written = session.generation
    if written is None:
        return
    page.title("Attempts", "" if session.duration_s is None else seconds(session.duration_s))
    rows: list[tuple[Part, ...]] = []
    for attempt in written.attempts:
        tokens = "-" if attempt.completion_tokens is None else plural(attempt.completion_tokens, "token")
        spent = "-" if attempt.duration_s is None else seconds(attempt.duration_s)
        cut = " (cut off)" if attempt.truncated else ""
        ending = (attempt_words(attempt, written.chosen) + cut, "" if attempt.number == written.chosen else "dim")
        rows.append((str(attempt.number), attempt.tier, attempt.model, f"{spent:>7}", f"{tokens:>10}", ending))
    page.table(rows)
    if not rows:
        page.wrap("none", indent=2)
    for line in () if written.pick is None else pick_words(written.pick):
        page.wrap(line, indent=2)


def _write_seats(page: Page, session: PublicSession) -> None:
    asked = [review.duration_s for review in session.reviews if review.attempts and review.duration_s is not None]
    page.title("Seats", seconds(max(asked)) if asked else "", cost_total(session.cost))
    width = page.column([review.seat.name for review in session.reviews], 30)
    for review in session.reviews:
        reason = seat_reason(review)
        if reason is not None:
            page.wrap((reason, "yellow"), lead=(page.pad(review.seat.name, width), "  "), indent=2)
            continue
        _write_vote(page, review, width)
        for note in seat_notes(review, session):
            page.wrap((note, "yellow"), indent=width + 4)
    if session.cost.unknown:
        page.wrap(f"cost: {cost_words(session.cost)}", indent=2)


def _write_vote(page: Page, review: PublicReview, width: int) -> None:
    ballot = review.ballot
    count = plural(len(ballot.findings), "finding") if ballot else ""
    verdict = review.verdict or Verdict.ABSTAIN
    spent = "" if review.duration_s is None else seconds(review.duration_s)
    name, words = page.pad(review.seat.name, width), f"{seat_words(review):<15}"
    page.wrap(f"{spent:>9}   {count}", lead=(name, "  ", (words, _VERDICT[verdict])), indent=2)


def _write_concerns(page: Page, session: PublicSession) -> None:
    page.title("Concerns")
    places = [str(concern.location) if concern.location else "" for concern in session.concerns]
    width = page.column(places, 28)
    for concern, place in zip(session.concerns, places, strict=True):
        number = "-" if concern.state is EvidenceState.REFUTED else concern.id
        style = _SEVERITY.get(concern.severity, "")
        lead: tuple[Part, ...] = (
            f"{number:<3}",
            (f"{concern.severity.value:<9} ", style),
            f"{page.pad(place, width)}  ",
        )
        page.wrap(one_line(concern.title, 300), lead=lead if width else lead[:2], indent=2)
        page.wrap((concern_words(concern, executed(session)), "dim"), indent=5)
        for line in fix_lines(concern):
            page.wrap((line, "dim"), indent=5)
    if not executed(session):
        page.wrap((NOT_EXECUTED, "dim"), indent=2)
    put = examination_words(session)
    if put:
        page.wrap((put, "dim"), indent=2)


def _write_statement(page: Page, session: PublicSession) -> None:
    words = statement_words(session)
    if session.statement is None or words is None:
        return
    page.title("Council quote")
    for paragraph in session.statement.paragraphs:
        page.wrap(paragraph, indent=2)
    page.wrap((words.removeprefix("Council quote, "), "dim"), indent=2)


def _write_decision(page: Page, session: PublicSession) -> None:
    page.gap()
    style = {0: "bold green", 1: "bold red"}.get(session.exit_code, "bold magenta")
    facts = list(decision_facts(session))
    if session.exit_code == 3:
        facts.append("exit 3")
    page.wrap(" · ".join(facts), lead=((decision_words(session), style), "   "))
    changed = revision_words(session)
    if changed:
        page.wrap((changed, "bold"), indent=2)
    for reason in session.reasons:
        page.wrap(reason, lead=("- ",), indent=2)
    for sentence in session.revision.undone if session.revision else ():
        page.wrap((sentence, "yellow"), lead=("note: ",), indent=2)
    trust = trust_words(session)
    if trust is not None:
        page.wrap((trust, "dim"), indent=2)
    for gap in gaps(session):
        page.wrap((gap, "yellow"), lead=("note: ",), indent=2)
    for one in session.dissent:
        why = f": {one.reason}" if one.reason else ""
        page.wrap(f"{one.seat} says {verdict_words(one.verdict)}{why}", lead=("dissent: ",), indent=2)


def _write_code(page: Page, title: str, text: str | None) -> None:
    if not text:
        return
    lines = text.rstrip("\n").split("\n")
    page.wrap((f"{title}:", "dim"), indent=2)
    page.code("\n".join(lines[:_SHOWN_LINES]), indent=4)
    if len(lines) > _SHOWN_LINES:
        page.add(f"and {plural(len(lines) - _SHOWN_LINES, 'more line')}", indent=4)
