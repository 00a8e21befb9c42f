"""Shots fold into scenes by look and time."""

from __future__ import annotations

import numpy as np

from catalog.records import Shot
from engines.shots.scenes import WINDOW, find_scenes


def shots(looks: str, seed: int = 0, noise: float = 0.3) -> list[Shot]:
    """One shot a letter; the same letter looks the same but for noise, and a dot could not be judged."""
    rng = np.random.default_rng(seed)
    look = {letter: rng.normal(0, 1, 64) for letter in sorted(set(looks))}
    return [
        Shot(
            number, number * 10, number * 10 + 10, number * 10 + 5, "cut", 1.0,
            features=None if letter == "." else (look[letter] + rng.normal(0, noise, 64)).astype(np.float16),
        )
        for number, letter in enumerate(looks, 1)
    ]  # fmt: skip


def spans(looks: str) -> list[str]:
    return [looks[scene.start_shot - 1 : scene.end_shot] for scene in find_scenes(shots(looks))]


def test_a_dialogue_is_one_scene_and_the_next_another() -> None:
    assert spans("ABABABCDCDCD") == ["ABABAB", "CDCDCD"]


def test_shots_between_two_that_are_alike_belong_to_their_scene() -> None:
    assert spans("ABCADEFDE") == ["ABCA", "DEFDE"]


def test_shots_alike_but_far_apart_do_not_join() -> None:
    middle = "BCDEFGHIJ"
    assert len(middle) > WINDOW
    assert spans(f"A{middle}A")[0] == "A"


def test_a_shot_that_was_not_judged_stays_with_the_one_before() -> None:
    assert spans("AA.BB") == ["AA.", "BB"]


def test_every_shot_is_in_exactly_one_scene() -> None:
    rng = np.random.default_rng(5)
    looks = "".join(rng.choice(list("ABCDEFGHIJKLMNOPQRST."), 300))
    assert "".join(spans(looks)) == looks


def test_few_shots() -> None:
    assert find_scenes([]) == []
    assert spans("A") == ["A"]
    assert spans(".") == ["."]
