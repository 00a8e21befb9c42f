"""How detections are scored: every rule on cases made by hand."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import pytest

from catalog.records import Transition, TransitionKind
from engines.evaluation.labels import LabelsError
from engines.evaluation.transitions import Truth, figures, read_truths, score


def cut(frame: int) -> Transition:
    return Transition("cut", frame, frame, 0.9)


def gradual(start: int, end: int, kind: TransitionKind = "dissolve") -> Transition:
    return Transition(kind, start, end, 0.9)


@pytest.mark.parametrize(("at", "found"), [(98, False), (99, True), (100, True), (101, True), (102, False)])
def test_a_cut_counts_within_one_frame(at: int, found: bool) -> None:
    scored = score(Truth((cut(100),)), [cut(at)])
    assert bool(scored.found) is found
    assert bool(scored.false) is not found


@pytest.mark.parametrize(("start", "end", "found"), [(90, 110, False), (100, 103, False), (99, 101, True)])
def test_a_gradual_detection_finds_a_cut_only_where_it_is_as_narrow(start: int, end: int, found: bool) -> None:
    assert bool(score(Truth((cut(100),)), [gradual(start, end)]).found) is found


@pytest.mark.parametrize(("at", "found"), [(47, False), (48, True), (55, True), (62, True), (63, False)])
def test_a_gradual_transition_is_found_by_any_detection_up_to_two_frames_beside_it(at: int, found: bool) -> None:
    assert bool(score(Truth((gradual(50, 60),)), [cut(at)]).found) is found


def test_a_detection_counts_once() -> None:
    truth = Truth((gradual(50, 60, "fade out"), gradual(61, 70, "fade in")))
    scored = score(truth, [gradual(50, 70)])
    assert (len(scored.found), len(scored.missed), len(scored.false)) == (1, 1, 0)
    scored = score(Truth((cut(10), cut(11))), [cut(10)])
    assert (len(scored.found), len(scored.missed)) == (1, 1)


def test_as_many_as_possible_are_found() -> None:
    """The first detection could find both cuts, the second only the first."""
    scored = score(Truth((cut(10), cut(12))), [cut(9), cut(11)])
    assert len(scored.found) == 2


def test_further_detections_inside_a_found_transition_are_not_punished() -> None:
    scored = score(Truth((gradual(50, 60),)), [gradual(50, 60), cut(52), cut(58), cut(80)])
    assert [each.start for each in scored.false] == [80]
    assert len(scored.further) == 2


def test_a_second_detection_of_a_cut_is_false() -> None:
    assert len(score(Truth((cut(100),)), [cut(100), cut(101)]).false) == 1


def test_detections_in_an_ignored_stretch_count_neither_way() -> None:
    scored = score(Truth((cut(100),), ((200, 220),)), [cut(100), cut(205), gradual(210, 220), cut(221)])
    assert [each.start for each in scored.false] == [221]
    assert len(scored.found) == 1


def test_kinds_that_agree_are_matched_first() -> None:
    scored = score(Truth((gradual(50, 60),)), [cut(50), gradual(52, 60)])
    assert scored.found[0][1].kind == "dissolve"


def test_figures() -> None:
    truth = Truth((cut(10), cut(20), gradual(50, 60), gradual(80, 90, "fade in")))
    said = figures(score(truth, [cut(11), cut(30), gradual(48, 61, "wipe"), gradual(120, 130)]))
    assert said["cuts"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "n": 2, "found": 1, "false": 1}
    assert said["gradual"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "n": 2, "found": 1, "false": 1}
    assert said["all"]["n"] == 4 and said["all"]["f1"] == 0.5
    assert said["type_accuracy"] == 0.5
    assert said["frame_exact"] == 0.0
    assert said["ece"] == pytest.approx(0.4)


def test_nothing_to_find_is_no_figure() -> None:
    assert isnan(figures(score(Truth(()), []))["all"]["f1"])


def test_the_table_is_read_by_file(tmp_path: Path) -> None:
    rows = "file,type,start,end\nb.mp4,cut,7,7\na.mp4,fade_in,5,9\na.mp4,ignore,30,20\na.mp4,cut,2,2\n"
    (tmp_path / "cuts.csv").write_text(rows, encoding="utf-8")
    truths = read_truths(tmp_path)
    assert [each.kind for each in truths["a.mp4"].transitions] == ["cut", "fade in"]
    assert truths["a.mp4"].ignored == ((20, 30),)
    with pytest.raises(LabelsError, match="no row of split 'val'"):
        read_truths(tmp_path, "val")


@pytest.mark.parametrize("row", ["a.mp4,jump,1,1", "a.mp4,cut,x,1", "a.mp4,wipe,-1,4", "a.mp4,cut"])
def test_a_bad_row_is_named(tmp_path: Path, row: str) -> None:
    (tmp_path / "cuts.csv").write_text(f"file,type,start,end\n{row}\n", encoding="utf-8")
    with pytest.raises(LabelsError, match="Row 1 of"):
        read_truths(tmp_path)


def test_a_folder_without_a_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabelsError, match=r"cuts\.csv is missing"):
        read_truths(tmp_path)
