"""The library page: all titles, and the jobs that are no title yet."""

from __future__ import annotations

import json
from pathlib import Path, PurePath
from typing import Any

from sqlite_utils import Database

from catalog.library import Library
from catalog.loading import load
from reports.entry import entry_of, read_entry, write_entry
from reports.facets import write_facets
from reports.files import copy_assets, write_text
from reports.pages import render
from reports.words import visible


def write_index(db: Database, library: Library) -> Path:
    """Writes reports/index.html and library-data.js, the data it shows, which alone changes with the catalog."""
    page = library.reports / "index.html"
    data = {"titles": _titles(db, library), "jobs": _jobs(db)}
    copy_assets(library.reports)
    write_text(page, render("index.html"))
    write_text(library.reports / "library-data.js", f"reelwatchLibrary({json.dumps(data, separators=(',', ':'))});\n")
    return page


def _titles(db: Database, library: Library) -> list[dict[str, Any]]:
    rows = db.execute("SELECT title_id, slug, analysed_at FROM titles ORDER BY analysed_at DESC, title_id DESC")
    return [_entry(db, library, *row) for row in rows.fetchall()]


def _entry(db: Database, library: Library, title_id: int, slug: str, analysed_at: str) -> dict[str, Any]:
    entry = read_entry(library, slug, analysed_at)
    if entry is None:
        pictures = library.thumbnails / slug
        names = frozenset(path.name for path in pictures.iterdir()) if pictures.is_dir() else frozenset[str]()
        analysis = load(db, title_id)
        entry = entry_of(analysis, names)
        write_facets(library, analysis)
        write_entry(library, entry)
    return {**entry, "name": visible(entry["name"])}


def _jobs(db: Database) -> list[dict[str, Any]]:
    """The last job of each path, unless it is done."""
    rows = db.execute(
        """SELECT path, kind, state, reason, progress, updated_at FROM jobs
           WHERE state <> 'done' AND job_id IN (SELECT max(job_id) FROM jobs GROUP BY path) ORDER BY job_id DESC"""
    )
    return [
        {
            "name": visible(PurePath(path).name or path),
            "path": visible(path),
            "kind": kind,
            "state": state,
            "reason": visible(reason),
            "progress": round(progress, 3),
            "analysed": updated_at,
        }
        for path, kind, state, reason, progress, updated_at in rows.fetchall()
    ]
