"""The labelled packs as the training loop reads them: fit and dev parts, targets and cached maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engines.evaluation.labels import LabelledPicture, LabelledPoster, LabelsError, read_pictures, read_posters
from engines.preprocess import FRAME_SIZE, POSTER_SIZE
from engines.training.cache import FeatureCache, build
from engines.training.targets import FilmTargets, PosterTargets, film_targets, is_dev, poster_targets

FILM_PACKS = ("shot_scale", "stills", "tags", "tags_film", "tags_more", "trailers")
POSTER_PACK = "posters"


@dataclass(frozen=True)
class Part:
    """Pictures with targets ([N, ...] by name) and the maps of the frozen stages."""

    targets: dict[str, torch.Tensor]
    cache: FeatureCache

    def __len__(self) -> int:
        return len(next(iter(self.targets.values())))

    def batch(
        self, rows: NDArray[np.int64], variants: NDArray[np.int64]
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Maps and targets of `rows`, each in its variant."""
        return self.cache.batch(rows, variants), {name: t[rows] for name, t in self.targets.items()}


@dataclass(frozen=True)
class Corpus:
    """fit: the networks learn from it; dev: a tenth of the train groups, for calibration and thresholds."""

    film_fit: Part
    film_dev: Part
    film_dev_pictures: tuple[LabelledPicture, ...]
    posters_fit: Part | None
    posters_dev: Part | None


def load(
    data: Path, cache: Path, frozen: FrozenCall, key: str, variants: int, seed: int, say: Callable[[str], None]
) -> Corpus:
    """Read every pack under `data` that is there (train split only) and fill the cache. Raises LabelsError."""
    pictures = [p for pack in FILM_PACKS if (data / pack).is_dir() for p in read_pictures(data / pack, "train")]
    if not pictures:
        raise LabelsError(f"{data} holds none of the packs {', '.join(FILM_PACKS)}; --data must name their folder.")
    posters = read_posters(data / POSTER_PACK, "train") if (data / POSTER_PACK).is_dir() else []

    def film(rows: Sequence[LabelledPicture], count: int) -> Part:
        say(f"{len(rows)} film pictures in {count} variants through the frozen stages")
        maps = build(cache, [p.path for p in rows], FRAME_SIZE, count, frozen, key, seed)
        return Part(_tensors(film_targets(rows)), maps)

    def poster(rows: Sequence[LabelledPoster], count: int) -> Part | None:
        if not rows:
            return None
        say(f"{len(rows)} posters in {count} variants through the frozen stages")
        maps = build(cache, [p.path for p in rows], POSTER_SIZE, count, frozen, key, seed)
        return Part(_tensors(poster_targets(rows)), maps)

    dev = [p for p in pictures if is_dev(p.group)]
    return Corpus(
        film_dev=film(dev, 1),
        film_fit=film([p for p in pictures if not is_dev(p.group)], variants),
        film_dev_pictures=tuple(dev),
        posters_dev=poster([p for p in posters if is_dev(p.group)], 1),
        posters_fit=poster([p for p in posters if not is_dev(p.group)], min(variants, 4)),
    )


FrozenCall = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


def _tensors(targets: FilmTargets | PosterTargets) -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(values) for name, values in asdict(targets).items()}
