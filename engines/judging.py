"""From a model's probabilities to what is said of a shot."""

from __future__ import annotations

from dataclasses import replace

from catalog.records import Estimate, Shot
from engines.classes import SCALES
from engines.compact import CompactModel, Judgement
from media.programme import Picture

_BLACK, _LIT = 32, 0.002
"""Of 255, and the share of pixels above it that a picture needs to show something."""


def shows_something(picture: Picture) -> bool:
    """False for black: a model made of pictures would still find a scale in it, mostly extreme wide shot."""
    return bool((picture.max(axis=2) > _BLACK).mean() > _LIT)


def judged(shot: Shot, model: CompactModel, judgement: Judgement, row: int) -> Shot:
    """The shot with scale, setting, tags and features from one row of a judgement.

    A value below its threshold is unsure: empty, with the probability of the likeliest. Tags below theirs are left out.
    """
    source = model.card.name
    scale = dict(zip(SCALES, judgement.scale[row].tolist(), strict=True))
    tags = {
        tag: probability
        for tag, probability in zip(model.tags, judgement.tags[row].tolist(), strict=True)
        if probability >= model.threshold(tag)
    }
    return replace(
        shot,
        scale=_likeliest(scale, model.threshold("scale"), source),
        place=_either(float(judgement.place[row]), ("INT", "EXT"), model.threshold("place"), source),
        time_of_day=_either(float(judgement.time[row]), ("DAY", "NIGHT"), model.threshold("time"), source),
        tags=dict(sorted(tags.items(), key=lambda tag: -tag[1])),
        tag_source=source,
        features=judgement.features[row].astype("<f2"),
    )


def _either(probability: float, words: tuple[str, str], threshold: float, source: str) -> Estimate:
    return _likeliest({words[0]: probability, words[1]: 1 - probability}, threshold, source)


def _likeliest(probabilities: dict[str, float], threshold: float, source: str) -> Estimate:
    value = max(probabilities, key=lambda word: probabilities[word])
    probability = probabilities[value]
    return Estimate(value if probability >= threshold else "", probability, source)
