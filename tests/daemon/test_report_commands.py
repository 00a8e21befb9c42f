"""`reelwatch report`, `similar` and `reel`, as people and scripts call them."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from click.testing import CliRunner, Result

from catalog.library import Library, open_catalog, writing
from catalog.records import Analysis
from catalog.store import save, slug_of
from daemon.cli import cli
from daemon.pages import exports_kept
from media.opening import open_programme
from media.sample import write_mp4

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "media"))
from numbered import film, number_of


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
    bare = replace(analysis, shots=(), transitions=(), tags=(), beats=(), scenes=())
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


def test_similar_lists_the_likest_first(tmp_path: Path, analysis: Analysis) -> None:
    library, looks = Library(tmp_path), ([1, 0], [0, 1], [1, 0.2])
    shots = tuple(
        replace(analysis.shots[0], number=number, features=np.array(look, np.float16))
        for number, look in enumerate(looks, 1)
    )
    with writing(open_catalog(library)) as db:
        save(db, replace(analysis, shots=shots))
    lines = _call(library, "similar", "The Séance:1").stdout.splitlines()
    assert [line.split("  ")[1:2] + line.split("shot ")[1:] for line in lines] == [
        ["01:00:00;00 - 01:00:03;10", "3 of The Séance"],
        ["01:00:00;00 - 01:00:03;10", "2 of The Séance"],
    ]
    found = json.loads(_call(library, "similar", "1:1", "--limit", "1", "--json").stdout)
    assert (found[0]["shot"], round(found[0]["cosine"], 2)) == (3, 0.98)
    assert _call(library, "similar", "1:1", "--elsewhere").stderr == "There is no other shot to compare with.\n"
    assert _call(library, "similar", "The Séance").exit_code == 2
    assert "has no shot 7" in _call(library, "similar", "1:7").stderr


def _with_film(tmp_path: Path, analysis: Analysis) -> Library:
    """A library whose one title is a film of 48 numbered frames, in shots of 12."""
    library = Library(tmp_path / "library")
    write_mp4(tmp_path / "film.mp4", film(range(48)), Fraction(24))
    programme = open_programme(tmp_path / "film.mp4", check=False)
    shots = tuple(
        replace(analysis.shots[0], number=number, start=12 * number - 12, end=12 * number, tags={tag: 0.9})
        for number, tag in enumerate(("forest", "war", "forest", "music"), 1)
    )
    title = replace(
        analysis.title,
        source=str(programme.source),
        identity=programme.identity,
        kind="file",
        frames=48,
        rate=Fraction(24),
    )
    with writing(open_catalog(library)) as db:
        save(db, replace(analysis, title=title, shots=shots, scenes=(), beats=()))
    return library


def _numbers(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        return [number_of(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def test_reel_cuts_the_shots_that_fit(tmp_path: Path, analysis: Analysis) -> None:
    library, made = _with_film(tmp_path, analysis), tmp_path / "made.mp4"
    result = _call(library, "reel", "tag:forest", "-o", str(made), "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {
        "file": str(made), "cuts": 2, "frames": 24, "seconds": 1.0, "missing": []
    }  # fmt: skip
    assert _numbers(made) == [*range(12), *range(24, 36)]
    result = _call(library, "reel", "tag:forest", "-o", str(made), "--limit", "1")
    assert "1 more shots fit" in result.stderr and _numbers(made) == list(range(12))
    assert _call(library, "reel", "The", "Séance", "--summary", "1s", "-o", str(made)).exit_code == 0
    assert len(_numbers(made)) == 24


def test_reel_says_what_is_wrong(tmp_path: Path, analysis: Analysis) -> None:
    library, made = _with_film(tmp_path, analysis), tmp_path / "made.mp4"
    assert "Nothing fits" in _call(library, "reel", "tag:horror", "-o", str(made)).stderr
    assert _call(library, "reel", "1", "--summary", "long", "-o", str(made)).exit_code == 2
    write_mp4(tmp_path / "film.mp4", film(range(100, 148)), Fraction(24))
    changed = _call(library, "reel", "tag:forest", "-o", str(made))
    assert changed.exit_code == 1 and "has other content than was analysed" in changed.stderr
    (tmp_path / "film.mp4").unlink()
    gone = _call(library, "reel", "tag:forest", "-o", str(made))
    assert gone.exit_code == 1 and "The Séance is left out" in gone.stderr and not made.exists()
