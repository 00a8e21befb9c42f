"""What a person at the terminal sees of the work: a bar on a terminal, lines anywhere else."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from daemon.names import as_text
from daemon.queue import Job

log = logging.getLogger("reelwatch.jobs")


class Display(Protocol):
    """Told of every job from its start to its end."""

    def started(self, job: Job) -> None: ...

    def progress(self, job: Job, stage: str, share: float) -> None: ...

    def ended(self, job: Job, state: str, reason: str) -> None: ...


class Lines:
    """The log: one line at a job's start, one at its end."""

    def started(self, job: Job) -> None:
        log.info("Job %d started: %s", job.job_id, as_text(job.path), extra={"job": job.job_id})

    def progress(self, job: Job, stage: str, share: float) -> None:
        return

    def ended(self, job: Job, state: str, reason: str) -> None:
        level = logging.WARNING if state in ("failed", "quarantined", "waiting") else logging.INFO
        facts = {"job": job.job_id, "state": state}
        log.log(level, "Job %d %s: %s: %s", job.job_id, state, as_text(job.path), reason, extra=facts)


class Bars:
    """A bar for each running job on standard error; use as a context manager."""

    def __init__(self) -> None:
        self._bars = Progress(
            TextColumn("{task.fields[film]}", style="bold"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.description}", style="dim"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._tasks: dict[int, TaskID] = {}

    def __enter__(self) -> Bars:
        self._bars.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._bars.stop()

    def started(self, job: Job) -> None:
        film = as_text(job.path).rpartition("/")[2][:40]
        self._tasks[job.job_id] = self._bars.add_task("starting", total=1.0, film=film)

    def progress(self, job: Job, stage: str, share: float) -> None:
        self._bars.update(self._tasks[job.job_id], description=stage, completed=share)

    def ended(self, job: Job, state: str, reason: str) -> None:
        self._bars.remove_task(self._tasks.pop(job.job_id))
        style = {"done": "green", "failed": "red", "quarantined": "red"}.get(state, "yellow")
        name = as_text(job.path).rpartition("/")[2]
        self._bars.console.print(f"[{style}]{state:>8}[/]", end="  ")
        self._bars.console.print(f"{name}: {reason}", markup=False, highlight=False)
