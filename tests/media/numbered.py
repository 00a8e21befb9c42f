"""Frames that carry their own number as black and white blocks, readable after any coding."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from media.programme import Picture

BITS = 12


def numbered(number: int, width: int = 192, height: int = 108) -> Picture:
    """A grey picture; its middle row of blocks is `number` in binary, most significant bit on the left."""
    picture = np.full((height, width, 3), (96, 112, 128), np.uint8)
    for bit in range(BITS):
        white = number >> (BITS - 1 - bit) & 1
        left, right = width * bit // BITS, width * (bit + 1) // BITS
        picture[height // 4 : 3 * height // 4, left:right] = 235 if white else 16
    return picture


def number_of(picture: Picture) -> int:
    height, width = picture.shape[:2]
    row = picture[2 * height // 5 : 3 * height // 5].mean(axis=(0, 2))
    bits = [row[int(width * (bit + 0.3) / BITS) : int(width * (bit + 0.7) / BITS)].mean() > 128 for bit in range(BITS)]
    return sum(1 << (BITS - 1 - place) for place, white in enumerate(bits) if white)


def film(numbers: range, width: int = 192, height: int = 108) -> Iterator[Picture]:
    return (numbered(number, width, height) for number in numbers)
