"""What marker lists mark: every shot, and every beat event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalog.records import Analysis, Shot


@dataclass(frozen=True)
class Marker:
    """Frames [start, end) of the title. kind: shot or beat."""

    kind: str
    name: str
    comment: str
    start: int
    end: int


def markers(analysis: Analysis) -> list[Marker]:
    """In the order in which they begin; a beat before the shot it begins with."""
    return sorted((*_beats(analysis), *_shots(analysis)), key=lambda marker: (marker.start, marker.kind))


def words(shot: Shot) -> str:
    """What is known of a shot, in a line: scale, setting, movement, tags."""
    estimates = (shot.scale, shot.place, shot.time_of_day, shot.movement)
    return " ".join([*(each.value for each in estimates if each and each.value), *shot.tags])


def _shots(analysis: Analysis) -> Iterator[Marker]:
    for shot in analysis.shots:
        yield Marker("shot", f"Shot {shot.number}", words(shot), shot.start, shot.end)


def _beats(analysis: Analysis) -> Iterator[Marker]:
    shots = {shot.number: shot for shot in analysis.shots}
    for beat in analysis.beats:
        comment = f"Shots {beat.start_shot} to {beat.end_shot}, {beat.source}"
        yield Marker("beat", beat.category, comment, shots[beat.start_shot].start, shots[beat.end_shot].end)
