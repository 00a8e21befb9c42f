"""Figures of merit, in numpy; each returns a float, or nan where it is not defined."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.integer] | NDArray[np.bool_]
_BINS = 10


def accuracy(truth: Ints, predicted: Ints) -> float:
    return float(np.mean(truth == predicted)) if len(truth) else float("nan")


def within_one(truth: Ints, predicted: Ints) -> float:
    """Share at most one class away, classes in order."""
    return float(np.mean(np.abs(truth.astype(int) - predicted) <= 1)) if len(truth) else float("nan")


def macro_f1(truth: Ints, predicted: Ints) -> float:
    """Mean F1 over the classes that occur in `truth`."""
    scores = []
    for label in np.unique(truth):
        hit = np.sum((truth == label) & (predicted == label))
        scores.append(2 * hit / (np.sum(truth == label) + np.sum(predicted == label)))
    return float(np.mean(scores)) if scores else float("nan")


def expected_calibration_error(confidence: Floats, right: NDArray[np.bool_]) -> float:
    """Mean gap between confidence and accuracy over ten bins of equal width, weighted by their pictures."""
    if not len(confidence):
        return float("nan")
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = [abs(np.sum(confidence[bins == b]) - np.sum(right[bins == b])) for b in range(_BINS)]
    return float(np.sum(gaps) / len(confidence))


def average_precision(truth: NDArray[np.bool_], score: Floats) -> float:
    """Area under the precision-recall steps, ties ranked together."""
    positives = int(np.sum(truth))
    if not positives:
        return float("nan")
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(truth[order])
    last_of_tie = np.append(np.diff(score[order]) != 0, True)
    found, taken = hits[last_of_tie], np.flatnonzero(last_of_tie) + 1
    return float(np.sum(np.diff(found, prepend=0) * found / taken) / positives)


def area_under_roc(truth: NDArray[np.bool_], score: Floats) -> float:
    """Probability that a positive scores above a negative, ties counting half."""
    positive, negative = score[truth], score[~truth]
    if not len(positive) or not len(negative):
        return float("nan")
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left") + np.searchsorted(ordered, positive, "right")
    return float(below.mean() / 2 / len(negative))


def interval(
    groups: Sequence[str], measure: Callable[[NDArray[np.int64]], float], draws: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """95 % interval of `measure(rows)` by resampling whole groups with replacement."""
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    rows = [np.flatnonzero(member == g) for g in range(len(names))]
    rng = np.random.default_rng(seed)
    drawn = [measure(np.concatenate([rows[g] for g in rng.integers(0, len(rows), len(rows))])) for _ in range(draws)]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return float(low), float(high)
