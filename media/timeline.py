"""When the pictures of a video stream show, found without decoding them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.index import IndexEntry
from av.video.stream import VideoStream
from numpy.typing import NDArray

from media.container import DECODING_ERRORS, opened, picture_stream
from media.programme import MAX_FRAMES
from media.wholeness import shortfall

STANDARD_RATES = tuple(
    Fraction(rate)
    for rate in ("24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60", "100", "120")
)
_MAX_RATE = 240
_JITTER = 0.75
"""A constant rate keeps every frame within 0.75 of its place; a dropped frame moves all later ones by 1. A rate that
is none of the standard ones must fit three times better: it may be the mean of an uneven one."""
_REORDER = 64
"""Packets among which the first picture shown must be: the deepest pyramids of VVC reorder 32."""
_MAX_HOLD = 50
"""A grid more than this many times longer than its frames has impossible timestamps."""
INTRA_CODECS = {"jpeg2000", "prores", "dnxhd", "mjpeg", "dvvideo", "rawvideo", "v210", "huffyuv", "cfhd", "utvideo"}


@dataclass(frozen=True)
class Timeline:
    """Where frames lie.

    frames: how many the stream holds. pts: int64 [frames], ascending, in units of time_base; None where the
    container's timestamps do not follow the pictures (AVI), so that frames are counted. keys: pts of frames that
    decoding can start at: None where unknown, the first alone where seeking is no use. grid: for a variable rate,
    the frame that shows at each index of a constant rate.
    """

    rate: Fraction
    frames: int
    pts: NDArray[np.int64] | None
    keys: NDArray[np.int64] | None
    grid: NDArray[np.int64] | None = None
    odd_timestamps: bool = False

    @property
    def shown(self) -> int:
        """Frames that play at `rate`."""
        return self.frames if self.grid is None else len(self.grid)

    def index(self, pts: int) -> int:
        """The frame a timestamp belongs to: the nearest."""
        assert self.pts is not None
        right = int(np.searchsorted(self.pts, pts))
        if right == 0:
            return 0
        if right == len(self.pts):
            return right - 1
        return right if self.pts[right] - pts <= pts - self.pts[right - 1] else right - 1


def read_timeline(path: Path) -> Timeline:
    """The timeline of a file's picture stream; reads packets only where the container states too little.

    Raises DeliveryError for a file that cannot be opened; ValueError for one without pictures.
    """
    with opened(path) as container:
        stream = picture_stream(container)
        if stream is None:
            raise ValueError(f"{path.name} has no pictures")
        timeline = _from_header(container, stream, whole=shortfall(path) is None)
    if timeline is not None:
        return timeline
    with opened(path) as container:
        stream = picture_stream(container)
        assert stream is not None
        return _from_packets(container, stream)


def _from_header(container: InputContainer, stream: VideoStream, whole: bool) -> Timeline | None:
    base = stream.time_base or Fraction(1, 24)
    name = container.format.name
    if name == "mxf" and stream.duration and stream.duration > 0 and stream.guessed_rate:
        rate = snapped(stream.average_rate or stream.guessed_rate)
        frames = round(stream.duration * base * rate)
        step = 1 / rate / base
        if step.denominator != 1 or not 0 < frames <= MAX_FRAMES:
            return None
        intra = stream.codec_context.name in INTRA_CODECS
        start = (stream.start_time or 0) if intra and whole else _first_pts(container, stream)
        pts = start + np.arange(frames, dtype=np.int64) * int(step)
        # A cut file has lost the index in its footer; seeking in it by bytes loses count.
        return Timeline(rate, frames, pts, pts[:1] if not whole else pts if intra else None)
    if name == "avi" and stream.average_rate and len(stream.index_entries) == stream.frames:
        frames = sum(1 for entry in stream.index_entries if entry.size > 0)
        return Timeline(snapped(stream.average_rate), frames, None, None) if frames else None
    if "mp4" in name:
        entries = [entry for entry in stream.index_entries if not entry.is_discard]
        if len(entries) > 1 and len(entries) >= stream.frames:
            return _from_index(container, stream, entries, base)
    return None


def _from_index(
    container: InputContainer, stream: VideoStream, entries: Sequence[IndexEntry], base: Fraction
) -> Timeline | None:
    """From decoding times, which the sample table of MP4 holds: evenly spaced ones mean evenly shown pictures."""
    times = np.array([entry.timestamp for entry in entries], dtype=np.int64)
    keys = np.array([entry.timestamp for entry in entries if entry.is_keyframe], dtype=np.int64)
    steps = np.diff(times)
    if steps.min() <= 0 or steps.max() - steps.min() > 1:
        return None
    rate = constant_rate(times, base, stream.average_rate, stream.guessed_rate)
    if rate is None:
        return None
    offset = _first_pts(container, stream) - times[0]
    return Timeline(rate, len(times), times + offset, keys + offset)


def _first_pts(container: InputContainer, stream: VideoStream) -> int:
    """When the first picture shows. The header's start time is a decoding time in some fragmented files."""
    shown = [
        packet.pts
        for packet in itertools.islice(container.demux(stream), _REORDER)
        if packet.pts is not None and not packet.is_discard
    ]
    return min(shown, default=stream.start_time or 0)


def _from_packets(container: InputContainer, stream: VideoStream) -> Timeline:
    base = stream.time_base or Fraction(1, 24)
    times: list[int] = []
    keys: list[int] = []
    untimed = 0
    with suppress(*DECODING_ERRORS):
        for packet in container.demux(stream):
            if not packet.size or packet.is_discard or _is_hidden(packet, stream.codec_context.name):
                continue
            if packet.pts is None:
                untimed += 1
                continue
            times.append(packet.pts)
            if packet.is_keyframe:
                keys.append(packet.pts)
    declared = stream.average_rate or stream.guessed_rate
    shown = np.unique(np.array(times, dtype=np.int64))
    if untimed or len(shown) < len(times) * 0.99 or not times or container.format.name == "avi":
        # No timestamps, or ones that start anew where streams were joined: count instead.
        rate = snapped(declared) if declared else Fraction(25)
        return Timeline(rate, len(times) + untimed, None, None)
    return timeline_of(shown, np.array(keys, np.int64), base, stream)


def timeline_of(
    pts: NDArray[np.int64], keys: NDArray[np.int64], base: Fraction, stream: VideoStream | None = None
) -> Timeline:
    """The timeline of ascending timestamps: constant where they fit a rate, else laid onto a grid."""
    average = stream.average_rate if stream else None
    guessed = stream.guessed_rate if stream else None
    keys = np.unique(keys)
    rate = constant_rate(pts, base, average, guessed)
    if rate is not None:
        return Timeline(rate, len(pts), pts, keys)
    rate = _usual_rate(pts, base)
    places = np.round((pts - pts[0]) * float(base * rate)).astype(np.int64)
    length = int(places[-1]) + 1
    if length > _MAX_HOLD * len(pts) + 1000:
        return Timeline(rate, len(pts), pts, keys, odd_timestamps=True)
    grid = np.searchsorted(places, np.arange(length), side="right") - 1
    return Timeline(rate, len(pts), pts, keys, grid)


def constant_rate(pts: NDArray[np.int64], base: Fraction, *declared: Fraction | None) -> Fraction | None:
    """The rate that keeps every timestamp within a fraction of a frame of its place; None where there is none."""
    if len(pts) < 2:
        return next((snapped(rate) for rate in declared if rate and rate <= _MAX_RATE), Fraction(25))
    average = Fraction(len(pts) - 1) / (int(pts[-1] - pts[0]) * base)
    usual = _usual_rate(pts, base)
    first = [usual] if usual in STANDARD_RATES else []
    for rate in (*first, *declared, snapped(average, within=0.001), average):
        if rate and 1 <= rate <= _MAX_RATE and _fits(pts, base, snapped(rate)):
            return snapped(rate).limit_denominator(1001)
    return None


def _fits(pts: NDArray[np.int64], base: Fraction, rate: Fraction) -> bool:
    off = (pts - pts[0]) * float(base * rate) - np.arange(len(pts))
    tolerance = _JITTER if rate in STANDARD_RATES else _JITTER / 3
    return bool(np.abs(off - np.median(off)).max() < tolerance)


def _usual_rate(pts: NDArray[np.int64], base: Fraction) -> Fraction:
    step = int(np.median(np.diff(pts)))
    rate = snapped(1 / (max(step, 1) * base), within=0.002)
    return min(max(rate, Fraction(1)), Fraction(120))


def snapped(rate: Fraction, within: float = 2e-6) -> Fraction:
    """The standard rate within a share of this one, else the rate itself: 2997/125 means 24000/1001."""
    nearest = min(STANDARD_RATES, key=lambda standard: abs(standard - rate))
    return nearest if abs(nearest - rate) <= within * rate else rate


def _is_hidden(packet: object, codec: str) -> bool:
    """True for a VP8 alternate reference, which is decoded but never shown (RFC 6386 clause 9.1: show_frame)."""
    return codec == "vp8" and not bytes(memoryview(packet)[:1])[0] & 0x10  # type: ignore[arg-type]
