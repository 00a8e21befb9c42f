"""What lies in an ingest folder: the deliveries, and what their files look like. Nothing is opened but package XML."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

IGNORED_NAMES = (".DS_Store", "Thumbs.db", "desktop.ini", "@eaDir", "#recycle", "lost+found")
IGNORED_ENDINGS = (".part", ".filepart", ".tmp", ".crdownload", ".partial", "~")
_COMPANION_NAMES = (
    "txt md rtf pdf doc docx xls xlsx csv tsv html htm url nfo log ini toml yaml yml jpg jpeg png gif tif tiff bmp "
    "webp psd svg wav aif aiff mp3 m4a aac flac ac3 eac3 edl ale aaf otio fcpxml stl ass ssa scc sub idx dfxp ttml "
    "cube lut icc zip tar gz bz2 xz 7z rar py sh "
)
COMPANIONS = tuple(f".{name}" for name in _COMPANION_NAMES.split())
"""Files that lie beside films and are no delivery themselves: papers, stills, sound, lists, archives."""
_SEQUENCE = 3
_PACKAGE_SIGNS = ("assetmap", "assetmap.xml")


@dataclass(frozen=True)
class Delivery:
    """What was dropped: a package folder, or a film with its sidecars.

    stamp: changes with name, size or modification time of any of its files, and is the same after a restart.
    kind: dcp, imf, file, or other for what looks like a film to somebody and is none that can be read.
    look: what has to stand still; also holds what rename and copy tools touch last, and the files beside a film in a
    folder of its own, so that a track file is not taken for a film before its ASSETMAP has come.
    """

    path: Path
    kind: str
    stamp: str
    look: tuple[str, ...]
    bytes: int


@dataclass(frozen=True)
class _File:
    path: Path
    size: int
    modified: int
    changed: int


def is_ignored(name: str) -> bool:
    """Left-overs of desktops and NAS systems, and files that copy programs have not finished.

    Dotted names are hidden by their owner's wish; rsync writes `.name.Xy12ab` before it renames.
    """
    return name.startswith(".") or name in IGNORED_NAMES or name.lower().endswith(IGNORED_ENDINGS)


def scan(root: Path, passing_over: Callable[[Path], bool], unreadable: list[Path]) -> Iterator[Delivery]:
    """The deliveries below an ingest folder. Links to folders are not followed, so a loop of them ends.

    passing_over: folders not to be entered. Raises OSError where the ingest folder itself cannot be listed; those below
    it that cannot be are added to `unreadable`.
    """
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            files, folders = _listing(folder)
        except OSError:
            if folder == root:
                raise
            unreadable.append(folder)
            continue
        kind = _package_kind(folder, files)
        if kind:
            yield _package(folder, kind)
            continue
        waiting += [each for each in folders if not passing_over(each)]
        yield from _films(files, own_folder=folder != root)


def look_at(path: Path) -> Delivery | None:
    """One delivery by its path; None where nothing there is one."""
    if path.is_dir():
        files, _ = _listing(path)
        kind = _package_kind(path, files)
        return _package(path, kind) if kind else None
    files, _ = _listing(path.parent)
    return next((each for each in _films(files, own_folder=False) if each.path == path), None)


def _listing(folder: Path) -> tuple[list[_File], list[Path]]:
    files, folders = [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_ignored(entry.name):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(Path(entry.path))
                    continue
                facts = entry.stat()
            except OSError:
                continue
            if stat.S_ISREG(facts.st_mode):
                files.append(_File(Path(entry.path), facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns))
    files.sort(key=lambda file: os.fsencode(file.path))
    return files, folders


def _package_kind(folder: Path, files: list[_File]) -> str | None:
    """Reads XML only where a name suggests a package, for most folders hold none."""
    if not any(file.path.name.lower() in _PACKAGE_SIGNS or file.path.suffix.lower() == ".xml" for file in files):
        return None
    from media.delivery import kind_of

    return kind_of(folder)


def _package(folder: Path, kind: str) -> Delivery:
    files = []
    waiting = [folder]
    while waiting:
        try:
            found, folders = _listing(waiting.pop())
        except OSError:
            continue
        files += found
        waiting += folders
    return _delivery(folder, kind, files, [])


def _films(files: list[_File], own_folder: bool) -> Iterator[Delivery]:
    from media.container import SUFFIXES
    from media.delivery import SIDECARS

    beside: dict[str, list[_File]] = {}
    for file in files:
        if file.path.suffix.lower() in SIDECARS:
            beside.setdefault(file.path.stem, []).append(file)
    for file in files:
        if file.path.suffix.lower() in SUFFIXES:
            sidecars = [*beside.get(file.path.name, ()), *beside.get(file.path.stem, ())]
            yield _delivery(file.path, "file", [file, *sidecars], files if own_folder else [])
    for file in _strangers(files):
        yield _delivery(file.path, "other", [file], [])


def _strangers(files: list[_File]) -> Iterator[_File]:
    """Files of other kinds, which shall not vanish without a word; numbered pictures of a sequence are left out."""
    from media.container import SUFFIXES
    from media.delivery import SIDECARS

    known = {*COMPANIONS, *SUFFIXES, *SIDECARS, ""}
    alike: dict[tuple[str, str], list[_File]] = {}
    for file in files:
        suffix = file.path.suffix.lower()
        if suffix not in known:
            alike.setdefault((file.path.stem.rstrip("0123456789"), suffix), []).append(file)
    for group in alike.values():
        if len(group) < _SEQUENCE:
            yield from group


def _delivery(path: Path, kind: str, files: list[_File], beside: list[_File]) -> Delivery:
    stamp = _digest(f"{os.path.relpath(file.path, path.parent)}\0{file.size}\0{file.modified}" for file in files)
    touched = str(max((file.changed for file in files), default=0))
    return Delivery(path, kind, stamp, (stamp, touched, *_looks(beside)), sum(file.size for file in files))


def _looks(beside: list[_File]) -> list[str]:
    return [_digest(f"{file.path.name}\0{file.size}\0{file.modified}" for file in beside)] if beside else []


def _digest(lines: Iterator[str]) -> str:
    text = "\n".join(sorted(lines))
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
