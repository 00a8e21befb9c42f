"""True transitions as labelled in cuts.csv, and how detections are scored against them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from catalog.records import Transition, TransitionKind
from engines.evaluation.labels import LabelsError
from engines.evaluation.metrics import expected_calibration_error

CUT_TOLERANCE = 1
GRADUAL_TOLERANCE = 2
"""Frames a detection may be off: labels of gradual transitions are good to about two."""

_KINDS: Mapping[str, TransitionKind] = {
    "cut": "cut",
    "dissolve": "dissolve",
    "fade_in": "fade in",
    "fade_out": "fade out",
    "wipe": "wipe",
}


@dataclass(frozen=True)
class Truth:
    """The transitions of one file, and stretches [start, end] where opinions differ."""

    transitions: tuple[Transition, ...]
    ignored: tuple[tuple[int, int], ...] = ()


def read_truths(data: Path, split: str = "all") -> dict[str, Truth]:
    """Truth by file name from `data`/cuts.csv: file,type,start,end and, where it is split, a column split.

    A row whose end comes before its start is read the other way round: one tile transition of 1,007 is so.
    Raises LabelsError.
    """
    table = data / "cuts.csv"
    if not table.is_file():
        raise LabelsError(f"{table} is missing; --data must name a folder with cuts.csv and the films it lists.")
    with table.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if split == "all" or row.get("split") == split]
    if not rows:
        raise LabelsError(f"{table} has no row of split '{split}'; a table without a column 'split' has 'all' alone.")
    grouped: dict[str, list[tuple[str, int, int]]] = {}
    for number, row in enumerate(rows, 1):
        kind, start, end = _interval(table, number, row)
        grouped.setdefault(row["file"], []).append((kind, start, end))
    return {name: _truth(found) for name, found in grouped.items()}


def _interval(table: Path, number: int, row: Mapping[str, str]) -> tuple[str, int, int]:
    try:
        kind, start, end = row["type"], int(row["start"]), int(row["end"])
        start, end = min(start, end), max(start, end)  # one row of the known tables has them exchanged
        known = bool(row["file"]) and (kind == "ignore" or kind in _KINDS) and start >= 0
    except (KeyError, TypeError, ValueError):
        known = False
    if not known:
        wanted = f"file, type (one of {', '.join(_KINDS)}, ignore), start and end in frames"
        raise LabelsError(f"Row {number} of {table} does not give {wanted}: {dict(row)}.")
    return kind, start, end


def _truth(rows: Sequence[tuple[str, int, int]]) -> Truth:
    named = sorted((start, end, kind) for kind, start, end in rows if kind != "ignore")
    return Truth(
        tuple(Transition(_KINDS[kind], start, end, 1.0) for start, end, kind in named),
        tuple((start, end) for kind, start, end in rows if kind == "ignore"),
    )


@dataclass(frozen=True)
class Scored:
    """What became of the transitions and detections of one or several files."""

    found: tuple[tuple[Transition, Transition], ...] = ()  # the truth, and the detection that found it
    missed: tuple[Transition, ...] = ()
    false: tuple[Transition, ...] = ()
    further: tuple[Transition, ...] = field(default=(), repr=False)  # inside a transition already found

    def __add__(self, other: Scored) -> Scored:
        return Scored(
            self.found + other.found,
            self.missed + other.missed,
            self.false + other.false,
            self.further + other.further,
        )


def score(truth: Truth, detections: Sequence[Transition]) -> Scored:
    """Gives every detection to at most one true transition, so that as many as possible are found.

    A cut is found by a detection that lies within 1 frame of it from start to end, a gradual transition by one that
    overlaps [start - 2, end + 2]. Detections whose middle lies in an ignored stretch count neither way.
    """
    counted = [each for each in detections if not _ignored(truth, each)]
    taker = _matched(truth.transitions, counted)
    found = {at: counted[by] for by, at in taker.items()}
    rest = [each for by, each in enumerate(counted) if by not in taker]
    gradual = [truth.transitions[at] for at in found if truth.transitions[at].kind != "cut"]
    further = [each for each in rest if any(_finds(each, one) for one in gradual)]
    return Scored(
        tuple((truth.transitions[at], found[at]) for at in sorted(found)),
        tuple(each for at, each in enumerate(truth.transitions) if at not in found),
        tuple(each for each in rest if each not in further),
        tuple(further),
    )


def _finds(detection: Transition, true: Transition) -> bool:
    if true.kind == "cut":
        return true.start - CUT_TOLERANCE <= detection.start and detection.end <= true.start + CUT_TOLERANCE
    return detection.start <= true.end + GRADUAL_TOLERANCE and detection.end >= true.start - GRADUAL_TOLERANCE


def _ignored(truth: Truth, detection: Transition) -> bool:
    middle = (detection.start + detection.end) / 2
    return any(start <= middle <= end for start, end in truth.ignored)


def _matched(truths: Sequence[Transition], detections: Sequence[Transition]) -> dict[int, int]:
    """Detection -> truth: a largest matching by augmenting paths, kinds that agree and nearer ones first."""
    taker: dict[int, int] = {}

    def place(at: int, tried: set[int]) -> bool:
        true = truths[at]
        able = [by for by, each in enumerate(detections) if by not in tried and _finds(each, true)]
        for by in sorted(able, key=lambda by: (detections[by].kind != true.kind, _distance(detections[by], true))):
            tried.add(by)
            if by not in taker or place(taker[by], tried):
                taker[by] = at
                return True
        return False

    for at in range(len(truths)):
        place(at, set())
    return taker


def _distance(one: Transition, other: Transition) -> int:
    return abs(one.start - other.start) + abs(one.end - other.end)


def figures(scored: Scored) -> dict[str, Any]:
    """Precision, recall and F1 of cuts, gradual transitions and all; type accuracy; share of cuts frame-exact.

    A detection that finds something counts for the kind of what it found, a false one for its own kind. Type
    accuracy is the share of found transitions named right, of five kinds; `ece` the calibration error of confidences.
    """
    cuts = [(true, by) for true, by in scored.found if true.kind == "cut"]
    judged = [*((by.confidence, True) for _, by in scored.found), *((by.confidence, False) for by in scored.false)]
    return {
        "cuts": _rates(scored, cut=True),
        "gradual": _rates(scored, cut=False),
        "all": _rates(scored, cut=None),
        "type_accuracy": _share([true.kind == by.kind for true, by in scored.found]),
        "frame_exact": _share([true.start == by.start == by.end for true, by in cuts]),
        "ece": expected_calibration_error(
            np.array([confidence for confidence, _ in judged]), np.array([right for _, right in judged], bool)
        ),
    }


def _rates(scored: Scored, cut: bool | None) -> dict[str, float | int]:
    def counted(each: Transition) -> bool:
        return cut is None or (each.kind == "cut") is cut

    found = sum(counted(true) for true, _ in scored.found)
    missed, false = sum(map(counted, scored.missed)), sum(map(counted, scored.false))
    return {
        "precision": found / (found + false) if found + false else float("nan"),
        "recall": found / (found + missed) if found + missed else float("nan"),
        "f1": 2 * found / (2 * found + missed + false) if found + missed + false else float("nan"),
        "n": found + missed,
        "found": found,
        "false": false,
    }


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right) if right else float("nan")
