"""A title is scored by its poster, and says so when there is none."""

from __future__ import annotations

import types
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PIL import Image

from engines.compact import CompactModel, PosterJudgement
from engines.score import poster_beside, score_title


def _model() -> CompactModel:
    said = PosterJudgement({"Drama": 0.7, "Comedy": 0.2, "Horror": 0.1, "Crime": 0.0}, 0.61, 6.44, 5.2, 7.6)
    return cast(CompactModel, types.SimpleNamespace(card=types.SimpleNamespace(name="m"), poster=lambda picture: said))


def _poster(path: Path) -> Path:
    Image.fromarray(np.zeros((206, 140, 3), np.uint8)).save(path)
    return path


@pytest.mark.parametrize("name", ["poster.jpg", "film-poster.jpg", "film.mp4-poster.png"])
def test_a_poster_lies_beside_a_file(tmp_path: Path, name: str) -> None:
    assert poster_beside(tmp_path / "film.mp4") is None
    poster = _poster(tmp_path / name)
    assert poster_beside(tmp_path / "film.mp4") == poster


def test_a_package_has_its_poster_inside_or_named_after_it(tmp_path: Path) -> None:
    package = tmp_path / "FILM_OV"
    package.mkdir()
    _poster(tmp_path / "poster.jpg")
    assert poster_beside(package) is None
    named = _poster(tmp_path / "FILM_OV-poster.jpg")
    assert poster_beside(package) == named
    inside = _poster(package / "poster.jpg")
    assert poster_beside(package) == inside


def test_scores_come_from_the_poster_with_their_interval(tmp_path: Path) -> None:
    _poster(tmp_path / "poster.jpg")
    genre, success, rating = score_title(_model(), tmp_path / "film.mp4")
    assert genre.value == "Drama" and "Comedy 20%" in genre.note and "Crime" not in genre.note
    assert success.value == "0.61"
    assert (rating.value, rating.low, rating.high) == ("6.4", 5.2, 7.6)


def test_without_a_poster_nothing_is_guessed(tmp_path: Path) -> None:
    scores = score_title(_model(), tmp_path / "film.mp4")
    assert [score.value for score in scores] == [None] * 3
    assert all(score.note.startswith("not measured") for score in scores)


def test_a_broken_poster_is_said_and_does_not_stop_the_title(tmp_path: Path) -> None:
    (tmp_path / "poster.jpg").write_bytes(b"no picture")
    assert "poster.jpg" in score_title(_model(), tmp_path / "film.mp4")[0].note
