"""Finding transitions while thumbnails pass, in memory that does not grow with the film but for 36 bytes a frame."""

from __future__ import annotations

from array import array
from collections import deque

import numpy as np
from numpy.typing import NDArray

from catalog.records import Shot, Transition
from engines.cards import ModelCard, load_card
from engines.probability import sigmoid, softmax
from engines.runtimes import Runtime
from engines.runtimes.onnxruntime_cpu import OnnxRuntimeCpu
from engines.shots.features import REACH, FrameDescription, describe, features_at
from engines.shots.key_frames import key_frame
from engines.shots.motion import MotionMeter
from engines.shots.movement import movement
from engines.shots.transitions import spans_between, transitions_in
from media.programme import Picture

Floats = NDArray[np.float32]

CONTEXT = 32
"""Frames before and after that the network looks at (engines.training.shot_network.CONTEXT)."""
STEP = 256
"""Frames judged at once. Windows start at multiples of it, so that results do not depend on how frames arrive."""


class ShotDetector:
    """Push every thumbnail in order, then ask for transitions and shots. Frames that are missing count as repeats."""

    def __init__(self, threads: int = 1) -> None:
        self.card: ModelCard = load_card("shots")
        self.runtime: Runtime = OnnxRuntimeCpu(threads)
        self.runtime.load(self.card.path)
        self._window: deque[FrameDescription] = deque(maxlen=2 * REACH + 1)
        self._seen = 0
        self._features: list[Floats] = []
        self._features_start = 0
        self._judged: list[tuple[Floats, Floats]] = []
        self._judged_frames = 0
        self._entropy = array("f")
        self._motion = MotionMeter()

    def push(self, index: int, thumbnail: Picture) -> None:
        """The frame at `index`, RGB [72, 128, 3] or any other size; indices ascend."""
        while self._window and self._seen < index:
            self._take(self._window[-1])
        description = describe(thumbnail, self._window[-1] if self._window else None)
        self._motion.push(index, description.pattern)
        self._take(description)
        while self._seen <= index:  # the film's first frames are missing
            self._take(self._window[-1])

    def finish(self, frames: int) -> tuple[tuple[Transition, ...], tuple[Shot, ...]]:
        """Transitions and shots of a film of `frames` frames; end it once. Without any picture there is one shot."""
        if not self._window:
            return (), (Shot(1, 0, frames, (frames - 1) // 2, None, 0.0),)
        while self._seen < frames:
            self._take(self._window[-1])
        last = len(self._window) - 1
        for at in range(last - min(REACH, self._seen) + 1, last + 1):
            self._features.append(features_at(self._window, at))
        self._judge(final=True)
        cut, kinds = (np.concatenate(parts)[:frames] for parts in zip(*self._judged, strict=True))
        transitions = tuple(transitions_in(cut, kinds))
        entropy = np.array(self._entropy[:frames], np.float32)
        shots = tuple(
            Shot(
                number=number,
                start=span.start,
                end=span.end,
                key_frame=key_frame(entropy, span.clean_start, span.clean_end),
                transition_in=span.transition_in.kind if span.transition_in else None,
                transition_confidence=span.transition_in.confidence if span.transition_in else 0.0,
                movement=movement(self._motion.motions(span.clean_start, span.clean_end)),
            )
            for number, span in enumerate(spans_between(transitions, frames), 1)
        )
        return transitions, shots

    def _take(self, description: FrameDescription) -> None:
        self._window.append(description)
        self._entropy.append(description.entropy)
        self._seen += 1
        if self._seen > REACH:
            self._features.append(features_at(self._window, len(self._window) - 1 - REACH))
            if self._features_start + len(self._features) >= self._judged_frames + STEP + CONTEXT:
                self._judge(final=False)

    def _judge(self, final: bool) -> None:
        """Runs the network over whole steps; at the end over what is left."""
        while self._features:
            known = self._features_start + len(self._features)
            end = min(self._judged_frames + STEP, known)
            if self._judged_frames >= end or (not final and known < end + CONTEXT):
                return
            context = self._features[: end + CONTEXT - self._features_start]
            raw = self.runtime.infer(np.stack(context)[None])
            inside = slice(self._judged_frames - self._features_start, end - self._features_start)
            self._judged.append((sigmoid(raw["cut"][0, inside]), softmax(raw["kinds"][0, inside])))
            self._judged_frames = end
            keep_from = max(0, end - CONTEXT)
            del self._features[: keep_from - self._features_start]
            self._features_start = keep_from
