"""Labelled pictures: a folder with labels.csv (one row a picture) and the JPEG files it names."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from engines.classes import SCALES


class LabelsError(ValueError):
    """A folder of labelled pictures cannot be read; the sentence says which file and what is wrong."""


@dataclass(frozen=True)
class LabelledPicture:
    """One row of a film picture pack; None or empty where it was not judged."""

    path: Path
    pack: str
    group: str  # film or near-duplicate cluster, never in two splits
    source: str
    scale: str  # one of SCALES, or empty
    votes: tuple[str, ...]  # each labelling pass; a trailing ? means a neighbour is nearly as good
    agree: int | None  # 2: both passes gave this label
    place: str  # i, e, x or empty
    time: str  # d, n, x or empty
    tags: frozenset[str] | None  # None: tags were not judged
    tags_maybe: frozenset[str]


@dataclass(frozen=True)
class LabelledPoster:
    """One row of a poster pack."""

    path: Path
    group: str
    first_genre: str
    genres: frozenset[str]
    rating: float | None  # 1 to 10
    success: bool | None  # gross at least the budget


def read_pictures(folder: Path, split: str = "all") -> list[LabelledPicture]:
    """Rows of `folder`/labels.csv in that split (all, train or val). Raises LabelsError."""
    return [_picture(folder, row) for row in _rows(folder, split)]


def read_posters(folder: Path, split: str = "all") -> list[LabelledPoster]:
    """Rows of a poster pack in that split. Raises LabelsError."""
    return [_poster(folder, row) for row in _rows(folder, split)]


def _rows(folder: Path, split: str) -> list[dict[str, str]]:
    table = folder / "labels.csv"
    if not table.is_file():
        raise LabelsError(f"{table} is missing; --data must name a folder with labels.csv and the pictures it lists.")
    with table.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if split == "all" or row.get("split") == split]
    if rows and not rows[0].get("file"):
        raise LabelsError(f"{table} has no column 'file' naming the pictures.")
    if not rows:
        raise LabelsError(f"{table} has no row of split '{split}'; choose all, train or val.")
    return rows


def _picture(folder: Path, row: dict[str, str]) -> LabelledPicture:
    scale = _word(row, "scale")
    if scale and scale not in SCALES:
        raise LabelsError(f"{folder / 'labels.csv'}: scale '{scale}' of {row['file']} is none of {', '.join(SCALES)}.")
    return LabelledPicture(
        path=folder / row["file"],
        pack=folder.name,
        group=_word(row, "group") or row["file"],
        source=_word(row, "source"),
        scale=scale,
        votes=_split(row, "scale_votes"),
        agree=int(_word(row, "agree")) if _word(row, "agree") else None,
        place=_word(row, "place"),
        time=_word(row, "time"),
        tags=frozenset(_split(row, "tags")) if "tags" in row else None,
        tags_maybe=frozenset(_split(row, "tags_maybe")),
    )


def _poster(folder: Path, row: dict[str, str]) -> LabelledPoster:
    gross, budget = _number(row, "gross_usd"), _number(row, "budget_usd")
    return LabelledPoster(
        path=folder / row["file"],
        group=_word(row, "group") or row["file"],
        first_genre=_word(row, "label").title(),
        genres=frozenset(_split(row, "genres")),
        rating=_number(row, "imdb_score"),
        success=gross >= budget if gross is not None and budget else None,
    )


def _word(row: dict[str, str], column: str) -> str:
    return (row.get(column) or "").strip()


def _split(row: dict[str, str], column: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _word(row, column).split("|") if part.strip())


def _number(row: dict[str, str], column: str) -> float | None:
    word = _word(row, column)
    return float(word) if word else None
