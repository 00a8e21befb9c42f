"""A version file plays through its original wherever the catalog knows it to be."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from catalog.library import Library, open_catalog, writing
from catalog.records import Analysis
from catalog.store import save
from daemon import queue
from daemon.config import Settings
from daemon.display import Lines
from daemon.foreman import Foreman


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = open_catalog(Library(tmp_path / "library"))
    yield db
    db.conn.close()


def known(db: Database, analysis: Analysis, package: Path) -> None:
    """A title whose delivery is this package."""
    title = replace(analysis.title, source=str(package), identity=str(package))
    with writing(db):
        save(db, replace(analysis, title=title))


def test_an_original_is_found_through_the_catalog(
    db: Database, analysis: Analysis, tmp_path: Path, shared_data: Path
) -> None:
    packages = shared_data / "packages/dcp"
    version = tmp_path / "in" / "version"
    shutil.copytree(packages / "tos_battle_smpte_vf", version)
    known(db, analysis, tmp_path / "gone")
    foreman = Foreman(db, Settings(library=tmp_path / "library", retry_s=0), Lines())
    job_id = queue.add(db, version, "dcp", "stamp")
    states = []
    for original in (None, packages / "tos_battle_smpte"):
        if original:
            known(db, analysis, original)
        queue.change(db, job_id, "queued")
        foreman.start_due()
        while not foreman.is_idle:
            foreman.tend(0.5)
        states.append(queue.find(db, job_id).state)
    foreman.stop()
    assert states == ["waiting", "done"]
    (frames,) = db.execute("SELECT frames FROM titles WHERE source = ?", [str(version)]).fetchone()
    assert frames == 240
