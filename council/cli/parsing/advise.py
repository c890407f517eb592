"""What can be typed after ``council advise``."""

from __future__ import annotations

from council.cli.parsing.base import add_common, new_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from council.cli.parsing.base import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    parser = new_command(
        commands,
        "advise",
        "write the advisory about a model: what was measured, its bugs, what to use instead",
        "  council advise codellama:34b --against qwen2.5:32b -o advisory.md\n"
        "  council advise smollm2:135m --memory 24 --format html -o advisory.html\n"
        "  council advise smollm2:135m --prose --chair ollama_chat/qwen2.5:32b\n\n"
        "Everything in it comes from benchmarks and sessions in the store. The same facts give the same document;\n"
        "other facts make a new version that says what moved. 3 when the store holds nothing about the model.\n",
    )
    parser.add_argument("model", metavar="MODEL", help="as the benchmark names it; spelling does not matter much")
    parser.add_argument(
        "--against", metavar="M", action="append", default=[], help="compare with this model (default: the best)"
    )
    parser.add_argument("--memory", metavar="GB", type=float, help="alternatives must fit into so much memory")
    parser.add_argument(
        "--benchmark", metavar="ID", action="append", default=[], dest="benchmarks",
        help="use this benchmark (default: the newest of each suite)",
    )  # fmt: skip
    parser.add_argument("--policy", metavar="ID|FILE", help="thresholds, exit criteria, rules (default: python-team)")
    parser.add_argument("--prose", action="store_true", help="let the chair write the summary from the facts")
    parser.add_argument("--chair", metavar="MODEL", help="model that writes it, as LiteLLM names it")
    parser.add_argument(
        "--strict", action="store_true", help="end with 1, and write nothing, when a number has no source"
    )
    parser.add_argument("--no-store", action="store_true", help="do not keep the version")
    parser.add_argument(
        "--format", choices=("markdown", "json", "html"), default="markdown",
        help="markdown, json, html (default: markdown)",
    )  # fmt: skip
    parser.add_argument("-o", "--output", metavar="FILE", help="write it there instead of standard output")
    add_common(parser)
