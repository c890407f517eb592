"""A git repository, read without git and without believing it: no configuration, no hooks, no way out of its folder.

Two things are taken from it: where HEAD and the notes stand, and objects by their id, none larger than ``_LARGEST``.
"""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from council.text import one_line

_LARGEST = 8 << 20
"""Bytes of one object. What is larger is not source code that somebody wrote."""
_MOST_ENTRIES = 400_000
_LONGEST_CHAIN = 4096


class Refused(Exception):
    """A repository, or a part of it, that is not read; the text says why."""


class Place(NamedTuple):
    """Where a repository keeps its things."""

    git: Path
    """HEAD and what belongs to this working tree."""
    common: Path
    """Objects and shared references."""


def find_place(folder: Path) -> Place:
    """Return where the repository of a working tree lies. Raises ``Refused``.

    A ``.git`` file is followed only where what it points to points back, or lies in the ``.git`` of a folder around it.
    """
    entry = folder / ".git"
    mode = os.lstat(entry).st_mode
    if stat.S_ISLNK(mode):
        raise Refused("its .git is a link")
    if stat.S_ISDIR(mode):
        git = entry
    elif stat.S_ISREG(mode):
        git = _followed(entry)
    else:
        raise Refused("its .git is neither a folder nor a file")
    common = _common(git)
    for place in {git, common}:
        _look_for_ways_out(place)
    if not (common / "objects").is_dir():
        raise Refused("it has no objects")
    if (common / "reftable").exists():
        raise Refused("its references are kept in reftable format")
    return Place(git, common)


def _followed(entry: Path) -> Path:
    word = _small(entry).strip()
    if not word.startswith("gitdir:"):
        raise Refused("its .git file does not say where the repository is")
    target = Path(os.path.realpath(entry.parent / word.removeprefix("gitdir:").strip()))
    if not target.is_dir():
        raise Refused("its .git file points to a folder that is not there")
    back = target / "gitdir"
    if (
        back.is_file()
        and not back.is_symlink()
        and os.path.realpath(target / _small(back).strip()) == os.path.realpath(entry)
    ):
        return target
    if any(target.is_relative_to(parent / ".git" / "modules") for parent in entry.parent.parents):
        return target
    raise Refused("its .git file points to a folder that does not point back")


def _common(git: Path) -> Path:
    file = git / "commondir"
    if not os.path.lexists(file):
        return git
    common = Path(os.path.realpath(git / _small(file).strip()))
    if git.parent != common / "worktrees":
        raise Refused("its commondir leads elsewhere")
    return common


def _look_for_ways_out(place: Path) -> None:
    """Refuse a repository with links, pipes and devices in it: each may lead anywhere, or wait for ever."""
    count = 0
    for folder, folders, names in os.walk(place, followlinks=False):
        if Path(folder) == place:
            folders[:] = [name for name in folders if name not in ("hooks", "modules", "lfs", "annex", "worktrees")]
        for name in (*folders, *names):
            count += 1
            mode = os.lstat(os.path.join(folder, name)).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                kind = "a link" if stat.S_ISLNK(mode) else "a pipe or device"
                raise Refused(f"its .git holds {kind} ({one_line(name, 60)})")
            if count > _MOST_ENTRIES:
                raise Refused(f"its .git holds more than {_MOST_ENTRIES} files")


class Repository:
    """References and objects of one repository."""

    def __init__(self, folder: Path) -> None:
        from dulwich.object_format import SHA1, SHA256

        self.folder = folder
        self.place = find_place(folder)
        self.notes: list[str] = []
        self.shallow = frozenset(_words(self.place.common / "shallow"))
        if (self.place.common / "objects" / "info" / "alternates").exists():
            self.notes.append("objects that it borrows from elsewhere (alternates)")
        config = self.place.common / "config"
        text = _small(config, 200_000).lower() if config.is_file() else ""
        self._store = _open(str(self.place.common / "objects"), SHA256 if "objectformat = sha256" in text else SHA1)
        self._head = self._follow(b"HEAD")

    def close(self) -> None:
        """Let go of its files."""
        self._store.close()

    @property
    def head(self) -> bytes | None:
        """The id of the commit that is checked out."""
        return self._head

    def object(self, sha: bytes) -> Any:
        """Return an object. Raises ``Refused`` for one that is missing, damaged or too large."""
        try:
            self._store.weigh(sha)
            return self._store[sha]
        except Refused:
            raise
        except (KeyError, FileNotFoundError):
            raise Refused(f"object {sha[:12].decode('ascii', 'replace')} is not there") from None
        except Exception as error:  # whatever a damaged file makes dulwich raise: it is the file's fault
            raise Refused(f"object {sha[:12].decode('ascii', 'replace')} is damaged ({type(error).__name__})") from None

    def text(self, sha: bytes) -> str:
        """Return a blob as text. Raises ``Refused``."""
        blob = self.object(sha)
        if blob.type_name != b"blob":
            raise Refused("what should be a file is none")
        data: bytes = blob.as_raw_string()
        return data.decode("utf-8", "surrogateescape")

    def commit(self, sha: bytes) -> Any:
        """Return a commit. Raises ``Refused``."""
        found = self.object(sha)
        if found.type_name != b"commit":
            raise Refused("what should be a commit is none")
        return found

    def blob_at(self, tree: bytes, path: bytes) -> bytes | None:
        """Return the id of the file at a path of a tree, or ``None``."""
        sha = tree
        for part in path.split(b"/"):
            entries = self.object(sha)
            if entries.type_name != b"tree" or part not in entries:
                return None
            _, sha = entries[part]
        return sha

    def changes(
        self, old: bytes | None, new: bytes, most: int
    ) -> Iterator[tuple[bytes | None, bytes | None, bytes | None, bytes]]:
        """Yield old path, old blob, new path and new blob of each file that differs between two trees."""
        yield from self._differ(old, new, b"", [most])

    def note_trees(self) -> list[bytes]:
        """Return the commits that the references under refs/notes stand at."""
        found = {}
        base = self.place.common / "refs" / "notes"
        for folder, _, names in os.walk(base):
            for name in names:
                file = Path(folder, name)
                found[file.relative_to(self.place.common).as_posix()] = _small(file, 200).strip().encode()
        for packed, sha in self._packed():
            if packed.startswith(b"refs/notes/"):
                found.setdefault(packed.decode("utf-8", "replace"), sha)
        return [found[name] for name in sorted(found) if _is_sha(found[name])]

    def _differ(
        self, old: bytes | None, new: bytes | None, prefix: bytes, left: list[int], depth: int = 0
    ) -> Iterator[tuple[bytes | None, bytes | None, bytes | None, bytes]]:
        before = self._entries(old)
        after = self._entries(new)
        if depth > 60:
            raise Refused("folders more than 60 deep")
        for name in sorted(before.keys() | after.keys()):
            one, other = before.get(name), after.get(name)
            if one == other:
                continue
            left[0] -= 1
            if left[0] < 0:
                raise Refused("a commit that changes too many files")
            path = prefix + name
            trees = [entry[1] if entry and stat.S_ISDIR(entry[0]) else None for entry in (one, other)]
            if trees[0] or trees[1]:
                yield from self._differ(trees[0], trees[1], path + b"/", left, depth + 1)
            blobs = [entry[1] if entry and stat.S_ISREG(entry[0]) else None for entry in (one, other)]
            if blobs[0] != blobs[1]:
                yield (path if blobs[0] else None, blobs[0], path if blobs[1] else None, blobs[1] or b"")

    def _entries(self, sha: bytes | None) -> dict[bytes, tuple[int, bytes]]:
        if sha is None:
            return {}
        tree = self.object(sha)
        if tree.type_name != b"tree":
            raise Refused("what should be a folder is none")
        return {entry.path: (entry.mode, entry.sha) for entry in tree.iteritems()}

    def _follow(self, name: bytes) -> bytes | None:
        for _ in range(6):
            root = self.place.git if b"/" not in name else self.place.common
            file = root / os.fsdecode(name)
            inside = Path(os.path.realpath(file)).is_relative_to(os.path.realpath(root))
            word = _small(file, 4096).strip().encode("utf-8", "surrogateescape") if inside and file.is_file() else b""
            word = word or dict(self._packed()).get(name, b"")
            if not word.startswith(b"ref:"):
                return word if _is_sha(word) else None
            name = word[4:].strip()
            if not name.startswith(b"refs/") or b".." in name:
                return None
        return None

    def _packed(self) -> Iterator[tuple[bytes, bytes]]:
        file = self.place.common / "packed-refs"
        if file.is_file():
            for line in _small(file, 64 << 20).encode("utf-8", "surrogateescape").splitlines():
                sha, _, name = line.partition(b" ")
                if _is_sha(sha):
                    yield name.strip(), sha


def _open(path: str, object_format: Any) -> Any:
    """Return dulwich's object store without its ways out: alternates, and the indexes that could lie."""
    from dulwich.object_store import DiskObjectStore

    class Objects(DiskObjectStore):
        """Objects of one folder."""

        @property
        def alternates(self) -> list[Any]:
            return []

        def get_midx(self) -> None:
            return None

        def get_commit_graph(self) -> None:
            return None

        def weigh(self, sha: bytes) -> None:
            """Raise ``Refused`` for an object that would become too large, before any of it is unpacked."""
            from dulwich.objects import hex_to_sha

            raw = hex_to_sha(sha)  # type: ignore[arg-type]
            for pack in self.packs:
                try:
                    offset = pack.index.object_offset(raw)
                except KeyError:
                    continue
                _weigh_chain(pack, offset)
                return

    return Objects(path, object_format=object_format, loose_object_size_limit=_LARGEST)


def _weigh_chain(pack: Any, offset: int) -> None:
    """Follow an object to what it is a change of, reading sizes only."""
    id_length = pack.object_format.oid_length
    with open(pack.data.path, "rb") as file:
        for _ in range(_LONGEST_CHAIN):
            file.seek(offset)
            head = file.read(4096)
            kind = head[0] >> 4 & 7
            size, at = _varint(head, 0, first_bits=4)
            if size > _LARGEST:
                raise Refused(f"an object of {size} bytes")
            if kind not in (6, 7):
                return
            if kind == 6:
                back, at = _distance(head, at)
                base = offset - back
            else:
                base = pack.index.object_offset(head[at : at + id_length])
                at += id_length
            small = zlib.decompressobj().decompress(head[at:], 40)
            _, after = _varint(small, 0)
            result, _ = _varint(small, after)
            if result > _LARGEST:
                raise Refused(f"an object of {result} bytes")
            offset = base
    raise Refused("an object that is a change of a change without end")


def _varint(data: bytes, at: int, *, first_bits: int = 7) -> tuple[int, int]:
    value, shift = data[at] & ((1 << first_bits) - 1), first_bits
    while data[at] & 0x80:
        at += 1
        value |= (data[at] & 0x7F) << shift
        shift += 7
    return value, at + 1


def _distance(data: bytes, at: int) -> tuple[int, int]:
    value = data[at] & 0x7F
    while data[at] & 0x80:
        at += 1
        value = (value + 1) << 7 | data[at] & 0x7F
    return value, at + 1


def _small(file: Path, limit: int = 4096) -> str:
    with open(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW), "rb") as stream:
        return stream.read(limit).decode("utf-8", "surrogateescape")


def _words(file: Path) -> list[bytes]:
    return [line.strip() for line in _small(file, 1 << 20).encode().splitlines()] if file.is_file() else []


def _is_sha(word: bytes) -> bool:
    return len(word) in (40, 64) and all(char in b"0123456789abcdef" for char in word)
