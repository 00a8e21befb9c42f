"""Labelled pictures through the compact model, a few at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from engines.compact import CompactModel, Judgement, PosterJudgement
from engines.evaluation.labels import LabelledPicture, LabelledPoster
from engines.preprocess import read_picture

_AT_ONCE = 64  # decoded pictures in memory


def judge_pictures(model: CompactModel, pictures: Sequence[LabelledPicture]) -> Judgement:
    """Judgement of all pictures, in order."""
    parts = [
        model.judge([read_picture(p.path) for p in pictures[start : start + _AT_ONCE]])
        for start in range(0, len(pictures), _AT_ONCE)
    ]
    return Judgement(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Judgement)})


def judge_posters(model: CompactModel, posters: Sequence[LabelledPoster]) -> list[PosterJudgement]:
    """Judgements of all posters, in order."""
    return [
        judged
        for start in range(0, len(posters), _AT_ONCE)
        for judged in model.posters([read_picture(p.path) for p in posters[start : start + _AT_ONCE]])
    ]
