"""What was dropped: which kind of delivery a path is, which files belong to it, and which content it is."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from media import dcp, imf
from media.container import SUFFIXES
from media.findings import DeliveryError
from media.package import asset_map_of, read_package, root_name, root_namespace
from media.programme import Kind

SIDECARS = (".md5", ".sha1", ".sha256", ".xxh64", ".xxh3", ".mhl", ".srt", ".vtt", ".itt", ".xml", ".json")
_WHOLE = 64 << 20
_SAMPLE = 1 << 20


def kind_of(path: Path) -> Kind | None:
    """dcp or imf for a package folder, file for a film, None for anything else. Never raises; reads a few kB."""
    try:
        if path.is_dir():
            return _package_kind(path)
        return "file" if path.suffix.lower() in SUFFIXES and path.is_file() else None
    except OSError:
        return None


def _package_kind(folder: Path) -> Kind | None:
    texts = [path for path in sorted(folder.glob("*.xml")) if not path.is_symlink()][:1000]
    namespaces = [root_namespace(path) for path in texts]
    playlists = [root_namespace(path) for path in texts if root_name(path) == "CompositionPlaylist"]
    if asset_map_of(folder) is None and not playlists:
        return None
    if any(space.startswith(imf.NAMESPACES) for space in playlists):
        return "imf"
    if any(space.startswith(dcp.NAMESPACES) for space in playlists):
        return "dcp"
    return "imf" if any("/2067-" in space for space in namespaces) else "dcp"


def files_of(path: Path) -> tuple[Path, ...]:
    """The regular files of a delivery: a package's whole folder, or a film and its sidecars. Links are not followed."""
    if path.is_dir():
        found = []
        for folder, _, names in os.walk(path, followlinks=False):
            found += [Path(folder, name) for name in names]
        return tuple(sorted(file for file in found if not file.is_symlink() and file.is_file()))
    beside = []
    if path.parent.is_dir():
        for other in path.parent.iterdir():
            about = other.name.startswith((f"{path.name}.", f"{path.stem}.")) and other.suffix.lower() in SIDECARS
            if about and other.is_file():
                beside.append(other)
    return (path, *sorted(beside))


def identify(path: Path) -> str:
    """A name for the content that stays when it is moved or renamed.

    Packages: SHA-256 over the ids and hashes of their packing lists. Files: SHA-256 of the content, above 64 MiB of
    its size and 32 samples of 1 MiB, so that a 200 GB master is named in a second.
    Raises DeliveryError for a package without a readable asset map; OSError for a file that cannot be read.
    """
    if path.is_dir():
        return _package_identity(path)
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        if size <= _WHOLE:
            while block := file.read(_SAMPLE):
                digest.update(block)
            return f"sha256:{digest.hexdigest()}"
        for place in range(32):
            file.seek((size - _SAMPLE) * place // 31)
            digest.update(file.read(_SAMPLE))
    return f"sampled-sha256:{digest.hexdigest()}"


def _package_identity(folder: Path) -> str:
    package = read_package(folder)
    parts = [f"{asset.uuid} {asset.size} {asset.digest.hex()}" for asset in package.packed.values()]
    parts += [f"playlist {root.value('Id')}" for _, root in package.playlists]
    if not parts:
        raise DeliveryError(f"{folder.name} has neither packing list nor playlist, so nothing in it can be named.")
    return f"package:{hashlib.sha256(chr(10).join(sorted(parts)).encode()).hexdigest()}"
