"""The seam between models and what computes them."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Batch = NDArray[np.float32] | NDArray[np.uint8]


class RuntimeFailure(RuntimeError):
    """A runtime cannot load or run a model; the sentence names the file and the cause."""


class Runtime(Protocol):
    """Loads one model file and runs batches through it."""

    @property
    def name(self) -> str:
        """As stored with results, e.g. onnxruntime-cpu."""
        ...

    @property
    def precision(self) -> str:
        """Of the arithmetic, e.g. float32."""
        ...

    def load(self, path: Path) -> None:
        """Make the model at `path` ready. Raises RuntimeFailure."""
        ...

    def infer(self, batch: Batch) -> dict[str, NDArray[np.float32]]:
        """All outputs by name for `batch` [N, ...]. Raises RuntimeFailure."""
        ...

    def close(self) -> None:
        """Give the model's memory back."""
        ...
