"""Titles at every rate that exports must be exact at."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

from catalog.records import Analysis, Shot

_NTSC = 1001
RATES = [
    (Fraction(24000, _NTSC), False), (Fraction(24), False), (Fraction(25), False), (Fraction(30000, _NTSC), False),
    (Fraction(30000, _NTSC), True), (Fraction(30), False), (Fraction(48), False), (Fraction(50), False),
    (Fraction(60000, _NTSC), False), (Fraction(60000, _NTSC), True), (Fraction(60), False),
]  # fmt: skip
"""With drop-frame timecode or without."""
CUTS = [(0, 7), (7, 1800), (1800, 2000)]


def at_rate(analysis: Analysis, rate: Fraction, drop: bool) -> Analysis:
    """Three shots from one o'clock: at 29.97 drop frame the second begins at frame 107899, over a dropped minute."""
    start = {30: 107892, 60: 215784}[round(rate)] if drop else 3600 * round(rate)
    title = dataclasses.replace(analysis.title, rate=rate, drop_frame=drop, start_frame=start, frames=2000)
    shots = tuple(
        Shot(number, first, end, first, "cut", 1.0, tags={"forest": 0.9}) for number, (first, end) in enumerate(CUTS, 1)
    )
    return dataclasses.replace(analysis, title=title, shots=shots)
