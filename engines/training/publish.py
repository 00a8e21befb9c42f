"""From trained weights to what ships: the ONNX file and its card, measured on val."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from engines.cards import ModelCard
from engines.compact import CompactModel
from engines.evaluation.entry import without_nan
from engines.evaluation.judging import judge_pictures, judge_posters
from engines.evaluation.labels import read_pictures, read_posters
from engines.evaluation.posters import poster_figures
from engines.evaluation.scale import scale_figures
from engines.evaluation.setting import setting_figures
from engines.evaluation.tags import tag_figures
from engines.runtimes.onnxruntime_cpu import OnnxRuntimeCpu
from engines.training.calibrate import calibrate_film, calibrate_posters
from engines.training.card import describe
from engines.training.corpus import FILM_PACKS, POSTER_PACK, Corpus, Part
from engines.training.export import export
from engines.training.loop import Plan, outputs_of
from engines.training.network import OUTPUTS, CompactNetwork

_PHOTO_PACKS = ("tags", "tags_film", "tags_more")
_UNCALIBRATED = {
    "genre": {"temperature": 1.0},
    "success": {"temperature": 1.0},
    "rating": {"mean": 6.4, "slope": 1.1, "below": 2.0, "above": 2.0},
}


def publish(network: CompactNetwork, corpus: Corpus, plan: Plan, data: Path, out: Path) -> Path:
    """Export the network, calibrate on dev, measure on val; writes compact.onnx and compact.json to `out`."""
    path = out / "compact.onnx"
    export(network, path, OUTPUTS)
    calibration, thresholds = calibrate_film(
        outputs_of(network, corpus.film_dev), _arrays(corpus.film_dev), corpus.film_dev_pictures
    )
    posters = corpus.posters_dev
    calibration |= calibrate_posters(outputs_of(network, posters), _arrays(posters)) if posters else _UNCALIBRATED
    card = describe(path, calibration, thresholds, plan)
    runtime = OnnxRuntimeCpu()
    runtime.load(path)
    metrics, tags = measure(CompactModel(ModelCard(**card), runtime), data)
    card |= {"metrics": without_nan(metrics), "tags": without_nan(tags)}
    (out / "compact.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return path


def measure(model: CompactModel, data: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Figures on the val split of every pack there is, and the tags' status."""
    packs = {pack: read_pictures(data / pack, "val") for pack in FILM_PACKS if (data / pack).is_dir()}
    judged = {pack: judge_pictures(model, pictures) for pack, pictures in packs.items() if pictures}
    metrics: dict[str, Any] = {"split": "val", "interval": "95 %, whole groups resampled"}
    for pack in [p for p in ("shot_scale", "stills") if judged.get(p)]:
        rows = [i for i, picture in enumerate(packs[pack]) if picture.scale]
        figures = scale_figures([packs[pack][i] for i in rows], judged[pack].scale[rows])
        metrics.setdefault("scale", {})[pack] = figures
    if "stills" in judged:
        thresholds = {head: model.threshold(head) for head in ("place", "time")}
        metrics["setting"] = {"stills": setting_figures(packs["stills"], judged["stills"], thresholds)}
    limits = [model.threshold(tag) for tag in model.tags]
    statuses: dict[str, Any] = {}
    for name, members in {"stills": ("stills",), "photos": _PHOTO_PACKS, "all": tuple(judged)}.items():
        pairs = [
            (picture, chances)
            for pack in members
            if pack in judged
            for picture, chances in zip(packs[pack], judged[pack].tags, strict=True)
            if picture.tags is not None
        ]
        if pairs:
            figures = tag_figures([p for p, _ in pairs], np.stack([c for _, c in pairs]), model.tags, limits)
            statuses[name] = figures.pop("per_tag")
            metrics.setdefault("tags", {})[name] = figures
    if (data / POSTER_PACK).is_dir():
        posters = read_posters(data / POSTER_PACK, "val")
        metrics["posters"] = poster_figures(posters, judge_posters(model, posters))
    return metrics, _statuses(statuses)


def _statuses(per_set: dict[str, Any]) -> dict[str, Any]:
    """Per tag what all val pictures together say, and what film stills alone say where they have enough."""
    tags: dict[str, Any] = dict(per_set.get("all", {}))
    for tag, figures in per_set.get("stills", {}).items():
        if figures["status"] == "measured":
            tags[tag] = tags[tag] | {"stills_ap": figures["ap"], "stills_positives": figures["positives"]}
    return tags


def _arrays(part: Part) -> dict[str, Any]:
    return {name: values.numpy() for name, values in part.targets.items()}
