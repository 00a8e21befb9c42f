"""Camera movement on moves whose every frame is known: measured motion, and the word for it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engines.shots.features import describe
from engines.shots.motion import LAG, MotionMeter
from engines.shots.movement import movement
from engines.training.moves import make_move

Frames = NDArray[np.uint8]


def still(seed: int) -> Image.Image:
    """A place with things of many sizes in it."""
    rng = np.random.default_rng(seed)
    picture = np.full((432, 768, 3), 120.0)
    for _ in range(150):
        y, x = rng.integers(0, 420), rng.integers(0, 750)
        picture[y : y + rng.integers(8, 90), x : x + rng.integers(8, 90)] = rng.uniform(0, 255, 3)
    return Image.fromarray(picture.astype(np.uint8))


def seen(frames: Frames) -> MotionMeter:
    meter = MotionMeter()
    for index, picture in enumerate(frames):
        if index % LAG == 0:
            meter.push(index, describe(picture, None).pattern)
    return meter


def travelled(right: float, down: float, growth: float, frames: int = 30) -> Frames:
    """Camera moves in pixels of the thumbnail a frame, and growth a frame."""
    place, drawn = still(0), []
    for at in range(frames):
        scale = 2 / np.exp(growth * at)
        x, y = 384 + 2 * right * at - 64 * scale, 216 + 2 * down * at - 36 * scale
        view = place.transform((128, 72), Image.Transform.AFFINE, (scale, 0, x, 0, scale, y), Image.Resampling.BILINEAR)
        drawn.append(np.asarray(view))
    return np.array(drawn)


@pytest.mark.parametrize(
    ("right", "down", "growth"),
    [(0.5, 0, 0), (-2.5, 0, 0), (0, 0.4, 0), (1.5, -0.8, 0), (0, 0, 0.006), (0, 0, -0.006)],
)
def test_motion_is_measured(right: float, down: float, growth: float) -> None:
    """The picture moves against the camera; units are widths of the picture over LAG frames."""
    motions = seen(travelled(right, down, growth)).motions(0, 30)
    assert np.median(motions[:, 0]) == pytest.approx(-right * LAG / 128, abs=0.0025)
    assert np.median(motions[:, 1]) == pytest.approx(-down * LAG / 128, abs=0.0025)
    assert np.median(motions[:, 2]) == pytest.approx(growth * LAG, abs=0.003)


def test_a_thing_that_moves_in_a_still_picture_is_not_the_camera() -> None:
    frames = np.repeat(np.asarray(still(1).resize((128, 72)))[None], 30, axis=0).copy()
    for at in range(30):
        frames[at, 20:60, 10 + 2 * at : 45 + 2 * at] = (200, 30, 30)
    motions = seen(frames).motions(0, 30)
    assert np.abs(np.median(motions[:, :2], axis=0)).max() < 0.001


def test_lost_frames_and_plain_pictures_are_passed_over() -> None:
    meter = MotionMeter()
    frames = travelled(1, 0, 0)
    for index in (0, 3, 4, 6, 15, 18, 24):
        meter.push(index, describe(frames[index], None).pattern)
    known = ~np.isnan(meter.motions(0, 30)[:, 0])
    assert known.tolist() == [True, True, False, False, False, True, False, False]
    plain = np.full((30, 72, 128, 3), 90, np.uint8)
    assert movement(seen(plain).motions(0, 30)).value == ""


def test_a_shot_has_only_its_own_motion() -> None:
    both = np.concatenate([travelled(0, 0, 0), travelled(2, 0, 0)])
    assert np.abs(seen(both).motions(0, 30)[:, 0]).max() < 0.001
    assert seen(both).motions(30, 60)[:, 0].max() < -0.02


@pytest.mark.parametrize("kind", ["static", "pan", "tilt", "zoom", "handheld"])
def test_movements_are_named(kind: str) -> None:
    """Or left unsure, where others move in front; engines.training.movement measures it on stills of films."""
    named = [
        movement(seen(frames).motions(0, len(frames))).value
        for frames in (make_move(kind, still(seed), still(50 + seed), seed) for seed in range(6))
    ]
    accepted = {kind, "dolly"} if kind == "zoom" else {kind}
    right = sum(name in accepted for name in named)
    assert right >= 2, named
    assert len([name for name in named if name]) - right <= 1, named


def test_a_shot_too_short_is_unsure() -> None:
    frames = travelled(1, 0, 0, 5)
    assert movement(seen(frames).motions(0, 5)).value == ""
