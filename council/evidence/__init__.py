"""What is proved by running: the examples that a task's own text gives."""

from council.evidence.examples import Example, example_tests, extract_examples

__all__ = ["Example", "example_tests", "extract_examples"]
