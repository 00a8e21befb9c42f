"""Shots grouped into scenes: those that belong together by look and by time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from catalog.records import Scene, Shot

Floats = NDArray[np.float32]

WINDOW = 8
"""Shots ahead in which a shot looks for its like: dialogue cuts back within two or three, groups within six or so."""
_FAR = 4 * WINDOW
_DEVIATIONS = 1.0
_LEAST, _MOST = 0.25, 0.8


def find_scenes(shots: Sequence[Shot]) -> list[Scene]:
    """Scenes in order, every shot in exactly one, from the shots' features.

    Overlapping links (Hanjalic, Lagendijk and Biemond, IEEE Trans. CSVT 9(4), 1999): a shot is linked to the farthest
    of the next shots that looks like it, and a scene ends where no link leads across. What counts as alike is set by
    how alike shots of this title are that lie far apart. A shot without features stays with the one before.
    """
    if not shots:
        return []
    likeness = _likeness(shots)
    enough = _threshold(likeness)
    reach, starts = 0, [0]
    for at in range(len(shots)):
        if at > reach:
            starts.append(at)
        alike = np.flatnonzero(likeness[:WINDOW, at] > enough)
        reach = max(reach, at, at + 1 + int(alike[-1]) if len(alike) else at)
    ends = [*starts[1:], len(shots)]
    return [
        Scene(number, shots[start].number, shots[end - 1].number)
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]


def _likeness(shots: Sequence[Shot]) -> Floats:
    """Cosines [lag - 1, shot] with the shot `lag` later, after the features' mean over the title is taken off.

    nan past the last shot; 1 between a shot without features and the one before.
    """
    width = max((len(shot.features) for shot in shots if shot.features is not None), default=1)
    known = np.array([shot.features is not None for shot in shots])
    vectors = np.zeros((len(shots), width), np.float32)
    for at, shot in enumerate(shots):
        if shot.features is not None:
            vectors[at] = shot.features
    if known.any():
        vectors[known] -= vectors[known].mean(axis=0)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    cosines = np.full((_FAR, len(shots)), np.nan, np.float32)
    for lag in range(1, min(_FAR, len(shots) - 1) + 1):
        cosines[lag - 1, :-lag] = (vectors[:-lag] * vectors[lag:]).sum(axis=1)
    missing = np.flatnonzero(~known)
    cosines[0, missing[missing > 0] - 1] = 1
    return cosines


def _threshold(likeness: Floats) -> float:
    """Above what shots far apart are like; a short title has only its own shots to tell by."""
    far = likeness[WINDOW:][~np.isnan(likeness[WINDOW:])]
    if len(far) < _FAR:
        far = likeness[~np.isnan(likeness)]
    if not len(far):
        return _LEAST
    return float(np.clip(far.mean() + _DEVIATIONS * far.std(), _LEAST, _MOST))
