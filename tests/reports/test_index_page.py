"""The library page's data: titles from their entries, jobs as they stand."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from made_up_film import add_job, make_analysis
from sqlite_utils import Database

from catalog.library import Library, open_catalog, writing
from catalog.store import save, slug_of
from reports.index_page import write_index


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


@pytest.fixture
def db(library: Library) -> Database:
    return open_catalog(library)


def data_of(db: Database, library: Library) -> Any:
    write_index(db, library)
    text = (library.reports / "library-data.js").read_text("utf-8")
    return json.loads(text.removeprefix("reelwatchLibrary(").removesuffix(");\n"))


def test_an_empty_library_has_a_page(db: Database, library: Library) -> None:
    assert data_of(db, library) == {"titles": [], "jobs": []}
    assert "library-data.js" in (library.reports / "index.html").read_text()


def test_titles_newest_first_with_what_a_card_shows(db: Database, library: Library) -> None:
    old = make_analysis(20, "Old", "1")
    new = dataclasses.replace(make_analysis(24, "New", "2", seed=3), analysed_at="2026-11-22T08:00:00+00:00")
    with writing(db):
        save(db, old)
        save(db, new)
    said = data_of(db, library)["titles"]
    assert [title["name"] for title in said] == ["New", "Old"]
    assert said[1]["shots"] == 20 and said[1]["poster"] is None and said[1]["findings"] == [0, 2]
    assert said[1]["seconds"] == round(old.title.frames / 24, 3)
    assert said[1]["unsure"] is True and len(said[1]["tags"]) == len(old.tags)
    assert set(said[1]["beats"]) == {"romance", "pursuit", "battle", "joy"} and "EXT" in said[1]["settings"]


def test_a_title_analysed_again_gets_a_new_entry(db: Database, library: Library) -> None:
    with writing(db):
        save(db, make_analysis(20))
    data_of(db, library)
    with writing(db):
        save(db, dataclasses.replace(make_analysis(31), analysed_at="2026-12-01T00:00:00+00:00"))
    assert data_of(db, library)["titles"][0]["shots"] == 31


def test_an_entry_that_cannot_be_read_is_made_again(db: Database, library: Library) -> None:
    with writing(db):
        save(db, make_analysis(20))
    data_of(db, library)
    (library.reports / slug_of(make_analysis(20).title) / "entry.json").write_text("{")
    assert data_of(db, library)["titles"][0]["shots"] == 20


def test_the_last_job_of_a_path_counts_unless_it_is_done(db: Database, library: Library) -> None:
    add_job(db, "/in/a.mp4", "failed", "It was cut off.")
    add_job(db, "/in/a.mp4", "done")
    add_job(db, "/in/b\u202emov.exe", "failed", "It is\nencrypted.")
    add_job(db, "/in/c", "running", progress=0.5)
    said = data_of(db, library)["jobs"]
    assert [(job["name"], job["state"]) for job in said] == [("c", "running"), ("b[U+202E]mov.exe", "failed")]
    assert said[0]["progress"] == 0.5 and said[1]["reason"] == "It is[U+000A]encrypted."
