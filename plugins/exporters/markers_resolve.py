"""Shots and beats as the EDL from which DaVinci Resolve imports timeline markers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalog.records import Analysis, Title
from plugins.exporters.markers import Marker, markers
from plugins.exporters.shots_edl import ascii_text
from plugins.hookspecs import Exporter, hookimpl

COLOURS = {"shot": "ResolveColorCyan", "beat": "ResolveColorRed"}
NAME_LENGTH = 60


@hookimpl
def register_exporters() -> Sequence[Exporter]:
    return [Exporter("markers-resolve", ".markers.edl", "Timeline markers for DaVinci Resolve", export)]


def export(analysis: Analysis) -> bytes:
    """ASCII, CR LF: an event of one frame a marker, and after it colour (C), name (M) and length in frames (D)."""
    title = analysis.title
    lines = [f"TITLE: {ascii_text(title.name)[:70]}", f"FCM: {'DROP FRAME' if title.drop_frame else 'NON-DROP FRAME'}"]
    for number, marker in enumerate(markers(analysis), 1):
        lines += _event(title, number, marker)
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def _event(title: Title, number: int, marker: Marker) -> Iterator[str]:
    start, end = title.timecode(marker.start), title.timecode(marker.start + 1)
    name = ascii_text(f"{marker.name} {marker.comment}").replace("|", "/")[:NAME_LENGTH].rstrip()
    yield f"{number:03d}  001      V     C        {start} {end} {start} {end}"
    yield f" |C:{COLOURS[marker.kind]} |M:{name} |D:{marker.end - marker.start}"
