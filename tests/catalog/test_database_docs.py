"""What docs/database.md says of the database is true, and reading it disturbs nobody."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from catalog.corrections import Word, correct
from catalog.library import Library, open_catalog, read_catalog, writing
from catalog.records import Analysis
from catalog.store import save

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "database.md").read_text()
QUERIES: list[str] = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
COLUMNS = re.findall(r"^## (\w+)\n\n`([^`]*)`", PAGE, re.MULTILINE)


@pytest.fixture
def library(tmp_path: Path, analysis: Analysis) -> Library:
    with writing(open_catalog(Library(tmp_path))) as db:
        correct(db, save(db, analysis), [Word(1, scale="MS", tags={"forest": True})], "anna")
    return Library(tmp_path)


def test_every_view_is_described_with_its_columns(library: Library) -> None:
    db = read_catalog(library)
    views = {name: [column.name for column in db[name].columns] for name in db.view_names()}
    assert {name: re.split(r",\s+", columns) for name, columns in COLUMNS} == views


@pytest.mark.parametrize("block", QUERIES)
def test_every_query_runs(library: Library, block: str) -> None:
    db = read_catalog(library)
    for statement in filter(str.strip, block.split(";\n")):
        assert db.execute(statement).description


def test_queries_find_what_they_are_for(library: Library) -> None:
    db = read_catalog(library)
    found = [db.execute(block.split(";\n")[0]).fetchall() for block in QUERIES]
    assert [("The Séance", "dcp", 10.01, "30000/1001", "01:00:00;00")] in found
    assert [("pursuit", "01:00:00;00", "01:00:10;00", 2, 10.0)] in found
    assert [("scale", 1, 0), ("tag", 1, 1)] in found


def test_reader_and_writer_do_not_wait_for_each_other(library: Library, analysis: Analysis) -> None:
    """Each with a patience of nothing: waiting at all would be an error."""
    writer = sqlite3.connect(library.database, timeout=0)
    reader = sqlite3.connect(f"{library.database.as_uri()}?mode=ro", uri=True, timeout=0)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM shot_log").fetchone() == (2,)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM shots WHERE shot = 2")
    assert reader.execute("SELECT count(*) FROM shot_log").fetchone() == (2,)
    writer.commit()
    assert reader.execute("SELECT count(*) FROM shot_log").fetchone() == (2,)
    reader.rollback()
    assert reader.execute("SELECT count(*) FROM shot_log").fetchone() == (1,)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM shots")


def test_datasette_serves_the_views_with_the_shipped_metadata(library: Library) -> None:
    pytest.importorskip("datasette")
    ask = [
        sys.executable,
        "-m",
        "datasette",
        str(library.database),
        "--metadata",
        str(DOCS / "datasette.json"),
        "--get",
    ]
    said = json.loads(subprocess.run([*ask, "/catalog.json"], check=True, capture_output=True).stdout)
    assert [table["name"] for table in said["tables"] if not table["hidden"]] == []
    assert {view["name"] for view in said["views"]} == {name for name, _ in COLUMNS}
    db = read_catalog(library)
    assert len(said["queries"]) == 3
    for query in said["queries"]:
        assert db.execute(query["sql"], {"tag": "forest"} if ":tag" in query["sql"] else []).description
