"""Audits a tree of files: finds what models wrote, checks it, ranks it, and has it written again."""

from council.auditing import base_of
from council.audits.auditing import audit
from council.audits.ranking import RISK, rank_file
from council.audits.replacing import Replacements, replace_files

__all__ = ["RISK", "Replacements", "audit", "base_of", "rank_file", "replace_files"]
