"""Real films and packages: frame counts, rates and start timecodes equal their own."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from media.findings import MissingFiles, MissingKey
from media.opening import open_programme, open_reader
from media.timecode import timecode

FRAMES = {
    "video/tos_battle.webm": (1691, "24"),
    "video/bbb_480p.mp4": (720, "24"),
    "video/bikes.mp4": (250, "25"),
    "video/megamind.avi": (270, "24000/1001"),
    "video/titanic.mp4": (482, "24000/1001"),
    "video/tos_titles.ts": (480, "24"),
    "video/testvideo.mp4": (720, "30000/1001"),
    "video/shining_trailer.mp4": (2192, "25"),
    "video/moon_trailer.mp4": (1655, "30000/1001"),
    "video/sintel_trailer_480.mp4": (1252, "24"),
    "video/office_reel.mp4": (300, "30"),
    "video/soda_advert.mp4": (240, "24"),
    "odd/delayed_start.mp4": (24, "25"),
    "odd/nasa_13013.mp4": (390, "30000/1001"),
    "packages/dcp/tos_battle_smpte": (384, "24"),
    "packages/dcp/tos_battle_interop": (48, "24"),
    "packages/dcp/libdcp_dcp_test1": (24, "24"),
    "packages/dcp/libdcp_dcp_test2": (24, "24"),
    "packages/dcp/libdcp_dcp_test3": (24, "24"),
    "packages/imf/tos_battle_app2e": (110, "24"),
    "packages/imf/photon_htj2k": (80, "60000/1001"),
}


@pytest.mark.parametrize("name", FRAMES)
def test_every_frame_of_a_real_delivery_plays(shared_data: Path, name: str) -> None:
    programme = open_programme(shared_data / name)
    assert (programme.frames, programme.rate) == (FRAMES[name][0], Fraction(FRAMES[name][1]))
    reader = open_reader(programme)
    indices = [index for index, _ in reader.thumbnails()]
    reader.close()
    assert indices == list(range(programme.frames))
    assert reader.findings == ()


def test_the_start_timecode_of_an_imf_composition_is_kept(shared_data: Path) -> None:
    programme = open_programme(shared_data / "packages/imf/tos_battle_app2e")
    assert timecode(programme.start_frame, programme.rate) == "01:00:00:00"


def test_an_encrypted_package_waits_for_its_key(shared_data: Path) -> None:
    with pytest.raises(MissingKey) as caught:
        open_programme(shared_data / "packages/dcp/tos_battle_encrypted")
    assert caught.value.key_ids == ("70d77c13-0af9-5c99-bf2b-9aafd1830fc5",)


def test_a_version_file_waits_for_its_original_and_plays_through_it(shared_data: Path) -> None:
    version = shared_data / "packages/dcp/tos_battle_smpte_vf"
    with pytest.raises(MissingFiles) as caught:
        open_programme(version)
    assert caught.value.missing == ("244d4a4a-aa25-51fa-865e-0515168592df",)
    programme = open_programme(version, search=[shared_data / "packages/dcp"])
    assert [(each.path.name, each.frames) for each in programme.segments] == [
        ("reel1_j2c.mxf", 192),
        ("vf_reel2_j2c.mxf", 48),
    ]


def test_a_dcp_plays_the_very_frames_it_was_made_from(shared_data: Path) -> None:
    """Programme frame i shows frame 1104 + i of the source; its neighbours differ more wherever anything moves."""
    dcp = thumbnails(shared_data / "packages/dcp/tos_battle_smpte")
    source = thumbnails(shared_data / "video/tos_battle.webm")[1103 : 1104 + 385]
    apart = np.stack([np.abs(dcp - source[shift : shift + 384]).mean(axis=(1, 2, 3)) for shift in (0, 1, 2)])
    assert apart[1].max() < 16
    moving = np.abs(np.diff(source[1:], axis=0)).mean(axis=(1, 2, 3)) > 8
    assert moving.sum() > 100
    assert (apart[1, moving[:384]] == apart[:, moving[:384]].min(axis=0)).mean() > 0.95


@pytest.mark.parametrize(
    ("name", "cuts"),
    [
        ("packages/dcp/tos_battle_smpte", [23, 53, 99, 130, 142, 180, 241, 274]),
        ("packages/imf/tos_battle_app2e", [15, 30, 45, 78]),
    ],
)
def test_true_cuts_lie_where_the_picture_changes_most(shared_data: Path, name: str, cuts: list[int]) -> None:
    """Up to frame 300: the end of the DCP is full of muzzle flashes."""
    frames = thumbnails(shared_data / name)[:300]
    change = np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2, 3))
    assert sorted(int(n) + 1 for n in np.argsort(change)[-len(cuts) :]) == cuts


def thumbnails(path: Path) -> NDArray[np.float32]:
    reader = open_reader(open_programme(path))
    frames = np.stack([picture.astype(np.float32) for _, picture in reader.thumbnails()])
    reader.close()
    return frames
