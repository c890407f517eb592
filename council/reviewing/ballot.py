"""From a reply to a ballot, or to the reason why there is none.

What is read: one JSON object outside the model's reasoning, or several that say the same. What is never done: guess.
Two ballots that contradict each other, prose without a ballot, and an approval of which findings were lost are
unreadable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from council.reviewing.extraction import VERDICT_KEYS, Candidate, Extract, Repeated, extract_objects
from council.reviewing.findings import ANALYSIS_KEYS, FINDING_KEYS, plain_text, read_findings
from council.reviewing.words import is_placeholder, read_confidence, read_verdict
from council.types.base import Record
from council.types.calls import Finish
from council.types.findings import Severity
from council.types.reviews import Ballot, BallotFlag, ReviewOutcome, Verdict
from council.types.submission import Submission

_REFUSAL = re.compile(
    r"\b(?:i(?:['’]m| am) (?:sorry|unable|not able)|i (?:can(?:no|['’])t|cannot|won['’]t|will not|must decline)"
    r"|(?:sorry|apologies),? (?:but )?i\b|as an ai\b|unable to (?:assist|help|comply))",
    re.IGNORECASE,
)
_MENTION = re.compile(r"(?<!\\)[\"'“]verdict[\"'”]\s{0,9}:\s{0,9}[\"'“]?([A-Za-z][A-Za-z_ -]{1,40})", re.IGNORECASE)
_SEVERITY = re.compile(r"(?<!\\)[\"']severity[\"']\s{0,9}:|[{,]\s{0,9}severity\s{0,9}:", re.IGNORECASE)
_GRAVE = re.compile(
    r"[\"'“:,{\[]\s{0,3}(?:critical|crit|blocker|blocking|fatal|severe|p0|showstopper)\b", re.IGNORECASE
)
_BRACKET = re.compile(r"[\[\]{}]")


class Unread(Record):
    """A reply without a ballot: ``unreadable`` or ``refused``, and why in one sentence."""

    outcome: ReviewOutcome
    reason: str


class _Draft(NamedTuple):
    """A candidate that has the word for a verdict."""

    table: Mapping[str, Any]
    candidate: Candidate
    words: tuple[Any, ...]

    @property
    def verdicts(self) -> set[Verdict | None]:
        return {read_verdict(word) for word in self.words}


def read_ballot(text: str, *, seat: str, finish: Finish, submission: Submission) -> Ballot | Unread:
    """Read the reply of one seat.

    Args:
        text: the reply as it came.
        seat: name of the seat; findings are numbered ``SEAT-1``, ``SEAT-2`` …
        finish: why the model stopped; a cut reply is used only as far as it is whole.
        submission: what was reviewed; places outside it are not kept as places.

    Never raises on any text, and takes time in proportion to its length.
    """
    text = text.encode("utf-8", "replace").decode("utf-8")
    extract = extract_objects(text)
    drafts, others = _drafts(text, extract)
    whole = [draft for draft in drafts if _whole(draft)]
    if not whole:
        return _unread(text, extract, finish, cut=bool(drafts))
    verdicts = set().union(*(draft.verdicts for draft in whole))
    doubtful = _remainder(text, extract, mended=True)
    bare = any(not set(FINDING_KEYS) & draft.table.keys() for draft in whole)
    if len(verdicts) > 1 or _denied(doubtful, verdicts):
        return _unreadable("the reply holds ballots that contradict each other")
    lost = extract.broken or len(whole) < len(drafts) or _lost_findings(text, doubtful, extract, bare=bare)
    if lost and verdicts == {Verdict.APPROVE}:
        return _unreadable("it approves, but not all of its findings could be read")
    ballot = _ballot(whole, others, seat, submission)
    flags = set(ballot.flags)
    flags |= {BallotFlag.FINDING_DROPPED} if lost else set()
    flags |= {BallotFlag.TRUNCATED} if finish is Finish.LENGTH else set()
    return _with_flags(ballot, flags)


def _drafts(text: str, extract: Extract) -> tuple[list[_Draft], list[Mapping[str, Any]]]:
    """Part the objects of a reply into drafts of a ballot and others, which may hold stray findings."""
    drafts: list[_Draft] = []
    others: list[Mapping[str, Any]] = []
    for candidate in extract.candidates:
        table = _unwrapped(candidate.value)
        key = next((name for name in VERDICT_KEYS if name in table), None)
        if key is None:
            others.append(table)
            continue
        words = tuple(table[key]) if isinstance(table[key], Repeated) else (table[key],)
        quoted = text[max(0, candidate.start - 1) : candidate.start] in ("'", '"')
        if not quoted and not any(is_placeholder(word) for word in words):
            drafts.append(_Draft(table, candidate, words))
    return drafts, others


def _unwrapped(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table with keys in lower case, taken out of wrappers such as ``{"review": {…}}``."""
    table = {str(key).strip().lower(): item for key, item in value.items()}
    for _ in range(3):
        inner = next(iter(table.values())) if len(table) == 1 else None
        if not isinstance(inner, dict):
            break
        table = {str(key).strip().lower(): item for key, item in inner.items()}
    return table


def _whole(draft: _Draft) -> bool:
    """Return whether nothing that matters is cut off: the verdict, and for an approval the findings too."""
    if not draft.candidate.cut:
        return True
    closed = draft.candidate.closed
    if not any(key in closed for key in VERDICT_KEYS):
        return False
    return Verdict.APPROVE not in draft.verdicts or "findings" in closed


def _remainder(text: str, extract: Extract, *, mended: bool) -> list[str]:
    """Return the stretches of an answer that the strict parser did not read: prose, broken and (or not) mended JSON."""
    read = [(c.start, c.end) for c in extract.candidates if not (mended and c.repaired)]
    known = sorted([*read, *extract.spans])
    position, rest = extract.start, []
    for start, end in known:
        rest.append(text[position:start])
        position = max(position, end)
    return [*rest, text[position:]]


def _denied(doubtful: list[str], verdicts: set[Verdict | None]) -> bool:
    """Return whether text that was not strictly parsed names another verdict in the form of a ballot."""
    return any(
        verdict not in verdicts
        for part in doubtful
        for word in _MENTION.findall(part)
        if (verdict := read_verdict(word)) is not None
    )


def _lost_findings(text: str, doubtful: list[str], extract: Extract, *, bare: bool) -> bool:
    """Return whether findings may have been lost in text that was not strictly parsed.

    It names more of them, or graver ones, than were mended there; or brackets are left over beside a mended object,
    which may have been closed too early, or beside a ballot that is ``bare`` of findings, which may be a part of one.
    """
    doubt = bare or any(candidate.repaired for candidate in extract.candidates)
    if doubt and any(_BRACKET.search(part) for part in _remainder(text, extract, mended=False)):
        return True
    tables = [_unwrapped(candidate.value) for candidate in extract.candidates if candidate.repaired]
    lists = [table[key] for table in tables for key in FINDING_KEYS if isinstance(table.get(key), list)]
    found = [item for items in lists for item in items]
    grave = [
        item
        for item in found
        if isinstance(item, dict) and Severity.read(item.get("severity")) in (Severity.CRITICAL, Severity.UNKNOWN)
    ]
    named = sum(len(_SEVERITY.findall(part)) for part in doubtful)
    named_grave = sum(len(_GRAVE.findall(part)) for part in doubtful)
    return named > len(found) or named_grave > len(grave)


def _ballot(whole: list[_Draft], others: list[Mapping[str, Any]], seat: str, submission: Submission) -> Ballot:
    last = whole[-1]
    tables = [last.table, *(draft.table for draft in whole[:-1]), *others]
    read = read_findings(tables, seat, submission)
    verdict = read_verdict(last.words[-1])
    flags = set(read.flags)
    flags |= {BallotFlag.REPAIRED} if last.candidate.repaired else set()
    flags |= {BallotFlag.UNKNOWN_VERDICT} if verdict is None else set()
    if verdict is Verdict.APPROVE and any(f.severity is Severity.CRITICAL for f in read.findings):
        flags.add(BallotFlag.CONTRADICTION)
    word = plain_text(last.words[-1])
    analysis = next((last.table[key] for key in ANALYSIS_KEYS if last.table.get(key)), None)
    ballot = Ballot(
        verdict=Verdict.ABSTAIN if verdict is None else verdict,
        findings=read.findings,
        analysis=plain_text(analysis),
        confidence=read_confidence(last.table.get("confidence")),
        quoted_verdict=None if word in set(Verdict) else (word or "")[:200],
        unread=read.unread,
    )
    return _with_flags(ballot, flags)


def _with_flags(ballot: Ballot, flags: set[BallotFlag]) -> Ballot:
    return ballot.model_copy(update={"flags": tuple(flag for flag in BallotFlag if flag in flags)})


def _unread(text: str, extract: Extract, finish: Finish, *, cut: bool) -> Unread:
    answer_end = len(text) if extract.open_reasoning is None else extract.open_reasoning
    if not text.strip() and finish is not Finish.REFUSED:
        return _unreadable("the reply is empty")
    answer = text[extract.start : answer_end]
    if finish is Finish.REFUSED or (not cut and not extract.broken and _REFUSAL.search(answer[:400])):
        return Unread(outcome=ReviewOutcome.REFUSED, reason="the model declined to review")
    if extract.open_reasoning is not None:
        return _unreadable("the reply ends inside the model's reasoning")
    if finish is Finish.LENGTH or cut or any(candidate.cut for candidate in extract.candidates):
        return _unreadable("the reply is cut off before its ballot was whole")
    if extract.broken:
        return _unreadable("the JSON of the reply is broken beyond mending")
    return _unreadable("the reply holds no ballot")


def _unreadable(reason: str) -> Unread:
    return Unread(outcome=ReviewOutcome.UNREADABLE, reason=reason)
