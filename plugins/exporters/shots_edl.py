"""The shot log as an edit decision list (CMX 3600): an event a shot, with a locator that says what is in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from catalog.records import Analysis, Shot
from plugins.exporters.markers import words
from plugins.hookspecs import Exporter, hookimpl

REEL_LENGTH = 8
COMMENT_LENGTH = 80
"""Longest reel name and comment that readers of CMX 3600 lists are sure to keep."""


@hookimpl
def register_exporters() -> Sequence[Exporter]:
    return [Exporter("edl", ".edl", "CMX 3600 edit decision list, an event a shot", export)]


def export(analysis: Analysis) -> bytes:
    """ASCII, CR LF. Source and record timecode are the title's own, so that a conform lands on its frames."""
    title = analysis.title
    lines = [f"TITLE: {ascii_text(title.name)[:70]}", f"FCM: {'DROP FRAME' if title.drop_frame else 'NON-DROP FRAME'}"]
    for shot in analysis.shots:
        lines += _event(analysis, shot, reel_name(title.name))
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def reel_name(name: str) -> str:
    """At most eight letters and digits in capitals; AX, the name of an unlabelled reel, where none are left."""
    return re.sub(r"[^A-Z0-9]", "", ascii_text(name).upper())[:REEL_LENGTH] or "AX"


def _event(analysis: Analysis, shot: Shot, reel: str) -> Iterator[str]:
    title = analysis.title
    start, end = title.timecode(shot.start), title.timecode(shot.end)
    yield f"{shot.number:03d}  {reel:<8} V     C        {start} {end} {start} {end}"
    yield f"* FROM CLIP NAME: {ascii_text(title.name)}"[:COMMENT_LENGTH]
    yield f"* LOC: {start} WHITE   {ascii_text(f'SHOT {shot.number} {words(shot)}')}"[:COMMENT_LENGTH].rstrip()


def ascii_text(text: str) -> str:
    """Accents go, other scripts are left out: readers of edit decision lists know ASCII only."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(plain.split())
