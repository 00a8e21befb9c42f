"""Reelwatch for scripts: titles, shots and searches of a library, and an analysis without one.

>>> import reelwatch
>>> library = reelwatch.open_library(folder)
>>> for title in library.titles():
...     print(title.name, title.frames, title.rate, title.start_tc)
The Séance 300 30000/1001 01:00:00;00
>>> [(shot.number, shot.scale.value if shot.scale else None) for shot in library.shots("The Séance")]
[(1, 'CU'), (2, None)]
>>> [(hit.title, hit.shot, hit.start_tc) for hit in library.search("tag:forest scale:CU").shots]
[('The Séance', 1, '01:00:00;00')]

What is here stays as it is within a major version; everything else may move.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from os import PathLike
from pathlib import Path

from catalog.library import CatalogError, Library, read_catalog
from catalog.loading import find_title, load
from catalog.query import QueryError
from catalog.records import Analysis, Beat, Estimate, Score, Shot, TagSummary, Transition
from catalog.search import Hits, ShotHit, TitleHit
from catalog.search import search as _search
from catalog.store import slug_of
from media.findings import DeliveryError

__all__ = [
    "Analysis", "Beat", "CatalogError", "DeliveryError", "Estimate", "Hits", "OpenLibrary", "QueryError", "Score",
    "Shot", "ShotHit", "TagSummary", "TitleFacts", "TitleHit", "Transition", "analyse", "open_library",
]  # fmt: skip


@dataclass(frozen=True)
class TitleFacts:
    """A title of a library. rate: frames a second; analysed_at: ISO 8601, UTC."""

    title_id: int
    slug: str
    name: str
    kind: str
    source: str
    frames: int
    rate: Fraction
    width: int
    height: int
    start_tc: str
    analysed_at: str


class OpenLibrary:
    """A library, open for reading; made by `open_library`. A daemon may write to it meanwhile.

    Titles are named by number, slug or name. Methods raise CatalogError where there is no such title, or several.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._db = read_catalog(library)

    def titles(self) -> list[TitleFacts]:
        """All titles, by name."""
        rows = self._db.query(
            """SELECT title_id, slug, name, kind, source, frames, rate_numerator, rate_denominator, width, height,
               start_tc, analysed_at FROM titles ORDER BY name, title_id"""
        )
        return [
            TitleFacts(rate=Fraction(row.pop("rate_numerator"), row.pop("rate_denominator")), **row) for row in rows
        ]

    def title(self, title: str | int) -> Analysis:
        """Everything known of a title.

        >>> library.title(1).beats[0].category
        'pursuit'
        """
        return load(self._db, find_title(self._db, str(title)))

    def shots(self, title: str | int) -> tuple[Shot, ...]:
        """Its shots in playing order; frames count from 0, ends are exclusive. A person's word goes before a model's.

        >>> first = library.shots(1)[0]
        >>> first.start, first.end, dict(first.tags)
        (0, 100, {'forest': 0.9, 'music': 0.6})
        """
        return self.title(title).shots

    def search(self, query: str, limit: int = 200) -> Hits:
        """Titles and shots that fit, in the words of `reelwatch search`. Raises QueryError.

        >>> library.search("beat:pursuit len:>5s").titles[0].shots
        1
        """
        return _search(self._db, query, limit)

    def export(self, title: str | int, format: str) -> bytes:
        """A title as `reelwatch export` writes it. Raises CatalogError for a format that there is not.

        >>> library.export(1, "edl").decode().splitlines()[0]
        'TITLE: The Seance'
        """
        from plugins.manager import export_title, exporters

        formats = exporters()
        if format not in formats:
            raise CatalogError(f"There is no format '{format}'. There are: {', '.join(sorted(formats))}.")
        return export_title(self._db, self._library, find_title(self._db, str(title)), formats[format])

    def thumbnail(self, title: str | int, shot: int) -> Path:
        """The JPEG of a shot's key frame; there is no file where the frame could not be decoded."""
        slug = slug_of(self.title(title).title)
        return self._library.thumbnails / slug / f"{shot:05d}.jpg"

    def close(self) -> None:
        self._db.conn.close()


def open_library(path: str | PathLike[str]) -> OpenLibrary:
    """Opens a library folder for reading. Raises CatalogError where there is none.

    >>> reelwatch.open_library("/nowhere")
    Traceback (most recent call last):
    catalog.library.CatalogError: There is no catalog at /nowhere/catalog.db; run `reelwatch run` on this library first.
    """
    return OpenLibrary(Library(Path(path)))


def analyse(path: str | PathLike[str], progress: Callable[[str, float], None] | None = None) -> Analysis:
    """Looks at one delivery, in this process and without a library. Raises DeliveryError where it cannot be played.

    progress: called with what is being done and the share of it that is, 0 to 1.

    >>> analysis = reelwatch.analyse(film)
    >>> analysis.title.frames, [(shot.start, shot.end) for shot in analysis.shots]
    (48, [(0, 24), (24, 48)])
    """
    from engines.analyse import analyse as look_at
    from engines.analyse import load_models
    from media.opening import open_programme, open_reader

    reader = open_reader(open_programme(Path(path)))
    try:
        return look_at(reader, load_models(), lambda shot, picture: None, progress or (lambda stage, share: None))
    finally:
        reader.close()
