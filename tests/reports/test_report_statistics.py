"""Cutting statistics, lanes and advisories against numbers worked out by hand."""

from __future__ import annotations

import dataclasses

import pytest
from made_up_film import make_analysis

from catalog.records import Estimate, Shot, Title
from reports.advisory import advisories
from reports.entry import best_key_frame
from reports.statistics import cutting_rhythm, cutting_statistics, length_classes
from reports.timeline import lanes
from reports.words import clock, rate_name, ratio_name, visible


@pytest.fixture
def title() -> Title:
    return dataclasses.replace(make_analysis(4).title, frames=24 * 60)


def shots_of(*lengths: int) -> list[Shot]:
    starts = [sum(lengths[:place]) for place in range(len(lengths))]
    return [
        Shot(number, start, start + length, start, None if number == 1 else "cut", 1.0)
        for number, (start, length) in enumerate(zip(starts, lengths, strict=True), 1)
    ]


def test_statistics_of_four_shots(title: Title) -> None:
    said = cutting_statistics(shots_of(24, 48, 72, 96), title)  # 1, 2, 3, 4 seconds
    assert said is not None
    assert (said.shots, said.average, said.median, said.shortest, said.longest) == (4, 2.5, 2.5, 1.0, 4.0)
    assert said.shots_per_minute == 24
    assert said.deviation == pytest.approx(1.25**0.5)
    assert said.variation == pytest.approx(1.25**0.5 / 2.5)
    assert said.median_to_average == 1
    assert cutting_statistics([], title) is None


def test_length_classes_start_and_end_with_a_shot(title: Title) -> None:
    said = length_classes(shots_of(24, 24, 96, 95), title)
    assert [(each.low, each.high, each.shots) for each in said] == [(1, 2, 2), (2, 3, 0), (3, 4, 1), (4, 6, 1)]
    assert length_classes([], title) == ()


def test_rhythm_is_the_cuts_a_minute(title: Title) -> None:
    steady = cutting_rhythm(shots_of(*[24] * 60), title)  # a cut each second
    assert steady[0][0] == 0 and steady[-1][0] == title.frames
    assert {round(cuts) for frame, cuts in steady if 240 < frame < 1200} == {60}
    assert cutting_rhythm(shots_of(24 * 60), title) == []


def test_lanes_cover_each_shot_once() -> None:
    analysis = make_analysis(30)
    shots_lane = next(lane for lane in lanes(analysis) if lane.kind == "shots")
    drawn = sorted(
        tuple(map(int, piece.replace(" 50", "").split("h")))
        for shape in shots_lane.shapes
        if shape.look.startswith("scale-")
        for piece in shape.path.split("M")[1:]
    )
    assert drawn == [(shot.start, shot.frames) for shot in analysis.shots]


def test_lanes_with_nothing_to_show_are_left_out() -> None:
    bare = tuple(Shot(n, n * 24 - 24, n * 24, n * 24 - 12, None, 0.0) for n in (1, 2))
    analysis = dataclasses.replace(make_analysis(4), shots=bare, transitions=(), tags=(), beats=(), scenes=())
    assert [lane.name for lane in lanes(analysis)] == ["Shots"]


def test_loudness_is_drawn_from_the_bottom_up() -> None:
    values = (-30.0, None, -70.0)
    loud = tuple(
        dataclasses.replace(shot, loudness=lufs) for shot, lufs in zip(shots_of(10, 20, 30), values, strict=True)
    )
    analysis = dataclasses.replace(make_analysis(4), shots=loud, transitions=(), tags=(), beats=(), scenes=())
    lane = next(lane for lane in lanes(analysis) if lane.name == "Loudness")
    assert [shape.path for shape in lane.shapes] == ["M0 100v-50h10v50z"]


def test_advisories_name_the_surest_shot_first() -> None:
    shots = shots_of(10, 10, 10)
    shots[0] = dataclasses.replace(shots[0], tags={"weapon": 0.6})
    shots[2] = dataclasses.replace(shots[2], tags={"weapon": 0.9, "sword_fight": 0.7})
    said = {each.concern: each.shots for each in advisories(shots)}
    assert said["Weapons"] == ((3, 0.9), (1, 0.6))
    assert said["Violence"] == ((3, 0.7),)
    assert said["Smoking"] == ()


def test_the_key_frame_that_stands_for_a_title_is_a_sure_face() -> None:
    shots = [dataclasses.replace(shot, scale=Estimate("LS", 0.99, "m")) for shot in shots_of(*[24] * 6)]
    shots[3] = dataclasses.replace(shots[3], scale=Estimate("CU", 0.7, "m"))
    chosen = best_key_frame(shots)
    assert chosen is not None and chosen.number == 4
    assert best_key_frame([]) is None
    assert best_key_frame(shots_of(5)) is not None


def test_words() -> None:
    title = make_analysis(4).title
    assert (
        rate_name(title.rate) == "24" and ratio_name(1920, 1080) == "1.78:1 (16:9)" and ratio_name(0, 0) == "not known"
    )
    assert [clock(each) for each in (3.25, 59.97, 247, 5524)] == ["3.2 s", "1:00", "4:07", "1:32:04"]
    assert visible("a\nb\u202egpj.exe") == "a[U+000A]b[U+202E]gpj.exe"
    assert visible("שלום 🎬 é") == "שלום 🎬 é"
