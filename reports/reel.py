"""A film cut together from stretches of several programmes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame

from media.opening import open_reader
from media.programme import Picture, Programme, Reader
from media.timecode import timecode
from reports.lettering import write_below
from reports.reel_sound import SAMPLE_RATE, Sound, sound_of

MAX_WIDTH = 1920
_VIDEO = {"crf": "18", "preset": "veryfast"}


@dataclass(frozen=True)
class Cut:
    """Frames [start, end) of a programme; `name` is what burnt-in letters call it."""

    programme: Programme
    name: str
    start: int
    end: int


def write_reel(path: Path, cuts: Sequence[Cut], burn_in: bool = False) -> int:
    """Writes H.264 and AAC in MP4, at once when done; returns the number of frames.

    Rate and size are those of the first cut, at most MAX_WIDTH wide. Cuts of that rate play frame for frame; of another
    rate, the frame that stands at each moment. Other shapes get black borders. Frames that do not decode repeat the one
    before. Sound is that of single media files, silence for packages. Raises DeliveryError or OSError where a
    file has gone.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with av.open(str(part), "w", format="mp4") as container:
            frames = _encode(container, cuts, burn_in)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return frames


def _encode(container: OutputContainer, cuts: Sequence[Cut], burn_in: bool) -> int:
    rate, (width, height) = cuts[0].programme.rate, _size(cuts[0].programme)
    video = container.add_stream("libx264", rate=rate, options=_VIDEO)
    video.width, video.height, video.pix_fmt = width, height, "yuv420p"
    context = video.codec_context
    context.color_primaries = context.color_trc = context.colorspace = 1
    sound = Sound(container) if any(cut.programme.kind == "file" for cut in cuts) else None
    count = 0
    for cut, reader in _readers(cuts):
        length = frames_of(cut, rate)
        if sound is not None:
            sound.queue(sound_of(cut.programme, cut.start, _samples(count + length, rate) - _samples(count, rate)))
        for frame_number, picture in _pictures(reader, cut, length, rate, width):
            shown = _fitted(picture, width, height)
            if burn_in:
                programme = cut.programme
                at = timecode(programme.start_frame + frame_number, programme.rate, programme.drop_frame)
                write_below(shown, f"{cut.name}  {at}")
            frame = VideoFrame.from_ndarray(shown, format="rgb24").reformat(format="yuv420p", dst_colorspace="ITU709")
            frame.pts, frame.time_base = count, 1 / rate
            container.mux(video.encode(frame))
            count += 1
            if sound is not None:
                sound.play_until(_samples(count, rate))
    container.mux(video.encode())
    if sound is not None:
        sound.end()
    return count


def frames_of(cut: Cut, rate: Fraction) -> int:
    """Frames that a cut fills at a rate."""
    return max(1, round((cut.end - cut.start) / cut.programme.rate * rate))


def _readers(cuts: Sequence[Cut]) -> Iterator[tuple[Cut, Reader]]:
    """Each cut with the reader of its programme; one is open at a time."""
    reader: Reader | None = None
    try:
        for cut in cuts:
            if reader is None or reader.programme is not cut.programme:
                if reader is not None:
                    reader.close()
                reader = open_reader(cut.programme)
            yield cut, reader
    finally:
        if reader is not None:
            with contextlib.suppress(OSError):
                reader.close()


def _pictures(reader: Reader, cut: Cut, length: int, rate: Fraction, width: int) -> Iterator[tuple[int, Picture]]:
    """(frame of the programme, picture) for each of `length` frames of the reel."""
    step = cut.programme.rate / rate
    wanted = [min(cut.end - 1, cut.start + int(place * step)) for place in range(length)]
    decoded = reader.pictures(wanted, width)
    ahead = next(decoded, None)
    shown: Picture = np.zeros((2, 2, 3), np.uint8)
    for index in wanted:
        while ahead is not None and ahead[0] <= index:
            shown, ahead = ahead[1], next(decoded, None)
        yield index, shown


def _size(programme: Programme) -> tuple[int, int]:
    """Even width and height as shown."""
    width, height = programme.width * programme.pixel_aspect, programme.height
    scale = min(Fraction(1), MAX_WIDTH / width)
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


def _fitted(picture: Picture, width: int, height: int) -> Picture:
    """A picture of its own [height, width, 3], with black borders where the shape is another."""
    if picture.shape[:2] == (height, width):
        return picture.copy()
    scale = min(width / picture.shape[1], height / picture.shape[0])
    size = max(1, min(width, round(picture.shape[1] * scale))), max(1, min(height, round(picture.shape[0] * scale)))
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
    inner = frame.reformat(width=size[0], height=size[1], interpolation="AREA").to_ndarray()
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    fitted = np.zeros((height, width, 3), np.uint8)
    fitted[top : top + size[1], left : left + size[0]] = inner
    return fitted


def _samples(frames: int, rate: Fraction) -> int:
    return round(frames / rate * SAMPLE_RATE)
