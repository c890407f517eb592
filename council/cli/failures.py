"""One sentence for everything that goes wrong; a bug of ours leaves a log behind."""

from __future__ import annotations

import errno
import logging
import sys
import tempfile
import threading
import traceback
from pathlib import Path

from council._version import __version__
from council.errors import CouncilError
from council.settings import log_dir, secret_values
from council.text import one_line, redact
from council.types.base import now

EXIT_BUG = 4


def report(error: Exception) -> int:
    """Print what went wrong on standard error and return the exit code."""
    if isinstance(error, CouncilError):
        _say(str(error))
        return error.exit_code
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        _say("the disk is full. Make room and run it again")
        return 3
    where = _log(error)
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    _say(f"this is a bug ({type(error).__name__}: {error}). {where}")
    return EXIT_BUG


def guard_errors() -> None:
    """Let Python's own words on standard error, tracebacks and the warnings of libraries, go through the redaction."""
    sys.excepthook = lambda kind, error, trace: _print(error)
    sys.unraisablehook = lambda missed: _print(missed.exc_value)
    threading.excepthook = lambda missed: _print(missed.exc_value)
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(_Redacting())


class _Redacting(logging.Formatter):
    """What libraries log where nobody has set up a log, without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record), secret_values())


def _print(error: BaseException | None) -> None:
    if error is not None:
        sys.stderr.write(redact("".join(traceback.format_exception(error)), secret_values()))


def _say(text: str) -> None:
    sys.stderr.write(f"council: {one_line(redact(text, secret_values()), limit=600)}\n")


def _log(error: Exception) -> str:
    text = "".join(traceback.format_exception(error))
    entry = f"{now().isoformat(timespec='seconds')} council {__version__}\n{redact(text, secret_values())}"
    for folder in (log_dir(), Path(tempfile.gettempdir())):
        path = folder / "council-bug.log"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
                log.write(entry + "\n")
        except OSError:
            continue
        return f"Its log is {path}; please send it with your report"
    return "No log could be written; run it again with --debug"
