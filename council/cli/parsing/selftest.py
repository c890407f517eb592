"""What can be typed after ``council selftest``."""

from __future__ import annotations

from council.cli.parsing.base import add_common, add_output, new_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from council.cli.parsing.base import Commands

_EPILOG = """\
Hundreds of hostile texts go through prompt, seats, reading, decision and every form of the result: orders to reviewers
in each place that code has, breaks out of the frame, ballots in the code, veiled words, terminal escapes, markup,
links, template source, forged log lines, places outside the material. Scripted seats sit, honest and obedient ones: no
key, no network, and nothing is executed.

--live asks the real seats of the settings, whatever a policy says of their models, about some of the payloads and
counts how often each takes orders from the code. It costs what so many reviews cost; budget_usd holds for all of them.

example:
  council selftest
  council selftest --live --seat ollama_chat/qwen2.5-coder:1.5b --count 6
  council selftest --format json -o selftest.json

exit codes:
  0 all held but what is listed as known, or measured   1 something did not hold   3 no real seat answered
"""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = new_command(commands, "selftest", "try hostile code and hostile replies on council itself", "")
    parser.epilog = _EPILOG
    parser.add_argument("--live", action="store_true", help="measure the real seats instead")
    parser.add_argument("--count", type=int, metavar="N", help="with --live: so many payloads (default: 12)")
    parser.add_argument("--panel", metavar="ID|FILE", help="with --live: who is asked (default: the settings')")
    parser.add_argument(
        "--seat", metavar="MODEL", action="append", dest="seats", help="with --live: a LiteLLM model, not a panel"
    )
    add_output(parser, ("text", "json"))
    add_common(parser)
