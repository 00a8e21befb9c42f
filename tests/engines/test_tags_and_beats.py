"""Weights, relevance and beat events, computed by hand beside."""

from __future__ import annotations

import pytest

from catalog.records import Shot
from engines.beats import find_beats
from engines.tags import summarise


def _shots(*tags: dict[str, float]) -> list[Shot]:
    return [
        Shot(n, n * 10, n * 10 + 10, n * 10 + 5, "cut", 1.0, tags=each, tag_source="m")
        for n, each in enumerate(tags, 1)
    ]


def test_weight_is_share_of_shots_times_sum_of_probabilities() -> None:
    tags = summarise(_shots({"forest": 0.9, "war": 0.5}, {"forest": 0.7}, {"music": 0.8}, {}))
    assert [(tag.tag, tag.shots) for tag in tags] == [("forest", 2), ("music", 1), ("war", 1)]
    assert [tag.weight for tag in tags] == pytest.approx([2 / 4 * 1.6, 1 / 4 * 0.8, 1 / 4 * 0.5])
    assert [tag.relevance for tag in tags] == pytest.approx([1.0, (0.2 - 0.125) / (0.8 - 0.125), 0.0])


def test_one_tag_alone_is_fully_relevant_and_none_is_none() -> None:
    assert summarise(_shots({"war": 0.5}, {}))[0].relevance == 1.0
    assert summarise(_shots({}, {})) == ()
    assert summarise(()) == ()


def _found(*tags: dict[str, float]) -> list[tuple[int, int, str]]:
    return [(beat.start_shot, beat.end_shot, beat.category) for beat in find_beats(_shots(*tags))]


CHASE, WAR, NONE = {"car_chase": 0.9}, {"war": 0.8}, {"food": 0.9}


def test_a_majority_of_three_shots_makes_an_event_and_one_alone_does_not() -> None:
    assert _found(CHASE, NONE, NONE) == []
    assert _found(NONE, CHASE, CHASE, NONE) == [(2, 3, "pursuit")]
    assert _found(CHASE, NONE, CHASE) == [(1, 3, "pursuit")]
    assert _found(CHASE, NONE, NONE, CHASE) == []


def test_an_event_is_extended_while_windows_overlap_and_ends_with_its_last_shot() -> None:
    assert _found(CHASE, CHASE, NONE, CHASE, NONE, NONE, CHASE, CHASE) == [(1, 4, "pursuit"), (7, 8, "pursuit")]


def test_events_of_two_kinds_may_overlap() -> None:
    assert _found(CHASE, WAR, CHASE, WAR) == [(1, 3, "pursuit"), (2, 4, "battle")]


def test_confidence_is_the_mean_evidence_over_the_event() -> None:
    beat = find_beats(_shots(CHASE, NONE, CHASE))[0]
    assert beat.confidence == pytest.approx((0.9 + 0.9) / 3)
    assert "not measured" in beat.source


def test_the_strongest_evidence_names_the_shot() -> None:
    assert _found({"weapon": 0.9, "military": 0.4}, {"weapon": 0.9, "military": 0.9}) == [(1, 2, "battle preparation")]
    assert find_beats(()) == ()
