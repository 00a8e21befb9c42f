"""The title as an OpenTimelineIO timeline: a clip a shot, a marker a beat event, our facts as metadata."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from catalog.records import Analysis, Beat, Shot, Title
from plugins.exporters.title_json import shot_document
from plugins.hookspecs import Exporter, hookimpl

METADATA = "reelwatch"


@hookimpl
def register_exporters() -> Sequence[Exporter]:
    return [Exporter("otio", ".otio", "OpenTimelineIO timeline, a clip a shot", export)]


def export(analysis: Analysis) -> bytes:
    """A .otio file (schemas Timeline.1, Stack.1, Track.1, Clip.2). Source times are the title's timecode."""
    title = analysis.title
    track = {
        "OTIO_SCHEMA": "Track.1",
        "name": "Shots",
        "kind": "Video",
        "children": [_clip(title, shot) for shot in analysis.shots],
        "markers": [_marker(analysis, beat) for beat in analysis.beats],
    }
    timeline = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": title.name,
        "global_start_time": _time(title, title.start_frame),
        "tracks": {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": [track]},
        "metadata": {METADATA: {"identity": title.identity, "source": title.source, "rate": str(title.rate)}},
    }
    return json.dumps(timeline, indent=1).encode()


def _clip(title: Title, shot: Shot) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "Clip.2",
        "name": f"Shot {shot.number}",
        "source_range": _range(title, title.start_frame + shot.start, shot.frames),
        "media_references": {
            "DEFAULT_MEDIA": {
                "OTIO_SCHEMA": "ExternalReference.1",
                "target_url": title.source,
                "available_range": _range(title, title.start_frame, title.frames),
            }
        },
        "active_media_reference_key": "DEFAULT_MEDIA",
        "metadata": {METADATA: shot_document(title, shot)},
    }


def _marker(analysis: Analysis, beat: Beat) -> dict[str, Any]:
    """In the time of the track, which begins at 0."""
    shots = {shot.number: shot for shot in analysis.shots}
    start, end = shots[beat.start_shot].start, shots[beat.end_shot].end
    return {
        "OTIO_SCHEMA": "Marker.2",
        "name": beat.category,
        "color": "RED",
        "marked_range": _range(analysis.title, start, end - start),
        "metadata": {METADATA: vars(beat)},
    }


def _time(title: Title, frame: int) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(title.rate), "value": float(frame)}


def _range(title: Title, start: int, frames: int) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": _time(title, start),
        "duration": _time(title, frames),
    }
