"""Training the transition network: `python -m engines.training.shots --data DIR --out DIR`.

Real films with labelled transitions (video/, shot_tiles/) and synthetic edits of their shots and of stills. Quality is
measured by leaving out whole films, fold by fold; synthetic edits of a fold's films are left out with them. What
ships is then trained on everything, and its card gives the figures of the folds.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from engines.evaluation.transitions import Scored, figures, score
from engines.probability import sigmoid, softmax
from engines.shots.transitions import transitions_in
from engines.training.shot_card import publish
from engines.training.shot_corpus import Sequences, build
from engines.training.shot_network import ShotNetwork

Say = Callable[[str], None]
PARTS = ("film", "tiles", "edit")


@dataclass(frozen=True)
class Plan:
    """The recipe's numbers. shares: of a batch, from films, from tile films and from synthetic edits."""

    folds: int = 5
    edits_per_fold: int = 22
    edit_frames: int = 1500
    steps: int = 1600
    batch: int = 24
    length: int = 192
    rate: float = 2e-3
    shares: tuple[float, float, float] = (0.3, 0.25, 0.45)
    cut_weight: float = 4.0
    kind_weights: tuple[float, ...] = (1.0, 1.5, 1.5, 1.5, 2.0)
    noise: float = 0.03
    seed: int = 0


def train(data: Path, out: Path, cache: Path, plan: Plan, say: Say = print) -> dict[str, Any]:
    """Trains by folds and then on everything; writes shots.onnx, shots.json and shots.jsonl to `out`.

    Returns the figures of the folds. Raises LabelsError where films are missing.
    """
    torch.manual_seed(plan.seed)
    out.mkdir(parents=True, exist_ok=True)
    log = out / "shots.jsonl"
    log.unlink(missing_ok=True)

    def note(what: str, entry: dict[str, Any]) -> None:
        say(f"{what}: " + " ".join(f"{name} {value}" for name, value in entry.items()))
        with log.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"what": what, **entry}) + "\n")

    corpus = build(data, cache, plan.folds, plan.edits_per_fold, plan.edit_frames, say)
    held_out: dict[str, Scored] = {}
    for fold in range(plan.folds):
        network = fit([each for each in corpus if each.fold != fold], plan, partial(note, f"without fold {fold}"))
        for each in corpus:
            if each.fold == fold:
                held_out[each.name] = score(each.truth, transitions_in(*answers(network, each.features)))
    results = {part: figures(_total(held_out, corpus, part)) for part in PARTS}
    for part, found in results.items():
        note(f"held out, {part}", {kind: found[kind]["f1"] for kind in ("cuts", "gradual", "all")})
    publish(
        fit(corpus, plan, partial(note, "on everything")),
        out,
        results,
        {name: _short(each) for name, each in held_out.items() if not name.startswith("edit-")},
        asdict(plan),
    )
    return results


def _total(held_out: dict[str, Scored], corpus: Sequence[Sequences], part: str) -> Scored:
    return sum((held_out[each.name] for each in corpus if each.part == part), Scored())


def fit(corpus: Sequence[Sequences], plan: Plan, note: Callable[[dict[str, Any]], None]) -> ShotNetwork:
    """One network from random weights; the same corpus and plan give the same network on one machine."""
    torch.manual_seed(plan.seed)
    rng = np.random.default_rng(plan.seed)
    every = np.concatenate([each.features for each in corpus])
    network = ShotNetwork(torch.tensor(every.mean(0)), torch.tensor(every.std(0) + 1e-3))
    optimiser = torch.optim.AdamW(network.parameters(), lr=plan.rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, plan.rate, plan.steps)
    by_part = [[each for each in corpus if each.part == part] for part in PARTS]
    parts = [part for part in by_part if part]
    shares = [share for share, part in zip(plan.shares, by_part, strict=True) if part]
    started, total = time.monotonic(), 0.0
    network.train()
    for step in range(1, plan.steps + 1):
        loss = _loss(network, _batch(rng, parts, shares, plan), plan)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        total += loss.item()
        if step % 400 == 0:
            note({"step": step, "loss": round(total / 400, 4), "seconds": round(time.monotonic() - started)})
            total = 0.0
    return network.eval()


def answers(network: ShotNetwork, features: np.ndarray[Any, np.dtype[np.float32]]) -> tuple[Any, Any]:
    """Probabilities of cut [T] and kinds [T, 5] for a whole film's features [T, F]."""
    with torch.no_grad():
        cut, kinds = network(torch.from_numpy(features)[None])
    return sigmoid(cut[0].numpy()), softmax(kinds[0].numpy())


def _batch(
    rng: np.random.Generator, parts: Sequence[Sequence[Sequences]], shares: Sequence[float], plan: Plan
) -> tuple[torch.Tensor, ...]:
    """features [B, T, F], cut [B, T], kind [B, T], weight [B, T]; films shorter than T are padded with weight 0."""
    chances = np.array(shares) / sum(shares)
    rows = []
    for _ in range(plan.batch):
        part = parts[int(rng.choice(len(parts), p=chances))]
        lengths = np.array([len(each.features) for each in part], float)
        film = part[int(rng.choice(len(part), p=lengths / lengths.sum()))]
        start = int(rng.integers(0, max(1, len(film.features) - plan.length + 1)))
        piece = slice(start, start + plan.length)
        rows.append([_padded(each[piece], plan.length) for each in (film.features, film.cut, film.kind, film.weight)])
    return tuple(torch.from_numpy(np.stack(column)) for column in zip(*rows, strict=True))


def _padded(values: np.ndarray[Any, Any], length: int) -> np.ndarray[Any, Any]:
    return np.pad(values, [(0, length - len(values)), *[(0, 0)] * (values.ndim - 1)])


def _loss(network: ShotNetwork, batch: tuple[torch.Tensor, ...], plan: Plan) -> torch.Tensor:
    features, cut, kind, weight = batch
    noisy = features + torch.randn_like(features) * plan.noise * network.deviation
    said_cut, said_kinds = network(noisy)
    wanted = torch.tensor(plan.cut_weight)
    cuts = functional.binary_cross_entropy_with_logits(said_cut, cut, pos_weight=wanted, reduction="none")
    weights = torch.tensor(plan.kind_weights)
    kinds = functional.cross_entropy(said_kinds.transpose(1, 2), kind, weight=weights, reduction="none")
    return ((plan.cut_weight * cuts + kinds) * weight).mean()


def _short(scored: Scored) -> dict[str, Any]:
    return {name: found["f1"] for name, found in figures(scored).items() if isinstance(found, dict)}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Train the transition network.")
    parser.add_argument("--data", type=Path, required=True, help="holds video/, shot_tiles/ and picture packs")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="features are kept here; OUT/cache without it")
    options = parser.parse_args(argv)
    torch.set_num_threads(1)  # the network is small: a second thread gains nothing (measured: 0.09 s a step either way)
    train(options.data, options.out, options.cache or options.out / "cache", Plan())


if __name__ == "__main__":
    main()
