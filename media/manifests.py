"""Checksums that travel beside a film: .md5, .sha1, .sha256 files, and media hash lists (MHL 1.1, ASC MHL 2.0)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from media import xmltree
from media.findings import DeliveryError

_BY_SUFFIX = {".md5": ("md5", 32), ".sha1": ("sha1", 40), ".sha256": ("sha256", 64)}
_MAX_BYTES = 16 << 20


@dataclass(frozen=True)
class Stated:
    """What a manifest says about one file."""

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
    """The digest on the line that names the file; on any line where the manifest names none (coreutils, BSD)."""
    text = manifest.read_text(encoding="utf-8", errors="replace")
    lines = [line for line in text.splitlines() if re.search(rf"\b[0-9a-fA-F]{{{length}}}\b", line)]
    named = [line for line in lines if name in line] or [line for line in lines if len(line.split()) == 1]
    match = re.search(rf"\b[0-9a-fA-F]{{{length}}}\b", named[0]) if named else None
    return bytes.fromhex(match[0]) if match else b""


def _from_hash_list(manifest: Path, name: str) -> list[Stated]:
    try:
        root = xmltree.parse(manifest)
    except DeliveryError:
        return []
    found = []
    for entry in root.walk():
        if entry.name != "hash" or Path(entry.value("file") or entry.value("path")).name != name:
            continue
        for child in entry.children:
            digits = child.text.strip()
            if child.name in ("md5", "sha1", "sha256") and re.fullmatch(r"(?:[0-9a-fA-F]{2})+", digits):
                found.append(Stated(manifest, child.name, bytes.fromhex(digits)))
    return found
