"""Makes text of records: documents here, the terminal in ``rendering.terminal``. Nothing is computed here."""

from council.rendering.benchmarks import BenchmarkReport, ComparisonReport, failed_tests
from council.rendering.documents import Documents, to_json
from council.rendering.knowledge import KnowledgeBook
from council.rendering.public import (
    PublicReport,
    PublicSession,
    exit_code_of,
    json_schemas,
    report_document,
    session_document,
)

__all__ = [
    "BenchmarkReport",
    "ComparisonReport",
    "Documents",
    "KnowledgeBook",
    "PublicReport",
    "PublicSession",
    "exit_code_of",
    "failed_tests",
    "json_schemas",
    "report_document",
    "session_document",
    "to_json",
]
