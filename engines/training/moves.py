"""Synthetic camera moves over stills, with exact truth: thumbnails of one shot, and how its camera moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Frames = NDArray[np.uint8]
_SIZE = (128, 72)
_STILL = (384, 216)


@dataclass(frozen=True)
class Move:
    """A path of the camera over `frames` frames: centre in widths of the picture, and magnification."""

    right: NDArray[np.float64]
    down: NDArray[np.float64]
    growth: NDArray[np.float64]
    parallax: float = 0.0


def make_move(kind: str, still: Image.Image, passer: Image.Image, seed: int) -> Frames:
    """A shot [frames, 72, 128, 3] of `still` as a camera that does `kind` sees it; often others move in it.

    kind: one of engines.shots.movement.MOVEMENTS. The same seed gives the same shot.
    """
    rng = np.random.default_rng(seed)
    frames = int(rng.integers(20, 120))
    move = _move(kind, rng, frames)
    still = still.convert("RGB").resize(_STILL, Image.Resampling.BOX)
    near = _near_part(rng) if kind == "dolly" else None
    subjects = [_Subject(rng, passer, frames) for _ in range(int(rng.choice([0, 1, 2, 4], p=[0.3, 0.3, 0.2, 0.2])))]
    light = np.ones(frames) + (rng.normal(0, 0.02, frames) if rng.random() < 0.3 else 0)
    drawn = np.empty((frames, 72, 128, 3), np.float32)
    for at in range(frames):
        view = _view(still, move, at, 1.0)
        if near is not None:
            closer = np.asarray(_view(still, move, at, 1 + move.parallax), np.float32)
            view = Image.fromarray((np.asarray(view) * (1 - near) + closer * near).astype(np.uint8))
        for subject in subjects:
            subject.draw(view, at)
        drawn[at] = np.asarray(view, np.float32) * light[at]
    drawn += rng.normal(0, rng.uniform(0.3, 4), drawn.shape)
    return np.clip(drawn, 0, 255).astype(np.uint8)


def _move(kind: str, rng: np.random.Generator, frames: int) -> Move:
    still = np.zeros(frames)
    ramp = np.arange(frames) * _eased(rng, frames)
    sign = float(rng.choice([-1, 1]))
    speed = float(np.exp(rng.uniform(np.log(0.0015), np.log(0.02))))
    travel = sign * min(speed, 0.8 / frames) * ramp
    drift = float(rng.uniform(-0.25, 0.25)) * travel
    shake = float(rng.choice([rng.uniform(0, 0.0004), rng.uniform(0, 0.0012)], p=[0.75, 0.25]))  # or film weaves
    jitter = [_shaken(rng, frames, shake) for _ in range(2)]
    rate = float(np.exp(rng.uniform(np.log(0.001), np.log(0.012))))
    growth = sign * min(rate, 0.7 / frames) * ramp
    if kind == "pan":
        return Move(travel + jitter[0], drift + jitter[1], still)
    if kind == "tilt":
        return Move(drift + jitter[0], 0.6 * travel + jitter[1], still)
    if kind == "zoom":
        return Move(0.3 * drift + jitter[0], jitter[1], growth)
    if kind == "dolly":
        return Move(0.3 * drift + jitter[0], jitter[1], growth, float(rng.uniform(0.8, 2.0)))
    if kind == "handheld":
        shake = float(np.exp(rng.uniform(np.log(0.002), np.log(0.009))))
        jitter = [_shaken(rng, frames, shake) for _ in range(2)]
        part = float(rng.choice([0, 0.3]))
        return Move(part * travel + jitter[0], part * drift + jitter[1], still)
    return Move(jitter[0], jitter[1], still)


def _eased(rng: np.random.Generator, frames: int) -> NDArray[np.float64]:
    """Moves often start or end slowly."""
    if rng.random() < 0.5:
        return np.ones(frames)
    part = np.linspace(0, 1, frames)
    return np.asarray(part**0.3 if rng.random() < 0.5 else 0.5 + 0.5 * part)


def _shaken(rng: np.random.Generator, frames: int, size: float) -> NDArray[np.float64]:
    """A hand's tremor: noise between about 1 and 4 Hz at 24 frames a second."""
    noise = rng.normal(0, 1, frames + 48)
    slow = np.convolve(noise, np.hanning(9) / np.hanning(9).sum(), "same")
    slow -= np.convolve(slow, np.ones(31) / 31, "same")
    return slow[24 : 24 + frames] / 0.35 * size


def _view(still: Image.Image, move: Move, at: int, nearer: float) -> Image.Image:
    scale = 2.0 / np.exp(nearer * move.growth[at] - max(0.0, nearer * float(move.growth.max())) + 0.0)
    scale = min(max(scale, 0.6), 2.9)
    middle = float(move.right.max() + move.right.min()) / 2, float(move.down.max() + move.down.min()) / 2
    x = _STILL[0] / 2 + (move.right[at] - middle[0]) * nearer * _SIZE[0] * scale
    y = _STILL[1] / 2 + (move.down[at] - middle[1]) * nearer * _SIZE[0] * scale
    matrix = (scale, 0.0, x - scale * _SIZE[0] / 2, 0.0, scale, y - scale * _SIZE[1] / 2)
    return still.transform(_SIZE, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


def _near_part(rng: np.random.Generator) -> NDArray[np.float32]:
    """Where things are near: the ground, or one side of the picture; soft at its edge."""
    rows, columns = np.mgrid[0:72, 0:128]
    edge = {"ground": rows - rng.uniform(28, 50), "left": rng.uniform(30, 60) - columns, "right": columns - 80}
    distance = edge[str(rng.choice(list(edge)))]
    near: NDArray[np.float32] = np.clip(distance / 6 + 0.5, 0, 1)[..., None].astype(np.float32)
    return near


class _Subject:
    """Somebody in the picture who moves on his own: up to half of it."""

    def __init__(self, rng: np.random.Generator, passer: Image.Image, frames: int) -> None:
        width, height = int(rng.integers(16, 80)), int(rng.integers(20, 70))
        self._picture = passer.convert("RGB").resize((width, height), Image.Resampling.BOX)
        self._mask = Image.fromarray((255 * _ellipse(height, width)).astype(np.uint8))
        start, pace = rng.uniform(-20, 110), rng.uniform(-1.2, 1.2)
        sway = rng.uniform(0, 3) * np.sin(np.arange(frames) * rng.uniform(0.1, 0.6))
        self._left, self._top = start + pace * np.arange(frames) + sway, rng.uniform(5, 40) + sway / 2

    def draw(self, view: Image.Image, at: int) -> None:
        view.paste(self._picture, (round(self._left[at]), round(self._top[at])), self._mask)


def _ellipse(height: int, width: int) -> NDArray[np.float64]:
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    inside: NDArray[np.float64] = np.clip((1 - rows**2 - columns**2) * 6, 0, 1)
    return inside
