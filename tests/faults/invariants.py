"""What must hold of a library at rest, whatever happened before (docs/reliability.md)."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def broken(library: Path) -> list[str]:
    """Every invariant that does not hold, as a sentence; empty where all is well."""
    found: list[str] = []
    with sqlite3.connect(library / "catalog.db") as db:
        (whole,) = db.execute("PRAGMA integrity_check").fetchone()
        if whole != "ok":
            found.append(f"The database is damaged: {whole}.")
        if db.execute("PRAGMA foreign_key_check").fetchall():
            found.append("A row refers to one that is not there.")
        titles = db.execute("SELECT title_id, slug, frames FROM titles").fetchall()
        for title, slug, frames in titles:
            found += _of_title(db, library, title, slug, frames)
        for job, state, title in db.execute("SELECT job_id, state, title_id FROM jobs").fetchall():
            if state in ("running", "done") and (state == "running" or title is None):
                found.append(f"Job {job} is {state} with title {title}.")
        unexplained = db.execute(
            "SELECT job_id FROM jobs j WHERE state <> (SELECT state FROM job_events e WHERE e.job_id = j.job_id "
            "ORDER BY event_id DESC LIMIT 1)"
        ).fetchall()
        found += [f"The last event of job {job} is not its state." for (job,) in unexplained]
    slugs = {slug for _, slug, _ in titles}
    for kind in ("thumbnails", "reports"):
        extra = {path.name for path in (library / kind).iterdir() if path.is_dir()} - slugs - {"assets"}
        found += [f"{kind}/{name} belongs to no title." for name in sorted(extra)]
    left = {path.name for path in (library / ".staging").iterdir()} - {"daemon.lock"}
    found += [f"{name} is left in staging." for name in sorted(left)]
    return found


def _of_title(db: sqlite3.Connection, library: Path, title: int, slug: str, frames: int) -> list[str]:
    found = []
    shots = db.execute("SELECT start_frame, end_frame FROM shots WHERE title_id = ? ORDER BY shot", [title]).fetchall()
    ends = [0, *(end for _, end in shots)]
    if [start for start, _ in shots] != ends[:-1] or ends[-1] != frames:
        found.append(f"The shots of title {title} do not fill its {frames} frames.")
    pictures = len(list((library / "thumbnails" / slug).glob("*.jpg")))
    if pictures != len(shots):
        found.append(f"Title {title} has {len(shots)} shots and {pictures} thumbnails.")
    if not (library / "reports" / slug / "index.html").is_file():
        found.append(f"Title {title} has no page.")
    return found
