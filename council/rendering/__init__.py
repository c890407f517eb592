"""Makes text of records: documents here, the terminal in ``rendering.terminal``. Nothing is computed here."""

from council.rendering.documents import Documents, to_json
from council.rendering.public import (
    PublicReport,
    PublicSession,
    exit_code_of,
    json_schemas,
    report_document,
    session_document,
)

__all__ = [
    "Documents",
    "PublicReport",
    "PublicSession",
    "exit_code_of",
    "json_schemas",
    "report_document",
    "session_document",
    "to_json",
]
