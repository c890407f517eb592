"""What moves in place on a terminal, and is one plain line an event everywhere else."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from council.rendering.terminal.page import Sheet, is_live
from council.settings import environment, secret_values
from council.text import one_line, redact


class Moving(ABC):
    """Draws over itself on standard error. A context manager: what moved is gone when it ends.

    Args:
        quiet: show nothing.
        stream: where to write; standard error by default.
    """

    FRAMES_PER_S = 8

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._quiet = quiet
        self._sheet = Sheet.of(self._stream)
        self._live: Live | None = None

    def __enter__(self) -> Self:
        if not self._quiet and is_live(self._stream):
            plain = environment("NO_COLOR") is not None
            console = Console(
                file=self._stream,
                color_system=None if plain else "standard",
                highlight=False,
                markup=False,
                emoji=False,
            )
            self._live = Live(
                console=console,
                get_renderable=self._frame,
                refresh_per_second=self.FRAMES_PER_S,
                transient=True,
                redirect_stdout=False,
            )
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    @abstractmethod
    def _frame(self) -> Text:
        """Draw everything once; called by the display's own thread, so it only reads."""

    def _say(self, text: str) -> None:
        if not self._quiet and self._live is None:
            self._stream.write(self._shown(text, 400) + "\n")
            self._stream.flush()

    def _shown(self, text: str, limit: int) -> str:
        return self._sheet.known(one_line(redact(text, secret_values()), limit))
