"""The training loop: seeded, a checkpoint after every epoch, averaged weights."""

from __future__ import annotations

import json
import math
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engines.training.corpus import Corpus, Part
from engines.training.losses import Loss, film_loss, poster_loss
from engines.training.network import CompactNetwork


@dataclass(frozen=True)
class Plan:
    """Settings of one run; they are written to the log and the card."""

    epochs: int = 8
    batch: int = 32
    variants: int = 6
    seed: int = 0
    trunk_rate: float = 2.5e-4
    head_rate: float = 1.5e-3
    weight_decay: float = 0.02
    warm_up: int = 200  # steps
    average: float = 0.998  # decay of the averaged weights
    poster_every: int = 3  # steps


@dataclass
class State:
    """Everything a checkpoint holds."""

    network: CompactNetwork
    averaged: CompactNetwork
    optimizer: torch.optim.Optimizer
    epoch: int = 0
    step: int = 0
    history: list[dict[str, float]] = field(default_factory=list)


def new_state(network: CompactNetwork, plan: Plan) -> State:
    """Optimizer and averaged copy for a network whose trunk is filled; the first stages are frozen."""
    network.freeze()
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    averaged = CompactNetwork()
    averaged.load_state_dict(network.state_dict())
    averaged.requires_grad_(False).eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    trunk = [p for p in network.trunk.parameters() if p.requires_grad]
    heads = [p for name, p in network.named_parameters() if not name.startswith("trunk.") and p.requires_grad]
    groups = [{"params": trunk, "peak": plan.trunk_rate}, {"params": heads, "peak": plan.head_rate}]
    return State(network, averaged, torch.optim.AdamW(groups, lr=0.0, weight_decay=plan.weight_decay))


def save(state: State, path: Path) -> None:
    """Write the checkpoint; an interrupted write leaves the earlier one."""
    part = path.with_suffix(".part")
    torch.save(
        {
            "network": state.network.state_dict(),
            "averaged": state.averaged.state_dict(),
            "optimizer": state.optimizer.state_dict(),
            "epoch": state.epoch,
            "step": state.step,
            "history": state.history,
        },
        part,
    )
    part.replace(path)


def restore(state: State, path: Path) -> None:
    """Continue from the checkpoint at `path`."""
    saved = torch.load(path, weights_only=True)
    state.network.load_state_dict(saved["network"])
    state.averaged.load_state_dict(saved["averaged"])
    state.optimizer.load_state_dict(saved["optimizer"])
    state.epoch, state.step, state.history = saved["epoch"], saved["step"], saved["history"]


def run_epoch(state: State, corpus: Corpus, plan: Plan) -> dict[str, float]:
    """One pass over the film pictures, posters in between; the mean losses."""
    started = time.monotonic()
    rng = np.random.default_rng([plan.seed, state.epoch])
    torch.manual_seed(plan.seed * 1000 + state.epoch)
    posters = _endless(corpus.posters_fit, plan, rng) if corpus.posters_fit else None
    steps = math.ceil(len(corpus.film_fit) / plan.batch)
    sums: dict[str, list[float]] = defaultdict(list)
    state.network.train()
    for maps, targets in _batches(corpus.film_fit, plan, rng):
        _set_rate(state, plan, steps * plan.epochs)
        losses = [film_loss(state.network.from_frozen(maps), targets)]
        if posters and state.step % plan.poster_every == 0:
            poster_maps, poster_targets = next(posters)
            losses.append(poster_loss(state.network.from_frozen(poster_maps), poster_targets))
        _step(state, losses, plan)
        for loss in losses:
            for name, value in loss.parts.items():
                sums[name].append(value)
    state.epoch += 1
    return {name: float(np.mean(values)) for name, values in sums.items()} | {"seconds": time.monotonic() - started}


@torch.inference_mode()
def outputs_of(network: CompactNetwork, part: Part, batch: int = 64) -> dict[str, NDArray[np.float32]]:
    """All outputs for the untouched variant of a part."""
    network.eval()
    collected: dict[str, list[Tensor]] = defaultdict(list)
    for start in range(0, len(part), batch):
        rows = np.arange(start, min(start + batch, len(part)))
        maps, _ = part.batch(rows, np.zeros(len(rows), np.int64))
        for name, value in network.from_frozen(maps).items():
            collected[name].append(value)
    return {name: torch.cat(values).numpy() for name, values in collected.items()}


def write_history(history: list[dict[str, float]], plan: Plan, path: Path) -> None:
    """JSON lines: the plan, then one line an epoch."""
    lines = [{"plan": plan.__dict__}, *history]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def _step(state: State, losses: list[Loss], plan: Plan) -> None:
    state.optimizer.zero_grad()
    torch.stack([loss.total for loss in losses]).sum().backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(state.network.parameters(), 2.0)
    state.optimizer.step()
    state.step += 1
    decay = min(plan.average, (1 + state.step) / (10 + state.step))
    live = [p for p in state.network.parameters() if p.requires_grad]
    names = [name for name, p in state.network.named_parameters() if p.requires_grad]
    mean = dict(state.averaged.named_parameters())
    with torch.no_grad():
        torch._foreach_lerp_([mean[name] for name in names], [p.detach() for p in live], 1 - decay)


def _set_rate(state: State, plan: Plan, total: int) -> None:
    """Linear warm-up, then a cosine down to nothing."""
    warm = min(1.0, (state.step + 1) / plan.warm_up)
    share = warm * 0.5 * (1 + math.cos(math.pi * min(1.0, state.step / max(1, total))))
    for group in state.optimizer.param_groups:
        group["lr"] = group["peak"] * share


def _batches(part: Part, plan: Plan, rng: np.random.Generator) -> Iterator[tuple[Tensor, dict[str, Tensor]]]:
    order = rng.permutation(len(part))
    variants = rng.integers(0, len(part.cache.variants), len(part))
    for start in range(0, len(part), plan.batch):
        rows = order[start : start + plan.batch]
        yield part.batch(rows, variants[rows])


def _endless(part: Part, plan: Plan, rng: np.random.Generator) -> Iterator[tuple[Tensor, dict[str, Tensor]]]:
    while True:
        yield from _batches(part, plan, rng)
