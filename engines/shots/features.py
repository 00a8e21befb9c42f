"""What one frame is like, and how it differs from those before and after it: numbers for the transition network.

Everything is computed frame by frame with the same operations, so that results do not depend on how a film is cut
into chunks. Costs are for one frame on one core.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from media.programme import THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH, Picture

Floats = NDArray[np.float32]

ROWS, COLUMNS = 18, 32
"""Size of the picture that differences are taken on."""
_SHIFT = 2
LAGS = (1, 2, 3, 5, 8, 13)
SPANS = (3, 6, 12, 24)
"""Half the lengths, in frames, over which a frame is tested for being a mix of two others."""
REACH = max(SPANS)
"""Frames that must follow before a frame's features are complete."""
FEATURES = 9 + 3 * len(LAGS) + 5 * len(SPANS) + 4


@dataclass(frozen=True)
class FrameDescription:
    """One frame in short. luma: [18, 32], 0..1. colour: [9, 16, 3]. histogram: [512], square roots of shares.

    pattern: [36, 64], luma without its mean and contrast. motion: against the frame before: what is left after
    moving blocks, what is left without, and the share of blocks that are new.
    """

    luma: Floats
    colour: Floats
    histogram: Floats
    pattern: Floats
    entropy: float
    mean: float
    deviation: float
    detail: float
    dark: float
    motion: tuple[float, float, float]


def describe(thumbnail: Picture, before: FrameDescription | None) -> FrameDescription:
    """Describes RGB [72, 128, 3] uint8; pictures of other sizes are read by nearest neighbour."""
    small = _halved(thumbnail)
    fine = (small @ _LUMA).astype(np.float32)
    luma = _pairs_mean(fine)
    deviation = float(fine.std())
    colour = _quarters_sum(small).astype(np.float32) / np.float32(16 * _WHITE)
    bins = (small >> 7).astype(np.int32) @ _BIN
    counts = np.bincount(bins.ravel(), minlength=512)
    levels = np.bincount((fine.ravel() * np.float32(63.99)).astype(np.int32), minlength=64) / fine.size
    present = levels[levels > 0]
    mean = float(fine.mean())
    return FrameDescription(
        luma=luma,
        colour=colour,
        histogram=np.sqrt(counts / np.float32(fine.size)).astype(np.float32),
        pattern=(fine - np.float32(mean)) / np.float32(max(deviation, 0.02)),
        entropy=float(-(present * np.log2(present)).sum()),
        mean=mean,
        deviation=deviation,
        detail=float(np.abs(np.diff(fine, axis=0)).mean() + np.abs(np.diff(fine, axis=1)).mean()),
        dark=float((fine < 0.06).mean()),
        motion=_motion(before.luma, luma) if before is not None else (0.0, 0.0, 0.0),
    )


_WHITE = 4 * 255
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32) / np.float32(_WHITE)
_BIN = np.array([64, 8, 1], np.int32)


def _halved(thumbnail: Picture) -> NDArray[np.uint16]:
    """[36, 64, 3], sums of four pixels."""
    height, width = thumbnail.shape[:2]
    if (height, width) != (THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH):
        rows = np.arange(THUMBNAIL_HEIGHT) * height // THUMBNAIL_HEIGHT
        columns = np.arange(THUMBNAIL_WIDTH) * width // THUMBNAIL_WIDTH
        thumbnail = thumbnail[rows[:, None], columns[None, :]]
    rows_summed = thumbnail[0::2].astype(np.uint16) + thumbnail[1::2]
    return rows_summed[:, 0::2] + rows_summed[:, 1::2]


def _quarters_sum(small: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """[9, 16, 3] from [36, 64, 3], sums of sixteen; slices added are four times as fast as a sum over axes."""
    rows = small[0::4] + small[1::4] + small[2::4] + small[3::4]
    sums: NDArray[np.uint16] = rows[:, 0::4] + rows[:, 1::4] + rows[:, 2::4] + rows[:, 3::4]
    return sums


def _pairs_mean(luma: Floats) -> Floats:
    rows_summed = luma[0::2] + luma[1::2]
    return (rows_summed[:, 0::2] + rows_summed[:, 1::2]) * np.float32(0.25)


def _motion(before: Floats, luma: Floats) -> tuple[float, float, float]:
    """Blocks of 3x4 looked for in the frame before, up to 2 pixels around: 8 pixels of a thumbnail."""
    padded = before[_PADDED_ROWS, _PADDED_COLUMNS]
    moved = np.lib.stride_tricks.as_strided(padded, (_SHIFTS, _SHIFTS, *luma.shape), padded.strides * 2) - luma
    np.abs(moved, out=moved)
    columns = (moved.reshape(-1, COLUMNS) @ _BLOCK_COLUMNS).reshape(-1, ROWS // 3, 3, COLUMNS // 4)
    costs = columns[:, :, 0] + columns[:, :, 1] + columns[:, :, 2]
    best = costs.min(axis=0)
    return float(best.mean()), float(costs[len(costs) // 2].mean()), float((best > 0.06).mean())


_SHIFTS = 2 * _SHIFT + 1
_PADDED_ROWS = np.arange(-_SHIFT, ROWS + _SHIFT).clip(0, ROWS - 1)[:, None]
_PADDED_COLUMNS = np.arange(-_SHIFT, COLUMNS + _SHIFT).clip(0, COLUMNS - 1)
_BLOCK_COLUMNS = np.repeat(np.eye(COLUMNS // 4, dtype=np.float32), 4, axis=0) / np.float32(12)
"""Sums the columns of blocks of 3x4, as a product: six times as fast as a mean over axes."""


def features_at(window: Sequence[FrameDescription], at: int) -> Floats:
    """Features [FEATURES] of window[at]; frames beyond either end of the window count as its first or last."""
    here = window[at]

    def near(offset: int) -> FrameDescription:
        return window[min(max(at + offset, 0), len(window) - 1)]

    before, after = near(-1), near(1)
    values: list[float] = [
        *here.motion,
        after.motion[0],
        here.mean,
        here.deviation,
        here.detail,
        here.dark,
        here.entropy / 6,
    ]
    values += _differences([near(-lag) for lag in LAGS], here)
    values += _mixtures([near(-span) for span in SPANS], here, [near(span) for span in SPANS])
    values += [
        here.mean - before.mean,
        here.deviation - before.deviation,
        _affinity(before, after),
        _likeness(before, after),
    ]
    return np.array(values, np.float32)


def _differences(others: Sequence[FrameDescription], here: FrameDescription) -> list[float]:
    """For each of the others: how far colours, histogram and pattern are from here."""
    colours = np.array([other.colour for other in others]) - here.colour
    far = np.abs(colours).mean(axis=(1, 2, 3)) * 4
    values: list[float] = []
    for other, colour in zip(others, far.tolist(), strict=True):
        values += (colour, 1 - _affinity(other, here), 1 - _likeness(other, here))
    return values


def _affinity(one: FrameDescription, other: FrameDescription) -> float:
    """Bhattacharyya coefficient of the colour histograms, 1 where they are the same."""
    return float(one.histogram @ other.histogram)


def _likeness(one: FrameDescription, other: FrameDescription) -> float:
    """Correlation of the pictures, blind to brightness and contrast."""
    return float(one.pattern.ravel() @ other.pattern.ravel()) / one.pattern.size


def _mixtures(
    firsts: Sequence[FrameDescription], here: FrameDescription, lasts: Sequence[FrameDescription]
) -> list[float]:
    """How far `here` is made of two others: mixed in a dissolve, side by side in a wipe, neither in motion.

    For each pair: the distance of the two, the share of the last in the mix, what the mix leaves unexplained, what
    taking each pixel from the nearer of the two leaves, and the change of contrast, which sinks amid a dissolve.
    """
    first = np.array([each.luma.ravel() for each in firsts])
    last = np.array([each.luma.ravel() for each in lasts])
    path, step, back = last - first, here.luma.ravel() - first, here.luma.ravel() - last
    lengths = np.einsum("ij,ij->i", path, path)
    shares = np.einsum("ij,ij->i", step, path) / np.maximum(lengths, np.float32(1e-3))
    rest = step - shares[:, None] * path
    rests = np.einsum("ij,ij->i", rest, rest)
    chosen = np.minimum(np.abs(step), np.abs(back)).mean(axis=1)
    apart = np.abs(path).mean(axis=1)
    contrast = [(here.deviation - (a.deviation + b.deviation) / 2) * 8 for a, b in zip(firsts, lasts, strict=True)]
    found = np.stack(
        [
            np.sqrt(lengths / path.shape[1]) * 4,
            shares.clip(-1, 2),
            (rests / np.maximum(lengths, np.float32(0.2))).clip(None, 3),
            (chosen / np.maximum(apart, np.float32(0.02))).clip(None, 3),
            contrast,
        ],
        axis=1,
    )
    return [float(value) for value in found.ravel()]
