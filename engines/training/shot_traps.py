"""What happens inside a shot and is no transition: flashes, strobes, things that pass, grain, repeated frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def spoil_shot(rng: np.random.Generator, frames: Floats) -> Floats:
    """Each trap now and then; [frames, height, width, 3], 0..255."""
    for chance, trap in (
        (0.12, _flash),
        (0.04, _strobe),
        (0.06, _passer_by),
        (0.05, _whip),
        (0.05, _exposure),
        (0.04, _freeze),
    ):
        if len(frames) > 6 and rng.random() < chance:
            frames = trap(rng, frames)
    return frames


def spoil_edit(rng: np.random.Generator, frames: Floats) -> Floats:
    """What the whole delivery went through: repeated frames, bars, titles over the picture, softness, grain."""
    if rng.random() < 0.1:
        frames = frames[np.arange(len(frames)) // 2 * 2]
    if rng.random() < 0.25:
        bar = int(rng.integers(4, 14))
        frames[:, :bar] = frames[:, -bar:] = 0
    if rng.random() < 0.3:
        frames = _subtitles(rng, frames)
    if rng.random() < 0.3:
        frames = (frames + np.roll(frames, 1, 1) + np.roll(frames, 1, 2)) / np.float32(3)
    if rng.random() < 0.1:
        frames = np.repeat(frames.mean(axis=3, keepdims=True), 3, axis=3)
    if rng.random() < 0.5:
        grain = rng.normal(0, rng.uniform(0.5, 5), (8, *frames.shape[1:])).astype(np.float32)
        frames += grain[rng.integers(8, size=len(frames))]
    if rng.random() < 0.1:
        frames *= rng.normal(1, 0.04, (len(frames), 1, 1, 1)).astype(np.float32)
    return frames


def _flash(rng: np.random.Generator, frames: Floats) -> Floats:
    """Bright at once, decaying over 1 to 6 frames; the whole picture or a part of it."""
    at, length = int(rng.integers(1, len(frames) - 2)), int(rng.integers(1, 7))
    light = rng.uniform(80, 400) * _spot(rng, frames.shape[1:3])
    for index in range(at, min(at + length, len(frames))):
        frames[index] += light[..., None] * np.float32((1 - (index - at) / length) ** rng.uniform(0.5, 3))
    return frames.clip(0, 255)


def _strobe(rng: np.random.Generator, frames: Floats) -> Floats:
    period, light = int(rng.integers(2, 9)), np.float32(rng.uniform(-180, 250))
    frames[::period] += light
    return frames.clip(0, 255)


def _passer_by(rng: np.random.Generator, frames: Floats) -> Floats:
    """Something large and plain passes close to the lens."""
    at, length = int(rng.integers(0, len(frames) - 3)), int(rng.integers(3, 16))
    width = frames.shape[2]
    size, colour = int(rng.integers(width // 3, width)), rng.uniform(0, 120, 3).astype(np.float32)
    for index in range(at, min(at + length, len(frames))):
        left = int(-size + (width + size) * (index - at + 0.5) / length)
        frames[index, :, max(left, 0) : max(left + size, 0)] = colour
    return frames


def _whip(rng: np.random.Generator, frames: Floats) -> Floats:
    """The camera swings away and stays: the picture slides and smears, and comes back elsewhere in itself."""
    at, length = int(rng.integers(1, len(frames) - 3)), int(rng.integers(3, 10))
    distance = int(rng.integers(20, 64)) * int(rng.choice([-1, 1]))
    for index in range(at, len(frames)):
        share = min(1.0, (index - at + 1) / length)
        frames[index] = np.roll(frames[index], int(distance * share), axis=1)
        if share < 1:
            steps = range(-6, 7, 2)
            frames[index] = sum(np.roll(frames[index], step, axis=1) for step in steps) / np.float32(len(steps))
    return frames


def _exposure(rng: np.random.Generator, frames: Floats) -> Floats:
    """The light changes over the shot without going out."""
    ramp = np.linspace(1, rng.uniform(0.5, 1.6), len(frames), dtype=np.float32)
    ramped: Floats = np.clip(frames * ramp[:, None, None, None], 0, 255)
    return ramped


def _freeze(rng: np.random.Generator, frames: Floats) -> Floats:
    at = int(rng.integers(1, len(frames) - 2))
    frames[at : at + int(rng.integers(2, 40))] = frames[at]
    return frames


def _subtitles(rng: np.random.Generator, frames: Floats) -> Floats:
    """Lines of light marks near the bottom that come and go at once."""
    height, width = frames.shape[1:3]
    at = 0
    while at < len(frames):
        length, pause = int(rng.integers(20, 90)), int(rng.integers(0, 40))
        row, size = int(height * rng.uniform(0.75, 0.9)), int(width * rng.uniform(0.2, 0.7))
        marks = rng.random((3, size, 1)) < 0.6
        left = (width - size) // 2
        block = frames[at : at + length, row : row + 3, left : left + size]
        block[...] = np.where(marks[: block.shape[1]], 235, block)
        at += length + pause
    return frames


def _spot(rng: np.random.Generator, size: tuple[int, int]) -> Floats:
    if rng.random() < 0.5:
        return np.ones(size, np.float32)
    y, x = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]), indexing="ij")
    away = np.hypot(y - rng.random(), x - rng.random())
    spot: Floats = np.exp(-((away / rng.uniform(0.15, 0.6)) ** 2)).astype(np.float32)
    return spot
