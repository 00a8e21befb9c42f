"""A film cut in its middle: what is left is analysed, unless too much is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from sqlite_utils import Database

from catalog.library import Library, open_catalog
from catalog.loading import load
from daemon import queue
from daemon.config import Limits, Settings
from daemon.display import Lines
from daemon.foreman import Foreman
from daemon.losses import refusal
from daemon.queue import Job
from media.findings import Finding
from tests.daemon.drawn import RATE, write_film

FRAMES = 4 * RATE


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = open_catalog(Library(tmp_path / "library"))
    yield db
    db.conn.close()


def cut_film(folder: Path) -> Path:
    """Four shots of a second, the index at the head, and the last two fifths of the bytes missing."""
    whole, path = write_film(folder / "whole.mp4", FRAMES / RATE), folder / "cut.mp4"
    with av.open(str(whole)) as source, av.open(str(path), "w", options={"movflags": "faststart"}) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 5])
    return path


def analysed(db: Database, library: Path, path: Path, lost_frames: float) -> Job:
    settings = Settings(library=library, retry_s=0, limits=Limits(lost_frames=lost_frames))
    foreman = Foreman(db, settings, Lines())
    job_id = queue.add(db, path, "file", "stamp")
    queue.change(db, job_id, "queued")
    try:
        foreman.start_due()
        while not foreman.is_idle:
            foreman.tend(0.5)
    finally:
        foreman.stop()
    return queue.find(db, job_id)


def test_too_many_lost_frames_fail_a_title_and_fewer_are_named(db: Database, tmp_path: Path) -> None:
    path = cut_film(tmp_path)
    failed = analysed(db, tmp_path / "library", path, 0.05)
    assert (failed.state, failed.title_id) == ("failed", None)
    assert f"of {FRAMES} frames could not be decoded: " in failed.reason
    assert failed.reason.endswith("more than the 0.05 that limits.lost_frames allows).")
    done = analysed(db, tmp_path / "library", path, 0.9)
    assert done.state == "done", done.reason
    assert done.title_id is not None
    title = load(db, done.title_id).title
    found = {finding.code: finding for finding in title.findings}
    lost = FRAMES - int(found["lost frames"].found)
    assert title.frames == FRAMES and FRAMES // 10 < lost < FRAMES * 0.9
    assert found["lost frames"].message == (
        f"{lost} of {FRAMES} frames could not be decoded: {FRAMES - lost}-{FRAMES - 1}."
    )
    assert "short file" in found


@pytest.mark.parametrize(
    ("lost", "limit", "refused"), [(5, 0.05, False), (6, 0.05, True), (1, 0, True), (99, 1, False)]
)
def test_the_limit_is_a_share_of_all_frames(lost: int, limit: float, refused: bool) -> None:
    findings = [
        Finding("short file", "warning", "It was cut."),
        Finding("lost frames", "warning", "Some are lost.", "a", "", "100", str(100 - lost)),
    ]
    assert bool(refusal(findings, limit)) is refused
