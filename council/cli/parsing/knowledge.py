"""What can be typed after ``council knowledge``."""

from __future__ import annotations

import argparse

from council.cli.parsing.base import Parser, add_common, new_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from council.cli.parsing.base import Commands

_ID = "the id, or an unambiguous beginning of it"


def add(commands: Commands) -> None:
    """Add the command and its verbs."""
    parser = new_command(
        commands,
        "knowledge",
        "list, show, search, add, export or delete what was learnt, with the evidence it rests on",
        "  council knowledge add 'Recency beats the label' --text @finding.txt --kind finding --evidence 7f3k b12\n"
        "  council knowledge search recency label\n"
        "  council knowledge show recency\n"
        "  council knowledge export -o knowledge.md\n",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser, required=True)
    listing = verbs.add_parser("list", help="what was learnt, the newest first")
    show = verbs.add_parser("show", help="one piece of knowledge, whole")
    show.add_argument("id", metavar="ID", help=_ID)
    searching = verbs.add_parser("search", help="what holds all of the words, the best match first")
    searching.add_argument("words", metavar="WORD", nargs="+", help="words, or beginnings of words")
    adding = verbs.add_parser("add", help="keep what was learnt")
    _adding(adding)
    export = verbs.add_parser("export", help="all of it as one document")
    export.add_argument("--format", choices=("markdown", "json"), default="markdown")
    export.add_argument("-o", "--output", metavar="FILE", help="write it there")
    delete = verbs.add_parser("delete", help="remove one piece of knowledge that nothing rests on")
    delete.add_argument("id", metavar="ID", help=_ID)
    for verb, most in ((listing, 200), (searching, 20)):
        verb.add_argument("--limit", type=int, default=most, metavar="N", help=f"at most so many (default: {most})")
    for verb in (listing, searching, adding):
        verb.add_argument("--format", choices=("text", "json"), default="text")
    show.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    for verb in (listing, show, searching, adding, export, delete):
        verb.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
        add_common(verb)


def _adding(parser: Parser) -> None:
    parser.add_argument("title", metavar="TITLE", help="one line that says it")
    parser.add_argument("--text", metavar="TEXT|@FILE", required=True, help="what was learnt, in plain text")
    parser.add_argument(
        "--evidence",
        metavar="ID",
        nargs="+",
        action="extend",
        default=[],
        help="session or benchmark it rests on, by the beginning of its id; knowledge as knowledge:ID",
    )
    parser.add_argument("--id", metavar="ID", help="readable id (default: made of the title)")
    parser.add_argument(
        "--kind",
        choices=("note", "finding", "benchmark", "advisory"),
        default="note",
        help="where it comes from (default: note)",
    )
    parser.add_argument("--force", action="store_true", help="replace what is kept under this id")
