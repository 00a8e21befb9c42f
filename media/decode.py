"""Decoding a Programme by frame index."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame

from media.colour import one_field, picture_of
from media.container import DECODING_ERRORS, open_container, picture_stream
from media.findings import DeliveryError, Finding
from media.programme import THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH, Picture, Programme, Segment
from media.timeline import INTRA_CODECS, Timeline, read_timeline

_SEEK_GAIN = 8
"""Frames a seek must save: it flushes the decoder's threads."""
_RETRIES = 6


class Source:
    """The frames of one file by their index in it, decoded at least `width` wide where the codec can decode smaller."""

    def __init__(self, segment: Segment, width: int) -> None:
        self.path = segment.path
        self.timeline: Timeline = read_timeline(segment.path)
        self._key = segment.key
        self._left_only = segment.stereoscopic
        if segment.stereoscopic:
            # FFmpeg numbers both eyes in turn, and loses count after a seek: read on, skipping the right ones.
            doubled = np.arange(self.timeline.frames, dtype=np.int64) * 2
            self.timeline = replace(self.timeline, pts=doubled, keys=doubled[:1])
        self.damaged: set[int] = set()
        self._width = width
        self._levels = resolution_levels(segment.path, segment.key)
        self._open()

    def _open(self) -> None:
        self._container = open_container(self.path, self._key)
        stream = picture_stream(self._container)
        if stream is None:
            raise DeliveryError(f"{self.path.name} has no pictures.")
        self._stream = stream
        stream.codec_context.thread_type = "AUTO"
        stream.codec_context.thread_count = min(4, os.cpu_count() or 1)
        lowres = min(self._levels, max(0, int(np.log2(max(1.0, stream.width / (self._width * 0.97))))))
        if lowres:
            stream.codec_context.options = {**stream.codec_context.options, "lowres": str(lowres)}
        self._intra = stream.codec_context.name in INTRA_CODECS
        self._next = 0
        self._goal = 0
        self._frames = self._decoded()

    def fetch(self, wanted: Iterable[int]) -> Iterator[tuple[int, VideoFrame]]:
        """(place in `wanted`, frame) for indices that mostly ascend; frames that do not decode are left out."""
        held: tuple[int, VideoFrame] | None = None
        previous, ended = -1, False
        for place, target in enumerate(wanted):
            back = target < previous
            previous = target
            if back or (not ended and (held is None or held[0] < target)):
                held = self._reach(target)
                ended = held is None
            if held is not None and held[0] == target:
                yield place, held[1]

    def _reach(self, target: int) -> tuple[int, VideoFrame] | None:
        """The first frame at or after target; None at the end."""
        self._goal = target
        if target < self._next or self._seek_pays(self._next, target):
            return self._sought(target)
        return self._forward(target)

    def _seek_pays(self, position: int, target: int) -> bool:
        if target - position < _SEEK_GAIN:
            return False
        timeline = self.timeline
        if timeline.pts is None:
            return False
        if timeline.keys is None:
            return target - position > 60
        before = int(np.searchsorted(timeline.keys, timeline.pts[target], side="right")) - 1
        return before >= 0 and timeline.index(int(timeline.keys[before])) - position >= _SEEK_GAIN

    def _sought(self, target: int) -> tuple[int, VideoFrame] | None:
        timeline = self.timeline
        seekable = timeline.pts is not None and (timeline.keys is None or len(timeline.keys) > 1)
        back = 0
        for _ in range(_RETRIES):
            start = max(0, target - back)
            if timeline.pts is None or not seekable or start == 0:
                break
            try:
                self._container.seek(int(timeline.pts[start]), stream=self._stream)
            except DECODING_ERRORS:
                break
            self._frames = self._decoded(sought=True)
            first = next(self._frames, None)
            if first is not None and first[0] <= target:
                return first if first[0] == target else self._forward(target)
            back = max(8, back * 4)
        self.close()
        self._open()
        self._goal = target
        return self._forward(target)

    def _forward(self, target: int) -> tuple[int, VideoFrame] | None:
        return next(((index, frame) for index, frame in self._frames if index >= target), None)

    def _decoded(self, sought: bool = False) -> Iterator[tuple[int, VideoFrame]]:
        """Frames in display order with their index. After a seek, leading pictures that refer back are left out."""
        timeline, last, count = self.timeline, -1, 0
        keyed = not sought
        for frame in self._raw_frames():
            keyed = keyed or bool(frame.key_frame)
            if not keyed:
                continue
            if timeline.pts is None or frame.pts is None:
                index = count if timeline.pts is None else last + 1
            else:
                index = timeline.index(frame.pts)
            count += 1
            if index <= last or index >= timeline.frames:
                continue
            last = index
            self._next = index + 1
            if frame.is_corrupt:
                self.damaged.add(index)
            yield index, frame

    def _raw_frames(self) -> Iterator[VideoFrame]:
        """Whatever decodes; a packet that does not is skipped."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except MemoryError:
                raise
            except DECODING_ERRORS:
                return
            if packet is None:
                return
            if self._is_skipped(packet.pts):
                continue
            try:
                frames = packet.decode()
            except MemoryError:
                raise
            except DECODING_ERRORS:
                continue
            yield from frames

    def _is_skipped(self, pts: int | None) -> bool:
        """True for pictures that need not be decoded: right eyes, and of intra codecs what lies before the goal."""
        timeline = self.timeline
        if timeline.pts is None or pts is None or not self._intra:
            return False
        return (self._left_only and pts % 2 == 1) or pts < timeline.pts[min(self._goal, timeline.frames - 1)]

    def close(self) -> None:
        self._frames = iter(())
        self._container.close()


def resolution_levels(path: Path, key: bytes = b"") -> int:
    """How often a JPEG 2000 codestream can be halved while decoding (ISO/IEC 15444-1 A.6.1); 0 for other codecs."""
    container = open_container(path, key)
    try:
        stream = picture_stream(container)
        if stream is None or stream.codec_context.name != "jpeg2000":
            return 0
        packet = next(container.demux(stream), None)
        head = bytes(memoryview(packet)[:4096]) if packet is not None and packet.size else b""
    except DECODING_ERRORS:
        return 0
    finally:
        container.close()
    marker = head.find(b"\xff\x52")
    return min(5, head[marker + 9]) if 0 <= marker < len(head) - 9 else 0


class ProgrammeReader:
    """Decodes a Programme, segment by segment. Implements media.programme.Reader."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._sources: dict[tuple[Path, int], Source] = {}
        self._findings: list[Finding] = []

    @property
    def programme(self) -> Programme:
        return self._programme

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(self._findings)

    def thumbnails(self) -> Iterator[tuple[int, Picture]]:
        """See Reader. Raises DeliveryError where not one frame decodes."""
        seen = np.zeros(self._programme.frames, bool)
        damaged: list[int] = []
        for index, frame in self._frames(range(self._programme.frames), THUMBNAIL_WIDTH):
            seen[index] = True
            if frame.is_corrupt:
                damaged.append(index)
            yield index, self._picture(frame, THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT)
        self._findings = _losses(self._programme, np.flatnonzero(~seen).tolist(), damaged)
        if not seen.any():
            message = f"Not one of the {len(seen)} frames of {self._programme.source.name} could be decoded."
            raise DeliveryError(message, self._findings)

    def pictures(self, indices: Sequence[int], max_width: int) -> Iterator[tuple[int, Picture]]:
        size = _shown_size(self._programme, max_width)
        for index, frame in self._frames(indices, max_width):
            yield index, self._picture(frame, *size, whole=not frame.interlaced_frame)

    def _frames(self, indices: Sequence[int], width: int) -> Iterator[tuple[int, VideoFrame]]:
        first = 0
        for segment in self._programme.segments:
            here = indices[bisect_left(indices, first) : bisect_left(indices, first + segment.frames)]
            if here:
                source = self._source(segment, width)
                local = (index - first for index in here)
                for place, frame in source.fetch(_positions(segment, local, source.timeline)):
                    yield here[place], frame
            first += segment.frames

    def _source(self, segment: Segment, width: int) -> Source:
        key = (segment.path, width)
        if key not in self._sources:
            self.close()
            self._sources[key] = Source(segment, width)
        return self._sources[key]

    def _picture(self, frame: VideoFrame, width: int, height: int, whole: bool = True) -> Picture:
        turns = round(frame.rotation / 90) % 4
        if turns % 2:
            width, height = height, width
        shown = frame if whole else one_field(frame, self._programme.colour)
        picture = picture_of(shown, width, height, self._programme.colour)
        return np.ascontiguousarray(np.rot90(picture, turns)) if turns else picture

    def close(self) -> None:
        for source in self._sources.values():
            source.close()
        self._sources.clear()


def _positions(segment: Segment, local: Iterable[int], timeline: Timeline) -> Iterator[int]:
    """Frames of the file; those beyond its end are left out, and so count as lost."""
    for index in local:
        place = segment.entry + int(index * segment.step)
        if place >= timeline.shown:
            return
        yield place if timeline.grid is None else int(timeline.grid[place])


def _shown_size(programme: Programme, max_width: int) -> tuple[int, int]:
    """Width and height in display aspect ratio, after rotation, at most max_width wide."""
    width, height = programme.width * programme.pixel_aspect, Fraction(programme.height)
    scale = min(Fraction(1), Fraction(max_width) / width)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _losses(programme: Programme, lost: Sequence[int], damaged: Sequence[int]) -> list[Finding]:
    findings = []
    name, expected = programme.source.name, str(programme.frames)
    if lost:
        message = f"{len(lost)} of {expected} frames could not be decoded: {ranges(lost)}."
        decoded = str(programme.frames - len(lost))
        findings.append(Finding("lost frames", "warning", message, name, "", expected, decoded))
    if damaged:
        message = f"{len(damaged)} of {expected} frames are damaged: {ranges(damaged)}."
        findings.append(Finding("damaged frames", "warning", message, name))
    return findings


def ranges(frames: Sequence[int], most: int = 5) -> str:
    """Frame numbers as ranges, such as `3-17, 90`; the rest of a long list is counted."""
    runs: list[list[int]] = []
    for frame in frames:
        if runs and frame == runs[-1][1] + 1:
            runs[-1][1] = int(frame)
        else:
            runs.append([int(frame), int(frame)])
    shown = [f"{first}-{last}" if last > first else f"{first}" for first, last in runs[:most]]
    return ", ".join(shown) + (f" and {len(runs) - most} more runs" if len(runs) > most else "")
