"""Finds traces of models in a tree of files: headers, comments, commits, notes, known code, configuration."""

from council.auditing.files import Tree, TreeFile, read_tree
from council.auditing.likeness import KnownCode, Likeness, compare_code
from council.auditing.names import Names, canonical, same_model
from council.auditing.search import Found, find_marks

__all__ = [
    "Found",
    "KnownCode",
    "Likeness",
    "Names",
    "Tree",
    "TreeFile",
    "canonical",
    "compare_code",
    "find_marks",
    "read_tree",
    "same_model",
]
