"""Task → candidate: a local model writes, the checks look, failures go back to it. Two tiers, repair, provenance."""

from council.generation.authors import authors_of
from council.generation.drafts import is_small, small_size
from council.generation.extraction import Extraction, extract_code
from council.generation.provenance import provenance_header, read_provenance, with_header, with_origin
from council.generation.writing import no_model, write_code

__all__ = [
    "Extraction",
    "authors_of",
    "extract_code",
    "is_small",
    "no_model",
    "provenance_header",
    "read_provenance",
    "small_size",
    "with_header",
    "with_origin",
    "write_code",
]
