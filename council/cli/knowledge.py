"""``council knowledge list | show | search | add | export | delete``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from council.cli.common import emit, resolve, tell, writable_target
from council.errors import StoreError, UsageError
from council.protocols import Archive
from council.rendering import Documents, KnowledgeBook, terminal
from council.settings import Settings, secret_values
from council.sources import read_task
from council.store import find_source, open_store, words_of
from council.text import one_line, redact
from council.types.base import now
from council.types.knowledge import Knowledge, KnowledgeKind

_LONGEST_ID = 80
_EVERYTHING = 1_000_000


def run(options: argparse.Namespace) -> int:
    """Do one of the verbs with the store of the settings."""
    settings = resolve(options).settings
    if getattr(options, "limit", 1) < 1:
        raise UsageError(f"--limit {options.limit}: must be at least 1")
    store = open_store(settings.store_url, readonly=options.verb not in ("add", "delete"))
    try:
        return _VERBS[options.verb](store, options, settings)
    finally:
        store.close()


def _list(store: Archive, options: argparse.Namespace, settings: Settings) -> int:
    found = store.list_knowledge(limit=options.limit)
    if options.format == "json":
        emit(_document(found, options.format, settings), None)
    elif found:
        terminal.show_knowledge(found)
    else:
        emit("Nothing was learnt yet. Keep the first with: council knowledge add TITLE --text TEXT", None)
    return 0


def _search(store: Archive, options: argparse.Namespace, settings: Settings) -> int:
    words = " ".join(options.words)
    if not words_of(words):
        raise UsageError(f"there is no word to search for in {one_line(words, 60)!r}", "Give letters or digits")
    found = store.search_knowledge(words, limit=options.limit)
    if options.format == "json":
        emit(_document(found, options.format, settings), None)
    elif found:
        terminal.show_knowledge(found)
    else:
        emit(f"Nothing holds {one_line(words, 80)}. council knowledge list shows all of it.", None)
    return 0


def _show(store: Archive, options: argparse.Namespace, settings: Settings) -> int:
    found = store.read_knowledge(options.id)
    if options.format == "text":
        emit(terminal.knowledge_text(found), None)
    else:
        emit(_document((found,), options.format, settings), None)
    return 0


def _add(store: Archive, options: argparse.Namespace, settings: Settings) -> int:
    if not options.title.strip():
        raise UsageError("the title is empty", "Say in a line what was learnt")
    title = redact(options.title, secret_values())  # first: the id is made of it, in small letters
    knowledge_id = _checked(options.id) if options.id is not None else _id_of(title)
    before = _kept(store, knowledge_id)
    if before is not None and not options.force:
        raise UsageError(
            f"there is knowledge {knowledge_id} already", "Replace it with --force, or give another id with --id"
        )
    learnt = Knowledge(
        knowledge_id=knowledge_id,
        kind=KnowledgeKind(options.kind),
        title=one_line(title, 200),
        text=_text(options.text),
        evidence=tuple(dict.fromkeys(find_source(store, word) for word in options.evidence)),
        created_at=before.created_at if before else now(),
        updated_at=now() if before else None,
    )
    store.put_knowledge(learnt)
    kept = store.read_knowledge(knowledge_id)
    emit(_document((kept,), "json", settings) if options.format == "json" else kept.knowledge_id, None)
    return 0


def _export(store: Archive, options: argparse.Namespace, settings: Settings) -> int:
    writable_target(options.output)
    emit(_document(store.list_knowledge(limit=_EVERYTHING), options.format, settings), options.output)
    return 0


def _delete(store: Archive, options: argparse.Namespace, settings: Settings) -> int:
    tell(f"deleted {store.delete_knowledge(options.id)}\n")
    return 0


def _document(found: Sequence[Knowledge], form: str, settings: Settings) -> str:
    return Documents(settings.templates_dir).render(KnowledgeBook(knowledge=tuple(found)), document=form)


def _kept(store: Archive, knowledge_id: str) -> Knowledge | None:
    """Return what is kept under exactly this id."""
    try:
        found = store.read_knowledge(knowledge_id)
    except StoreError:
        return None
    return found if found.knowledge_id == knowledge_id else None


def _text(text_or_at_file: str) -> str:
    if not text_or_at_file.removeprefix("@").strip():
        raise UsageError("--text is empty", "Say what was learnt, or name a file with --text @FILE")
    return read_task(text_or_at_file).strip("\n")


def _id_of(title: str) -> str:
    made = ""
    for word in words_of(title):
        word = "".join(char for char in word if char.isascii())
        if word and len(made) + 1 + len(word) <= _LONGEST_ID:
            made = f"{made}-{word}" if made else word
    if not made:
        raise UsageError(f"no id can be made of the title {one_line(title, 60)!r}", "Give one with --id")
    return made


def _checked(wanted: str) -> str:
    plain = wanted.replace(".", "").replace("-", "")
    fits = plain.isascii() and plain.isalnum() and plain == plain.lower() and wanted[0] not in ".-"
    if not fits or len(wanted) > _LONGEST_ID:
        raise UsageError(
            f"--id {one_line(wanted, 60)}: an id has small letters, digits, dots and hyphens, {_LONGEST_ID} at most",
            "For example: recency-beats-the-label",
        )
    return wanted


_VERBS = {"list": _list, "show": _show, "search": _search, "add": _add, "export": _export, "delete": _delete}
