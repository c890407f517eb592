"""What tools and tests say about a submission, each tool run in the sandbox."""

from council.validation.runner import CHECK_NAMES, run_checks, tool_versions

__all__ = ["CHECK_NAMES", "run_checks", "tool_versions"]
