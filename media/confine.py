"""Paths named inside a package, confined to its folder (ST 429-9 clause 5.4: a path is a relative URI)."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from urllib.parse import unquote

from media.findings import Finding

_SCHEME_OR_DRIVE = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")


def objection(text: str) -> str:
    """Why a path text must not be followed; empty where it is plain and relative."""
    if not text:
        return "is empty"
    if "\0" in text:
        return "holds a NUL"
    if len(text) > 1024:
        return "is longer than 1024 characters"
    if "\\" in text:
        return "holds a backslash"
    if text.startswith("/"):
        return "is absolute"
    if _SCHEME_OR_DRIVE.match(text):
        return "is a URL or names a drive"
    if ".." in text.split("/"):
        return "climbs out of the package with '..'"
    return ""


def confined(root: Path, text: str, element: str = "Path") -> Path | Finding:
    """The file a path text names below `root`, or the finding that says why it was not followed.

    The file need not exist. A symbolic link is followed only as far as it stays inside the package; a FIFO, socket or
    device is a finding. Percent-encoding is undone where the text as written names no file.
    """
    for candidate in dict.fromkeys((text, unquote(text))):
        reason = objection(candidate)
        if reason:
            shown = text.replace("\0", "\\0")[:120]
            message = f"The path '{shown}' {reason} and was not followed."
            return Finding("unsafe path", "error", message, file=shown, element=element)
        found = root / candidate
        if found.is_symlink() or found.exists():
            return _regular(root, found, candidate, element)
    return root / text


def _regular(root: Path, found: Path, text: str, element: str) -> Path | Finding:
    try:
        real = found.resolve(strict=True)
        mode = real.stat().st_mode
    except (OSError, RuntimeError):
        message = f"{text} is a symbolic link that leads nowhere."
        return Finding("broken link", "error", message, file=text, element=element)
    if not real.is_relative_to(root.resolve()):
        message = f"{text} is a symbolic link out of the package and was not followed."
        return Finding("unsafe path", "error", message, file=text, element=element)
    if not stat.S_ISREG(mode):
        message = f"{text} is not a regular file and was not opened."
        return Finding("irregular file", "error", message, file=text, element=element)
    return found
