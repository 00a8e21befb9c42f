"""Stretches of a film that are no picture of it: black, frozen, colour bars; found while thumbnails pass.

Slates are not looked for: nothing here tells one from a title card.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from catalog.records import Stretch, StretchKind
from media.programme import Picture

_BLACK_LEVEL, _BLACK_SHARE = 25, 0.98
"""A frame is black with 98 % of its pixels under a tenth of full scale: the defaults of FFmpeg's blackdetect."""
_STILL = 0.001 * 255
"""Mean difference from a stretch's first frame, as in FFmpeg's freezedetect; coding noise stays under it."""
_SHORTEST: dict[StretchKind, Fraction] = {"black": Fraction(1, 2), "freeze": Fraction(2), "colour bars": Fraction(1, 2)}
"""Seconds."""
_BARS = (0b110, 0b011, 0b010, 0b101, 0b100, 0b001)
"""Yellow, cyan, green, magenta, red, blue, by which of R, G, B are lit: the order of every bar signal, as it falls in
luminance (EBU bars, SMPTE EG 1, RP 219)."""
_FLAT = 12
"""A bar varies by less than this, of 255, from top to bottom and across."""


class SegmentFinder:
    """Push every thumbnail in order, then ask. A frame that is missing ends a stretch. Holds one thumbnail."""

    def __init__(self, rate: Fraction) -> None:
        self._rate = rate
        self._open: dict[StretchKind, int] = {}
        self._found: list[Stretch] = []
        self._still: Picture | None = None
        self._next = 0

    def push(self, index: int, thumbnail: Picture) -> None:
        """The frame at `index`, RGB [72, 128, 3]; indices ascend."""
        if index != self._next:
            self._close(self._next)
        black = is_black(thumbnail)
        bars = not black and has_bars(thumbnail)
        self._hold("black", index, black)
        self._hold("colour bars", index, bars)
        self._freeze(index, thumbnail, watched=not black and not bars)
        self._next = index + 1

    def finish(self) -> tuple[Stretch, ...]:
        """All stretches by their starts; end it once."""
        self._close(self._next)
        return tuple(sorted(self._found, key=lambda stretch: (stretch.start, stretch.kind)))

    def _freeze(self, index: int, thumbnail: Picture, watched: bool) -> None:
        if not watched:
            self._end("freeze", index)
            self._still = None
            return
        if self._still is None or _moved(self._still, thumbnail):
            self._end("freeze", index)
            self._still = thumbnail.copy()
        self._open.setdefault("freeze", index)

    def _hold(self, kind: StretchKind, index: int, there: bool) -> None:
        if there:
            self._open.setdefault(kind, index)
        else:
            self._end(kind, index)

    def _end(self, kind: StretchKind, end: int) -> None:
        start = self._open.pop(kind, None)
        if start is not None and end - start >= _SHORTEST[kind] * self._rate:
            self._found.append(Stretch(kind, start, end))

    def _close(self, end: int) -> None:
        for kind in tuple(self._open):
            self._end(kind, end)
        self._still = None


def _moved(still: Picture, now: Picture) -> bool:
    """True where the pictures differ by more than coding noise, the eighth of their rows first."""
    return any(
        float(np.abs(now[::step].astype(np.int16) - still[::step]).mean()) > limit
        for step, limit in ((8, 8 * _STILL), (1, _STILL))
    )


def is_black(thumbnail: Picture) -> bool:
    """True where nearly all pixels are black."""
    # A few pixels settle nearly every frame; all of them are looked at where those are black.
    few = thumbnail[4::8, 4::8]
    if np.count_nonzero(few > _BLACK_LEVEL) > few.size // 2:
        return False
    lit = (thumbnail > _BLACK_LEVEL).any(axis=2)
    return float(lit.mean()) <= 1 - _BLACK_SHARE


def has_bars(thumbnail: Picture) -> bool:
    """True for colour bars: six flat stripes of about one width in the upper half, in the order of the standards."""
    upper = thumbnail[4 : thumbnail.shape[0] // 2 : 4].astype(np.int16)
    # Bars are flat from top to bottom; of a film this settles nearly every frame at once.
    flat = np.ptp(upper, axis=0).max(axis=1) < _FLAT
    if flat.mean() < 0.8:
        return False
    line = np.median(upper, axis=0)
    lit = line > np.maximum(line.max(axis=1, keepdims=True) / 2, 40)
    hues = lit @ np.array([4, 2, 1])
    edges = np.flatnonzero(np.diff(hues)) + 1
    runs = [part for part in np.split(np.arange(len(hues)), edges) if len(part) >= 4]
    for first in range(len(runs) - len(_BARS) + 1):
        bars = runs[first : first + len(_BARS)]
        widths = [len(part) for part in bars]
        if tuple(int(hues[part[0]]) for part in bars) == _BARS and max(widths) <= 1.5 * min(widths):
            return all(np.ptp(line[part[1:-1]], axis=0).max() < _FLAT for part in bars)
    return False
