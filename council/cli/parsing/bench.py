"""What can be typed after ``council bench``."""

from __future__ import annotations

from council.cli.parsing.base import Parser, add_common, add_output, add_unsafe, new_command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from council.cli.parsing.base import Commands

_FORMATS = ("text", "json", "markdown")
_RUN = """\
Each model solves each task through the same path as council generate, without repairs and without seeing a test. The
code is then validated in the sandbox with the task's plain tests, and with its edge-case tests on their own.
Models that the policy discourages or bans may be benchmarked: that is how such a rule gets, keeps or loses its reason.
Security findings count from medium severity up, lint findings all. Every sample is kept when it is there; a run that
was killed goes on with --resume.

example:
  council bench run core
  council bench run core --model qwen2.5-coder:0.5b --model qwen2.5-coder:1.5b --samples 5
  council bench run HumanEvalPlus.jsonl.gz --task HumanEval/0 --task HumanEval/1
  council bench run core --resume b7f3k2m9

exit codes:
  0 ran to its end   2 usage or settings wrong   3 could not go on; what is there is kept
"""
_IMPORT = """\
Outputs that were recorded elsewhere, a JSON object a line with model, task_id and code (and test, entry_point, prompt
and recorded_pass where they are known), are judged here by their tests. The recorded outcome is shown beside ours.

example:
  council bench import humaneval_outputs.jsonl.gz --strong-tests humaneval_plus_tests.jsonl.gz
  council bench import outputs.jsonl --suite HumanEvalPlus.jsonl.gz --model CodeLlama-34b-Instruct --limit 20
"""


def add(commands: Commands) -> None:
    """Add the command with its verbs."""
    parser = new_command(
        commands,
        "bench",
        "measure models on a suite of tasks: who writes what passes, how fast, in what memory",
        "  council bench run core\n"
        "  council bench list\n"
        "  council bench show b7f3\n"
        "  council bench compare b7f3 b9q1\n",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser, required=True)
    _run(verbs)
    _import(verbs)
    listing = _verb(verbs, "list", "the newest benchmarks first")
    listing.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many (default: 50)")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    show = _verb(verbs, "show", "one benchmark with its table, or one sample of it")
    show.add_argument("id", metavar="ID", help="the id, or an unambiguous beginning of it")
    show.add_argument("--model", metavar="M", help="with --task: one sample with code, failed tests and output")
    show.add_argument("--task", metavar="ID", help="see --model")
    show.add_argument("--sample", type=int, metavar="N", help="which sample of the two (default: 1)")
    add_output(show, _FORMATS)
    compare = _verb(verbs, "compare", "two benchmarks as one table, over the tasks that are the same in both")
    compare.add_argument("id", metavar="A", help="the id, or an unambiguous beginning of it")
    compare.add_argument("other", metavar="B", help="the other one")
    add_output(compare, _FORMATS)
    delete = _verb(verbs, "delete", "remove one benchmark with its samples")
    delete.add_argument("id", metavar="ID", help="the id, or an unambiguous beginning of it")
    suites = _verb(verbs, "suites", "the suites that are here")
    suites.add_argument("--format", choices=("text", "json"), default="text")
    for verb in (listing, show, compare, delete, suites):
        add_common(verb)


def _run(verbs: Commands) -> None:
    run = _verb(verbs, "run", "let each model solve each task", _RUN)
    run.add_argument("suite", metavar="SUITE", nargs="?", help="id of a suite, or path of a folder or file")
    run.add_argument(
        "--model", metavar="M", action="append", dest="models", help="may be repeated (default: all that Ollama has)"
    )
    run.add_argument("--samples", type=int, metavar="N", help="how often each solves each task (default: 1)")
    run.add_argument("--seed", type=int, metavar="N", help="decides order and sampling (default: 0)")
    run.add_argument(
        "--temperature", type=float, metavar="T", help="of every sample but the first, which has 0 (default: 0.8)"
    )
    run.add_argument("--task", metavar="ID", action="append", dest="tasks", help="only this task; may be repeated")
    run.add_argument("--policy", metavar="ID|FILE", help="its checks run over each sample (default: python-team)")
    run.add_argument("--panel", metavar="ID|FILE", help="who sits with --review (default: frontier)")
    run.add_argument("--review", action="store_true", help="let the council sit over each code that passes")
    run.add_argument("--one-at-a-time", action="store_true", help="load one model after the other in any case")
    run.add_argument("--resume", metavar="ID", help="go on with a benchmark that was interrupted")
    run.add_argument("--record", metavar="DIR", help="keep every reply in this folder")
    run.add_argument("--replay", metavar="DIR", help="answer from such a folder; no model is asked")
    add_unsafe(run)
    add_output(run, _FORMATS)
    add_common(run)


def _import(verbs: Commands) -> None:
    parser = _verb(verbs, "import", "judge what models wrote elsewhere", _IMPORT)
    parser.add_argument("file", metavar="FILE", help="recorded outputs, a JSON object a line; may be packed")
    parser.add_argument("--suite", metavar="SUITE", help="where the tests are (default: in FILE)")
    parser.add_argument("--strong-tests", metavar="FILE", help="stronger tests of the same tasks, counted apart")
    parser.add_argument("--model", metavar="M", action="append", dest="models", help="only this model; may be repeated")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N tasks")
    parser.add_argument("--policy", metavar="ID|FILE", help="its checks run over each output (default: python-team)")
    parser.add_argument("--resume", metavar="ID", help="go on with an import that was interrupted")
    add_unsafe(parser)
    add_output(parser, _FORMATS)
    add_common(parser)


def _verb(verbs: Commands, name: str, text: str, epilog: str | None = None) -> Parser:
    parser: Parser = verbs.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.", epilog=epilog)
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return parser
