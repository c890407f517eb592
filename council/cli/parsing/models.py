"""What can be typed after ``council models``."""

from __future__ import annotations

from council.cli.parsing.base import add_common, add_output, new_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from council.cli.parsing.base import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    parser = new_command(
        commands,
        "models",
        "list the local models: what fits, what the policy says, the last benchmark",
        "  council models\n"
        "  council models --policy team.toml                by the rules of another policy\n"
        "  council models --format json -o models.json      for other programs\n",
    )
    parser.add_argument("--policy", metavar="ID|FILE", help="policy that speaks of models (default: the settings')")
    add_output(parser, ("text", "json"))
    add_common(parser)
