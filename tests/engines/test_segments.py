"""Black, frozen and colour-bar stretches, and none of them in moving pictures."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import numpy as np
import pytest

from catalog.records import Stretch
from engines.segments import SegmentFinder, has_bars, is_black
from media.programme import THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH, Picture

DICE = np.random.default_rng(3)
SHAPE = (THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH, 3)
RATE = Fraction(24)


def moving() -> Picture:
    return DICE.integers(30, 220, SHAPE, np.uint8)


def black(noise: int = 12) -> Picture:
    return DICE.integers(0, noise, SHAPE, np.uint8)


def noisy(picture: Picture, amount: int = 1) -> Picture:
    """Coding noise on a few pixels."""
    changed = picture.astype(np.int16)
    changed[::9, ::9] += DICE.integers(-amount, amount + 1, changed[::9, ::9].shape)
    return np.clip(changed, 0, 255).astype(np.uint8)


def bars(level: int = 191, white: bool = True, sides: int = 0, lower: bool = False) -> Picture:
    """Colour bars: EBU (white and black at the ends), SMPTE (a lower part of its own), RP 219 (grey at the sides)."""
    colours = [(1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1)]
    colours = [*([(1, 1, 1)] if white else []), *colours, *([(0, 0, 0)] if not lower else [])]
    picture = np.full(SHAPE, 104, np.uint8)
    edges = np.linspace(sides, SHAPE[1] - sides, len(colours) + 1).round().astype(int)
    for left, right, colour in zip(edges[:-1], edges[1:], colours, strict=True):
        picture[:, left:right] = np.array(colour) * level
    if lower:
        picture[SHAPE[0] * 7 // 12 :] = DICE.integers(0, 255, (1, SHAPE[1], 3))
    return picture


def found(*parts: Iterable[Picture], rate: Fraction = RATE) -> tuple[Stretch, ...]:
    finder = SegmentFinder(rate)
    for index, picture in enumerate(picture for part in parts for picture in part):
        finder.push(index, picture)
    return finder.finish()


def movie(frames: int) -> list[Picture]:
    return [moving() for _ in range(frames)]


def test_black_at_the_head_inside_and_at_the_end() -> None:
    stretches = found([black()] * 12, movie(5), [black() for _ in range(20)], movie(5), [black()] * 11)
    assert stretches == (Stretch("black", 0, 12), Stretch("black", 17, 37))


def test_a_dark_scene_with_a_light_in_it_is_not_black() -> None:
    dark = black()
    dark[30:40, 50:80] = 90
    assert not is_black(dark) and is_black(black())


def test_a_still_of_two_seconds_is_frozen_and_a_shorter_or_drifting_one_is_not() -> None:
    still = moving()
    assert found(movie(7), [noisy(still) for _ in range(48)], movie(3)) == (Stretch("freeze", 7, 55),)
    assert found(movie(7), [still] * 47, movie(3)) == ()
    ramp = [(still // 2 + np.uint8(step)) for step in range(60)]
    assert found(ramp) == ()


def test_black_and_bars_are_not_called_frozen_too() -> None:
    assert found([black(1)] * 60) == (Stretch("black", 0, 60),)
    assert found([bars()] * 60) == (Stretch("colour bars", 0, 60),)


def test_a_frame_that_was_lost_ends_a_stretch() -> None:
    finder = SegmentFinder(RATE)
    for index in [*range(20), *range(21, 40)]:
        finder.push(index, black(1))
    assert finder.finish() == (Stretch("black", 0, 20), Stretch("black", 21, 40))


@pytest.mark.parametrize("level", [191, 255])
@pytest.mark.parametrize("layout", [{}, {"white": False, "lower": True}, {"sides": 16, "lower": True}])
def test_bars_of_every_standard_are_known(level: int, layout: dict[str, int]) -> None:
    assert has_bars(noisy(bars(level, **layout), 3))  # type: ignore[arg-type]


def test_what_only_looks_like_bars_is_not() -> None:
    mirrored = bars()[:, ::-1].copy()
    shaded = (bars() * np.linspace(0.4, 1, SHAPE[0])[:, None, None]).astype(np.uint8)
    grey = np.full(SHAPE, 128, np.uint8)
    assert not any(has_bars(picture) for picture in (mirrored, shaded, grey, moving(), black()))
