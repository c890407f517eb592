"""Normalises, and compares how the paths begin."""

import posixpath


def safe_join(base, name):
    base = base.rstrip("/")
    if not name or name.startswith("/"):
        raise ValueError("name")
    path = posixpath.normpath(posixpath.join(base, name))
    if not path.startswith(base):
        raise ValueError("name")
    return path
