"""People's words on shots, from the command line and from spreadsheets, and what follows from them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sqlite_utils import Database

from catalog.corrections import Word, correct, undo
from catalog.library import CatalogError, Library, writing
from catalog.store import rederive
from daemon.pages import write_pages

COLUMNS = ("shot", "scale", "place", "time_of_day", "movement", "tags")


def take_in(db: Database, library: Library, title_id: int, words: Sequence[Word], by: str) -> int:
    """Notes corrections, all of them or none; returns the number of the act. Raises CatalogError."""
    with writing(db):
        act = correct(db, title_id, words, by)
        _follow(db, title_id)
    _write_pages(db, library, title_id)
    return act


def take_back(db: Database, library: Library, title_id: int, by: str, shot: int | None) -> int:
    """Undoes the latest act on a title, or on one of its shots; returns its number. Raises CatalogError."""
    with writing(db):
        act = undo(db, title_id, by, shot)
        _follow(db, title_id)
    _write_pages(db, library, title_id)
    return act


def _follow(db: Database, title_id: int) -> None:
    from engines.beats import find_beats
    from engines.tags import summarise

    rederive(db, title_id, summarise, find_beats)


def _write_pages(db: Database, library: Library, title_id: int) -> None:
    """After the commit: the person's word is safe whatever becomes of the pages."""
    from reports.index_page import write_index

    try:
        write_pages(db, library, title_id)
        write_index(db, library)
    except OSError as error:
        raise CatalogError(
            f"The correction is noted, but {error.filename} cannot be written: {error.strerror}."
        ) from error


def word(shot: int, said: Mapping[str, str | None], tags: Sequence[str]) -> Word:
    """What somebody says of a shot, in the spelling of people: values in any case, tags as +tag and -tag.

    Raises CatalogError where a value or tag is not known.
    """
    values = {name: value.strip() for name, value in said.items() if value and value.strip()}
    capitals = {name: value.upper() for name, value in values.items() if name != "movement"}
    movement = {"movement": values["movement"].lower()} if "movement" in values else {}
    return Word(shot, **capitals, **movement, tags=dict(_tag(tag) for tag in tags))


def read_words(file: Path) -> list[Word]:
    """Corrections of a CSV file with the columns `shot` and some of COLUMNS; empty cells say nothing.

    Rows that say nothing are passed over. Raises CatalogError, naming the line.
    """
    try:
        return list(_rows(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CatalogError(f"{file} cannot be read as CSV: {error}.") from error


def _rows(file: Path) -> Iterator[Word]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        unknown = set(reader.fieldnames or ()) - set(COLUMNS)
        if "shot" not in (reader.fieldnames or ()) or unknown:
            raise CatalogError(
                f"{file} should have the column shot and some of {', '.join(COLUMNS[1:])}, and no other."
            )
        for row in reader:
            cells = {name: (row[name] or "").strip() for name in COLUMNS if name in row}
            if not any(value for name, value in cells.items() if name != "shot"):
                continue
            try:
                yield word(int(cells.pop("shot")), cells, cells.pop("tags", "").split())
            except (ValueError, CatalogError) as error:
                raise CatalogError(f"{file}, line {reader.line_num}: {error}") from error


def _tag(said: str) -> tuple[str, bool]:
    from engines.classes import TAGS, TAGS_NOT_OFFERED

    sign, tag = said[:1], said[1:].lower()
    if sign not in "+-" or not tag:
        raise CatalogError(f"'{said}' should be +{said} where the shot has this tag, or -{said} where it has not.")
    if tag not in (*TAGS, *TAGS_NOT_OFFERED):
        raise CatalogError(f"'{tag}' is no tag. There are: {', '.join(sorted((*TAGS, *TAGS_NOT_OFFERED)))}.")
    return tag, sign == "+"
