"""A catalog of an earlier version can be read at once by the present one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlite_utils import Database

from catalog.library import Library, open_catalog, read_catalog
from catalog.schema import catalog


def test_an_older_catalog_is_brought_up_to_date_before_it_is_read(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.create()
    db = Database(sqlite3.connect(library.database))
    catalog.apply(db, stop_before="shots_in_scenes")
    assert "scene_log" not in db.view_names()
    db.close()
    assert "scene_log" in read_catalog(library).view_names()
    assert not catalog.pending(open_catalog(library))
