"""What the commits of a repository say of the lines that still stand in its files.

A commit that names a model marks the lines that it added. As long as one of them that says something (no blank line, no
bracket, no import) stands in the file, the file is marked; a rewrite of them all clears it. A file that was moved since
is known by most of these lines standing together elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from council.auditing.files import TreeFile
from council.auditing.repository import Refused, Repository
from council.auditing.wordings import Wordings
from council.text import one_line
from council.types.audits import MarkKind, ModelMark

_MOST_COMMITS = 100_000
_MOST_MARKED = 5_000
_MOST_CHANGES = 20_000
_MOST_NOTES = 50_000
_LONGEST_FILE = 20_000
"""Lines of a file that are compared in order; longer ones are compared as sets."""
_MOVED = 0.6
"""Share of a commit's lines that must stand together in another file for that to be the same file, moved."""
_SAYS_NOTHING = re.compile(
    r"^\W*$|^(?:import|from)\b.*|^(?:try|else|finally|pass|return|break|continue|end|fi|done|then|do)\W*$"
)


class _Claim(NamedTuple):
    """What one commit says of a model."""

    kind: MarkKind
    model: str
    evidence: str


class _Step(NamedTuple):
    """A commit that names a model, with what it says."""

    sha: bytes
    commit: Any
    claims: tuple[_Claim, ...]


def read_history(
    repository: Repository,
    files: Sequence[TreeFile],
    wordings: Wordings,
    *,
    wanted: Callable[[str], bool],
    named: Callable[[str], str],
) -> tuple[list[ModelMark], list[str]]:
    """Return the marks that commits and notes leave on files as they are on disk, and what could not be read.

    ``wanted`` says which models count; ``named`` turns a path of the repository into one of the audit.
    """
    reader = _History(repository, files, wordings, wanted, named)
    reader.read()
    return reader.marks, [*repository.notes, *dict.fromkeys(reader.unread)]


class _History:
    """One repository while it is read."""

    def __init__(
        self,
        repository: Repository,
        files: Sequence[TreeFile],
        wordings: Wordings,
        wanted: Callable[[str], bool],
        named: Callable[[str], str],
    ) -> None:
        self.repository = repository
        self.wordings = wordings
        self.wanted = wanted
        self.named = named
        self.marks: list[ModelMark] = []
        self.unread: list[str] = []
        self._files = {file.path: file for file in files}
        self._standing: dict[str, set[str]] | None = None

    def read(self) -> None:
        """Read everything that can be read; what cannot is named."""
        head = self.repository.head
        if head is None:
            self.unread.append("its history: HEAD stands at no commit")
            return
        notes = self._notes()
        steps: list[_Step] = []
        for sha, commit in self._commits(head):
            claims = tuple(
                claim for claim in (*self._said(sha, commit), *notes.get(sha, ())) if self.wanted(claim.model)
            )
            if claims:
                steps.append(_Step(sha, commit, claims))
        if len(steps) > _MOST_MARKED:
            self.unread.append(f"{len(steps) - _MOST_MARKED} older commits that name a model")
        for step in steps[:_MOST_MARKED]:
            try:
                self._attribute(step)
            except Refused as reason:
                self.unread.append(f"commit {_short(step.sha)}: {reason}")
        self._blobs(notes)

    def _commits(self, head: bytes) -> list[tuple[bytes, Any]]:
        """Return every commit below HEAD, as far as they are there."""
        found: list[tuple[bytes, Any]] = []
        seen, waiting = {head}, [head]
        while waiting:
            sha = waiting.pop()
            if len(found) == _MOST_COMMITS:
                self.unread.append(f"its history beyond {_MOST_COMMITS} commits")
                break
            try:
                commit = self.repository.commit(sha)
            except Refused as reason:
                self.unread.append(f"its history before {_short(sha)} ({reason})")
                continue
            found.append((sha, commit))
            if sha in self.repository.shallow:
                self.unread.append(
                    f"its history before {_short(sha)} (a shallow clone; git fetch --unshallow brings it)"
                )
                continue
            waiting += [parent for parent in commit.parents if parent not in seen]
            seen.update(commit.parents)
        return sorted(found, key=lambda pair: (-pair[1].commit_time, pair[0]))

    def _said(self, sha: bytes, commit: Any) -> list[_Claim]:
        message = commit.message.decode("utf-8", "replace")
        subject = one_line(message.split("\n", 1)[0], 60)
        claims = []
        if message.startswith("Revert "):
            return []
        for model, line, trailer in self.wordings.message(message):
            kind = MarkKind.TRAILER if trailer else MarkKind.COMMIT
            what = f"commit {_short(sha)} “{subject}”"
            claims.append(_Claim(kind, model, one_line(what if line == subject else f"{what}: {line}", 200)))
        author = commit.author.decode("utf-8", "replace").partition("<")[0].strip()
        signed = self.wordings.signature(author)
        if signed is not None:
            claims.append(
                _Claim(MarkKind.COMMIT, signed, f"commit {_short(sha)} “{subject}” by {one_line(author, 60)}")
            )
        return claims

    def _notes(self) -> dict[bytes, list[_Claim]]:
        """Return what the notes say, by the object they are about."""
        found: dict[bytes, list[_Claim]] = defaultdict(list)
        try:
            for commit in self.repository.note_trees():
                tree = self.repository.commit(commit).tree
                for _, _, path, blob in islice(self.repository.changes(None, tree, _MOST_NOTES), _MOST_NOTES):
                    about = (path or b"").replace(b"/", b"")
                    text = self.repository.text(blob)[:20_000]
                    for model, line in self.wordings.note(text):
                        evidence = one_line(f"note on {_short(about)}: {line}", 200)
                        found[about].append(_Claim(MarkKind.NOTE, model, evidence))
        except Refused as reason:
            self.unread.append(f"its notes ({reason})")
        return found

    def _attribute(self, step: _Step) -> None:
        """Mark every file in which a line of this commit still stands."""
        if step.sha in self.repository.shallow:
            self.unread.append(f"which lines commit {_short(step.sha)} added (a shallow clone)")
            return
        parents = [self.repository.commit(parent) for parent in step.commit.parents]
        changed = list(self.repository.changes(parents[0].tree if parents else None, step.commit.tree, _MOST_CHANGES))
        gone = [(path, blob) for path, blob, new, _ in changed if new is None and path is not None and blob is not None]
        for _, old, path, new in changed:
            if path is None:
                continue
            if any(self.repository.blob_at(parent.tree, path) == new for parent in parents[1:]):
                continue  # a merge took it as it was on the other side
            try:
                self._mark_file(step, path, old, new, gone)
            except Refused as reason:
                self.unread.append(f"{one_line(_name(path), 120)} in commit {_short(step.sha)}: {reason}")

    def _mark_file(
        self, step: _Step, path: bytes, old: bytes | None, new: bytes, gone: list[tuple[bytes, bytes]]
    ) -> None:
        name = self.named(_name(path))
        current = self._files.get(name)
        if current is None and self.repository.head is not None and not self._moved_candidates(name):
            return
        after = _lines(self.repository.text(new))
        before = _lines(self.repository.text(old)) if old is not None else self._source(after, gone)
        added = _added(before, after)
        if current is not None:
            standing = _standing(added, after, _lines(current.text))
            if standing:
                self._leave(step, name, standing[0])
                return
        self._mark_moved(step, name, [after[at] for at in sorted(added)])

    def _mark_moved(self, step: _Step, name: str, added: list[str]) -> None:
        """Mark the file in which most of some lines stand together, where the file they were in holds none of them."""
        said = {line.strip() for line in added if not _SAYS_NOTHING.match(line.strip())}
        if len(said) < 3:
            return
        shares = Counter[str]()
        for line in said:
            shares.update(self._index().get(line, ()))
        for path, count in shares.most_common(5):
            if path != name and count >= _MOVED * len(said) and not self._was_there(step, path):
                lines = self._files[path].lines
                first = next((at for at, line in enumerate(lines, 1) if line.strip() in said), None)
                self._leave(step, path, first)
                return

    def _source(self, after: list[str], gone: list[tuple[bytes, bytes]]) -> list[str]:
        """Return the lines of the file that a new one was made of in the same commit, where there is such a file."""
        said = {line.strip() for line in after if not _SAYS_NOTHING.match(line.strip())}
        best: tuple[int, list[str]] = (0, [])
        for _, blob in gone[:50]:
            lines = _lines(self.repository.text(blob))
            count = len(said & {line.strip() for line in lines})
            best = max(best, (count, lines), key=lambda pair: pair[0])
        return best[1] if said and best[0] >= len(said) / 2 else []

    def _blobs(self, notes: dict[bytes, list[_Claim]]) -> None:
        """Mark files whose very content has a note."""
        head = self.repository.head
        if head is None or not notes:
            return
        try:
            tree = self.repository.commit(head).tree
            for _, _, path, blob in islice(self.repository.changes(None, tree, _MOST_CHANGES), _MOST_CHANGES):
                name = self.named(_name(path or b""))
                for claim in notes.get(blob, ()) if name in self._files else ():
                    if self.wanted(claim.model):
                        self.marks.append(
                            ModelMark(path=name, kind=claim.kind, model=claim.model, evidence=claim.evidence)
                        )
        except Refused as reason:
            self.unread.append(f"the files of its last commit ({reason})")

    def _leave(self, step: _Step, path: str, line: int | None) -> None:
        moment = datetime.fromtimestamp(max(0, min(step.commit.commit_time, 253402300799)), UTC)
        for claim in step.claims:
            self.marks.append(
                ModelMark(
                    path=path, kind=claim.kind, model=claim.model, line=line, evidence=claim.evidence, marked_at=moment
                )
            )

    def _index(self) -> dict[str, set[str]]:
        if self._standing is None:
            self._standing = defaultdict(set)
            for file in self._files.values():
                for line in file.lines[:_LONGEST_FILE]:
                    if not _SAYS_NOTHING.match(line.strip()):
                        self._standing[line.strip()].add(file.path)
        return self._standing

    def _moved_candidates(self, name: str) -> bool:
        """Whether a file of the same kind is there that this one may have become."""
        suffix = PurePosixPath(name).suffix
        return any(PurePosixPath(path).suffix == suffix for path in self._files)

    def _was_there(self, step: _Step, path: str) -> bool:
        """Whether a file of the audit was already there when the commit was made."""
        for parent in step.commit.parents:
            tree = self.repository.commit(parent).tree
            if any(self.repository.blob_at(tree, candidate) for candidate in self._places(path)):
                return True
        return False

    def _places(self, path: str) -> list[bytes]:
        prefix = self.named("")
        return [path.removeprefix(prefix).encode("utf-8", "surrogateescape")]


def _added(before: list[str], after: list[str]) -> set[int]:
    """Return the numbers (from 0) of the lines that are new."""
    if not before:
        return set(range(len(after)))
    kept = {other for _, other in _paired(before, after)}
    return set(range(len(after))) - kept


def _standing(added: set[int], after: list[str], current: list[str]) -> list[int]:
    """Return the lines (from 1) of the file on disk that were added, if one of them says something."""
    pairs = [(there, here) for there, here in _paired(after, current) if there in added]
    if not any(not _SAYS_NOTHING.match(after[there].strip()) for there, _ in pairs):
        return []
    return [here + 1 for there, here in pairs if not _SAYS_NOTHING.match(after[there].strip())]


def _paired(one: list[str], other: list[str]) -> list[tuple[int, int]]:
    """Return which lines are the same, in order."""
    if one == other:
        return [(at, at) for at in range(len(one))]
    numbers: dict[str, int] = {}
    left = [numbers.setdefault(line, len(numbers)) for line in one]
    right = [numbers.setdefault(line, len(numbers)) for line in other]
    if len(left) > _LONGEST_FILE or len(right) > _LONGEST_FILE:
        places = {number: at for at, number in reversed(list(enumerate(right)))}
        return [(at, places[number]) for at, number in enumerate(left) if number in places]
    from rapidfuzz.distance import Indel

    pairs = []
    for block in Indel.opcodes(left, right):
        if block.tag == "equal":
            pairs += list(
                zip(range(block.src_start, block.src_end), range(block.dest_start, block.dest_end), strict=True)
            )
    return pairs


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def _name(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")


def _short(sha: bytes) -> str:
    return sha[:8].decode("ascii", "replace")
