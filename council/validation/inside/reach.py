"""Runs the tests under coverage.py and reports over the channel which lines and branches of the code they reach.

The order is that of ``session``. One event more: ``reach``, with ``files``: path, statements, missed lines, ways out of
branching lines, and ways out taken.
"""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.join(os.environ["COUNCIL_FILES"], "lib"))

import coverage  # noqa: E402

from council.validation.inside import session  # noqa: E402

del sys.path[0]


def main() -> None:
    """Read the order, run the tests, report what they reached, and end."""
    order = session.read_order()
    report = session.reporter(order.pop("nonce"))
    root = os.path.realpath(order["root"])
    session._show_files(root)
    for name in [name for name in sys.modules if name.partition(".")[0] == "council"]:
        del sys.modules[name]  # the code may have a package of that name
    paths = [path for path in order["code"] if path.endswith(".py")]
    sys.path[:0] = [os.path.join(root, path) for path in order["paths"]]
    include = [os.path.join(root, path) for path in paths]
    measured = coverage.Coverage(data_file=None, config_file=False, branch=True, include=include, messages=False)
    measured.start()
    try:
        code = session.run_tests(order, lambda *_, **__: None)
    except SystemExit:
        code = 70
    measured.stop()
    report("reach", files=[_reached(measured, root, path) for path in paths])
    session.end(report, code)


def _reached(measured: coverage.Coverage, root: str, path: str) -> list[object]:
    place = os.path.join(root, path)
    try:
        _, lines, _, missed, _ = measured.analysis2(place)
        ways = measured.branch_stats(place).values()
    except coverage.CoverageException:
        return [path, 0, [], 0, 0]
    return [path, len(lines), missed, sum(total for total, _ in ways), sum(taken for _, taken in ways)]


if __name__ == "__main__":
    main()
