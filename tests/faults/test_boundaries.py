"""kill -9 at every named boundary: nothing lost, nothing twice, nothing half.

REELWATCH_FAULTS=long runs all of them; a share of them runs always.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.daemon.drawn import write_film
from tests.faults.invariants import broken
from tests.faults.killing import environment_that_kills

WORKER = (
    "media.opening:open_programme:after",
    "engines.analyse:analyse:after",
    "daemon.commit:save:before",
    "daemon.commit:save:after",
    "reports.title_page:write_title:after",
    "daemon.commit:commit:after",
)
"""In the worker, in the order in which it comes to them. COMMIT lies between the last two."""
DAEMON = (
    "daemon.queue:add:after",
    "plugins.manager:notify:after",
    "daemon.queue:claim:before",
    "daemon.queue:claim:after",
    "daemon.foreman:take_job_lock:after",
    "daemon.crew:Crew.start:after",
    "daemon.crew:Crew._bury:before",
    "daemon.crew:clear_job:before",
    "daemon.crew:clear_job:after",
    "daemon.foreman:Foreman._settle:after",
    "daemon.service:Service._write_index:before",
    "daemon.service:Service._look:after",
)
SHORT = {
    "daemon.commit:save:before", "reports.title_page:write_title:after", "daemon.commit:commit:after",
    "daemon.queue:claim:after", "daemon.crew:Crew._bury:before",
}  # fmt: skip
LONG = os.environ.get("REELWATCH_FAULTS") == "long"


def chosen(boundaries: tuple[str, ...]) -> list[str]:
    return [each for each in boundaries if LONG or each in SHORT]


def run_once(folder: Path, environment: Mapping[str, str] = os.environ) -> int:
    words = (
        "run",
        "--once",
        "--quiet-time",
        0,
        "--ingest",
        folder / "in",
        "--library",
        folder / "library",
        "--config",
        folder / "config.toml",
    )
    command = [sys.executable, "-m", "daemon.cli", *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, timeout=300).returncode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "config.toml").write_text("retry_s = 0\n")
    write_film(tmp_path / "in/film.mp4", 2)
    return tmp_path


@pytest.mark.parametrize("boundary", chosen(WORKER))
def test_a_worker_killed_there_costs_nothing_but_time(folder: Path, boundary: str) -> None:
    assert run_once(folder, environment_that_kills(folder, boundary)) == 0
    assert (folder / "killed").exists(), "the boundary was never reached"
    check(folder / "library")


@pytest.mark.parametrize("boundary", chosen(DAEMON))
def test_a_daemon_killed_there_is_followed_by_one_that_finishes(folder: Path, boundary: str) -> None:
    assert run_once(folder, environment_that_kills(folder, boundary)) == -9
    assert run_once(folder) == 0
    check(folder / "library")


def check(library: Path) -> None:
    assert broken(library) == []
    with sqlite3.connect(library / "catalog.db") as db:
        assert db.execute("SELECT state, count(*) FROM jobs GROUP BY state").fetchall() == [("done", 1)]
        assert db.execute("SELECT count(*) FROM titles").fetchall() == [(1,)]
