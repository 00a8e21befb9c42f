"""The shot detector on thumbnails drawn in code, where every transition is known."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from catalog.records import Shot, Transition
from engines.shots import detector as detector_module
from engines.shots.detector import ShotDetector
from media.programme import Picture

Frames = NDArray[np.uint8]
MARGIN = 40


def scene(seed: int) -> NDArray[np.float32]:
    """A place [72 + 2 MARGIN, 128 + 2 MARGIN, 3]: soft hills of colour, and things with edges in it."""
    rng = np.random.default_rng(seed)
    height, width = 72 + 2 * MARGIN, 128 + 2 * MARGIN
    coarse = rng.uniform(10, 240, (6, 8, 3))
    rows, columns = np.linspace(0, 4.999, height), np.linspace(0, 6.999, width)
    top, left = rows.astype(int), columns.astype(int)
    down, right = (rows - top)[:, None, None], (columns - left)[None, :, None]
    upper = coarse[top][:, left] * (1 - right) + coarse[top][:, left + 1] * right
    lower = coarse[top + 1][:, left] * (1 - right) + coarse[top + 1][:, left + 1] * right
    picture = (upper * (1 - down) + lower * down).astype(np.float32)
    for _ in range(14):
        y, x = rng.integers(0, height - 12), rng.integers(0, width - 12)
        picture[y : y + rng.integers(6, 40), x : x + rng.integers(4, 40)] = rng.uniform(0, 255, 3)
    return picture


def take(seed: int, frames: int, speed: float = 0.0) -> Frames:
    """A shot of a scene with grain; speed: pixels a frame that the camera pans."""
    rng, place = np.random.default_rng(seed + 1000), scene(seed)
    drawn = []
    for number in range(frames):
        at = round(min(max(speed * (number - frames / 2), -MARGIN), MARGIN))
        view = place[MARGIN : MARGIN + 72, MARGIN + at : MARGIN + at + 128]
        drawn.append(view + rng.normal(0, 2, view.shape))
    return np.clip(np.array(drawn), 0, 255).astype(np.uint8)


def dissolved(before: Frames, after: Frames, over: int) -> Frames:
    """The end of one take turning into the start of the next over `over` frames."""
    share = (np.arange(1, over + 1) / (over + 1))[:, None, None, None]
    mixed = before[-over:] * (1 - share) + after[:over] * share
    return np.concatenate([before[:-over], mixed.astype(np.uint8), after[over:]])


def found(frames: Iterable[tuple[int, Picture]], length: int) -> tuple[tuple[Transition, ...], tuple[Shot, ...]]:
    detector = ShotDetector()
    for index, picture in frames:
        detector.push(index, picture)
    return detector.finish(length)


def transitions(frames: Frames) -> tuple[Transition, ...]:
    return found(enumerate(frames), len(frames))[0]


def cuts(frames: Frames) -> list[int]:
    return [each.start for each in transitions(frames) if each.kind == "cut"]


@pytest.fixture(scope="module")
def film() -> Frames:
    """Cuts at 50, 110 and 170."""
    return np.concatenate([take(1, 50), take(2, 60, 0.5), take(3, 60), take(4, 60, -0.4)])


def test_cuts_are_found_on_their_frame(film: Frames) -> None:
    assert [(each.kind, each.start, each.end) for each in transitions(film)] == [
        ("cut", 50, 50),
        ("cut", 110, 110),
        ("cut", 170, 170),
    ]


def test_a_dissolve_is_one_transition_with_its_length() -> None:
    both = transitions(dissolved(take(5, 80), take(6, 80), 16))
    assert [each.kind for each in both] == ["dissolve"]
    assert both[0].start == pytest.approx(64, abs=8)
    assert both[0].end == pytest.approx(80, abs=8)


def test_fades_to_and_from_black() -> None:
    fall = np.concatenate([np.ones(50), np.linspace(1, 0, 20), np.zeros(12)])[:, None, None, None]
    rise = fall[::-1]
    frames = np.concatenate([take(7, 82) * fall, take(8, 82) * rise]).astype(np.uint8)
    both = transitions(frames)
    assert [each.kind for each in both] == ["fade out", "fade in"]
    assert both[0].start == pytest.approx(50, abs=5)
    assert both[1].end == pytest.approx(114, abs=5)


@pytest.mark.parametrize("length", [1, 2])
def test_a_flash_is_no_transition(length: int) -> None:
    frames = take(9, 120, 0.2)
    frames[60 : 60 + length] = np.clip(frames[60 : 60 + length].astype(int) + 140, 0, 255)
    assert transitions(frames) == ()


@pytest.mark.parametrize("length", [3, 4])
def test_an_insert_of_few_frames_is_found(length: int) -> None:
    frames = take(10, 120, 0.2)
    frames[60 : 60 + length] = take(11, length)
    assert cuts(frames) == [60, 60 + length]


@pytest.mark.parametrize("speed", [0.3, 1.0, 3.0])
def test_a_pan_is_no_transition(speed: float) -> None:
    assert transitions(take(12, int(2 * MARGIN / speed), speed)) == ()


def test_a_still_picture_is_one_shot() -> None:
    assert transitions(np.repeat(take(13, 1), 90, axis=0)) == ()


def test_the_steps_in_which_a_film_is_judged_do_not_show(film: Frames, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = found(enumerate(film), len(film))
    for step in (32, 64, 100):
        monkeypatch.setattr(detector_module, "STEP", step)
        assert _rounded(found(enumerate(film), len(film))) == _rounded(whole)


def _rounded(result: tuple[tuple[Transition, ...], tuple[Shot, ...]]) -> list[tuple[object, ...]]:
    """Sums over other lengths may differ in the last bits of a confidence."""
    return [(each.kind, each.start, each.end, round(each.confidence, 4)) for each in result[0]] + [
        (each.start, each.end, each.key_frame) for each in result[1]
    ]


def test_lost_frames_count_as_repeats(film: Frames) -> None:
    lost = {0, 1, 20, 21, 22, 23, 24, 90, 140, 228, 229}
    kept = ((index, picture) for index, picture in enumerate(film) if index not in lost)
    both, shots = found(kept, len(film))
    assert [each.start for each in both] == [50, 110, 170]
    assert (shots[0].start, shots[-1].end) == (0, len(film))


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_film_of_almost_nothing_is_one_shot(kept: int) -> None:
    both, shots = found(enumerate(take(14, kept)), 30)
    assert both == ()
    assert [(shot.start, shot.end) for shot in shots] == [(0, 30)]


def test_pictures_of_other_sizes_are_read(film: Frames) -> None:
    tiny = film[:, ::3, ::3]
    both, _ = found(enumerate(tiny), len(tiny))
    assert [each.start for each in both] == [50, 110, 170]


def test_every_frame_is_in_exactly_one_shot(film: Frames) -> None:
    faded = np.concatenate([film, dissolved(take(15, 60), take(16, 60), 12)])
    both, shots = found(enumerate(faded), len(faded))
    assert [shot.number for shot in shots] == list(range(1, len(shots) + 1))
    assert [shot.start for shot in shots[1:]] == [shot.end for shot in shots[:-1]]
    assert (shots[0].start, shots[-1].end) == (0, len(faded))
    assert [shot.transition_in for shot in shots] == [None, *(each.kind for each in both)]
    for shot in shots:
        assert shot.start <= shot.key_frame < shot.end
        assert not any(each.start <= shot.key_frame < each.end for each in both)


def _repeated(frames: Frames, length: int) -> Iterator[tuple[int, Picture]]:
    for index in range(length):
        yield index, frames[index % len(frames)]


def test_memory_does_not_grow_with_the_film(film: Frames) -> None:
    peaks = []
    for length in (600, 1300):
        tracemalloc.start()
        found(_repeated(film, length), length)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 700 * 150
