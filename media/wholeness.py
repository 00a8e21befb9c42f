"""Whether a media file ends where its own structure says: FFmpeg reads many cut files to their end in silence."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from media.findings import Finding

_BOXES = 100_000
_EBML, _SEGMENT = 0x1A45DFA3, 0x18538067
_PARTITION = bytes.fromhex("060e2b34020501010d01020101")


def shortfall(path: Path) -> Finding | None:
    """A warning "short file" where bytes are missing at the end; None where none are, or where nothing tells.

    Looks at the outermost structure only: boxes (ISO/IEC 14496-12 clause 4.2), the EBML segment (RFC 8794), RIFF
    chunks, the MXF footer pointer (ST 377-1 clause 7.1). Transport streams state no length.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(16)
        if head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip", b"styp"):
            end, indexed = _boxes_end(file, size)
            missing = "" if indexed else ", its index (moov) among them"
        else:
            end, missing = _other_end(file, head) or 0, ""
    if end <= size and not missing:
        return None
    lacking = f"{end - size} bytes" if end > size else "bytes"
    message = f"{path.name} was cut short: {lacking} at its end are missing{missing}."
    return Finding("short file", "warning", message, path.name, "", str(max(end, size)), str(size))


def _boxes_end(file: BinaryIO, size: int) -> tuple[int, bool]:
    """Where the last box ends, and whether there is an index: moov, or moof for fragments."""
    place, indexed = 0, False
    for _ in range(_BOXES):
        file.seek(place)
        head = file.read(16)
        if len(head) < 8:
            break
        length = int.from_bytes(head[:4])
        indexed = indexed or head[4:8] in (b"moov", b"moof")
        if length == 1 and len(head) == 16:
            length = int.from_bytes(head[8:])
        if length == 0:
            return size, indexed
        if length < 8:
            break
        place += length
        if place >= size:
            return place, indexed
    return size, indexed


def _other_end(file: BinaryIO, head: bytes) -> int | None:
    if head[:4] == b"RIFF":
        return 8 + int.from_bytes(head[4:8], "little")
    if int.from_bytes(head[:4]) == _EBML:
        return _segment_end(file)
    if head.startswith(_PARTITION):
        return _footer(file)
    return None


def _segment_end(file: BinaryIO) -> int | None:
    """End of the EBML segment; None where it is live (unknown size) or not found."""
    file.seek(4)
    length = _vint(file)
    if length is None or length > 1 << 20:
        return None
    file.seek(length, os.SEEK_CUR)
    if int.from_bytes(file.read(4)) != _SEGMENT:
        return None
    length = _vint(file)
    return None if length is None else file.tell() + length


def _vint(file: BinaryIO) -> int | None:
    """A variable-size integer (RFC 8794 clause 4); None where all its bits are set: unknown."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    extra = 8 - first[0].bit_length()
    value = int.from_bytes(bytes([first[0] & (0x7F >> extra)]) + file.read(extra))
    return None if value == (1 << 7 * (extra + 1)) - 1 else value


def _footer(file: BinaryIO) -> int | None:
    """First byte after the footer partition's key; None for a file that states no footer (open partitions)."""
    file.seek(16)
    first = file.read(1)
    if not first:
        return None
    file.seek((first[0] & 0x7F if first[0] & 0x80 else 0) + 24, os.SEEK_CUR)
    place = int.from_bytes(file.read(8))
    return place + 16 if place else None
