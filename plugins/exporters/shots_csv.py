"""The shot log as CSV (RFC 4180), safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from catalog.records import Analysis, Estimate, Shot
from plugins.hookspecs import Exporter, hookimpl

COLUMNS = (
    "shot", "start_tc", "end_tc", "start_frame", "end_frame", "duration_s", "transition_in", "key_frame",
    "scale", "scale_confidence", "place", "time_of_day", "movement", "tags", "beats",
)  # fmt: skip


@hookimpl
def register_exporters() -> Sequence[Exporter]:
    return [Exporter("csv", ".csv", "Shot log, one row a shot", export)]


def export(analysis: Analysis) -> bytes:
    """UTF-8 with a byte order mark, without which Excel takes it for the local code page."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for shot in analysis.shots:
        writer.writerow([harmless(cell) for cell in _row(analysis, shot)])
    return text.getvalue().encode("utf-8-sig", "backslashreplace")


def _row(analysis: Analysis, shot: Shot) -> list[str]:
    title = analysis.title
    beats = [beat.category for beat in analysis.beats if beat.start_shot <= shot.number <= beat.end_shot]
    return [
        str(shot.number),
        title.timecode(shot.start),
        title.timecode(shot.end),
        str(shot.start),
        str(shot.end),
        f"{float(shot.frames / title.rate):.3f}",
        shot.transition_in or "",
        str(shot.key_frame),
        _said(shot.scale),
        f"{shot.scale.confidence:.3f}" if shot.scale else "",
        _said(shot.place),
        _said(shot.time_of_day),
        _said(shot.movement),
        " ".join(f"{tag}={probability:.2f}" for tag, probability in shot.tags.items()),
        " ".join(beat.replace(" ", "_") for beat in dict.fromkeys(beats)),
    ]


def _said(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    return estimate.value or "unsure"


def harmless(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula gets a quote before it (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
