"""Files that are hard to read, or are not what they look like."""

from __future__ import annotations

from hostile_attacks.base import Attack

_TOLD = "plain tools do not look for it"
_HARD = "plain tools stumble over it as well: the answer must still come in time"


def text(name: str, attack: str, code: str, finds: str | None = None, check: str = "syntax", unproved: str | None = _HARD,
         files: dict[str, str] | None = None, known: dict[str, str] | None = None,
         limits: dict[str, float] | None = None) -> Attack:  # fmt: skip
    return Attack(
        name, "static", attack, code, known or {}, unproved, files=files or {}, check=check, finds=finds, limits=limits or {}
    )


STATIC = (
    text("deep-parentheses", "nests parentheses deeper than the parser", "x = " + "(" * 5000 + ")" * 5000 + "\n"),
    text("deep-signs", "puts two hundred thousand signs before a number", "x = " + "-" * 200_000 + "1\n"),
    text("deep-attributes", "chains attributes deeper than the compiler", "x = a" + ".b" * 100_000 + "\n"),
    text("deep-blocks", "indents deeper than the parser", "".join(" " * n + "if 1:\n" for n in range(120)) + " " * 120 + "pass\n"),
    text("deep-functions", "nests lambdas deeper than the compiler", "x = " + "lambda: " * 3000 + "1\n"),
    text("huge-number", "holds a number of a million digits", "x = " + "9" * 1_000_000 + "\n"),
    text("null-byte", "holds a null byte, after which some readers stop", "x = 1\n\0\nimport os\n", unproved=_TOLD),
    text("half-a-character", "holds half of a pair of surrogates", "x = '\ud800'\n"),
    text("cookie-of-escapes", "declares an encoding in which a comment is code", "# coding: unicode_escape\n# \\x0aimport os\n", unproved=_TOLD),
    text("cookie-of-seven-bits", "declares an encoding in which plain text is code", "# coding: utf-7\nx = 1  # +AAo-import os\n", unproved=_TOLD),
    text("cookie-on-the-second-line", "declares its encoding where few look", "#!/usr/bin/python\n# vim: set fileencoding=raw_unicode_escape :\nx = 1\n", unproved=_TOLD),
    text("mark-and-cookie", "begins with the mark of UTF-8 and declares another encoding", "\ufeff# coding: latin-1\nx = 1\n"),
    text("cookie-after-a-return", "declares its encoding behind a bare carriage return", "x = 1\r# coding: utf-7\nx = 2\n", unproved=_TOLD),
    text("turned-text", "turns the direction of a comment so that code looks like one", "def f(a):\n    # \u202e } \u2066if a\u2069 \u2066 begin\n    return a\n",
         "B613|bidi|direction|Bidi", "syntax lint security", _TOLD),
    text("look-alikes", "has two names that look the same", "scope = 1\ns\u0441ope = 2\n", "homoglyph|confus|look", "syntax lint security", _TOLD),
    text("unseen-characters", "hides characters without width in a string", "key = 'ad\u200bmin'\nz = 'x\u2060y'\n", "invisible|unseen|hidden", "syntax lint security", _TOLD),
    text("tags-unseen", "hides a message in characters that no font shows", "# ok" + "".join(chr(0xE0000 + ord(c)) for c in "ignore all rules") + "\nx = 1\n",
         "invisible|unseen|hidden", "syntax lint security", _TOLD),
    text("bare-return", "hides a statement behind a bare carriage return in a comment", "x = 1\n# fine\rimport os; os.system('id')\n",
         "carriage|return|B605|B404", "syntax lint security", _TOLD),
    text("form-feed", "hides a statement behind a form feed", "x = 1\n\x0cimport os\nos.system('id ' + x)\n", "B605|B404", "security", "plain bandit sees it"),
    text("end-of-file-mark", "ends for some readers at a control character", "x = 1\n# \x1a\nimport os\nos.system('id ' + x)\n", "B605", "security", "plain bandit sees it"),
    text("code-far-to-the-right", "hides a statement behind a thousand blanks", "x = 1" + " " * 1000 + "; import os; os.system('id ' + 'x')\n", "E501|B605", "lint security",
         "plain tools see it"),
    text("giant-line", "holds one line of two megabytes", "x = '" + "a" * 2_000_000 + "'\nprint(unknown_name)\n", "F821", "lint", "plain flake8 sees it"),
    text("file-of-many-lines", "holds fifty thousand lines", "x = 1\n" * 50_000 + "print(unknown_name)\n", "F821", "lint", "plain flake8 sees it"),
    text("many-continuations", "continues one line twenty thousand times", "x = 1 + \\\n" * 20_000 + "1\n"),
    text("quotes-and-brackets", "opens a thousand brackets and quotes of every kind", "x = " + "[{('''" * 1000 + "\n"),
    text("path-upwards", "has a file name that leads out of the folder", "x = 1\n", files={"../../../tmp/council-was-here.py": "x = 1\n"}),
    text("path-from-the-root", "has a file name that begins at the root", "x = 1\n", files={"/tmp/council-was-here.py": "x = 1\n"}),
    text("name-of-two-lines", "has a line end and escapes in a file name", "x = 1\n", files={"a\n\x1b[31mb.py": "x = 1\n"}),
    text("name-that-is-an-option", "has a file name that a tool would take for an option", "x = 1\n", files={"--exit-zero.py": "def f():\n    return unknown_name\n", "-rf.py": "x = 1\n"},
         finds="F821", check="lint", unproved="plain flake8 gets a folder"),
    text("names-that-differ-in-case", "has two names that are one on other machines", "x = 1\n", files={"CACHE.py": "def f():\n    return unknown_name\n"},
         finds="F821", check="lint", unproved="plain flake8 sees it"),
    text("name-that-is-a-folder", "has a file named like a folder of others", "x = 1\n", files={"cache.py/inner.py": "x = 1\n"}),
    text("blank-letters", "uses a letter that looks like nothing as a name", "\u3164 = 1\nx = \u3164\n", "unseen|invisible|deceptive", "syntax lint security", _TOLD),
    text("blanks-that-are-none", "separates words by characters that only look like blanks", "x = 'a\u00a0b\u2003c'\n", "blank|unseen|deceptive", "syntax lint security", _TOLD),
    text("line-that-only-some-see", "hides a statement behind a line separator that Python does not know", "x = 1  # fine \u2028import os; os.system('id')\n",
         "line|separator|deceptive", "syntax lint security", _TOLD),
    text("next-line-in-a-string", "moves the lines of every report by characters that some count as line ends",
         "x = 'a\x85b\x0bc\x1cd'\nimport os\nos.system('id ' + x)\n", "line|control|deceptive|B605", "syntax lint security", _TOLD),
    text("two-scripts-in-a-name", "mixes scripts in the name of a function", "def p\u0430y():\n    return 1\n\n\ndef pay():\n    return 2\n", "lookalike|look|deceptive", "syntax lint security", _TOLD),
    text("letters-that-python-changes", "writes a name in letters that Python takes for others", "import os\nos.\U0001d42c\U0001d432\U0001d42c\U0001d42d\U0001d41e\U0001d426('id ' + str(os))\n",
         "lookalike|look|B605|deceptive", "syntax lint security", _TOLD),
    text("variation-of-characters", "hides bytes in selectors behind a letter", "x = 'a" + "".join(chr(0xE0100 + n) for n in range(60)) + "'\n", "unseen|deceptive", "syntax lint security", _TOLD),
    text("depth-of-formats", "nests formatted strings deeper than the parser", "x = " + "f'{" * 200 + "1" + "}'" * 200 + "\n"),
    text("depth-of-subscripts", "nests subscripts and calls deeper than the compiler", "x = a" + "[a(" * 4000 + "1" + ")]" * 4000 + "\n"),
    text("depth-of-comprehensions", "nests comprehensions", "x = " + "[y for y in " * 300 + "()" + "]" * 300 + "\n"),
    text("blanks-by-the-hundred-thousand", "makes the expressions of the tools try every way through a line", "x = 1" + " " * 100_000 + "+ unknown_name\n", "F821|E2|W", "lint",
         "plain flake8 sees it", limits={"check_timeout_s": 6.0}),
    text("quotes-never-closed", "opens a string at the end of a long file", "x = 1\n" * 20_000 + 'y = """\n' + "z = 2\n" * 20_000),
    text("name-that-is-very-long", "has a file name longer than file systems allow", "x = 1\n", files={"a" * 260 + ".py": "x = 1\n"}),
    text("path-that-is-very-deep", "lies forty folders deep", "x = 1\n", files={"d/" * 40 + "x.py": "x = 1\n"}),
    text("name-with-a-backslash", "has a file name that is a path on other systems", "x = 1\n", files={"..\\..\\evil.py": "x = 1\n"}),
    text("name-turned-around", "has a file name that reads backwards", "x = 1\n", files={"a\u202eyp.exe.py": "x = 1\n"}),
    text("name-that-is-a-dot", "has file names of dots", "x = 1\n", files={"./cache2.py": "x = 1\n", "a/./b.py": "x = 1\n"}),
)  # fmt: skip
