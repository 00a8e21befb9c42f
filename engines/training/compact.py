"""`reelwatch train compact`: the shipped compact model, rebuilt from the labelled packs with one command.

Trunk EfficientNet-Lite0 from ImageNet weights; stem and first three stages frozen and cached, the rest fine-tuned
together with all heads. A tenth of the train groups (dev) sets temperatures and thresholds; val is only measured,
once, at the end.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from engines.classes import SIX_SCALES
from engines.evaluation.metrics import accuracy, average_precision, within_one
from engines.evaluation.six import in_six, six_probabilities
from engines.probability import softmax
from engines.training import loop
from engines.training.corpus import Corpus, load
from engines.training.frozen import frozen_stages
from engines.training.lite0 import load_teacher
from engines.training.loop import Plan
from engines.training.network import CompactNetwork
from engines.training.publish import publish

TEACHER = Path("teachers") / "lite0_backbone.safetensors"


def train(
    data: Path, out: Path, *, resume: bool = False, plan: Plan | None = None, teacher: Path | None = None
) -> Path:
    """Train on the packs under `data`; write compact.onnx, compact.json and compact.jsonl (the log) to `out`.

    Maps of the frozen stages (`out`/cache) and a checkpoint after every epoch are kept, so `resume` continues where
    a run was stopped, with the same result. Returns the path of the ONNX file.
    """
    plan = plan or Plan()
    torch.manual_seed(plan.seed)
    network = CompactNetwork()
    load_teacher(network.trunk, teacher or data / TEACHER)
    frozen, key = frozen_stages(network.trunk, out / "cache", torch.get_num_threads())
    corpus = load(data, out / "cache", frozen, key, plan.variants, plan.seed, _say)
    state = loop.new_state(network, plan)
    checkpoint = out / "checkpoint.pt"
    if resume and checkpoint.is_file():
        loop.restore(state, checkpoint)
        _say(f"continuing after epoch {state.epoch}")
    while state.epoch < plan.epochs:
        losses = loop.run_epoch(state, corpus, plan)
        state.history.append({"epoch": state.epoch, **losses, **dev_figures(state.averaged, corpus)})
        loop.save(state, checkpoint)
        loop.write_history(state.history, plan, out / "compact.jsonl")
        _say(" ".join(f"{name} {value:.4g}" for name, value in state.history[-1].items()))
    return publish(state, corpus, plan, data, out)


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
    precisions = [
        average_precision(targets["tags"][known, t] > 0.5, outputs["tags"][known, t])
        for t in range(outputs["tags"].shape[1])
        if targets["tags"][known := targets["tags_weight"][:, t] > 0, t].sum() >= 5
    ]
    return figures | {"dev_tags": float(np.mean(precisions)) if precisions else float("nan")}


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line of the recipe."""
    parser = argparse.ArgumentParser("reelwatch train compact", description="Rebuild the shipped compact model.")
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled packs and teachers/")
    parser.add_argument("--out", type=Path, default=Path("build") / "compact", help="results, cache and checkpoint")
    parser.add_argument("--resume", action="store_true", help="continue from the checkpoint in --out")
    parser.add_argument("--epochs", type=int, default=Plan.epochs)
    chosen = parser.parse_args(arguments)
    try:
        path = train(chosen.data, chosen.out, resume=chosen.resume, plan=replace(Plan(), epochs=chosen.epochs))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    _say(f"{path} and its card are written; copy both to engines/models to ship them")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
