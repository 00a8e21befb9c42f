"""The daemon's loop: look, settle, start, listen, until told to stop."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database

from catalog.library import Library, open_catalog
from daemon import queue
from daemon.config import ConfigError, Settings
from daemon.display import Display
from daemon.foreman import Foreman
from daemon.notify import notify, watchdog_interval
from daemon.reception import Reception
from daemon.staging import daemon_of, take_library_lock
from daemon.watching import Watcher

if TYPE_CHECKING:
    from plugins.outbox import Courier

log = logging.getLogger("reelwatch")

ONCE_QUIET_S = 1.0
_ONCE_PATIENCE = 4
"""Quiet times a delivery that keeps changing is given by `--once`."""
_LONGEST_SLEEP_S = 30.0
_INDEX_S = 5.0


class AlreadyRunning(Exception):
    """Another daemon has this library; the text says which."""


class Service:
    """One daemon on one library. Signals are taken in `run`, which must be called from the main thread."""

    def __init__(self, settings: Settings, display: Display, reload: Callable[[], Settings] | None = None) -> None:
        self.settings = settings
        self.library = Library(settings.library)
        self._display = display
        self._reload = reload
        self._wake_reader, self._wake_writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._stopping = False
        self._reloading = False
        self._stirred = True
        self._polled: set[Path] = set()
        self._looked = -1e9
        self._look_took = 0.0
        self._indexed = -1e9
        self._index_is_old = True

    def run(self, once: bool = False) -> int:
        """Works until stopped by SIGTERM or SIGINT or, with `once`, until what was there is done.

        Returns how many deliveries failed. Raises AlreadyRunning, CatalogError.
        """
        self._take_signals()
        db = open_catalog(self.library)
        lock = take_library_lock(self.library)
        if lock is None:
            raise AlreadyRunning(
                f"Another daemon works on the library {self.library.root} (host and process {daemon_of(self.library)})."
            )
        self._foreman = Foreman(db, self.settings, self._display)
        self._reception = Reception(db, time.monotonic, self._accepted)
        watcher = None if once else Watcher(self._wake)
        self._foreman.crew.selector.register(self._wake_reader, 1, None)
        self._foreman.recover()
        courier = self._courier()
        try:
            self._loop(db, watcher, once)
        finally:
            notify("STOPPING=1")
            self._foreman.stop()
            if courier:
                courier.stop(self.settings.stop_s, last_round=once)
            if watcher:
                watcher.stop()
            self._write_index(db)
            os.close(lock)
        ended = self._foreman.ended
        return ended.get("failed", 0) + ended.get("quarantined", 0)

    def _courier(self) -> Courier | None:
        """Carries news to other systems, in a thread of its own; None where no connector is configured."""
        if not self.settings.connectors:
            return None
        from plugins.outbox import Courier, open_connectors

        courier = Courier(self.library, open_connectors(self.settings.connectors))
        courier.start()
        return courier

    def _loop(self, db: Database, watcher: Watcher | None, once: bool) -> None:
        ready = False
        while not self._stopping:
            if self._reloading:
                self._take_new_settings()
            if watcher:
                self._polled = watcher.watch(self.settings.ingest)
            if self._look_is_due(once):
                self._look(ONCE_QUIET_S if once else None)
            if not ready:
                notify("READY=1", "STATUS=Watching")
                ready = True
                log.info("Reelwatch works on %s", self.library.root)
            notify("WATCHDOG=1")
            self._foreman.start_due()
            if once and self._is_drained(db):
                return
            self._foreman.tend(self._sleep(db, once))
            self._drain_wakes()
            self._refresh_index(db)

    def _look(self, quiet: float | None) -> None:
        begun = time.monotonic()
        self._stirred = False
        for ingest in self.settings.ingest:
            self._reception.look(ingest, quiet if quiet is None else min(quiet, ingest.quiet_time))
            notify("WATCHDOG=1")
        self._looked = time.monotonic()
        self._look_took = self._looked - begun

    def _look_is_due(self, once: bool) -> bool:
        return time.monotonic() >= self._next_look(once)

    def _next_look(self, once: bool) -> float:
        """A look follows events, ripening deliveries and the rescan time, yet takes a tenth of all time at most."""
        soonest = self._looked + (0.0 if once else max(0.2, 10 * self._look_took))
        wanted = self._looked + (self.settings.poll_s if self._polled else self.settings.rescan_s)
        still = self._reception.next_still()
        if still is not None:
            wanted = min(wanted, still)
        if self._stirred:
            wanted = soonest
        return max(soonest, wanted)

    def _sleep(self, db: Database, once: bool) -> float:
        wanted = [self._next_look(once) - time.monotonic(), _LONGEST_SLEEP_S]
        deadline = self._foreman.crew.next_deadline()
        if not self._foreman.is_idle:
            wanted.append(1.0)
        if deadline is not None:
            wanted += [deadline - time.monotonic()]
        if len(self._foreman.crew.workers) < self.settings.workers:
            due = queue.next_due(db)
            wanted += [due - time.time()] if due is not None else []
        interval = watchdog_interval()
        wanted += [interval] if interval else []
        return max(0.0, min(wanted))

    def _is_drained(self, db: Database) -> bool:
        """Nothing runs, nothing is queued, and nothing is about to be found still."""
        if not self._foreman.is_idle or queue.next_due(db) is not None:
            return False
        return not self._reception.undecided(_ONCE_PATIENCE * ONCE_QUIET_S)

    def _accepted(self, path: Path) -> None:
        from plugins.manager import notify as tell_plugins

        tell_plugins("delivery_accepted", path=str(path))

    def _refresh_index(self, db: Database) -> None:
        """The library page follows the jobs, at most every few seconds while there is much to do."""
        self._index_is_old = self._index_is_old or sum(self._foreman.ended.values()) > 0
        if time.monotonic() >= self._indexed + _INDEX_S:
            self._write_index(db)

    def _write_index(self, db: Database) -> None:
        from reports.index_page import write_index

        try:
            write_index(db, self.library)
        except OSError as error:
            log.error("The library page cannot be written: %s", error)
        self._indexed = time.monotonic()

    def _take_signals(self) -> None:
        signal.set_wakeup_fd(self._wake_writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGHUP, self._ask_reload)
        signal.signal(signal.SIGIO, signal.SIG_IGN)

    def _stop(self, number: int, frame: object) -> None:
        self._stopping = True

    def _ask_reload(self, number: int, frame: object) -> None:
        self._reloading = True

    def _take_new_settings(self) -> None:
        """SIGHUP: the new configuration, or the old one where the new is bad. The library stays what it is."""
        self._reloading = False
        if self._reload is None:
            return
        try:
            settings = self._reload()
        except ConfigError as error:
            log.error("The configuration stays as it was. %s", error)
            return
        self.settings = settings.model_copy(update={"library": self.settings.library})
        self._foreman.settings = self._foreman.crew.settings = self.settings
        self._stirred = True
        log.info("The configuration was read anew")

    def _wake(self) -> None:
        self._stirred = True
        try:
            os.write(self._wake_writer, b"\0")
        except BlockingIOError:
            return

    def _drain_wakes(self) -> None:
        try:
            while os.read(self._wake_reader, 4096):
                pass
        except BlockingIOError:
            return
