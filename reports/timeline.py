"""Lanes of the timeline as SVG paths, one path for all shapes that look the same.

The view box of every lane is frames wide and LANE_HEIGHT high, so that zooming is a change of the view box.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.records import Analysis, Estimate, Shot, Transition
from reports.statistics import cutting_rhythm
from reports.words import tag_name

LANE_HEIGHT = 100
TOP_TAGS = 6
_QUIETEST = -60
"""LUFS at the bottom of the loudness lane."""
_STRENGTHS = (0.5, 0.7, 0.9)
"""Bounds between the four shades in which a tag's probability is drawn."""


@dataclass(frozen=True)
class Shape:
    """`look` is a CSS class, `path` the d of an SVG path."""

    look: str
    path: str


@dataclass(frozen=True)
class Lane:
    """kind: CSS class of the whole lane. note: what the lane shows, in a sentence."""

    name: str
    kind: str
    note: str
    shapes: tuple[Shape, ...]


def lanes(analysis: Analysis) -> tuple[Lane, ...]:
    """All lanes there is something to show in; beats have labels and are drawn apart."""
    shots = analysis.shots
    found = [
        _scale_lane(shots),
        _scene_lane(analysis),
        *_setting_lanes(shots),
        _transition_lane(analysis),
        _rhythm_lane(analysis),
        _loudness_lane(shots),
    ]
    found += [_tag_lane(shots, tag.tag) for tag in analysis.tags[:TOP_TAGS]]
    return tuple(lane for lane in found if lane.shapes)


def look_of(estimate: Estimate | None) -> str:
    """CSS word of an estimate: its value, `unsure`, or `none` where nothing was measured."""
    if estimate is None:
        return "none"
    return estimate.value or "unsure"


def _scale_lane(shots: Sequence[Shot]) -> Lane:
    shapes = _grouped((f"scale-{look_of(shot.scale)}", shot) for shot in shots)
    edges = "".join(f"M{shot.start} 0v{LANE_HEIGHT}" for shot in shots[1:])
    return Lane("Shots", "shots", "Every shot, coloured by its scale.", (*shapes, Shape("edges", edges)))


def _scene_lane(analysis: Analysis) -> Lane:
    shots = {shot.number: shot for shot in analysis.shots}
    shades = (
        (f"scene-{scene.number % 2}", shots[number])
        for scene in analysis.scenes
        for number in range(scene.start_shot, scene.end_shot + 1)
    )
    return Lane(
        "Scenes", "scenes", "Scenes, in two shades by turns: shots that look alike and follow close.", _grouped(shades)
    )


def _setting_lanes(shots: Sequence[Shot]) -> list[Lane]:
    place = _grouped((f"setting-{look_of(shot.place)}", shot) for shot in shots if shot.place)
    time = _grouped((f"setting-{look_of(shot.time_of_day)}", shot) for shot in shots if shot.time_of_day)
    return [
        Lane("INT / EXT", "setting", "Interior or exterior; gaps are unsure.", place),
        Lane("Day / night", "setting", "By day or by night; gaps are unsure.", time),
    ]


def _transition_lane(analysis: Analysis) -> Lane:
    by_kind: dict[str, list[str]] = {}
    for each in analysis.transitions:
        by_kind.setdefault(each.kind.replace(" ", "-"), []).append(_transition_path(each))
    shapes = tuple(Shape(f"transition-{kind}", "".join(paths)) for kind, paths in by_kind.items())
    return Lane("Transitions", "transitions", "Cuts as lines; dissolves, fades and wipes as wedges.", shapes)


def _transition_path(each: Transition) -> str:
    if each.start == each.end:
        return f"M{each.start} 0v{LANE_HEIGHT}"
    return f"M{each.start} {LANE_HEIGHT}L{(each.start + each.end) / 2:g} 0L{each.end} {LANE_HEIGHT}z"


def _rhythm_lane(analysis: Analysis) -> Lane:
    rhythm = cutting_rhythm(analysis.shots, analysis.title)
    most = max((cuts for _, cuts in rhythm), default=0.0)
    if not most:
        return Lane("Cutting rhythm", "pace", "", ())
    points = "L".join(f"{frame:.0f} {LANE_HEIGHT * (1 - 0.95 * cuts / most):.1f}" for frame, cuts in rhythm)
    path = f"M0 {LANE_HEIGHT}L{points}L{analysis.title.frames} {LANE_HEIGHT}z"
    return Lane("Cutting rhythm", "pace", f"Cuts a minute, at most {most:.0f}.", (Shape("rhythm", path),))


def _loudness_lane(shots: Sequence[Shot]) -> Lane:
    bars = []
    for shot in shots:
        if shot.loudness is not None and shot.loudness > _QUIETEST:
            height = LANE_HEIGHT * min(1.0, 1 - shot.loudness / _QUIETEST)
            bars.append(f"M{shot.start} {LANE_HEIGHT}v{-height:.0f}h{shot.frames}v{height:.0f}z")
    note = f"Mean loudness of each shot (EBU R 128), from {_QUIETEST} to 0 LUFS."
    return Lane("Loudness", "loudness", note, (Shape("loud", "".join(bars)),) if bars else ())


def _tag_lane(shots: Sequence[Shot], tag: str) -> Lane:
    carriers = [(shot.tags[tag], shot) for shot in shots if tag in shot.tags]
    shapes = _grouped((f"strength-{sum(value >= bound for bound in _STRENGTHS)}", shot) for value, shot in carriers)
    name = tag_name(tag)
    return Lane(name, "carriers", f"Shots that carry '{name}'; the stronger the shade, the surer.", shapes)


def _grouped(shots: Iterable[tuple[str, Shot]]) -> tuple[Shape, ...]:
    """Shots as lines along the middle of the lane; the style sheet strokes them as wide as the lane is high."""
    paths: dict[str, list[str]] = {}
    for look, shot in shots:
        paths.setdefault(look, []).append(f"M{shot.start} {LANE_HEIGHT // 2}h{shot.frames}")
    return tuple(Shape(look, "".join(each)) for look, each in sorted(paths.items()))
