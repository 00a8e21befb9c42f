"""Verification of a package against its packing lists: sizes and hashes, each file read once."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from media.composition import Composition
from media.findings import Finding
from media.package import Package
from media.trackfile import Found

_BLOCK = 4 << 20
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class _Expected:
    path: Path
    size: int | None
    digest: bytes
    algorithm: str
    element: str


def verify_package(
    package: Package,
    composition: Composition | None = None,
    pictures: Mapping[str, Found] | None = None,
    progress: Progress | None = None,
) -> Iterator[Finding]:
    """Findings about the files of a package: missing, short, altered or unstated. Reads every file at most once.

    With a composition, its picture files are compared with the playlist's hashes where the packing list has none.
    """
    expected = _expectations(package, composition, pictures or {})
    total = sum(item.path.stat().st_size for item in expected if item.path.is_file())
    done = 0
    for item in expected:
        name = package.name(item.path)
        if not item.path.is_file():
            yield _missing(name, item)
            continue
        size = item.path.stat().st_size
        if item.size is not None and size != item.size:
            yield _resized(name, item, size)
        elif item.digest and item.algorithm:
            found = _hash(item.path, item.algorithm, progress, done, total)
            if found != item.digest:
                yield _altered(name, item, found)
        done += size
    if progress:
        progress(total, total)


def wrong_size(package: Package, asset: str) -> Iterator[Finding]:
    """A finding where the file of an asset is not as long as its packing list states."""
    packed, path = package.packed.get(asset), package.present(asset)
    if packed is None or path is None or packed.size is None or path.stat().st_size == packed.size:
        return
    item = _Expected(path, packed.size, b"", "", f"Asset {asset}")
    yield _resized(package.name(path), item, path.stat().st_size)


def _expectations(package: Package, composition: Composition | None, pictures: Mapping[str, Found]) -> list[_Expected]:
    items: dict[Path, _Expected] = {}
    for uuid, asset in package.packed.items():
        path = package.paths.get(uuid)
        if path is not None:
            items[path] = _Expected(path, asset.size, asset.digest, asset.algorithm, f"Asset {uuid}")
    for uuid, path in package.paths.items():
        if path not in items and uuid not in package.packing_lists:
            items[path] = _Expected(path, None, b"", "", f"Asset {uuid}")
    for picture in composition.pictures if composition else ():
        track = pictures.get(picture.asset)
        if track is not None and track.path not in items and picture.digest:
            items[track.path] = _Expected(track.path, None, picture.digest, "sha1", f"MainPicture {picture.asset}")
    return list(items.values())


def _hash(path: Path, algorithm: str, progress: Progress | None, done: int, total: int) -> bytes:
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            done += len(block)
            if progress:
                progress(done, total)
    return digest.digest()


def _missing(name: str, item: _Expected) -> Finding:
    return Finding("missing file", "error", f"The package lists {name}, which is not here.", name, item.element)


def _resized(name: str, item: _Expected, size: int) -> Finding:
    code = "short file" if size < (item.size or 0) else "altered file"
    message = f"{name} has {size} bytes, but the packing list states {item.size}."
    return Finding(code, "error", message, name, item.element, str(item.size), str(size))


def _altered(name: str, item: _Expected, found: bytes) -> Finding:
    message = f"{name} is not the file that was packed: its {item.algorithm.upper()} differs from the one stated."
    stated, measured = (base64.b64encode(value).decode() for value in (item.digest, found))
    return Finding("altered file", "error", message, name, item.element, stated, measured)
