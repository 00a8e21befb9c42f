"""From a decoded frame to RGB as displayed: Rec.709 primaries, BT.1886 gamma, full range, 8 bits.

A transform is a table from code to linear light, a 3x3 matrix, and a table from linear light to the display code. It
runs on small frames only: swscale, or the JPEG 2000 decoder itself, has reduced them before.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from media.programme import Picture

_THREAD = threading.local()
_LIMITED = " limited"
CODES = 4096
"""Twelve bits: what DCI distributes, and enough for PQ."""
_GAMMA = 2.4
"""ITU-R BT.1886, with black at zero."""

XYZ_TO_709 = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]]
)
"""IEC 61966-2-1, D65."""
BT2020_TO_709 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])
"""ITU-R BT.2087-0, clause 4 (inverse of equation 2)."""
P3_TO_709 = np.array([[1.2249, -0.2247, 0.0], [-0.0420, 1.0419, 0.0], [-0.0197, -0.0786, 1.0979]])
"""P3-D65 (SMPTE RP 431-2 primaries, D65 white) to Rec.709."""


@dataclass(frozen=True)
class Transform:
    """`linear`: float32 [4096], display light (1.0 is SDR white) of a 12-bit code; `matrix`: to Rec.709."""

    linear: NDArray[np.float32]
    matrix: NDArray[np.float32]


def name_for(kind: str, codec: str, transfer: int, primaries: int, limited: bool = False) -> str:
    """The transform pictures need; transfer and primaries as ISO/IEC 23091-2 numbers them.

    limited: RGB codes leave head and foot room, which no codestream says; " limited" is added to the name.
    DCP pictures are X'Y'Z' whatever the codestream says (ST 428-1), except MPEG-2 Interop.
    """
    if kind == "dcp" and codec == "jpeg2000":
        return "dci-xyz"
    name = _plain_name(transfer, primaries)
    return f"{name}{_LIMITED}" if limited and name != "dci-xyz" else name


def _plain_name(transfer: int, primaries: int) -> str:
    if transfer == 16:
        return "pq"
    if transfer == 18:
        return "hlg"
    if transfer == 17:
        return "dci-xyz"
    return {9: "rec2020", 11: "p3", 12: "p3"}.get(primaries, "rec709")


def picture_of(frame: VideoFrame, width: int, height: int, transform: str) -> Picture:
    """RGB uint8 [height, width, 3] of a decoded frame, scaled by area."""
    if transform == "rec709":
        return _eight_bits(frame, width, height)
    codes = _xyz_codes(frame, width, height) if transform == "dci-xyz" else _twelve_bits(frame, width, height)
    if transform.endswith(_LIMITED):
        codes, transform = _stretched(codes), transform.removesuffix(_LIMITED)
    shown = (codes >> 4).astype(np.uint8) if transform == "rec709" else apply(codes, transform)
    if shown.shape[:2] == (height, width):
        return shown
    return _eight_bits(VideoFrame.from_ndarray(shown, format="rgb24"), width, height)


def _stretched(codes: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Codes of 256 to 3760 spread to 0 to 4095."""
    wide = (codes.astype(np.float32) - 256) * np.float32(4095 / (3760 - 256))
    return cast("NDArray[np.uint16]", np.clip(wide + 0.5, 0, CODES - 1).astype(np.uint16))


def one_field(frame: VideoFrame, transform: str) -> VideoFrame:
    """The upper field of an interlaced frame, half as high: its fields were exposed at different times."""
    layout = "rgb24" if transform == "rec709" else "rgb48le"
    rows = _scaled(frame, frame.width, frame.height, layout)[::2]
    return VideoFrame.from_ndarray(np.ascontiguousarray(rows), format=layout)


def apply(codes: NDArray[np.uint16], name: str) -> Picture:
    """Displayed RGB uint8 of 12-bit codes, both [height, width, 3]."""
    transform = transform_of(name)
    light = transform.linear[codes] @ transform.matrix.T
    steps = (np.sqrt(np.clip(light, 0.0, 1.0)) * 65535.0 + 0.5).astype(np.uint16)
    return cast(Picture, _display_codes()[steps])


@cache
def transform_of(name: str) -> Transform:
    """The transform of a name. Raises KeyError for a name there is not."""
    code = np.arange(CODES) / (CODES - 1)
    linear, matrix = {
        "dci-xyz": lambda: (dci_linear(code), XYZ_TO_709),
        "pq": lambda: (tone_mapped(pq_light(code)), BT2020_TO_709),
        "hlg": lambda: (tone_mapped(hlg_light(code)), BT2020_TO_709),
        "rec2020": lambda: (code**_GAMMA, BT2020_TO_709),
        "p3": lambda: (code**_GAMMA, P3_TO_709),
    }[name]()
    return Transform(linear.astype(np.float32), matrix.astype(np.float32))


def dci_linear(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """X, Y or Z of a DCI code in 0..1, where Y 1.0 is 48 cd/m2 (ST 428-1: peak 52.37 cd/m2, exponent 2.6)."""
    return code**2.6 * (52.37 / 48)


def pq_light(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """cd/m2 of a PQ code in 0..1 (ST 2084, equation 4.1)."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    power = code ** (1 / m2)
    return 10000.0 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)


def pq_code(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """PQ code in 0..1 of cd/m2 (ST 2084, equation 5.1)."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    power = (np.maximum(light, 0) / 10000.0) ** m1
    return ((c1 + c2 * power) / (1 + c3 * power)) ** m2


def hlg_light(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """cd/m2 of an HLG code in 0..1 on a 1000 cd/m2 display (BT.2100 table 5; system gamma 1.2 per channel)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12)
    return 1000.0 * scene**1.2


def tone_mapped(light: NDArray[np.float64], peak: float = 1000.0, white: float = 203.0) -> NDArray[np.float64]:
    """Display light 0..1 of cd/m2: the EETF of ITU-R BT.2390 clause 5.4.1, from `peak` down to `white`.

    203 cd/m2 is the reference white of BT.2408; below about 90 cd/m2 nothing changes.
    """
    source = pq_code(np.array(peak))
    code = np.minimum(pq_code(light) / source, 1.0)
    top = pq_code(np.array(white)) / source
    knee = 1.5 * top - 0.5
    t = (code - knee) / (1 - knee)
    spline = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (-2 * t**3 + 3 * t**2) * top
    return pq_light(np.where(code < knee, code, spline) * source) / white


@cache
def _display_codes() -> NDArray[np.uint8]:
    """By the square root of light, so that 65,536 steps tell the darkest codes apart."""
    return (255.0 * (np.arange(65536) / 65535.0) ** (2 / _GAMMA) + 0.5).astype(np.uint8)


def _xyz_codes(frame: VideoFrame, width: int, height: int) -> NDArray[np.uint16]:
    """12-bit X'Y'Z' codes as they lie in the frame, thinned by whole factors while it is twice too large."""
    name = frame.format.name
    if name not in ("xyz12le", "rgb24", "rgb48le"):
        return _twelve_bits(frame, width, height)
    plane = frame.planes[0]
    depth: np.dtype[Any] = np.dtype(np.uint8 if name == "rgb24" else np.uint16)
    rows = np.frombuffer(memoryview(plane), depth).reshape(frame.height, -1)[:, : frame.width * 3]
    words = rows.astype(np.uint16) * np.uint16(257) if name == "rgb24" else rows
    codes: NDArray[np.uint16] = (words >> np.uint16(4)).reshape(frame.height, frame.width, 3)
    factor = min(frame.width // width, frame.height // height) if width and height else 1
    return _averaged(codes, factor) if factor > 1 else codes


def _averaged(codes: NDArray[np.uint16], factor: int) -> NDArray[np.uint16]:
    height, width = (size // factor for size in codes.shape[:2])
    blocks = codes[: height * factor, : width * factor].reshape(height, factor, width, factor, 3)
    means: NDArray[np.uint16] = (blocks.sum(axis=(1, 3), dtype=np.uint32) // (factor * factor)).astype(np.uint16)
    return means


def _eight_bits(frame: VideoFrame, width: int, height: int) -> Picture:
    return cast(Picture, _scaled(frame, width, height, "rgb24"))


def _twelve_bits(frame: VideoFrame, width: int, height: int) -> NDArray[np.uint16]:
    return cast("NDArray[np.uint16]", _scaled(frame, width, height, "rgb48le") >> 4)


def _scaled(frame: VideoFrame, width: int, height: int, layout: str) -> NDArray[Any]:
    space = frame.colorspace
    if space == 2:
        # Untagged pictures: the broadcasters' convention, HD is 709 and SD is 601.
        space = 1 if frame.width >= 1280 or frame.height > 576 else 5
    scaled = _scaler().reformat(frame, width, height, layout, src_colorspace=space, interpolation="AREA")
    return scaled.to_ndarray()


def _scaler() -> VideoReformatter:
    """One a thread: it keeps swscale's tables from frame to frame."""
    if not hasattr(_THREAD, "scaler"):
        _THREAD.scaler = VideoReformatter()
    return cast(VideoReformatter, _THREAD.scaler)


def to_dci(picture: Picture) -> NDArray[np.uint16]:
    """12-bit X'Y'Z' codes of displayed RGB, both [height, width, 3]: the way back of "dci-xyz"."""
    light = (picture.astype(np.float32) / 255.0) ** _GAMMA @ np.linalg.inv(XYZ_TO_709).T.astype(np.float32)
    codes = np.clip(light * (48 / 52.37), 0.0, 1.0) ** (1 / 2.6)
    return cast("NDArray[np.uint16]", (codes * (CODES - 1) + 0.5).astype(np.uint16))
