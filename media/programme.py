"""What plays: the Programme of a delivery, and the Reader that decodes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from media.findings import Finding

Kind = Literal["dcp", "imf", "file"]
TrackKind = Literal["picture", "sound", "subtitle", "atmos", "data"]
Picture: TypeAlias = NDArray[np.uint8]
"""[height, width, 3], RGB as displayed: Rec.709 primaries, sRGB-like transfer, full range."""

MAX_FRAMES = 24 * 3600 * 120
"""A day at 120 frames a second; no programme is longer."""
THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH = 72, 128
"""Every frame is looked at in this size, squeezed to fit."""


@dataclass(frozen=True)
class Segment:
    """A run of frames of one file: a reel (DCP), one repeat of a resource (IMF), or a whole file."""

    path: Path
    entry: int
    frames: int
    label: str
    step: Fraction = Fraction(1)
    """Frames of the file from one programme frame to the next: not 1 where an IMF resource has its own edit rate."""
    stereoscopic: bool = False
    """The file holds left and right eyes in turn (ST 429-10); the left one plays."""
    key: bytes = field(default=b"", repr=False)
    """AES-128 content key of an encrypted track file (ST 429-6); empty for a plain one. Never stored."""


@dataclass(frozen=True)
class SoundSegment:
    """A run of sound of one file. All three times are seconds.

    start: of the programme, where it starts to play. entry: of the file, what plays first there; in a film that time
    counts from its first picture.
    """

    path: Path
    start: Fraction
    entry: Fraction
    duration: Fraction
    label: str
    key: bytes = field(default=b"", repr=False)
    """As for Segment."""


@dataclass(frozen=True)
class Track:
    """A track file or stream that the delivery lists."""

    kind: TrackKind
    file: str
    codec: str
    detail: str = ""
    language: str = ""


@dataclass(frozen=True)
class Programme:
    """Which frames play, in which order.

    rate: edit rate, frames a second. start_frame: the start timecode as a frame count from midnight.
    identity: names the content wherever it lies (UUIDs and hashes of a package, hash of a file).
    colour: the transform its pictures need, a name of media.colour. drop_frame: how its timecode counts.
    """

    name: str
    kind: Kind
    source: Path
    identity: str
    rate: Fraction
    frames: int
    start_frame: int
    drop_frame: bool
    width: int
    height: int
    codec: str
    colour: str
    segments: tuple[Segment, ...]
    tracks: tuple[Track, ...] = ()
    findings: tuple[Finding, ...] = ()
    pixel_aspect: Fraction = Fraction(1)
    """Width of a pixel as shown, divided by its height; `width` counts pixels."""
    sound: tuple[SoundSegment, ...] = ()
    """What is heard, in order; empty for a silent film, and where the sound of a package is out of reach."""

    @property
    def duration(self) -> Fraction:
        """Seconds."""
        return self.frames / self.rate


class Reader(Protocol):
    """Decodes a Programme by programme frame index."""

    @property
    def programme(self) -> Programme: ...

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What decoding showed: lost or damaged frames. Complete once `thumbnails` is exhausted."""

    def thumbnails(self) -> Iterator[tuple[int, Picture]]:
        """Every frame in order as (index, RGB [72, 128, 3]). A frame that cannot be decoded is left out."""

    def pictures(self, indices: Sequence[int], max_width: int) -> Iterator[tuple[int, Picture]]:
        """The frames at ascending indices, at most max_width wide, in display aspect ratio."""

    def close(self) -> None: ...
