"""Drawn scenes: a place, perhaps a figure at some distance, and a slow camera. RGB pictures, uint8."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from media.programme import Picture

Canvas = NDArray[np.float32]
"""[height, width, 3], 0 to 1. Coordinates of things drawn on it are shares of its width and height."""
Colour = tuple[float, float, float]
Draw = Callable[[Canvas, float], None]
"""Draws a moment of a scene; its second argument runs from 0 to 1 over the shot."""

_SKIN: Colour = (0.80, 0.60, 0.48)
_GRAIN = 0.012


@dataclass(frozen=True)
class Shot:
    """What is seen, for how many frames; `dissolve`: frames over which it comes in."""

    name: str
    draw: Draw
    frames: int
    dissolve: int = 0


def play(shots: tuple[Shot, ...], width: int, height: int, seed: int) -> Iterator[Picture]:
    """The shots one after the other, with film grain. A dissolve lies in its shot's own first frames."""
    rng = np.random.default_rng(seed)
    before: Canvas | None = None
    for shot in shots:
        for frame in range(shot.frames):
            canvas = blank(width, height)
            shot.draw(canvas, frame / shot.frames)
            if before is not None and frame < shot.dissolve:
                share = (frame + 1) / (shot.dissolve + 1)
                shown = canvas * np.float32(share) + before * np.float32(1 - share)
            else:
                shown = canvas
            grain = rng.normal(0, _GRAIN, (height, width, 1)).astype(np.float32)
            yield (np.clip(shown + grain, 0, 1) * 255).astype(np.uint8)
        before = canvas


def blank(width: int, height: int) -> Canvas:
    return np.zeros((height, width, 3), np.float32)


def landscape(canvas: Canvas, moment: float) -> None:
    """Day, exterior: sky, hills, a lake; the camera pans."""
    _gradient(canvas, (0.35, 0.60, 0.90), (0.85, 0.92, 0.98), 0.0, 0.6)
    _disc(canvas, 0.75 - 0.05 * moment, 0.18, 0.05, (1.0, 0.95, 0.75))
    for depth, colour in enumerate(((0.45, 0.55, 0.62), (0.30, 0.48, 0.35), (0.20, 0.38, 0.18))):
        _hills(canvas, 0.42 + 0.09 * depth, 0.06 + 0.02 * depth, 3 + 2 * depth, moment * 0.1 * (depth + 1), colour)
    _gradient(canvas, (0.30, 0.45, 0.55), (0.16, 0.30, 0.40), 0.78, 1.0)
    _ripples(canvas, 0.78, moment)


def night_street(canvas: Canvas, moment: float) -> None:
    """Night, exterior: house fronts with lit windows, lamps, a wet road with a car's lights."""
    _gradient(canvas, (0.01, 0.02, 0.06), (0.05, 0.05, 0.10), 0.0, 0.7)
    lit = np.random.default_rng(7)
    for house in range(8):
        left = house * 0.14 - 0.06 - 0.04 * moment
        top = 0.12 + 0.2 * lit.random()
        _box(canvas, left, top, left + 0.13, 0.72, (0.06, 0.06, 0.08))
        for row in range(6):
            for column in range(3):
                if lit.random() < 0.45:
                    x, y = left + 0.015 + column * 0.04, top + 0.04 + row * 0.08
                    _box(canvas, x, y, x + 0.022, y + 0.04, (0.95, 0.75, 0.35))
    _gradient(canvas, (0.06, 0.06, 0.08), (0.12, 0.11, 0.12), 0.72, 1.0)
    car = 0.1 + 0.7 * moment
    for lamp in (0.0, 0.09):
        _disc(canvas, car + lamp, 0.80, 0.018, (1.0, 0.95, 0.8))
        _box(canvas, car + lamp - 0.008, 0.83, car + lamp + 0.008, 0.97, (0.35, 0.32, 0.25))


def room(canvas: Canvas, moment: float) -> None:
    """Interior, day: a wall with a window and a picture, a table, a lamp, and somebody at the table."""
    canvas[:] = (0.72, 0.62, 0.50)
    _box(canvas, 0.0, 0.78, 1.0, 1.0, (0.36, 0.24, 0.16))
    _box(canvas, 0.08, 0.12, 0.30, 0.55, (0.90, 0.95, 1.0))
    _box(canvas, 0.185, 0.12, 0.195, 0.55, (0.45, 0.35, 0.28))
    _box(canvas, 0.74, 0.16, 0.90, 0.40, (0.25, 0.35, 0.30))
    _figure(canvas, 0.52 + 0.02 * moment, 1.35, 1.1, (0.55, 0.18, 0.20))
    _box(canvas, 0.25, 0.82, 0.85, 0.86, (0.50, 0.33, 0.20))
    _box(canvas, 0.27, 0.86, 0.83, 1.0, (0.40, 0.26, 0.16))
    _box(canvas, 0.70, 0.62, 0.72, 0.82, (0.2, 0.2, 0.2))
    _disc(canvas, 0.71, 0.58, 0.05, (1.0, 0.92, 0.65))


def figure_in_field(canvas: Canvas, moment: float) -> None:
    """A whole figure walking in front of a wood: a long shot."""
    _gradient(canvas, (0.60, 0.75, 0.92), (0.80, 0.88, 0.95), 0.0, 0.5)
    wood = np.random.default_rng(3)
    for _ in range(60):
        x, tall = wood.random() * 1.1 - 0.05 - 0.03 * moment, 0.15 + 0.2 * wood.random()
        green = 0.22 + 0.2 * wood.random()
        _disc(canvas, x, 0.55 - tall / 2, tall / 2, (0.10, green, 0.10))
    _gradient(canvas, (0.35, 0.50, 0.20), (0.50, 0.58, 0.25), 0.55, 1.0)
    _figure(canvas, 0.30 + 0.25 * moment, 0.92, 0.62, (0.15, 0.25, 0.55), striding=moment)


def face(canvas: Canvas, moment: float) -> None:
    """A face that fills the frame, before a dark curtain: a close-up."""
    folds = 0.10 + 0.05 * np.sin(np.linspace(0, 40, canvas.shape[1]))
    canvas[:] = folds[None, :, None] * np.array([1.4, 0.5, 0.6])
    _head(canvas, 0.5 + 0.01 * np.sin(6 * moment), 0.50, 0.40, blink=0.45 < moment < 0.52)


def hall(canvas: Canvas, moment: float) -> None:
    """Interior: a long hall with columns, floor in perspective, two figures from the knees up."""
    _gradient(canvas, (0.30, 0.28, 0.35), (0.55, 0.50, 0.48), 0.0, 0.70)
    for column in range(5):
        x = 0.04 + column * 0.23 - 0.04 * moment
        _box(canvas, x, 0.0, x + 0.05, 0.70, (0.62, 0.58, 0.52))
        _box(canvas, x + 0.035, 0.0, x + 0.05, 0.70, (0.42, 0.39, 0.36))
    _gradient(canvas, (0.38, 0.33, 0.30), (0.20, 0.17, 0.16), 0.70, 1.0)
    _figure(canvas, 0.36, 1.30, 1.15, (0.12, 0.12, 0.14))
    _figure(canvas, 0.64 + 0.01 * np.sin(9 * moment), 1.32, 1.12, (0.75, 0.70, 0.60))


def sea(canvas: Canvas, moment: float) -> None:
    """Exterior, evening: sun over the sea, waves that run."""
    _gradient(canvas, (0.30, 0.18, 0.40), (0.98, 0.60, 0.30), 0.0, 0.55)
    _disc(canvas, 0.5, 0.46 + 0.04 * moment, 0.09, (1.0, 0.88, 0.55))
    _gradient(canvas, (0.55, 0.32, 0.30), (0.08, 0.10, 0.20), 0.55, 1.0)
    _ripples(canvas, 0.55, 4 * moment)


def _gradient(canvas: Canvas, upper: Colour, lower: Colour, top: float, bottom: float) -> None:
    height = len(canvas)
    first, last = int(top * height), int(bottom * height)
    share = np.linspace(0, 1, last - first, dtype=np.float32)[:, None]
    canvas[first:last] = (np.array(upper) * (1 - share) + np.array(lower) * share)[:, None, :]


def _box(canvas: Canvas, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
    height, width = canvas.shape[:2]
    rows = slice(max(0, round(top * height)), max(0, round(bottom * height)))
    canvas[rows, max(0, round(left * width)) : max(0, round(right * width))] = colour


def _disc(canvas: Canvas, x: float, y: float, radius: float, colour: Colour, stretch: float = 1.0) -> None:
    """radius: a share of the height; stretch: how much higher than wide."""
    height, width = canvas.shape[:2]
    reach_x, reach_y = radius * height, radius * height * stretch
    left, top = max(0, int(x * width - reach_x)), max(0, int(y * height - reach_y))
    region = canvas[top : max(0, int(y * height + reach_y) + 2), left : max(0, int(x * width + reach_x) + 2)]
    if not region.size:
        return
    rows = (np.arange(region.shape[0]) + top - y * height)[:, None] / reach_y
    columns = (np.arange(region.shape[1]) + left - x * width)[None, :] / reach_x
    inside = np.clip((1 - np.sqrt(rows**2 + columns**2)) * reach_x, 0, 1)[:, :, None]
    region[:] = region * (1 - inside) + np.array(colour) * inside


def _hills(canvas: Canvas, base: float, rise: float, waves: int, shift: float, colour: Colour) -> None:
    height, width = canvas.shape[:2]
    x = np.linspace(0, 1, width) + shift
    ridge = base - rise * (np.sin(waves * x * 2.1) + 0.5 * np.sin(waves * x * 5.3 + 1))
    below = np.linspace(0, 1, height)[:, None] > ridge[None, :]
    canvas[below] = colour


def _ripples(canvas: Canvas, horizon: float, moment: float) -> None:
    height, width = canvas.shape[:2]
    first = int(horizon * height)
    y, x = np.mgrid[first:height, 0:width].astype(np.float32)
    waves = np.sin(y * 0.9 + 6 * np.sin(x * 0.02 + moment * 3) + moment * 12)
    canvas[first:] += (0.05 * waves)[:, :, None]


def _figure(canvas: Canvas, x: float, feet: float, tall: float, coat: Colour, striding: float | None = None) -> None:
    """A standing person; feet may lie below the frame, which makes the shot closer."""
    aspect = canvas.shape[0] / canvas.shape[1]
    wide = tall * aspect
    step = 0.0 if striding is None else 0.07 * np.sin(striding * 25)
    for side in (-1, 1):
        leg = x + side * (0.04 + step) * wide
        _box(canvas, leg - 0.045 * wide, feet - 0.48 * tall, leg + 0.045 * wide, feet, (0.14, 0.13, 0.16))
        arm = x + side * 0.15 * wide
        _box(canvas, arm - 0.03 * wide, feet - 0.80 * tall, arm + 0.03 * wide, feet - 0.42 * tall, coat)
    _box(canvas, x - 0.12 * wide, feet - 0.82 * tall, x + 0.12 * wide, feet - 0.42 * tall, coat)
    _box(canvas, x - 0.025 * wide, feet - 0.87 * tall, x + 0.025 * wide, feet - 0.81 * tall, _SKIN)
    _head(canvas, x, feet - 0.92 * tall, 0.065 * tall)


def _head(canvas: Canvas, x: float, y: float, radius: float, blink: bool = False) -> None:
    aspect = canvas.shape[0] / canvas.shape[1]
    wide = radius * aspect
    _disc(canvas, x, y - 0.22 * radius, radius * 1.04, (0.20, 0.13, 0.08), 1.15)
    _disc(canvas, x, y + 0.12 * radius, radius * 0.86, _SKIN, 1.2)
    for side in (-1, 1):
        eye = x + side * 0.33 * wide
        _disc(canvas, eye, y, radius * 0.15, _SKIN if blink else (0.97, 0.97, 0.95), 0.6)
        _disc(canvas, eye, y, radius * 0.07, (0.25, 0.18, 0.12), 0.2 if blink else 1.0)
        _box(canvas, eye - 0.17 * wide, y - 0.24 * radius, eye + 0.17 * wide, y - 0.19 * radius, (0.2, 0.13, 0.08))
    _disc(canvas, x, y + 0.28 * radius, radius * 0.09, (0.70, 0.48, 0.38), 1.8)
    _disc(canvas, x, y + 0.62 * radius, radius * 0.24, (0.62, 0.25, 0.25), 0.3)
