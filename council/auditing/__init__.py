"""Finds traces of models in a tree of files: headers, comments, commits, notes, known code, configuration."""

from council.auditing.files import Tree, TreeFile, base_of, read_around, read_tree
from council.auditing.likeness import KnownCode, Library, Likeness, compare_code
from council.auditing.names import Names, same_model
from council.auditing.search import Found, find_marks

__all__ = [
    "Found",
    "KnownCode",
    "Library",
    "Likeness",
    "Names",
    "Tree",
    "TreeFile",
    "base_of",
    "compare_code",
    "find_marks",
    "read_around",
    "read_tree",
    "same_model",
]
