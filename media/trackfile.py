"""What an MXF track file holds, and which file of a package a playlist's UUID means."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from media.container import opened, picture_stream
from media.findings import DeliveryError, Finding
from media.package import Package, asset_map_of, read_package
from media.sound import sound_detail


@dataclass(frozen=True)
class Essence:
    """The header of a track file. `frames` is what the header states; codec is empty where it is encrypted."""

    package_id: str
    codec: str
    pictures: bool
    width: int
    height: int
    frames: int
    rate: Fraction
    transfer: int
    primaries: int
    pixel_format: str
    detail: str


def inspect(path: Path, key: bytes = b"") -> Essence:
    """Reads a track file's header. Raises DeliveryError for what FFmpeg cannot demux."""
    with opened(path, key) as container:
        stream = picture_stream(container)
        first = stream or next(iter(container.streams), None)
        umid = first.metadata.get("file_package_umid", "") if first else ""
        package_id = _uuid_of_umid(umid)
        if stream is None and container.streams.video:
            return Essence(package_id, "", True, 0, 0, 0, Fraction(0), 2, 2, "", "unknown coding")
        if stream is None:
            sounds = container.streams.audio
            codec = sounds[0].codec_context.name if sounds and sounds[0].codec_context else ""
            detail = sound_detail(sounds[0]) if sounds else ""
            return Essence(package_id, codec, False, 0, 0, 0, Fraction(0), 2, 2, "", detail)
        context = stream.codec_context
        rate = stream.average_rate or stream.guessed_rate or Fraction(0)
        frames = round((stream.duration or 0) * (stream.time_base or 0) * rate)
        return Essence(
            package_id,
            context.name if context.pix_fmt or context.name != "jpeg2000" else "",
            True,
            stream.width,
            stream.height,
            frames,
            Fraction(rate),
            int(context.color_trc),
            int(context.color_primaries),
            context.pix_fmt or "",
            f"{stream.width}x{stream.height}",
        )


def _uuid_of_umid(umid: str) -> str:
    """The material number of a UMID is the asset's UUID (ST 429-3 clause 5.1, ST 2067-2 clause 5.3)."""
    digits = umid.lower().removeprefix("0x")[-32:]
    if len(digits) != 32:
        return ""
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


@dataclass(frozen=True)
class Found:
    """A picture track file with its header."""

    path: Path
    essence: Essence
    findings: tuple[Finding, ...] = ()


def find_picture(package: Package, asset: str, digest: bytes) -> Found | None:
    """The file of a package that holds the pictures of an asset; None where it is not here.

    First what the asset map names. Some packages give picture and sound of a reel one UUID, and the asset map keeps
    only the last: then a file of the folder whose MXF package id (or the playlist's hash) is this one.

    Raises DeliveryError for a file that cannot be read.
    """
    named = package.present(asset)
    if named is not None:
        essence = inspect(named)
        if essence.pictures:
            return Found(named, essence)
    return _unlisted(package, asset, digest)


def find_elsewhere(others: Sequence[Package], asset: str, digest: bytes) -> Found | None:
    """The pictures of an asset in another package: a version file plays through its original."""
    for other in others:
        try:
            found = find_picture(other, asset, digest)
        except DeliveryError:
            continue
        if found is not None:
            message = f"The pictures of {asset} play from {other.root.name}/{other.name(found.path)}."
            finding = Finding("referenced package", "note", message, file=other.name(found.path))
            return Found(found.path, found.essence, (*found.findings, finding))
    return None


def _unlisted(package: Package, asset: str, digest: bytes) -> Found | None:
    listed = {os.path.realpath(path) for path in package.paths.values()}
    for path in sorted(package.root.rglob("*.mxf"))[:10_000]:
        if path.is_symlink() or not path.is_file() or os.path.realpath(path) in listed:
            continue
        try:
            essence = inspect(path)
        except DeliveryError:
            continue
        if essence.pictures and (essence.package_id == asset or (digest and sha1(path) == digest)):
            name = package.name(path)
            code, message = "unlisted file", f"The asset map does not list {name}, which holds the pictures of {asset}"
            other = package.paths.get(asset)
            if other is not None:
                code, message = "duplicate asset id", f"{message}; it gives this id to {package.name(other)}"
            return Found(path, essence, (Finding(code, "warning", f"{message}.", file=name, element=asset),))
    return None


def packages_in(folders: Sequence[Path], own: Path) -> list[Package]:
    """Packages, `own` left out, that are one of the folders or lie directly in one; unreadable ones are passed by."""
    found = []
    for folder in folders:
        for candidate in (folder, *_folders_in(folder)):
            try:
                if os.path.realpath(candidate) != os.path.realpath(own) and asset_map_of(candidate) is not None:
                    found.append(read_package(candidate))
            except (DeliveryError, OSError):
                continue
    return found


def _folders_in(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError:
        return []


def sha1(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha1").digest()
