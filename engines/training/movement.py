"""Fits what tells camera movements apart: `python -m engines.training.movement --data DIR`.

DIR holds the pack `stills`. Fits on its train stills, measures on its val stills (other films), and prints both the
figures and the weights, which stand in engines/shots/movement.py.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from engines.evaluation.labels import read_pictures
from engines.evaluation.metrics import expected_calibration_error
from engines.shots.features import describe
from engines.shots.motion import LAG, MotionMeter
from engines.shots.movement import MOVEMENTS, summary
from engines.training.moves import make_move

_SHRINKAGE = 1e-3
_SEEDS = {"train": 0, "val": 1 << 20}
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def examples(data: Path, split: str, moves: int) -> tuple[Floats, Ints, int]:
    """Figures [N, F] and movements [N] of synthetic moves over stills of `split`, and of how many nothing was seen."""
    found, unseen = [], 0
    for kind, motions in _moves(data, split, moves):
        figures = summary(motions)
        if figures is None:
            unseen += 1
        else:
            found.append((figures, kind))
    return np.stack([figures for figures, _ in found]), np.array([kind for _, kind in found]), unseen


def _moves(data: Path, split: str, moves: int) -> Iterator[tuple[int, Floats]]:
    seed = _SEEDS[split]
    paths = [picture.path for picture in read_pictures(data / "stills", split)]
    order = np.random.default_rng(seed).permutation(len(paths))
    for number in range(moves):
        kind = number % len(MOVEMENTS)
        still = paths[order[number % len(paths)]]
        passer = paths[order[(7 * number + 3) % len(paths)]]
        with Image.open(still) as scene, Image.open(passer) as subject:
            frames = make_move(MOVEMENTS[kind], scene, subject, seed + number)
        meter = MotionMeter()
        for index in range(0, len(frames), LAG):
            meter.push(index, describe(frames[index], None).pattern)
        yield kind, meter.motions(0, len(frames))


def fit(figures: Floats, kinds: Ints) -> Floats:
    """Weights [F, movements] of a multinomial logistic regression; the first figure is a constant 1."""
    mean, deviation = figures.mean(axis=0), figures.std(axis=0) + 1e-6
    mean[0], deviation[0] = 0, 1
    inputs, targets = torch.tensor((figures - mean) / deviation), torch.tensor(kinds)
    weights = torch.zeros(figures.shape[1], len(MOVEMENTS), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=500)

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = torch.nn.functional.cross_entropy(inputs @ weights, targets) + _SHRINKAGE * (weights**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    scaled = weights.detach().numpy() / deviation[:, None]
    scaled[0] -= mean[1:] @ scaled[1:]
    centred: Floats = np.round(scaled - scaled.mean(axis=1, keepdims=True), 3)
    return centred


def measure(weights: Floats, figures: Floats, kinds: Ints) -> dict[str, Any]:
    """Accuracy, calibration, and what is taken for what."""
    logits = figures @ weights
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances = powers / powers.sum(axis=1, keepdims=True)
    said = chances.argmax(axis=1)
    confusion = np.zeros((len(MOVEMENTS), len(MOVEMENTS)), int)
    np.add.at(confusion, (kinds, said), 1)
    return {
        "n": len(kinds),
        "accuracy": float((said == kinds).mean()),
        "ece": expected_calibration_error(chances.max(axis=1), said == kinds),
        "movements": list(MOVEMENTS),
        "rows_are_truth": confusion.tolist(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--moves", type=int, default=1800, help="synthetic moves to fit on; a third as many measure")
    arguments = parser.parse_args()
    figures, kinds, _ = examples(arguments.data, "train", arguments.moves)
    weights = fit(figures, kinds)
    figures, kinds, unseen = examples(arguments.data, "val", arguments.moves // 3)
    print(json.dumps({**measure(weights, figures, kinds), "not followed": unseen}))
    for row in weights:
        print(f"    ({', '.join(f'{value:.3f}' for value in row)}),")


if __name__ == "__main__":
    main()
