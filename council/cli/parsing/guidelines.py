"""What can be typed after ``council guidelines``."""

from __future__ import annotations

from council.cli.parsing.base import add_common, new_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from council.cli.parsing.base import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    parser = new_command(
        commands,
        "guidelines",
        "write the documents a team works by, from its policy and what was measured",
        "  council guidelines                               into guidelines/, as Markdown and HTML\n"
        "  council guidelines python-team -o docs/models    another policy, another folder\n"
        "  council guidelines --check                       1 when a document is stale, and what moved\n",
    )
    parser.add_argument("policy", nargs="?", metavar="POLICY", help="id or file of the policy (default: the settings')")
    parser.add_argument("-o", "--output", metavar="DIR", default="guidelines", help="folder (default: guidelines)")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; end with 1 when what is there is stale, and say why"
    )
    parser.add_argument(
        "--format", choices=("both", "markdown", "html"), default="both", help="both, markdown, html (default: both)"
    )
    parser.add_argument("--force", action="store_true", help="replace files that council did not write as they are")
    add_common(parser)
