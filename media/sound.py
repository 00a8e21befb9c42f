"""The sound of a Programme as it plays, from its first frame to its last, decoded in one pass."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, cast

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from media.container import DECODING_ERRORS, opened, picture_stream
from media.loudness import SAMPLE_RATE, Samples
from media.programme import Programme, SoundSegment

BLOCK = SAMPLE_RATE
"""Samples handed on at once: a second."""
_JUMP = SAMPLE_RATE // 20
"""Timestamps that run ahead by more than 50 ms tell of lost sound, filled with silence. Containers that count in
milliseconds round by less."""
_LEAD = 30 * SAMPLE_RATE
"""How far one mono stream may run ahead of another."""
_SURROUND = 1.41
_ORDER = (1.0, 1.0, 1.0, 0.0, _SURROUND, _SURROUND)
"""L R C LFE Ls Rs (ST 429-2 table 2), where a file names no positions; further channels (HI, VI-N) are not heard."""
_Formats: TypeAlias = dict[str, tuple[float, float]]
_INTEGERS: _Formats = {"u8": (128.0, 2.0**7), "s16": (0.0, 2.0**15), "s32": (0.0, 2.0**31)}


@dataclass(frozen=True)
class Soundtrack:
    """What is heard: the layout in words, and a weight for each channel (BS.1770-4 table 3)."""

    layout: str
    weights: tuple[float, ...]


def soundtrack(programme: Programme) -> Soundtrack | None:
    """The channels of the first sound segment; None for a programme without sound that can be decoded."""
    for segment in programme.sound[:1]:
        with opened(segment.path, segment.key) as container:
            streams = _streams(container)
            if streams:
                return _described(streams, programme.kind == "dcp")
    return None


class SoundReader:
    """The sound of a Programme as float32 blocks. `decoded`: seconds that came from files, so far."""

    def __init__(self, programme: Programme, channels: int) -> None:
        self._programme = programme
        self._channels = channels
        self.decoded = 0.0

    def blocks(self) -> Iterator[Samples]:
        """[up to BLOCK, channels] at 48 kHz, as long as the programme; silence where there is no sound.

        Sound that does not decode is left out. Raises DeliveryError where a file cannot be opened.
        """
        at = 0
        for segment in self._programme.sound:
            start, end = (round(time * SAMPLE_RATE) for time in (segment.start, segment.start + segment.duration))
            yield from _silence(start - at, self._channels)
            at = max(at, start)
            for block in self._segment(segment):
                kept = block[: max(0, end - at)]
                at += len(kept)
                if len(kept):
                    yield kept
                if at >= end:
                    break
        yield from _silence(round(self._programme.duration * SAMPLE_RATE) - at, self._channels)

    def _segment(self, segment: SoundSegment) -> Iterator[Samples]:
        """The sound of a segment from its entry on."""
        with opened(segment.path, segment.key) as container:
            streams = _streams(container)
            zero = _zero(container, streams)
            if segment.entry > 5:
                container.seek(int((zero + segment.entry - 1) * 1_000_000))
            lines = {stream.index: _Line(zero + segment.entry) for stream in streams}
            for frame, index in _frames(container, streams):
                self.decoded += frame.samples / frame.sample_rate / len(streams)
                lines[index].take(frame)
                lengths = [line.samples for line in lines.values()]
                while min(lengths) >= BLOCK or max(lengths) >= _LEAD:
                    yield _fitted([line.cut(BLOCK) for line in lines.values()], self._channels)
                    lengths = [line.samples for line in lines.values()]
            while any(line.samples for line in lines.values()):
                longest = min(BLOCK, max(line.samples for line in lines.values()))
                yield _fitted([line.cut(longest) for line in lines.values()], self._channels)


class _Line:
    """The sound of one stream, laid out from `start` (seconds of the stream's clock) on."""

    def __init__(self, start: Fraction) -> None:
        self._start = start
        self._parts: deque[Samples] = deque()
        self._resampler: AudioResampler | None = None
        self._position: int | None = None
        self._channels = 1
        self.samples = 0

    def take(self, frame: AudioFrame) -> None:
        samples = self._converted(frame)
        if not len(samples):
            return
        self._channels = samples.shape[1]
        position = self._position or 0
        if frame.pts is not None and frame.time_base is not None:
            stated = round((frame.pts * frame.time_base - self._start) * SAMPLE_RATE)
            if self._position is None or stated - position > _JUMP:
                # Zeros that take no memory, however far the clock jumps.
                self._append(np.broadcast_to(np.float32(0), (max(0, stated - position), self._channels)))
                position = stated
        self._position = position + len(samples)
        self._append(samples[max(0, -position) :])

    def cut(self, count: int) -> Samples:
        """The next `count` samples, filled up with silence."""
        parts, missing = [], count
        while missing and self._parts:
            part = self._parts.popleft()
            if len(part) > missing:
                self._parts.appendleft(part[missing:])
            parts.append(_fitted([part[:missing]], self._channels))
            missing -= len(parts[-1])
        self.samples -= count - missing
        return np.concatenate([*parts, np.zeros((missing, self._channels), np.float32)])

    def _append(self, samples: Samples) -> None:
        if len(samples):
            self._parts.append(samples)
            self.samples += len(samples)

    def _converted(self, frame: AudioFrame) -> Samples:
        if frame.sample_rate == SAMPLE_RATE:
            return _floats(frame)
        if self._resampler is None:
            self._resampler = AudioResampler(format="fltp", rate=SAMPLE_RATE)
        try:
            parts = [_floats(part) for part in self._resampler.resample(frame)]
        except DECODING_ERRORS:
            self._resampler, parts = None, []  # the stream changed its layout or rate
        return np.concatenate(parts) if parts else np.zeros((0, 1), np.float32)


def _floats(frame: AudioFrame) -> Samples:
    """[samples, channels], full scale 1."""
    channels = frame.layout.nb_channels
    values = frame.to_ndarray()
    lines = values.T if frame.format.is_planar else values.reshape(-1, channels)
    middle, full = _INTEGERS.get(frame.format.name.removesuffix("p"), (0.0, 1.0))
    return ((lines.astype(np.float32) - np.float32(middle)) / np.float32(full)).astype(np.float32, copy=False)


def _frames(container: InputContainer, streams: Sequence[AudioStream]) -> Iterator[tuple[AudioFrame, int]]:
    """Whatever decodes; a packet that does not is skipped."""
    if not streams:
        return
    packets = container.demux(*streams)
    while True:
        try:
            packet = next(packets, None)
        except DECODING_ERRORS:
            return
        if packet is None:
            return
        try:
            frames = packet.decode()
        except DECODING_ERRORS:
            continue
        for frame in frames:
            yield cast(AudioFrame, frame), packet.stream.index


def _streams(container: InputContainer) -> list[AudioStream]:
    """The default stream; where it is mono and has mono companions, six of them, or two, together."""
    best = container.streams.best("audio")
    if not isinstance(best, AudioStream) or best.codec_context is None or not best.sample_rate:
        return []
    monos = [
        stream
        for stream in container.streams.audio
        if stream.codec_context is not None and stream.channels == 1 and stream.sample_rate == best.sample_rate
    ]
    if best.channels != 1 or len(monos) < 2:
        return [best]
    return monos[: 6 if len(monos) >= 6 else 2]


def _zero(container: InputContainer, streams: Sequence[AudioStream]) -> Fraction:
    """When the programme starts on the container's clock: with its first picture, or in a sound file with its sound."""
    for stream in (picture_stream(container), *streams):
        if stream is not None and stream.start_time is not None and stream.time_base:
            return stream.start_time * stream.time_base
    return Fraction(0)


def _described(streams: Sequence[AudioStream], cinema: bool) -> Soundtrack:
    if len(streams) > 1:
        words = "L R C LFE Ls Rs" if len(streams) == 6 else "L R"
        return Soundtrack(f"{len(streams)} mono streams as {words}", _ORDER[: len(streams)])
    layout = streams[0].layout
    return Soundtrack(words_of(layout), _weights(layout, cinema))


def sound_detail(stream: AudioStream) -> str:
    """A sound stream in words: `6 channels (5.1), 48000 Hz`."""
    words = words_of(stream.layout)
    named = "" if words.endswith("channels") or words == "mono" else f" ({words})"
    return f"{stream.channels} channel{'s' * (stream.channels != 1)}{named}, {stream.sample_rate} Hz"


def words_of(layout: AudioLayout) -> str:
    """Such as `stereo`, `5.1(side)`, or `6 channels` where positions are not named."""
    return "mono" if layout.nb_channels == 1 else layout.name.partition(" (")[0]


def _weights(layout: AudioLayout, cinema: bool) -> tuple[float, ...]:
    """BS.1770-4 table 3 and annex 3: surrounds beside the listener 1.41, LFE none. Back speakers are surrounds
    where there are none at the sides."""
    names = [channel.name for channel in layout.channels]
    if "NONE" in names or (cinema and len(names) > 6):
        return tuple(_ORDER[n] if n < len(_ORDER) else 0.0 for n in range(len(names)))
    beside = {"SL", "SR"} if "SL" in names else {"BL", "BR", "BC"}
    return tuple(0.0 if name.startswith("LFE") else _SURROUND if name in beside else 1.0 for name in names)


def _fitted(lines: Sequence[Samples], channels: int) -> Samples:
    """Streams side by side, channels left out or filled with silence to the number wanted."""
    joined = np.concatenate(lines, axis=1) if lines else np.zeros((0, channels), np.float32)
    return np.pad(joined[:, :channels], ((0, 0), (0, max(0, channels - joined.shape[1]))))


def _silence(count: int, channels: int) -> Iterator[Samples]:
    for at in range(0, count, BLOCK):
        yield np.zeros((min(BLOCK, count - at), channels), np.float32)
