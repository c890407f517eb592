"""What can be typed after ``council clarify``."""

from __future__ import annotations

from council.cli.parsing.base import add_common, add_output, add_unsafe, new_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from council.cli.parsing.base import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    parser = new_command(
        commands,
        "clarify",
        "let local models write a task several times, and say what the task does not say",
        "  council clarify @task.md --version-model qwen2.5-coder:1.5b\n"
        "  council clarify @task.md --versions 12 --version-model qwen2.5-coder:1.5b --version-model llama3.2:3b\n",
    )
    parser.add_argument("task", metavar="TASK|@FILE", help="what the code should do")
    parser.add_argument("--versions", metavar="N", type=int, help="how often it is written (default: 8)")
    parser.add_argument(
        "--version-model", metavar="M", action="append", dest="version_models", help="local model that writes it"
    )
    parser.add_argument("--versions-from", metavar="FILE", help="recorded versions (JSON lines) to use first")
    parser.add_argument("--policy", metavar="ID|FILE", help="policy that speaks of models (default: python-team)")
    parser.add_argument("--no-store", action="store_true", help="do not keep the versions")
    add_output(parser, ("text", "json"))
    add_unsafe(parser)
    add_common(parser)
