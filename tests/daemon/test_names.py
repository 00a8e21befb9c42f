from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from daemon.names import as_path, as_text

NAMES = (
    b"plain.mov",
    "Séance — 1.mov".encode(),
    b"latin-1 \xe9\xff.mov",
    b"back\\slash\\udce9.mov",
    b"\\\\udc80\x80",
    b"new\nline",
)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_stored_as_text_and_leads_back_to_its_file(tmp_path: Path, name: bytes) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    path.write_bytes(b"film")
    connection = sqlite3.connect(":memory:")
    (stored,) = connection.execute("SELECT ?", [as_text(path)]).fetchone()
    assert as_path(stored) == path
    assert as_path(stored).read_bytes() == b"film"


def test_two_names_never_share_a_text() -> None:
    assert len({as_text(Path(os.fsdecode(name))) for name in (b"\xe9", b"\\udce9", b"\\\\udce9")}) == 3
