"""Estimates about the whole title: genre, box-office success and rating, as far as a poster carries them."""

from __future__ import annotations

from pathlib import Path

from catalog.records import Score
from engines.compact import CompactModel
from engines.preprocess import read_picture

_SUFFIXES = (".jpg", ".jpeg", ".png")
_TOP_GENRES = 3


def poster_beside(source: Path) -> Path | None:
    """The poster of a delivery: poster.jpg in a package or beside a file, or NAME-poster.jpg beside either."""
    if source.is_dir():
        places: tuple[Path, ...] = (source / "poster", source.parent / f"{source.name}-poster")
    else:
        places = tuple(source.parent / name for name in (f"{source.stem}-poster", f"{source.name}-poster", "poster"))
    files = (place.with_name(place.name + suffix) for place in places for suffix in _SUFFIXES)
    return next((file for file in files if file.is_file()), None)


def score_title(model: CompactModel, source: Path) -> tuple[Score, ...]:
    """Genre, success and rating of the title delivered at `source`; without a poster each says why it is missing."""
    poster = poster_beside(source)
    if poster is None:
        return _nothing("not measured: no poster (poster.jpg or NAME-poster.jpg) came with the delivery")
    try:
        said = model.poster(read_picture(poster))
    except ValueError as error:
        return _nothing(f"not measured: {error}")
    name, note = model.card.name, f"estimated from the poster {poster.name} alone"
    likely = sorted(said.genres.items(), key=lambda genre: -genre[1])[:_TOP_GENRES]
    others = ", ".join(f"{genre} {probability:.0%}" for genre, probability in likely)
    return (
        Score("genre", likely[0][0], None, None, name, f"{note}; {others}"),
        Score("success", f"{said.success:.2f}", None, None, name, f"{note}; chance that the gross reaches the budget"),
        Score("rating", f"{said.rating:.1f}", said.rating_low, said.rating_high, name, f"{note}; 80 % interval"),
    )


def _nothing(note: str) -> tuple[Score, ...]:
    return tuple(Score(kind, None, None, None, "", note) for kind in ("genre", "success", "rating"))
