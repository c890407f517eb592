"""The command line: what can be typed, and what ``--help`` teaches. Light on purpose: no heavy import stands here."""

from __future__ import annotations

import argparse

from council._version import __version__
from council.cli.parsing import add_all
from council.cli.parsing.base import Parser, add_common, add_output, add_unsafe, new_command

TYPE_CHECKING = False  # typing alone would cost a fifth of the whole start
if TYPE_CHECKING:
    from council.cli.parsing.base import Commands

EPILOG = """\
first steps:
  council doctor                                   what works here, and what to type next
  council validate cache.py --tests test_cache.py  run the checks in a sandbox
  council review cache.py --task @task.md          let the council decide
  council generate "a function …" -o out.py        let your local model write, and check it
  council bench run core                           measure the models you have
  council audit .                                  find code that discouraged models wrote

exit codes:
  0 approved or passed   1 changes requested, rejected or failed   2 usage, settings or policy wrong
  3 could not judge      4 a bug (a log is written)                130 interrupted
"""


def build_parser() -> Parser:
    """Return the parser of every command."""
    parser = Parser(
        prog="council",
        description="A council of models reviews code that a model wrote, runs what it claims, and gives one decision.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"council {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for add in (_validate, _review, _generate, _session):
        add(commands)
    add_all(commands)
    for add in (_doctor, _init, _settings):
        add(commands)
    return parser


def _validate(commands: Commands) -> None:
    parser = new_command(
        commands,
        "validate",
        "run the checks of the policy in a sandbox; nobody is asked",
        "  council validate cache.py --tests test_cache.py\n"
        "  council validate cache.py --task @task.md   # runs the examples that the task gives\n",
    )
    parser.add_argument("paths", metavar="PATH", nargs="+", help="Python files or folders")
    parser.add_argument("--task", metavar="TEXT|@FILE", help="what the code should do: its examples are run")
    parser.add_argument("--tests", metavar="PATH", action="append", default=[], help="pytest files or folders")
    parser.add_argument("--policy", metavar="ID|FILE", help="policy with the exit criteria (default: python-team)")
    add_output(parser, ("text", "json", "markdown", "html"))
    add_unsafe(parser)
    add_common(parser)


def _review(commands: Commands) -> None:
    parser = new_command(
        commands,
        "review",
        "validate, ask every seat of the panel, and decide",
        "  council review cache.py --tests test_cache.py --task @task.md\n"
        "  council review cache.py --seat ollama_chat/qwen2.5-coder:1.5b --seat openai/gpt-6-luna\n"
        "  council review cache.py --policy checks-only --tests test_cache.py\n"
        "  council review cache.py --task @task.md --versions 8 --version-model qwen2.5-coder:1.5b\n",
    )
    parser.add_argument("paths", metavar="PATH", nargs="+", help="Python files or folders")
    parser.add_argument("--task", metavar="TEXT|@FILE", help="what the code should do")
    parser.add_argument("--tests", metavar="PATH", action="append", default=[], help="pytest files or folders")
    parser.add_argument("--policy", metavar="ID|FILE", help="policy that decides (default: python-team)")
    parser.add_argument("--panel", metavar="ID|FILE", help="frontier (default), story, economy, local, or a file")
    parser.add_argument(
        "--seat", metavar="MODEL", action="append", dest="seats", help="a LiteLLM model, instead of a panel"
    )
    parser.add_argument(
        "--probe", action="store_true", help="measure the tests too: what they reach, which small changes they miss"
    )
    parser.add_argument(
        "--versions", metavar="N", type=int, help="let local models write the task N times, and run those against it"
    )
    parser.add_argument(
        "--version-model", metavar="M", action="append", dest="version_models", help="local model that writes them"
    )
    parser.add_argument("--versions-from", metavar="FILE", help="recorded versions (JSON lines) to use first")
    parser.add_argument("--record", metavar="DIR", help="keep every reply of a seat in this folder")
    parser.add_argument("--replay", metavar="DIR", help="answer from such a folder; nobody is called")
    parser.add_argument("--no-store", action="store_true", help="do not keep the session")
    parser.add_argument("--apply-fix", metavar="N", help="write the fix of concern N if it held, after asking")
    parser.add_argument("--yes", action="store_true", help="write it without asking")
    add_output(parser, ("text", "json", "markdown", "html"))
    add_unsafe(parser)
    add_common(parser)


def _generate(commands: Commands) -> None:
    parser = new_command(
        commands,
        "generate",
        "let a local model write code, check it, and send failures back to it",
        '  council generate "a function is_palindrome(text)" --model qwen2.5-coder:1.5b -o palindrome.py\n'
        "  council generate @task.md --tests test_cache.py --draft-model qwen2.5-coder:0.5b -o cache.py\n"
        "  council generate @task.md --samples 8 --model qwen2.5-coder:1.5b -o cache.py\n"
        "  council generate @task.md --samples 8 --model qwen2.5-coder:0.5b --model qwen2.5-coder:1.5b -o cache.py\n"
        "  council generate @task.md --samples 8 --ask -o cache.py         you say what is right where they differ\n",
    )
    parser.add_argument("task", metavar="TASK|@FILE", help="what the code should do")
    parser.add_argument(
        "--model", metavar="M", action="append", dest="models",
        help="local model that writes (default: OLLAMA_MODEL); several share the samples",
    )  # fmt: skip
    parser.add_argument("--draft-model", metavar="M", help="faster model for the first draft")
    parser.add_argument("--samples", metavar="N", type=int, help="write it N times and pick one by agreement")
    parser.add_argument(
        "--ask", action="store_true",
        help="ask you what is right where samples differ; the answers choose, and become tests beside the code",
    )  # fmt: skip
    parser.add_argument("--ask-seats", action="store_true", help="the same, and the seats of the panel answer")
    parser.add_argument("--panel", metavar="ID|FILE", help="with --ask-seats: who answers (default: frontier)")
    parser.add_argument("--tests", metavar="PATH", action="append", default=[], help="pytest files or folders")
    parser.add_argument("--policy", metavar="ID|FILE", help="policy with the exit criteria (default: python-team)")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the code there (default: standard output)")
    parser.add_argument("--force", action="store_true", help="replace an existing file")
    parser.add_argument("--no-store", action="store_true", help="do not keep the session")
    add_unsafe(parser)
    add_common(parser)


def _session(commands: Commands) -> None:
    parser = new_command(
        commands,
        "session",
        "list, show, replay, resume, export or delete what earlier sittings decided",
        "  council session list\n"
        "  council session show 7f3k\n"
        "  council session replay 7f3k --policy team.toml       decide it again, without a call\n"
        "  council session replay 7f3k --set quorum=2 --set block_at=high\n"
        "  council session resume 7f3k                          ask only the seats that are missing\n"
        "  council session export 7f3k -o session.json\n",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser, required=True)
    listing = verbs.add_parser("list", help="the newest sessions first")
    listing.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many (default: 50)")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    show = verbs.add_parser("show", help="one session, whole")
    show.add_argument("id", metavar="ID", help="the id, an unambiguous beginning of it, or last")
    show.add_argument("concern", nargs="?", metavar="N", help="only concern N, with everything that was said of it")
    show.add_argument("--format", choices=("text", "json", "markdown", "html"), default="text")
    _replay(verbs)
    _resume(verbs)
    export = verbs.add_parser("export", help="one session as JSON, with everything in it")
    export.add_argument("id", metavar="ID", help="the id, an unambiguous beginning of it, or last")
    export.add_argument("-o", "--output", metavar="FILE", help="write it there")
    delete = verbs.add_parser("delete", help="remove one session")
    delete.add_argument("id", metavar="ID", help="the id, an unambiguous beginning of it, or last")
    for verb in (listing, show, export, delete):
        verb.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
        add_common(verb)


def _replay(verbs: Commands) -> None:
    replay = verbs.add_parser(
        "replay",
        help="decide a session again from what is kept of it, without a call",
        description="Decide a session again from its kept ballots, checks and evidence. Nobody is asked, nothing is\n"
        "run, no file is read. The decision is kept as a new session and shown beside the old one.",
        epilog="what --set can change of the policy:\n"
        "  quorum=2  block_at=high  block_share=0.34  approve_share=0.66  checks_only=true\n"
        "  criteria.lint.required=never  criteria.tests.min_pass_rate=0.8\n",
    )
    replay.add_argument("id", metavar="ID", help="the id, an unambiguous beginning of it, or last")
    replay.add_argument("--policy", metavar="ID|FILE", help="decide by this one (default: the policy as it stood then)")
    replay.add_argument("--no-store", action="store_true", help="do not keep the new decision")
    add_output(replay, ("text", "json", "markdown", "html"))
    replay.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    add_common(replay)


def _resume(verbs: Commands) -> None:
    resume = verbs.add_parser(
        "resume",
        help="ask only the seats that are missing, and decide anew",
        description="Ask the seats of a session that were late, failed, over budget, unreadable or never asked, with\n"
        "the prompt that stands in it, and decide anew. Who declined, obeyed the material or wrote the code is not\n"
        "asked again. The session is replaced whole, at the end; what it has cost counts toward budget_usd.",
    )
    resume.add_argument("id", metavar="ID", help="the id, an unambiguous beginning of it, or last")
    resume.add_argument("--record", metavar="DIR", help="keep every reply of a seat in this folder")
    resume.add_argument("--replay", metavar="DIR", help="answer from such a folder; nobody is called")
    resume.add_argument("--force", action="store_true", help="take it over from another machine that is gone")
    add_output(resume, ("text", "json", "markdown", "html"))
    add_unsafe(resume)
    resume.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    add_common(resume)


def _doctor(commands: Commands) -> None:
    parser = new_command(commands, "doctor", "say what works here, and what to type next", "  council doctor\n")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    add_common(parser)


def _init(commands: Commands) -> None:
    parser = new_command(commands, "init", "write a commented council.toml", "  council init\n")
    parser.add_argument("folder", nargs="?", default=".", metavar="FOLDER", help="where (default: here)")
    parser.add_argument("--force", action="store_true", help="replace an existing council.toml")


def _settings(commands: Commands) -> None:
    parser = new_command(
        commands, "settings", "show each setting and where its value came from", "  council settings show\n"
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser, required=True)
    show = verbs.add_parser("show", help="each setting, its value and its origin")
    show.add_argument("--format", choices=("text", "json"), default="text")
    show.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    add_common(show)
