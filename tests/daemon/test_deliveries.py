"""The whole way: real deliveries in a folder, `reelwatch run --once`, and what the catalog says afterwards."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from daemon.names import as_text

GOOD = {
    "bikes.mp4": (250, "25", "00:00:00:00"),
    "tos_battle_smpte": (384, "24", "00:00:00:00"),
    "tos_battle_interop": (48, "24", "00:00:00:00"),
    "libdcp_dcp_test1": (24, "24", "00:00:00:00"),
    "tos_battle_app2e": (110, "24", "01:00:00:00"),
    "photon_htj2k": (80, "60000/1001", "00:00:00:00"),
}
"""Delivery -> frames, edit rate and start timecode that the package or clip itself states."""
CUTS = {
    "tos_battle_smpte": (23, 53, 99, 130, 142, 180, 241, 274, 326, 368),
    "tos_battle_app2e": (15, 30, 45, 78),
}
NOT_UTF8 = os.fsdecode(b"bikes \xe9\xff.mp4")


@dataclass(frozen=True)
class Ran:
    """What `run --once` left behind."""

    ingest: Path
    library: Path
    process: subprocess.CompletedProcess[str]

    def rows(self, sql: str, *values: object) -> list[Any]:
        with sqlite3.connect(self.library / "catalog.db") as connection:
            return connection.execute(sql, values).fetchall()

    def job(self, name: str) -> tuple[str, str, int | None]:
        """State, reason and title of a delivery's last job."""
        path = as_text(self.ingest / name)
        (row,) = self.rows("SELECT state, reason, title_id FROM jobs WHERE path = ? ORDER BY job_id DESC LIMIT 1", path)
        return row  # type: ignore[no-any-return]


def reelwatch(*words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "daemon.cli", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, errors="backslashreplace", timeout=300, **options)


@pytest.fixture(scope="session")
def ran(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("deliveries")
    ingest = folder / "in"
    ingest.mkdir()
    packages = shared_data / "packages"
    copy_all([shared_data / "video/bikes.mp4"], ingest)
    names = ("dcp/tos_battle_smpte", "dcp/tos_battle_interop", "dcp/libdcp_dcp_test1", "dcp/tos_battle_encrypted")
    copy_all([packages / name for name in (*names, "imf/tos_battle_app2e", "imf/photon_htj2k")], ingest)
    shutil.copy(shared_data / "video/bikes.mp4", ingest / NOT_UTF8)
    make_altered(packages / "dcp/libdcp_dcp_test1", ingest / "altered")
    make_incomplete(packages / "dcp/libdcp_dcp_test1", ingest / "incomplete")
    (ingest / "text.mp4").write_text("ffconcat version 1.0\nfile bikes.mp4\n")
    whole = (shared_data / "video/bikes.mp4").read_bytes()
    (ingest / "half.mp4").write_bytes(whole[: len(whole) // 2])
    (ingest / "picture.jp2").write_bytes(b"\0\0\0\x0cjP  \r\n\x87\n")
    process = reelwatch("run", "--once", "--ingest", ingest, "--library", folder / "library", "--workers", 2)
    return Ran(ingest, folder / "library", process)


def copy_all(sources: Sequence[Path], target: Path) -> None:
    for source in sources:
        if source.is_dir():
            shutil.copytree(source, target / source.name)
        else:
            shutil.copy2(source, target)


def make_altered(package: Path, target: Path) -> None:
    """One bit of the picture track file is another."""
    shutil.copytree(package, target)
    picture = largest(target)
    content = bytearray(picture.read_bytes())
    content[len(content) // 2] ^= 1
    picture.write_bytes(content)


def make_incomplete(package: Path, target: Path) -> None:
    shutil.copytree(package, target)
    largest(target).unlink()


def largest(package: Path) -> Path:
    return max(package.glob("*.mxf"), key=lambda path: path.stat().st_size)


@pytest.mark.parametrize("name", GOOD)
def test_the_catalog_states_what_the_delivery_states(ran: Ran, name: str) -> None:
    state, reason, title = ran.job(name)
    assert (state, title is not None) == ("done", True), reason
    assert ran.rows("SELECT frames, rate, start_tc FROM titles_v WHERE title_id = ?", title) == [GOOD[name]]
    ((frames, shots),) = ran.rows(
        "SELECT sum(end_frame - start_frame), count(*) FROM shot_log WHERE title_id = ?", title
    )
    assert frames == GOOD[name][0]
    ((slug,),) = ran.rows("SELECT slug FROM titles WHERE title_id = ?", title)
    assert (ran.library / "reports" / slug / "index.html").stat().st_size > 0
    assert len(list((ran.library / "thumbnails" / slug).glob("*.jpg"))) == shots


@pytest.mark.parametrize("name", CUTS)
def test_true_cuts_are_found(ran: Ran, name: str) -> None:
    _, _, title = ran.job(name)
    found = [start for (start,) in ran.rows("SELECT start_frame FROM transitions WHERE title_id = ?", title)]
    missed = [cut for cut in CUTS[name] if not any(abs(cut - each) <= 1 for each in found)]
    assert len(missed) <= len(CUTS[name]) // 10, f"missed {missed} of {CUTS[name]}, found {found}"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("altered", "is not the file that was packed"),
        ("text.mp4", "text.mp4 is no film that can be read"),
        ("half.mp4", "half.mp4"),
        ("picture.jp2", "picture.jp2 is no delivery that can be read"),
    ],
)
def test_a_bad_delivery_fails_with_one_sentence(ran: Ran, name: str, words: str) -> None:
    state, reason, title = ran.job(name)
    assert (state, title) == ("failed", None)
    assert words in reason
    assert reason.endswith(".")
    assert "\n" not in reason


def test_what_may_still_become_whole_waits(ran: Ran) -> None:
    state, reason, _ = ran.job("incomplete")
    assert state == "waiting"
    assert reason.startswith("Waiting for 1 of the files the package lists: ")
    state, reason, _ = ran.job("tos_battle_encrypted")
    assert state == "waiting"
    assert "is encrypted" in reason


def test_a_file_with_a_name_that_is_no_utf8_is_opened_and_known_as_the_same_content(ran: Ran) -> None:
    state, reason, title = ran.job(NOT_UTF8)
    assert state == "done", reason
    assert title == ran.job("bikes.mp4")[2]


def test_the_exit_status_says_that_some_failed(ran: Ran) -> None:
    assert ran.process.returncode == 1, ran.process.stderr
    assert str(ran.library / "reports/index.html") in ran.process.stderr


def test_sources_are_as_they_were(ran: Ran, shared_data: Path) -> None:
    source = shared_data / "packages/dcp/tos_battle_smpte"
    for file in source.rglob("*"):
        if file.is_file():
            assert (ran.ingest / "tos_battle_smpte" / file.relative_to(source)).read_bytes() == file.read_bytes()


def test_nothing_is_left_in_staging(ran: Ran) -> None:
    assert [path.name for path in (ran.library / ".staging").iterdir()] == ["daemon.lock"]


def test_a_second_run_has_nothing_to_do(ran: Ran) -> None:
    before = ran.rows("SELECT count(*) FROM job_events")
    again = reelwatch("run", "--once", "--ingest", ran.ingest, "--library", ran.library)
    assert again.returncode == 0, again.stderr
    assert ran.rows("SELECT count(*) FROM job_events") == before


def test_jobs_are_listed_shown_and_counted(ran: Ran) -> None:
    listed = json.loads(reelwatch("jobs", "--library", ran.library, "list", "--json").stdout)
    assert {Path(job["path"]).name for job in listed} >= set(GOOD)
    failed = next(job for job in listed if job["path"].endswith("text.mp4"))
    shown = json.loads(reelwatch("jobs", "--library", ran.library, "show", failed["job_id"], "--json").stdout)
    assert [event["to"] for event in shown["events"]] == ["seen", "queued", "running", "failed"]
    status = json.loads(reelwatch("status", "--library", ran.library, "--json").stdout)
    assert status["jobs"] == {"waiting": 2, "done": 7, "failed": 4}
    assert status["daemon"] == ""


def test_a_job_is_retried_by_hand(ran: Ran, tmp_path: Path) -> None:
    shutil.copytree(ran.library, tmp_path / "library")
    ((failed,),) = ran.rows("SELECT job_id FROM jobs WHERE path LIKE '%/text.mp4'")
    assert reelwatch("jobs", "--library", tmp_path / "library", "retry", failed).returncode == 0
    (tmp_path / "in").mkdir()
    assert reelwatch("run", "--once", "--ingest", tmp_path / "in", "--library", tmp_path / "library").returncode == 1


def test_one_delivery_is_analysed_without_watching(ran: Ran, tmp_path: Path) -> None:
    done = reelwatch("analyse", ran.ingest / "libdcp_dcp_test1", "--library", tmp_path / "library", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["state"], Path(said["report"]).is_file()) == ("done", True)
    bad = reelwatch("analyse", ran.ingest / "text.mp4", "--library", tmp_path / "library")
    assert bad.returncode == 1
    assert "text.mp4 is no film that can be read" in bad.stderr
