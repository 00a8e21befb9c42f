"""From what lies in the ingest folders to queued jobs: noticing, settling, waiting for what is missing."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlite_utils import Database

from daemon import queue
from daemon.completeness import is_open_for_writing, missing_of, waiting_for
from daemon.config import Ingest
from daemon.intake import Delivery, scan
from daemon.settling import Settling

log = logging.getLogger("reelwatch.intake")

DONE_FOLDER, QUARANTINE_FOLDER = "done", "quarantine"


@dataclass(frozen=True)
class _Known:
    job_id: int
    state: str
    stamp: str


@dataclass
class _Folder:
    """What is remembered of an ingest folder between looks."""

    device: int | None = None
    gone: bool = False
    unsettled: dict[Path, float] = field(default_factory=dict)
    """Deliveries not yet taken as whole -> when they will be, on the clock, should they stand still."""


class Reception:
    """Looks at ingest folders and keeps the jobs of what lies there. The clock is monotonic."""

    def __init__(self, db: Database, clock: Callable[[], float], accepted: Callable[[Path], None]) -> None:
        self._db = db
        self._clock = clock
        self._settling = Settling(clock)
        self._accepted = accepted
        self._folders: dict[Path, _Folder] = {}

    def look(self, ingest: Ingest, quiet: float | None = None) -> None:
        """One look at everything in a folder. quiet: another quiet time than the folder's own.

        A folder that cannot be listed, or stands empty on another device than before, is an unmounted share: its jobs
        are left as they are.
        """
        folder = self._folders.setdefault(ingest.path, _Folder())
        known = self._known()
        unreadable: list[Path] = []
        met: set[Path] = set()
        folder.unsettled.clear()
        try:
            for delivery in scan(ingest.path, _own_folders(ingest), unreadable):
                met.add(delivery.path)
                self._meet_safely(delivery, ingest, folder, known.get(delivery.path), quiet)
            device = ingest.path.stat().st_dev
        except OSError as error:
            self._mark_gone(folder, ingest, error.strerror or "cannot be listed")
            return
        if not met and folder.device not in (None, device):
            self._mark_gone(folder, ingest, "empty, and on another device than before")
            return
        if folder.gone:
            log.info("The ingest folder %s is back.", ingest.path)
        folder.gone, folder.device = False, device
        if not unreadable:
            self._take_leave(ingest, known, met)

    def unsettled(self) -> int:
        """How many deliveries are not yet known to be whole."""
        return sum(len(folder.unsettled) for folder in self._folders.values())

    def next_still(self) -> float | None:
        """When the first of them will be, on the clock."""
        return min((when for folder in self._folders.values() for when in folder.unsettled.values()), default=None)

    def undecided(self, patience: float) -> int:
        """Deliveries that may yet turn out to stand still within `patience` seconds of the first look at them."""
        now = self._clock()
        paths = (path for folder in self._folders.values() for path in folder.unsettled)
        return sum(now < self._settling.first_look(path) + patience for path in paths)

    def _known(self) -> dict[Path, _Known]:
        rows = queue.latest_of_each_path(self._db)
        return {path: _Known(job_id, state, stamp) for path, job_id, state, stamp in rows}

    def _meet_safely(
        self, delivery: Delivery, ingest: Ingest, folder: _Folder, known: _Known | None, quiet: float | None
    ) -> None:
        """A delivery that vanishes or cannot be read while it is looked at is met again at the next look."""
        try:
            self._meet(delivery, ingest, folder, known, ingest.quiet_time if quiet is None else quiet)
        except OSError as error:
            log.warning("%s cannot be looked at now: %s", delivery.path, error.strerror)

    def _meet(self, delivery: Delivery, ingest: Ingest, folder: _Folder, known: _Known | None, quiet: float) -> None:
        same = known is not None and known.stamp == delivery.stamp
        if known is not None and (known.state == "running" or (same and known.state not in ("seen", "settling"))):
            return
        path = delivery.path
        if known is None or known.state in queue.ENDED:
            reason = "" if known is None else "Delivered again, with other files than before."
            job_id = queue.add(self._db, path, delivery.kind, delivery.stamp, reason=reason)
            state = "seen"
        else:
            job_id, state = known.job_id, known.state
        if state in ("queued", "waiting"):
            state = self._settle(job_id, "Its files have changed.")
        moving = self._settling.has_changed(path, delivery.look)
        if not self._settling.is_still(path, delivery.look, quiet):
            folder.unsettled[path] = self._settling.still_at(path, quiet)
            if moving and state == "seen":
                self._settle(job_id, "Still being copied.")
        elif _is_written(delivery):
            folder.unsettled[path] = self._clock() + max(quiet, 1.0)
            if state == "seen":
                self._settle(job_id, "Another process has it open for writing.")
        else:
            self._take_in(delivery, ingest, job_id)

    def _settle(self, job_id: int, reason: str) -> str:
        queue.change(self._db, job_id, "settling", reason, of=queue.PENDING)
        return "settling"

    def _take_in(self, delivery: Delivery, ingest: Ingest, job_id: int) -> None:
        missing = missing_of(delivery.path) if delivery.path.is_dir() else []
        facts = {"stamp": delivery.stamp, "kind": delivery.kind}
        self._settling.forget([delivery.path])
        if missing:
            queue.change(self._db, job_id, "waiting", waiting_for(missing), of=queue.PENDING, **facts)
            return
        queue.change(self._db, job_id, "queued", of=queue.PENDING, priority=ingest.priority, **facts)
        self._accepted(delivery.path)

    def _take_leave(self, ingest: Ingest, known: dict[Path, _Known], met: set[Path]) -> None:
        """Jobs not begun whose delivery is no longer there end."""
        for path, facts in known.items():
            if path in met or facts.state not in queue.PENDING or not path.is_relative_to(ingest.path):
                continue
            gone = not os.path.lexists(path)
            reason = "It was taken away before its turn came." if gone else "It is no delivery of its own any more."
            queue.change(self._db, facts.job_id, "cancelled", reason, of=queue.PENDING, stamp="")
            self._settling.forget([path])

    def _mark_gone(self, folder: _Folder, ingest: Ingest, why: str) -> None:
        if not folder.gone:
            log.warning("The ingest folder %s is not there (%s); its jobs wait until it is back.", ingest.path, why)
        folder.gone = True


def _own_folders(ingest: Ingest) -> Callable[[Path], bool]:
    ours = [ingest.path / name for name, used in _used_folders(ingest) if used]
    return lambda path: path in ours


def _used_folders(ingest: Ingest) -> tuple[tuple[str, bool], ...]:
    return (DONE_FOLDER, ingest.after == "move"), (QUARANTINE_FOLDER, ingest.bad == "quarantine")


def _is_written(delivery: Delivery) -> bool:
    if not delivery.path.is_dir():
        return is_open_for_writing(delivery.path)
    files = (Path(folder, name) for folder, _, names in os.walk(delivery.path) for name in names)
    return any(is_open_for_writing(path) for path in files)
