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

import torch

from engines.training import loop
from engines.training.corpus import load
from engines.training.figures import dev_figures
from engines.training.frozen import frozen_stages
from engines.training.lite0 import load_teacher
from engines.training.loop import Plan
from engines.training.network import CompactNetwork
from engines.training.publish import publish
from engines.training.refit import TUNED_SHARE, refit

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
    start = {name: value.detach().clone() for name, value in network.trunk.named_parameters()}
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
    _say("refitting tags")
    final = state.averaged
    refit(final, start, corpus)
    refitted = {"tuned_share": TUNED_SHARE, **dev_figures(final, corpus)}
    loop.write_history([*state.history, refitted], plan, out / "compact.jsonl")
    _say(" ".join(f"{name} {value:.4g}" for name, value in refitted.items()))
    torch.save(final.state_dict(), out / "compact.pt")
    return publish(final, corpus, plan, data, out)


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
