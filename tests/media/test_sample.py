"""The deliveries we write ourselves play back frame by frame, in their own colours."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from numbered import film, number_of

from media.opening import open_programme, open_reader
from media.programme import Picture
from media.sample import write_dcp, write_mp4


def bars() -> Picture:
    """Eight patches: greys and the primaries."""
    colours = [(0, 0, 0), (64, 64, 64), (128, 128, 128), (255, 255, 255), (200, 40, 40), (40, 200, 40), (40, 40, 200)]
    return np.repeat(np.repeat(np.array([[*colours, (200, 180, 140)]], np.uint8), 24, axis=1), 64, axis=0)


def test_a_written_mp4_plays_its_frames_in_order(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    assert write_mp4(path, film(range(60)), Fraction(25)) == 60
    programme = open_programme(path)
    assert (programme.frames, programme.rate, programme.findings) == (60, 25, ())
    reader = open_reader(programme)
    assert [number_of(picture) for _, picture in reader.thumbnails()] == list(range(60))
    reader.close()


def test_a_written_dcp_plays_its_reels_in_order(tmp_path: Path) -> None:
    write_dcp(tmp_path / "dcp", "Numbers & letters", [film(range(7)), film(range(100, 105))], Fraction(24))
    programme = open_programme(tmp_path / "dcp")
    assert (programme.name, programme.kind, programme.frames) == ("Numbers & letters", "dcp", 12)
    assert programme.findings == ()
    reader = open_reader(programme)
    assert [number_of(picture) for _, picture in reader.thumbnails()] == [*range(7), *range(100, 105)]
    asked = [0, 6, 7, 11]
    assert [number_of(picture) for _, picture in reader.pictures(asked, 640)] == [0, 6, 100, 104]
    reader.close()


def test_colours_of_a_written_dcp_come_back(tmp_path: Path) -> None:
    write_dcp(tmp_path / "dcp", "Bars", [[bars()] * 2], Fraction(24))
    reader = open_reader(open_programme(tmp_path / "dcp"))
    (_, shown), *_ = reader.pictures([1], 640)
    reader.close()
    centres = (slice(20, 44), slice(12, None, 24))
    assert np.abs(shown[centres].astype(int) - bars()[centres]).max() <= 3
