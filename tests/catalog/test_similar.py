"""Likeness by stored features: exact, over chunks, and only among shots of one model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlite_utils import Database

from catalog import similar as module
from catalog.library import CatalogError, Library, open_catalog, writing
from catalog.records import Analysis, Shot
from catalog.similar import similar
from catalog.store import save


def add(db: Database, analysis: Analysis, identity: str, features: np.ndarray, model: str = "a") -> int:
    shots = tuple(
        Shot(number, number * 10, number * 10 + 10, number * 10, None, 0.0, features=each.astype(np.float16))
        for number, each in enumerate(features, 1)
    )
    runs = (replace(analysis.runs[0], model_sha256=model),)
    title = replace(analysis.title, identity=identity, frames=10 * len(shots) + 10)
    made = replace(analysis, title=title, shots=shots, runs=runs, beats=(), tags=(), transitions=(), scenes=())
    with writing(db):
        return save(db, made)


def test_the_likest_of_all_chunks_come_first(
    tmp_path: Path, analysis: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CHUNK", 7)
    db, rng = open_catalog(Library(tmp_path)), np.random.default_rng(1)
    features = rng.normal(0, 1, (3, 20, 16)).astype(np.float16).astype(np.float64)
    titles = [add(db, analysis, str(number), each) for number, each in enumerate(features)]
    vectors = features.reshape(60, 16) / np.linalg.norm(features.reshape(60, 16), axis=1, keepdims=True)
    cosines = vectors @ vectors[24]
    wanted = [index for index in np.argsort(-cosines) if index != 24][:9]
    found = similar(db, titles[1], 5, limit=9)
    assert [(each.title_id, each.shot) for each in found] == [(titles[i // 20], i % 20 + 1) for i in wanted]
    assert np.allclose([each.cosine for each in found], cosines[wanted], atol=1e-4)
    others = [index for index in wanted if index // 20 != 1]
    apart = similar(db, titles[1], 5, limit=len(others), elsewhere=True)
    assert [(each.title_id, each.shot) for each in apart] == [(titles[i // 20], i % 20 + 1) for i in others]


def test_shots_of_other_models_are_not_compared(tmp_path: Path, analysis: Analysis) -> None:
    db, same = open_catalog(Library(tmp_path)), np.ones((2, 4))
    first = add(db, analysis, "1", same)
    add(db, analysis, "2", same, model="b")
    add(db, analysis, "3", np.ones((2, 6)))
    assert [(each.title_id, each.shot) for each in similar(db, first, 1)] == [(first, 2)]


def test_a_shot_that_is_not_there_or_was_not_judged_is_said(tmp_path: Path, analysis: Analysis) -> None:
    db = open_catalog(Library(tmp_path))
    with writing(db):
        title_id = save(db, analysis)
    with pytest.raises(CatalogError, match="has no shot 9"):
        similar(db, title_id, 9)
    with pytest.raises(CatalogError, match="No model has looked at shot 2"):
        similar(db, title_id, 2)
