"""Paths as text that SQLite can store and that leads back to the same file.

Linux file names are bytes. Python keeps those that are no UTF-8 as lone surrogates, which SQLite refuses; here they are
written as \\udcXX, and a backslash of the name itself is doubled, so that every name has one text and comes back whole.
"""

from __future__ import annotations

import re
from pathlib import Path

_ESCAPED = re.compile(r"\\(?:(\\)|(ud[c-f][0-9a-f]{2}))")


def as_text(path: Path) -> str:
    return str(path).replace("\\", "\\\\").encode("utf-8", "backslashreplace").decode()


def as_path(text: str) -> Path:
    return Path(_ESCAPED.sub(lambda match: "\\" if match[1] else chr(int(match[2][1:], 16)), text))
