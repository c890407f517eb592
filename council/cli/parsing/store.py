"""What can be typed after ``council store``."""

from __future__ import annotations

import argparse

from council.cli.parsing.base import Parser, add_common, new_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from council.cli.parsing.base import Commands


def add(commands: Commands) -> None:
    """Add the command and its verbs."""
    parser = new_command(
        commands,
        "store",
        "show where everything is kept, and carry it, or a part of it, to another machine",
        "  council store show\n"
        "  council store export -o store.jsonl.gz\n"
        "  council store export --benchmark b12 --knowledge recency -o evidence.jsonl\n"
        "  council store import evidence.jsonl\n",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser, required=True)
    show = verbs.add_parser("show", help="where it is and how much it holds")
    show.add_argument("--format", choices=("text", "json"), default="text")
    export = verbs.add_parser("export", help="all of it, or what is named with all it rests on, as JSON lines")
    export.add_argument("-o", "--output", metavar="FILE", help="write it there; packed when the name ends in .gz")
    for name, what in (
        ("session", "a session"),
        ("benchmark", "a benchmark with its samples"),
        ("knowledge", "a piece of knowledge with its evidence"),
    ):
        export.add_argument(f"--{name}", metavar="ID", action="append", default=[], help=what)
    export.add_argument(
        "--document", metavar="NAME", action="append", default=[], help="all versions of a document with their sources"
    )
    taking = verbs.add_parser("import", help="take an export: all of it or nothing; what is here already stays")
    taking.add_argument("file", metavar="FILE", help="what council store export wrote")
    for verb in (show, export, taking):
        verb.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
        add_common(verb)
