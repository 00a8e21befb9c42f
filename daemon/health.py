"""Is this machine fit for the work: one check a function, each with what to do where it is not."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from catalog.library import CatalogError, Library, read_catalog
from daemon.config import Ingest, Settings
from daemon.staging import daemon_of

LOW_SPACE = 2 << 30
_DECODERS = ("jpeg2000", "h264", "hevc", "prores", "mpeg2video", "vp9")


@dataclass(frozen=True)
class Check:
    """`remedy` says what to do; empty where all is well."""

    name: str
    state: Literal["ok", "warning", "bad"]
    message: str
    remedy: str = ""


def examine(settings: Settings) -> Iterator[Check]:
    """All checks. Nothing is changed, but for a file made and removed again in the library."""
    library = Library(settings.library)
    yield _library(library)
    yield _space(library)
    yield _database(library)
    yield _daemon(library)
    for ingest in settings.ingest:
        yield _ingest(ingest)
    yield _watches(settings.ingest)
    yield _memory(settings)
    yield _decoders()
    yield from _models()


def _library(library: Library) -> Check:
    probe = library.root / ".staging" / "doctor"
    try:
        probe.parent.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        remedy = f"Make {library.root} writable for the user who runs reelwatch."
        return Check("library", "bad", f"{library.root} cannot be written: {error.strerror}.", remedy)
    from daemon.watching import is_remote

    if is_remote(library.root):
        message = f"{library.root} is on a network file system, where SQLite's write-ahead log is not safe."
        return Check("library", "bad", message, "Keep the library on a local disk.")
    return Check("library", "ok", f"{library.root} can be written.")


def _space(library: Library) -> Check:
    if not library.root.is_dir():
        return Check("space", "warning", "The library is not there yet.", "It is made at the first run.")
    free = shutil.disk_usage(library.root).free
    state: Literal["ok", "warning"] = "ok" if free >= LOW_SPACE else "warning"
    remedy = "" if free >= LOW_SPACE else "Free some space; a title needs some 25 kB a shot."
    return Check("space", state, f"{free / 2**30:.1f} GiB free for the library.", remedy)


def _database(library: Library) -> Check:
    if not library.database.is_file():
        return Check("database", "ok", "There is no catalog yet; the first run makes it.")
    try:
        found = read_catalog(library).execute("PRAGMA quick_check(1)").fetchone()[0]
    except (CatalogError, sqlite3.Error) as error:
        found = str(error)
    if found == "ok":
        return Check("database", "ok", f"{library.database.name} is sound (SQLite {sqlite3.sqlite_version}).")
    remedy = "Stop the daemon, keep the file, and restore a backup or begin a new library."
    return Check("database", "bad", f"{library.database} is damaged: {found}.", remedy)


def _daemon(library: Library) -> Check:
    who = daemon_of(library)
    return Check(
        "daemon", "ok", f"At work (host and process {who})." if who else "No daemon is at work on this library."
    )


def _ingest(ingest: Ingest) -> Check:
    from daemon.watching import is_remote

    try:
        with os.scandir(ingest.path) as entries:
            next(entries, None)
    except OSError as error:
        remedy = "Mount it, or correct the path; its jobs wait meanwhile."
        return Check("ingest", "bad", f"{ingest.path} cannot be listed: {error.strerror}.", remedy)
    if (ingest.after == "move" or ingest.bad == "quarantine") and not os.access(ingest.path, os.W_OK):
        message = f"{ingest.path} cannot be written, so nothing can be moved to done or quarantine."
        return Check("ingest", "bad", message, "Allow writing there, or set after and bad to keep.")
    polled = ingest.mode == "polling" or (ingest.mode == "auto" and is_remote(ingest.path))
    return Check("ingest", "ok", f"{ingest.path} is {'polled' if polled else 'watched'}.")


def _watches(folders: Sequence[Ingest]) -> Check:
    limit_file = Path("/proc/sys/fs/inotify/max_user_watches")
    if not limit_file.is_file():
        return Check("watches", "ok", "This system has no inotify limits.")
    limit = int(limit_file.read_text(encoding="ascii"))
    needed = sum(1 for ingest in folders for _ in os.walk(ingest.path))
    if needed * 2 < limit:
        return Check("watches", "ok", f"{needed} folders to watch, {limit} allowed.")
    remedy = f"Run: sysctl fs.inotify.max_user_watches={max(524288, needed * 4)}"
    return Check("watches", "warning", f"{needed} folders to watch, only {limit} allowed.", remedy)


def _memory(settings: Settings) -> Check:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    needed = settings.workers * settings.limits.memory_gib
    message = f"{settings.workers} jobs at once may take {needed:g} GiB of {total:.1f} GiB."
    if needed <= total:
        return Check("memory", "ok", message)
    return Check("memory", "warning", message, "Lower workers, or limits.memory_gib.")


def _decoders() -> Check:
    import av

    missing = [name for name in _DECODERS if name not in av.codecs_available]
    if missing:
        return Check("decoders", "bad", f"PyAV lacks {', '.join(missing)}.", "Install the av wheel of PyPI.")
    return Check("decoders", "ok", f"PyAV {av.__version__} has {', '.join(_DECODERS)}.")


def _models() -> Iterator[Check]:
    from engines.cards import CardError, list_cards, verify

    cards = list_cards()
    if not cards:
        yield Check("model", "bad", "No model is installed.", "Install the package again.")
    for card in cards:
        try:
            verify(card.name)
            yield Check("model", "ok", f"{card.name} {card.version} is whole.")
        except CardError as error:
            yield Check("model", "bad", str(error), "Install the package again.")
