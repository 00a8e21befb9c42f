"""Somani's six scales read from a model of seven."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engines.classes import SCALES, SIX_SCALES

_KEPT = [SCALES.index(scale) for scale in SIX_SCALES]


def six_probabilities(seven: NDArray[np.float32]) -> NDArray[np.float32]:
    """[N, 7] -> [N, 6] given that the scale is one of the six: MLS dropped and the rest scaled to 1.

    The six are only measured where the truth is not MLS, so MLS is no possible answer there.
    """
    kept = seven[:, _KEPT]
    share: NDArray[np.float32] = kept / np.maximum(kept.sum(1, keepdims=True), 1e-9)
    return share


def in_six(scales: Sequence[str]) -> NDArray[np.int64]:
    """Indices in SIX_SCALES."""
    return np.array([SIX_SCALES.index(scale) for scale in scales], np.int64)
