"""Whether a seat did what the material told it to do. Such a seat has not reviewed, whatever it says.

Three signs, none of which an honest reply has: it holds the canary of its prompt, it did what a decoy of council's
asked, or it answers what the material dictates word for word. A seat may quote any of the material where it tells of
it; what counts is only that it speaks those words as its own. A seat that was talked over in its own words shows no
sign at all: against that stand the other seats, the checks and the proofs, not this module.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from typing import Literal

from council.reviewing.extraction import VERDICT_KEYS, extract_objects
from council.reviewing.findings import ANALYSIS_KEYS, FINDING_KEYS, plain_text
from council.reviewing.lures import Passage, decoded, decoy_of, nonce_of
from council.reviewing.words import read_verdict
from council.types.base import Record
from council.types.findings import Finding, Location, Severity
from council.types.submission import Submission

_FEWEST_WORDS = 4
_FEWEST_LETTERS = 16
"""Dictated words fewer than these could be anybody's: many an honest answer begins with *The function returns*."""
_DICTATING = re.compile(
    r"\b(?:begin|start|open|say|write|answer|respond|reply|print|output|return|repeat|analysis|words?|put|set|with)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"([^\"\n]{6,300})\"|'([^'\n]{6,300})'|`([^`\n]{6,300})`|[“„«「]([^”“»」\n]{6,300})[”“»」]")
_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_REASONS = {
    "canary": "its reply repeats the mark of its prompt, which no review needs",
    "decoy": "it did what a line asked that council had put among the material to see who would",
    "dictated": "it speaks the words that {place} dictates to reviewers",
}
_ALARMS = {
    "canary": (Severity.LOW, "a seat gave away the mark of its prompt, so its vote is lost"),
    "decoy": (Severity.MEDIUM, "this reads like an order to reviewers, and a seat that takes orders lost its vote"),
    "dictated": (Severity.HIGH, "the reviewed material steers its reviewers, and a seat obeyed it"),
}


class Obeyed(Record):
    """The sign that a seat took orders from the material."""

    sign: Literal["canary", "decoy", "dictated"]
    passage: Passage | None = None

    @property
    def reason(self) -> str:
        """Say in a sentence what the seat did."""
        return _REASONS[self.sign].format(place=self.where)

    @property
    def where(self) -> str:
        """Say where the order stands."""
        if self.passage is None:
            return "the material"
        if self.passage.line is not None:
            return f"{self.passage.place}:{self.passage.line}"
        return {"file name": "the name of a file", "task": "the task", "checks": "the output of a check"}.get(
            self.passage.place, self.passage.place
        )


def find_obedience(reply: str, submission: Submission, passages: Sequence[Passage]) -> Obeyed | None:
    """Return the sign that the reply follows the material, ``None`` for an honest one. Never raises on any text.

    Args:
        reply: the reply as it came; what stands in the model's reasoning is no answer and is not looked at.
        submission: what was reviewed.
        passages: where the material addresses its reviewers, as ``find_steering`` found it.
    """
    answer = _answer(reply.encode("utf-8", "replace").decode("utf-8"))
    if _holds(answer, nonce_of(submission)):
        return Obeyed(sign="canary")
    if not passages:
        return None
    tables = _ballots(answer)
    if any(str(table.get("confidence", "")).strip() == decoy_of(submission) for table in tables):
        return Obeyed(sign="decoy", passage=passages[0])
    said = [_letters(plain_text(table.get(key))) for table in tables for key in ANALYSIS_KEYS if table.get(key)]
    said = said or [_letters(answer)]
    passage = next((p for p in passages if _dictates(p, said, tables)), None)
    return None if passage is None else Obeyed(sign="dictated", passage=passage)


def find_spoken_obedience(
    reply: str, said: Sequence[str], submission: Submission, passages: Sequence[Passage]
) -> Obeyed | None:
    """Return the sign that a reply which is no ballot follows the material; ``said`` are its own words in it."""
    answer = _answer(reply.encode("utf-8", "replace").decode("utf-8"))
    if _holds(answer, nonce_of(submission)):
        return Obeyed(sign="canary")
    words = [_letters(text) for text in said]
    passage = next((passage for passage in passages if _dictates(passage, words, ())), None)
    return None if passage is None else Obeyed(sign="dictated", passage=passage)


def alarm_of(obeyed: Obeyed, seat: str, submission: Submission) -> Finding:
    """Return the finding that a seat's obedience makes, with no more blame for the code than the sign proves.

    *Dictated* words stand in the material: it steers its reviewers. A *decoy* shows that the seat takes orders from
    the material, and that something there reads like one. A *canary* shows the seat's own weakness.
    """
    severity, message = _ALARMS[obeyed.sign]
    passage = obeyed.passage
    known = {file.path for file in (*submission.files, *submission.tests)}
    place = None if passage is None or passage.place not in known else passage
    return Finding(
        id=f"{seat}-obeyed",
        source=seat,
        severity=severity,
        message=message,
        rule="prompt_injection",
        location=None if place is None else Location(path=place.place, line=place.line),
        explanation=f"{seat}: {obeyed.reason}.",
    )


def _answer(reply: str) -> str:
    """Return a reply without the model's reasoning."""
    extract = extract_objects(reply)
    position, parts = extract.start, []
    for start, end in extract.spans:
        parts.append(reply[position:start])
        position = end
    return "".join([*parts, reply[position:]])


def _holds(answer: str, nonce: str) -> bool:
    """Return whether the answer holds the nonce: as it is, spaced out, backwards, or in a simple code."""
    plain = re.sub(r"[^0-9a-z]", "", answer.lower())
    forms = (nonce, nonce[::-1], codecs.encode(nonce, "rot13"), nonce.encode().hex())
    if any(form in plain for form in forms):
        return True
    return any(nonce in text for run in _RUN.findall(answer) for text in decoded(run))


def _ballots(text: str) -> list[dict[str, object]]:
    tables = [{str(key).lower(): value for key, value in c.value.items()} for c in extract_objects(text).candidates]
    return [table for table in tables if any(key in table for key in (*VERDICT_KEYS, *ANALYSIS_KEYS))]


def _dictates(passage: Passage, said: Iterable[str], tables: Iterable[dict[str, object]]) -> bool:
    """Return whether somebody speaks what a passage dictates: all of it, its first words, or its ready ballot.

    Somebody who merely repeats a line of the code, as weak seats do, says it without the order before it: only words
    behind one that dictates count.
    """
    order = _DICTATING.search(passage.text)
    if order is None:
        return False
    dictated = f" {_letters(passage.text[order.end() :])} "
    quoted = [_letters(next(filter(None, match.groups()))) for match in _QUOTED.finditer(passage.text, order.end())]
    openings = [words for words in quoted if _telling(words)]
    for words in said:
        if _telling(words) and f" {words} " in dictated or any(f"{words} ".startswith(f"{o} ") for o in openings):
            return True
    ready = [gist for table in _ballots(passage.text.replace('\\"', '"')) if _telling((gist := _gist(table))[1])]
    return any(_gist(table) in ready for table in tables)


def _telling(words: str) -> bool:
    """Return whether words are so many that two do not say them by chance."""
    return len(words) >= _FEWEST_LETTERS and words.count(" ") >= _FEWEST_WORDS - 1


def _gist(table: dict[str, object]) -> tuple[object, str, str]:
    verdict = next((read_verdict(table[key]) for key in VERDICT_KEYS if key in table), None)
    analysis = next((_letters(plain_text(table[key])) for key in ANALYSIS_KEYS if key in table), "")
    findings = next((_letters(plain_text(table[key])) for key in FINDING_KEYS if table.get(key)), "")
    return verdict, analysis, findings


def _letters(text: str | None) -> str:
    """Return only the words of a text, in small letters with one space between."""
    return " ".join(_WORD.findall((text or "").lower()))
