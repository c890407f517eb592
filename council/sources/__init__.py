"""Reads what is judged from disk: Python files, the tests that came with them, and the task."""

from council.sources.beside import tests_beside
from council.sources.finding import files_under, read_submission, read_task, read_tests

__all__ = ["files_under", "read_submission", "read_task", "read_tests", "tests_beside"]
