"""Writes the set into a folder, and checks whether what lies there still says what policy and evidence say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from council.errors import UsageError
from council.guidance.composing import DOCUMENTS, compose_changelog, compose_guides, compose_index
from council.guidance.holdings import read_holdings
from council.guidance.marks import Mark, read_mark, with_mark
from council.guidance.versions import differences, next_version
from council.policies import Policy
from council.protocols import Archive
from council.rendering import Documents
from council.rendering.pages import first_heading, to_page
from council.settings import secret_values
from council.templating import Templates
from council.text import one_line, redact_record
from council.types.base import Record, now
from council.types.guidelines import Guide, Stale, Written, facts_of
from council.types.knowledge import DocumentVersion

Formats = Literal["both", "markdown", "html"]
Write = Callable[[Path, str], None]
"""Puts a text into a file, whole or not at all."""
_ENDINGS: dict[Formats, tuple[str, ...]] = {"both": ("md", "html"), "markdown": ("md",), "html": ("html",)}
_FOLLOWING = ("changelog", "index")
"""Documents that tell of the others."""


class Edition(Record):
    """One document as it should be now, with the version that states these facts."""

    guide: Guide
    version: DocumentVersion
    known: tuple[DocumentVersion, ...]
    """Versions in the store, the newest first."""

    @property
    def is_new(self) -> bool:
        """Whether the store does not have this version yet."""
        return not self.known or self.known[0].number != self.version.number


def write_guidelines(
    policy: Policy,
    archive: Archive,
    folder: Path,
    *,
    write: Write,
    templates: Templates | Path | None = None,
    formats: Formats = "both",
    force: bool = False,
    at: datetime | None = None,
) -> tuple[Written, ...]:
    """Write every document of the set and return what became of each file; the same facts give the same bytes.

    What a document states is kept in the archive as a version, ``guidelines/POLICY/DOCUMENT``. Blocks.

    Args:
        folder: must be there.
        write: puts a text into a file, whole or not at all.
        force: replace also files that council did not write, or that were edited since.
        at: the present moment, unless given.

    Raises:
        UsageError: a file stands there that council did not write. Nothing was written then.
        TemplateError: a template of the user's fails. Nothing was written then.
        StoreError: the archive cannot be read or written.
    """
    editions = _editions(policy, archive, at or now())
    if not force:
        _refuse_foreign(editions, folder, _ENDINGS[formats])
    house = templates if isinstance(templates, Templates) else Templates(templates)
    texts = [(edition, render_files(edition, formats, house)) for edition in editions]
    for edition in editions:
        if edition.is_new:
            archive.add_version(edition.version)
    return tuple(
        _written(edition, folder / file, text, write) for edition, files in texts for file, text in files.items()
    )


def check_guidelines(
    policy: Policy,
    archive: Archive,
    folder: Path,
    *,
    templates: Templates | Path | None = None,
    formats: Formats = "both",
    at: datetime | None = None,
) -> tuple[Stale, ...]:
    """Return why files of the set are not what policy and evidence say, nothing when all are. Writes nothing.

    Raises ``TemplateError``, ``StoreError``.
    """
    editions = _editions(policy, archive, at or now())
    house = templates if isinstance(templates, Templates) else Templates(templates)
    moved = any(edition.is_new for edition in editions if edition.guide.document not in _FOLLOWING)
    found: list[Stale] = []
    for edition in editions:
        told = False
        for file, text in render_files(edition, formats, house).items():
            follows = told or (moved and edition.guide.document in _FOLLOWING)
            stale = _stale(edition, folder / file, text, follows=follows)
            told = told or any(entry.facts_moved for entry in stale)
            found += stale
    return tuple(found)


def render_files(edition: Edition, formats: Formats, templates: Templates) -> dict[str, str]:
    """Return the texts of a document's files by their names, each with its mark."""
    name, version = edition.guide.document, edition.version
    house, files = Documents(templates), {}
    endings = _ENDINGS[formats]
    body = house.render(edition.guide, document=name)
    if "md" in endings:
        files[f"{name}.md"] = with_mark(body, name=version.name, number=version.number)
    if "html" in endings:
        links = {f"{document}.md": f"{document}.html" for document in (*DOCUMENTS, "index")}
        page = to_page(body, title=first_heading(body) or name, links=links, templates=templates)
        files[f"{name}.html"] = with_mark(page, name=version.name, number=version.number)
    return files


def _editions(policy: Policy, archive: Archive, at: datetime) -> tuple[Edition, ...]:
    """Return every document of the set, in the order of reading, with the version it is or would become."""
    guides = compose_guides(policy, read_holdings(archive), on=at.date())
    editions = [_edition(guide, archive, at) for guide in guides]
    every = [v for e in editions for v in ((e.version, *e.known) if e.is_new else e.known)]
    news = [f"{edition.guide.document} is version {edition.version.number}" for edition in editions if edition.is_new]
    editions.append(_edition(compose_changelog(policy, every), archive, at, news))
    latest = {edition.guide.document: edition.version for edition in editions}
    return (_edition(compose_index(policy, latest), archive, at, news), *editions)


def _edition(guide: Guide, archive: Archive, at: datetime, news: Sequence[str] = ()) -> Edition:
    name = f"guidelines/{guide.policy}/{guide.document}"
    clean = redact_record(guide, secret_values())  # what is kept must equal what is composed the next time
    known = tuple(archive.list_versions(name))
    version = next_version(name, facts_of(clean), known, at, news)
    dated = type(clean).model_validate({**dict(clean), "number": version.number, "created_at": version.created_at})
    return Edition(guide=dated, version=version, known=known)


def _refuse_foreign(editions: Sequence[Edition], folder: Path, endings: Sequence[str]) -> None:
    for edition in editions:
        for ending in endings:
            path = folder / f"{edition.guide.document}.{ending}"
            mark = read_mark(_read(path) or "")
            shown = one_line(str(path))
            if path.exists() and (mark is None or mark.name != edition.version.name):
                whose = "council did not write it" if mark is None else f"it belongs to {one_line(mark.name, 80)}"
                raise UsageError(
                    f"{shown} exists and {whose}", "Choose another folder with -o, or replace it with --force"
                )
            if mark is not None and not mark.intact:
                raise UsageError(
                    f"{shown} was edited by hand since version {mark.number}",
                    "What a team wants to say otherwise belongs into its policy or its templates; --force replaces it",
                )


def _written(edition: Edition, path: Path, text: str, write: Write) -> Written:
    before = _read(path)
    if before != text:
        write(path, text)
    return Written(
        file=path.name,
        state="same" if before == text else "new" if before is None else "changed",
        number=edition.version.number,
        changes=edition.version.changes if edition.is_new and before != text else (),
    )


def _stale(edition: Edition, path: Path, text: str, *, follows: bool) -> list[Stale]:
    """Return what is wrong with one file; ``follows``: what moved is told at another one already."""
    before = _read(path)
    if before == text and not edition.is_new:
        return []

    def say(reason: str, *, moved: bool = False) -> Stale:
        return Stale(file=path.name, reason=reason, facts_moved=moved)

    if before is None:
        return [say("cannot be read as text" if path.exists() else "is missing")]
    mark = read_mark(before)
    if mark is None or mark.name != edition.version.name:
        return [say("was not written by council for this policy")]
    edited = [] if mark.intact else [say(f"was edited by hand since version {mark.number}")]
    if follows:
        return edited
    sentences = _moved(edition, mark)
    if sentences is None:
        return [*edited, say(f"is version {mark.number}, which this store does not hold")]
    if sentences:
        return [*edited, *(say(sentence, moved=True) for sentence in sentences)]
    if mark.number != edition.version.number:
        return [*edited, say(f"is version {mark.number}, and version {edition.version.number} is the newest")]
    return edited or [say("was written by another template")]


def _moved(edition: Edition, mark: Mark) -> tuple[str, ...] | None:
    """Return what moved since the version on disk; ``None`` when the store does not know that version."""
    on_disk = next((version for version in edition.known if version.number == mark.number), None)
    return None if on_disk is None else differences(on_disk, facts_of(edition.guide))


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
