"""Workers that are killed, stopped, starved or silent: one job ends with a sentence, the others go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from catalog.library import Library, open_catalog
from daemon import queue
from daemon.config import Limits, Settings
from daemon.display import Lines
from daemon.foreman import Foreman
from daemon.staging import take_job_lock
from tests.daemon.drawn import write_film

PATIENCE_S = 180.0


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = open_catalog(Library(tmp_path / "library"))
    yield db
    db.conn.close()


@pytest.fixture
def foreman(db: Database, tmp_path: Path) -> Iterator[Foreman]:
    foreman = Foreman(db, Settings(library=tmp_path / "library", workers=2, retry_s=0, stop_s=5), Lines())
    yield foreman
    foreman.stop()


def limited(foreman: Foreman, **limits: float) -> None:
    foreman.crew.settings = foreman.settings.model_copy(update={"limits": Limits.model_validate(limits)})


def queue_film(db: Database, folder: Path, name: str, seconds: float = 1.0) -> int:
    path = write_film(folder / name, seconds)
    job = queue.add(db, path, "file", "stamp")
    queue.change(db, job, "queued")
    return job


def work(foreman: Foreman, until: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not until():
        assert time.monotonic() < end, "the jobs did not get there"
        foreman.start_due()
        foreman.tend(0.05)


def pid_of(foreman: Foreman, job: int, stage: str = "finding shots") -> int:
    """The worker's process once it is at a stage of its work."""
    work(foreman, lambda: job in foreman.crew.workers and foreman.crew.workers[job].stage == stage)
    return foreman.crew.workers[job].process.pid


def ended(db: Database, *jobs: int) -> bool:
    return all(queue.find(db, job).state in queue.ENDED for job in jobs)


def test_a_crash_costs_one_job_and_the_other_finishes(db: Database, foreman: Foreman, tmp_path: Path) -> None:
    crashing, other = queue_film(db, tmp_path, "a.mp4", 60), queue_film(db, tmp_path, "b.mp4")
    os.kill(pid_of(foreman, crashing), signal.SIGSEGV)
    work(foreman, lambda: ended(db, crashing, other))
    job = queue.find(db, crashing)
    assert (job.state, queue.find(db, other).state) == ("failed", "done")
    assert job.reason == "The analysis crashed while finding shots (SIGSEGV); the film may be damaged or hostile."
    assert titles(db) == ["b"]


def test_a_worker_killed_again_and_again_is_given_up(db: Database, foreman: Foreman, tmp_path: Path) -> None:
    job = queue_film(db, tmp_path, "a.mp4", 60)
    for _ in range(queue.MAX_ATTEMPTS):
        pid = pid_of(foreman, job)
        os.kill(pid, signal.SIGKILL)
        work(foreman, lambda pid=pid: job not in foreman.crew.workers or pid_now(foreman, job) != pid)
    work(foreman, lambda: ended(db, job))
    found = queue.find(db, job)
    assert found.state == "failed"
    assert found.reason.startswith("The analysis was killed from outside while finding shots")
    assert found.reason.endswith("Given up after 4 attempts.")
    assert list((tmp_path / "library/.staging").glob("job-*")) == []


def test_a_worker_killed_once_is_started_again_and_finishes(db: Database, foreman: Foreman, tmp_path: Path) -> None:
    job = queue_film(db, tmp_path, "a.mp4", 10)
    os.kill(pid_of(foreman, job), signal.SIGKILL)
    work(foreman, lambda: ended(db, job))
    assert [each["to"] for each in queue.events(db, job)][1:] == ["queued", "running", "queued", "running", "done"]
    assert titles(db) == ["a"]


def test_a_worker_that_hangs_is_ended(db: Database, foreman: Foreman, tmp_path: Path) -> None:
    job = queue_film(db, tmp_path, "a.mp4", 60)
    pid = pid_of(foreman, job)
    worker = foreman.crew.workers[job]
    limited(foreman, silence_s=0.5)
    worker.silent_until = time.monotonic() + 0.5
    os.kill(pid, signal.SIGSTOP)
    work(foreman, lambda: ended(db, job))
    assert queue.find(db, job).reason.startswith("The analysis hung while finding shots: no progress for 0.5 s")


def test_a_worker_past_its_time_is_ended(db: Database, foreman: Foreman, tmp_path: Path) -> None:
    limited(foreman, base_s=0.01, slowest_mb_s=1e9, per_film_second=1e-9)
    job = queue_film(db, tmp_path, "a.mp4", 60)
    work(foreman, lambda: ended(db, job))
    assert "took far longer than a film of this length should" in queue.find(db, job).reason


def test_a_worker_without_memory_says_so(db: Database, foreman: Foreman, tmp_path: Path) -> None:
    limited(foreman, memory_gib=0.15)
    job = queue_film(db, tmp_path, "a.mp4")
    work(foreman, lambda: ended(db, job))
    assert queue.find(db, job).state == "failed"
    assert "memory" in queue.find(db, job).reason


def test_a_job_cancelled_while_it_runs_leaves_nothing(db: Database, foreman: Foreman, tmp_path: Path) -> None:
    job = queue_film(db, tmp_path, "a.mp4", 60)
    pid_of(foreman, job)
    queue.cancel(db, job)
    work(foreman, lambda: not foreman.crew.workers)
    assert queue.find(db, job).state == "cancelled"
    assert titles(db) == []
    assert list((tmp_path / "library/thumbnails").iterdir()) == []


def test_a_stop_queues_the_running_job_again(db: Database, foreman: Foreman, tmp_path: Path) -> None:
    job = queue_film(db, tmp_path, "a.mp4", 60)
    pid_of(foreman, job)
    foreman.stop()
    found = queue.find(db, job)
    assert (found.state, found.attempts) == ("queued", 0)


def test_a_job_whose_worker_still_lives_is_not_taken_over(db: Database, foreman: Foreman, tmp_path: Path) -> None:
    job = queue_film(db, tmp_path, "a.mp4", 60)
    pid_of(foreman, job)
    Foreman(db, foreman.settings, Lines()).recover()
    assert queue.find(db, job).state == "running"


def test_a_job_whose_worker_is_gone_is_queued_again(db: Database, foreman: Foreman, tmp_path: Path) -> None:
    job = queue_film(db, tmp_path, "a.mp4")
    assert queue.claim(db, time.time()) is not None
    foreman.recover()
    work(foreman, lambda: ended(db, job))
    assert queue.find(db, job).state == "done"


def test_a_job_whose_dead_daemon_left_a_dying_worker_is_taken_over_when_that_is_gone(
    db: Database, foreman: Foreman, tmp_path: Path
) -> None:
    job = queue_film(db, tmp_path, "film.mp4")
    lock = take_job_lock(foreman.library, job)
    assert lock is not None
    claimer = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    assert queue.claim_one(db, job)
    db.execute("UPDATE jobs SET pid = ? WHERE job_id = ?", [int(claimer.stdout), job])
    db.conn.commit()
    foreman.recover()
    foreman.start_due()
    assert queue.find(db, job).state == "running" and not foreman.is_idle
    os.close(lock)
    work(foreman, lambda: foreman.is_idle)
    assert queue.find(db, job).state == "done"


def test_the_same_content_twice_is_analysed_once(db: Database, foreman: Foreman, tmp_path: Path) -> None:
    first = queue_film(db, tmp_path, "a.mp4")
    (tmp_path / "copy.mp4").write_bytes((tmp_path / "a.mp4").read_bytes())
    second = queue.add(db, tmp_path / "copy.mp4", "file", "stamp")
    queue.change(db, second, "queued")
    work(foreman, lambda: ended(db, first, second))
    jobs = [queue.find(db, job) for job in (first, second)]
    assert [job.state for job in jobs] == ["done", "done"]
    assert jobs[0].title_id == jobs[1].title_id
    assert any("The same content as title" in job.reason for job in jobs)
    assert len(titles(db)) == 1


def pid_now(foreman: Foreman, job: int) -> int:
    return foreman.crew.workers[job].process.pid


def titles(db: Database) -> list[str]:
    return [name for (name,) in db.execute("SELECT name FROM titles").fetchall()]
