"""What can be typed after ``council label``."""

from __future__ import annotations

from council.cli.parsing.base import add_common, new_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from council.cli.parsing.base import Commands

WORDS = ("good", "bad", "real", "false")


def add(commands: Commands) -> None:
    """Add the command."""
    parser = new_command(
        commands,
        "label",
        "say what turned out, so that council learns how sure it may be and how far to trust each seat",
        "  council label 7f3k bad                 the code of this session turned out wrong\n"
        "  council label 7f3k --finding 1 real    its concern 1 was a real defect\n"
        "  council label 7f3k --undo              take that back\n"
        "  council label --list                   every label\n"
        "  council label --seats                  how reliable each seat is, from all labels\n",
    )
    parser.add_argument("session", metavar="SESSION", nargs="?", help="its id, or an unambiguous beginning of it")
    parser.add_argument(
        "word", metavar="WORD", nargs="?", choices=WORDS, help="good or bad for the code, real or false for a finding"
    )
    parser.add_argument(  # the word after it is its own: argparse gives a second group of places to nobody
        "--finding",
        metavar=("N", "real|false"),
        nargs="+",
        default=[],
        help="number of a concern, as council session show says it, or id of a finding; real or false may follow",
    )
    doing = parser.add_mutually_exclusive_group()
    doing.add_argument("--undo", action="store_true", help="take the label back")
    doing.add_argument("--list", action="store_true", dest="listing", help="show the labels, of one session or of all")
    doing.add_argument("--seats", action="store_true", dest="standing", help="show what the labels say of each seat")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    add_common(parser)
