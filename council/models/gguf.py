"""What a GGUF file says of itself: who it is, how large, for how long a context. Only its head is read.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Any, BinaryIO

from council.errors import UsageError
from council.text import one_line
from council.types.base import Record

PREFIX = "gguf:"
"""How the name of a model begins that is a file: ``gguf:models/smollm2.gguf``."""
_MAGIC = b"GGUF"
_NUMBERS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_MOST = {"text": 64 << 20, "entries": 100_000, "items": 10_000_000, "dimensions": 8}
# llama.h, enum llama_ftype: what most of the tensors are stored as.
_FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M",
    13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS",
    21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S",
    29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16",
}  # fmt: skip


class Head(Record):
    """The head of a GGUF file; what it does not say is ``None``."""

    name: str | None = None
    family: str | None = None
    parameters: int | None = None
    """Counted over its tensors."""
    quantisation: str | None = None
    context_tokens: int | None = None
    """The longest context it was made for."""


def file_of(model: str) -> Path:
    """Return the file that ``gguf:PATH`` names; ``~`` is the home folder. Raises ``UsageError`` when it is no file."""
    word = model.removeprefix(PREFIX)
    path = Path(word).expanduser()
    if not word:
        raise UsageError("gguf: names no file", "For example: --model gguf:models/smollm2.gguf")
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "there is no such file"
        raise UsageError(f"{_shown(path)}: {what}", "Give the path of a GGUF file after gguf:")
    return path


def read_head(path: Path) -> Head:
    """Return what the file says of itself. Raises ``UsageError`` when it is no GGUF file or its head is broken."""
    try:
        with path.open("rb") as file:
            if file.read(4) != _MAGIC:
                raise UsageError(f"{_shown(path)}: not a GGUF file", "llama.cpp's files of weights begin with GGUF")
            return _head(file)
    except OSError as error:
        raise UsageError(f"{_shown(path)}: cannot be read ({error.strerror})") from None
    except (struct.error, ValueError, OverflowError, RecursionError):
        raise UsageError(f"{_shown(path)}: its head is broken or of an unknown version", "Get the file again") from None


def _head(file: BinaryIO) -> Head:
    version, tensors, entries = _number(file, "<I"), _number(file, "<Q"), _number(file, "<Q")
    if version not in (2, 3) or max(tensors, entries) > _MOST["entries"]:
        raise ValueError("version or counts")
    told: dict[str, Any] = {}
    for _ in range(entries):
        key = _text(file)
        told[key] = _value(file, _number(file, "<I"))
    parameters = sum(_tensor(file) for _ in range(tensors))
    family = told.get("general.architecture")
    context = told.get(f"{family}.context_length")
    kind = told.get("general.file_type")
    return Head(
        name=_said(told.get("general.name")),
        family=_said(family),
        parameters=parameters or None,
        quantisation=_FILE_TYPES.get(kind) if isinstance(kind, int) else None,
        context_tokens=context if isinstance(context, int) and context > 0 else None,
    )


def _tensor(file: BinaryIO) -> int:
    """Read past one tensor's entry and return how many numbers it holds."""
    _text(file)
    dimensions = _number(file, "<I")
    if dimensions > _MOST["dimensions"]:
        raise ValueError("dimensions")
    sizes = [_number(file, "<Q") for _ in range(dimensions)]
    _number(file, "<I")
    _number(file, "<Q")
    return math.prod(sizes)


def _value(file: BinaryIO, kind: int, depth: int = 0) -> Any:
    if kind in _NUMBERS:
        return _number(file, _NUMBERS[kind])
    if kind == _STRING:
        return _text(file)
    if kind != _ARRAY or depth > 4:
        raise ValueError("type")
    inner, count = _number(file, "<I"), _number(file, "<Q")
    if count > _MOST["items"]:
        raise ValueError("array")
    if inner in _NUMBERS:
        _bytes(file, count * struct.calcsize(_NUMBERS[inner]))
    else:
        for _ in range(count):  # vocabularies: nobody here wants them, but only reading them leads past them
            _value(file, inner, depth + 1)
    return None


def _text(file: BinaryIO) -> str:
    return _bytes(file, _number(file, "<Q")).decode("utf-8", "replace")


def _bytes(file: BinaryIO, count: int) -> bytes:
    if count > _MOST["text"]:
        raise ValueError("length")
    data = file.read(count)
    if len(data) < count:
        raise ValueError("cut off")
    return data


def _number(file: BinaryIO, form: str) -> Any:
    return struct.unpack(form, file.read(struct.calcsize(form)))[0]


def _said(value: object) -> str | None:
    return one_line(value, 120) if isinstance(value, str) and value.strip() else None


def _shown(path: Path) -> str:
    return one_line(path.as_posix(), 120)
