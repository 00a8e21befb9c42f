"""The one commit point of a title: all its rows and its pages, or none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from catalog.corrections import people_have_spoken
from catalog.library import Library, writing
from catalog.records import Analysis
from catalog.store import rederive, save, slug_of
from daemon import queue
from daemon.pages import exports_kept, write_pages
from daemon.queue import Job


class JobTaken(Exception):
    """The job is no longer running, because somebody cancelled it: nothing is committed."""


def commit(db: Database, library: Library, job: Job, analysis: Analysis, thumbnails: Path) -> int:
    """Writes rows, thumbnails, exports, the title's page and the end of the job in one transaction; returns title_id.

    The pages are put in place before COMMIT, which is the instant at which the title exists. Killed before it, the job
    is still running in the catalog, is queued again at the next start and writes the same files over; an error before
    it puts the earlier files back. Raises JobTaken where the job was cancelled meanwhile.
    """
    from engines.beats import find_beats
    from engines.tags import summarise

    slug = slug_of(analysis.title)
    with (
        _replaced(thumbnails, library.thumbnails / slug),
        _kept(library.reports / slug, thumbnails),
        exports_kept(library, slug),
        writing(db),
    ):
        title_id = save(db, analysis)
        if people_have_spoken(db, title_id):
            rederive(db, title_id, summarise, find_beats)
        write_pages(db, library, title_id)
        shots = len(analysis.shots)
        reason = f"Analysed: {shots} {'shot' if shots == 1 else 'shots'} in {analysis.title.frames} frames."
        if not queue.change_within(db, job.job_id, "done", reason, of=("running",), title_id=title_id, progress=1.0):
            raise JobTaken
    return title_id


@contextmanager
def _replaced(new: Path, place: Path) -> Iterator[None]:
    """`new` is at `place` inside; what was there before comes back where an error ends it."""
    old = new.with_name("thumbnails.before")
    if place.exists():
        place.rename(old)
    try:
        new.rename(place)
        yield
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        if old.exists():
            old.rename(place)
        raise


@contextmanager
def _kept(pages: Path, beside: Path) -> Iterator[None]:
    """The title's pages come back as they were where an error ends this; new ones are removed."""
    old = beside.with_name("pages.before")
    if pages.exists():
        shutil.copytree(pages, old)
    try:
        yield
    except BaseException:
        shutil.rmtree(pages, ignore_errors=True)
        if old.exists():
            old.rename(pages)
        raise
