"""Thumbnails are small, whole and look like the picture."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from reports.thumbnails import MAX_BYTES, write_thumbnail


def decoded(path: Path) -> np.ndarray:
    with av.open(str(path), format="mjpeg") as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [(858, 2048, (161, 384)), (1080, 1920, (216, 384)), (1920, 1080, (384, 216)), (101, 63, (101, 63)), (1, 1, (1, 1))],
)
def test_a_thumbnail_keeps_the_ratio_and_never_grows(
    tmp_path: Path, height: int, width: int, expected: tuple[int, int]
) -> None:
    write_thumbnail(np.full((height, width, 3), 90, np.uint8), tmp_path / "a" / "1.jpg")
    assert decoded(tmp_path / "a" / "1.jpg").shape[:2] == expected


def test_colours_survive(tmp_path: Path) -> None:
    picture = np.zeros((160, 384, 3), np.uint8)
    picture[:, :192] = (200, 30, 60)
    picture[:, 192:] = (20, 120, 240)
    write_thumbnail(picture, tmp_path / "1.jpg")
    again = decoded(tmp_path / "1.jpg")
    assert np.abs(again[80, 90].astype(int) - (200, 30, 60)).max() <= 6
    assert np.abs(again[80, 300].astype(int) - (20, 120, 240)).max() <= 6


def test_even_noise_fits(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (384, 384, 3), dtype=np.uint8)
    write_thumbnail(noise, tmp_path / "1.jpg")
    assert 0 < (tmp_path / "1.jpg").stat().st_size <= MAX_BYTES
    assert [path.name for path in tmp_path.iterdir()] == ["1.jpg"]


def test_a_file_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").mkdir()
    with pytest.raises(OSError):
        write_thumbnail(np.zeros((9, 9, 3), np.uint8), tmp_path / "1.jpg")
    assert [path.name for path in tmp_path.iterdir()] == ["1.jpg"]
