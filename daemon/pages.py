"""What is written of a title beside its rows: exports for download, then the page that links them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from catalog.library import CatalogError, Library
from catalog.loading import load
from catalog.store import slug_of

log = logging.getLogger("reelwatch.pages")

FORMATS = ("csv", "json", "edl", "otio", "fcpxml", "vtt")
"""Exports that every title page offers; `reelwatch export` makes the others when asked."""


def write_pages(db: Database, library: Library, title_id: int) -> Path:
    """Writes exports/<slug>.* and reports/<slug>/ from the catalog; returns the page.

    A format that fails is logged, and its earlier file removed, as it would say something else than the page.
    Raises CatalogError where there is no such title.
    """
    from engines.cards import list_cards
    from reports.title_page import write_title

    _write_exports(db, library, title_id)
    return write_title(db, library, title_id, {card.name: card.as_dict() for card in list_cards()})


def _write_exports(db: Database, library: Library, title_id: int) -> None:
    from plugins.manager import export_title, exporters
    from reports.files import write_bytes

    slug, offered = slug_of(load(db, title_id).title), exporters()
    for name in FORMATS:
        path = library.exports / f"{slug}{offered[name].suffix}"
        try:
            write_bytes(path, export_title(db, library, title_id, offered[name]))
        except (CatalogError, OSError) as error:
            log.error("The page goes without a file: %s", error)
            path.unlink(missing_ok=True)


@contextmanager
def exports_kept(library: Library, slug: str) -> Iterator[None]:
    """The title's exports come back as they were where an error ends this; new ones are removed."""
    from reports.files import write_bytes

    before = {path: path.read_bytes() for path in library.exports.glob(f"{slug}.*")}
    try:
        yield
    except BaseException:
        for path in library.exports.glob(f"{slug}.*"):
            path.unlink()
        for path, content in before.items():
            write_bytes(path, content)
        raise
