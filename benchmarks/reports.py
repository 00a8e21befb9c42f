"""How large the pages are and how quickly Chromium opens and searches them: a made up title of 2,500 shots, and a
library of 5,000 titles.

    python -m benchmarks.reports [--shots 2500] [--titles 5000] [--chromium /usr/bin/chromium]

Opening is until the page's load event and the first frame after it. Key frames are not drawn: the pictures of a page
load as they come into view. The library's titles have 40 shots each, so that their making does not take hours.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from catalog.library import Library, open_catalog, writing
from catalog.store import save, slug_of
from reports.entry import thumbnail_name
from reports.index_page import write_index
from reports.title_page import write_title

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "reports"))
from made_up_film import make_analysis

SHOTS_OF_A_TITLE = 40
OPENED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"
TYPED = """async ([field, text, state]) => {
    const input = document.querySelector(field), said = document.querySelector(state), started = performance.now();
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    while (said.textContent.includes("to look at")) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return [performance.now() - started, said.textContent];
}"""
SCROLLED = """async () => {
    const gaps = [];
    let before = performance.now();
    for (let step = 0; step < 120; step++) {
        scrollBy(0, 900);
        await new Promise(requestAnimationFrame);
        gaps.push(performance.now() - before);
        before = performance.now();
    }
    return gaps.sort((a, b) => a - b)[114];
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shots", type=int, default=2500)
    parser.add_argument("--titles", type=int, default=5000)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=wanted.chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1360, "height": 900})
        _title(Library(Path(folder) / "title"), wanted.shots, page)
        _library(Library(Path(folder) / "library"), wanted.titles, page)
        browser.close()


def _title(library: Library, shots: int, page: Page) -> None:
    db, analysis = open_catalog(library), make_analysis(shots)
    with writing(db):
        title_id = save(db, analysis)
    folder = library.thumbnails / slug_of(analysis.title)
    folder.mkdir()
    for shot in analysis.shots:
        (folder / thumbnail_name(shot.number)).touch()
    started = time.perf_counter()
    path = write_title(db, library, title_id)
    written = time.perf_counter() - started
    print(f"title of {shots} shots: HTML {path.stat().st_size / 1e6:.2f} MB, written in {written:.2f} s")
    print(f"  opened in {_opened(page, path):.0f} ms")
    print(f"  95 of 100 frames while scrolling take at most {page.evaluate(SCROLLED):.0f} ms")
    _search(page, "#filter", "#filter-state", ("scale:CU", "tag:forest setting:int len:>3s"))


def _library(library: Library, titles: int, page: Page) -> None:
    db = open_catalog(library)
    with writing(db):
        for number in range(titles):
            save(db, make_analysis(SHOTS_OF_A_TITLE, f"Title {number}", str(number), seed=number))
    for attempt in ("without entries", "with entries"):
        started = time.perf_counter()
        path = write_index(db, library)
        print(f"library of {titles} titles: written {attempt} in {time.perf_counter() - started:.1f} s")
    size = (library.reports / "library-data.js").stat().st_size
    print(f"  data {size / 1e6:.2f} MB, opened in {_opened(page, path):.0f} ms")
    _search(page, "[name=q]", "#count", ("title 4321", "tag:forest", "tag:forest scale:ECU"))


def _opened(page: Page, path: Path) -> Any:
    page.goto(path.as_uri())
    return page.evaluate(OPENED)


def _search(page: Page, field: str, state: str, queries: tuple[str, ...]) -> None:
    for query in queries:
        milliseconds, said = page.evaluate(TYPED, [field, query, state])
        print(f"  {query!r} answered in {milliseconds:.0f} ms: {said}")


if __name__ == "__main__":
    main()
