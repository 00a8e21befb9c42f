"""Figures on the dev part of train."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.classes import SIX_SCALES
from engines.evaluation.metrics import accuracy, average_precision, within_one
from engines.evaluation.six import in_six, six_probabilities
from engines.probability import softmax
from engines.training import loop
from engines.training.corpus import Corpus
from engines.training.network import CompactNetwork

_ENOUGH = 5  # positives


def dev_figures(network: CompactNetwork, corpus: Corpus) -> dict[str, float]:
    """Figures on the held-out part of train, for the log; nothing is chosen by them."""
    outputs = loop.outputs_of(network, corpus.film_dev)
    targets = {name: t.numpy() for name, t in corpus.film_dev.targets.items()}
    rows = [i for i, p in enumerate(corpus.film_dev_pictures) if p.scale in SIX_SCALES]
    truth = in_six([corpus.film_dev_pictures[i].scale for i in rows])
    said = six_probabilities(softmax(outputs["scale"][rows])).argmax(1)
    figures = {"dev_scale": accuracy(truth, said), "dev_within_one": within_one(truth, said)}
    for name in ("place", "time"):
        told = targets[f"{name}_weight"] == 1
        figures[f"dev_{name}"] = accuracy(targets[name][told].astype(int), (outputs[name][told] > 0).astype(int))
    return figures | {"dev_tags": mean_precision(targets["tags"], targets["tags_weight"] > 0, outputs["tags"])}


def mean_precision(targets: NDArray[np.float32], known: NDArray[np.bool_], scores: NDArray[np.float32]) -> float:
    """Mean average precision over the tags with enough positives; nan where there is none."""
    precisions = [
        average_precision(targets[rows, t] > 0.5, scores[rows, t])
        for t in range(scores.shape[1])
        if targets[rows := known[:, t], t].sum() >= _ENOUGH
    ]
    return float(np.mean(precisions)) if precisions else float("nan")
