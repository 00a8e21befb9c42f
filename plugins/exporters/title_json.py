"""Everything known of a title as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from catalog.records import Analysis, Estimate, Loudness, Shot, Title
from plugins.hookspecs import Exporter, hookimpl

FORMAT_VERSION = 1


@hookimpl
def register_exporters() -> Sequence[Exporter]:
    return [Exporter("json", ".json", "Everything known of the title", export)]


def export(analysis: Analysis) -> bytes:
    """UTF-8, indented. Rates are strings such as "24000/1001", ends are exclusive."""
    return json.dumps(document(analysis), indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def document(analysis: Analysis) -> dict[str, Any]:
    """The export as plain lists and dictionaries."""
    title = analysis.title
    starts = {shot.number: shot for shot in analysis.shots}
    return {
        "format_version": FORMAT_VERSION,
        "title": {
            **{name: value for name, value in vars(title).items() if name not in ("tracks", "findings", "rate")},
            "rate": str(title.rate),
            "start_tc": title.timecode(0),
            "duration_s": round(float(title.frames / title.rate), 6),
            "tracks": [vars(track) for track in title.tracks],
            "findings": [vars(finding) for finding in title.findings],
        },
        "transitions": [vars(transition) for transition in analysis.transitions],
        "shots": [shot_document(title, shot) for shot in analysis.shots],
        "tags": [vars(tag) for tag in analysis.tags],
        "beats": [
            {
                **vars(beat),
                "start_frame": starts[beat.start_shot].start,
                "end_frame": starts[beat.end_shot].end,
                "start_tc": title.timecode(starts[beat.start_shot].start),
                "end_tc": title.timecode(starts[beat.end_shot].end),
            }
            for beat in analysis.beats
        ],
        "scenes": [vars(scene) for scene in analysis.scenes],
        "scores": [vars(score) for score in analysis.scores],
        "loudness": None if analysis.loudness is None else loudness_document(analysis.loudness),
        "active_picture": None if analysis.active_picture is None else vars(analysis.active_picture),
        "segments": [
            {
                "kind": stretch.kind,
                "start_frame": stretch.start,
                "end_frame": stretch.end,
                "start_tc": title.timecode(stretch.start),
                "end_tc": title.timecode(stretch.end),
            }
            for stretch in analysis.stretches
        ],
        "model_runs": [vars(run) for run in analysis.runs],
        "analysed_at": analysis.analysed_at,
        "app_version": analysis.app_version,
    }


def shot_document(title: Title, shot: Shot) -> dict[str, Any]:
    """One shot of the export."""
    return {
        "shot": shot.number,
        "start_frame": shot.start,
        "end_frame": shot.end,
        "start_tc": title.timecode(shot.start),
        "end_tc": title.timecode(shot.end),
        "duration_s": round(float(shot.frames / title.rate), 6),
        "key_frame": shot.key_frame,
        "transition_in": shot.transition_in,
        "transition_confidence": shot.transition_confidence,
        "scale": _estimate(shot.scale),
        "place": _estimate(shot.place),
        "time_of_day": _estimate(shot.time_of_day),
        "movement": _estimate(shot.movement),
        "tags": dict(shot.tags),
        "loudness_lufs": shot.loudness,
    }


def loudness_document(loudness: Loudness) -> dict[str, Any]:
    return {
        "integrated_lufs": loudness.integrated,
        "true_peak_dbtp": loudness.true_peak,
        "range_lu": loudness.range,
        "layout": loudness.layout,
    }


def _estimate(estimate: Estimate | None) -> dict[str, Any] | None:
    """None where it was not measured; an empty value means unsure."""
    return None if estimate is None else vars(estimate)
