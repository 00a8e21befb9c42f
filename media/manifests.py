"""Checksums that travel beside a film: .md5, .sha1, .sha256, .xxh64, .xxh3 files, hash lists (MHL 1.1, ASC MHL 2.0)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from media import xmltree
from media.findings import DeliveryError

_BY_SUFFIX = {
    ".md5": ("md5", 32),
    ".sha1": ("sha1", 40),
    ".sha256": ("sha256", 64),
    ".xxh64": ("xxh64", 16),
    ".xxh3": ("xxh3", 16),
}
"""Suffix -> algorithm, and how many hexadecimal digits its checksum has."""
_LISTED = {"md5", "sha1", "sha256", "sha512", "c4", "xxhash", "xxhash64", "xxhash64be", "xxh64", "xxh3", "xxh128"}
"""Elements of a hash list that hold a checksum (ASC MHL 2.0 schema, MHL 1.1)."""
_MAX_BYTES = 16 << 20


@dataclass(frozen=True)
class Stated:
    """What a manifest says about one file; `digest` is empty where it is not written in hexadecimal (C4)."""

    manifest: Path
    algorithm: str
    digest: bytes


def stated_hashes(film: Path) -> list[Stated]:
    """What manifests beside a film, in its folder or its `ascmhl` folder, state about it."""
    found = []
    for suffix, (algorithm, length) in _BY_SUFFIX.items():
        for manifest in (film.with_name(film.name + suffix), film.with_suffix(suffix)):
            if _is_plain(manifest):
                digest = _digest_in(manifest, film.name, length)
                found += [Stated(manifest, algorithm, digest)] if digest else []
    lists = [*film.parent.glob("*.mhl"), *film.parent.glob("ascmhl/*.mhl")]
    for manifest in sorted(lists)[-100:]:
        if _is_plain(manifest):
            found += _from_hash_list(manifest, film.name)
    return found


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.stat().st_size <= _MAX_BYTES


def _digest_in(manifest: Path, name: str, length: int) -> bytes:
    """The digest on the line that names the file; on any line where none is named (coreutils, BSD, xxhsum)."""
    text = manifest.read_text(encoding="utf-8", errors="replace")
    digits = re.compile(rf"(?:\b|\bXXH3_)([0-9a-fA-F]{{{length}}})\b")
    lines = [line for line in text.splitlines() if digits.search(line)]
    named = [line for line in lines if name in line] or [line for line in lines if len(line.split()) == 1]
    match = digits.search(named[0]) if named else None
    return bytes.fromhex(match[1]) if match else b""


def _from_hash_list(manifest: Path, name: str) -> list[Stated]:
    try:
        root = xmltree.parse(manifest)
    except DeliveryError:
        return []
    found = []
    alike = [entry for entry in root.walk() if entry.name == "hash" and Path(_path(entry)).name == name]
    for entry in [entry for entry in alike if _path(entry) == name] or alike:
        for child in entry.children:
            digits = child.text.strip()
            if child.name in _LISTED and digits:
                is_hex = re.fullmatch(r"(?:[0-9a-fA-F]{2})+", digits)
                found.append(Stated(manifest, child.name, bytes.fromhex(digits) if is_hex else b""))
    return found


def _path(entry: xmltree.Element) -> str:
    return entry.value("file") or entry.value("path")
