"""From probabilities of frames to transitions, and from transitions to shots that hold every frame once."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from catalog.records import Transition, TransitionKind
from engines.shots.key_frames import key_frame
from engines.shots.transitions import GRADUAL_KINDS, spans_between, transitions_in


def _said(
    frames: int, cuts: dict[int, float], gradual: dict[tuple[int, int], TransitionKind]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    cut, kinds = np.zeros(frames, np.float32), np.zeros((frames, 5), np.float32)
    kinds[:, 0] = 1
    for at, probability in cuts.items():
        cut[at] = probability
    for (start, end), kind in gradual.items():
        kinds[start:end, 0] = 0.1
        kinds[start:end, 1 + GRADUAL_KINDS.index(kind)] = 0.9
    return cut, kinds


def _found(*said: NDArray[np.float32]) -> list[tuple[str, int, int]]:
    return [(each.kind, each.start, each.end) for each in transitions_in(*said)]


def test_inserts_of_three_frames_keep_both_their_cuts_and_a_blurred_cut_is_one() -> None:
    said = _said(60, {20: 0.9, 23: 0.8, 40: 0.6, 41: 0.9, 42: 0.55}, {})
    assert _found(*said) == [("cut", 20, 20), ("cut", 23, 23), ("cut", 41, 41)]


def test_a_doubtful_cut_inside_a_dissolve_is_part_of_it() -> None:
    assert _found(*_said(60, {15: 0.7}, {(10, 20): "dissolve"})) == [("dissolve", 10, 20)]
    assert ("cut", 15, 15) in _found(*_said(60, {15: 0.95}, {(10, 20): "dissolve"}))


def test_a_fade_out_that_turns_into_a_fade_in_is_two() -> None:
    said = _said(60, {}, {(10, 20): "fade out", (20, 28): "fade in"})
    assert _found(*said) == [("fade out", 10, 20), ("fade in", 20, 28)]


def test_the_first_frame_of_a_film_is_no_cut() -> None:
    assert _found(*_said(30, {0: 0.99}, {})) == []


def _spans(frames: int, *transitions: tuple[TransitionKind, int, int]) -> list[tuple[int, int]]:
    spans = spans_between([Transition(kind, start, end, 0.9) for kind, start, end in transitions], frames)
    assert [span.start for span in spans[1:]] == [span.end for span in spans[:-1]]
    assert spans[0].start == 0 and spans[-1].end == frames
    return [(span.start, span.end) for span in spans]


def test_a_film_without_transitions_is_one_shot() -> None:
    assert _spans(50) == [(0, 50)]


@pytest.mark.parametrize(
    ("transition", "boundary"),
    [
        (("cut", 20, 20), 20),
        (("dissolve", 20, 30), 25),
        (("wipe", 20, 31), 25),
        (("fade in", 20, 30), 20),
        (("fade out", 20, 30), 30),
    ],
)
def test_where_a_transition_parts_two_shots(transition: tuple[TransitionKind, int, int], boundary: int) -> None:
    assert _spans(50, transition) == [(0, boundary), (boundary, 50)]


def test_a_dip_to_black_parts_once_and_the_film_may_begin_and_end_with_a_fade() -> None:
    assert _spans(100, ("fade out", 30, 40), ("fade in", 50, 60)) == [(0, 50), (50, 100)]
    assert _spans(100, ("fade in", 0, 10), ("fade out", 90, 100)) == [(0, 100)]


def test_a_shot_is_judged_outside_its_transitions() -> None:
    span = spans_between([Transition("dissolve", 20, 30, 0.9)], 50)[1]
    assert (span.clean_start, span.clean_end) == (30, 50)
    buried = spans_between([Transition("dissolve", 10, 20, 0.9), Transition("dissolve", 20, 30, 0.9)], 50)[1]
    assert buried.clean_end > buried.clean_start


def test_the_key_frame_is_the_middle_unless_there_is_little_to_see() -> None:
    entropy = np.full(100, 5, np.float32)
    assert key_frame(entropy, 10, 21) == 15
    entropy[12:30] = 0.5
    assert key_frame(entropy, 10, 21) == 11
    assert key_frame(np.zeros(10, np.float32), 0, 10) == 4
