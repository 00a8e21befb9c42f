"""How whole pictures move from frame to frame: the camera's motion, apart from that of things in the picture."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LAG = 3
"""Frames between two that are compared: slow moves become measurable, and a third of the work is done."""
_ROWS, _COLUMNS = 36, 64
_BLOCK_ROWS, _BLOCK_COLUMNS = 6, 8
_BLOCKS = (_ROWS // _BLOCK_ROWS, _COLUMNS // _BLOCK_COLUMNS)
_REACH = (9, 16)
"""Largest shift between compared frames, in rows and columns of 36 x 64."""
_ROUNDS = 3
_FIELDS = 6


@dataclass(frozen=True)
class _View:
    pattern: NDArray[np.float32]
    spectrum: NDArray[np.complex64]


class MotionMeter:
    """Push every frame in order; 8 bytes a frame are kept."""

    def __init__(self) -> None:
        self._motions = array("f")
        self._last: tuple[int, _View] | None = None

    def push(self, index: int, pattern: NDArray[np.float32]) -> None:
        """The frame at `index`, luma [36, 64] without its mean and contrast; only every third counts."""
        if index % LAG:
            return
        view = _View(pattern, np.fft.rfft2(pattern * _WINDOW).astype(np.complex64))
        values = (np.nan,) * _FIELDS
        if self._last is not None and self._last[0] == index - LAG:
            values = _motion(self._last[1], view)
        missing = index // LAG - len(self._motions) // _FIELDS
        self._motions.extend([np.nan] * missing * _FIELDS)
        self._motions.extend(values)
        self._last = index, view

    def motions(self, start: int, end: int) -> Floats:
        """Motion [pairs, 6] between frames of [start, end): see `_motion`."""
        first, past = -(-start // LAG) + 1, -(-end // LAG)
        return np.array(self._motions[first * _FIELDS : past * _FIELDS], np.float64).reshape(-1, _FIELDS)


_WINDOW = np.outer(np.hanning(_ROWS), np.hanning(_COLUMNS)).astype(np.float32)


def _motion(one: _View, other: _View) -> tuple[float, ...]:
    """From one frame to another: how far the picture moves right and down, in widths; how much it grows, and turns in
    radians; how far it is off that, in widths; and the share of it that follows. The camera moves the other way.

    A shift of whole pixels by phase correlation (Kuglin and Hines 1975), then the similarity that best explains the
    rest by the gradients of all pixels (Lucas and Kanade 1981), blocks that move otherwise weighted down.
    """
    down, right = _shift(one, other)
    before = one.pattern[max(0, -down) : _ROWS - max(0, down), max(0, -right) : _COLUMNS - max(0, right)]
    after = other.pattern[max(0, down) : _ROWS - max(0, -down), max(0, right) : _COLUMNS - max(0, -right)]
    rows, columns = before.shape[0] // _BLOCK_ROWS * _BLOCK_ROWS, before.shape[1] // _BLOCK_COLUMNS * _BLOCK_COLUMNS
    before, after = before[:rows, :columns], after[:rows, :columns]
    mean = (before + after) * np.float32(0.5)
    vertical, horizontal = np.gradient(mean)
    x = np.arange(columns, dtype=np.float32) - (columns - 1) / np.float32(2)
    y = (np.arange(rows, dtype=np.float32) - (rows - 1) / np.float32(2))[:, None]
    basis = np.stack(
        [
            horizontal,
            vertical,
            horizontal * x + vertical * y,
            vertical * x - horizontal * y,
            after - before,
        ]
    )
    blocks = basis.reshape(5, rows // _BLOCK_ROWS, _BLOCK_ROWS, columns // _BLOCK_COLUMNS, _BLOCK_COLUMNS)
    blocks = blocks.transpose(1, 3, 0, 2, 4).reshape(-1, 5, _BLOCK_ROWS * _BLOCK_COLUMNS)
    products = (blocks @ blocks.transpose(0, 2, 1)).astype(np.float64)
    moved, unexplained, following = _fit(products)
    return (
        (moved[0] + right) / _COLUMNS,
        (moved[1] + down) / _COLUMNS,
        moved[2],
        moved[3],
        unexplained / _COLUMNS,
        following,
    )


def _shift(one: _View, other: _View) -> tuple[int, int]:
    cross = other.spectrum * one.spectrum.conj()
    peaks = np.fft.irfft2(cross / (np.abs(cross) + 1e-3), (_ROWS, _COLUMNS))
    near = np.roll(peaks, _REACH, (0, 1))[: 2 * _REACH[0] + 1, : 2 * _REACH[1] + 1]
    at = int(near.argmax())
    return at // near.shape[1] - _REACH[0], at % near.shape[1] - _REACH[1]


def _fit(products: Floats) -> tuple[Floats, float, float]:
    """Parameters [4] by reweighting blocks; products [blocks, 5, 5] of four gradients and the change."""
    count = len(products)
    normal, change, rest = products[:, :4, :4].reshape(count, 16), products[:, :4, 4], products[:, 4, 4]
    slope = normal[:, 0] + normal[:, 5]
    textured = slope > _TEXTURE * _BLOCK_ROWS * _BLOCK_COLUMNS
    if textured.mean() < 0.15:
        return np.zeros(4), 0.0, 0.0
    weight: Floats = textured.astype(np.float64)
    moved: Floats = np.zeros(4)
    off: Floats = np.zeros(count)
    steep = np.sqrt(np.maximum(slope, 1e-6))
    for _ in range(_ROUNDS):
        moved = -np.asarray(np.linalg.solve((weight @ normal).reshape(4, 4) + _PRIOR, weight @ change), np.float64)
        left = rest + 2 * (change @ moved) + normal @ np.outer(moved, moved).ravel()
        off = np.sqrt(np.maximum(left, 0)) / steep
        typical = float(np.median(off[textured])) + 0.02
        weight = textured / (1 + (off / (1.5 * typical)) ** 4)
    following = float((textured & (off < 0.3)).sum() / textured.sum())
    return moved, float(np.median(off[textured])), following


_PRIOR = np.diag((1e-4, 1e-4, 1e-2, 1e-2))
_TEXTURE = 2e-3
"""Mean squared slope, of a pattern whose deviation is 1, below which a block cannot show motion."""
