"""Loudness, active picture and stretches come back as saved, and the views say them, also of an older catalog."""

from __future__ import annotations

import dataclasses
import sqlite3
from pathlib import Path

import pytest

from catalog import schema
from catalog.library import Library, open_catalog, writing
from catalog.loading import load
from catalog.records import ActivePicture, Analysis, Loudness, Stretch
from catalog.store import save


@pytest.fixture
def measured(analysis: Analysis) -> Analysis:
    first, second = analysis.shots
    return dataclasses.replace(
        analysis,
        shots=(dataclasses.replace(first, loudness=-21.5, features=None), second),
        stretches=(Stretch("black", 0, 30), Stretch("silence", 10, 60)),
        loudness=Loudness(-23.1, None, 7.5, "5.1"),
        active_picture=ActivePicture(0, 0.128, 1, 0.872, 2.389, "2.39"),
    )


def test_it_comes_back_as_saved_and_goes_with_the_next_analysis(tmp_path: Path, measured: Analysis) -> None:
    db = open_catalog(Library(tmp_path))
    with writing(db):
        title_id = save(db, measured)
    assert load(db, title_id) == measured
    silent = dataclasses.replace(measured, stretches=(), loudness=None, active_picture=None)
    with writing(db):
        assert save(db, silent) == title_id
    assert load(db, title_id) == silent


def test_the_views_say_it(tmp_path: Path, measured: Analysis) -> None:
    with writing(open_catalog(Library(tmp_path))) as db:
        save(db, measured)
    plain = sqlite3.connect(tmp_path / "catalog.db")
    assert plain.execute(
        "SELECT integrated_lufs, true_peak_dbtp, loudness_range_lu, sound_layout, active_top, active_ratio "
        "FROM titles_v"
    ).fetchall() == [(-23.1, None, 7.5, "5.1", 0.128, "2.39")]
    assert plain.execute("SELECT shot, loudness_lufs FROM shot_log").fetchall() == [(1, -21.5), (2, None)]
    assert plain.execute("SELECT segment, kind, start_tc, end_frame, duration_s FROM segment_log").fetchall() == [
        (1, "black", "01:00:00;00", 30, 1.001),
        (2, "silence", "01:00:00;10", 60, 1.668333),
    ]


def test_a_catalog_from_before_keeps_its_titles(tmp_path: Path, analysis: Analysis) -> None:
    """The views grew at their end, and what was saved then is not measured."""
    with writing(open_catalog(Library(tmp_path))) as db:
        save(db, analysis)
    plain = sqlite3.connect(tmp_path / "catalog.db")
    for statement in (
        "DROP VIEW segment_log", "DROP VIEW titles_v", "DROP VIEW shot_log", "DROP TABLE loudness",
        "DROP TABLE stretches", "DROP TABLE active_pictures", "ALTER TABLE shots DROP COLUMN loudness",
        *schema._VIEWS[:2], "DELETE FROM _sqlite_migrations WHERE name = 'sound_and_what_is_no_picture'",
    ):  # fmt: skip
        plain.execute(statement)
    before = [plain.execute(f"SELECT * FROM {view}") for view in ("titles_v", "shot_log")]
    old = [([column[0] for column in rows.description], rows.fetchall()) for rows in before]
    plain.commit()
    db = open_catalog(Library(tmp_path))
    for view, (names, rows) in zip(("titles_v", "shot_log"), old, strict=True):
        grown = db.execute(f"SELECT * FROM {view}")
        assert [column[0] for column in grown.description][: len(names)] == names
        assert [tuple(row[: len(names)]) for row in grown.fetchall()] == [tuple(row) for row in rows]
    assert load(db, 1).loudness is None
