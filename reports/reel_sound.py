"""The sound of a reel: stereo, 48 kHz, cut to the sample."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer
from numpy.typing import NDArray

from media.container import DECODING_ERRORS, opened, picture_stream
from media.findings import DeliveryError
from media.programme import Programme
from media.timeline import read_timeline

SAMPLE_RATE = 48_000
_RUN_UP = Fraction(1)
"""Seconds decoded before a cut: the first frames of AAC and Opus after a seek are not whole."""
_BIT_RATE = 192_000

Samples = NDArray[np.float32]


def sound_of(programme: Programme, start: int, length: int) -> Samples:
    """[2, length] of the first sound stream of a media file from a frame on; silence where there is none."""
    samples = np.zeros((2, length), np.float32)
    if programme.kind == "file":
        try:
            _fill(samples, programme, start)
        except (*DECODING_ERRORS, DeliveryError):
            return samples  # what was decoded until then
    return samples


def _fill(samples: Samples, programme: Programme, start: int) -> None:
    begin = _first_picture(programme.source) + start / programme.rate
    with opened(programme.source) as container:
        if not container.streams.audio:
            return
        stream = container.streams.audio[0]
        if begin > _RUN_UP and stream.time_base:
            container.seek(int((begin - _RUN_UP) / stream.time_base), stream=stream)
        resampler = av.AudioResampler("fltp", "stereo", SAMPLE_RATE)
        for frame in container.decode(stream):
            for piece in resampler.resample(frame):
                if piece.pts is None or piece.time_base is None:
                    continue
                at = round((piece.pts * piece.time_base - begin) * SAMPLE_RATE)
                if at >= samples.shape[1]:
                    return
                _place(samples, piece.to_ndarray().astype(np.float32), at)


@lru_cache(maxsize=1)
def _first_picture(path: Path) -> Fraction:
    """When the first picture shows, in seconds of the container."""
    timeline = read_timeline(path)
    with opened(path) as container:
        pictures = picture_stream(container)
        if pictures is None or pictures.time_base is None or timeline.pts is None:
            return Fraction(0)
        return int(timeline.pts[0]) * Fraction(pictures.time_base)


def _place(samples: Samples, piece: Samples, at: int) -> None:
    first, past = max(0, at), min(samples.shape[1], at + piece.shape[1])
    if past > first:
        samples[:, first:past] = piece[:, first - at : past - at]


class Sound:
    """The AAC stream of a film in the making; samples are queued cut by cut and encoded as the pictures go on."""

    def __init__(self, container: OutputContainer) -> None:
        self._container = container
        self._stream = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        self._stream.codec_context.bit_rate = _BIT_RATE
        self._queued: Samples = np.zeros((2, 0), np.float32)
        self._played = 0

    def queue(self, samples: Samples) -> None:
        self._queued = np.concatenate([self._queued, samples], axis=1)

    def play_until(self, sample: int) -> None:
        """Encodes what is queued up to a sample of the film."""
        count = sample - self._played
        if count <= 0:
            return
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(self._queued[:, :count]), "fltp", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._played, Fraction(1, SAMPLE_RATE)
        self._queued, self._played = self._queued[:, count:], sample
        self._container.mux(self._stream.encode(frame))

    def end(self) -> None:
        self._container.mux(self._stream.encode(None))
