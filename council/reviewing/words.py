"""The words that models use for a verdict and for how sure they are."""

from __future__ import annotations

import re

from council.types.reviews import Verdict

_VERDICTS = {
    word: verdict
    for verdict, words in {
        Verdict.APPROVE: "approve|approved|approves|approval|accept|accepted|accepts|lgtm|looks good to me|ship it|pass"
        "|passed|merge|ok to merge|approve with nits|approve with comments|approve with suggestions"
        "|approved with comments|approved with suggestions",
        Verdict.REQUEST_CHANGES: "request changes|requests changes|requested changes|changes requested|change requested"
        "|request change|needs changes|need changes|needs work|needs revision|needs improvement|needs fixes"
        "|changes needed|changes required|changes|revise|revision|approve with changes|approved with changes"
        "|approve after changes|conditional approval|conditionally approved|not approved|not yet approved"
        "|not approve|do not approve|disapprove|disapproved|unapproved",
        Verdict.REJECT: "reject|rejected|rejects|rejection|deny|denied|decline|declined|block|blocked|fail|failed"
        "|do not merge|not accepted|nack",
        Verdict.ABSTAIN: "abstain|abstained|abstention|abstains|comment|comments|neutral|unsure|uncertain|undecided"
        "|no opinion|cannot judge|unable to judge|unknown|n/a|skip|pending",
    }.items()
    for word in words.split("|")
}
_CONFIDENCES = {
    "certain": 1.0,
    "very high": 0.95,
    "high": 0.85,
    "medium": 0.6,
    "moderate": 0.6,
    "low": 0.3,
    "very low": 0.1,
}
_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,10})?)\s*(%|percent)?")


def read_verdict(word: object) -> Verdict | None:
    """Return the verdict a word stands for, or ``None`` when the whole of it is in no list.

    Only whole values count: ``The change is not yet approved.`` holds the word approved and is no approval.

    >>> read_verdict("LGTM!"), read_verdict("The change is not yet approved.")
    (<Verdict.APPROVE: 'approve'>, None)
    """
    if not isinstance(word, str) or len(word) > 80:
        return None
    text = " ".join(word.lower().replace("_", " ").replace("-", " ").split())
    return _VERDICTS.get(text.strip(" \t.!*`'\"[](){}:#✅❌"))


def is_placeholder(word: object) -> bool:
    """Return whether a verdict is the form itself copied out: ``approve | reject``, ``<verdict>``, ``...``.

    >>> is_placeholder("approve|request_changes|reject"), is_placeholder("approve")
    (True, False)
    """
    return isinstance(word, str) and ("|" in word or word.strip() in ("", "...", "…") or word.strip().startswith("<"))


def read_confidence(value: object) -> float | None:
    """Return how sure a seat says it is, 0 to 1, or ``None``. Reads fractions, percent, and a few words.

    A bare number above 1 and up to 10 could be a percentage or a mark out of ten, so it is not read.

    >>> read_confidence(0.8), read_confidence("85 %"), read_confidence("high"), read_confidence(7)
    (0.8, 0.85, 0.85, None)
    """
    if isinstance(value, bool) or value is None:
        return None
    text = str(value).strip().lower()
    if text in _CONFIDENCES:
        return _CONFIDENCES[text]
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    number, percent = float(match[1]), match[2] is not None
    if not percent and number <= 1:
        return number
    return number / 100 if number <= 100 and (percent or number > 10) else None
