"""From a picture of any size to the compact model's input: black bars cut, squeezed by an area filter.

Training and inference both go through these functions, so a model never meets a filter it was not trained with.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

FRAME_SIZE = (192, 320)  # height, width of a film frame as the network sees it
POSTER_SIZE = (192, 128)  # same height, so that the heads see the same number of rows
_BLACK = 24  # of 255; JPEG noise in bars stays under it
_SAMPLES = 240  # pixels of a row or column looked at when bars are sought


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Decode one JPEG or PNG file to RGB, uint8 [H, W, 3].

    Raises ValueError, naming the file, when it holds no picture.
    """
    try:
        with av.open(str(path), format=_demuxer(path)) as container:
            frame = next(container.decode(video=0))
    except (av.error.FFmpegError, StopIteration) as error:
        raise ValueError(f"{path} could not be decoded as a picture ({error}); give a JPEG or PNG file.") from error
    return to_rgb(frame)


def crop_bars(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Cut letterbox and pillarbox bars off RGB uint8 [H, W, 3]; returns a view.

    A bar is a run of rows (columns) from the edge with at most 2 % of pixels above black. Bars are cut as wide as
    the thinner of the two sides, so a dark floor or a night sky is not taken for one; nothing is cut when less than
    30 % of the picture would be left.
    """
    height, width = picture.shape[:2]
    rows = picture[:, :: max(1, width // _SAMPLES)].max(axis=2) > _BLACK
    columns = picture[:: max(1, height // _SAMPLES)].max(axis=2) > _BLACK
    top = _bar(rows.mean(axis=1))
    left = _bar(columns.mean(axis=0))
    return picture[top : height - top, left : width - left]


def to_input(pictures: Sequence[NDArray[np.uint8]], size: tuple[int, int] = FRAME_SIZE) -> NDArray[np.uint8]:
    """Bars cut, squeezed to `size` (height, width): RGB uint8 [N, height, width, 3], the network's input."""
    batch = np.empty((len(pictures), *size, 3), np.uint8)
    for slot, picture in zip(batch, pictures, strict=True):
        slot[:] = squeeze(crop_bars(picture), size)
    return batch


def squeeze(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Resize RGB uint8 [H, W, 3] to `size` (height, width) with swscale's area filter, aspect ratio not kept."""
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8 or picture.size == 0:
        raise ValueError(f"A picture must be RGB uint8 [H, W, 3]; this one is {picture.dtype} {picture.shape}.")
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
    return to_rgb(frame.reformat(width=size[1], height=size[0], format="rgb24", interpolation=Interpolation.AREA))


def to_rgb(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """The frame's pixels as RGB uint8 [H, W, 3]."""
    return frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)


def _bar(lit: NDArray[np.float64]) -> int:
    """Width of the thinner of the two dark runs at the ends of `lit` (share of lit pixels per row or column)."""
    bright = np.flatnonzero(lit > 0.02)
    if not len(bright):
        return 0
    bar = min(int(bright[0]), len(lit) - 1 - int(bright[-1]))
    return bar if len(lit) - 2 * bar >= 0.3 * len(lit) else 0


def _demuxer(path: Path) -> str:
    """Demuxer named by suffix: probing content could open a neighbour through a playlist in disguise."""
    return "png_pipe" if path.suffix.lower() == ".png" else "jpeg_pipe"
