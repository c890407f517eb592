"""Submissions that want the tools to see nothing."""

from __future__ import annotations

from hostile_attacks.base import Attack

_SAME = "plain use of the tool sees it as well: it is here so that it stays so"
SHELL = "import subprocess\n\n\ndef f(word):\n    return subprocess.call(word, shell=True)\n"
UNKNOWN = "def f():\n    return unknown_name\n"
UGLY = "x = {  'a':1,'b':2 }\n"


def blind(name: str, attack: str, check: str, code: str, finds: str, unproved: str | None = None,
          files: dict[str, str] | None = None, known: dict[str, str] | None = None) -> Attack:  # fmt: skip
    return Attack(name, "tools", attack, code, known or {}, unproved, files=files or {}, check=check, finds=finds)


_LONG = "y = " + " + ".join(["1"] * 3000) + "\n"

TOOLS = (
    blind("noqa", "silences flake8 on a line", "lint", "def f():\n    return unknown_name  # noqa\n", "F821 noqa"),
    blind("noqa-for-the-file", "silences flake8 for the whole file", "lint", "# flake8: noqa\n" + UNKNOWN, "F821"),
    blind("noqa-by-code", "silences one code on a line", "lint", "def f():\n    return unknown_name  # noqa: F821\n", "F821 noqa"),
    blind("flake8-ignores", "brings a .flake8 that ignores everything", "lint", UNKNOWN, "F821",
          files={".flake8": "[flake8]\nextend-ignore = F,E,W\n"}),
    blind("flake8-in-setup-cfg", "brings a setup.cfg that leaves its file out", "lint", UNKNOWN, "F821",
          files={"setup.cfg": "[flake8]\nexclude = cache.py\n"}),
    blind("flake8-in-tox-ini", "brings a tox.ini that selects nothing", "lint", UNKNOWN, "F821",
          files={"tox.ini": "[flake8]\nper-file-ignores = cache.py: F821\n"}),
    blind("flake8-plugin", "brings a plugin that flake8 would load and run", "lint", UNKNOWN, "F821",
          files={"setup.cfg": "[flake8:local-plugins]\nextension =\n    X1 = evil:Plugin\npaths = .\n",
                 "evil.py": "import os\nos._exit(0)\n"}),
    blind("flake8-excluded-folder", "lies in a folder that flake8 leaves out by itself", "lint", "x = 1\n", "F821",
          files={".tox/cache.py": UNKNOWN, "lib.egg/cache.py": UNKNOWN, "__pycache__/cache.py": UNKNOWN}),
    blind("flake8-blinded-by-depth", "makes the syntax tree too deep for flake8", "lint", UNKNOWN + _LONG, "F821|E902", unproved=_SAME),
    blind("flake8-in-a-name", "has a file name that looks like flake8's own output", "lint", "x = 1\n", "F821",
          files={"ok.py:1:1: W291 nothing": "x = 1\n", "a b.py": UNKNOWN}, unproved=_SAME),
    blind("tool-shadowed", "brings modules named like the tools", "lint security", SHELL + UNKNOWN, "F821|B602",
          files={"flake8.py": "import os\nos._exit(0)\n", "bandit.py": "import os\nos._exit(0)\n",
                 "pyflakes/__init__.py": "import os\nos._exit(0)\n", "ast.py": "import os\nos._exit(0)\n"}),
    blind("nosec", "silences bandit on a line", "security", SHELL.replace("True)", "True)  # nosec"), "B602 nosec"),
    blind("nosec-by-code", "silences one code of bandit", "security", SHELL.replace("True)", "True)  # nosec B602"), "B602 nosec"),
    blind("nosec-on-another-line", "silences bandit inside a call of several lines", "security",
          "import subprocess\n\n\ndef f(word):\n    return subprocess.call(\n        word,  # nosec\n        shell=True,  # nosec\n    )\n", "B602"),
    blind("bandit-configuration", "brings configurations that skip every test of bandit", "security", SHELL, "B602",
          files={".bandit": "[bandit]\nskips = B602,B404\nexclude = cache.py,./cache.py\n",
                 "pyproject.toml": "[tool.bandit]\nskips = ['B602']\nexclude_dirs = ['.']\n"}),
    blind("bandit-blinded-by-length", "makes one expression so long that bandit gives the file up", "security", SHELL + _LONG, "B602"),
    blind("bandit-blinded-by-depth", "nests calls so deeply that bandit gives the file up", "security",
          SHELL + "y = " + "abs(" * 150 + "1" + ")" * 150 + "\n", "B602", unproved=_SAME),
    blind("bandit-excluded-folder", "lies in a folder that bandit leaves out by itself", "security", "x = 1\n", "B602",
          files={".tox/cache.py": SHELL, "lib.egg/cache.py": SHELL, ".git/hook.py": SHELL},
          unproved="what plain bandit leaves out hangs on how its paths are written"),
    blind("python-by-another-name", "keeps its Python in files that tools do not look at", "security", "x = 1\n", "B602",
          files={"run.pyw": SHELL, "tool": "#!/usr/bin/env python\n" + SHELL}, unproved="plain bandit sees one of the two"),
    blind("letters-of-another-width", "writes eval in letters that Python takes for the same", "security",
          "def f(word):\n    return \uff45\uff56\uff41\uff4c(word)\n", "B307", unproved=_SAME),
    blind("type-ignored", "asks the type checker to look away", "lint", "x: int = 'one'  # type: ignore\n", "type: ?ignore"),
    blind("fmt-off", "switches black off", "formatting", "# fmt: off\n" + UGLY, "fmt: off"),
    blind("fmt-skip", "switches black off on a line", "formatting", UGLY.replace("\n", "  # fmt: skip\n"), "fmt: skip"),
    blind("black-configuration", "brings a configuration that leaves its file out", "formatting", UGLY, "black",
          files={"pyproject.toml": "[tool.black]\nforce-exclude = '.*'\n"}),
    blind("black-excluded-folder", "lies in a folder that black leaves out by itself", "formatting", "x = 1\n", "black",
          files={"build/cache.py": UGLY, ".venv/cache.py": UGLY}),
    blind("black-blinded", "holds something that black cannot read", "formatting", UGLY + "match = 1\nprint (* match)\nx = not(\n\\\n1)\n", "black", unproved=_SAME),
    blind("noqa-in-a-string", "writes the word into a string, where flake8 believes it too", "lint", "def f():\n    return unknown_name, '# noqa'\n", "F821"),
    blind("noqa-in-capitals", "writes the word in capitals", "lint", "def f():\n    return unknown_name  # NOQA:F821\n", "F821 NOQA"),
    blind("noqa-of-ruff", "silences another tool for the whole file", "lint", "# ruff: noqa\nx = 1\n", "noqa|suppress"),
    blind("types-unchecked", "asks every type checker to leave the file out", "lint", "# mypy: ignore-errors\n# pyright: basic\n# pylint: skip-file\nx = 1\n", "mypy|suppress"),
    blind("coverage-hidden", "asks the measure of tests to look away", "lint", "def f():  # pragma: no cover\n    return 1\n", "pragma|suppress"),
    blind("flake8-by-environment", "brings files in which other versions of flake8 look for settings", "lint", UNKNOWN, "F821",
          files={"flake8": "[flake8]\nignore = F\n", ".config/flake8": "[flake8]\nignore = F\n", "setup.py": "", ".pep8": "[pep8]\nignore = F\n",
                 "pyproject.toml": "[tool.flake8]\nignore = ['F']\n[tool.pycodestyle]\nignore = 'F'\n"}, unproved="this flake8 does not read them"),
    blind("undefined-by-a-star", "imports everything from a module, so that no name is unknown", "lint", "from os import *\n\n\ndef f():\n    return unknown_name\n", "F40[135]|F821", unproved=_SAME),
    blind("deleted-by-a-branch", "defines the unknown name where nothing comes", "lint", "if False:\n    unknown_name = 1\n\n\ndef f():\n    return unknown_name, other_name\n", "F821", unproved=_SAME),
    blind("nosec-in-a-string", "writes the word into a string of the same line", "security", SHELL.replace("True)", "True), '# nosec'"), "B602", unproved=_SAME),
    blind("nosec-in-capitals", "writes the word in other cases and with names of tests", "security", SHELL.replace("True)", "True)  #NoSec: B602, subprocess_popen_with_shell_equals_true"),
          "B602|nosec", unproved="this bandit may not take it"),
    blind("nosec-above", "silences bandit on the first line of a statement of many", "security",
          "import subprocess\n\n\ndef f(word):\n    return subprocess.call(  # nosec\n        word,\n        shell=True,\n    )\n", "B602"),
    blind("bandit-in-pyproject-and-ini", "brings settings in every file that bandit was ever told in", "security", SHELL, "B602",
          files={"bandit.yaml": "skips: [B602, B404]\n", ".bandit.yml": "skips: [B602]\n", "setup.cfg": "[bandit]\nskips = B602\n", "tox.ini": "[bandit]\nskips = B602\n",
                 "bandit.toml": "[tool.bandit]\nskips = ['B602']\n"}, unproved="bandit reads them only when told to"),
    blind("bandit-baseline", "brings a baseline in which its finding is known already", "security", SHELL, "B602",
          files={"baseline.json": '{"results": [{"filename": "cache.py", "test_id": "B602", "line_number": 5}]}', ".bandit_baseline": "{}"},
          unproved="bandit reads it only when told to"),
    blind("bandit-in-a-folder-of-tests", "lies in folders that many settings let bandit leave out", "security", "x = 1\n", "B602",
          files={"tests/test_x.py": SHELL, "node_modules/x.py": SHELL, "venv/x.py": SHELL, ".eggs/x.py": SHELL}, unproved=_SAME),
    blind("fmt-off-inside", "switches black off inside a class and never on again", "formatting", "class A:\n    # fmt: off\n    x = {  'a':1 }\n\n    def f( self ):\n        pass\n", "fmt: off"),
    blind("yapf-disable", "switches black off by the word of another tool", "formatting", "# yapf: disable\n" + UGLY, "yapf"),
    blind("black-by-its-folder", "lies in a folder whose settings tell black to skip it", "formatting", "x = 1\n", "black",
          files={"sub/pyproject.toml": "[tool.black]\nexclude = '.*'\nforce-exclude = '.*'\n", "sub/x.py": UGLY, ".gitignore": "*\n"}),
    blind("stub-beside", "brings a stub file in which everything is fine", "lint", UNKNOWN, "F821", files={"cache.pyi": "def f() -> int: ...\n"}, unproved=_SAME),
)  # fmt: skip
