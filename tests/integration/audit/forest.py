"""Makes a repository in which is known what models wrote: 300 files, 60 marked in 12 ways, 40 that only look like it.

    python tests/integration/audit/forest.py FOLDER [--git]

Its history is real; ``--git`` makes it with the git program instead of dulwich. Beside it stands ``store.db`` with the
sessions that wrote some of the files.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from council.generation import with_header
from council.store import open_store
from council.types.session import Attempt, Generation, Session, SessionKind, new_session_id
from council.types.submission import Submission

MODEL = "codellama:34b"
PER_WAY = 5
FILES = 300
WHEN = 1_760_000_000
NAMES = (
    "total item count value order price stock line batch token field score level range width depth index label".split()
)
VERBS = "merge split count scale trim pack rank fold join pick clean weigh shift group round check spread pair".split()


class Git:
    """Commits with the git program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._run("init", "-q", "-b", "main")

    def commit(self, message: str, *, author: str = "Ada <ada@example.org>") -> str:
        self._run("add", "-A")
        name, _, mail = author.rstrip(">").partition(" <")
        self._run("-c", f"user.name={name}", "-c", f"user.email={mail}", "commit", "-q", "-m", message)
        return self._run("rev-parse", "HEAD").strip()

    def note(self, commit: str, text: str) -> None:
        self._run("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "notes", "add", "-m", text, commit)

    def pack(self) -> None:
        self._run("gc", "-q")

    def _run(self, *words: str) -> str:
        return subprocess.run(
            ["git", *words],
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
            env={"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(self.folder), "GIT_CONFIG_NOSYSTEM": "1"},
        ).stdout


class Dulwich:
    """Commits with dulwich."""

    def __init__(self, folder: Path) -> None:
        from dulwich.repo import Repo

        self.folder = folder
        self.repo = Repo.init(str(folder))
        self._moment = WHEN

    def commit(self, message: str, *, author: str = "Ada <ada@example.org>") -> str:
        from dulwich import porcelain

        porcelain.add(str(self.folder))
        self._moment += 3600
        sha = porcelain.commit(
            str(self.folder),
            message=message.encode(),
            author=author.encode(),
            committer=b"Ada <ada@example.org>",
            author_timestamp=self._moment,
            commit_timestamp=self._moment,
        )
        return sha.decode()

    def note(self, commit: str, text: str) -> None:
        self.repo.notes.set_note(
            commit.encode(), text.encode(), author=b"Ada <ada@example.org>", committer=b"Ada <ada@example.org>"
        )

    def pack(self) -> None:
        from dulwich import porcelain

        porcelain.pack_refs(str(self.folder), all=True)
        self.repo.object_store.pack_loose_objects()


class Forest:
    """The repository while it grows. ``marked`` says which way each file was marked, ``decoys`` which only look so."""

    def __init__(self, folder: Path, history: Callable[[Path], Git | Dulwich], seed: int = 7) -> None:
        self.folder = folder
        self.random = random.Random(seed)
        self.marked: dict[str, str] = {}
        self.decoys: dict[str, str] = {}
        self.plain: list[str] = []
        self.sessions: list[Session] = []
        folder.mkdir(parents=True, exist_ok=True)
        self.history = history(folder)
        self._number = 0

    def grow(self) -> Forest:
        """Make everything: decoys and plain files first, then what is marked, in commits of their own."""
        self._write("README.md", "# Forest\n\nWhat models wrote here is listed nowhere.\n")
        self._write("pyproject.toml", '[project]\nname = "forest"\n')
        self.plain += ["README.md", "pyproject.toml"]
        self.history.commit("Begin")
        self._decoys()
        self.history.commit("Say what is not allowed here: code by CodeLlama is discouraged")
        self._in_files()
        self.history.commit("Add what stands in files")
        self._in_commits()
        self._known()
        self._rewritten()
        while len(self.plain) + len(self.marked) + len(self.decoys) < FILES:
            self.plain.append(self._module())
        self.history.commit("Add the rest")
        return self

    def keep(self, path: Path) -> None:
        """Write the sessions into a store."""
        store = open_store(str(path))
        for session in self.sessions:
            store.open_session(session)
        store.close()

    # What is marked

    def _in_files(self) -> None:
        for _ in range(PER_WAY):
            submission = with_header(
                Submission.from_text(self.code()),
                model=MODEL,
                digest="f47d5c74a2d5",
                session_id=new_session_id(),
                written_at=datetime(2025, 5, 4, tzinfo=UTC),
            )
            self._mark("header", self._module(submission.files[0].text, tests=True))
        for wording in (
            "# Generated by CodeLlama", "# generated with codellama:34b", "# Written by Code Llama 34B",
            "# Code by CodeLlama-34b-Instruct", "# This file was produced by ollama/codellama:34b on 2025-02-03.",
        ):  # fmt: skip
            self._mark("comment", self._module(f"{wording}\n{self.code()}", tests=True))
        for wording in (
            "Generated by CodeLlama.", "Helpers.\n\nAI-generated (codellama)\n", "Tools, created using codellama:34b.",
            "WRITTEN BY CODELLAMA 34B", "One.\n\n@generated by codellama:34b-instruct-q4_K_M\n",
        ):  # fmt: skip
            self._mark("docstring", self._module(f'"""{wording}"""\n\n{self.code()}'))
        self._other_languages()
        for wording in (
            "generated by codellama", "Generated By CODELLAMA", "AI-generated (codellama:34b)", "code from CodeLlama",
            "suggested by codellama:34b",
        ):  # fmt: skip
            first, rest = self.code().split("\n", 1)
            self._mark("trailing", self._module(f"{first}  # {wording}\n{rest}"))
        for wording in (
            "@generated by codellama", "@generated (codellama:34b)", "LLM-generated: CodeLlama", "Generator: codellama:34b",
            "Output of codellama:34b, lightly edited",
        ):  # fmt: skip
            self._mark("tool words", self._module(f"# {wording}\n{self.code()}"))
        self._configuration()

    def _other_languages(self) -> None:
        for name, text in (
            ("web/app.js", "/**\n * Generated by CodeLlama.\n */\nexport const one = 1;\n"),
            ("scripts/run.sh", "#!/bin/sh\n# generated by codellama:34b\necho one\n"),
            ("docs/page.md", "<!-- Generated by CodeLlama 34B -->\n\n# Page\n\nText.\n"),
            ("deploy/Dockerfile", "# Written by codellama\nFROM python:3.12\n"),
            ("deploy/values.yaml", "# AI-generated (codellama:34b)\nname: forest\n"),
        ):
            self._mark("other languages", self._write(name, text))

    def _configuration(self) -> None:
        for name, text in (
            (".env", "OLLAMA_HOST=127.0.0.1\nOLLAMA_MODEL=codellama:34b\n"),
            ("models/Modelfile", "FROM codellama:34b\nPARAMETER temperature 0\n"),
            (".github/workflows/ci.yml", "jobs:\n  one:\n    steps:\n      - run: ollama pull codellama:34b\n"),
            (".aider.conf.yml", "model: ollama/codellama:34b\n"),
            ("council.toml", 'model = "codellama:34b"\n'),
        ):
            self._mark("configuration", self._write(name, text))

    def _in_commits(self) -> None:
        for trailer in (
            "Generated-by: codellama:34b", "Assisted-by: CodeLlama 34B", "Co-authored-by: CodeLlama <bot@example.org>",
            "AI-model: ollama/codellama:34b", "Generated-By: codellama (temperature 0)",
        ):  # fmt: skip
            self._mark("trailer", self._module(tests=True))
            self.history.commit(f"Add a module\n\nIt does what it says.\n\n{trailer}\n")
        for message in (
            "Generated by codellama:34b", "Add helpers (generated by CodeLlama)", "Add tools\n\nWritten with codellama:34b.",
            "Add a module generated with codellama", "Add words\n\n\U0001f916 Generated with CodeLlama 34B\n",
        ):  # fmt: skip
            self._mark("message", self._module())
            self.history.commit(message)
        for note in (
            "Generated by codellama:34b", "model: codellama:34b", '{"model": "codellama:34b"}', "codellama:34b",
            "Generated-by: CodeLlama",
        ):  # fmt: skip
            self._mark("note", self._module())
            self.history.note(self.history.commit("Add one more"), note)

    def _known(self) -> None:
        for _ in range(PER_WAY):
            self._mark("known code", self._module(self._session(self.code())))
        for edit in (_renamed, _longer, _commented, _among_others(self.code()), _spaced):
            self._mark("edited code", self._module(edit(self._session(self.code()))))
        self.history.commit("Add what sessions wrote")

    # What only looks like it

    def _decoys(self) -> None:
        for text in (
            "CodeLlama is discouraged here", "do not use codellama:34b", "not generated by codellama",
            "files generated by codellama must be rewritten", "codellama:34b passed 12 % of these",
        ):  # fmt: skip
            self._decoy(self._module(f"# {text}\n{self.code()}"))
        for text in (
            "Generated by pytest", "Generated by protoc", "Written by Jane", "Created using cookiecutter", "@generated by relay",
        ):  # fmt: skip
            self._decoy(self._module(f"# {text}\n{self.code()}"))
        for number in range(5):
            code = f'HEADER = "# Generated by codellama:34b"\n\n\ndef test_header_{number}():\n    assert HEADER\n'
            self._decoy(self._write(f"tests/test_words_{number}.py", code))
        for number in range(5):
            self._decoy(self._module(f"codellama = {number}\ngenerated_by_codellama = codellama\n{self.code()}"))
        for name, text in (
            ("CHANGELOG.md", "# Changes\n\n- Removed what codellama:34b wrote.\n- Generated by codellama: no more.\n"),
            ("docs/models.md", "| model | passed |\n|---|---|\n| codellama:34b | 12 % |\n\n`Generated by CodeLlama`\n"),
            ("docs/policy.md", "# Policy\n\nFiles that say\n\n    Generated by codellama:34b\n\nare refused.\n"),
            ("results.csv", "model,passed\ncodellama:34b,0.12\n"),
            ("results.json", '{"model": "codellama:34b", "passed": 0.12}\n'),
        ):
            self._decoy(self._write(name, text))
        for text in (
            "Never merge code written by codellama.", "If a file was generated by codellama:34b, say so.",
            "Example::\n\n    # Generated by codellama:34b\n", "Detects headers like: Generated by codellama:34b",
            "These words were\ngenerated by codellama.org in 1999.",
        ):  # fmt: skip
            self._decoy(self._module(f'"""{text}"""\n\n{self.code()}'))
        for name, text in (
            (".env.example", "# OLLAMA_MODEL=codellama:34b\nOLLAMA_MODEL=qwen2.5-coder:7b\n"),
            ("ci.yml", "steps:\n  # - run: ollama pull codellama:34b\n  - run: make test\n"),
            ("check.sh", 'if [ "$OLLAMA_MODEL" = "codellama:34b" ]; then exit 1; fi\n'),
            ("policy.toml", '[[models]]\nname = "codellama:34b"\nstatus = "banned"\n'),
            ("Makefile", "codellama.txt: list.txt\n\tsort list.txt > codellama.txt\n"),
        ):
            self._decoy(self._write(f"setup/{name}", text))

    def _rewritten(self) -> None:
        """Files that a model wrote and a person wrote anew, line for line."""
        paths = [self._module(f"def old_{number}(a):\n    return a - {number}\n") for number in range(5)]
        self.history.commit("Add five\n\nGenerated-by: codellama:34b\n")
        for path in paths:
            self._write(path, self.code())
            self._decoy(path)
        self.history.commit("Write all of it by hand")

    # How it is made

    def code(self) -> str:
        """Return a few functions that nobody has written before."""
        pick = self.random.choice
        functions = []
        for _ in range(self.random.randint(2, 4)):
            name = f"{pick(VERBS)}_{pick(NAMES)}_{self.random.randrange(10_000)}"
            first, second, result = self.random.sample(NAMES, 3)
            body = "\n".join(self._statement(first, second, result) for _ in range(self.random.randint(4, 9)))
            functions.append(f"def {name}({first}, {second}):\n    {result} = {first}\n{body}\n    return {result}\n")
        return "\n\n".join(functions)

    def _statement(self, one: str, other: str, result: str) -> str:
        number, word = self.random.randrange(2, 999), self.random.choice(VERBS)
        lines = self.random.choice(
            (
                f"if {one} > {number}:\n    {result} = {result} * {number}",
                f"for step in range({number}):\n    {result} += step % {number}",
                f"{result} = max({result}, {other}) - {number}",
                f"while {other} < {number}:\n    {other} = {other} + {number} or {number}",
                f"{result} = {result} ^ ({one} << {number % 7})",
                f"assert {one} != {number}, '{word} {number}'",
                f"{result} = sum(({result}, {one}, {other}, {number}))",
                f"{one}, {other} = {other}, {one}",
                f"try:\n    {result} = {result} // {other}\nexcept ZeroDivisionError:\n    {result} = {number}",
                f"{result} = int('{number}') if {one} == {other} else {result}",
                f"{other} = abs({other}) % {number} + len('{word}')",
                f"{result} = [{one}, {other}, {number}][{result} % 3]",
            )
        )
        return textwrap.indent(lines, "    ")

    def _module(self, text: str | None = None, *, tests: bool = False) -> str:
        self._number += 1
        folder = f"src/part_{self._number % 9}"
        path = self._write(f"{folder}/module_{self._number}.py", self.code() if text is None else text)
        if tests:
            name = re.search(r"^def (\w+)", (self.folder / path).read_text(), re.MULTILINE)
            test = f"from module_{self._number} import {name[1]}\n\n\ndef test_it():\n    assert callable({name[1]})\n"
            self.plain.append(self._write(f"tests/test_module_{self._number}.py", test))
            self._commit_tests()
        return path

    def _commit_tests(self) -> None:
        """Tests are written by people: they stand in a commit of their own."""
        path = self.plain[-1]
        module = self.folder / f"src/part_{self._number % 9}/module_{self._number}.py"
        text = module.read_text()
        module.unlink()
        self.history.commit(f"Test what comes ({path})")
        module.write_text(text)

    def _session(self, code: str) -> str:
        session_id = new_session_id()
        attempt = Attempt(number=1, tier="strong", model=MODEL, code=code)
        self.sessions.append(
            Session(
                session_id=session_id,
                kind=SessionKind.GENERATE,
                created_at=datetime(2025, 3, 2, tzinfo=UTC),
                council_version="0.1.0",
                policy="python-team",
                submission=Submission.from_text(code, task="Write helpers."),
                generation=Generation(model=MODEL, attempts=(attempt,), chosen=1),
            )
        )
        return code

    def _write(self, path: str, text: str) -> str:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return path

    def _mark(self, way: str, path: str) -> None:
        self.marked[path] = way

    def _decoy(self, path: str) -> None:
        self.decoys[path] = "decoy"


def _renamed(code: str) -> str:
    return re.sub(rf"\b({'|'.join(NAMES)})\b", r"\1_of_it", code)


def _longer(code: str) -> str:
    return code.replace("    return", "    print('done')\n    return", 1)


def _commented(code: str) -> str:
    return "# By hand, says its author.\nimport os\n\n\n" + code.replace(":\n", ":  # yes\n")


def _among_others(other: str) -> Callable[[str], str]:
    return lambda code: f"{other}\n\n{code}"


def _spaced(code: str) -> str:
    return code.replace(" = ", "=").replace("\n\n\n", "\n\n")


def main() -> int:
    """Make one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--git", action="store_true", help="with the git program")
    options = parser.parse_args()
    forest = Forest(options.folder / "forest", Git if options.git else Dulwich).grow()
    forest.keep(options.folder / "store.db")
    print(f"{len(forest.marked)} marked, {len(forest.decoys)} decoys, {len(forest.plain)} plain")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
