"""The durable queue: a row a job, and a row in job_events for each change, both in one transaction."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from catalog.library import CatalogError, writing
from daemon.names import as_path, as_text

STATES = ("seen", "settling", "waiting", "queued", "running", "done", "failed", "quarantined", "cancelled")
PENDING = ("seen", "settling", "waiting", "queued")
"""Not begun; a change of the delivery's files takes the job back to settling."""
ENDED = ("done", "failed", "quarantined", "cancelled")
MAX_ATTEMPTS = 4


@dataclass(frozen=True)
class Job:
    """A row of the queue. not_before is wall-clock time, seconds since 1970; progress is 0 to 1."""

    job_id: int
    path: Path
    kind: str
    identity: str
    state: str
    reason: str
    priority: int
    attempts: int
    not_before: float
    host: str
    pid: int
    progress: float
    title_id: int | None
    log: str
    created_at: str
    updated_at: str
    stamp: str
    waits_for: str
    held: bool


_COLUMNS = tuple(field.name for field in fields(Job))


def add(db: Database, path: Path, kind: str, stamp: str, *, state: str = "seen", reason: str = "") -> int:
    """A new job; returns its number."""
    now = _now()
    with writing(db):
        cursor = db.execute(
            "INSERT INTO jobs (path, kind, state, reason, stamp, created_at, updated_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING job_id",
            [as_text(path), kind, state, _storable(reason), stamp, now, now],
        )
        job_id = int(cursor.fetchone()[0])
        _event(db, job_id, "", state, reason)
    return job_id


def change(
    db: Database, job_id: int, state: str, reason: str = "", *, of: Sequence[str] = STATES, **columns: object
) -> bool:
    """Takes a job to another state; False, and nothing is changed, where it is in none of the states `of`."""
    with writing(db):
        return change_within(db, job_id, state, reason, of=of, **columns)


def change_within(
    db: Database, job_id: int, state: str, reason: str = "", *, of: Sequence[str] = STATES, **columns: object
) -> bool:
    """`change` inside a transaction that the caller holds."""
    row = db.execute("SELECT state FROM jobs WHERE job_id = ?", [job_id]).fetchone()
    if row is None or row[0] not in of:
        return False
    values = {"state": state, "reason": reason, "updated_at": _now(), **columns}
    changes = ", ".join(f"{name} = ?" for name in values)
    stored = [_storable(value) if isinstance(value, str) else value for value in values.values()]
    db.execute(f"UPDATE jobs SET {changes} WHERE job_id = ?", [*stored, job_id])
    _event(db, job_id, row[0], state, reason)
    return True


def claim(db: Database, now: float) -> Job | None:
    """Takes the next job to running, in this process's name; None where none is due.

    Highest priority first, then the oldest. `now` is wall-clock time.
    """
    with writing(db):
        row = db.execute(
            "SELECT job_id FROM jobs WHERE state = 'queued' AND NOT held AND not_before <= ? "
            "ORDER BY priority DESC, job_id LIMIT 1",
            [now],
        ).fetchone()
        return None if row is None else _claimed(db, int(row[0]))


def claim_one(db: Database, job_id: int) -> Job | None:
    """Takes this job to running whatever its turn; None where it is not queued."""
    with writing(db):
        return _claimed(db, job_id)


def _claimed(db: Database, job_id: int) -> Job | None:
    attempts = db.execute("SELECT attempts FROM jobs WHERE job_id = ?", [job_id]).fetchone()
    owner: dict[str, Any] = {"host": socket.gethostname(), "pid": os.getpid()}
    started: dict[str, Any] = {"attempts": attempts[0] + 1 if attempts else 1, "progress": 0.0, "log": ""}
    if not change_within(db, job_id, "running", of=("queued",), **owner, **started):
        return None
    return find(db, job_id)


def note_progress(db: Database, job_id: int, share: float) -> None:
    """Progress is no change of state, so it leaves no event."""
    with writing(db):
        db.execute("UPDATE jobs SET progress = ? WHERE job_id = ? AND state = 'running'", [share, job_id])


def back_off(attempts: int, first: float) -> float:
    """Seconds before the next attempt after a passing fault: `first`, then six times as long, an hour at most."""
    return float(min(3600.0, first * 6 ** max(0, attempts - 1)))


def fault(db: Database, job: Job, reason: str, now: float, first_delay: float, log: str = "") -> str:
    """A passing fault: queued again after a while, failed when it came MAX_ATTEMPTS times. Returns the new state."""
    if job.attempts >= MAX_ATTEMPTS:
        state, reason = "failed", f"{reason} Given up after {job.attempts} attempts."
        change(db, job.job_id, state, reason, of=("running",), log=log)
        return state
    later = now + back_off(job.attempts, first_delay)
    change(db, job.job_id, "queued", reason, of=("running",), not_before=later, log=log)
    return "queued"


def find(db: Database, job_id: int) -> Job:
    """Raises CatalogError where there is none."""
    found = _jobs(db, "WHERE job_id = ?", [job_id])
    if not found:
        raise CatalogError(f"There is no job {job_id}; `reelwatch jobs` lists them.")
    return found[0]


def latest_of(db: Database, path: Path) -> Job | None:
    """The last job of a path."""
    found = _jobs(db, "WHERE path = ? ORDER BY job_id DESC LIMIT 1", [as_text(path)])
    return found[0] if found else None


def latest_of_each_path(db: Database) -> Iterable[tuple[Path, int, str, str]]:
    """(path, job, state, stamp) of the last job of every path."""
    rows = db.execute(
        "SELECT path, job_id, state, stamp FROM jobs WHERE job_id IN (SELECT max(job_id) FROM jobs GROUP BY path)"
    )
    return ((as_path(path), job_id, state, stamp) for path, job_id, state, stamp in rows)


def listed(db: Database, states: Sequence[str] = (), limit: int = 100) -> list[Job]:
    """The latest jobs, the newest first."""
    marks = ", ".join("?" * len(states))
    where = f"WHERE state IN ({marks}) " if states else ""
    return _jobs(db, f"{where}ORDER BY job_id DESC LIMIT ?", [*states, limit])


def in_states(db: Database, states: Sequence[str]) -> list[Job]:
    """All jobs in one of these states, the oldest first."""
    return _jobs(db, f"WHERE state IN ({', '.join('?' * len(states))}) ORDER BY job_id", list(states))


def counts(db: Database) -> dict[str, int]:
    """How many jobs are in each state; states without jobs are left out."""
    found = dict(db.execute("SELECT state, count(*) FROM jobs GROUP BY state").fetchall())
    return {state: found[state] for state in STATES if state in found}


def events(db: Database, job_id: int) -> list[dict[str, str]]:
    """Every change of a job, the oldest first."""
    rows = db.execute(
        "SELECT at, from_state, state, reason FROM job_events WHERE job_id = ? ORDER BY event_id", [job_id]
    )
    return [dict(zip(("at", "from", "to", "reason"), row, strict=True)) for row in rows]


def next_due(db: Database) -> float | None:
    """When the earliest queued job may start, wall-clock; None where none is queued."""
    row = db.execute("SELECT min(not_before) FROM jobs WHERE state = 'queued' AND NOT held").fetchone()
    return None if row[0] is None else float(row[0])


def retry(db: Database, job_id: int) -> Job:
    """An ended or waiting job is queued again, its attempts forgotten. Raises CatalogError for others."""
    job = find(db, job_id)
    of = ("failed", "cancelled", "quarantined", "waiting", "queued")
    if not change(db, job_id, "queued", "Asked for by hand.", of=of, attempts=0, not_before=0.0, held=False):
        raise CatalogError(f"Job {job_id} is {job.state} and cannot be tried again; a failed or cancelled one can.")
    return find(db, job_id)


def cancel(db: Database, job_id: int) -> Job:
    """A job that has not ended is cancelled; the daemon stops a running one. Raises CatalogError for ended ones."""
    job = find(db, job_id)
    if not change(db, job_id, "cancelled", "Cancelled by hand.", of=(*PENDING, "running")):
        raise CatalogError(f"Job {job_id} is {job.state} already and cannot be cancelled.")
    return find(db, job_id)


def prioritise(db: Database, job_id: int, priority: int) -> Job:
    """Sets the priority of a job that has not begun; higher ones start first. Raises CatalogError for others."""
    _adjust(db, job_id, f"Priority {priority}.", priority=priority)
    return find(db, job_id)


def hold(db: Database, job_id: int, held: bool) -> Job:
    """A held job keeps its state and is not started. Raises CatalogError for jobs that have begun."""
    _adjust(db, job_id, "Held by hand." if held else "Released by hand.", held=held)
    return find(db, job_id)


def _adjust(db: Database, job_id: int, reason: str, **columns: object) -> None:
    job = find(db, job_id)
    if not change(db, job_id, job.state, reason, of=[job.state] if job.state in PENDING else [], **columns):
        raise CatalogError(f"Job {job_id} is {job.state}; only a job that has not begun can be changed.")


def _jobs(db: Database, rest: str, values: Sequence[object]) -> list[Job]:
    return [_job(row) for row in db.execute(f"SELECT {', '.join(_COLUMNS)} FROM jobs {rest}", list(values)).fetchall()]


def _job(row: Sequence[Any]) -> Job:
    values = dict(zip(_COLUMNS, row, strict=True))
    return Job(**{**values, "path": as_path(values["path"]), "held": bool(values["held"])})


def _event(db: Database, job_id: int, before: str, state: str, reason: str) -> None:
    db.execute(
        "INSERT INTO job_events (job_id, at, from_state, state, reason) VALUES (?, ?, ?, ?, ?)",
        [job_id, _now(), before, state, _storable(reason)],
    )


def _storable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _now() -> str:
    return datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds")
