"""What every parser of a command is made of: one clear sentence for a mistake, and the options all of them share."""

from __future__ import annotations

import argparse
import sys

TYPE_CHECKING = False  # typing alone would cost a fifth of the whole start
if TYPE_CHECKING:
    from typing import Any, NoReturn

    Commands = argparse._SubParsersAction["Parser"]


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Raw text for epilogs, options in a narrow column."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30, width=100)


class Parser(argparse.ArgumentParser):
    """argparse with one clear sentence for a mistake, and a suggestion for a misspelt word."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": _Formatter, "allow_abbrev": False, **options})

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, and refuse here what is left: ``council`` itself knows no command's words to suggest."""
        found, left = super().parse_known_args(args, namespace)
        if left:
            self.error(f"unrecognized arguments: {' '.join(left)}")
        return found, left

    def error(self, message: str) -> NoReturn:
        """Print one sentence and leave with exit code 2."""
        said = self._suggest(message)
        if any(len(word) >= 8 and any(map(str.isdigit, word)) for word in said.split()):
            from council.settings import secret_values  # they are slow to load, and only a key needs them
            from council.text import redact

            said = redact(said, secret_values())
        sys.stderr.write(f"council: {said}{'' if said.endswith('?') else '.'} See: {self.prog} --help\n")
        sys.exit(2)

    def _suggest(self, message: str) -> str:
        import difflib  # only a mistake needs it

        message = message.replace("argument ", "", 1) if message.startswith("argument ") else message
        if message.startswith("unrecognized arguments: "):
            word = message.removeprefix("unrecognized arguments: ").split()[0].split("=")[0]
            close = difflib.get_close_matches(word, [o for a in self._actions for o in a.option_strings], 1)
            return f"unknown argument {word!r}" + (f". Did you mean {close[0]}?" if close else "")
        if "invalid choice: " in message:
            word = message.split("invalid choice: '")[1].split("'")[0]
            choices = [c for a in self._actions if a.choices for c in a.choices]
            close = difflib.get_close_matches(word, choices, 1)
            options = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(choices)}"
            return f"unknown command or choice {word!r}. {options}"
        return message


def new_command(commands: Commands, name: str, text: str, example: str) -> Parser:
    """Add a command; ``text`` begins with a small letter and ends without a full stop."""
    parser: Parser = commands.add_parser(
        name,
        help=text,
        description=text[0].upper() + text[1:] + ".",
        epilog=f"example:\n{example}",
    )
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return parser


def add_common(parser: Parser) -> None:
    """Add what every command takes: any setting, and silence."""
    parser.add_argument("--set", dest="sets", metavar="KEY=VALUE", action="append", default=[], help="any setting")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress")


def add_unsafe(parser: Parser) -> None:
    """Add the one way to run code without a sandbox: typed for this call, and never a setting."""
    parser.add_argument(
        "--unsafe-exec",
        action="store_true",
        help="where no sandbox works, run the code without one: it can then read your files and keys (see doctor)",
    )


def add_output(parser: Parser, formats: tuple[str, ...]) -> None:
    """Add the form of the result and where it goes."""
    parser.add_argument("--format", choices=formats, default="text", help=f"{', '.join(formats)} (default: text)")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the result there instead of standard output")
