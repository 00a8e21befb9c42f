"""Tags measured: average precision per tag, without the pictures that are doubtful for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.classes import TAGS_NOT_OFFERED
from engines.compact import CompactModel
from engines.evaluation.judging import judge_pictures
from engines.evaluation.labels import LabelledPicture, LabelsError, read_pictures
from engines.evaluation.metrics import average_precision, interval

ENOUGH = 5  # positives; the average precision of fewer is luck


def evaluate_tags(data: Path, split: str = "all") -> dict[str, Any]:
    """Measure the compact model on `data`/labels.csv. Raises LabelsError where tags were not judged."""
    pictures = [p for p in read_pictures(data, split) if p.tags is not None]
    if not pictures:
        raise LabelsError(f"{data / 'labels.csv'} has no column 'tags'; tags cannot be measured there.")
    model = CompactModel.load()
    thresholds = [model.threshold(tag) for tag in model.tags]
    return tag_figures(pictures, judge_pictures(model, pictures).tags, model.tags, thresholds)


def tag_figures(
    pictures: Sequence[LabelledPicture],
    chances: NDArray[np.float32],
    tags: Sequence[str],
    thresholds: Sequence[float],
) -> dict[str, Any]:
    """Figures from probabilities [N, T]; a tag with fewer than five positives gets no average precision."""
    truth = np.array([[tag in (p.tags or ()) for tag in tags] for p in pictures])
    known = np.array([[tag not in p.tags_maybe for tag in tags] for p in pictures])
    positives = (truth & known).sum(0)
    measured = [t for t in range(len(tags)) if positives[t] >= ENOUGH]

    def mean_precision(rows: NDArray[np.int64]) -> float:
        each = []
        for t in measured:
            kept = rows[known[rows, t]]
            each.append(average_precision(truth[kept, t], chances[kept, t]))
        return float(np.nanmean(each)) if np.any(np.isfinite(each)) else float("nan")

    everything = np.arange(len(pictures))
    per_tag: dict[str, dict[str, Any]] = {}
    for t, tag in enumerate(tags):
        rows = everything[known[:, t]]
        per_tag[tag] = {"ap": None, "positives": int(positives[t]), "status": "not measured"}
        if t in measured:
            per_tag[tag] |= {"ap": average_precision(truth[rows, t], chances[rows, t]), "status": "measured"}
            per_tag[tag] |= _at_threshold(truth[rows, t], chances[rows, t], thresholds[t])
    for tag in TAGS_NOT_OFFERED:
        per_tag[tag] = {"ap": None, "positives": 0, "status": "not offered"}
    return {
        "n": len(pictures),
        "map": mean_precision(everything) if measured else None,
        "map_ci95": interval([p.group for p in pictures], mean_precision, draws=200) if measured else None,
        "tags_measured": len(measured),
        "naive_map": float(np.mean([truth[known[:, t], t].mean() for t in measured])) if measured else None,
        "per_tag": per_tag,
    }


def _at_threshold(truth: NDArray[np.bool_], chances: NDArray[np.float32], threshold: float) -> dict[str, float | None]:
    said = chances >= threshold
    hits = float(np.sum(said & truth))
    return {
        "threshold": threshold,
        "precision": hits / float(said.sum()) if said.any() else None,
        "recall": hits / float(truth.sum()),
    }
