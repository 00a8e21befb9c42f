"""The library folder and its database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from catalog.schema import catalog

BUSY_SECONDS = 30.0


class CatalogError(Exception):
    """The catalog cannot do what was asked; the text says what and why."""


@dataclass(frozen=True)
class Library:
    """Where a library keeps its things."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "catalog.db"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def thumbnails(self) -> Path:
        return self.root / "thumbnails"

    @property
    def exports(self) -> Path:
        return self.root / "exports"

    def create(self) -> None:
        for folder in (self.root, self.reports, self.thumbnails, self.exports):
            folder.mkdir(parents=True, exist_ok=True)


def open_catalog(library: Library) -> Database:
    """Opens the catalog for writing, making the library and bringing the schema up to date.

    Raises CatalogError where the file cannot be opened or is no SQLite database.
    """
    try:
        library.create()
        connection = sqlite3.connect(library.database, timeout=BUSY_SECONDS)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        db = Database(connection)
        if catalog.pending(db):
            catalog.apply(db)
    except (OSError, sqlite3.Error) as error:
        raise CatalogError(f"The catalog {library.database} cannot be opened: {error}.") from error
    return db


def read_catalog(library: Library) -> Database:
    """Opens an existing catalog for reading only; one of an older version is brought up to date first.

    Raises CatalogError where there is none, or where it cannot be brought up to date.
    """
    if not library.database.is_file():
        raise CatalogError(f"There is no catalog at {library.database}; run `reelwatch run` on this library first.")
    connection = sqlite3.connect(f"{library.database.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
    db = Database(connection)
    if catalog.pending(db):
        open_catalog(library).close()
    return db


@contextmanager
def writing(db: Database) -> Iterator[Database]:
    """A transaction that holds the write lock from its start, so that what it read is still true when it writes."""
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield db
    except BaseException:
        db.conn.rollback()
        raise
    db.conn.execute("COMMIT")
