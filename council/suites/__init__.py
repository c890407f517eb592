"""Suites: tasks with their tests, from a folder of a team, from the shipped ones, or from files of known benchmarks."""

from council.suites.loading import list_suites, load_suite
from council.suites.outputs import RecordedOutput, RecordedOutputs, read_outputs, suite_of_outputs, with_edge_tests

__all__ = [
    "RecordedOutput",
    "RecordedOutputs",
    "list_suites",
    "load_suite",
    "read_outputs",
    "suite_of_outputs",
    "with_edge_tests",
]
