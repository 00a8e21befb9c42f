"""docs/plugins.md is true: its example is installed and run, its hooks are all there are, its connectors connect."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sqlite_utils import Database
from stub_server import StubServer

from catalog.library import Library
from plugins import hookspecs
from plugins.manager import exporters
from plugins.outbox import deliver_due, open_connectors

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "plugins.md").read_text()


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def _reelwatch(packages: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(packages)])}
    command = [sys.executable, "-m", "daemon.cli", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=packages)


def _install(source: Path, packages: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", str(packages), str(source)], check=True, capture_output=True)


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Where the example of the page is installed, as it stands there."""
    source, target = tmp_path / "example", tmp_path / "packages"
    source.mkdir()
    (source / "reelwatch_cuts.py").write_text(_blocks("python")[0])
    (source / "pyproject.toml").write_text(_blocks("toml")[0])
    _install(source, target)
    return target


def test_the_example_is_short_and_works(packages: Path, db: Database, library: Library) -> None:
    code = [line for line in _blocks("python")[0].splitlines() if line.strip()]
    assert len(code) <= 20
    listed = json.loads(_reelwatch(packages, "plugins", "--json").stdout)
    assert {
        "name": "cuts", "origin": "reelwatch-cuts 1.0", "hooks": ["register_exporters", "title_analysed"], "error": "",
    } in listed["plugins"]  # fmt: skip
    place = ["--library", str(library.root)]
    assert _reelwatch(packages, "export", "1", "--format", "cuts", *place).stdout == "100\n"
    tell = (
        "from pathlib import Path\nfrom catalog.library import Library, read_catalog\n"
        "from catalog.loading import load\nfrom plugins.manager import notify\n"
        f"library = Library(Path({str(library.root)!r}))\n"
        "notify('title_analysed', library=library, title_id=1, analysis=load(read_catalog(library), 1))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(packages)])}
    subprocess.run([sys.executable, "-c", tell], env=environment, check=True)
    assert (library.exports / "1.cuts.txt").read_text() == "100\n"


def test_a_plugin_that_cannot_be_imported_is_named_and_harms_nobody(
    tmp_path: Path, db: Database, library: Library
) -> None:
    packages = tmp_path / "packages"
    facts = packages / "broken-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[reelwatch]\nbroken = broken_plugin\n")
    (packages / "broken_plugin.py").write_text("raise RuntimeError('no licence')\n")
    listed = _reelwatch(packages, "plugins")
    assert listed.returncode == 1 and "left out: RuntimeError('no licence')" in listed.stdout
    assert "broken 1.0" in listed.stdout
    exported = _reelwatch(packages, "export", "1", "--format", "csv", "--library", str(library.root))
    assert exported.returncode == 0 and "01:00:00;00" in exported.stdout


def test_every_hook_is_described_with_its_arguments() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*?) ?\|$", PAGE, re.MULTILINE)
    described = {name: re.findall(r"`(\w+)`", arguments) for name, arguments in rows}
    hooks = {
        name: list(inspect.signature(function).parameters)
        for name, function in inspect.getmembers(hookspecs, inspect.isfunction)
        if hasattr(function, "reelwatch_spec")
    }
    assert described == hooks and len(hooks) >= 7


def test_every_format_is_described() -> None:
    page = (ROOT / "docs" / "exports.md").read_text()
    assert set(re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE)) == set(exporters())


def _configured(name: str) -> dict[str, object]:
    tables = [tomllib.loads(block) for block in _blocks("toml")]
    return next(dict(table["connectors"][name]) for table in tables if name in table.get("connectors", {}))


def test_every_connector_table_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("mam", "beside", "vidispine", "iconik", "kitsu"):
        assert set(open_connectors({name: _configured(name)})) == {name}


def _send_to_stub(name: str, body: str, tmp_path: Path, db: Database, library: Library, stub: StubServer) -> None:
    table = _configured(name)
    file = tmp_path / str(table["body"])
    file.write_text(body)
    (tmp_path / "secret").write_text("s3cret")
    host = str(table["url"]).split("/API", 1)[0]
    table |= {
        "url": str(table["url"]).replace(host, stub.url),
        "body": str(file),
        "secret": {"file": str(tmp_path / "secret")},
    }
    assert deliver_due(db, library, open_connectors({name: table}), 0.0) == 1


def test_vidispine_stub(tmp_path: Path, db: Database, library: Library, stub: StubServer) -> None:
    """Against a stub of our own, which only notes what it is sent."""
    _send_to_stub("vidispine", _blocks("xml")[0], tmp_path, db, library, stub)
    (request,) = stub.received
    assert (request.method, request.path) == ("PUT", "/API/item/The%20S%C3%A9ance/metadata")
    assert request.headers["authorization"] == "Basic s3cret"
    assert request.headers["content-type"] == "application/xml"
    root = ElementTree.fromstring(request.body)
    space = {"v": "http://xml.vidispine.com/schema/vidispine"}
    spans = root.findall("v:timespan", space)
    assert [(span.attrib["start"], span.attrib["end"]) for span in spans] == [
        ("0@30000:1001", "100@30000:1001"),
        ("100@30000:1001", "300@30000:1001"),
    ]
    fields = {field.findtext("v:name", "", space): [value.text for value in field.findall("v:value", space)]
              for field in spans[0].findall("v:field", space)}  # fmt: skip
    assert fields == {"reelwatch_scale": ["CU"], "reelwatch_tags": ["forest", "music"]}


def test_iconik_stub(tmp_path: Path, db: Database, library: Library, stub: StubServer) -> None:
    """Against a stub of our own, which only notes what it is sent."""
    _send_to_stub("iconik", _blocks("json")[0], tmp_path, db, library, stub)
    (request,) = stub.received
    assert (request.method, request.path) == ("POST", "/API/assets/v1/assets/The%20S%C3%A9ance/segments/")
    assert (request.headers["app-id"], request.headers["auth-token"]) == ("0a1b2c3d", "s3cret")
    assert json.loads(request.body) == {
        "segment_type": "GENERIC", "segment_text": "pursuit", "time_start_milliseconds": 0,
        "time_end_milliseconds": 10010,
    }  # fmt: skip
