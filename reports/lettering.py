"""Letters drawn by ourselves, five by seven dots each: FFmpeg's drawtext is not in every build, and needs a font."""

from __future__ import annotations

import unicodedata

import numpy as np
from numpy.typing import NDArray

from media.programme import Picture

Dots = NDArray[np.bool_]

_HIGH, _WIDE = 7, 5
_LETTERS = {
    "A": "0E 11 11 1F 11 11 11", "B": "1E 11 11 1E 11 11 1E", "C": "0E 11 10 10 10 11 0E", "D": "1E 11 11 11 11 11 1E",
    "E": "1F 10 10 1E 10 10 1F", "F": "1F 10 10 1E 10 10 10", "G": "0E 11 10 17 11 11 0F", "H": "11 11 11 1F 11 11 11",
    "I": "0E 04 04 04 04 04 0E", "J": "07 02 02 02 02 12 0C", "K": "11 12 14 18 14 12 11", "L": "10 10 10 10 10 10 1F",
    "M": "11 1B 15 15 11 11 11", "N": "11 19 15 13 11 11 11", "O": "0E 11 11 11 11 11 0E", "P": "1E 11 11 1E 10 10 10",
    "Q": "0E 11 11 11 15 12 0D", "R": "1E 11 11 1E 14 12 11", "S": "0F 10 10 0E 01 01 1E", "T": "1F 04 04 04 04 04 04",
    "U": "11 11 11 11 11 11 0E", "V": "11 11 11 11 11 0A 04", "W": "11 11 11 15 15 1B 11", "X": "11 11 0A 04 0A 11 11",
    "Y": "11 11 0A 04 04 04 04", "Z": "1F 01 02 04 08 10 1F",
    "0": "0E 11 13 15 19 11 0E", "1": "04 0C 04 04 04 04 0E", "2": "0E 11 01 06 08 10 1F", "3": "0E 11 01 06 01 11 0E",
    "4": "02 06 0A 12 1F 02 02", "5": "1F 10 1E 01 01 11 0E", "6": "06 08 10 1E 11 11 0E", "7": "1F 01 02 04 04 08 08",
    "8": "0E 11 11 0E 11 11 0E", "9": "0E 11 11 0F 01 02 0C",
    ":": "00 04 04 00 04 04 00", ";": "00 04 04 00 04 04 08", ".": "00 00 00 00 00 0C 0C", ",": "00 00 00 00 04 04 08",
    "-": "00 00 00 1F 00 00 00", "_": "00 00 00 00 00 00 1F", "/": "01 01 02 04 08 10 10", "'": "04 04 00 00 00 00 00",
    "!": "04 04 04 04 04 00 04", "?": "0E 11 01 02 04 00 04", "&": "0C 12 14 08 15 12 0D", "+": "00 04 04 1F 04 04 00",
    "(": "02 04 08 08 08 04 02", ")": "08 04 02 02 02 04 08", " ": "00 00 00 00 00 00 00",
}  # fmt: skip
"""Rows from the top as hexadecimal numbers, 16 being the leftmost dot."""
_UNKNOWN = "1F 11 11 11 11 11 1F"


def lettered(text: str) -> Dots:
    """The text in capitals as dots [7, 6 for each letter]; accents are left off, unknown letters are boxes."""
    plain = unicodedata.normalize("NFKD", text).upper()
    letters = [letter for letter in plain if not unicodedata.combining(letter)]
    if not letters:
        return np.zeros((_HIGH, 0), bool)
    return np.concatenate([_dots(_LETTERS.get(letter, _UNKNOWN)) for letter in letters], axis=1)


def write_below(picture: Picture, text: str) -> None:
    """Draws one line into the picture's lower edge, white on black, an 18th of its height; too long is cut off."""
    height, width = picture.shape[:2]
    size = max(1, round(height / 18 / (_HIGH + 2)))
    dots = np.pad(lettered(text), 1)[:, : width // size]
    line = np.kron(dots, np.ones((size, size), bool))
    top, left = max(0, height - line.shape[0] - size * 2), max(0, (width - line.shape[1]) // 2)
    place = picture[top : top + line.shape[0], left : left + line.shape[1]]
    place[:] = np.where(line[: len(place), :, None], 235, 16)


def _dots(rows: str) -> Dots:
    numbers = [int(row, 16) for row in rows.split()]
    return np.array([[number >> (_WIDE - column) & 1 for column in range(_WIDE + 1)] for number in numbers], bool)
