"""`reelwatch search`, `export`, `correct` and `plugins`, as people and scripts call them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from catalog.library import Library, open_catalog, writing
from catalog.records import Analysis
from catalog.store import save
from daemon.cli import cli


@pytest.fixture
def library(tmp_path: Path, analysis: Analysis) -> Path:
    root = tmp_path / "library"
    with writing(open_catalog(Library(root))) as db:
        save(db, analysis)
    return root


def _call(library: Path, command: str, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [command, "--library", str(library), *arguments])


def _json(library: Path, command: str, *arguments: str) -> object:
    result = _call(library, command, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_search_prints_titles_and_shots(library: Path) -> None:
    result = _call(library, "search", "tag:forest", "scale:cu")
    assert result.exit_code == 0
    assert "The Séance (title 1): 1 shot" in result.stdout
    assert "01:00:00;00 - 01:00:03;10  CU     INT    unsure forest music" in result.stdout
    found = _json(library, "search", "tag:forest")
    assert isinstance(found, dict)
    assert [(hit["shot"], hit["start_frame"], hit["tags"]) for hit in found["shots"]] == [(1, 0, ["forest", "music"])]


def test_search_puts_back_the_quotation_marks_a_shell_takes(library: Path) -> None:
    for words in (('"the séance" len:>5s',), ("the séance", "len:>5s"), ("beat:pursuit", "len:>5s")):
        assert "1 shot" in _call(library, "search", *words).stdout


def test_search_says_what_is_wrong_with_a_query(library: Path) -> None:
    result = _call(library, "search", "tga:forest")
    assert result.exit_code == 1 and "did you mean 'tag'" in result.stderr
    assert _call(library, "search", "tag:war").stderr == "Nothing fits.\n"


def test_search_says_how_much_it_leaves_out(library: Path) -> None:
    assert "1 more shot;" in _call(library, "search", "séance", "--limit", "1").stderr


def test_export_writes_to_a_file_or_to_standard_output(library: Path, tmp_path: Path) -> None:
    assert _call(library, "export", "The Séance", "--format", "edl").stdout_bytes.startswith(b"TITLE: The Seance\r\n")
    file = tmp_path / "out" / "shots.csv"
    said = _json(library, "export", "1", "--format", "csv", "-o", str(file))
    assert said == {"title": 1, "format": "csv", "file": str(file), "bytes": file.stat().st_size}


def test_export_says_what_there_is(library: Path) -> None:
    result = _call(library, "export", "1", "--format", "avi")
    assert result.exit_code == 2 and "csv, ebucore" in result.stderr
    result = _call(library, "export", "Nosferatu", "--format", "csv")
    assert result.exit_code == 1 and "no title 'Nosferatu'" in result.stderr


def test_a_library_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    for arguments in (["search", "x"], ["export", "1", "--format", "csv"], ["correct", "1", "1", "--scale", "CU"]):
        result = _call(tmp_path / "nowhere", *arguments)
        assert result.exit_code == 1 and "There is no catalog" in result.stderr
    assert not (tmp_path / "nowhere").exists()


def test_a_correction_is_found_exported_reported_and_undone(library: Path) -> None:
    said = _json(library, "correct", "1", "1", "--scale", "ms", "--tag", "+war", "--tag", "-forest", "--by", "anna")
    assert said == {"title": 1, "act": 1, "undone": False}
    assert "1 shot" in _call(library, "search", "scale:MS tag:war").stdout
    exported = json.loads(_call(library, "export", "1", "--format", "json").stdout)
    assert exported["shots"][0]["scale"] == {"value": "MS", "confidence": 1.0, "source": "person"}
    assert [each["tag"] for each in exported["tags"]] == ["war", "music"]
    page = next((library / "reports").glob("*/index.html")).read_text()
    assert "war" in page
    assert ",MS,1.000," in next((library / "exports").glob("*.csv")).read_text()
    assert (library / "reports" / "index.html").is_file()
    status = _call(library, "status").stdout
    assert "scale     right in 0 of 1 answers" in status and "tags      right in 0 of 1 answers" in status
    history = _json(library, "correct", "1", "--history")
    assert isinstance(history, list) and {each["by"] for each in history} == {"anna"} and len(history) == 3
    assert "taken back" in _call(library, "correct", "1", "1", "--undo").stdout
    assert "1 shot" in _call(library, "search", "scale:CU tag:forest").stdout
    assert _call(library, "correct", "1", "--undo").exit_code == 1


def test_corrections_in_bulk_are_all_taken_or_none(library: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "reviewed.csv"
    sheet.write_text("\ufeffshot,scale,time_of_day,tags\n1,MCU,,+war -music\n2,ls,night,\n2,,,\n", "utf-8")
    assert _call(library, "correct", "The Séance", "--csv", str(sheet)).exit_code == 0
    hits = _json(library, "search", "séance")
    assert isinstance(hits, dict)
    assert [(shot["scale"], shot["time_of_day"]) for shot in hits["shots"]] == [("MCU", ""), ("LS", "NIGHT")]
    sheet.write_text("shot,scale\n1,CU\n2,huge\n")
    result = _call(library, "correct", "1", "--csv", str(sheet))
    assert result.exit_code == 1 and "reviewed.csv, line 3: 'HUGE' is no scale" in result.stderr
    assert "1 shot" in _call(library, "search", "scale:MCU").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["1"], "Give a SHOT"),
        (["--scale", "CU"], "Give a SHOT"),
        (["1", "--undo", "--history"], "Give a SHOT"),
    ],
)
def test_correct_says_how_it_is_used(library: Path, arguments: list[str], said: str) -> None:
    result = _call(library, "correct", "1", *arguments)
    assert result.exit_code == 2 and said in result.stderr


def test_tags_are_known_ones_and_signed(library: Path) -> None:
    for tag, said in (("war", "should be +war"), ("+wra", "no tag. There are: abduction, action")):
        result = _call(library, "correct", "1", "1", "--tag", tag)
        assert result.exit_code == 1 and said in result.stderr


def test_plugins_are_listed_with_their_formats() -> None:
    result = CliRunner().invoke(cli, ["plugins", "--json"])
    said = json.loads(result.stdout)
    assert result.exit_code == 0
    assert {"name": "edl", "origin": "built-in", "hooks": ["register_exporters"], "error": ""} in said["plugins"]
    assert said["formats"]["csv"] == "Shot log, one row a shot"
