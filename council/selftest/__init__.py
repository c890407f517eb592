"""Does text stay text? Hostile code and hostile replies through the real pipeline, and what held.

``run_selftest`` lets scripted seats sit, honest and obedient ones, over every payload of the catalogue: no network, no
key, no chance. ``measure_seats`` asks the real ones, and measures.
"""

from council.selftest.catalogue import load_catalogue, load_known
from council.selftest.live import measure_seats
from council.selftest.running import run_selftest

__all__ = ["load_catalogue", "load_known", "measure_seats", "run_selftest"]
