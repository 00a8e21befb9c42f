"""Writes numbered films in many codecs and containers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import VideoFrame
from numbered import numbered


def write_film(
    path: Path,
    codec: str,
    count: int,
    rate: Fraction = Fraction(25),
    *,
    options: Mapping[str, str] | None = None,
    pixel_format: str = "yuv420p",
    times: Iterable[Fraction] | None = None,
    size: tuple[int, int] = (192, 108),
    metadata: Mapping[str, str] | None = None,
    matrix: Sequence[int] | None = None,
) -> Path:
    """Frames 0, 1, 2 ... of a numbered film; `times` in seconds where they are not evenly spaced."""
    shown = list(times) if times is not None else [n / rate for n in range(count)]
    with av.open(
        str(path), "w", options={"movflags": "faststart"} if path.suffix in (".mp4", ".mov") else {}
    ) as container:
        container.metadata.update(metadata or {})
        stream = container.add_stream(codec, rate=rate, options=dict(options or {}))
        stream.width, stream.height = size
        stream.pix_fmt = pixel_format
        if matrix is not None:
            stream.set_display_matrix(matrix)
        base = Fraction(1, 90000)
        stream.codec_context.time_base = base if times is not None else 1 / rate
        for number in range(count):
            frame = VideoFrame.from_ndarray(numbered(number, *size), format="rgb24").reformat(format=pixel_format)
            frame.time_base = stream.codec_context.time_base
            frame.pts = round(shown[number] / frame.time_base)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
