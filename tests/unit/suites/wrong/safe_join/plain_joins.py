"""Joins whatever comes."""

import posixpath


def safe_join(base, name):
    if not name:
        raise ValueError("name")
    return posixpath.normpath(posixpath.join(base, name))
