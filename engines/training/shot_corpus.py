"""Features and labels of real films and of synthetic edits, cached, in folds that keep whole films together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.evaluation.labels import read_pictures
from engines.evaluation.transitions import Truth, read_truths
from engines.preprocess import read_picture, squeeze
from engines.shots import features as feature_module
from engines.shots.features import FrameDescription, describe, features_at
from engines.training import edits as edits_module
from engines.training import shot_traps, wipes
from engines.training.edits import Take, make_edit
from engines.training.shot_network import KINDS
from media.opening import open_programme, open_reader

Say = Callable[[str], None]

FILMS, TILES = "video", "shot_tiles"
STILL_PACKS = ("stills", "tags_film", "tags")
_STILLS = 1500
_STILL_SIZE = (144, 256)
_SHORTEST_TAKE = 5

# Films that belong together: shots of one film must not be on both sides. The others are dealt out by name.
_TOGETHER = (
    ("tos_battle.webm", "tos_titles.ts", "wipe_left.mp4"),
    ("shining_trailer.mp4", "wipe_down.mp4"),
    ("moon_trailer.mp4", "bbb_480p.mp4"),
    ("sintel_trailer_480.mp4", "bikes.mp4", "titanic.mp4"),
    ("testvideo.mp4", "megamind.avi", "office_reel.mp4", "soda_advert.mp4", "wipe_swing.mp4", "pixel_dissolve.mp4"),
)


@dataclass(frozen=True)
class Sequences:
    """One film or edit: features [T, F], cut [T] 0 or 1, kind [T] index into KINDS, weight [T] 0 where unsure."""

    name: str
    part: str  # film, tiles or edit
    fold: int
    features: NDArray[np.float32]
    cut: NDArray[np.float32]
    kind: NDArray[np.int64]
    weight: NDArray[np.float32]
    truth: Truth


def build(data: Path, cache: Path, folds: int, edits: int, edit_frames: int, say: Say) -> list[Sequences]:
    """All films under `data` and `edits` synthetic edits a fold; what is in `cache` is not made again."""
    cache.mkdir(parents=True, exist_ok=True)
    corpus: list[Sequences] = []
    takes: list[list[Take]] = [[] for _ in range(folds)]
    for part, pack in (("film", FILMS), ("tiles", TILES)):
        for number, (name, truth) in enumerate(sorted(read_truths(data / pack).items())):
            fold = _fold(name, number, folds)
            frames = _thumbnails(data / pack / name, cache)
            corpus.append(_sequences(name, part, fold, truth, frames, cache))
            takes[fold] += _takes(frames, truth)
    say(f"{len(corpus)} films, {sum(len(each.features) for each in corpus)} frames")
    stills = _stills(data)
    for fold in range(folds):
        mixed = list(_mixed(takes[fold], stills[fold::folds]))
        for number in range(edits):
            name = f"edit-{fold}-{number}"
            edit = make_edit(mixed, edit_frames, 1000 * fold + number)
            corpus.append(_sequences(name, "edit", fold, Truth(edit.transitions), edit.frames, cache))
        say(f"fold {fold}: {edits} edits of {len(takes[fold])} takes and {len(stills[fold::folds])} stills")
    return corpus


def _fold(name: str, number: int, folds: int) -> int:
    return next((at for at, names in enumerate(_TOGETHER) if name in names), number) % folds


def _thumbnails(film: Path, cache: Path) -> Take:
    kept = cache / f"{film.name}.thumbnails.npy"
    if not kept.is_file():
        programme = open_programme(film, check=False)
        frames = np.zeros((programme.frames, 72, 128, 3), np.uint8)
        with closing(open_reader(programme)) as reader:
            for index, thumbnail in reader.thumbnails():
                frames[index] = thumbnail
        np.save(kept, frames)
    found: Take = np.load(kept, mmap_mode="r")
    return found


def _sequences(name: str, part: str, fold: int, truth: Truth, frames: Take, cache: Path) -> Sequences:
    kept = cache / f"{name}-{_code_key()}.features.npy"
    if not kept.is_file():
        np.save(kept, features_of(frames))
    cut, kind, weight = (
        np.zeros(len(frames), np.float32),
        np.zeros(len(frames), np.int64),
        np.ones(len(frames), np.float32),
    )
    for each in truth.transitions:
        if each.kind == "cut":
            cut[each.start : each.start + 1] = 1
        else:
            kind[each.start : each.end] = KINDS.index(each.kind)
    for start, end in truth.ignored:
        weight[max(0, start - 2) : end + 3] = 0
    return Sequences(name, part, fold, np.load(kept), cut, kind, weight, truth)


def features_of(frames: Take) -> NDArray[np.float32]:
    """[T, F] of a whole film's thumbnails [T, H, W, 3]."""
    described: list[FrameDescription] = []
    for frame in frames:
        described.append(describe(frame, described[-1] if described else None))
    return np.stack([features_at(described, at) for at in range(len(described))])


def _takes(frames: Take, truth: Truth) -> list[Take]:
    """The stretches between transitions, a frame away from each; stretches where opinions differ are left out."""
    marks = [(each.start, each.end) for each in truth.transitions] + [(start, end + 1) for start, end in truth.ignored]
    taken = np.zeros(len(frames) + 2, bool)
    for start, end in marks:
        taken[max(0, start - 1) : end + 1] = True
    edges = np.flatnonzero(np.diff(np.concatenate([[True], taken[: len(frames)], [True]])))
    return [frames[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= _SHORTEST_TAKE]


def _stills(data: Path) -> list[Take]:
    paths = [p.path for pack in STILL_PACKS if (data / pack).is_dir() for p in read_pictures(data / pack, "train")]
    chosen = np.random.default_rng(0).permutation(len(paths))[:_STILLS]
    return [squeeze(read_picture(paths[at]), _STILL_SIZE)[None] for at in chosen]


def _mixed(takes: Sequence[Take], stills: Sequence[Take]) -> Iterator[Take]:
    """Takes in their order, since neighbours look alike, with stills dealt out between them."""
    waiting = iter(stills)
    each_time = max(1, len(stills) // max(1, len(takes)))
    for take in takes:
        yield take
        for _, still in zip(range(each_time), waiting, strict=False):
            yield still


def _code_key() -> str:
    """Names the code that features come from, so that a change makes them anew."""
    modules = (feature_module, edits_module, shot_traps, wipes)
    code = b"".join(Path(module.__file__ or "").read_bytes() for module in modules)
    return hashlib.sha256(code).hexdigest()[:8]
