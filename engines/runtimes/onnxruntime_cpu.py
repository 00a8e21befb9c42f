"""ONNX Runtime on the CPU: the embedded default, works wherever the package does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from engines.runtimes.protocol import Batch, RuntimeFailure


class OnnxRuntimeCpu:
    """`threads` None leaves the number to ONNX Runtime: one for each physical core."""

    name = "onnxruntime-cpu"
    precision = "float32"

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads
        self._session: onnxruntime.InferenceSession | None = None

    def load(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        if self.threads is not None:
            options.intra_op_num_threads = self.threads
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime raises its own unrelated classes
            raise RuntimeFailure(f"ONNX Runtime cannot load {path}: {error}") from error

    def infer(self, batch: Batch) -> dict[str, NDArray[np.float32]]:
        if self._session is None:
            raise RuntimeFailure("No model is loaded; call load() with the path of an ONNX file first.")
        names = [output.name for output in self._session.get_outputs()]
        try:
            values = self._session.run(names, {self._session.get_inputs()[0].name: batch})
        except Exception as error:
            raise RuntimeFailure(f"ONNX Runtime failed on a batch of shape {batch.shape}: {error}") from error
        return dict(zip(names, values, strict=True))

    def close(self) -> None:
        self._session = None
