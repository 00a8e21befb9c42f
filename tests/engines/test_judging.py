"""What is said of a shot, from probabilities made up for the purpose."""

from __future__ import annotations

import types
from typing import Any, cast

import numpy as np
import pytest

from catalog.records import Shot
from engines.compact import CompactModel, Judgement
from engines.judging import judged, shows_something

THRESHOLDS = {"scale": 0.5, "place": 0.7, "time": 0.7, "forest": 0.4, "war": 0.6}


def _model() -> CompactModel:
    card = types.SimpleNamespace(name="made up")
    return cast(
        CompactModel, types.SimpleNamespace(tags=("forest", "war"), card=card, threshold=lambda head: THRESHOLDS[head])
    )


def _judgement(scale: list[float], place: float, time: float, tags: list[float]) -> Judgement:
    def row(values: Any) -> Any:
        return np.array([values], np.float32)

    return Judgement(row(scale), row(place), row(time), row(tags), row([1.0, 2.0]))


SHOT = Shot(3, 10, 20, 15, "cut", 0.9)


def test_values_at_or_above_their_thresholds_are_said() -> None:
    shot = judged(SHOT, _model(), _judgement([0, 0, 0, 0, 0.2, 0.75, 0.05], 0.9, 0.25, [0.5, 0.55]), 0)
    assert shot.scale and (shot.scale.value, shot.scale.source) == ("CU", "made up")
    assert shot.place and shot.place.value == "INT" and shot.place.confidence == pytest.approx(0.9)
    assert shot.time_of_day and shot.time_of_day.value == "NIGHT" and shot.time_of_day.confidence == pytest.approx(0.75)
    assert list(shot.tags) == ["forest"]
    assert (shot.number, shot.start, shot.end, shot.transition_in) == (3, 10, 20, "cut")
    assert shot.features is not None and shot.features.dtype == np.float16


def test_below_the_threshold_the_answer_is_unsure_and_keeps_its_probability() -> None:
    shot = judged(SHOT, _model(), _judgement([0.4, 0.3, 0.3, 0, 0, 0, 0], 0.4, 0.5, [0.1, 0.2]), 0)
    assert shot.scale and shot.scale.value == "" and shot.scale.confidence == pytest.approx(0.4)
    assert shot.place and shot.place.value == "" and shot.place.confidence == pytest.approx(0.6)
    assert shot.tags == {}


def test_tags_stand_by_falling_probability() -> None:
    shot = judged(SHOT, _model(), _judgement([1, 0, 0, 0, 0, 0, 0], 1, 1, [0.6, 0.9]), 0)
    assert list(shot.tags) == ["war", "forest"]


def test_black_shows_nothing_and_a_small_light_does() -> None:
    picture = np.zeros((360, 640, 3), np.uint8)
    picture += np.random.default_rng(0).integers(0, 20, picture.shape, np.uint8)
    assert not shows_something(picture)
    picture[100:130, 200:230] = 90
    assert shows_something(picture)
