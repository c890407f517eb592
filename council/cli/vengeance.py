"""``vengeance-validate``: the command of the story, a thin door to ``council validate`` and ``council generate``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from council.cli.entry import guarded
from council.cli.parsing.base import Parser, add_unsafe

EPILOG = """\
examples:
  vengeance-validate cache.py                      check a file; its tests are found by their name
  vengeance-validate --model qwen2.5-coder:1.5b --prompt "an LRU cache" -o cache.py

marks:  [✓] passed   [⚠] warnings that do not block   [✗] failed, or gave no answer   [-] not run
exit codes:  0 passed   1 a check failed   2 usage   3 could not judge
The whole story of a check: council validate FILE
"""


def main() -> int:
    """Run the command and return its exit code."""
    parser = _parser()
    try:
        options = parser.parse_args()
        if (options.file is None) == (options.prompt is None):
            parser.error("give a FILE to check, or --prompt TEXT for a model to write one")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 2
    return guarded(_run, options)


def _parser() -> Parser:
    parser = Parser(
        prog="vengeance-validate",
        description="Checks code that a model wrote: syntax, flake8, bandit, pytest and black, in a sandbox.",
        epilog=EPILOG,
    )
    parser.add_argument("file", metavar="FILE", nargs="?", help="Python file to check")
    parser.add_argument("--prompt", metavar="TEXT|@FILE", help="let a local model write this, and check what it wrote")
    parser.add_argument("--model", metavar="M", help="the local model (default: OLLAMA_MODEL)")
    parser.add_argument("--tests", metavar="PATH", action="append", default=[], help="pytest files (default: by name)")
    parser.add_argument("--policy", metavar="ID|FILE", help="policy with the exit criteria (default: python-team)")
    parser.add_argument("-o", "--output", metavar="FILE", help="with --prompt: write the code there")
    parser.add_argument("--force", action="store_true", help="replace an existing file")
    add_unsafe(parser)
    parser.add_argument("--set", dest="sets", metavar="KEY=VALUE", action="append", default=[], help="any setting")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return parser


def _run(options: argparse.Namespace) -> int:
    return _check(options) if options.prompt is None else _write(options)


def _check(options: argparse.Namespace) -> int:
    from council.api import submission_of
    from council.cli.common import resolve, run_async
    from council.cli.validate import validated
    from council.rendering import terminal
    from council.sources import tests_beside

    settings = resolve(options).settings
    tests = options.tests or [str(path) for path in tests_beside(Path(options.file))]
    submission = submission_of(options.file, tests=tests or None, settings=settings)
    report = run_async(validated(submission, settings, options))
    terminal.show_marks(report)
    return report.exit_code


def _write(options: argparse.Namespace) -> int:
    """Code goes to its file or to standard output; with code on standard output the marks go to standard error."""
    from council.cli.common import emit, resolve, run_async, writable_target
    from council.cli.generate import written
    from council.rendering import terminal
    from council.sources import read_task, read_tests
    from council.text import one_line

    settings = resolve(options).settings
    writable_target(options.output, force=options.force)
    tests = read_tests(options.tests, settings=settings) if options.tests else ()
    session = run_async(written(read_task(options.prompt), tests, settings, options))
    for note in session.notes:
        sys.stderr.write(f"vengeance-validate: {one_line(note, 400)}\n")
    if not session.submission.files or session.validation is None:
        sys.stderr.write("vengeance-validate: the model wrote no code for this\n")
        return 3
    emit(session.submission.files[0].text, options.output)
    terminal.show_marks(session.validation, stream=sys.stdout if options.output else sys.stderr)
    return session.validation.exit_code
