"""The room that measures the tests: an approval that leans on tests should know what they would notice."""

from council.probing.measuring import Tools, probe_submission, probe_tests

__all__ = ["Tools", "probe_submission", "probe_tests"]
