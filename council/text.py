"""Untrusted text made harmless for a line, a terminal or a document. The reviewed code itself is never altered."""

from __future__ import annotations

import base64
import html
import json
import re
import unicodedata
import urllib.parse
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, Literal, TypeVar, get_origin

from council.types.base import Record

R = TypeVar("R", bound=Record)

CODE_FIELDS = frozenset({"submission", "prompt", "code", "reference"})
"""Fields of records that hold code under review: nothing in them is replaced but live secrets."""

REDACTED = "«redacted»"
"""What stands where a secret stood."""

_KEEP = {"\n", "\t"}
_FENCE = re.compile(r"`{3,}|~{3,}")
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
# Characters of other categories that draw nothing: fillers, joiners, variation selectors, the empty braille cell.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0" "\U0001d159\U000e0100-\U000e01ef]"
)
_EMOJI_STYLE = "\ufe0f"
# GitHub takes ``::error::`` for a command where a line begins with it, and a long line may be broken anywhere; it takes
# ``##[error]`` for one anywhere, as Azure does ``##vso[``, and TeamCity ``##teamcity[``.
_COMMAND = re.compile(
    r":(?=:(?:set-output|set-env|add-path|add-mask|error|warning|notice|debug|group|endgroup|save-state|stop-commands"
    r"|echo|add-matcher|remove-matcher)\b)|#(?=#(?:vso|teamcity)?\[)",
    re.IGNORECASE,
)
_MARKS_IN_A_ROW = 4
"""More combining marks than any script needs on one letter would climb over the lines above."""

SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|_(?:PASS|PAT|AUTH|PWD|DSN|COOKIE)$")
"""Names, in capitals, of what holds a secret."""

# What keys of the known providers look like, for the ones that are in nobody's environment here.
_KEY_SHAPES = re.compile(
    r"""(?<![A-Za-z0-9_-])(?:
      sk-(?=[A-Za-z0-9_-]*\d)[A-Za-z0-9_-]{20,}
    | [sr]k_(?:live|test)_[A-Za-z0-9]{16,}
    | AIza[A-Za-z0-9_-]{30,}
    | ya29\.[A-Za-z0-9_-]{20,}
    | pplx-[A-Za-z0-9]{20,}
    | gh[pousr]_[A-Za-z0-9]{20,}
    | github_pat_[A-Za-z0-9_]{20,}
    | glpat-[A-Za-z0-9_-]{20,}
    | (?:gsk|hf|npm)_[A-Za-z0-9]{20,}
    | xai-[A-Za-z0-9]{20,}
    | xox[abeoprs]-[A-Za-z0-9-]{10,}
    | (?:AKIA|ASIA)[A-Z0-9]{16}
    | eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*
    )(?![A-Za-z0-9])""",
    re.VERBOSE,
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY-----(?:\\[nrt]|[A-Za-z0-9+/=:,.\s]|-(?!----BEGIN )){40,20000}?"
    r"(?:-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY-----|(?=-----BEGIN )|(?=[^A-Za-z0-9+/=:,.\s\\-])|\Z)"
)
_IN_CONTEXT = re.compile(
    r"""(?i)
      (\bbearer\s+(?=\S*\d)|\bauthorization["']?\s*[:=]\s*["']?(?:basic|token)\s+|\bapi-key["']?\s*[:=]\s*["']?
        )[A-Za-z0-9._~+/=-]{16,}
    | (\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{0,200}:)[^\s/@]{1,500}(?=@)
    | (\b[a-z][a-z0-9+.-]{1,20}://)(?=[^\s:/@]*\d)[A-Za-z0-9._~%+-]{16,500}(?=@)
    | ([?&](?:api[-_]?key|key|(?:access[-_]?)?token|password|secret|sig|signature)=)[^\s&\#"'<>]{8,500}""",
    re.VERBOSE,
)
_LONG = 16
"""Values so long are also found where spaces or line breaks were put into them: no words of a text come to that."""
_CUT = "…"
"""What ``one_line`` and ``clip`` put where they cut."""
_SHORTEST = 8
"""So much of a value that was cut is still too much."""
_ESCAPES = re.compile(r"\\[nrt]?")
_BREAK = r"(?:\s|\\[nrt]?)*"


def printable(text: str) -> str:
    """Return the text with everything that is not seen, or moves what is seen, written as a visible escape.

    Newlines and tabs stay, and a Windows line end counts as a newline. Terminal escapes, carriage returns, marks of
    direction, characters of no width and heaps of combining marks become ``\\x1b``, ``\\u202e`` … So does the first
    character of what a build server would take for a command in the log it keeps: ``::error::``, ``##[error]``.

    >>> printable("a\\x1b[31mb")
    'a\\\\x1b[31mb'
    """
    text = _without_commands(text)
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks, before = 0, ""
    for char in text.replace("\r\n", "\n"):
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        hidden = char not in _KEEP and (category in _UNSEEN or marks > _MARKS_IN_A_ROW or _draws_nothing(char, before))
        shown.append(_escape(char) if hidden else char)
        before = category
    return "".join(shown)


def one_line(text: str, limit: int = 200) -> str:
    """Return the text as one printable line, cut to ``limit`` characters with an ellipsis."""
    line = " ".join(printable(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def clip(text: str, limit: int = 4000) -> str:
    """Return the text cut in the middle to about ``limit`` characters; the cut names how much is missing."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters cut …]\n{text[-half:]}"


def fence_for(text: str) -> str:
    """Return a Markdown fence of backticks longer than any inside the text."""
    longest = max((len(match.group()) for match in _FENCE.finditer(text)), default=2)
    return "`" * max(3, longest + 1)


def plural(count: int, noun: str, many: str | None = None) -> str:
    """Return ``1 finding``, ``2 findings``."""
    return f"{count} {noun if count == 1 else (many or noun + 's')}"


def redact(text: str, secrets: Sequence[str] = (), *, shapes: bool = True) -> str:
    """Return the text with every secret replaced, also where JSON, a URL, HTML, base64 or hex has written it.

    ``shapes`` replaces as well what looks like a provider's key, a private key, a bearer token or a password in a URL.
    Code under review goes without it: there only the user's own live values are secrets.

    >>> redact("key=hunter2hunter2", ["hunter2hunter2"])
    'key=«redacted»'
    """
    text = _without(text, tuple(secrets))
    if shapes:
        text = _PRIVATE_KEY.sub(REDACTED, text)
        text = _KEY_SHAPES.sub(REDACTED, text)
        text = _IN_CONTEXT.sub(lambda match: next(filter(None, match.groups())) + REDACTED, text)
    return text


def logins_of(address: str) -> set[str]:
    """Return the parts of an address that are secret, as they are written and as they are sent.

    >>> sorted(logins_of("https://me:pass%2Bword@host/v1?api_key=abcdefgh"))
    ['abcdefgh', 'pass%2Bword', 'pass+word']
    """
    scheme, _, bare = address.rpartition("://")
    place, _, rest = bare.partition("?")
    login = place.rpartition("@")[0]
    user, colon, password = login.partition(":")
    if re.search(r"\s", login):
        found = set[str]()
    elif colon:
        found = {password}
    else:  # a key may stand where the user does; a name is none
        found = {user} if scheme and len(user) >= _LONG and re.search(r"\d", user) else set()
    for pair in rest.partition("#")[0].split("&"):
        name, _, value = pair.partition("=")
        if SECRET_NAME.search(name.upper()) or name.lower() in ("sig", "signature"):
            found.add(value)
    found |= {urllib.parse.unquote(value) for value in found}
    return {value for value in found if value}


def redact_record(record: R, secrets: Sequence[str] = (), *, code: frozenset[str] = CODE_FIELDS) -> R:
    """Return a copy of the record with every text in it redacted.

    Fields named in ``code`` hold code under review: there, and below, only the values themselves are replaced. Words
    of a fixed list (an outcome, a role) are never touched: a secret that happens to be such a word would break them.
    """
    changes = {}
    for name, field in type(record).model_fields.items():
        value = getattr(record, name)
        if get_origin(field.annotation) is not Literal:
            redacted = _redact_value(value, secrets, code=code, shapes=name not in code)
            if redacted is not value:
                changes[name] = redacted
    return record.model_copy(update=changes) if changes else record


def _redact_value(value: Any, secrets: Sequence[str], *, code: frozenset[str], shapes: bool) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        redacted = redact(value, secrets, shapes=shapes)
        return value if redacted == value else redacted
    if isinstance(value, Record):
        return redact_record(value, secrets, code=code if shapes else frozenset(type(value).model_fields))
    if isinstance(value, tuple | list):
        inside = [_redact_value(item, secrets, code=code, shapes=shapes) for item in value]
        same = all(new is old for new, old in zip(inside, value, strict=True))
        return value if same else type(value)(inside)
    if isinstance(value, dict):
        pairs = [_redact_value(pair, secrets, code=code, shapes=shapes) for pair in value.items()]
        return dict(pairs)
    return value


def _without(text: str, secrets: tuple[str, ...]) -> str:
    """Return the text without the values in any of their forms, whole or with breaks in them."""
    if not secrets:
        return text
    forms = _forms(secrets)
    for form in forms:
        if form in text:
            text = text.replace(form, REDACTED)
    if _CUT in text:
        text = _without_ends(text, forms)
    # JSON in JSON, or in what Python prints of bytes: there is no end to the backslashes that may have come in.
    squeezed, bare = _ESCAPES.sub("", "".join(text.split())), text.replace("\\", "")
    for form in forms:
        plain = form.replace("\\", "")
        if len(plain) >= _LONG and plain in squeezed:
            text = _broken(plain, _BREAK).sub(REDACTED, text)
        elif len(plain) >= _SHORTEST and plain in bare:
            text = _broken(plain, r"\\*").sub(REDACTED, text)
        elif plain and len(form) >= _SHORTEST and plain in bare:  # too short without its backslashes to go by itself
            text = _deeper(form).sub(REDACTED, text)
    return text


def _without_ends(text: str, forms: tuple[str, ...]) -> str:
    """Return the text without what is left of a value where somebody has cut the text before."""
    first, *others = text.split(_CUT)
    pieces = [first, *(_from_start(piece, forms) for piece in others)]
    return _CUT.join([*(_to_end(piece, forms) for piece in pieces[:-1]), pieces[-1]])


def _to_end(piece: str, forms: tuple[str, ...]) -> str:
    """Return a piece without the beginning of a value at its end."""
    bare = piece.rstrip(" [\n")
    for form in forms:
        if form[:_SHORTEST] in bare[-len(form) :]:
            for length in range(len(form) - 1, _SHORTEST - 1, -1):
                if bare.endswith(form[:length]):
                    return bare[:-length] + REDACTED + piece[len(bare) :]
    return piece


def _from_start(piece: str, forms: tuple[str, ...]) -> str:
    """Return a piece without the end of a value at its start; the mark of ``clip`` ends with a bracket."""
    bare = piece.lstrip(" ]\n")
    for form in forms:
        if form[-_SHORTEST:] in bare[: len(form)]:
            for length in range(len(form) - 1, _SHORTEST - 1, -1):
                if bare.startswith(form[-length:]):
                    return piece[: len(piece) - len(bare)] + REDACTED + bare[length:]
    return piece


@lru_cache(maxsize=64)
def _forms(secrets: tuple[str, ...]) -> tuple[str, ...]:
    """Return all that the values may be written as, the longest first: a part must not break the whole."""
    forms = {form for secret in secrets if secret for form in _written(secret)}
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _written(secret: str) -> Iterator[str]:
    yield from (secret, secret[::-1], repr(secret)[1:-1], html.escape(secret))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    data = secret.encode("utf-8", "surrogatepass")
    for safe in ("", "/", "-._~!$&'(*),;=:@/+"):
        quoted = urllib.parse.quote(data, safe=safe)
        yield from (quoted, re.sub("%..", lambda match: match[0].lower(), quoted))
    yield urllib.parse.quote_plus(data)
    yield from (data.hex(), data.hex().upper())
    for before in range(3):  # in base64, what a value looks like depends on how many bytes stand before it
        coded = base64.b64encode(bytes(before) + data).decode()
        core = coded[(0, 2, 3)[before] : (before + len(data)) * 8 // 6]
        yield from (core, core.replace("+", "-").replace("/", "_"))


@lru_cache(maxsize=1024)
def _broken(form: str, between: str) -> re.Pattern[str]:
    return re.compile(between.join(map(re.escape, form)))


@lru_cache(maxsize=1024)
def _deeper(form: str) -> re.Pattern[str]:
    """Return what finds a form that was written as JSON again: with as many backslashes in each place, or more."""
    runs = re.findall(r"\\+|[^\\]+", form)
    parts = [rf"\\{{{len(run)},}}+" if run[0] == "\\" else r"\\*".join(map(re.escape, run)) for run in runs]
    before = r"(?<!\\)" if form[0] == "\\" else ""  # a long run is tried once, and not from each of its places
    return re.compile(before + "".join(parts))


def _without_commands(text: str) -> str:
    if "::" not in text and "##" not in text:
        return text
    return _COMMAND.sub(lambda match: _escape(match[0]), text)


def _draws_nothing(char: str, before: str) -> bool:
    # The one common case is left: an emoji that is asked to be drawn in colour.
    return _BLANK.match(char) is not None and not (char == _EMOJI_STYLE and before == "So")


def _escape(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
