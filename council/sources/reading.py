"""One file, read to the byte, or one sentence why it cannot be reviewed.

``text.encode()`` is the file: a byte order mark stays as the first character, CRLF and bare CR stay as they are. A file
that Python would read as something else than its UTF-8 text is refused.
"""

from __future__ import annotations

import codecs
import os
import re
import shlex
import stat
from pathlib import Path

from council.errors import SourceError
from council.text import one_line

_LINE_END = re.compile(rb"\r\n|\r|\n")
_COOKIE = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
_COMMENT_OR_BLANK = re.compile(r"^[ \t\f]*(?:#.*)?$", re.DOTALL)
_PYTHON_SHEBANG = re.compile(r"^#![^\r\n]*\bpython")
_BLANKS = "\ufeff \t\r\n\f"


def read_code(path: Path, label: str, *, limit_kb: int, purpose: str | None = None) -> str:
    """Return the exact text of a Python file.

    Args:
        path: the file.
        label: what the user called it.
        limit_kb: longest file, in KiB.
        purpose: ``review`` or ``run`` where the user named this very file: then it must hold something.

    Raises:
        SourceError: for whatever is no UTF-8 Python text.
    """
    text = decode(read_bytes(path, label, limit_kb), label)
    if purpose is not None and is_blank(text):
        raise SourceError(f"{label} is empty: there is nothing to {purpose}")
    if purpose is not None and path.suffix not in (".py", ".pyi", ".pyw") and not _PYTHON_SHEBANG.match(text):
        raise SourceError(f"{label} is not a Python file", "Its name must end in .py, or its first line name python")
    _check_cookie(text, label)
    return text


def read_bytes(path: Path, label: str, limit_kb: int) -> bytes:
    """Read a regular file up to its limit. Nothing else is opened: a pipe would wait and a device never end."""
    mode = mode_of(path, label)
    if stat.S_ISDIR(mode):
        raise SourceError(f"{label} is a folder", "Name a file")
    if not stat.S_ISREG(mode):
        raise SourceError(f"{label} is no regular file but a device, pipe or socket", "Name a file")
    try:
        # The file may have been replaced by a pipe since: opening one without waiting never blocks.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            data = b"" if size > limit_kb * 1024 else stream.read(limit_kb * 1024 + 1)
    except OSError as error:
        raise unreadable(label, error) from None
    size = max(size, len(data))
    if size > limit_kb * 1024:
        raise SourceError(
            f"{label}: {_size(size)} is longer than max_file_kb = {limit_kb}",
            f"Split it, or raise the limit: --set max_file_kb={-(-size // 1024)}",
        )
    return data


def decode(data: bytes, label: str) -> str:
    """Return the bytes as text, exactly. Raises ``SourceError`` with line and byte."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SourceError(f"{label}: UTF-16, not UTF-8", f"Convert it with: iconv -f utf16 -t utf8 {_word(label)}")
    if b"\0" in data:
        kind = "a program" if data.startswith(b"\x7fELF") else "a binary"
        raise SourceError(f"{label} is {kind}, not Python source (it holds NUL bytes)", "Name the source file")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = len(_LINE_END.split(data[: error.start]))
        raise SourceError(
            f"{label}, line {line}: not UTF-8 (byte 0x{data[error.start]:02x})",
            f"Convert it with: iconv -f latin1 -t utf8 {_word(label)}",
        ) from None


def mode_of(path: Path, label: str) -> int:
    """Return the type bits of what lies at a path. Raises ``SourceError`` where nothing does."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        raise SourceError(f"{label}: no such file", "Check the path; it counts from the current folder") from None
    except NotADirectoryError:
        raise SourceError(f"{label}: no such file", "A part of the path is a file, not a folder") from None
    except (OSError, ValueError) as error:
        raise unreadable(label, error) from None


def unreadable(label: str, error: Exception) -> SourceError:
    """Return the error for what the system will not let us read."""
    reason = one_line((error.strerror if isinstance(error, OSError) else None) or str(error), 80)
    remedy = "Change its permissions, or leave it out" if isinstance(error, PermissionError) else None
    return SourceError(f"{label}: cannot be read ({reason})", remedy)


def is_blank(text: str) -> bool:
    """Whether a file holds nothing but white space and a byte order mark."""
    return not text.strip(_BLANKS)


def label_of(path: str | Path) -> str:
    """Return a path as the user wrote it, harmless on one line."""
    return one_line(os.fspath(path), 120)


def _check_cookie(text: str, label: str) -> None:
    """Refuse a declared encoding under which Python would run another text than the one that is reviewed."""
    for lines in (text.removeprefix("\ufeff").split("\n", 2)[:2], re.split(r"\r\n|\r|\n", text[:4096])[:2]):
        for number, line in enumerate(lines, 1):
            match = _COOKIE.match(line)
            if match and not _harmless(match[1], text):
                raise SourceError(
                    f"{label}, line {number}: declares the encoding {one_line(match[1], 40)}; only UTF-8 is reviewed",
                    "Save it as UTF-8 and remove the declaration",
                )
            if not _COMMENT_OR_BLANK.match(line):
                break


def _harmless(name: str, text: str) -> bool:
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return True  # Python refuses such a file itself, and the syntax check says so
    if codec in ("utf-8", "utf-8-sig", "ascii"):
        return True
    return text.isascii() and re.fullmatch(r"iso8859-\d+|cp125\d", codec) is not None


def _word(label: str) -> str:
    return shlex.quote(f"./{label}" if label.startswith("-") else label)


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1024:.0f} KB"
