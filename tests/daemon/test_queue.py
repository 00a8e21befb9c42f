from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from catalog.library import CatalogError, Library, open_catalog
from daemon import queue


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = open_catalog(Library(tmp_path / "library"))
    yield db
    db.conn.close()


def queued(db: Database, name: str, priority: int = 0) -> int:
    job = queue.add(db, Path("/in", name), "file", "stamp")
    queue.change(db, job, "queued", priority=priority)
    return job


def claimed(db: Database, now: float = 0.0) -> queue.Job:
    job = queue.claim(db, now)
    assert job is not None
    return job


def test_every_change_leaves_one_event(db: Database) -> None:
    job = queued(db, "a.mov")
    claimed(db)
    queue.change(db, job, "failed", "No film.")
    assert [(each["from"], each["to"]) for each in queue.events(db, job)] == [
        ("", "seen"), ("seen", "queued"), ("queued", "running"), ("running", "failed"),
    ]  # fmt: skip
    assert queue.events(db, job)[-1]["reason"] == "No film."


def test_a_change_from_another_state_changes_nothing(db: Database) -> None:
    job = queued(db, "a.mov")
    assert not queue.change(db, job, "done", of=("running",))
    assert queue.find(db, job).state == "queued"
    assert len(queue.events(db, job)) == 2


def test_the_highest_priority_goes_first_then_the_oldest(db: Database) -> None:
    first, second, urgent = queued(db, "a.mov"), queued(db, "b.mov"), queued(db, "c.mov", priority=5)
    assert [claimed(db).job_id for _ in range(3)] == [urgent, first, second]
    assert queue.claim(db, 0) is None


def test_two_connections_never_claim_one_job(db: Database, tmp_path: Path) -> None:
    other = open_catalog(Library(tmp_path / "library"))
    job = queued(db, "a.mov")
    assert claimed(db).job_id == job
    assert queue.claim(other, 0) is None
    assert queue.claim_one(other, job) is None


def test_a_passing_fault_is_tried_again_later_and_later_and_then_given_up(db: Database) -> None:
    job, now, waits = queued(db, "a.mov"), 1000.0, []
    for _ in range(queue.MAX_ATTEMPTS - 1):
        assert queue.fault(db, claimed(db, now), "Input/output error.", now, 10) == "queued"
        due = queue.find(db, job).not_before
        assert queue.claim(db, due - 0.1) is None
        waits.append(due - now)
        now = due
    assert waits == [10, 60, 360]
    assert queue.fault(db, claimed(db, now), "Input/output error.", now, 10) == "failed"
    assert queue.find(db, job).reason == "Input/output error. Given up after 4 attempts."


def test_a_job_retried_by_hand_has_all_attempts_again(db: Database) -> None:
    job = queued(db, "a.mov")
    claimed(db)
    queue.change(db, job, "failed", "No film.")
    assert queue.retry(db, job).state == "queued"
    assert claimed(db).attempts == 1


def test_a_running_job_cannot_be_retried_nor_prioritised(db: Database) -> None:
    job = queued(db, "a.mov")
    claimed(db)
    with pytest.raises(CatalogError, match=f"Job {job} is running"):
        queue.retry(db, job)
    with pytest.raises(CatalogError, match=f"Job {job} is running"):
        queue.prioritise(db, job, 3)


def test_a_held_job_is_not_started_until_it_is_released(db: Database) -> None:
    job = queued(db, "a.mov")
    queue.hold(db, job, True)
    assert queue.claim(db, 0) is None
    assert queue.next_due(db) is None
    queue.hold(db, job, False)
    assert claimed(db).job_id == job


def test_an_ended_job_cannot_be_cancelled(db: Database) -> None:
    job = queued(db, "a.mov")
    assert queue.cancel(db, job).state == "cancelled"
    with pytest.raises(CatalogError, match="is cancelled already"):
        queue.cancel(db, job)


def test_the_last_job_of_a_path_counts(db: Database) -> None:
    queued(db, "a.mov")
    second = queue.add(db, Path("/in/a.mov"), "file", "other stamp")
    assert list(queue.latest_of_each_path(db)) == [(Path("/in/a.mov"), second, "seen", "other stamp")]


def test_a_name_that_is_no_utf8_comes_back_whole(db: Database) -> None:
    path = Path("/in/\udce9\udcff.mov")
    job = queue.add(db, path, "file", "stamp")
    assert queue.find(db, job).path == path


def test_a_job_there_is_not_is_said_to_be_none(db: Database) -> None:
    with pytest.raises(CatalogError, match="There is no job 7"):
        queue.cancel(db, 7)
