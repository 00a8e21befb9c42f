"""Where a delivery goes once its job has ended. By default it stays.

Nothing is deleted and nothing is overwritten.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from daemon.config import Ingest
from daemon.reception import DONE_FOLDER, QUARANTINE_FOLDER

log = logging.getLogger("reelwatch.aftermath")


def folder_of(path: Path, folders: tuple[Ingest, ...]) -> Ingest | None:
    """The ingest folder a delivery lies in."""
    return next((ingest for ingest in folders if path.is_relative_to(ingest.path) and path != ingest.path), None)


def put_away(path: Path, ingest: Ingest) -> Path:
    """Moves an analysed delivery and its sidecars to done/. Raises OSError where that is not possible."""
    return _move(path, ingest.path / DONE_FOLDER)


def quarantine(path: Path, ingest: Ingest, reason: str) -> Path:
    """Moves a bad delivery to quarantine/, with the reason beside it. Raises OSError where that is not possible."""
    moved = _move(path, ingest.path / QUARANTINE_FOLDER)
    moved.with_name(f"{moved.name}.reason.txt").write_text(f"{reason}\n", encoding="utf-8", errors="backslashreplace")
    return moved


def _move(path: Path, folder: Path) -> Path:
    from media.delivery import files_of

    folder.mkdir(exist_ok=True)
    sidecars = [] if path.is_dir() else [file for file in files_of(path) if file != path]
    target = _free(folder / path.name)
    path.rename(target)
    for sidecar in sidecars:
        sidecar.rename(_free(folder / sidecar.name))
    return target


def _free(target: Path) -> Path:
    """The name itself, or with a number where something of that name is there already."""
    number, free = 1, target
    while os.path.lexists(free):
        number += 1
        free = target.with_name(f"{target.stem}-{number}{target.suffix}")
    return free
