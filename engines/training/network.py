"""The compact network: one Lite0 trunk, a head per question."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engines.classes import GENRES, SCALES, TAGS
from engines.preprocess import FRAME_SIZE
from engines.training.lite0 import FEATURES, LAST_CHANNELS, Lite0

FROZEN_STAGES = 3  # of seven, with the stem: edges and textures, kept as ImageNet taught them
ROWS = FRAME_SIZE[0] // 32
OUTPUTS = ("scale", "place", "time", "tags", "genre", "success", "rating", "features")


class ClassAttention(nn.Module):
    """A score map and an attention map per class, so that a small thing in a corner is not averaged away.

    The attention starts even, which is global average pooling; the score maps are class activation maps.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.score = nn.Conv2d(FEATURES, classes, 1, bias=False)
        self.bias = nn.Parameter(torch.full((classes,), -3.5))  # three pictures in a hundred show a given tag
        self.attention = nn.Conv2d(FEATURES, classes, 1, bias=False)
        nn.init.zeros_(self.attention.weight)

    def forward(self, maps: Tensor) -> Tensor:
        weights = torch.softmax(self.attention(maps).flatten(2), dim=2)
        out: Tensor = (weights * self.score(maps).flatten(2)).sum(2) + self.bias
        return out


class ScaleHead(nn.Module):
    """Scale from the pooled features and from mean and maximum of each row: what is cut at the bottom decides."""

    def __init__(self) -> None:
        super().__init__()
        self.rows_norm = nn.LayerNorm(2 * LAST_CHANNELS * ROWS)
        self.rows = nn.Linear(2 * LAST_CHANNELS * ROWS, len(SCALES))
        self.pooled = nn.Linear(FEATURES, len(SCALES))
        self.drop = nn.Dropout(0.3)

    def forward(self, last: Tensor, pooled: Tensor) -> Tensor:
        rows = torch.cat([last.mean(3), last.amax(3)], 1).flatten(1)
        out: Tensor = self.pooled(pooled) + self.rows(self.drop(self.rows_norm(rows)))
        return out


class CompactNetwork(nn.Module):
    """Trunk and heads. Heads give logits; `rating` is in standard deviations from the mean rating."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = Lite0()
        self.scale = ScaleHead()
        self.tags = ClassAttention(len(TAGS))
        self.tags_pooled = nn.Linear(FEATURES, len(TAGS)).requires_grad_(False)  # fitted after training, see refit
        nn.init.zeros_(self.tags_pooled.weight)
        nn.init.zeros_(self.tags_pooled.bias)
        self.place = nn.Linear(FEATURES, 1)
        self.time = nn.Linear(FEATURES, 1)
        self.genre = nn.Linear(FEATURES, len(GENRES))
        self.success = nn.Linear(FEATURES, 1)
        self.rating = nn.Linear(FEATURES, 1)
        self.drop = nn.Dropout(0.3)

    def from_frozen(self, maps: Tensor) -> dict[str, Tensor]:
        """Outputs from the maps of the frozen stages, [N, 40, 24, W/8]."""
        last, features = self.trunk.late(maps, FROZEN_STAGES)
        pooled = features.mean((2, 3))
        dropped = self.drop(pooled)
        return {
            "scale": self.scale(last, dropped),
            "place": self.place(dropped)[:, 0],
            "time": self.time(dropped)[:, 0],
            "tags": self.tags(features) + self.tags_pooled(pooled),
            "genre": self.genre(dropped),
            "success": self.success(dropped)[:, 0],
            "rating": self.rating(dropped)[:, 0],
            "features": pooled,
        }

    def forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        """uint8 [N, 192, W, 3] RGB, W a multiple of 32 -> OUTPUTS; the form that is exported."""
        x = (pictures.permute(0, 3, 1, 2).float() - 127) / 128
        outputs = self.from_frozen(self.trunk.early(x, FROZEN_STAGES))
        return tuple(outputs[name] for name in OUTPUTS)

    def freeze(self) -> None:
        """Stop gradients through the stem and the first stages."""
        for parameter in self.trunk.early_parameters(FROZEN_STAGES):
            parameter.requires_grad_(False)


class FrozenStages(nn.Module):
    """Pictures to the maps of the frozen stages, for the cache."""

    def __init__(self, trunk: Lite0) -> None:
        super().__init__()
        self.trunk = trunk

    def forward(self, pictures: Tensor) -> Tensor:
        x = (pictures.permute(0, 3, 1, 2).float() - 127) / 128
        return self.trunk.early(x, FROZEN_STAGES).permute(0, 2, 3, 1)
