"""One job in a process of its own: `python -m daemon.worker`, started by the crew, task on standard input.

It opens media, which no other process of ours does. Its verdict and progress go up a pipe as JSON lines; the end of an
analysed title it commits itself. Whatever kills it costs this job only.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from catalog.library import CatalogError, Library, open_catalog, writing
from catalog.loading import load
from daemon import queue
from daemon.commit import JobTaken, commit
from daemon.confinement import confine
from daemon.faults import is_memory, is_passing, sentence
from daemon.keys import keys_at_hand
from daemon.losses import refusal
from daemon.staging import fresh_job_folder

if TYPE_CHECKING:
    from sqlite_utils import Database

    from catalog.records import Analysis
    from media.programme import Picture, Programme


@dataclass(frozen=True)
class Task:
    """What the crew asks for.

    search: folders that may hold the original version of a version file. kdm_folders, kdm_key: as for keys_at_hand.
    lost_frames: as for losses.refusal.
    """

    job_id: int
    library: Path
    search: tuple[Path, ...]
    kdm_folders: tuple[Path, ...]
    kdm_key: Path | None
    again: bool
    memory_bytes: int
    nice: int
    lost_frames: float
    pipe: int
    parent: int

    def as_json(self) -> str:
        return json.dumps(vars(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> Task:
        values = json.loads(text)
        for name in ("search", "kdm_folders"):
            values[name] = tuple(Path(each) for each in values[name])
        values["kdm_key"] = values["kdm_key"] and Path(values["kdm_key"])
        return cls(**{**values, "library": Path(values["library"])})


class _Pipe:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def say(self, **facts: Any) -> None:
        os.write(self._descriptor, json.dumps(facts).encode() + b"\n")


def main() -> NoReturn:
    task = Task.from_json(sys.stdin.read())
    confine(task.memory_bytes, task.nice, task.parent)
    pipe = _Pipe(task.pipe)
    try:
        verdict = _work(task, pipe)
    except Exception as error:
        verdict = _memory_verdict(task) if is_memory(error) else _verdict_on(error)
    pipe.say(**verdict)
    sys.stderr.flush()
    os._exit(0)  # decoders' and runtimes' threads can hang or crash an interpreter that takes itself apart


def _memory_verdict(task: Task) -> dict[str, Any]:
    return _failed(f"The analysis needs more than the {task.memory_bytes / 2**30:.3g} GiB of memory it may use.")


def _verdict_on(error: Exception) -> dict[str, Any]:
    from media.findings import DeliveryError, MissingKey, WaitingError

    if isinstance(error, WaitingError):
        waits_for = "key" if isinstance(error, MissingKey) else "package"
        return {"verdict": "waiting", "reason": str(error), "waits_for": waits_for}
    if is_passing(error):
        return {"verdict": "fault", "reason": sentence(error)}
    if isinstance(error, DeliveryError):
        return _failed(str(error))
    traceback.print_exc()
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return {"verdict": "waiting", "reason": f"{error.filename} has gone; it is taken up when it comes back."}
    if isinstance(error, OSError | CatalogError):
        return _failed(sentence(error))
    return _failed(f"The analysis stopped at an error of ours ({type(error).__name__}: {error}); the log has more.")


def _failed(reason: str) -> dict[str, Any]:
    return {"verdict": "failed", "reason": reason}


def _work(task: Task, pipe: _Pipe) -> dict[str, Any]:
    from media.opening import open_programme

    library = Library(task.library)
    db = open_catalog(library)
    job = queue.find(db, task.job_id)
    if not job.path.exists():
        return {"verdict": "waiting", "reason": f"{job.path.name} has gone; it is taken up when it comes back."}

    def verifying(read: int, total: int) -> None:
        pipe.say(stage="verifying", share=read / total if total else 1.0)

    keys = keys_at_hand([*task.kdm_folders, job.path.parent], task.kdm_key) if task.kdm_key else None
    programme = open_programme(job.path, search=task.search, keys=keys, progress=_seldom(verifying))
    pipe.say(film_seconds=float(programme.duration))
    known = _claim_content(db, job.job_id, programme.identity)
    if known and not (task.again and known["verdict"] == "same"):
        return known
    staged = fresh_job_folder(library, job.job_id) / "thumbnails"
    analysis = _analyse(programme, staged, pipe)
    if reason := refusal(analysis.title.findings, task.lost_frames):
        return _failed(reason)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pipe.say(stage="committing", share=1.0)
    try:
        title_id = commit(db, library, job, analysis, staged)
    except JobTaken:
        return {"verdict": "cancelled"}
    pipe.say(verdict="done", title_id=title_id)
    _announce(library, title_id, load(db, title_id))
    return {"verdict": "done", "title_id": title_id}


def _seldom(report: Any) -> Any:
    """Progress of verification comes with every block of 4 MiB; one in sixteen is enough."""
    calls = 0

    def sometimes(read: int, total: int) -> None:
        nonlocal calls
        if calls % 16 == 0 or read == total:
            report(read, total)
        calls += 1

    return sometimes


def _claim_content(db: Database, job_id: int, identity: str) -> dict[str, Any] | None:
    """Makes this job the one that analyses this content; the verdict where it is analysed already or just now."""
    with writing(db):
        db.execute("UPDATE jobs SET identity = ? WHERE job_id = ?", [identity, job_id])
        title = db.execute("SELECT title_id, name FROM titles WHERE identity = ?", [identity]).fetchone()
        other = db.execute(
            "SELECT job_id FROM jobs WHERE identity = ? AND state = 'running' AND job_id <> ?", [identity, job_id]
        ).fetchone()
    if other:
        return {"verdict": "busy", "reason": f"Job {other[0]} is analysing the same content."}
    if title:
        reason = f"The same content as title {title[0]}, {title[1]}, which is analysed already."
        return {"verdict": "same", "reason": reason, "title_id": title[0]}
    return None


def _analyse(programme: Programme, thumbnails: Path, pipe: _Pipe) -> Analysis:
    from engines.analyse import analyse, load_models
    from media.opening import open_reader
    from reports.thumbnails import write_thumbnail

    thumbnails.mkdir()

    def keep(shot: int, picture: Picture) -> None:
        write_thumbnail(picture, thumbnails / f"{shot:05d}.jpg")

    def progress(stage: str, share: float) -> None:
        pipe.say(stage=stage, share=share)

    reader = open_reader(programme)
    try:
        return analyse(reader, load_models(), keep, progress)
    finally:
        reader.close()


def _announce(library: Library, title_id: int, analysis: Analysis) -> None:
    from plugins.manager import notify

    notify("title_analysed", library=library, title_id=title_id, analysis=analysis)


if __name__ == "__main__":
    main()
