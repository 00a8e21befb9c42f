"""A stub server, and a catalog with one title."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database
from stub_server import StubServer, serve

from catalog.library import Library, open_catalog, writing
from catalog.records import Analysis
from catalog.store import save


@pytest.fixture
def stub() -> Iterator[StubServer]:
    with serve() as server:
        yield server


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture
def db(library: Library, analysis: Analysis) -> Database:
    """A catalog with one title, which has just been analysed."""
    catalog = open_catalog(library)
    with writing(catalog):
        assert save(catalog, analysis) == 1
    return catalog
