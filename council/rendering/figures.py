"""Measured numbers as people read them: one place, so that terminal, advisory and guidelines never differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from council.text import one_line
from council.types.benchmarks import Cell, Machine, Row, SampleOutcome

UNKNOWN = "unknown"
_OUTCOMES = {
    SampleOutcome.PASSED: "passed",
    SampleOutcome.FAILED: "failed",
    SampleOutcome.NO_CODE: "no code",
    SampleOutcome.TAMPERED: "tampered with the tests",
    SampleOutcome.BROKEN: "not judged",
}
_UNITS = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def figure(cell: Cell | None, unit: str, *, interval: bool | None = None) -> str:
    """Return what a cell says: ``41 % (28–55)``, ``2.9 s``, ``33``, ``0.6 GB``, ``no (CPU)`` or ``unknown``.

    ``interval`` shows the ends of the 95 % interval always or never; by default shares show them.

    >>> figure(Cell(model="m", value=0.41, low=0.28, high=0.55), "share")
    '41 % (28–55)'
    """
    if cell is None or (cell.value is None and not cell.word):
        return UNKNOWN
    if cell.value is None or unit == "word":
        return one_line(cell.word or UNKNOWN, 60)
    text = number(cell.value, unit)
    shown = unit == "share" if interval is None else interval
    if not shown or cell.low is None or cell.high is None:
        return text
    if unit == "share":
        return f"{text} ({100 * cell.low:.0f}–{100 * cell.high:.0f})"
    return f"{text} ({number(cell.low, unit)} to {number(cell.high, unit)})"


def number(value: float | None, unit: str) -> str:
    """Return a number with its unit, ``unknown`` where there is none."""
    if value is None:
        return UNKNOWN
    if unit == "share":
        return share(value)
    if unit == "seconds":
        return duration(value)
    if unit == "bytes":
        return size(value)
    if unit == "tokens_per_second":
        return f"{value:.1f}" if value < 9.95 else f"{value:.0f}"
    if unit == "score":
        return f"{value:.1f}"
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.1f}"


def share(value: float | None) -> str:
    """Return ``41 %``; what is not quite none or all is never shown as none or all.

    >>> share(0.414), share(0.999), share(0.001), share(1.0)
    ('41 %', '>99 %', '<1 %', '100 %')
    """
    if value is None:
        return UNKNOWN
    if 0 < value <= 0.005:
        return "<1 %"
    return ">99 %" if 0.995 <= value < 1 else f"{100 * value:.0f} %"


def duration(value_s: float | None) -> str:
    """Return ``0.12 s``, ``2.9 s``, ``75 s``, ``14 min`` or ``2 h 5 min``.

    >>> duration(0.123), duration(2.94), duration(840), duration(7500)
    ('0.12 s', '2.9 s', '14 min', '2 h 5 min')
    """
    if value_s is None:
        return UNKNOWN
    if value_s < 0.995:
        return f"{value_s:.2f} s"
    if value_s < 119.5:
        return f"{value_s:.1f} s" if value_s < 9.95 else f"{value_s:.0f} s"
    minutes = round(value_s / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def size(value: float | None) -> str:
    """Return ``0.6 GB``, ``19 GB``, ``44 MB``: units of ten, as Ollama and the makers of memory count.

    >>> size(491_400_064), size(19_200_000_000), size(44_000_000)
    ('0.5 GB', '19 GB', '44 MB')
    """
    if value is None:
        return UNKNOWN
    if 95e6 <= value < 1e9:
        return f"{value / 1e9:.1f} GB"
    for step, name in _UNITS:
        if value >= step:
            return f"{value / step:.1f} {name}" if value < 9.95 * step else f"{value / step:.0f} {name}"
    return f"{value:.0f} bytes"


def p_words(p_value: float | None) -> str:
    """Return ``p = 0.004``, ``p < 0.001``, or nothing where there was no test.

    >>> p_words(0.0041), p_words(0.0001), p_words(0.31)
    ('p = 0.004', 'p < 0.001', 'p = 0.31')
    """
    if p_value is None:
        return ""
    if p_value < 0.001:
        return "p < 0.001"
    if 0.0495 <= p_value < 0.05:  # just below the line must not be shown on it
        return f"p = {min(p_value, 0.04999):.5f}".rstrip("0")
    return f"p = {p_value:.3f}" if p_value < 0.0995 else f"p = {p_value:.2f}"


def winner_words(row: Row) -> str:
    """Return who wins a row and how sure that is: ``qwen2.5:1.5b (p = 0.004)``, ``no difference shown``, ``-``."""
    who = one_line(row.winner, 60) if row.winner is not None else row.note
    if who is None:
        return "-"
    return who if row.p_value is None else f"{who} ({p_words(row.p_value)})"


def outcome_words(outcome: SampleOutcome) -> str:
    """Return what came of a sample in a word or a few."""
    return _OUTCOMES[outcome]


def machine_words(machine: Machine) -> tuple[str, ...]:
    """Return where a benchmark ran, as far as it is known: the server, and what computed."""
    gpu = machine.gpu + (f" ({size(machine.vram_bytes)})" if machine.vram_bytes else "") if machine.gpu else None
    cores = f" ({machine.cores} cores)" if machine.cores else ""
    return tuple(word for word in (machine.server, gpu or (f"CPU{cores}" if machine.cpu or cores else None)) if word)


def temperature_words(temperatures: Iterable[float | None]) -> str:
    """Return at which temperatures samples were drawn; empty where nobody knows.

    >>> temperature_words([0.0, 0.8, 0.8]), temperature_words([None])
    ('temperature 0 and 0.8', '')
    """
    known = sorted({value for value in temperatures if value is not None})
    return "temperature " + " and ".join(f"{value:g}" for value in known) if known else ""


def short_names(models: Sequence[str]) -> dict[str, str]:
    """Return each model's tag where no other one has it, else its name: ``1.5b`` for ``qwen2.5-coder:1.5b``.

    >>> short_names(["a:1b", "a:7b"]), short_names(["a:7b", "b:7b"])
    ({'a:1b': '1b', 'a:7b': '7b'}, {'a:7b': 'a:7b', 'b:7b': 'b:7b'})
    """
    tags = {model: model.rpartition(":")[2] for model in models}
    unique = len(set(tags.values())) == len(models) and all(":" in model and tags[model] for model in models)
    return tags if unique else {model: model for model in models}
