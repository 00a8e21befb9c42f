"""Editing formats, read back by somebody else's parser, exact to the frame at every rate."""

from __future__ import annotations

import dataclasses
import io
from fractions import Fraction

import pytest
from every_rate import RATES, at_rate

from catalog.records import Analysis, Title
from plugins.exporters import shots_edl, shots_otio, shots_vtt


def test_edl_is_what_the_format_asks_for(analysis: Analysis) -> None:
    assert shots_edl.export(analysis).decode().splitlines() == [
        "TITLE: The Seance",
        "FCM: DROP FRAME",
        "001  THESEANC V     C        01:00:00;00 01:00:03;10 01:00:00;00 01:00:03;10",
        "* FROM CLIP NAME: The Seance",
        "* LOC: 01:00:00;00 WHITE   SHOT 1 CU INT forest music",
        "002  THESEANC V     C        01:00:03;10 01:00:10;00 01:00:03;10 01:00:10;00",
        "* FROM CLIP NAME: The Seance",
        "* LOC: 01:00:03;10 WHITE   SHOT 2",
    ]


@pytest.mark.parametrize(("rate", "drop"), RATES)
def test_edl_events_are_read_back_by_pycmx(analysis: Analysis, rate: Fraction, drop: bool) -> None:
    pycmx = pytest.importorskip("pycmx")
    exported = at_rate(analysis, rate, drop)
    events = list(pycmx.parse_cmx3600(io.StringIO(shots_edl.export(exported).decode(), newline=None)).events)
    assert [(event.edits[0].record_in, event.edits[0].record_out) for event in events] == [
        (exported.title.timecode(shot.start), exported.title.timecode(shot.end)) for shot in exported.shots
    ]


@pytest.mark.parametrize(("rate", "drop"), RATES)
def test_edl_events_are_read_back_by_otio(analysis: Analysis, rate: Fraction, drop: bool) -> None:
    otio = pytest.importorskip("opentimelineio")
    pytest.importorskip("otio_cmx3600_adapter")
    exported = at_rate(analysis, rate, drop)
    text = shots_edl.export(exported).decode()
    timeline = otio.adapters.read_from_string(text, "cmx_3600", rate=float(rate))
    start = exported.title.start_frame
    clips = list(timeline.find_clips())
    assert [(clip.source_range.start_time.value - start, clip.source_range.duration.value) for clip in clips] == [
        (shot.start, shot.frames) for shot in exported.shots
    ]
    if not drop:  # the adapter's pattern of a locator knows no ;
        assert [marker.name for clip in clips for marker in clip.markers] == [
            f"SHOT {shot.number} forest" for shot in exported.shots
        ]


def test_edl_lines_and_reels_stay_within_what_readers_keep(analysis: Analysis) -> None:
    long = dataclasses.replace(analysis.shots[0], tags={f"tag_number_{n}": 0.5 for n in range(40)})
    name = 'Ein "sehr" langer\nTitel — 映画 ' * 9
    exported = dataclasses.replace(analysis, title=dataclasses.replace(analysis.title, name=name), shots=(long,))
    lines = shots_edl.export(exported).decode("ascii").splitlines()
    assert max(map(len, lines)) <= 80 and len(lines) == 5
    assert shots_edl.reel_name("映画") == "AX" and shots_edl.reel_name("a b-c_defghijk") == "ABCDEFGH"


@pytest.mark.parametrize(("rate", "drop"), RATES)
def test_otio_is_read_back_by_its_library(analysis: Analysis, rate: Fraction, drop: bool) -> None:
    otio = pytest.importorskip("opentimelineio")
    exported = at_rate(analysis, rate, drop)
    timeline = otio.adapters.read_from_string(shots_otio.export(exported).decode(), "otio_json")
    clips = list(timeline.find_clips())
    start = exported.title.start_frame
    assert [(clip.source_range.start_time.value - start, clip.source_range.duration.value) for clip in clips] == [
        (shot.start, shot.frames) for shot in exported.shots
    ]
    assert [clip.range_in_parent().start_time.value for clip in clips] == [0, 7, 1800]
    assert clips[0].metadata["reelwatch"]["tags"]["forest"] == 0.9
    assert otio.adapters.write_to_string(timeline, "otio_json") == otio.adapters.write_to_string(
        otio.adapters.read_from_string(otio.adapters.write_to_string(timeline, "otio_json"), "otio_json"), "otio_json"
    )


def test_otio_marks_beats_where_they_play(analysis: Analysis) -> None:
    otio = pytest.importorskip("opentimelineio")
    timeline = otio.adapters.read_from_string(shots_otio.export(analysis).decode(), "otio_json")
    marker = timeline.tracks[0].markers[0]
    assert (marker.name, marker.marked_range.start_time.value, marker.marked_range.duration.value) == (
        "pursuit",
        0,
        300,
    )


def test_vtt_counts_from_the_first_frame_in_milliseconds(analysis: Analysis) -> None:
    tag = dataclasses.replace(analysis.shots[0], tags={"a<b>&c": 0.9})
    assert shots_vtt.export(dataclasses.replace(analysis, shots=(tag, analysis.shots[1]))).decode() == (
        "WEBVTT\n\n"
        "1\n00:00:00.000 --> 00:00:03.337\nShot 1 CU INT a&lt;b&gt;&amp;c\n\n"
        "2\n00:00:03.337 --> 00:00:10.010\nShot 2\n"
    )


def test_hours_are_counted_on(analysis: Analysis) -> None:
    title: Title = analysis.title
    assert shots_vtt.clock(107_892 / title.rate * 3) == "02:59:59.989"
