"""A person's word goes before the machine's, can be taken back, and outlives the next analysis."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from sqlite_utils import Database

from catalog.corrections import Agreement, Word, agreement, correct, history, undo
from catalog.library import CatalogError, Library, open_catalog, writing
from catalog.loading import load
from catalog.records import Analysis, Estimate, Shot
from catalog.search import search
from catalog.store import rederive, save
from engines.beats import find_beats
from engines.tags import summarise


@pytest.fixture
def db(tmp_path: Path, analysis: Analysis) -> Database:
    catalog = open_catalog(Library(tmp_path))
    with writing(catalog):
        assert save(catalog, analysis) == 1
    return catalog


def _say(db: Database, *words: Word, by: str = "anna") -> int:
    with writing(db):
        return correct(db, 1, words, by)


def _dump(db: Database) -> list[str]:
    """All that the catalog says of shots and tags, as SQL."""
    return [line for line in db.conn.iterdump() if line.startswith(('INSERT INTO "shots"', 'INSERT INTO "tags"'))]


def test_the_persons_value_is_everywhere_and_the_machines_beside_it(db: Database) -> None:
    _say(db, Word(1, scale="MS", time_of_day="NIGHT", tags={"war": True, "forest": False}))
    first = load(db, 1).shots[0]
    assert first.scale == Estimate("MS", 1.0, "person") and first.time_of_day == Estimate("NIGHT", 1.0, "person")
    assert first.place == Estimate("INT", 0.9, "compact")
    assert dict(first.tags) == {"war": 1.0, "music": 0.6} and first.tag_source == "person"
    assert [hit.shot for hit in search(db, "tag:war scale:MS setting:night").shots] == [1]
    assert db.execute("SELECT subject, tag, person_value, machine_value, machine_confidence, by FROM shot_corrections "
                      "ORDER BY subject, tag").fetchall() == [
        ("scale", "", "MS", "CU", 0.8, "anna"),
        ("tag", "forest", "absent", "present", 0.9, "anna"),
        ("tag", "war", "present", None, None, "anna"),
        ("time_of_day", "", "NIGHT", "", 0.55, "anna"),
    ]  # fmt: skip


def test_undo_brings_back_exactly_what_was(db: Database) -> None:
    before = _dump(db)
    _say(db, Word(1, scale="MS", tags={"war": True, "forest": False}), Word(2, place="EXT"))
    between = _dump(db)
    _say(db, Word(1, scale="LS", tags={"war": False}))
    assert load(db, 1).shots[0].scale == Estimate("LS", 1.0, "person")
    with writing(db):
        undo(db, 1, "ben")
    assert _dump(db) == between
    with writing(db):
        undo(db, 1, "ben")
    assert _dump(db) == before
    with pytest.raises(CatalogError, match="no correction of this title"), writing(db):
        undo(db, 1, "ben")


def test_undo_on_one_shot_leaves_the_others(db: Database) -> None:
    _say(db, Word(1, scale="MS"), Word(2, place="EXT"))
    with writing(db):
        undo(db, 1, "ben", shot=2)
    first, second = load(db, 1).shots
    assert first.scale == Estimate("MS", 1.0, "person") and second.place is None


def test_history_says_who_and_when_and_what_was_taken_back(db: Database) -> None:
    _say(db, Word(1, scale="MS"))
    _say(db, Word(1, tags={"war": True}), by="ben")
    with writing(db):
        undo(db, 1, "carla")
    first, second = history(db, 1)
    assert (first.by, first.frame, first.subject, first.value, first.undone_by) == ("anna", 50, "scale", "MS", None)
    assert (second.by, second.tag, second.value, second.undone_by) == ("ben", "war", "present", "carla")
    assert second.undone_at and second.at.endswith("+00:00")


def test_a_new_analysis_keeps_the_persons_word_at_its_frame(db: Database, analysis: Analysis) -> None:
    _say(db, Word(1, scale="MS", tags={"war": True}))
    said = Estimate("ECU", 0.7, "compact2")
    shots = (Shot(1, 0, 40, 20, None, 0.0, said), Shot(2, 40, 300, 180, "cut", 0.9, said, tag_source="compact2"))
    with writing(db):
        save(db, dataclasses.replace(analysis, shots=shots, beats=()))
    first, second = load(db, 1).shots
    assert first.scale == said and not first.tags
    assert second.scale == Estimate("MS", 1.0, "person") and dict(second.tags) == {"war": 1.0}
    machine = db.execute("SELECT machine_value, machine_source FROM shot_corrections WHERE subject = 'scale'")
    assert machine.fetchall() == [("ECU", "compact2")]
    with writing(db):
        undo(db, 1, "anna")
    assert load(db, 1).shots[1].scale == said and load(db, 1).shots[1].tag_source == "compact2"


def test_tags_of_the_title_and_beats_follow(db: Database) -> None:
    _say(db, Word(1, tags={"war": True, "music": False}), Word(2, tags={"war": True}))
    with writing(db):
        rederive(db, 1, summarise, find_beats)
    assert db.execute("SELECT tag, weight, shots, source FROM tag_summary ORDER BY weight DESC").fetchall() == [
        ("war", 2.0, 2, "person"),
        ("forest", 0.45, 1, "compact"),
    ]
    assert db.execute("SELECT start_shot, end_shot, category FROM beat_log").fetchall() == [(1, 2, "battle")]


def test_agreement_counts_only_where_the_machine_had_an_answer(db: Database) -> None:
    _say(db, Word(1, scale="CU", place="EXT", time_of_day="DAY", tags={"forest": True, "music": False, "war": True}))
    _say(db, Word(2, scale="LS"))
    assert agreement(db) == (Agreement("scale", 1, 1), Agreement("setting", 1, 0), Agreement("tags", 2, 1))


@pytest.mark.parametrize(
    ("word", "said"),
    [({"scale": "XXL"}, "no scale. There are: EWS"), ({"time_of_day": "DUSK"}, "DAY, NIGHT"), ({}, "Nothing is said")],
)
def test_a_word_that_makes_no_sense_is_refused(word: dict[str, str], said: str) -> None:
    with pytest.raises(CatalogError, match=said):
        Word(1, **word)  # type: ignore[arg-type]


def test_a_shot_that_is_not_there_changes_nothing(db: Database) -> None:
    before = _dump(db)
    with pytest.raises(CatalogError, match="no shot 9; it has 2"):
        _say(db, Word(1, scale="MS"), Word(9, scale="MS"))
    assert _dump(db) == before and history(db, 1) == ()
