"""What can be typed after ``council audit``."""

from __future__ import annotations

from council.cli.parsing.base import add_common, add_unsafe, new_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from council.cli.parsing.base import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    parser = new_command(
        commands,
        "audit",
        "find code that discouraged or banned models wrote, check it, and rank it by risk",
        "  council audit .                                    what the policy discourages or bans\n"
        "  council audit src --model codellama --since 2026-01-01\n"
        "  council audit . --format sarif -o audit.sarif      for the forge's code scanning\n"
        "  council audit . --regenerate -o patches            replacements that pass, as patches\n"
        "  council audit . --regenerate --apply               the same, applied where you say yes\n\n"
        "exit codes: 0 nothing found   1 something found   2 usage   3 nothing was looked at",
    )
    parser.add_argument("paths", metavar="PATH", nargs="+", help="files or folders")
    parser.add_argument(
        "--model",
        metavar="M",
        action="append",
        default=[],
        dest="models",
        help="look for this model or family, whatever its status (default: what the policy discourages or bans)",
    )
    parser.add_argument(
        "--since", metavar="DATE", help="leave out what is known to be older: 2026-01-31; what has no date stays"
    )
    parser.add_argument(
        "--policy", metavar="ID|FILE", help="policy that names models and checks (default: python-team)"
    )
    parser.add_argument("--no-validate", action="store_true", help="only find: run no checks and no tests")
    parser.add_argument("--no-store", action="store_true", help="do not look into earlier sessions and benchmarks")
    parser.add_argument(
        "--regenerate", action="store_true", help="let a model that may be used write each file again; keep what passes"
    )
    parser.add_argument(
        "--writer",
        metavar="M",
        help="with --regenerate: who writes (default: what the policy names instead, else the setting model)",
    )
    parser.add_argument("--apply", action="store_true", help="with --regenerate: ask for each file, and write it")
    parser.add_argument("--yes", action="store_true", help="with --apply: do not ask")
    parser.add_argument(
        "--format",
        choices=("text", "json", "sarif", "markdown"),
        default="text",
        help="text, json, sarif, markdown (default: text)",
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write the result there; with --regenerate a folder for the patches"
    )
    add_unsafe(parser)
    add_common(parser)
