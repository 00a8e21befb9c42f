"""The part of the frame that holds pictures: letterbox and pillarbox of a whole title, by majority of its key frames.

Counting over many frames keeps dark scenes from widening the bars, and subtitles in them from narrowing them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from catalog.records import ActivePicture
from media.programme import Picture

RATIOS = ("2.39", "1.85", "1.78", "1.66", "1.33")
_NEAR = 0.02
"""2.35 and 2.40 are called 2.39, 1.77 is 1.78; halfway between 1.78 and 1.85 is 2 %."""
_BLACK = 24
"""Of 255; coding noise in bars stays under it."""
_DARK = 0.05
"""A frame with less than this share of lit pixels says nothing of where the picture ends."""
_FEWEST = 4
"""With fewer frames than this no majority is claimed."""
_MAJORITY = 0.5
_SOME = 0.1
"""A bar is black along its whole length; of picture some part is lit."""
_SIDES = 0.1
"""Rows are judged by the outer tenth of the picture on each side, where no subtitle reaches."""


class ActivePictureFinder:
    """Push key frames in any order, then ask. Holds one count for each pixel."""

    def __init__(self) -> None:
        self._lit: NDArray[np.uint32] | None = None
        self._frames = 0

    def push(self, picture: Picture) -> None:
        """RGB [height, width, 3] in display aspect ratio. Pictures of another size than the first are passed by."""
        above = picture > _BLACK
        lit = above[:, :, 0] | above[:, :, 1] | above[:, :, 2]
        if lit.mean() < _DARK or (self._lit is not None and self._lit.shape != lit.shape):
            return
        if self._lit is None:
            self._lit = np.zeros(lit.shape, np.uint32)
        self._lit += lit
        self._frames += 1

    def finish(self) -> ActivePicture | None:
        """None where too few frames were light enough."""
        if self._lit is None or self._frames < _FEWEST:
            return None
        height, width = self._lit.shape
        # Against what the middle shows: a film of dark scenes lights its corners in few frames.
        middle = self._lit[height * 2 // 5 : height * 3 // 5, width * 2 // 5 : width * 3 // 5]
        often = self._lit >= max(1.0, _MAJORITY * float(np.median(middle)))
        left, right = _ends(often[height // 4 : height - height // 4].mean(axis=0))
        side = max(1, round((right - left) * _SIDES))
        edges = np.concatenate([often[:, left : left + side], often[:, right - side : right]], axis=1)
        top, bottom = _ends(edges.mean(axis=1))
        ratio = (right - left) / (bottom - top)
        return ActivePicture(
            left / width, top / height, right / width, bottom / height, round(ratio, 3), name_of(ratio)
        )


def name_of(ratio: float) -> str:
    """The usual name of an aspect ratio; its two decimals where it has none."""
    nearest = min(RATIOS, key=lambda name: abs(float(name) / ratio - 1))
    return nearest if abs(float(nearest) / ratio - 1) <= _NEAR else f"{ratio:.2f}"


def _ends(share: NDArray[np.float64]) -> tuple[int, int]:
    """Where picture starts and ends along rows or columns, given the share of each that is often lit.

    Both bars are as wide as the thinner, so that dark ground at one side is not taken for one.
    """
    there = np.flatnonzero(share >= _SOME)
    bar = min(int(there[0]), len(share) - 1 - int(there[-1])) if len(there) else 0
    return bar, len(share) - bar
