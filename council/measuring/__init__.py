"""What a benchmark's samples say: rates with intervals, and who wins a metric. Arithmetic only, blind to order."""

from council.measuring.intervals import clustered_interval, mean_interval, pass_at_k, share_interval
from council.measuring.pairing import exact_mcnemar, paired_test
from council.measuring.tables import compare, tabulate

__all__ = [
    "clustered_interval",
    "compare",
    "exact_mcnemar",
    "mean_interval",
    "paired_test",
    "pass_at_k",
    "share_interval",
    "tabulate",
]
