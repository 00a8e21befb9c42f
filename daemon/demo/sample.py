"""The sample's two deliveries and the truth about their cuts."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from daemon.demo import scenes
from daemon.demo.scenes import Shot, play
from media.sample import write_dcp, write_mp4

RATE = Fraction(24)
FILM_SIZE = (640, 360)
PACKAGE_SIZE = (408, 172)
"""A fifth of 2K scope a side, for JPEG 2000 takes long to encode."""

FILM = (
    Shot("landscape by day", scenes.landscape, 44),
    Shot("figure in a field", scenes.figure_in_field, 36),
    Shot("face", scenes.face, 30),
    Shot("room", scenes.room, 38),
    Shot("street at night", scenes.night_street, 46, dissolve=14),
    Shot("hall", scenes.hall, 30),
    Shot("sea in the evening", scenes.sea, 36),
)
REELS = (
    (Shot("sea in the evening", scenes.sea, 22), Shot("hall", scenes.hall, 18), Shot("face", scenes.face, 16)),
    (Shot("landscape by day", scenes.landscape, 20), Shot("room", scenes.room, 22)),
)


@dataclass(frozen=True)
class Sample:
    """A delivery, and its transitions as (kind, first frame, frame after the last); for a cut both are the same."""

    path: Path
    frames: int
    transitions: tuple[tuple[str, int, int], ...]


def draw_sample(folder: Path) -> tuple[Sample, Sample]:
    """Draws the film and the package into a folder, unless they are there already."""
    folder.mkdir(parents=True, exist_ok=True)
    film, package = folder / "Small Film.mp4", folder / "Small Film DCP"
    if not film.exists():
        drawing = folder / ".drawing.mp4"
        write_mp4(drawing, play(FILM, *FILM_SIZE, seed=1), RATE)
        drawing.rename(film)
    if not package.exists():
        drawing = folder / ".drawing"
        shutil.rmtree(drawing, ignore_errors=True)
        reels = [play(reel, *PACKAGE_SIZE, seed=2 + number) for number, reel in enumerate(REELS)]
        write_dcp(drawing, "Small Film", reels, RATE)
        drawing.rename(package)
    return _sample(film, FILM), _sample(package, tuple(itertools.chain.from_iterable(REELS)))


def _sample(path: Path, shots: Sequence[Shot]) -> Sample:
    transitions, start = [], 0
    for shot in shots:
        if start:
            kind = "dissolve" if shot.dissolve else "cut"
            transitions.append((kind, start, start + shot.dissolve))
        start += shot.frames
    return Sample(path, start, tuple(transitions))
