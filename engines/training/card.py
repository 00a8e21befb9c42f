"""What the compact model's card says besides figures."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from engines.classes import GENRES, SCALES, TAGS, TAGS_NOT_OFFERED
from engines.preprocess import FRAME_SIZE, POSTER_SIZE
from engines.training.corpus import FILM_PACKS, POSTER_PACK
from engines.training.loop import Plan

_ARCHITECTURE = (
    "EfficientNet-Lite0 trunk (stem and three stages as ImageNet taught them, four fine-tuned and averaged with "
    "ImageNet's, three to one) with linear heads; scale also from the rows of the last map, tags by logistic "
    "regression on the pooled features and an attention map each. 3.6 million weights, float32."
)
_PREPROCESSING = (
    "Black bars cut, squeezed with swscale's area filter (engines/preprocess.py); (x - 127) / 128 inside the model."
)
_SPLIT = (
    "By film or near-duplicate group. Of train, nine tenths of the groups were fitted, one tenth (dev) set "
    "temperatures and thresholds; val was measured once, at the end."
)
_LABELS = (
    "Scale, setting and tags: by a large vision model from contact sheets under a written guide, not checked by a "
    "person; two passes agree on 89 % (shot_scale) and 81 % (stills) of seven scales. Posters: IMDb's metadata."
)
_LICENCES = (
    "Pictures: mostly frames of commercial films and web photos whose sources state no licence; some GPL-3.0, "
    "BSD-3-Clause, MIT, one CC BY-NC 4.0. Used for training only; none is in the package. Start: EfficientNet-Lite0, "
    "which Google publishes under Apache-2.0; the repository the weights came from states no licence."
)
_LIMITS = [
    f"Not offered, since one picture does not show them or no pictures were collected: {', '.join(TAGS_NOT_OFFERED)}.",
    "Several tags come from one source of photos alone; on film trust stills_ap, where a tag has one.",
    "ECU and CU are rare among the film stills; medium close-ups in 2.39:1 and cuts at the hip divide people too.",
    "Small things (cigarettes, small guns, glasses) are often missed at this input size.",
    "Rating and success are weakly tied to a poster. Genre probabilities are independent; a film may have several.",
]


def describe(onnx: Path, calibration: dict[str, Any], thresholds: dict[str, Any], plan: Plan) -> dict[str, Any]:
    """The card without its figures."""
    return {
        "name": "compact",
        "version": "1",
        "file": onnx.name,
        "sha256": hashlib.sha256(onnx.read_bytes()).hexdigest(),
        "architecture": _ARCHITECTURE,
        "input": {
            "name": "pictures",
            "type": "uint8 RGB",
            "shape": ["N", FRAME_SIZE[0], "W", 3],
            "film": list(FRAME_SIZE),
            "poster": list(POSTER_SIZE),
        },
        "preprocessing": _PREPROCESSING,
        "classes": {
            "scale": list(SCALES),
            "place": ["exterior", "interior"],
            "time": ["night", "day"],
            "tags": list(TAGS),
            "genre": list(GENRES),
        },
        "tags": {},
        "data": {
            "film_packs": list(FILM_PACKS),
            "poster_pack": POSTER_PACK,
            "split": _SPLIT,
            "labels": _LABELS,
            "licences": _LICENCES,
        },
        "metrics": {},
        "calibration": {"method": "one temperature a head, least log loss on dev"} | calibration,
        "thresholds": thresholds,
        "command": f"reelwatch train compact --data DIR  ({plan.epochs} epochs, seed {plan.seed})",
        "limits": _LIMITS,
    }
