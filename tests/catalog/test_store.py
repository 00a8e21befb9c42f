"""An analysis goes into the catalog and comes back the same; the views say what it says."""

from __future__ import annotations

import dataclasses
import sqlite3
from pathlib import Path

import pytest

from catalog.library import CatalogError, Library, open_catalog, read_catalog, writing
from catalog.loading import find_title, load
from catalog.records import (
    Analysis,
)
from catalog.store import save, slug_of


def test_an_analysis_comes_back_as_it_was_saved(tmp_path: Path, analysis: Analysis) -> None:
    db = open_catalog(Library(tmp_path))
    with writing(db):
        title_id = save(db, analysis)
    again = load(read_catalog(Library(tmp_path)), title_id)
    saved, loaded = ([dataclasses.replace(shot, features=None) for shot in each.shots] for each in (analysis, again))
    assert saved == loaded
    features = again.shots[0].features
    assert features is not None and features.tolist() == [0, 1, 2, 3]
    assert dataclasses.replace(again, shots=()) == dataclasses.replace(analysis, shots=())


def test_the_views_speak_timecode_and_seconds(tmp_path: Path, analysis: Analysis) -> None:
    db = open_catalog(Library(tmp_path))
    with writing(db):
        save(db, analysis)
    plain = sqlite3.connect(tmp_path / "catalog.db")
    assert plain.execute("SELECT name, rate, duration_s, start_tc FROM titles_v").fetchone() == (
        "The Séance", "30000/1001", 10.01, "01:00:00;00",
    )  # fmt: skip
    shots = plain.execute(
        "SELECT shot, start_tc, end_tc, duration_s, scale, place, time_of_day FROM shot_log"
    ).fetchall()
    assert shots == [
        (1, "01:00:00;00", "01:00:03;10", 3.336667, "CU", "INT", ""),
        (2, "01:00:03;10", "01:00:10;00", 6.673333, None, None, None),
    ]
    assert plain.execute("SELECT tag, probability FROM shot_tags ORDER BY tag").fetchall() == [
        ("forest", 0.9),
        ("music", 0.6),
    ]
    assert plain.execute("SELECT start_frame, end_frame, end_tc, category FROM beat_log").fetchone() == (
        0, 300, "01:00:10;00", "pursuit",
    )  # fmt: skip
    assert plain.execute("SELECT value, note FROM score_summary").fetchone() == (None, "not measured")
    assert plain.execute("SELECT model, runtime FROM model_runs").fetchone() == ("compact", "onnxruntime")
    assert plain.execute("SELECT tag, relevance FROM tag_summary ORDER BY relevance DESC").fetchall() == [
        ("forest", 1.0),
        ("music", 0.0),
    ]


def test_the_same_content_again_replaces_its_rows_and_keeps_its_number(tmp_path: Path, analysis: Analysis) -> None:
    db = open_catalog(Library(tmp_path))
    with writing(db):
        first = save(db, analysis)
    with writing(db):
        again = save(db, dataclasses.replace(analysis, shots=analysis.shots[:1], beats=()))
    assert first == again
    assert db["titles"].count == 1 and db["shots"].count == 1 and db["beats"].count == 0 and db["tags"].count == 2


def test_a_failed_save_leaves_nothing(tmp_path: Path, analysis: Analysis) -> None:
    db = open_catalog(Library(tmp_path))
    broken = dataclasses.replace(analysis, shots=(analysis.shots[0], analysis.shots[0]))
    with pytest.raises(sqlite3.IntegrityError), writing(db):
        save(db, broken)
    assert all(db[table].count == 0 for table in ("titles", "shots", "tags", "title_words"))


def test_a_file_name_that_is_no_unicode_is_kept_readable(tmp_path: Path, analysis: Analysis) -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    db = open_catalog(Library(tmp_path))
    with writing(db):
        title_id = save(db, dataclasses.replace(analysis, title=dataclasses.replace(analysis.title, name=name)))
    assert load(db, title_id).title.name == "caf\\udce9"


def test_titles_are_found_by_number_slug_or_name(tmp_path: Path, analysis: Analysis) -> None:
    db = open_catalog(Library(tmp_path))
    with writing(db):
        title_id = save(db, analysis)
    assert {find_title(db, wanted) for wanted in (str(title_id), slug_of(analysis.title), "The Séance")} == {title_id}
    with pytest.raises(CatalogError, match="no title 'Nosferatu'"):
        find_title(db, "Nosferatu")


def test_reading_a_library_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="There is no catalog"):
        read_catalog(Library(tmp_path / "nowhere"))


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "catalog.db").write_text("my shopping list, much longer than a header would be " * 40)
    with pytest.raises(CatalogError, match="cannot be opened"):
        open_catalog(Library(tmp_path))
    assert (tmp_path / "catalog.db").read_text().startswith("my shopping list")
