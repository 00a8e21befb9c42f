"""`reelwatch report`, `similar` and `reel`, as people and scripts call them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from catalog.library import Library, open_catalog, writing
from catalog.records import Analysis
from catalog.store import save, slug_of
from daemon.cli import cli
from daemon.pages import exports_kept


@pytest.fixture
def library(tmp_path: Path, analysis: Analysis) -> Library:
    library = Library(tmp_path / "library")
    with writing(open_catalog(library)) as db:
        save(db, analysis)
    return library


def _call(library: Library, command: str, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [command, "--library", str(library.root), *arguments])


def test_report_writes_pages_and_exports_anew(library: Library, analysis: Analysis) -> None:
    slug = slug_of(analysis.title)
    result = _call(library, "report", "The Séance", "--json")
    assert result.exit_code == 0, result.output
    pages = [Path(page) for page in json.loads(result.stdout)["pages"]]
    assert pages == [library.reports / slug / "index.html", library.reports / "index.html"]
    assert all(page.is_file() for page in pages)
    suffixes = {path.suffix for path in library.exports.glob(f"{slug}.*")}
    assert suffixes == {".csv", ".json", ".edl", ".otio", ".fcpxml", ".vtt"}
    assert f"../../exports/{slug}.otio" in pages[0].read_text("utf-8")


def test_report_of_the_library_alone_and_of_all(library: Library, analysis: Analysis) -> None:
    assert _call(library, "report").stdout.splitlines() == [str(library.reports / "index.html")]
    assert len(_call(library, "report", "--all").stdout.splitlines()) == 2


def test_report_says_what_is_wrong(library: Library, tmp_path: Path) -> None:
    result = _call(library, "report", "Nothing")
    assert result.exit_code == 1 and "no title 'Nothing'" in result.stderr
    assert _call(library, "report", "1", "--all").exit_code == 2
    missing = _call(Library(tmp_path / "nowhere"), "report")
    assert missing.exit_code == 1 and "There is no catalog" in missing.stderr
    assert not (tmp_path / "nowhere").exists()


def test_a_title_without_shots_has_the_exports_that_can_be_made(tmp_path: Path, analysis: Analysis) -> None:
    library = Library(tmp_path)
    bare = replace(analysis, shots=(), transitions=(), tags=(), beats=())
    with writing(open_catalog(library)) as db:
        save(db, bare)
    (library.exports / f"{slug_of(bare.title)}.csv").write_text("old")
    assert _call(library, "report", "1").exit_code == 0
    assert (library.exports / f"{slug_of(bare.title)}.csv").read_text("utf-8") != "old"


def test_exports_come_back_where_the_commit_ends_in_an_error(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.create()
    (library.exports / "film-1.csv").write_text("before")
    with pytest.raises(RuntimeError), exports_kept(library, "film-1"):
        (library.exports / "film-1.csv").write_text("after")
        (library.exports / "film-1.edl").write_text("new")
        raise RuntimeError
    assert {path.name: path.read_text() for path in library.exports.iterdir()} == {"film-1.csv": "before"}
