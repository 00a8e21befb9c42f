"""What an analysis leaves behind, as plain records between engines, catalog, reports and plugins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from media.findings import Finding
from media.timecode import timecode

SCALES = ("EWS", "LS", "MLS", "MS", "MCU", "CU", "ECU")
"""Shot scales, widest first: the six of Somani 2019 and his named extension MLS."""

BEATS = ("pursuit", "battle preparation", "battle", "romance", "victory", "joy", "despair", "argument")
"""Beat categories before the second stage of Ejaz et al. (ICMV 2017), which tells good from bad and so makes
the eleven of Potapov et al. 2015. That stage is not trained here, so no event says good or bad."""

TransitionKind = Literal["cut", "dissolve", "fade in", "fade out", "wipe"]
StretchKind = Literal["black", "freeze", "colour bars", "silence"]
PERSON = "person"
"""Source of a value that somebody corrected by hand."""


@dataclass(frozen=True)
class Transition:
    """Frames [start, end) that belong to no single shot; for a cut both are the new shot's first."""

    kind: TransitionKind
    start: int
    end: int
    confidence: float


@dataclass(frozen=True)
class Estimate:
    """A value with the probability that it is right, and who says so. An empty value means unsure."""

    value: str
    confidence: float
    source: str


@dataclass(frozen=True)
class Shot:
    """Frames [start, end); `number` counts from 1. Tags hold those at or above their thresholds."""

    number: int
    start: int
    end: int
    key_frame: int
    transition_in: TransitionKind | None
    transition_confidence: float
    scale: Estimate | None = None
    place: Estimate | None = None
    time_of_day: Estimate | None = None
    movement: Estimate | None = None
    tags: Mapping[str, float] = field(default_factory=dict)
    tag_source: str = ""
    features: NDArray[np.float16] | None = None
    loudness: float | None = None
    """LUFS of the mean energy over the shot, at least -70; None where there is no sound."""

    @property
    def frames(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class TagSummary:
    """Weight W and relevance R of a tag over a title (Khan et al., AVSS 2017); `shots`: how many carry it."""

    tag: str
    weight: float
    relevance: float
    shots: int
    source: str


@dataclass(frozen=True)
class Beat:
    """A beat event over shots [start_shot, end_shot], both included (Ejaz et al., ICMV 2017)."""

    number: int
    start_shot: int
    end_shot: int
    category: str
    confidence: float
    source: str


@dataclass(frozen=True)
class Scene:
    """Shots [start_shot, end_shot], both included, that belong together; every shot is in one scene at most."""

    number: int
    start_shot: int
    end_shot: int


@dataclass(frozen=True)
class Score:
    """An estimate about the whole title; None where nothing was measured, and `note` says why."""

    kind: Literal["rating", "success", "genre"]
    value: str | None
    low: float | None
    high: float | None
    model: str
    note: str


@dataclass(frozen=True)
class Stretch:
    """Frames [start, end) that are black, frozen or colour bars, or whose sound is silent."""

    kind: StretchKind
    start: int
    end: int


@dataclass(frozen=True)
class Loudness:
    """Of a whole title, by EBU R 128. None where nothing is above the gate (-70 LUFS), or too short to tell.

    integrated: LUFS. true_peak: dBTP. range: LU. layout: the channels that were measured.
    """

    integrated: float | None
    true_peak: float | None
    range: float | None
    layout: str


@dataclass(frozen=True)
class ActivePicture:
    """The part of the frame inside letterbox and pillarbox, as fractions of its width and height.

    ratio: width by height as shown. name: what that is called, such as `2.39`.
    """

    left: float
    top: float
    right: float
    bottom: float
    ratio: float
    name: str


@dataclass(frozen=True)
class ModelRun:
    """Which model said so, on which runtime, and how long it took."""

    engine: str
    model: str
    model_sha256: str
    runtime: str
    precision: str
    seconds: float


@dataclass(frozen=True)
class TrackRecord:
    """A track file or stream the delivery lists."""

    kind: str
    file: str
    codec: str
    detail: str
    language: str


@dataclass(frozen=True)
class Title:
    """The delivery's facts. start_frame counts from midnight at `rate`."""

    name: str
    kind: str
    source: str
    identity: str
    rate: Fraction
    frames: int
    start_frame: int
    drop_frame: bool
    width: int
    height: int
    codec: str
    colour: str
    tracks: tuple[TrackRecord, ...] = ()
    findings: tuple[Finding, ...] = ()

    def timecode(self, frame: int) -> str:
        """SMPTE timecode of a frame counted from the title's first."""
        return timecode(self.start_frame + frame, self.rate, self.drop_frame)


@dataclass(frozen=True)
class Analysis:
    """Everything known about one title. analysed_at: ISO 8601, UTC."""

    title: Title
    transitions: tuple[Transition, ...]
    shots: tuple[Shot, ...]
    tags: tuple[TagSummary, ...]
    beats: tuple[Beat, ...]
    scores: tuple[Score, ...]
    runs: tuple[ModelRun, ...]
    analysed_at: str
    app_version: str
    scenes: tuple[Scene, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    loudness: Loudness | None = None
    """None where there is no sound, or none that could be measured."""
    active_picture: ActivePicture | None = None
    """None where too few frames were light enough to tell."""
