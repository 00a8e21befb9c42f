"""A made-up film in a library of its own, and one Chromium for all browser tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from made_up_film import draw_key_frame, make_analysis

from catalog.library import Library, open_catalog, writing
from catalog.store import save, slug_of
from reports.entry import thumbnail_name
from reports.index_page import write_index
from reports.thumbnails import write_thumbnail
from reports.title_page import write_title

CHROMIUM = Path(os.environ.get("REELWATCH_CHROMIUM", "/usr/bin/chromium"))


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """One film of 120 shots with drawn key frames, its pages written."""
    library = Library(tmp_path_factory.mktemp("library"))
    db = open_catalog(library)
    analysis = make_analysis(shots=120)
    with writing(db):
        title_id = save(db, analysis)
    for shot in analysis.shots:
        path = library.thumbnails / slug_of(analysis.title) / thumbnail_name(shot.number)
        write_thumbnail(draw_key_frame(shot), path)
    write_title(db, library, title_id)
    write_index(db, library)
    return library


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.is_file():
        pytest.skip(f"there is no Chromium at {CHROMIUM}; set REELWATCH_CHROMIUM")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens a page from disk and fails the test if it said anything on the console or broke its policy."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(path: Path, clock: bool = False, **options: Any) -> Any:
        context = chromium.new_context(**{"viewport": {"width": 1360, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if clock:
            page.clock.install()
        page.goto(path.as_uri())
        return page

    open_page.complaints = complaints  # type: ignore[attr-defined]
    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
