"""Losses of the heads; pictures weigh 0 where nobody judged."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

# Weights chosen so that each head's gradient at the trunk is of the same order at the start.
_TAGS, _SETTING, _GENRE, _SUCCESS, _RATING = 0.2, 0.4, 0.15, 0.3, 0.3


@dataclass(frozen=True)
class Loss:
    total: Tensor
    parts: dict[str, float]


def film_loss(outputs: dict[str, Tensor], targets: dict[str, Tensor]) -> Loss:
    """Scale: cross-entropy with soft labels, plus the squared earth mover's distance, which knows their order."""
    scale = F.cross_entropy(outputs["scale"], targets["scale"], reduction="none")
    moved = (torch.softmax(outputs["scale"], 1).cumsum(1) - targets["scale"].cumsum(1)).square().sum(1)
    tags = F.binary_cross_entropy_with_logits(outputs["tags"], targets["tags"], targets["tags_weight"], reduction="sum")
    return _sum(
        {
            "scale": (1.0, _mean(scale + moved, targets["scale_weight"])),
            "place": (_SETTING, _binary(outputs["place"], targets["place"], targets["place_weight"])),
            "time": (_SETTING, _binary(outputs["time"], targets["time"], targets["time_weight"])),
            "tags": (_TAGS, tags / len(outputs["tags"])),
        }
    )


def poster_loss(outputs: dict[str, Tensor], targets: dict[str, Tensor]) -> Loss:
    genre = F.binary_cross_entropy_with_logits(outputs["genre"], targets["genre"], reduction="sum")
    rating = (outputs["rating"] - targets["rating"]).square()
    return _sum(
        {
            "genre": (_GENRE, genre / len(outputs["genre"])),
            "success": (_SUCCESS, _binary(outputs["success"], targets["success"], targets["success_weight"])),
            "rating": (_RATING, _mean(rating, targets["rating_weight"])),
        }
    )


def _sum(parts: dict[str, tuple[float, Tensor]]) -> Loss:
    total = torch.stack([weight * value for weight, value in parts.values()]).sum()
    return Loss(total, {name: value.item() for name, (_, value) in parts.items()})


def _mean(values: Tensor, weights: Tensor) -> Tensor:
    return (values * weights).sum() / weights.sum().clamp(min=1)


def _binary(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    return _mean(F.binary_cross_entropy_with_logits(logits, targets, reduction="none"), weights)
