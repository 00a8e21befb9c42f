"""Writing the transition network and its card."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from engines.shots.features import FEATURES
from engines.training.shot_network import KINDS, ShotNetwork

_COMMAND = "python -m engines.training.shots --data DIR --out DIR"
_LIMITS = [
    "Trained and measured on few films: 16 clips, mostly trailers and action, and 40 web videos as tiny pictures.",
    "Labels were made by a vision model on contact sheets, not checked by a person; gradual ones are good to 2 frames.",
    "What a short gradual transition needs (engines/shots/transitions.py) was chosen on these held-out answers: F1 of "
    "films was 0.933 before, 0.964 after, so the truth on other films lies between or below.",
    "Wipes: three real ones were at hand, so their figure says little.",
]


def publish(
    network: ShotNetwork,
    out: Path,
    results: Mapping[str, Any],
    per_file: Mapping[str, Any],
    plan: Mapping[str, Any],
) -> None:
    """Writes shots.onnx (features [1, T, F] -> cut [1, T], kinds [1, T, 5], logits) and shots.json to `out`."""
    path = out / "shots.onnx"
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracing exporter is deprecated; it keeps the graph small and plain
        torch.onnx.export(
            network.eval(),
            (torch.zeros(1, 64, FEATURES),),
            str(path),
            input_names=["features"],
            output_names=["cut", "kinds"],
            dynamic_axes={"features": {1: "frames"}, "cut": {1: "frames"}, "kinds": {1: "frames"}},
            opset_version=17,
            dynamo=False,
        )
    card: dict[str, Any] = {
        "name": "shots",
        "version": "1",
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "architecture": "Six dilated 1-D convolutions (64 channels, residual) over features of single frames.",
        "input": {"features": ["1", "frames", FEATURES]},
        "preprocessing": "engines/shots/features.py on RGB thumbnails of 128x72.",
        "classes": {"kinds": list(KINDS)},
        "tags": {},
        "data": {
            "packs": ["video", "shot_tiles", "synthetic edits of their shots and of stills"],
            "split": "By whole films in five folds; the shipped network is trained on all of them.",
            "plan": dict(plan),
        },
        "metrics": {
            "held_out": "each film judged by a network that saw neither it nor synthetic edits of it",
            **results,
            "files": per_file,
        },
        "calibration": {},
        "thresholds": {},
        "command": _COMMAND,
        "limits": _LIMITS,
    }
    (out / "shots.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
