"""One delivery without watching: the same queue and worker as the daemon's."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

from catalog.library import CatalogError, Library, open_catalog
from daemon import queue
from daemon.config import Settings
from daemon.display import Display
from daemon.foreman import Foreman
from daemon.intake import look_at
from daemon.queue import Job


def analyse_one(path: Path, library: Library, display: Display, again: bool = False) -> tuple[Job, Path | None]:
    """Queues and works off one delivery; returns its job and its title's page, where there is one.

    A daemon may be at work on the same library: each job is claimed by one of the two. Raises CatalogError.
    """
    from reports.index_page import write_index

    db = open_catalog(library)
    foreman = Foreman(db, Settings(library=library.root), display)
    found = look_at(path)
    job_id = queue.add(db, path, found.kind if found else "file", found.stamp if found else "")
    with _ended_by_signals():
        try:
            _work_off(foreman, db, job_id, again)
        finally:
            foreman.stop()
    job = queue.find(db, job_id)
    write_index(db, library)
    if job.title_id is None:
        return job, None
    slug = db.execute("SELECT slug FROM titles WHERE title_id = ?", [job.title_id]).fetchone()[0]
    return job, library.reports / slug / "index.html"


def _work_off(foreman: Foreman, db: Any, job_id: int, again: bool) -> None:
    """A passing fault is tried again at once, as somebody waits."""
    queue.change(db, job_id, "queued")
    while (job := queue.find(db, job_id)).state in ("queued", "running"):
        if job.state == "queued" and foreman.is_idle:
            claimed = queue.claim_one(db, job_id)
            if claimed is None:
                raise CatalogError(f"Job {job_id} was taken by the daemon at work on this library.")
            foreman.start(claimed, again)
        foreman.tend(0.2)


class _ended_by_signals:
    """SIGTERM ends like Ctrl-C, so that the worker is ended too."""

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGTERM, lambda number, frame: signal.raise_signal(signal.SIGINT))

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGTERM, self._before)
