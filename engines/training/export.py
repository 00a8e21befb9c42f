"""From torch to ONNX: float32 graph with dynamic batch and width, padding folded into the convolutions."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from torch import nn

from engines.preprocess import FRAME_SIZE

OPSET = 17


def export(module: nn.Module, path: Path, outputs: Sequence[str]) -> None:
    """Write `module` (uint8 [N, 192, W, 3] `pictures` in) to `path` as ONNX."""
    example = torch.zeros(2, *FRAME_SIZE, 3, dtype=torch.uint8)
    axes = {"pictures": {0: "batch", 2: "width"}} | {name: {0: "batch"} for name in outputs}
    training = module.training
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracing exporter is deprecated; the new one fixes the batch size
        torch.onnx.export(
            module.eval(),
            (example,),
            str(path),
            input_names=["pictures"],
            output_names=list(outputs),
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
    module.train(training)
    _fold_constants(path)
    model = onnx.load(str(path))
    fold_padding(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _fold_constants(path: Path) -> None:
    """The tracing exporter leaves padding amounts as small graphs of constants; ONNX Runtime folds them."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(path)
    onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def fold_padding(model: onnx.ModelProto) -> None:
    """Move each zero Pad into the convolution it feeds; ONNX Runtime leaves its blocked layout for every Pad."""
    graph = model.graph
    constants = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    pads = {node.output[0]: node for node in graph.node if node.op_type == "Pad" and node.input[1] in constants}
    for conv in [node for node in graph.node if node.op_type == "Conv" and node.input[0] in pads]:
        pad = pads[conv.input[0]]
        before_after = constants[pad.input[1]].tolist()
        attribute = next(a for a in conv.attribute if a.name == "pads")
        if any(attribute.ints) or any(before_after[:2]) or any(before_after[4:6]):
            continue
        attribute.ints[:] = before_after[2:4] + before_after[6:8]
        conv.input[0] = pad.input[0]
        graph.node.remove(pad)
    used = {name for node in graph.node for name in node.input}
    for unused in [i for i in graph.initializer if i.name not in used]:
        graph.initializer.remove(unused)
