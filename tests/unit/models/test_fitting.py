"""Whether a model fits, and how that is known."""

from __future__ import annotations

import pytest

from council.models import judge_fit
from council.types.calls import LoadedModel, LocalModel

MODEL = LocalModel(name="m:1b", size_bytes=1_000)


@pytest.mark.parametrize(
    ("free", "gpu", "fits", "place"),
    [(1_200, None, True, "CPU"), (1_199, None, False, None), (5_000, "a card", True, None), (None, None, None, None)],
)
def test_by_its_size(free: int | None, gpu: str | None, fits: bool | None, place: str | None) -> None:
    found = judge_fit(MODEL, None, free_bytes=free, gpu=gpu)
    assert (found.fits, found.place, found.needs_bytes) == (fits, place, 1_200)
    assert ("another machine" in found.known_by) == (free is None)


@pytest.mark.parametrize(
    ("vram", "place", "spilled"), [(0, "CPU", None), (2_000, "GPU", None), (1_500, "GPU and CPU", 0.25)]
)
def test_the_servers_word_is_better(vram: int, place: str, spilled: float | None) -> None:
    loaded = LoadedModel(name="m:1b", size_bytes=2_000, vram_bytes=vram)
    found = judge_fit(MODEL, loaded, free_bytes=1, gpu=None)
    assert (found.fits, found.place, found.spilled, found.needs_bytes) == (True, place, spilled, 2_000)
    assert found.known_by == "it is loaded now"


def test_nothing_is_made_up() -> None:
    assert judge_fit(LocalModel(name="m"), None, free_bytes=10, gpu=None).fits is None
    silent = LoadedModel(name="m:1b", size_bytes=2_000, vram_bytes=None)
    assert judge_fit(MODEL, silent, free_bytes=1, gpu=None).fits is False
