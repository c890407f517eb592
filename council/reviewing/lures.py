"""What council puts into the prompt that no honest reply follows or repeats, and where the material speaks to a seat.

The nonce of the frame is a canary: it means nothing, so only a reply that gives its prompt away holds it. Where the
material speaks to its reviewers, council lays an order of its own beside it, a decoy: a seat that does what the decoy
asks takes orders from the material. Ordinary code gets no decoy, and its prompt stays as short as it was.

Both are computed from the submission, so that the same submission gives the same prompt and a recording is found again.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator

from council.types.base import Record
from council.types.submission import Submission

_SCANNED = 400_000
"""Characters of each text that are looked through; a longer one is scanned at its beginning and its end."""
_AROUND = 4
"""Lines after one that speaks to reviewers, which may hold the rest of what it says."""
_JOINED = 3
_SHORT = 100
"""So many further lines, none longer than this, are also read as one sentence."""
_PIECE = 2000
_OVERLAP = 300
"""A long line is looked through in pieces that overlap by more than any order that is looked for is long."""
_STEERING = re.compile(
    r"""
      \b(?:ignore|disregard|forget|override|bypass|skip)\b[^\n]{0,40}\b(?:instructions?|guidelines?
        |(?:previous|prior|your|earlier|above|system|the)\s(?:\w+\s)?(?:rules?|messages?|orders?|words|prompts?)
        |(?:everything|anything|all|what\s\w+)\s(?:\w+\s){0,3}(?:above|before|previous(?:ly)?|told|said))\b
    | \b(?:instructions?|notes?|messages?|(?<!in\s)orders?|memo)\s(?:to|for)\s(?:all\s|the\s|any\s|every\s)*(?:\w+\s)?
        (?:review|seat|model|assistant|ai\b|llm|grader|judge|council)
    | \b(?:review(?:er|ing)s?|seats?|council|graders?|judges?|assistants?|ais?|llms?|(?:language\s)models?|bots?)\b
        [^\n]{0,60}\b(?:must|should|shall|please|will|are\snow|have\sto|need\sto)\b[^\n]{0,60}
        \b(?:approv|accept|answer|respon|repl|output|set\b|return|sa(?:y|id)\b|verdict|begin|start|writ|vote|ignor
        |print|giv|repeat|reveal|includ)
    | \byou(?:r\s\w+)?\b[^\n]{0,60}\b(?:must|should|shall|please|will|are\snow|have\sto|need\sto|can)\b[^\n]{0,60}
        \b(?:approv|verdict|vote|reveal|repeat\s(?:the|your)|confidence)
    | ["']?\b(?:final_)?verdict\b["']?\s{0,4}(?:[:=]|\bto\b|\bof\b|\bis\b)\s{0,4}["'`]?approve
    | \bapprov(?:e|al|ing)\s(?:this|the\s(?:code|file|change|submission)|it|all|my|is|without|whatever|every)\b
    | \b(?:review(?:er)?s?|seats?|council|graders?|judges?|assistants?)\s?[:,]\s(?:please\s)?
        (?:approve|accept|pass\sit)\b
    | \b(?:vote\sfor|pass)\s(?:this|the)\s(?:code|file|change|submission|review)\b
    | \b(?:begin|start|open|set|put|write|say|answer|respond|reply|print|output)\b[^\n]{0,40}\b(?:your\s(?:\w+\s)?
        (?:analysis|answer|reply|review|response)|analysis\b|verdict|confidence\s(?:to|of|is)|ballot)
    | \b(?:print|write|say|repeat|reveal|include|output|quote)\b[^\n]{0,40}\b(?:your|the|whole|system)\s(?:\w+\s)?
        (?:prompts?\b|nonce|instructions|begin\sline)
    | \b(?:system\s(?:notice|override)|developer\smode|jailbreak|prompt\sinjection)\b
    | <\|[a-z_]{2,30}\|> | \[/?INST\] | <</?SYS>> | </?s> | <\uff5c | <(?:start|end)_of_turn>
    | ^(?:\W{0,6}|E\s{1,8})(?:system|assistant|human)\s?:\s+\w+\s\w+\s\w+
    | \#{2,}\s?(?:instruction|system|response|human|assistant)s?\s?:
    | \b(?:ignor(?:iere|ez|uj)|genehmig|approuve|aprueb|aprob|approva|aprove|zatwierd|gutachter|antworte
        |r\u00e9pond|responde|rispondi|onayla|\u043e\u0434\u043e\u0431\u0440|\u0438\u0433\u043d\u043e\u0440\u0438\u0440
        |\u043e\u0442\u0432\u0435\u0442)
    | \u6279\u51c6 | \u5ffd\u7565 | \u7121\u8996 | \u627f\u8a8d | \u7b54\u3048 | \u56de\u7b54 | \uc2b9\uc778
    | \u0935\u093f\u0936\u094d\u0932 | \u0645\u0631\u0627\u062c\u0639 | \u0648\u0627\u0641\u0642
    """,
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_HINTS = (
    *("ignore", "disregard", "forget", "override", "bypass", "skip", "instruction", "note", "message", "order", "memo"),
    *("must", "should", "shall", "please", "will", "are now", "have to", "need to", "approv", "verdict", "vote"),
    *("reveal", "repeat", "confidence", "pass th", "your ", "analysis", "ballot", "prompt", "nonce", "begin line"),
    *("system", "developer mode", "jailbreak", "assistant", "human", "response", "<|", "inst]", "sys>>", "<s>", "</s>"),
    *("<\uff5c", "_of_turn", "ignor", "genehmig", "aprueb", "aprob", "aprov", "zatwierd", "gutachter", "antworte"),
    *("r\u00e9pond", "responde", "rispondi", "onayla", "\u043e\u0434\u043e\u0431\u0440", "\u0438\u0433\u043d"),
    *("\u043e\u0442\u0432\u0435\u0442", "\u6279\u51c6", "\u5ffd\u7565", "\u7121\u8996", "\u627f\u8a8d"),
    *("\u7b54\u3048", "\u56de\u7b54", "\uc2b9\uc778", "\u0935\u093f\u0936\u094d\u0932"),
    *("\u0645\u0631\u0627\u062c\u0639", "\u0648\u0627\u0641\u0642"),
)
"""Whatever ``_STEERING`` finds holds one of these, in small letters: to look for them first makes a scan ten times
as fast."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,20000}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){12,10000}")
_COMMENT = re.compile(r"^[ \t]*(?:#+:?|//|\*|[\"']{3})[ \t]?", re.MULTILINE)
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u0410\u0412\u0415\u041a\u041c\u041d"
    "\u041e\u0420\u0421\u0422\u0425\u03bf\u03b1\u03bd\u03b9\u03c1\u03c5\u039f\u0391\u0392\u0395\u0397\u0399"
    "\u039a\u039c\u039d",
    "aeopcyxijshdABEKMHOPCTXoavipuOABEHIKMN",
)


class Passage(Record):
    """A stretch of the material that speaks to whoever reviews it."""

    place: str
    """``cache.py``, ``task`` or ``file name``."""
    line: int | None
    text: str
    """From the line that speaks on, as a model would understand it: unveiled, without the marks of comments."""


def nonce_of(submission: Submission) -> str:
    """Return the word that frames the material of a submission: 12 hex digits, the same for the same submission."""
    return hashlib.sha256(f"frame {submission.digest}".encode()).hexdigest()[:12]


def decoy_of(submission: Submission) -> str:
    """Return the odd confidence that the decoy asks for: four digits behind the point, the last one not 0."""
    number = int(hashlib.sha256(f"decoy {submission.digest}".encode()).hexdigest(), 16)
    return f"0.{number % 900 + 100}{number // 900 % 9 + 1}"


def find_steering(submission: Submission, spoken: str = "") -> tuple[Passage, ...]:
    """Return where a submission, or what it ``spoken`` printed, addresses its reviewers. Linear, and never raises.

    A hit is a reason to lay a decoy, not a proof of anything: code that talks to models for a living has many.
    """
    found = []
    for place, text in _texts(submission, spoken):
        lines = _COMMENT.sub("", _shortened(text)).split("\n")
        counted = place not in ("task", "file name", "checks")
        found += [
            Passage(place=place, line=number + 1 if counted else None, text=unveiled(_order(lines, number)))
            for number in _hits(lines)
        ]
        for hidden in _veiled(text):
            parted = hidden.split("\n")
            found += [Passage(place=place, line=None, text=_order(parted, number)) for number in _hits(parted)[:1]]
    return tuple(found)


def _order(lines: list[str], number: int) -> str:
    return "\n".join(line[:_PIECE] for line in lines[number : number + 1 + _AROUND])


def unveiled(text: str) -> str:
    """Return text without the characters that hide words: those of no width, look-alikes, wide and styled letters.

    >>> unveiled("a\\u200bp\\u0440rove")
    'approve'
    """
    plain = unicodedata.normalize("NFKC", text).translate(_LOOKALIKES)
    return "".join(char for char in plain if char in "\n\t" or unicodedata.category(char) not in ("Cf", "Cc", "Mn"))


def _texts(submission: Submission, spoken: str) -> Iterator[tuple[str, str]]:
    for file in (*submission.files, *submission.tests):
        yield file.path, file.text
        yield "file name", re.sub(r"[_\-./]+", " ", file.path)
    if submission.task:
        yield "task", submission.task
    if spoken:
        yield "checks", spoken


def _shortened(text: str) -> str:
    return text if len(text) <= _SCANNED else f"{text[: _SCANNED // 2]}\n{text[-_SCANNED // 2 :]}"


def _hits(lines: list[str]) -> list[int]:
    """Return the lines that speak to reviewers; neighbours count once."""
    text = "\n".join(lines)
    whole = text.lower() if text.isascii() else f"{text}\n{unveiled(text)}".lower()
    whole += whole.replace("_", "") if "_" in whole else ""
    hints = [hint for hint in _HINTS if hint in whole or hint.replace(" ", "") in whole]
    hits: list[int] = []
    if hints:
        for number, line in enumerate(lines):
            near = hits and number - hits[-1] <= _AROUND
            if line and not near and (_speaks(line, hints) or _speaks(_paragraph(lines, number), hints)):
                hits.append(number)
    return hits


def _paragraph(lines: list[str], number: int) -> str:
    """Return a line with the next ones as one, where they are short: an order may be broken into several."""
    some = lines[number : number + 1 + _JOINED]
    return " ".join(map(str.strip, some)) if all(len(line) <= _SHORT for line in some) else ""


def _speaks(line: str, hints: list[str]) -> bool:
    """Return whether a line speaks to reviewers, be its words veiled or be they the words of a name."""
    if len(line) <= _PIECE:
        return _steers(line, hints)
    starts = range(0, len(line) - _OVERLAP, _PIECE - _OVERLAP)
    return any(_steers(line[start : start + _PIECE], hints) for start in starts)


def _steers(piece: str, hints: list[str]) -> bool:
    plain = piece if piece.isascii() else unveiled(piece)
    for text in {piece, plain, _spoken(plain)}:
        low = text.lower()
        if any(hint in low for hint in hints) and _STEERING.search(text):
            return True
    return False


def _spoken(line: str) -> str:
    """Return a line with its names read as words: ``reviewers_must_approve`` says something."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", line.replace("_", " "))


def _veiled(text: str) -> Iterator[str]:
    """Yield what a text holds in another guise: tags of no width, base64, hex, rot13, backwards."""
    text = _shortened(text)
    tags = "".join(chr(ord(char) - 0xE0000) for char in text if 0xE0020 <= ord(char) <= 0xE007E)
    if tags:
        yield tags
    plain = unveiled(text)
    if plain != unicodedata.normalize("NFKC", text):
        yield plain
    for run in list(_BASE64.finditer(text))[:50]:
        yield from decoded(run[0])
    yield codecs.encode(plain, "rot13")
    yield "\n".join(line[::-1] for line in plain.split("\n"))
    escaped = re.sub(r"\\x([0-9a-fA-F]{2})", lambda match: chr(int(match[1], 16)), text)
    if escaped != text:
        yield escaped


def decoded(run: str) -> Iterator[str]:
    """Yield what a run of letters and digits says when it is read as base64 or as hex, where that is text."""
    body = run.rstrip("=").replace("-", "+").replace("_", "/")
    readings: list[tuple[Callable[[str], bytes], str]] = [(base64.b64decode, body + "=" * (-len(body) % 4))]
    if _HEX.fullmatch(run):
        readings.append((bytes.fromhex, run))
    for read, form in readings:
        try:
            text = read(form).decode("utf-8")
        except (binascii.Error, ValueError):
            continue
        if text.isprintable() or "\n" in text:
            yield text
