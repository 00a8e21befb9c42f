"""Shots and beats as the tab-separated text that Media Composer's Markers window imports."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.records import Analysis
from plugins.exporters.markers import markers
from plugins.hookspecs import Exporter, hookimpl

COLOURS = {"shot": "Cyan", "beat": "Red"}
COMMENT_LENGTH = 128
"""Longer comments are cut, since older versions refuse the whole list for one; we keep well below."""


@hookimpl
def register_exporters() -> Sequence[Exporter]:
    return [Exporter("markers-avid", ".markers.txt", "Marker list for Avid Media Composer", export)]


def export(analysis: Analysis) -> bytes:
    """User, timecode, track, colour, comment and length in frames, a line a marker; UTF-8, CR LF."""
    title = analysis.title
    lines = (
        "\t".join(
            [
                "Reelwatch",
                title.timecode(marker.start),
                "V1",
                COLOURS[marker.kind],
                " ".join(f"{marker.name}: {marker.comment}".split())[:COMMENT_LENGTH].rstrip(": "),
                str(marker.end - marker.start),
            ]
        )
        for marker in markers(analysis)
    )
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "backslashreplace")
