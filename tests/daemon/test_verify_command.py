"""`reelwatch verify` for packages and films, as people and scripts call it."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from daemon.cli import cli
from tests.daemon.drawn import write_film


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A film, and beside it the checksum it has."""
    path = write_film(tmp_path / "film.mp4", 0.25)
    digest = hashlib.sha1(path.read_bytes()).hexdigest()
    (tmp_path / "film.mp4.sha1").write_text(f"{digest}  film.mp4\n")
    return path


def test_a_film_that_is_as_its_manifest_says(film: Path) -> None:
    result = CliRunner().invoke(cli, ["verify", str(film)])
    assert (result.exit_code, result.stdout, result.stderr) == (0, "Nothing to object to.\n", "")


def test_an_altered_film_is_an_error_with_all_that_is_known(film: Path) -> None:
    stated = (film.parent / "film.mp4.sha1").read_text().split()[0]
    with film.open("ab") as file:
        file.write(b"\0")
    result = CliRunner().invoke(cli, ["verify", str(film), "--json"])
    assert result.exit_code == 1
    (finding,) = json.loads(result.stdout)
    assert (finding["code"], finding["severity"], finding["file"]) == ("altered file", "error", "film.mp4")
    assert (finding["expected"], finding["found"]) == (stated, hashlib.sha1(film.read_bytes()).hexdigest())
    assert finding["element"] == ""


def test_a_package_with_notes_alone_is_no_error(shared_data: Path) -> None:
    package = shared_data / "packages/dcp/libdcp_encryption_test"
    result = CliRunner().invoke(cli, ["verify", str(package)])
    assert result.exit_code == 0
    assert result.stdout.startswith("note     encrypted essence: ")
    assert result.stdout.endswith(" findings.\n")


def test_a_bar_shows_on_a_terminal_and_leaves_the_json_alone(film: Path) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "daemon.cli", "verify", str(film), "--json"]
    environment = {**os.environ, "TERM": "xterm"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=slave, env=environment) as process:
        os.close(slave)
        output, _ = process.communicate(timeout=120)
    assert json.loads(output) == []
    shown = os.read(master, 65536).decode()
    os.close(master)
    assert "━" in shown and "/" in shown
