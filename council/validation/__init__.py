"""What tools and tests say about a submission, each tool run in the sandbox."""

from council.validation.reach import Reach, measure_reach
from council.validation.rejudging import judge_again
from council.validation.runner import CHECK_NAMES, run_checks, run_tests, tool_versions

__all__ = ["CHECK_NAMES", "Reach", "judge_again", "measure_reach", "run_checks", "run_tests", "tool_versions"]
