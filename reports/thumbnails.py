"""Key frames as small JPEG files."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av

from media.programme import Picture
from reports.files import write_bytes

MAX_SIDE = 384
MAX_BYTES = 25_000
_QUANTISERS = (3, 5, 8, 12, 18, 31)
"""FFmpeg's qscale for MJPEG, 2 best to 31 worst. Camera pictures of 384 pixels fit at 3 to 5, noise at 12."""


def write_thumbnail(picture: Picture, path: Path) -> None:
    """Writes an RGB picture [height, width, 3] as a JPEG of at most 384 pixels a side and 25 kB, at once."""
    side = MAX_SIDE
    while True:
        for quantiser in _QUANTISERS:
            jpeg = encode_jpeg(picture, side, quantiser)
            if len(jpeg) <= MAX_BYTES:
                write_bytes(path, jpeg)
                return
        side //= 2


def encode_jpeg(picture: Picture, max_side: int, quantiser: int) -> bytes:
    """JFIF bytes (BT.601 matrix, full range) of a picture, made smaller where a side is longer than max_side."""
    height, width = picture.shape[:2]
    factor = min(1.0, max_side / max(height, width))
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
        width=max(1, round(width * factor)),
        height=max(1, round(height * factor)),
        format="yuvj420p",
        interpolation="AREA",
        dst_colorspace="ITU601",
        dst_color_range="JPEG",
    )
    frame.pts = 0
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    encoder.sample_aspect_ratio = Fraction(1, 1)  # without one, FFmpeg leaves the JFIF header out
    encoder.options = {"qmin": str(quantiser), "qmax": str(quantiser)}
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
