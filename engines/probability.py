"""From logits to probabilities, in numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Over the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: NDArray[np.float32] = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Elementwise, without overflow."""
    chances: NDArray[np.float32] = 0.5 * (1 + np.tanh(0.5 * logits))
    return chances
