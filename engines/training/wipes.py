"""Shapes in which one picture takes the place of another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def mask(shape: int, progress: float, height: int, width: int) -> Floats:
    """How much of the new picture shows, 0..1 [height, width], at `progress` 0..1; `shape` seeds which wipe it is."""
    rng = np.random.default_rng(shape)
    order = _order(rng, height, width)
    soft = float(rng.choice([0.005, 0.02, 0.1, 0.3]))
    cover: Floats = np.clip((progress * (1 + soft) - order) / soft, 0, 1).astype(np.float32)
    return cover


def _order(rng: np.random.Generator, height: int, width: int) -> Floats:
    """When each pixel is taken, 0..1."""
    y, x = np.meshgrid(np.linspace(0, 1, height), np.linspace(0, 1, width), indexing="ij")
    kind = rng.integers(8)
    if kind <= 2:
        angle = rng.choice([0, np.pi / 2, np.pi, 3 * np.pi / 2, rng.uniform(0, 2 * np.pi)])
        order = x * np.cos(angle) + y * np.sin(angle)
    elif kind == 3:
        order = np.hypot((x - rng.uniform(0.3, 0.7)) * width / height, y - rng.uniform(0.3, 0.7))
    elif kind == 4:
        order = (np.arctan2(y - 0.5, x - 0.5) + rng.uniform(0, 2 * np.pi)) % (2 * np.pi)
    elif kind == 5:
        order = rng.random((height, width))
    elif kind == 6:
        size = int(rng.integers(4, 17))
        blocks = rng.random((height // size + 1, width // size + 1))
        order = np.kron(blocks, np.ones((size, size)))[:height, :width]
    else:
        order = (x * rng.integers(3, 12)) % 1.0
    order = order - order.min()
    order = order / max(float(order.max()), 1e-6)
    ordered: Floats = (1 - order if rng.random() < 0.5 else order).astype(np.float32)
    return ordered
