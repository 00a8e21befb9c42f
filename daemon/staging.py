"""Where a job's results lie until they are committed, and the lock that says its worker lives.

A worker holds a lock (flock) on its job's lock file from before it starts until it is gone, however it ends: whether
a running job is worked on is asked of the kernel, not of process numbers, which are reused, nor of clocks.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

from catalog.library import Library


def staging(library: Library) -> Path:
    return library.root / ".staging"


def job_folder(library: Library, job_id: int) -> Path:
    return staging(library) / f"job-{job_id}"


def fresh_job_folder(library: Library, job_id: int) -> Path:
    """An empty folder for the job's results; those of an attempt that was cut short are removed."""
    folder = job_folder(library, job_id)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def take_job_lock(library: Library, job_id: int) -> int | None:
    """A file descriptor that holds the job's lock; None where a worker holds it."""
    staging(library).mkdir(parents=True, exist_ok=True)
    return _locked(staging(library) / f"job-{job_id}.lock")


def clear_job(library: Library, job_id: int, lock: int) -> None:
    """Removes what a job left in staging, and its lock, which the caller holds."""
    shutil.rmtree(job_folder(library, job_id), ignore_errors=True)
    (staging(library) / f"job-{job_id}.lock").unlink(missing_ok=True)
    os.close(lock)


def jobs_in_staging(library: Library) -> set[int]:
    """Jobs that left a folder or a lock file."""
    names = (path.name for path in staging(library).glob("job-*"))
    return {int(digits) for name in names if (digits := name[4:].removesuffix(".lock")).isdigit()}


def take_library_lock(library: Library) -> int | None:
    """A descriptor that makes this process the library's one daemon; None where there is one already.

    The kernel drops the lock when its holder is gone, so a stale one never needs breaking.
    """
    staging(library).mkdir(parents=True, exist_ok=True)
    descriptor = _locked(staging(library) / "daemon.lock")
    if descriptor is not None:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.uname().nodename} {os.getpid()}".encode())
    return descriptor


def daemon_of(library: Library) -> str:
    """Host and process number of the daemon at work on this library; empty where there is none."""
    path = staging(library) / "daemon.lock"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return ""
    except BlockingIOError:
        return os.read(descriptor, 300).decode(errors="replace")
    finally:
        os.close(descriptor)


def _locked(path: Path) -> int | None:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        if _is_still(path, descriptor):
            return descriptor
        os.close(descriptor)


def _is_still(path: Path, descriptor: int) -> bool:
    """False where the file was removed between opening and locking it."""
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False
