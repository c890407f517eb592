"""The command: ``python -m council`` and ``council``."""

from __future__ import annotations

import sys

from council.cli.entry import run


def main() -> int:
    """Run the command line and return the exit code of the laws."""
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
