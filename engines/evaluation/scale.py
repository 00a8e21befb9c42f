"""Shot scale measured on labelled pictures: six classes, with MLS pictures left out, and all seven."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.classes import SCALES, SIX_SCALES
from engines.compact import CompactModel
from engines.evaluation.judging import judge_pictures
from engines.evaluation.labels import LabelledPicture, LabelsError, read_pictures
from engines.evaluation.metrics import accuracy, expected_calibration_error, interval, macro_f1, within_one
from engines.evaluation.six import in_six, six_probabilities

_COVERAGE = 0.8
_SMALLEST_SOURCE = 20  # pictures; accuracy of fewer says nothing


def evaluate_scale(data: Path, split: str = "all") -> dict[str, Any]:
    """Measure the compact model on `data`/labels.csv. Raises LabelsError where no picture has a scale."""
    pictures = [p for p in read_pictures(data, split) if p.scale]
    if not pictures:
        raise LabelsError(f"{data / 'labels.csv'} gives no picture of split '{split}' a scale.")
    return scale_figures(pictures, judge_pictures(CompactModel.load(), pictures).scale)


def scale_figures(pictures: Sequence[LabelledPicture], probabilities: NDArray[np.float32]) -> dict[str, Any]:
    """Figures from probabilities [N, 7] of pictures that have a scale."""
    seven = np.array([SCALES.index(p.scale) for p in pictures])
    rows = np.array([p.scale in SIX_SCALES for p in pictures])
    six = [p for p, kept in zip(pictures, rows, strict=True) if kept]
    if not six:
        raise LabelsError("Every scale here is MLS; the six classes cannot be measured.")
    truth, chances = in_six([p.scale for p in six]), six_probabilities(probabilities[rows])
    said, sure = chances.argmax(1), chances.max(1)
    groups = [p.group for p in six]
    agreed = np.array([p.agree == 2 for p in six])
    answered = sure >= np.quantile(sure, 1 - _COVERAGE)
    commonest = np.bincount(truth).argmax()
    return {
        "n": len(six),
        "accuracy": accuracy(truth, said),
        "accuracy_ci95": interval(groups, lambda r: accuracy(truth[r], said[r])),
        "within_one": within_one(truth, said),
        "within_one_ci95": interval(groups, lambda r: within_one(truth[r], said[r])),
        "macro_f1": macro_f1(truth, said),
        "macro_f1_ci95": interval(groups, lambda r: macro_f1(truth[r], said[r])),
        "ece": expected_calibration_error(sure, truth == said),
        "accuracy_at_80_coverage": accuracy(truth[answered], said[answered]),
        "n7": len(pictures),
        "accuracy7": accuracy(seven, probabilities.argmax(1)),
        "naive_accuracy": accuracy(truth, np.full_like(truth, commonest)),
        "agreed": {
            "n": int(agreed.sum()),
            "accuracy": accuracy(truth[agreed], said[agreed]),
            "within_one": within_one(truth[agreed], said[agreed]),
        },
        "per_source": _per_source(six, truth, said),
        "confusion": {
            "classes": list(SCALES),
            "rows_are_truth": np.array(
                [[np.sum((seven == a) & (probabilities.argmax(1) == b)) for b in range(7)] for a in range(7)]
            ).tolist(),
        },
    }


def _per_source(
    pictures: Sequence[LabelledPicture], truth: NDArray[np.int64], said: NDArray[np.int64]
) -> dict[str, dict[str, float]]:
    sources = np.array([p.source for p in pictures])
    figures = {}
    for source in sorted(set(sources.tolist())):
        rows = sources == source
        if rows.sum() >= _SMALLEST_SOURCE:
            figures[source] = {
                "n": int(rows.sum()),
                "accuracy": accuracy(truth[rows], said[rows]),
                "within_one": within_one(truth[rows], said[rows]),
            }
    return figures
