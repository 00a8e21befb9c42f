"""Temperatures and thresholds, set on the dev part of train, never on val."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.classes import SCALES, TAGS
from engines.evaluation.labels import LabelledPicture
from engines.probability import sigmoid, softmax
from engines.training.targets import RATING_DEVIATION, RATING_MEAN

Floats = NDArray[np.float32]
Outputs = dict[str, Floats]

_TEMPERATURES = np.geomspace(0.4, 4, 93).astype(np.float32)
_SHIFTS = np.linspace(-1.5, 1.5, 31).astype(np.float32)
_SCALE_PACKS = ("shot_scale", "stills")  # two labelling passes; the others have one
_GOAL = {"scale": 0.93, "place": 0.97, "time": 0.95}  # accuracy of the answers given
_COVERAGE = {"scale": 0.80, "place": 0.85, "time": 0.80}  # but never fewer answers than this
_OWN_THRESHOLD = 8  # dev positives a tag needs for a threshold of its own


def calibrate_film(
    outputs: Outputs, targets: Outputs, pictures: Sequence[LabelledPicture]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Calibration and thresholds of the film heads from dev outputs (logits)."""
    rows = np.array([i for i, p in enumerate(pictures) if p.scale and p.pack in _SCALE_PACKS] or _scaled(pictures))
    truth = np.array([SCALES.index(pictures[i].scale) for i in rows], int)
    calibration: dict[str, Any] = {"scale": {"temperature": _softmax_temperature(outputs["scale"][rows], truth)}}
    chances = softmax(outputs["scale"][rows] / np.float32(calibration["scale"]["temperature"]))
    thresholds: dict[str, Any] = {"scale": _answering("scale", chances.max(1), chances.argmax(1) == truth)}
    for head in ("place", "time"):
        told = targets[f"{head}_weight"] == 1
        yes = targets[head][told] > 0.5
        calibration[head] = {"temperature": _sigmoid_temperature(outputs[head][told], yes)}
        chance = sigmoid(outputs[head][told] / np.float32(calibration[head]["temperature"]))
        sure = np.maximum(chance, 1 - chance)
        doubtful = sigmoid(outputs[head][targets[head] == 0.5] / np.float32(calibration[head]["temperature"]))
        thresholds[head] = max(
            _answering(head, sure, (chance >= 0.5) == yes),
            separating_threshold(sure, np.maximum(doubtful, 1 - doubtful), _COVERAGE[head]),
        )
    known = targets["tags_weight"] > 0
    calibration["tags"] = _tags(outputs["tags"][known], targets["tags"][known] > 0.5)
    scaled = outputs["tags"] / np.float32(calibration["tags"]["temperature"])
    chances = sigmoid(scaled + np.float32(calibration["tags"]["shift"]))
    thresholds["tags"] = _tag_thresholds(chances, targets["tags"] > 0.5, known)
    return calibration, thresholds


def calibrate_posters(outputs: Outputs, targets: Outputs) -> dict[str, Any]:
    """Calibration of the poster heads; the rating's 80 % interval is that of the dev residuals."""
    known = targets["success_weight"] > 0
    rated = targets["rating_weight"] > 0
    rating = RATING_MEAN + RATING_DEVIATION * targets["rating"][rated]
    raw = outputs["rating"][rated]
    spread = len(raw) > 2 and np.ptp(raw) > 0.01
    slope, mean = np.polyfit(raw, rating, 1) if spread else (RATING_DEVIATION, RATING_MEAN)
    low, high = np.quantile(rating - (mean + slope * raw), [0.1, 0.9]) if len(raw) else (-2.0, 2.0)
    return {
        "genre": {"temperature": _sigmoid_temperature(outputs["genre"].ravel(), targets["genre"].ravel() > 0.5)},
        "success": {"temperature": _sigmoid_temperature(outputs["success"][known], targets["success"][known] > 0.5)},
        "rating": {"mean": float(mean), "slope": float(slope), "below": float(-low), "above": float(high)},
    }


def answer_threshold(confidence: Floats, right: NDArray[np.bool_], goal: float, coverage: float) -> float:
    """Lowest confidence from which on `goal` of the answers are right, but `coverage` of them are always given."""
    order = np.argsort(-confidence)
    share_right = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(share_right >= goal)
    taken = max(int(good[-1]) + 1 if len(good) else 0, int(np.ceil(coverage * len(order))))
    return float(confidence[order[taken - 1]]) if taken < len(order) else 0.0


def separating_threshold(told: Floats, doubtful: Floats, coverage: float) -> float:
    """Confidence that best parts pictures that tell from those that do not; `coverage` of the first stay answered."""
    if not len(doubtful) or not len(told):
        return 0.0
    limits = np.quantile(told, np.linspace(0, 1 - coverage, 41))
    gains = [np.mean(told >= limit) - np.mean(doubtful >= limit) for limit in limits]
    return float(limits[int(np.argmax(gains))])


def _answering(head: str, confidence: Floats, right: NDArray[np.bool_]) -> float:
    return answer_threshold(confidence, right, _GOAL[head], _COVERAGE[head])


def _scaled(pictures: Sequence[LabelledPicture]) -> list[int]:
    return [i for i, p in enumerate(pictures) if p.scale]


def _softmax_temperature(logits: Floats, truth: NDArray[np.int64]) -> float:
    at = np.arange(len(truth))
    losses = [-np.mean(np.log(softmax(logits / t)[at, truth] + 1e-9)) for t in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def _sigmoid_temperature(logits: Floats, truth: NDArray[np.bool_]) -> float:
    if not len(logits):
        return 1.0
    return float(_TEMPERATURES[int(np.argmin([_log_loss(logits / t, truth) for t in _TEMPERATURES]))])


def _tags(logits: Floats, truth: NDArray[np.bool_]) -> dict[str, float]:
    """One temperature and shift for all tags: most have too few dev positives for their own."""
    best = min((_log_loss(logits / t + s, truth), float(t), float(s)) for t in _TEMPERATURES[::4] for s in _SHIFTS)
    return {"temperature": best[1], "shift": best[2]}


def _log_loss(logits: Floats, truth: NDArray[np.bool_]) -> float:
    return float(np.mean(np.logaddexp(0, np.where(truth, -logits, logits))))


def _tag_thresholds(chances: Floats, truth: NDArray[np.bool_], known: NDArray[np.bool_]) -> dict[str, float]:
    """Best F1 on dev, of the tag where it has enough positives there, else of all tags together."""
    shared = _best_f1(chances[known], truth[known])
    return {
        tag: _best_f1(chances[known[:, t], t], truth[known[:, t], t])
        if (truth[:, t] & known[:, t]).sum() >= _OWN_THRESHOLD
        else shared
        for t, tag in enumerate(TAGS)
    }


def _best_f1(chances: Floats, truth: NDArray[np.bool_]) -> float:
    order = np.argsort(-chances)
    if not truth.any():
        return 0.5
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + truth.sum())
    return float(np.clip(chances[order[int(np.argmax(f1))]], 0.05, 0.95))
