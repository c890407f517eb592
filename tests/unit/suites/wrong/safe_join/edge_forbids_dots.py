"""Refuses what goes up by its beginning, and resolves the rest."""

import posixpath


def safe_join(base, name):
    if not name or name.startswith(("/", "..", ".\\")):
        raise ValueError("name")
    path = posixpath.normpath(posixpath.join(base, name))
    if not path.startswith(base.rstrip("/") + "/"):
        raise ValueError("name")
    return path
