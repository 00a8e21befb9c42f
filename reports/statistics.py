"""Numbers that cinemetrics people expect of a film's cutting."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from catalog.records import Shot, Title

LENGTH_BOUNDS = (0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 20.0, 40.0, 80.0, float("inf"))
"""Seconds; finer where most shots of feature films lie."""


@dataclass(frozen=True)
class CuttingStatistics:
    """Shot lengths in seconds (Salt's ASL and the measures of the Cinemetrics database)."""

    shots: int
    average: float
    median: float
    deviation: float
    shortest: float
    longest: float
    shots_per_minute: float

    @property
    def median_to_average(self) -> float:
        return self.median / self.average

    @property
    def variation(self) -> float:
        """Coefficient of variation: standard deviation over average."""
        return self.deviation / self.average


def seconds(shot: Shot, title: Title) -> float:
    return float(shot.frames / title.rate)


def cutting_statistics(shots: Sequence[Shot], title: Title) -> CuttingStatistics | None:
    """None where there is no shot. The deviation is that of the population, as the film is whole."""
    lengths = [seconds(shot, title) for shot in shots]
    if not lengths or not sum(lengths):
        return None
    return CuttingStatistics(
        shots=len(lengths),
        average=statistics.fmean(lengths),
        median=statistics.median(lengths),
        deviation=statistics.pstdev(lengths),
        shortest=min(lengths),
        longest=max(lengths),
        shots_per_minute=60 * len(lengths) / sum(lengths),
    )


@dataclass(frozen=True)
class LengthClass:
    """Shots of `low` <= seconds < `high`."""

    low: float
    high: float
    shots: int


def length_classes(shots: Sequence[Shot], title: Title) -> tuple[LengthClass, ...]:
    """How many shots are how long; classes outside the shortest and longest shot are left out."""
    lengths = [seconds(shot, title) for shot in shots]
    classes = [
        LengthClass(low, high, sum(low <= length < high for length in lengths)) for low, high in pairwise(LENGTH_BOUNDS)
    ]
    filled = [place for place, each in enumerate(classes) if each.shots]
    return tuple(classes[filled[0] : filled[-1] + 1]) if filled else ()


def cutting_rhythm(shots: Sequence[Shot], title: Title, points: int = 240) -> list[tuple[float, float]]:
    """(frame, cuts a minute) along the title, in a window of a 30th of it, at least 10 seconds.

    Empty for a title of less than two windows, where there is no rhythm to see.
    """
    rate, frames = float(title.rate), title.frames
    cuts = [shot.start for shot in shots[1:]]
    window = max(10 * rate, frames / 30)
    if not cuts or frames < 2 * window:
        return []
    rhythm: list[tuple[float, float]] = []
    first = last = 0
    for point in range(points + 1):
        middle = frames * point / points
        low = min(max(0.0, middle - window / 2), frames - window)
        while last < len(cuts) and cuts[last] < low + window:
            last += 1
        while first < len(cuts) and cuts[first] < low:
            first += 1
        rhythm.append((middle, (last - first) * 60 * rate / window))
    return rhythm
