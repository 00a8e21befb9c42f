"""What the heads should answer, as arrays, with a weight of 0 where nobody judged."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.classes import GENRES, SCALES, TAGS
from engines.evaluation.labels import LabelledPicture, LabelledPoster

Floats = NDArray[np.float32]
RATING_MEAN, RATING_DEVIATION = 6.4, 1.1  # of IMDb scores; only a unit for the regression
_ONE_PASS = 0.7  # weight of a scale that a single labelling pass gave: passes agree on 81 to 89 %
_CANNOT_TELL = 0.3  # weight of place and time that cannot be told, taught as one half


@dataclass(frozen=True)
class FilmTargets:
    """[N, ...] targets and weights of film pictures."""

    scale: Floats  # [N, 7] shares
    scale_weight: Floats
    place: Floats  # 1 interior, 0 exterior, 0.5 cannot be told
    place_weight: Floats
    time: Floats  # 1 day, 0 night, 0.5 cannot be told
    time_weight: Floats
    tags: Floats  # [N, T]
    tags_weight: Floats  # [N, T]


@dataclass(frozen=True)
class PosterTargets:
    """[N, ...] targets and weights of posters."""

    genre: Floats  # [N, 10]
    success: Floats
    success_weight: Floats
    rating: Floats  # standard deviations from the mean
    rating_weight: Floats


def is_dev(group: str) -> bool:
    """Whether a train group is held out for calibration: a tenth, by hash, so that it never changes."""
    return hashlib.sha256(group.encode()).digest()[0] < 26


def film_targets(pictures: Sequence[LabelledPicture]) -> FilmTargets:
    place, place_weight = _either([p.place for p in pictures], "i", "e")
    time, time_weight = _either([p.time for p in pictures], "d", "n")
    judged = np.array([p.tags is not None for p in pictures])
    return FilmTargets(
        scale=np.stack([scale_shares(p.scale, p.votes) for p in pictures]),
        scale_weight=np.array([_scale_weight(p) for p in pictures], np.float32),
        place=place,
        place_weight=place_weight,
        time=time,
        time_weight=time_weight,
        tags=np.array([[tag in (p.tags or ()) for tag in TAGS] for p in pictures], np.float32),
        tags_weight=np.array([[tag not in p.tags_maybe for tag in TAGS] for p in pictures], np.float32)
        * judged[:, None],
    )


def poster_targets(posters: Sequence[LabelledPoster]) -> PosterTargets:
    rating = np.array([p.rating if p.rating is not None else RATING_MEAN for p in posters], np.float32)
    return PosterTargets(
        genre=np.array([[genre in p.genres for genre in GENRES] for p in posters], np.float32),
        success=np.array([bool(p.success) for p in posters], np.float32),
        success_weight=np.array([p.success is not None for p in posters], np.float32),
        rating=(rating - RATING_MEAN) / RATING_DEVIATION,
        rating_weight=np.array([p.rating is not None for p in posters], np.float32),
    )


def scale_shares(scale: str, votes: Sequence[str]) -> Floats:
    """Soft label [7]: the final word and each pass count alike, a doubtful vote and every label leak to neighbours."""
    shares = np.zeros(len(SCALES), np.float32)
    words = [(vote.rstrip("?"), 0.3 if vote.endswith("?") else 0.06) for vote in votes]
    for word, leak in [*words, (scale, 0.06)]:
        if word not in SCALES:
            continue
        at = SCALES.index(word)
        near = [i for i in (at - 1, at + 1) if 0 <= i < len(SCALES)]
        shares[at] += 1 - leak
        shares[near] += leak / len(near)
    return shares / max(float(shares.sum()), 1e-6)


def _scale_weight(picture: LabelledPicture) -> float:
    if not picture.scale:
        return 0.0
    return 1.0 if len(picture.votes) > 1 else _ONE_PASS


def _either(words: Sequence[str], yes: str, no: str) -> tuple[Floats, Floats]:
    values, weights = {yes: 1.0, no: 0.0, "x": 0.5}, {yes: 1.0, no: 1.0, "x": _CANNOT_TELL}
    return (
        np.array([values.get(word, 0.0) for word in words], np.float32),
        np.array([weights.get(word, 0.0) for word in words], np.float32),
    )
