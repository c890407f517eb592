"""Runs a tool that only reads, and tells over the channel what it was given and what the files say to it.

Arguments: the check's name, the folder of the code, the tool as a module, and its own arguments. The order on standard
input is the list of files. The channel carries one JSON object: ``{"silencers": {path: marks}, "deceivers": {path:
marks}, "read": [paths] or null}``; ``read`` are the files that flake8 says it has checked. None of the files is run.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

CHANNEL = 3


def main(check: str, root: str, tool: str, options: list[str]) -> int:
    """Look at the files, let the tool look, tell both."""
    sys.path.insert(0, os.path.join(os.environ["COUNCIL_FILES"], "lib"))
    from council.validation.inside import marks

    texts = {}
    for path in json.loads(sys.stdin.buffer.read()):
        texts[path] = Path(root, path).read_bytes().decode("utf-8", "replace")
    seen: dict[str, object] = {
        "silencers": {path: marks.silencers(text, check) for path, text in texts.items()},
        "deceivers": {path: marks.deceivers(text) for path, text in texts.items()} if check == "security" else {},
        "read": None,
    }
    code = 0
    try:
        code = _flake8(options, seen) if tool == "flake8" else _bandit(options)
    finally:
        _tell(seen)
    return code


def _flake8(options: list[str], seen: dict[str, object]) -> int:
    application: Any = importlib.import_module("flake8.main.application").Application()
    application.run(options)
    manager = application.file_checker_manager
    seen["read"] = [] if manager is None else [name for name, _, _ in manager.results]
    sys.stdout.flush()
    return int(application.exit_code())


def _bandit(options: list[str]) -> int:
    from bandit.cli import main as bandit

    sys.argv = ["bandit", *options]
    try:
        bandit.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 2
    return 0


def _tell(seen: dict[str, object]) -> None:
    left = json.dumps(seen).encode("ascii")
    while left:
        left = left[os.write(CHANNEL, left) :]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], os.path.realpath(sys.argv[2]), sys.argv[3], sys.argv[4:]))
