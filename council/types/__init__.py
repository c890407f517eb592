"""Frozen records, one module a noun. Nothing here knows how anything is done."""
