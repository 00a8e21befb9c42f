"""What people type finds what they mean."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from sqlite_utils import Database

from catalog.library import Library, open_catalog, writing
from catalog.query import QueryError
from catalog.records import Analysis, Beat, Estimate, Shot, Title
from catalog.search import search
from catalog.store import save


def _shot(number: int, start: int, end: int, scale: str, place: str, time: str, tags: dict[str, float]) -> Shot:
    said = [Estimate(value, 0.9, "compact") for value in (scale, place, time)]
    return Shot(number, start, end, start, "cut", 1.0, said[0], said[1], said[2], None, tags, "compact")


def _analysis(name: str, shots: tuple[Shot, ...], beats: tuple[Beat, ...] = ()) -> Analysis:
    title = Title(name, "file", f"/in/{name}.mp4", name, Fraction(24), 480, 0, False, 640, 360, "h264", "rec709")
    return Analysis(title, (), shots, (), beats, (), (), "2026-11-21T08:00:00+00:00", "0.1.0")


@pytest.fixture
def db(tmp_path: Path) -> Database:
    catalog = open_catalog(Library(tmp_path))
    woods = (
        _shot(1, 0, 48, "EWS", "EXT", "DAY", {"forest": 0.9, "hiking": 0.7}),
        _shot(2, 48, 60, "CU", "EXT", "NIGHT", {"forest": 0.6}),
        _shot(3, 60, 480, "CU", "INT", "NIGHT", {"food": 0.8}),
    )
    with writing(catalog):
        save(catalog, _analysis("Into the Woods", woods, (Beat(1, 1, 2, "battle preparation", 0.7, "rule"),)))
        save(catalog, _analysis("Ständchen", (_shot(1, 0, 480, "MS", "INT", "", {"music": 0.9, "food": 0.5}),)))
    return catalog


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tag:forest", [("Into the Woods", 1), ("Into the Woods", 2)]),
        ("tag:forest scale:CU", [("Into the Woods", 2)]),
        ("tag:forest,music", [("Into the Woods", 1), ("Into the Woods", 2), ("Ständchen", 1)]),
        ("tag:forest tag:hiking", [("Into the Woods", 1)]),
        ("setting:int,night", [("Into the Woods", 3)]),
        ("setting:day,night", [("Into the Woods", 1), ("Into the Woods", 2), ("Into the Woods", 3)]),
        ("beat:battle_preparation", [("Into the Woods", 1), ("Into the Woods", 2)]),
        ('beat:"battle preparation" scale:cu', [("Into the Woods", 2)]),
        ("len:>10s", [("Into the Woods", 3), ("Ständchen", 1)]),
        ("len:12f", [("Into the Woods", 2)]),
        ("unsure:true", [("Ständchen", 1)]),
        ("unsure:false scale:CU,MS", [("Into the Woods", 2), ("Into the Woods", 3)]),
        ('"into the"', [("Into the Woods", 1), ("Into the Woods", 2), ("Into the Woods", 3)]),
        ("standchen", [("Ständchen", 1)]),
        ("wood tag:food", [("Into the Woods", 3)]),
        ("nosferatu", []),
    ],
)  # fmt: skip
def test_search(db: Database, query: str, expected: list[tuple[str, int]]) -> None:
    assert [(hit.title, hit.shot) for hit in search(db, query).shots] == expected


def test_titles_count_their_fitting_shots_even_past_the_limit(db: Database) -> None:
    hits = search(db, "tag:forest,food", limit=1)
    assert [(title.title, title.shots) for title in hits.titles] == [("Into the Woods", 3), ("Ständchen", 1)]
    assert len(hits.shots) == 1 and hits.shots[0].tags == ("forest", "hiking")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("tga:forest", "did you mean 'tag'"),
        ("scale:XXL", "EWS, LS"),
        ("setting:dusk", "int, ext, day, night"),
        ("beat:persuit", "did you mean 'pursuit'"),
        ("len:long", "len:>10s"),
        ("unsure:maybe", "true or false"),
        ("tag:", "needs a value"),
        ('"open', "quotation mark"),
    ],
)
def test_a_query_that_makes_no_sense_says_what_would(db: Database, query: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        search(db, query)


def test_words_of_the_full_text_language_are_only_words(db: Database) -> None:
    for query in ("NOT", "woods OR ständchen", "a* (b", "'; DROP TABLE titles; --", 'NEAR("x")'):
        search(db, query)
    assert db["titles"].count == 2
