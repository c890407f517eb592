"""Renders the advisories under examples/ again from the evidence beside them, after a policy or a template changed.

    make advisories

Each ``advisory*/`` holds ``evidence.jsonl.gz``, an export of a store, and ``command.txt``, the lines that made its
documents. A fresh store takes the evidence, the lines run, and the export is written anew: it holds the new version of
the document, so that whoever renders it again gets the same bytes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


def render(folder: Path, scratch: Path) -> None:
    """Render the documents of one folder, and keep its evidence with the version that this made."""
    env = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(scratch),
        "COUNCIL_STORE_URL": str(scratch / "store.db"),
        "OLLAMA_HOST": "127.0.0.1:1",  # what is rendered must not depend on who answers here
    }

    def run(line: str) -> None:
        print(f"{folder.name}$ {line}", flush=True)
        subprocess.run(["bash", "-c", line], cwd=folder, env=env, check=True)

    run("council store import evidence.jsonl.gz")
    for line in (folder / "command.txt").read_text(encoding="utf-8").splitlines():
        run(line)
    named = [sys.executable, "-c", _NAMES]
    for document in subprocess.run(named, env=env, check=True, capture_output=True, text=True).stdout.split():
        run(f"council store export --document {document} -o evidence.jsonl.gz")


_NAMES = """
import os
from council.store import open_store
print(*open_store(os.environ["COUNCIL_STORE_URL"], readonly=True).list_documents())
"""


def main() -> None:
    """Render every folder that has evidence."""
    for folder in sorted(EXAMPLES.glob("advisory*")):
        if (folder / "evidence.jsonl.gz").is_file():
            with tempfile.TemporaryDirectory() as scratch:
                render(folder, Path(scratch))


if __name__ == "__main__":
    main()
