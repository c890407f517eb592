"""What can be typed after ``council policy``."""

from __future__ import annotations

import argparse

from council.cli.parsing.base import Parser, add_common, new_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from council.cli.parsing.base import Commands

_POLICY = "id or file of a policy (default: the settings')"


def add(commands: Commands) -> None:
    """Add the command and its verbs."""
    parser = new_command(
        commands,
        "policy",
        "list, show, check and compare policies, and propose what the evidence says they should say",
        "  council policy show python-team                what it demands, and which file says so\n"
        "  council policy lint team.toml                  1 when something is odd about it\n"
        "  council policy diff python-team team.toml      what is stricter, what is weaker\n"
        "  council policy propose team.toml -o bans.patch what your benchmarks say; then: git apply bans.patch\n"
        "  council policy schema -o policy.schema.json    for editors that complete TOML\n",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser, required=True)
    listing = verbs.add_parser("list", help="every policy that can be named here")
    show = verbs.add_parser("show", help="everything it demands, and which file each part comes from")
    show.add_argument("policy", nargs="?", metavar="ID|FILE", help=_POLICY)
    lint = verbs.add_parser("lint", help="what is odd about it; 1 when there is an error or a warning")
    lint.add_argument("policy", nargs="?", metavar="ID|FILE", help=_POLICY)
    lint.add_argument("--strict", action="store_true", help="notes count as well")
    diff = verbs.add_parser("diff", help="what the second one demands more, and what less")
    diff.add_argument("before", metavar="A", help="id or file of a policy")
    diff.add_argument("after", metavar="B", help="id or file of a policy")
    proposing = verbs.add_parser("propose", help="what benchmarks and sessions say it should say, as a patch")
    proposing.add_argument("policy", nargs="?", metavar="POLICY", help=_POLICY)
    proposing.add_argument("-o", "--output", metavar="FILE", help="write the patch there; the policy stays as it is")
    schema = verbs.add_parser("schema", help="the JSON Schema of policy files")
    schema.add_argument("--panel", dest="of_panel", action="store_true", help="of panel files")
    schema.add_argument("-o", "--output", metavar="FILE", help="write it there")
    for verb in (listing, show, lint, diff):
        verb.add_argument("--format", choices=("text", "json"), default="text")
    for verb in (listing, show, lint, diff, proposing, schema):
        verb.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
        add_common(verb)
