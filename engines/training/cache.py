"""Outputs of the frozen first stages, kept on disk: they are the same in every epoch, and cost two thirds of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engines.preprocess import read_picture
from engines.training.augment import variant

Maps = NDArray[np.float16]
_BATCH = 32


@dataclass(frozen=True)
class FeatureCache:
    """Maps of pictures in several variants: `variants[v][i]` is float16 [h, w, C] of picture i."""

    variants: tuple[Maps, ...]

    def batch(self, rows: NDArray[np.int64], drawn: NDArray[np.int64]) -> torch.Tensor:
        """float32 [N, C, h, w] (channels last in memory) of pictures `rows` in the variants `drawn`."""
        maps = np.stack([self.variants[v][i] for i, v in zip(rows, drawn, strict=True)])
        return torch.from_numpy(maps).float().permute(0, 3, 1, 2)


def build(
    folder: Path,
    paths: Sequence[Path],
    size: tuple[int, int],
    variants: int,
    frozen: Callable[[NDArray[np.uint8]], NDArray[np.float32]],
    key: str,
    seed: int,
) -> FeatureCache:
    """Compute, or open where an earlier run has finished them, the maps of all pictures in all variants.

    `frozen` turns uint8 [N, H, W, 3] into maps [N, h, w, C]; `key` names its weights.
    """
    facts = json.dumps([[str(path) for path in paths], size, seed, key])
    name = hashlib.sha256(facts.encode()).hexdigest()[:12]
    opened = []
    for number in range(variants):
        file = folder / f"{name}-{number}.npy"
        if not file.is_file():
            _write(file, paths, size, number, frozen, seed)
        opened.append(np.load(file, mmap_mode="r"))
    return FeatureCache(tuple(opened))


def _write(
    file: Path,
    paths: Sequence[Path],
    size: tuple[int, int],
    number: int,
    frozen: Callable[[NDArray[np.uint8]], NDArray[np.float32]],
    seed: int,
) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    maps: np.memmap[tuple[int, ...], np.dtype[np.float16]] | None = None
    done = 0
    for batch in _batches(paths, size, number, seed):
        out = frozen(batch).astype(np.float16)
        if maps is None:
            maps = np.lib.format.open_memmap(part, "w+", np.float16, (len(paths), *out.shape[1:]))
        maps[done : done + len(out)] = out
        done += len(out)
    if maps is not None:
        maps.flush()
    part.rename(file)


def _batches(paths: Sequence[Path], size: tuple[int, int], number: int, seed: int) -> Iterator[NDArray[np.uint8]]:
    """uint8 [N, H, W, 3], prepared one batch ahead in threads."""

    def prepare(start: int) -> NDArray[np.uint8]:
        rows = range(start, min(start + _BATCH, len(paths)))
        return np.stack([variant(read_picture(paths[i]), number, size, seed + i) for i in rows])

    starts = range(0, len(paths), _BATCH)
    with ThreadPoolExecutor(1) as ahead:
        waiting = ahead.submit(prepare, 0) if paths else None
        for following in [*starts[1:], None]:
            assert waiting is not None
            batch = waiting.result()
            waiting = ahead.submit(prepare, following) if following is not None else None
            yield batch
