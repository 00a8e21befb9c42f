"""Between queue and crew: starts what is due, and writes down how each job ended."""

from __future__ import annotations

import logging
import os
import socket
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlite_utils import Database

from catalog.library import Library
from daemon import aftermath, keys, queue
from daemon.config import Ingest, Settings
from daemon.crew import Crew, Verdict
from daemon.display import Display
from daemon.faults import sentence
from daemon.intake import look_at
from daemon.names import as_path
from daemon.queue import Job
from daemon.reception import DONE_FOLDER
from daemon.staging import clear_job, jobs_in_staging, take_job_lock

log = logging.getLogger("reelwatch.jobs")

_PROGRESS_S = 2.0
_BUSY_S = 5.0
_KNOWN_PACKAGES = 200
"""Packages of the catalog that may hold the original of a version file: each costs reading its lists."""


class Foreman:
    """Runs up to settings.workers jobs at once. `clock` is monotonic, `wall` seconds since 1970."""

    def __init__(
        self,
        db: Database,
        settings: Settings,
        display: Display,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        self.library = Library(settings.library)
        self.crew = Crew(settings, clock)
        self.ended: dict[str, int] = {}
        self._db = db
        self._display = display
        self._clock, self._wall = clock, wall
        self._noted = 0.0
        self._package_came = False
        self._messages: tuple[tuple[str, int], ...] = ()
        self._unwritten: list[tuple[Job, Verdict]] = []

    def recover(self) -> None:
        """Mends what a daemon or worker left that was killed, before anything else is begun."""
        for job in queue.in_states(self._db, ["running"]):
            self._take_back(job)
        for job_id in jobs_in_staging(self.library):
            lock = take_job_lock(self.library, job_id)
            if lock is not None:
                clear_job(self.library, job_id, lock)
        self._put_away_what_was_left()

    def _take_back(self, job: Job) -> None:
        """Queues a running job again, unless a worker still holds it."""
        lock = take_job_lock(self.library, job.job_id)
        if lock is None:
            return
        delay = queue.back_off(job.attempts - 1, self.settings.retry_s) if job.attempts > 1 else 0.0
        reason = "It was interrupted while it was worked on; it begins anew."
        due = {"not_before": self._wall() + delay}
        queue.change(self._db, job.job_id, "queued", reason, of=("running",), **due)
        clear_job(self.library, job.job_id, lock)

    def _orphans(self) -> list[Job]:
        """Running jobs whose daemon or command is gone; a worker outlives it by a moment and keeps the lock so long."""
        running = queue.in_states(self._db, ["running"])
        return [job for job in running if job.job_id not in self.crew.workers and not _is_alive(job)]

    def _put_away_what_was_left(self) -> None:
        """Deliveries whose job ended and which should have been moved, where their files are still the same."""
        if all(ingest.after == "keep" and ingest.bad == "keep" for ingest in self.settings.ingest):
            return
        for path, job_id, state, stamp in list(queue.latest_of_each_path(self._db)):
            if state in ("done", "failed") and path.exists():
                found = look_at(path)
                if found is not None and found.stamp == stamp:
                    self._put_away(queue.find(self._db, job_id), state)

    def start_due(self) -> None:
        """Starts jobs while there are free workers and jobs that are due; those of dead daemons are due again."""
        if len(self.crew.workers) < self.settings.workers:
            for orphan in self._orphans():
                self._take_back(orphan)
        while len(self.crew.workers) < self.settings.workers:
            job = queue.claim(self._db, self._wall())
            if job is None:
                break
            self.start(job)
        if self._package_came and self.is_idle:
            self._package_came = False
            self._wake("package", "Looked at again, for another package has come.")
        folder = self.settings.kdm_folder
        if folder is not None and (found := keys.stamp(folder)) != self._messages:
            self._messages = found
            self._wake("key", "Looked at again, for key delivery messages have come.")

    def start(self, job: Job, again: bool = False) -> None:
        """Starts a job that was claimed; one that is no film ends here."""
        if job.kind == "other":
            self._display.started(job)
            self._unwritten.append((job, Verdict("failed", _refusal(job.path), None, "")))
            self._write_down()
            return
        lock = take_job_lock(self.library, job.job_id)
        if lock is None:
            self._requeue(job, "Its worker of before is still ending.", _BUSY_S)
            return
        self.crew.start(job, lock, self._search(job), _bytes_of(job.path), again)
        self._display.started(job)

    def tend(self, timeout: float) -> None:
        """Listens to the workers for up to `timeout` seconds and settles those that ended."""
        self.crew.listen(timeout)
        self._note_progress()
        self._unwritten += self.crew.ended()
        self._write_down()

    def _write_down(self) -> None:
        """What the database does not take now is kept for the next time."""
        for job, verdict in list(self._unwritten):
            try:
                self._settle(job, verdict)
            except sqlite3.OperationalError as error:
                log.error("The end of job %d cannot be written down yet: %s", job.job_id, sentence(error))
                return
            self._unwritten.pop(0)

    def stop(self) -> None:
        """Ends all workers within settings.stop_s; their jobs are queued again."""
        self.crew.stop(self.settings.stop_s)
        self.tend(0)

    @property
    def is_idle(self) -> bool:
        return not self.crew.workers and not self._unwritten and not self._orphans()

    def _search(self, job: Job) -> Sequence[Path]:
        """An original version may lie beside its version file, in any ingest folder, or where the catalog knows one."""
        if job.kind not in ("dcp", "imf"):
            return ()
        folders = [job.path.parent, *(ingest.path for ingest in self.settings.ingest)]
        folders += [ingest.path / DONE_FOLDER for ingest in self.settings.ingest if ingest.after == "move"]
        newest = "SELECT source FROM titles WHERE kind IN ('dcp', 'imf') ORDER BY title_id DESC LIMIT ?"
        known = [as_path(source) for (source,) in self._db.execute(newest, [_KNOWN_PACKAGES])]
        return list(dict.fromkeys([*folders, *known]))

    def _note_progress(self) -> None:
        for worker in self.crew.workers.values():
            self._display.progress(worker.job, worker.stage, worker.share)
        if self._clock() < self._noted + _PROGRESS_S:
            return
        self._noted = self._clock()
        for job_id, worker in self.crew.workers.items():
            if queue.find(self._db, job_id).state == "cancelled":
                self.crew.kill(job_id, "cancel")
            else:
                queue.note_progress(self._db, job_id, worker.share)

    def _settle(self, job: Job, verdict: Verdict) -> None:
        state, reason = self._state_after(job, verdict)
        self.ended[state] = self.ended.get(state, 0) + 1
        self._display.ended(job, state, reason)
        if state == "failed":
            self._announce_failure(job, reason)
        self._put_away(job, state)
        self._package_came = self._package_came or (job.kind in ("dcp", "imf") and state == "done")

    def _state_after(self, job: Job, verdict: Verdict) -> tuple[str, str]:
        """Writes the job's new state where its worker has not, and returns it with its reason."""
        db, reason = self._db, verdict.reason
        facts: dict[str, object] = {"log": verdict.log, "title_id": verdict.title_id}
        match verdict.kind:
            case "same":
                queue.change(db, job.job_id, "done", reason, of=("running",), progress=1.0, **facts)
            case "waiting" | "failed":
                facts["waits_for"] = verdict.waits_for
                queue.change(db, job.job_id, verdict.kind, reason, of=("running",), **facts)
            case "fault" | "killed":
                queue.fault(db, job, reason, self._wall(), self.settings.retry_s, verdict.log)
            case "busy":
                self._requeue(job, reason, _BUSY_S)
            case "stopped":
                self._requeue(job, reason, 0.0)
            case "done" | "cancelled":
                pass
        now = queue.find(db, job.job_id)
        return now.state, now.reason

    def _requeue(self, job: Job, reason: str, delay: float) -> None:
        """Queued again through no fault of its own, so the attempt does not count."""
        due = {"not_before": self._wall() + delay, "attempts": job.attempts - 1}
        queue.change(self._db, job.job_id, "queued", reason, of=("running",), **due)

    def _announce_failure(self, job: Job, reason: str) -> None:
        from plugins.manager import notify

        notify("title_failed", path=str(job.path), reason=reason)

    def _put_away(self, job: Job, state: str) -> None:
        """Moves a delivery as its folder's configuration asks."""
        ingest = aftermath.folder_of(job.path, self.settings.ingest)
        if ingest is None:
            return
        try:
            if state == "done" and ingest.after == "move":
                aftermath.put_away(job.path, ingest)
            elif state == "failed" and ingest.bad == "quarantine":
                self._quarantine(queue.find(self._db, job.job_id), ingest)
        except OSError as error:
            log.warning("%s stays where it is: %s", job.path, sentence(error))

    def _quarantine(self, job: Job, ingest: Ingest) -> None:
        from plugins.manager import notify

        moved = aftermath.quarantine(job.path, ingest, job.reason)
        reason = f"{job.reason} It was moved to {moved}."
        queue.change(self._db, job.job_id, "quarantined", reason, of=("failed",))
        notify("delivery_quarantined", path=str(moved), reason=job.reason)

    def _wake(self, waits_for: str, reason: str) -> None:
        """What the jobs of this kind of waiting lack may have come."""
        for job in queue.in_states(self._db, ["waiting"]):
            if job.waits_for == waits_for:
                queue.change(self._db, job.job_id, "queued", reason, of=("waiting",), attempts=0)


def _refusal(path: Path) -> str:
    from media.container import SUFFIXES

    return f"{path.name} is no delivery that can be read: neither a package folder nor a film ({' '.join(SUFFIXES)})."


def _bytes_of(path: Path) -> int:
    try:
        if path.is_file():
            return path.stat().st_size
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    except OSError:
        return 0


def _is_alive(job: Job) -> bool:
    """Whether the process that claimed the job is there; of another host nobody here can say."""
    if job.host != socket.gethostname():
        return True
    try:
        os.kill(job.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
