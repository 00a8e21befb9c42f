"""The public face for scripts does what its documentation shows."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

import reelwatch
from catalog.library import Library, open_catalog, writing
from catalog.records import Analysis
from catalog.store import save
from tests.daemon.drawn import write_film


@pytest.fixture
def folder(tmp_path: Path, analysis: Analysis) -> Path:
    with writing(open_catalog(Library(tmp_path / "library"))) as db:
        save(db, analysis)
    return tmp_path / "library"


def test_its_examples_are_true(folder: Path, tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", 2)
    known = {"folder": folder, "film": film, "reelwatch": reelwatch, "library": reelwatch.open_library(folder)}
    results = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for test in doctest.DocTestFinder().find(reelwatch, "reelwatch", extraglobs=known):
        results.run(test)
    assert results.summarize() == doctest.TestResults(failed=0, attempted=results.tries)
    assert results.tries >= 10


def test_titles_that_are_not_there(folder: Path) -> None:
    library = reelwatch.open_library(folder)
    with pytest.raises(reelwatch.CatalogError, match="no title 'Nosferatu'"):
        library.shots("Nosferatu")
    with pytest.raises(reelwatch.CatalogError, match=r"There are: .*csv, "):
        library.export(1, "avi")
    with pytest.raises(reelwatch.QueryError):
        library.search("scale:XXL")
    assert library.thumbnail("The Séance", 2).name == "00002.jpg"
    library.close()


def test_a_file_that_is_no_film(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("no film")
    with pytest.raises(reelwatch.DeliveryError):
        reelwatch.analyse(tmp_path / "a.mp4")


def test_everything_public_is_there() -> None:
    assert all(hasattr(reelwatch, name) for name in reelwatch.__all__)
