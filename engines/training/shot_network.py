"""The transition network: a few dilated convolutions over the features of the frames."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engines.shots.features import FEATURES

CHANNELS = 64
DILATIONS = (1, 2, 4, 8, 16, 1)
CONTEXT = sum(DILATIONS)
"""Frames before and after that a frame's answer depends on."""
KINDS = ("none", "dissolve", "fade out", "fade in", "wipe")


class ShotNetwork(nn.Module):
    """Features [N, T, FEATURES] -> cut [N, T], kinds [N, T, 5]: logits that a frame is the first of a new shot, and
    of what it is part of."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, mean: Tensor, deviation: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)
        self.enter = nn.Conv1d(FEATURES, CHANNELS, 1)
        self.blocks = nn.ModuleList(nn.Conv1d(CHANNELS, CHANNELS, 3, padding=d, dilation=d) for d in DILATIONS)
        self.leave = nn.Conv1d(CHANNELS, 1 + len(KINDS), 1)
        self.drop = nn.Dropout(0.1)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        x = ((features - self.mean) / self.deviation).clamp(-6, 6)
        x = torch.relu(self.enter(x.transpose(1, 2)))
        for block in self.blocks:
            x = x + self.drop(torch.relu(block(x)))
        out = self.leave(x).transpose(1, 2)
        return out[..., 0], out[..., 1:]
