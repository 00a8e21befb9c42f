"""Setting measured: interior or exterior, day or night; pictures marked x are left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.compact import CompactModel, Judgement
from engines.evaluation.judging import judge_pictures
from engines.evaluation.labels import LabelledPicture, LabelsError, read_pictures
from engines.evaluation.metrics import accuracy, expected_calibration_error, interval

_HEADS = {"place": ("i", "e"), "time": ("d", "n")}  # the word of probability 1, the other


def evaluate_setting(data: Path, split: str = "all") -> dict[str, Any]:
    """Measure the compact model on `data`/labels.csv. Raises LabelsError where setting was not judged."""
    pictures = [p for p in read_pictures(data, split) if p.place or p.time]
    if not any(p.place in ("i", "e") or p.time in ("d", "n") for p in pictures):
        raise LabelsError(f"{data / 'labels.csv'} judges no picture of split '{split}' in place (i, e) or time (d, n).")
    model = CompactModel.load()
    thresholds = {head: model.threshold(head) for head in _HEADS}
    return setting_figures(pictures, judge_pictures(model, pictures), thresholds)


def setting_figures(
    pictures: Sequence[LabelledPicture], judged: Judgement, thresholds: dict[str, float]
) -> dict[str, Any]:
    """Figures of place and time, each over the pictures where it can be told; how many others are answered beside."""
    return {
        head: _figures([getattr(p, head) for p in pictures], pictures, getattr(judged, head), words, thresholds[head])
        for head, words in _HEADS.items()
    }


def _figures(
    labels: list[str],
    pictures: Sequence[LabelledPicture],
    chances: NDArray[np.float32],
    words: tuple[str, str],
    threshold: float,
) -> dict[str, Any]:
    rows = [i for i, label in enumerate(labels) if label in words]
    untold = [i for i, label in enumerate(labels) if label == "x"]
    truth = np.array([labels[i] == words[0] for i in rows], int)
    chance = chances[rows]
    said = (chance >= 0.5).astype(int)
    groups = [pictures[i].group for i in rows]
    sure = np.maximum(chance, 1 - chance)
    answered = sure >= threshold
    balanced = [accuracy(truth[truth == value], said[truth == value]) for value in (0, 1)]
    return {
        "n": len(rows),
        "accuracy": accuracy(truth, said),
        "accuracy_ci95": interval(groups, lambda r: accuracy(truth[r], said[r])) if rows else None,
        "balanced_accuracy": float(np.mean(balanced)),
        "naive_accuracy": float(max(truth.mean(), 1 - truth.mean())) if rows else None,
        "ece": expected_calibration_error(sure, truth == said),
        "answered": float(answered.mean()) if rows else None,
        "accuracy_answered": accuracy(truth[answered], said[answered]),
        "untold_n": len(untold),
        "untold_answered": float(np.mean(np.maximum(chances[untold], 1 - chances[untold]) >= threshold))
        if untold
        else None,
    }
