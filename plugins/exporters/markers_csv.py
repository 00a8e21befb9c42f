"""Shots and beats as a marker list in Premiere Pro's own columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from catalog.records import Analysis
from media.timecode import timecode
from plugins.exporters.markers import markers
from plugins.exporters.shots_csv import harmless
from plugins.hookspecs import Exporter, hookimpl

COLUMNS = ("Marker Name", "Description", "In", "Out", "Duration", "Marker Type")


@hookimpl
def register_exporters() -> Sequence[Exporter]:
    return [Exporter("markers-csv", ".markers.csv", "Marker list in Premiere Pro's columns", export)]


def export(analysis: Analysis) -> bytes:
    """CSV, UTF-8 with a byte order mark. Out is the frame after the last, as In plus Duration is."""
    title = analysis.title
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for marker in markers(analysis):
        duration = timecode(marker.end - marker.start, title.rate, title.drop_frame)
        kind = "Chapter" if marker.kind == "beat" else "Comment"
        row = (marker.name, marker.comment, title.timecode(marker.start), title.timecode(marker.end), duration, kind)
        writer.writerow([harmless(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig", "backslashreplace")
