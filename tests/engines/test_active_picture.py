"""Letterbox and pillarbox of a title: dark scenes, subtitles and a few full frames do not fool the majority."""

from __future__ import annotations

import numpy as np
import pytest

from catalog.records import ActivePicture
from engines.active_picture import ActivePictureFinder, name_of
from media.programme import Picture

DICE = np.random.default_rng(5)


def frame(ratio: float, size: tuple[int, int] = (360, 640), level: int = 200) -> Picture:
    """Noise of the given ratio inside black bars with coding noise."""
    height, width = size
    shown = DICE.integers(0, 14, (height, width, 3), np.uint8)
    inner_height, inner_width = min(height, round(width / ratio)), min(width, round(height * ratio))
    top, left = (height - inner_height) // 2, (width - inner_width) // 2
    shown[top : top + inner_height, left : left + inner_width] = DICE.integers(
        0, level, (inner_height, inner_width, 3), np.uint8
    )
    return shown


def found(*pictures: Picture) -> ActivePicture | None:
    finder = ActivePictureFinder()
    for picture in pictures:
        finder.push(picture)
    return finder.finish()


@pytest.mark.parametrize(
    ("ratio", "name"),
    [(2.39, "2.39"), (1.85, "1.85"), (16 / 9, "1.78"), (1.66, "1.66"), (4 / 3, "1.33"), (2.0, "2.00")],
)
def test_ratios_inside_a_wide_frame(ratio: float, name: str) -> None:
    active = found(*(frame(ratio) for _ in range(6)))
    assert active is not None and active.name == name
    assert active.ratio == pytest.approx(ratio, rel=0.01)
    assert (active.left, active.top) == pytest.approx((1 - active.right, 1 - active.bottom), abs=0.006)


def test_a_box_on_all_sides() -> None:
    picture = np.zeros((360, 640, 3), np.uint8)
    picture[60:300, 80:560] = 120
    active = found(*[picture] * 5)
    assert active is not None and active.name == "2.00"
    assert (active.left, active.top, active.right, active.bottom) == (80 / 640, 60 / 360, 560 / 640, 300 / 360)


def test_subtitles_in_the_bar_of_most_frames_do_not_fool_it() -> None:
    titled = [frame(2.39) for _ in range(10)]
    for picture in titled[:8]:
        picture[325:350, 130:510] = DICE.choice([0, 255], (25, 380, 1))
    active = found(*titled)
    assert active is not None and active.name == "2.39"


def test_dark_scenes_do_not_fool_it() -> None:
    night = [frame(1.85, level=20) for _ in range(30)]
    lamp = [frame(1.85, level=20) for _ in range(12)]
    for picture in lamp:
        picture[120:240, 200:440] = 150  # lit in the middle only
    active = found(*night, *lamp, *(frame(1.85) for _ in range(14)))
    assert active is not None and active.name == "1.85"


def test_the_ratio_of_most_frames_wins() -> None:
    active = found(*(frame(2.39) for _ in range(12)), *(frame(16 / 9) for _ in range(5)))
    assert active is not None and active.name == "2.39"


def test_nothing_is_claimed_of_a_few_or_of_dark_frames() -> None:
    assert found(*(frame(2.39) for _ in range(3))) is None
    assert found(*(frame(2.39, level=20) for _ in range(20))) is None
    assert found() is None


def test_names() -> None:
    named = [name_of(ratio) for ratio in (2.35, 2.40, 1.90, 1.77, 1.375, 1.34, 2.76)]
    assert named == ["2.39", "2.39", "1.90", "1.78", "1.38", "1.33", "2.76"]
