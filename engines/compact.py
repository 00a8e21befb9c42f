"""The compact model: one forward pass a picture for scale, setting, tags and features for similarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.cards import ModelCard, load_card
from engines.preprocess import FRAME_SIZE, POSTER_SIZE, to_input
from engines.probability import sigmoid, softmax
from engines.runtimes import Runtime
from engines.runtimes.onnxruntime_cpu import OnnxRuntimeCpu

_BATCH = 16  # pictures a forward pass: larger ones are no faster on two cores and take more memory

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Judgement:
    """Of N pictures; probabilities are calibrated on pictures held out of training."""

    scale: Floats  # [N, 7], in the order of engines.classes.SCALES
    place: Floats  # [N], of interior
    time: Floats  # [N], of day
    tags: Floats  # [N, T], in the order of CompactModel.tags
    features: Floats  # [N, 1280], pooled, not normalised


@dataclass(frozen=True)
class PosterJudgement:
    """Of one poster."""

    genres: dict[str, float]  # probability of each of ten genres; a film may have several
    success: float  # probability that the gross reaches the budget
    rating: float  # estimated IMDb score
    rating_low: float  # 80 % interval
    rating_high: float


@dataclass(frozen=True)
class CompactModel:
    """The shipped compact model on a runtime."""

    card: ModelCard
    runtime: Runtime

    @classmethod
    def load(cls, threads: int | None = None) -> CompactModel:
        """The model in the package, on the CPU. Raises CardError or RuntimeFailure."""
        card = load_card("compact")
        runtime = OnnxRuntimeCpu(threads)
        runtime.load(card.path)
        return cls(card, runtime)

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags in the order of Judgement.tags."""
        return tuple(self.card.classes["tags"])

    def judge(self, pictures: Sequence[Picture]) -> Judgement:
        """Judge RGB uint8 pictures [H, W, 3] of any size; black bars are cut here, picture by picture.

        Full HD costs about 30 ms a picture before the network starts: hand over 400 to 960 columns where possible.
        """
        raw = self._outputs(pictures, FRAME_SIZE)
        scaled = self.card.calibration
        return Judgement(
            scale=softmax(raw["scale"] / np.float32(scaled["scale"]["temperature"])),
            place=sigmoid(raw["place"] / np.float32(scaled["place"]["temperature"])),
            time=sigmoid(raw["time"] / np.float32(scaled["time"]["temperature"])),
            tags=sigmoid(raw["tags"] / np.float32(scaled["tags"]["temperature"]) + np.float32(scaled["tags"]["shift"])),
            features=raw["features"],
        )

    def poster(self, picture: Picture) -> PosterJudgement:
        """Judge one poster, RGB uint8 [H, W, 3]."""
        return self.posters([picture])[0]

    def posters(self, pictures: Sequence[Picture]) -> list[PosterJudgement]:
        """Judge posters, RGB uint8 [H, W, 3] each."""
        raw = self._outputs(pictures, POSTER_SIZE)
        scaled = self.card.calibration
        genre = sigmoid(raw["genre"] / np.float32(scaled["genre"]["temperature"]))
        success = sigmoid(raw["success"] / np.float32(scaled["success"]["temperature"]))
        line = scaled["rating"]
        rating = np.clip(line["mean"] + line["slope"] * raw["rating"], 1, 10)
        return [
            PosterJudgement(
                genres=dict(zip(self.card.classes["genre"], (float(p) for p in genre[i]), strict=True)),
                success=float(success[i]),
                rating=float(rating[i]),
                rating_low=float(max(1.0, rating[i] - line["below"])),
                rating_high=float(min(10.0, rating[i] + line["above"])),
            )
            for i in range(len(pictures))
        ]

    def threshold(self, head: str) -> float:
        """Probability below which the answer is unsure: for scale, place and time that of the likeliest class,
        for a tag (by its name) the tag's own. Raises KeyError for a head the model has not.
        """
        values = self.card.thresholds
        return float(values[head] if head in values else values["tags"][head])

    def _outputs(self, pictures: Sequence[Picture], size: tuple[int, int]) -> dict[str, Floats]:
        if not pictures:
            blank = self.runtime.infer(np.zeros((1, *size, 3), np.uint8))
            return {name: values[:0] for name, values in blank.items()}
        batches = [pictures[start : start + _BATCH] for start in range(0, len(pictures), _BATCH)]
        parts = [self.runtime.infer(to_input(batch, size)) for batch in batches]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
