"""Verification of a delivery before analysis: sizes, hashes, and what playlists say about their track files."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from media.checksums import checksum, lacking
from media.choice import compositions
from media.composition import Composition, Resource
from media.delivery import files_of
from media.findings import DeliveryError, Finding
from media.manifests import Stated, stated_hashes
from media.package import ASSET_MAP_NAMES, Package, read_package
from media.trackfile import Essence, Found, find_elsewhere, find_picture, inspect, packages_in

_BLOCK = 4 << 20
Progress = Callable[[int, int], None]
"""Told (bytes read, bytes in all)."""


@dataclass(frozen=True)
class _Expected:
    path: Path
    size: int | None
    digest: bytes
    algorithm: str
    element: str


def verify(path: Path, progress: Progress | None = None, search: Sequence[Path] = ()) -> tuple[Finding, ...]:
    """Everything that can be said about a delivery without decoding it; empty for a sound one. Never raises
    DeliveryError: what stops reading is a finding. Every file is read at most once.

    Raises OSError for a disk that fails.
    """
    if not path.is_dir():
        return tuple(verify_film(path, progress))
    try:
        package = read_package(path)
    except DeliveryError as error:
        return error.findings or (Finding("unreadable delivery", "error", str(error), path.name),)
    found: list[Finding] = [*package.findings]
    pictures: dict[str, Found] = {}
    playlists = compositions(package)
    others = packages_in(search, path)
    for composition in playlists:
        found += composition.findings
        found += _against_tracks(package, composition, pictures, others)
    if not playlists:
        found.append(Finding("missing playlist", "error", f"{path.name} has no composition playlist.", path.name))
    listed = [picture for composition in playlists for picture in composition.pictures]
    found += verify_package(package, listed, pictures, progress)
    found += _extra_files(package, pictures)
    return tuple(dict.fromkeys(found))


def verify_film(path: Path, progress: Progress | None = None) -> Iterator[Finding]:
    """Compares a film with the checksums beside it; no finding where there are none.

    A note says which manifests could not be compared, a checksum of theirs being of a kind that is not known here.
    """
    listed = stated_hashes(path)
    stated = {(each.algorithm, each.digest): each for each in listed if not _hindrance(each)}
    compared = {each.manifest for each in stated.values()}
    for each in listed:
        if each.manifest not in compared and _hindrance(each):
            message = f"The {each.algorithm} checksum in {each.manifest.name} is not compared: {_hindrance(each)}."
            yield Finding("unchecked manifest", "note", message, each.manifest.name, each.algorithm)
    if not stated:
        return
    algorithms = {algorithm for algorithm, _ in stated}
    measured = _hashes(path, algorithms, progress, 0, path.stat().st_size)
    for (algorithm, digest), each in stated.items():
        if measured[algorithm] != digest:
            told = f"{path.name} is not the file that {each.manifest.name} describes"
            message = f"{told}: its {algorithm.upper()} differs."
            yield Finding("altered file", "error", message, path.name, "", digest.hex(), measured[algorithm].hex())


def _hindrance(stated: Stated) -> str:
    """Why a stated checksum cannot be compared; empty where it can."""
    return lacking(stated.algorithm) or ("" if stated.digest else "it is no number in hexadecimal")


def verify_package(
    package: Package,
    pictures: Sequence[Resource] = (),
    found: Mapping[str, Found] | None = None,
    progress: Progress | None = None,
) -> Iterator[Finding]:
    """Files of a package that are missing, short or altered. Reads every file at most once.

    pictures: their files are compared with the playlist's hash where no packing list states one; `found` says which.
    """
    expected = _expectations(package, pictures, found or {})
    total = sum(item.path.stat().st_size for item in expected if item.path.is_file())
    done = 0
    for item in expected:
        name = package.name(item.path)
        if not item.path.is_file():
            yield Finding("missing file", "error", f"The package lists {name}, which is not here.", name, item.element)
            continue
        size = item.path.stat().st_size
        if item.size is not None and size != item.size:
            yield _resized(name, item, size)
        elif item.digest and item.algorithm:
            measured = _hashes(item.path, {item.algorithm}, progress, done, total)[item.algorithm]
            if measured != item.digest:
                yield _altered(name, item, measured)
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


def against_track(name: str, picture: Resource, essence: Essence) -> Iterator[Finding]:
    """What a playlist says of a picture track file against the file's own header."""
    needed = picture.entry + picture.duration
    held = essence.frames
    if 0 < held < needed:
        message = f"{name} holds {held} frames, but {picture.label} plays up to frame {needed - 1} of it."
        yield Finding("short track", "error", message, name, picture.label, str(needed), str(held))
    elif 0 < held != picture.intrinsic:
        message = f"{name} holds {held} frames; the playlist says {picture.intrinsic}."
        yield Finding("different duration", "warning", message, name, picture.label, str(picture.intrinsic), str(held))
    if essence.rate and essence.rate != picture.rate:
        message = f"{name} runs at {essence.rate} frames a second; the playlist says {picture.rate}."
        yield Finding("different rate", "warning", message, name, picture.label, str(picture.rate), str(essence.rate))
    if essence.package_id and essence.package_id != picture.asset:
        message = f"{name} calls itself {essence.package_id} inside; the playlist says {picture.asset}."
        yield Finding("different id", "note", message, name, picture.label, picture.asset, essence.package_id)


def _against_tracks(
    package: Package, composition: Composition, pictures: dict[str, Found], others: Sequence[Package]
) -> Iterator[Finding]:
    for key in composition.encrypted:
        message = f"{composition.title} is encrypted with the key {key}."
        yield Finding("encrypted essence", "note", message, composition.path.name, "KeyId", "", key)
    for picture in composition.pictures:
        try:
            track = pictures.get(picture.asset) or find_picture(package, picture.asset, picture.digest)
            track = track or find_elsewhere(others, picture.asset, picture.digest)
        except DeliveryError as error:
            yield Finding("unreadable file", "error", str(error), package.name(package.paths[picture.asset]))
            continue
        if track is None:
            if picture.asset not in package.paths:
                message = f"The pictures of {picture.label} ({picture.asset}) are in no package here."
                yield Finding("missing asset", "warning", message, composition.path.name, picture.label)
            continue
        pictures[picture.asset] = track
        yield from track.findings
        yield from against_track(package.name(track.path), picture, track.essence)
    yield from _other_tracks(package, composition)


def _other_tracks(package: Package, composition: Composition) -> Iterator[Finding]:
    """Sound and text: that the file is what the playlist takes it for."""
    for resource in composition.resources:
        path = package.present(resource.asset)
        if resource.kind != "sound" or path is None or path.suffix.lower() != ".mxf":
            continue
        try:
            if inspect(path).pictures:
                message = f"{resource.label} takes {package.name(path)} for sound, but it holds pictures."
                yield Finding("unexpected essence", "warning", message, package.name(path), resource.label)
        except DeliveryError as error:
            yield Finding("unreadable file", "error", str(error), package.name(path), resource.label)


def _extra_files(package: Package, pictures: Mapping[str, Found]) -> Iterator[Finding]:
    known = {*package.paths.values(), *(found.path for found in pictures.values())}
    for file in files_of(package.root):
        if file not in known and file.name not in (*ASSET_MAP_NAMES, "VOLINDEX", "VOLINDEX.xml"):
            message = f"No asset map entry names {package.name(file)}."
            yield Finding("unlisted file", "note", message, package.name(file))


def _expectations(package: Package, pictures: Sequence[Resource], found: Mapping[str, Found]) -> list[_Expected]:
    items: dict[Path, _Expected] = {}
    for uuid, asset in package.packed.items():
        path = package.paths.get(uuid)
        if path is not None:
            items[path] = _Expected(path, asset.size, asset.digest, asset.algorithm, f"Asset {uuid}")
    for uuid, path in package.paths.items():
        if path not in items and uuid not in package.packing_lists:
            items[path] = _Expected(path, None, b"", "", f"Asset {uuid}")
    for picture in pictures:
        track = found.get(picture.asset)
        if track is not None and track.path not in items and picture.digest:
            items[track.path] = _Expected(track.path, None, picture.digest, "sha1", f"MainPicture {picture.asset}")
    return list(items.values())


def _hashes(path: Path, algorithms: set[str], progress: Progress | None, done: int, total: int) -> dict[str, bytes]:
    digests = {algorithm: checksum(algorithm) for algorithm in algorithms}
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            for digest in digests.values():
                digest.update(block)
            done += len(block)
            if progress:
                progress(done, total)
    return {algorithm: digest.digest() for algorithm, digest in digests.items()}


def _resized(name: str, item: _Expected, size: int) -> Finding:
    code = "short file" if size < (item.size or 0) else "altered file"
    message = f"{name} has {size} bytes, but the packing list states {item.size}."
    return Finding(code, "error", message, name, item.element, str(item.size), str(size))


def _altered(name: str, item: _Expected, measured: bytes) -> Finding:
    message = f"{name} is not the file that was packed: its {item.algorithm.upper()} differs from the one stated."
    stated, found = (base64.b64encode(value).decode() for value in (item.digest, measured))
    return Finding("altered file", "error", message, name, item.element, stated, found)
