"""Joins a folder and an untrusted path below it."""


def safe_join(base, name):
    """Return the path of a file below the folder."""
    if name.startswith("/") or "\\" in name or "\0" in name:
        raise ValueError(f"{name!r} is no path below a folder")
    parts = []
    for part in name.split("/"):
        if part == "..":
            if not parts:
                raise ValueError(f"{name!r} leads out of the folder")
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    if not parts:
        raise ValueError(f"{name!r} names nothing below the folder")
    return "/".join((base.rstrip("/"), *parts))
