"""What texts say that some inputs give: read from task and docstrings, written as tests. Nothing runs here."""

from council.examples.extraction import Example, example_tests, extract_examples
from council.examples.gathering import EXAMPLES_FILE, Told, examples_file, gather_examples, tests_of
from council.examples.sessions import extract_sessions

__all__ = [
    "EXAMPLES_FILE",
    "Example",
    "Told",
    "example_tests",
    "examples_file",
    "extract_examples",
    "extract_sessions",
    "gather_examples",
    "tests_of",
]
