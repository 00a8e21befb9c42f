"""Settling by looks at real files; only the clock is made up."""

from __future__ import annotations

import os
import shutil
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlite_utils import Database

from catalog.library import Library, open_catalog
from daemon import queue
from daemon.config import Ingest
from daemon.reception import Reception

QUIET = 10.0


@dataclass
class Desk:
    """A reception on a folder of its own."""

    db: Database
    folder: Path
    now: float = 0.0
    accepted: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ingest = Ingest(path=self.folder, quiet_time=QUIET)
        self.reception = Reception(self.db, lambda: self.now, self.accepted.append)

    def look(self, after: float = 0.0) -> None:
        self.now += after
        self.reception.look(self.ingest)

    def states(self) -> dict[str, str]:
        return {path.name: state for path, _, state, _ in queue.latest_of_each_path(self.db)}

    def reason(self, name: str) -> str:
        job = queue.latest_of(self.db, self.folder / name)
        return job.reason if job else ""

    def put(self, name: str, content: bytes = b"film") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "in").mkdir()
    db = open_catalog(Library(tmp_path / "library"))
    yield Desk(db, tmp_path / "in")
    db.conn.close()


def test_a_film_there_at_start_waits_its_quiet_time_too(desk: Desk) -> None:
    desk.put("a.mp4")
    desk.look()
    assert desk.states() == {"a.mp4": "seen"}
    desk.look(QUIET - 0.1)
    assert desk.states() == {"a.mp4": "seen"}
    desk.look(0.1)
    assert desk.states() == {"a.mp4": "queued"}
    assert desk.accepted == [desk.folder / "a.mp4"]


def test_a_slow_copy_settles_only_at_its_end(desk: Desk) -> None:
    for size in range(1, 6):
        desk.put("a.mp4", b"x" * size)
        desk.look(QUIET - 1)
    assert desk.states() == {"a.mp4": "settling"}
    assert desk.reason("a.mp4") == "Still being copied."
    desk.look(QUIET)
    assert desk.states() == {"a.mp4": "queued"}


def test_a_copy_that_paused_for_long_is_taken_up_again(desk: Desk) -> None:
    desk.put("a.mp4", b"half")
    desk.look()
    desk.look(QUIET)
    desk.put("a.mp4", b"half and half")
    desk.look(100)
    assert desk.states() == {"a.mp4": "settling"}
    desk.look(QUIET)
    assert desk.states() == {"a.mp4": "queued"}
    assert len(queue.listed(desk.db)) == 1


def test_a_file_open_for_writing_is_not_taken_however_still_it_lies(desk: Desk) -> None:
    with desk.put("a.mp4", b"\0" * 4096).open("r+b"):
        desk.look()
        desk.look(10 * QUIET)
        assert desk.states() == {"a.mp4": "settling"}
        assert desk.reason("a.mp4") == "Another process has it open for writing."
    desk.look(QUIET)
    assert desk.states() == {"a.mp4": "queued"}


def test_a_copy_under_a_temporary_name_is_seen_when_it_is_renamed(desk: Desk) -> None:
    desk.put("a.mp4.part")
    desk.look()
    desk.look(QUIET)
    assert desk.states() == {}
    (desk.folder / "a.mp4.part").rename(desk.folder / "a.mp4")
    desk.look()
    desk.look(QUIET)
    assert desk.states() == {"a.mp4": "queued"}


def test_a_restart_does_not_take_a_film_twice(desk: Desk) -> None:
    desk.put("a.mp4")
    desk.look()
    desk.look(QUIET)
    queue.change(desk.db, 1, "done")
    again = Desk(desk.db, desk.folder)
    again.look()
    again.look(QUIET)
    assert [job.state for job in queue.listed(desk.db)] == ["done"]


def test_other_content_under_the_same_name_is_another_job(desk: Desk) -> None:
    desk.put("a.mp4")
    desk.look()
    desk.look(QUIET)
    queue.change(desk.db, 1, "failed", "It is cut short.")
    desk.put("a.mp4", b"the whole film")
    desk.look()
    desk.look(QUIET)
    assert [job.state for job in queue.listed(desk.db)] == ["queued", "failed"]


def test_a_film_taken_away_is_cancelled_and_comes_back(desk: Desk, tmp_path: Path) -> None:
    film = desk.put("a.mp4")
    desk.look()
    shutil.move(film, tmp_path / "a.mp4")
    desk.look(1)
    assert desk.states() == {"a.mp4": "cancelled"}
    shutil.move(tmp_path / "a.mp4", film)
    desk.look(1)
    desk.look(QUIET)
    assert desk.states() == {"a.mp4": "queued"}


def test_a_folder_that_vanishes_takes_no_job_with_it(desk: Desk, tmp_path: Path) -> None:
    desk.put("a.mp4")
    desk.look()
    desk.folder.rename(tmp_path / "unmounted")
    desk.look(QUIET)
    assert desk.states() == {"a.mp4": "seen"}
    (tmp_path / "unmounted").rename(desk.folder)
    desk.look(1)
    assert desk.states() == {"a.mp4": "queued"}


def test_a_package_waits_for_the_files_it_lists(desk: Desk, shared_data: Path) -> None:
    source = shared_data / "packages/dcp/libdcp_dcp_test1"
    picture = max(source.glob("*.mxf"), key=lambda path: path.stat().st_size)
    shutil.copytree(source, desk.folder / "dcp", ignore=lambda folder, names: [picture.name])
    desk.look()
    desk.look(QUIET)
    assert desk.states() == {"dcp": "waiting"}
    assert picture.name in desk.reason("dcp")
    whole = picture.read_bytes()
    desk.put(f"dcp/{picture.name}", whole[:100])
    desk.look(1)
    desk.look(QUIET)
    assert desk.states() == {"dcp": "waiting"}
    assert f"{picture.name} (100 of {len(whole)} bytes)" in desk.reason("dcp")
    desk.put(f"dcp/{picture.name}", whole)
    desk.look(1)
    desk.look(QUIET)
    assert desk.states() == {"dcp": "queued"}


def test_a_track_file_that_came_before_its_asset_map_is_no_film_of_its_own(desk: Desk, shared_data: Path) -> None:
    source = shared_data / "packages/dcp/libdcp_dcp_test1"
    for path in sorted(source.glob("*.mxf")):
        desk.put(f"dcp/{path.name}", path.read_bytes())
        desk.look(QUIET - 1)
    films = set(desk.states())
    assert set(desk.states().values()) <= {"seen", "settling"}
    shutil.copytree(source, desk.folder / "dcp", dirs_exist_ok=True)
    desk.look(1)
    desk.look(QUIET)
    assert desk.states() == {**dict.fromkeys(films, "cancelled"), "dcp": "queued"}


def test_a_name_that_is_no_utf8_goes_all_the_way(desk: Desk) -> None:
    name = os.fsdecode(b"\xe9\xff.mp4")
    desk.put(name)
    desk.look()
    desk.look(QUIET)
    job = queue.claim(desk.db, 0)
    assert job is not None
    assert job.path.read_bytes() == b"film"


def test_a_burst_of_films_is_seen_whole(desk: Desk) -> None:
    """Memory: what is kept of a film between looks, and what one look needs, is at most 4 kB."""
    films = 100_000 if os.environ.get("REELWATCH_FAULTS") == "long" else 5_000
    for number in range(films):
        (desk.folder / f"{number:06d}.mp4").touch()
    tracemalloc.start()
    desk.look()
    desk.look(QUIET)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert queue.counts(desk.db) == {"queued": films}
    assert peak < 4096 * films
