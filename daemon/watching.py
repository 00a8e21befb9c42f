"""Events of the file system, which only wake the loop: what counts is what the next look shows."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirModifiedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from daemon.config import Ingest

log = logging.getLogger("reelwatch.watching")

_REMOTE = re.compile(r"^(nfs|cifs|smb|9p|afs|ceph|glusterfs|lustre|gpfs|beegfs|davfs|fuse\.)")
_CHANGES = [
    DirCreatedEvent, DirDeletedEvent, DirModifiedEvent, DirMovedEvent, FileClosedEvent, FileCreatedEvent,
    FileDeletedEvent, FileModifiedEvent, FileMovedEvent,
]  # fmt: skip


class _Waker(FileSystemEventHandler):
    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    def on_any_event(self, event: FileSystemEvent) -> None:
        self._wake()


class Watcher:
    """Native watches on the folders that can have them. `wake` is called from another thread."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._waker = _Waker(wake)
        self._observer = Observer()
        self._observer.start()
        self._watched: dict[Path, object] = {}

    def watch(self, folders: Sequence[Ingest]) -> set[Path]:
        """Watches what can be watched; returns the folders that must be polled instead, and says so once."""
        polled = set()
        for ingest in folders:
            remote = ingest.mode == "polling" or (ingest.mode == "auto" and is_remote(ingest.path))
            if remote or (ingest.path not in self._watched and not self._begin(ingest.path)):
                polled.add(ingest.path)
        return polled

    def stop(self) -> None:
        self._observer.stop()
        self._observer.join()

    def _begin(self, path: Path) -> bool:
        try:
            self._watched[path] = self._observer.schedule(self._waker, str(path), recursive=True, event_filter=_CHANGES)
        except OSError as error:
            log.warning("%s is polled, for it cannot be watched: %s", path, error.strerror)
            return False
        return True


def is_remote(path: Path, mounts: str | None = None) -> bool:
    """True for network file systems. mounts: the text of /proc/self/mounts."""
    if mounts is None:
        try:
            mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
    real = os.path.realpath(path)
    best, kind = "", ""
    for line in mounts.splitlines():
        _, where, fs, *_ = [*line.split(" "), "", "", ""]
        where = where.replace("\\040", " ")
        inside = real == where or real.startswith(where.rstrip("/") + "/")
        if inside and len(where) >= len(best):
            best, kind = where, fs
    return bool(_REMOTE.match(kind))
