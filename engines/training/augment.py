"""Pictures varied as deliveries vary: framing, mirror, grade, black and white, blur, coding noise."""

from __future__ import annotations

import io

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray

from engines.preprocess import crop_bars, squeeze, to_rgb

Picture = NDArray[np.uint8]
_GREY = np.array([0.2126, 0.7152, 0.0722], np.float32)  # BT.709 luma


def variant(picture: Picture, number: int, size: tuple[int, int], seed: int) -> Picture:
    """Variant `number` of RGB uint8 [H, W, 3] at `size`: 0 as it is, 1 mirrored, others drawn from `seed`.

    Reframing keeps at least 93 % of the height, since where a person is cut below decides the scale, and at least
    75 % of the width, which only changes the aspect ratio.
    """
    picture = crop_bars(picture)
    if number < 2:
        return squeeze(picture[:, :: 1 - 2 * number], size)
    rng = np.random.default_rng([seed, number])
    picture = _reframe(picture, rng)
    if rng.random() < 0.5:
        picture = picture[:, ::-1]
    if rng.random() < 0.25:  # soft: seen through a smaller size first
        share = rng.uniform(0.4, 0.8)
        picture = squeeze(picture, (max(48, int(size[0] * share)), max(48, int(size[1] * share))))
    picture = _grade(squeeze(picture, size), rng)
    return _jpeg(picture, int(rng.integers(4, 16))) if rng.random() < 0.4 else picture


def _reframe(picture: Picture, rng: np.random.Generator) -> Picture:
    height, width = picture.shape[:2]
    h, w = int(height * rng.uniform(0.93, 1)), int(width * rng.uniform(0.75, 1))
    top, left = rng.integers(0, height - h + 1), rng.integers(0, width - w + 1)
    return picture[top : top + h, left : left + w]


def _grade(picture: Picture, rng: np.random.Generator) -> Picture:
    """Saturation (none at all for one in seven), white balance, exposure and contrast, sometimes noise."""
    saturation = 0.0 if rng.random() < 0.15 else rng.uniform(0.5, 1.3)
    matrix = saturation * np.eye(3) + (1 - saturation) * _GREY[:, None]
    mixed = np.clip(picture.astype(np.float32) @ matrix.astype(np.float32) + 0.5, 0, 255).astype(np.uint8)
    level = np.clip(np.arange(256)[:, None] / 255 * rng.uniform(0.9, 1.1, 3), 0, 1) ** rng.uniform(0.7, 1.4)
    level = (level - 0.5) * rng.uniform(0.8, 1.2) + 0.5 + rng.uniform(-0.08, 0.08)
    table = (np.clip(level, 0, 1) * 255 + 0.5).astype(np.uint8)
    graded = np.stack([table[mixed[..., c], c] for c in range(3)], axis=-1)
    if rng.random() < 0.7:
        return graded
    noise = rng.standard_normal(graded.shape, np.float32) * rng.uniform(2, 7)
    noisy: Picture = np.clip(graded + noise, 0, 255).astype(np.uint8)
    return noisy


def _jpeg(picture: Picture, quantiser: int) -> Picture:
    """Coded as JPEG with that quantiser (2 fine, 31 coarse) and decoded."""
    coder = av.CodecContext.create("mjpeg", "w")
    assert isinstance(coder, VideoCodecContext)
    coder.height, coder.width = picture.shape[:2]
    coder.pix_fmt = "yuvj420p"
    coder.qmin = coder.qmax = quantiser
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24").reformat(format="yuvj420p")
    data = b"".join(bytes(packet) for packet in [*coder.encode(frame), *coder.encode(None)])
    with av.open(io.BytesIO(data), "r", format="jpeg_pipe") as container:
        return to_rgb(next(container.decode(video=0)))
