"""The key shots of a title, so many that they fill a given time."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import zip_longest

import numpy as np

from catalog.records import Analysis, Shot
from reports.title_page import groups

EXCERPT_SECONDS = Fraction(3)


def key_stretches(analysis: Analysis, seconds: Fraction) -> list[tuple[int, int]]:
    """Stretches of frames [start, end) in playing order, at most `seconds` long together.

    One shot a scene, the longest scenes first, then a second shot of each, and so on. The shot of a scene is the one
    that looks most like the whole of it. Of a shot at most EXCERPT_SECONDS play, around its key frame.
    """
    rate = analysis.title.rate
    scenes = sorted((group.shots for group in groups(analysis)), key=lambda shots: shots[0].start - shots[-1].end)
    rounds = zip_longest(*(_most_typical_first(shots) for shots in scenes))
    chosen: list[tuple[int, int]] = []
    left = int(seconds * rate)
    for shot in (shot for each in rounds for shot in each if shot is not None):
        start, end = _excerpt(shot, int(EXCERPT_SECONDS * rate))
        if end - start <= left:
            chosen.append((start, end))
            left -= end - start
        elif not chosen:
            chosen.append((start, start + max(1, left)))
            break
    return sorted(chosen)


def _most_typical_first(shots: Sequence[Shot]) -> list[Shot]:
    looks = [shot.features.astype(np.float32) for shot in shots if shot.features is not None]
    if not looks:
        return sorted(shots, key=lambda shot: -shot.frames)
    mean = np.mean(looks, axis=0)

    def apart(shot: Shot) -> float:
        return np.inf if shot.features is None else float(np.linalg.norm(shot.features.astype(np.float32) - mean))

    return sorted(shots, key=apart)


def _excerpt(shot: Shot, most: int) -> tuple[int, int]:
    length = min(shot.frames, most)
    start = max(shot.start, min(shot.end - length, shot.key_frame - length // 2))
    return start, start + length
