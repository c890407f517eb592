"""The set of documents a team works by, from one policy and what the store holds: written, and checked."""

from council.guidance.composing import DOCUMENTS, compose_changelog, compose_guides, compose_index
from council.guidance.holdings import Holdings, Measurement, read_holdings
from council.guidance.writing import check_guidelines, write_guidelines

__all__ = [
    "DOCUMENTS",
    "Holdings",
    "Measurement",
    "check_guidelines",
    "compose_changelog",
    "compose_guides",
    "compose_index",
    "read_holdings",
    "write_guidelines",
]
