from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from daemon.intake import Delivery, scan


def deliveries(root: Path) -> dict[str, Delivery]:
    return {str(each.path.relative_to(root)): each for each in scan(root, lambda path: False, [])}


def put(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_films_are_found_at_any_depth_and_other_files_are_not(tmp_path: Path) -> None:
    for name in ("a.mp4", "season/b.MOV", "season/deep/c.mxf", "notes.txt", "season/poster.jpg"):
        put(tmp_path / name)
    assert set(deliveries(tmp_path)) == {"a.mp4", "season/b.MOV", "season/deep/c.mxf"}


@pytest.mark.parametrize(
    "name",
    ["._a.mp4", ".a.mp4.Xy12ab", "a.mp4.part", "a.mp4.filepart", "a.tmp", "@eaDir/a.mp4", ".DS_Store", ".hidden/a.mp4"],
)
def test_left_overs_and_unfinished_copies_are_ignored(tmp_path: Path, name: str) -> None:
    put(tmp_path / name)
    assert deliveries(tmp_path) == {}


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    put(tmp_path / "reel/a.mp4")
    (tmp_path / "reel/again").symlink_to(tmp_path)
    assert set(deliveries(tmp_path)) == {"reel/a.mp4"}


def test_the_stamp_follows_content_times_and_sidecars_and_nothing_else(tmp_path: Path) -> None:
    film = put(tmp_path / "a.mp4")
    before = deliveries(tmp_path)["a.mp4"].stamp
    put(tmp_path / "b.mp4")
    assert deliveries(tmp_path)["a.mp4"].stamp == before
    put(tmp_path / "a.srt")
    with_sidecar = deliveries(tmp_path)["a.mp4"].stamp
    assert with_sidecar != before
    os.utime(film, ns=(0, 1))
    assert deliveries(tmp_path)["a.mp4"].stamp != with_sidecar


def test_a_film_in_a_folder_waits_for_what_is_copied_beside_it(tmp_path: Path) -> None:
    put(tmp_path / "dcp/reel1.mxf")
    before = deliveries(tmp_path)["dcp/reel1.mxf"]
    put(tmp_path / "dcp/reel2.mxf")
    after = deliveries(tmp_path)["dcp/reel1.mxf"]
    assert after.stamp == before.stamp
    assert after.look != before.look


def test_a_package_is_one_delivery_whatever_films_it_holds(tmp_path: Path, shared_data: Path) -> None:
    shutil.copytree(shared_data / "packages/dcp/libdcp_dcp_test1", tmp_path / "dcp")
    shutil.copytree(shared_data / "packages/imf/photon_Application2", tmp_path / "imf")
    found = deliveries(tmp_path)
    assert {name: each.kind for name, each in found.items()} == {"dcp": "dcp", "imf": "imf"}


def test_names_that_are_no_utf8_are_found(tmp_path: Path) -> None:
    put(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe9\xff.mp4")))
    assert [os.fsencode(each.path.name) for each in deliveries(tmp_path).values()] == [b"\xe9\xff.mp4"]


def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a.mp4")
    (tmp_path / "locked").mkdir()
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: refuse() if Path(path).name == "locked" else real(path))
    unreadable: list[Path] = []
    assert [each.path.name for each in scan(tmp_path, lambda path: False, unreadable)] == ["a.mp4"]
    assert unreadable == [tmp_path / "locked"]


def refuse() -> None:
    raise PermissionError(13, "Permission denied")
