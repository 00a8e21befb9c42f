"""The workers as their parent sees them: started, listened to, timed, and their end put into words."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from catalog.library import Library
from daemon.config import Limits, Settings
from daemon.queue import Job
from daemon.staging import clear_job
from daemon.worker import Task

LOG_LINES = 40

VerdictKind = Literal["done", "same", "busy", "waiting", "fault", "failed", "cancelled", "stopped", "killed"]


@dataclass(frozen=True)
class Verdict:
    """How a job ended. `log`: the last lines its worker wrote."""

    kind: VerdictKind
    reason: str
    title_id: int | None
    log: str
    waits_for: str = ""


@dataclass
class Worker:
    """One job's process. Deadlines are on the crew's monotonic clock."""

    job: Job
    process: subprocess.Popen[bytes]
    reports: int
    log_pipe: int
    lock: int
    deadline: float
    silent_until: float
    stage: str = "starting"
    share: float = 0.0
    said: dict[str, Any] = field(default_factory=dict)
    killed_for: str = ""
    unread: bytes = b""
    log: deque[str] = field(default_factory=lambda: deque(maxlen=LOG_LINES))
    log_rest: bytes = b""


class Crew:
    """Runs jobs, each in a process of its own. Every call comes from one thread."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._library = Library(settings.library)
        self.settings = settings
        self._clock = clock
        self.selector = selectors.DefaultSelector()
        self.workers: dict[int, Worker] = {}

    def start(self, job: Job, lock: int, search: Sequence[Path], size: int, again: bool = False) -> None:
        """Starts a claimed job, whose lock the caller holds and hands over. size: bytes of the delivery."""
        reports, pipe = os.pipe()
        task = Task(
            job_id=job.job_id,
            library=self.settings.library,
            search=tuple(search),
            kdm_folders=(self.settings.kdm_folder,) if self.settings.kdm_folder else (),
            kdm_key=self.settings.kdm_key,
            again=again,
            memory_bytes=int(self.settings.limits.memory_gib * 2**30),
            nice=self.settings.limits.nice,
            lost_frames=self.settings.limits.lost_frames,
            pipe=pipe,
            parent=os.getpid(),
        )
        process = subprocess.Popen(
            [sys.executable, "-m", "daemon.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(pipe, lock),
            start_new_session=True,
            cwd="/",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        os.close(pipe)
        assert process.stdin and process.stderr
        with suppress(BrokenPipeError):
            process.stdin.write(task.as_json().encode())
            process.stdin.close()
        log_pipe = os.dup(process.stderr.fileno())
        process.stderr.close()
        now = self._clock()
        reading = size / 1e6 / self.settings.limits.slowest_mb_s
        worker = Worker(job, process, reports, log_pipe, lock, now + self.settings.limits.base_s + reading, 0.0)
        worker.silent_until = now + self.settings.limits.silence_s
        self.workers[job.job_id] = worker
        for descriptor in (reports, log_pipe):
            os.set_blocking(descriptor, False)
            self.selector.register(descriptor, selectors.EVENT_READ, worker)

    def listen(self, timeout: float) -> None:
        """Waits for words of a worker, or anything else registered with the selector, and takes them in."""
        for key, _ in self.selector.select(timeout):
            if isinstance(key.data, Worker):
                self._hear(key.data, key.fd)

    def ended(self) -> Iterator[tuple[Job, Verdict]]:
        """The jobs whose workers are gone; those over a limit are killed first."""
        for worker in list(self.workers.values()):
            self._enforce(worker)
            if worker.process.poll() is not None:
                for descriptor in (worker.reports, worker.log_pipe):
                    self._hear(worker, descriptor)
                yield worker.job, self._bury(worker)

    def kill(self, job_id: int, why: str) -> None:
        """Ends a job's process; `why` becomes part of the verdict."""
        worker = self.workers[job_id]
        worker.killed_for = worker.killed_for or why
        _signal(worker.process, signal.SIGKILL)

    def stop(self, grace: float) -> None:
        """Asks all workers to end; those in the middle of a commit finish it. Kills what is left after `grace`."""
        for worker in self.workers.values():
            worker.killed_for = worker.killed_for or "stop"
            _signal(worker.process, signal.SIGTERM)
        end = self._clock() + grace
        while any(worker.process.poll() is None for worker in self.workers.values()) and self._clock() < end:
            self.listen(0.05)
        for worker in self.workers.values():
            _signal(worker.process, signal.SIGKILL)
            worker.process.wait()

    def next_deadline(self) -> float | None:
        """On the clock; None where nobody works."""
        return min((min(each.deadline, each.silent_until) for each in self.workers.values()), default=None)

    def _enforce(self, worker: Worker) -> None:
        now = self._clock()
        if not worker.killed_for and now >= min(worker.deadline, worker.silent_until):
            self.kill(worker.job.job_id, "silence" if now >= worker.silent_until else "time")

    def _hear(self, worker: Worker, descriptor: int) -> None:
        while True:
            try:
                heard = os.read(descriptor, 65536)
            except (BlockingIOError, OSError):
                return
            if not heard:
                if descriptor in self.selector.get_map():
                    self.selector.unregister(descriptor)
                return
            if descriptor == worker.reports:
                self._take_reports(worker, heard)
            else:
                *lines, worker.log_rest = (worker.log_rest + heard).split(b"\n")
                worker.log.extend(line[:500].decode(errors="replace") for line in lines)
                worker.log_rest = worker.log_rest[-4096:]

    def _take_reports(self, worker: Worker, heard: bytes) -> None:
        *lines, worker.unread = (worker.unread + heard).split(b"\n")
        for line in lines:
            report = json.loads(line)
            worker.silent_until = self._clock() + self.settings.limits.silence_s
            worker.stage = report.get("stage", worker.stage)
            worker.share = report.get("share", worker.share)
            worker.deadline += report.get("film_seconds", 0.0) * self.settings.limits.per_film_second
            if "verdict" in report:
                worker.said = report

    def _bury(self, worker: Worker) -> Verdict:
        code = worker.process.wait()
        for descriptor in (worker.reports, worker.log_pipe):
            if descriptor in self.selector.get_map():
                self.selector.unregister(descriptor)
            os.close(descriptor)
        del self.workers[worker.job.job_id]
        clear_job(self._library, worker.job.job_id, worker.lock)
        lines = [*worker.log, worker.log_rest.decode(errors="replace")]
        log = "\n".join(line for line in lines if line.strip())
        if worker.said:
            said = worker.said
            return Verdict(
                said["verdict"], said.get("reason", ""), said.get("title_id"), log, said.get("waits_for", "")
            )
        kind, reason = death(code, worker.killed_for, worker.stage, self.settings.limits)
        return Verdict(kind, reason, None, log)


def death(code: int, killed_for: str, stage: str, limits: Limits) -> tuple[VerdictKind, str]:
    """The verdict on a worker that ended without giving one itself. code: as in Popen.returncode."""
    if killed_for == "stop":
        return "stopped", "The daemon was stopped; the job begins anew at its next start."
    if killed_for == "cancel":
        return "cancelled", "Cancelled by hand."
    if killed_for == "silence":
        return "failed", f"The analysis hung while {stage}: no progress for {limits.silence_s:g} s, so it was ended."
    if killed_for == "time":
        return "failed", f"The analysis took far longer than a film of this length should, and was ended while {stage}."
    if code == -signal.SIGKILL:
        return "killed", f"The analysis was killed from outside while {stage}, or the machine ran out of memory."
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        return "failed", f"The analysis crashed while {stage} ({name}); the film may be damaged or hostile."
    return "failed", f"The analysis ended while {stage} without a result (exit status {code}); the log has more."


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """To the worker's whole session, for a decoder may have children."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
