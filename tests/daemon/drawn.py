"""Films drawn for tests that need one, and only care how long it is."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from media.programme import Picture
from media.sample import write_mp4

RATE = 24


def write_film(path: Path, seconds: float) -> Path:
    """Shots of a second each, every one a pattern of its own, 128x72."""
    write_mp4(path, _pictures(round(seconds * RATE)), Fraction(RATE))
    return path


def _pictures(frames: int) -> Iterator[Picture]:
    for frame in range(frames):
        pattern = np.random.default_rng(frame // RATE).integers(0, 256, (9, 16, 3), np.uint8)
        yield np.kron(pattern, np.ones((8, 8, 1), np.uint8))
