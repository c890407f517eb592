"""A conversation between two processes: calls out, results back, either side may ask while it is asked."""

from __future__ import annotations

import json
import os
import struct
from typing import Any

from council.validation.inside.codec import Codec, Gone

_HEAD = struct.Struct("!I")
_LONGEST = 64 << 20


class Pipe:
    """Messages over two descriptors: a length, then JSON."""

    def __init__(self, reading: int, writing: int) -> None:
        self.reading, self.writing = reading, writing

    def send(self, message: Any) -> None:
        """Write one message whole. Raises ``Gone``."""
        body = json.dumps(message).encode("ascii")
        left = memoryview(_HEAD.pack(len(body)) + body)
        try:
            while left:
                left = left[os.write(self.writing, left) :]
        except OSError:
            raise Gone from None

    def receive(self) -> Any:
        """Return the next message. Raises ``Gone``, also for what is no message."""
        (size,) = _HEAD.unpack(self._exactly(_HEAD.size))
        if size > _LONGEST:
            raise Gone
        try:
            return json.loads(self._exactly(size))
        except (ValueError, RecursionError):
            raise Gone from None

    def _exactly(self, size: int) -> bytes:
        parts = []
        while size:
            try:
                part = os.read(self.reading, min(size, 1 << 20))
            except OSError:
                raise Gone from None
            if not part:
                raise Gone
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


class Peer:
    """One end of the conversation: asks the other end, and answers what it asks meanwhile.

    ``answer(name, arguments)`` does what is asked, ``export``, ``admit`` and ``own`` are the codec's, ``told`` hears
    what the other side prints, and ``error_out`` and ``error_in`` turn an exception into data and back.
    """

    swallows: type[BaseException] = Exception
    """What is told to the other side when it happens in an answer; anything else ends the conversation here."""

    def __init__(self, pipe: Pipe, first: int) -> None:
        self.pipe = pipe
        self.codec = Codec(first, self.export, self.admit, self.own)

    def ask(self, name: str, *arguments: Any) -> Any:
        """Let the other side do something and return its result. Raises what it raised there, or ``Gone``."""
        __tracebackhide__ = True  # pytest shows the test and the code, not what is between them
        self.pipe.send({"ask": name, **self.codec.pack(list(arguments))})
        while True:
            message = self.pipe.receive()
            if not isinstance(message, dict):
                raise Gone
            if "out" in message:
                self.told(message["out"])
            elif "ask" in message:
                self.serve(message)
            elif "raise" in message:
                raise self.error_in(self.codec.unpack(message))
            else:
                return self.codec.unpack(message)

    def serve(self, message: dict[str, Any]) -> None:
        """Do what the other side asks, and answer."""
        try:
            result = self.answer(message["ask"], self.codec.unpack(message))
            answered = self.codec.pack(result)
        except Gone:
            raise
        except self.swallows as error:
            answered = {"raise": True, **self.codec.pack(self.error_out(error))}
        self.pipe.send(answered)

    def answer(self, name: str, arguments: list[Any]) -> Any:
        """Do what the other side asks."""
        raise NotImplementedError

    def export(self, value: Any) -> Any:
        """Return the JSON of a handle to something of ours."""
        raise NotImplementedError

    def admit(self, about: list[Any]) -> Any:
        """Return what stands here for something of the other side's."""
        raise NotImplementedError

    def own(self, number: int) -> Any:
        """Return what one of our handles stands for."""
        raise NotImplementedError

    def told(self, text: Any) -> None:
        """Hear what the other side prints."""

    def error_out(self, error: BaseException) -> Any:
        """Return an exception as data."""
        raise NotImplementedError

    def error_in(self, told: Any) -> BaseException:
        """Return the exception that some data stands for."""
        raise NotImplementedError
