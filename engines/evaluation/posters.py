"""Posters measured: genre, box-office success (gross at least the budget), rating with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.classes import GENRES
from engines.compact import CompactModel, PosterJudgement
from engines.evaluation.judging import judge_posters
from engines.evaluation.labels import LabelledPoster, LabelsError, read_posters
from engines.evaluation.metrics import accuracy, area_under_roc, interval


def evaluate_posters(data: Path, split: str = "all") -> dict[str, Any]:
    """Measure the compact model on `data`/labels.csv. Raises LabelsError where no poster has a genre."""
    posters = read_posters(data, split)
    if not any(p.genres & set(GENRES) for p in posters):
        raise LabelsError(f"{data / 'labels.csv'} gives no poster of split '{split}' a genre (column 'genres').")
    return poster_figures(posters, judge_posters(CompactModel.load(), posters))


def poster_figures(posters: Sequence[LabelledPoster], judged: Sequence[PosterJudgement]) -> dict[str, Any]:
    """A genre counts as found when it is one of the film's; films of none of the ten are left out there.

    The keys first_genre_* ask for the first genre of the source's list instead, which is no main genre.
    """
    figures: dict[str, Any] = {"n": len(posters)}
    pairs = [(p, j) for p, j in zip(posters, judged, strict=True) if p.genres & set(GENRES)]
    frequency = {genre: sum(genre in p.genres for p, _ in pairs) for genre in GENRES}
    naive = sorted(GENRES, key=lambda genre: -frequency[genre])
    ranked = [sorted(GENRES, key=lambda genre: -j.genres[genre]) for _, j in pairs]
    groups = [p.group for p, _ in pairs]
    for best in (1, 3):
        hit = np.array([bool(p.genres & set(r[:best])) for (p, _), r in zip(pairs, ranked, strict=True)], float)
        figures[f"genre_top{best}"] = float(hit.mean())
        figures[f"genre_top{best}_ci95"] = interval(groups, lambda rows, hit=hit: float(hit[rows].mean()))  # type: ignore[misc]
        figures[f"naive_genre_top{best}"] = float(np.mean([bool(p.genres & set(naive[:best])) for p, _ in pairs]))
    figures |= _first_genre(pairs, ranked) | _success(posters, judged) | _rating(posters, judged)
    return figures


def _first_genre(
    pairs: Sequence[tuple[LabelledPoster, PosterJudgement]], ranked: Sequence[Sequence[str]]
) -> dict[str, float | None]:
    rows = [(p.first_genre, r) for (p, _), r in zip(pairs, ranked, strict=True) if p.first_genre in GENRES]
    if not rows:
        return {"first_genre_n": 0, "first_genre_top1": None, "first_genre_top3": None}
    firsts = [first for first, _ in rows]
    naive = sorted(GENRES, key=lambda genre: -firsts.count(genre))
    return {"first_genre_n": len(rows)} | {
        f"{prefix}first_genre_top{best}": float(np.mean([first in (order or r)[:best] for first, r in rows]))
        for best in (1, 3)
        for prefix, order in (("", None), ("naive_", naive))
    }


def _success(posters: Sequence[LabelledPoster], judged: Sequence[PosterJudgement]) -> dict[str, Any]:
    rows = [i for i, p in enumerate(posters) if p.success is not None]
    truth = np.array([bool(posters[i].success) for i in rows], bool)
    chance = np.array([judged[i].success for i in rows])
    said = chance >= 0.5
    return {
        "success_n": len(rows),
        "success_accuracy": accuracy(truth, said) if rows else None,
        "success_accuracy_ci95": interval([posters[i].group for i in rows], lambda r: accuracy(truth[r], said[r]))
        if rows
        else None,
        "success_auc": area_under_roc(truth, chance) if rows else None,
        "naive_success_accuracy": float(max(truth.mean(), 1 - truth.mean())) if rows else None,
    }


def _rating(posters: Sequence[LabelledPoster], judged: Sequence[PosterJudgement]) -> dict[str, float | None]:
    """Standardised mean squared error: 1 is what guessing the mean of these very posters would give."""
    rows = [i for i, p in enumerate(posters) if p.rating is not None]
    truth = np.array([float(posters[i].rating or 0) for i in rows])
    if len(rows) < 2 or not truth.std():
        return {"rating_smse": None, "rating_coverage80": None}
    said: NDArray[np.float64] = np.array([judged[i].rating for i in rows])
    inside = [judged[i].rating_low <= value <= judged[i].rating_high for i, value in zip(rows, truth, strict=True)]
    return {
        "rating_smse": float(np.mean((said - truth) ** 2) / truth.var()),
        "rating_coverage80": float(np.mean(inside)),
    }
