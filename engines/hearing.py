"""What is said of a title's sound: its loudness, that of its shots, and where it is silent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

from catalog.records import Loudness, Shot, Stretch
from media.findings import DeliveryError, Finding
from media.loudness import LoudnessMeter
from media.programme import Programme
from media.sound import SoundReader, soundtrack

_EACH = 10
"""Progress is told every ten seconds of sound."""
_COMPLETE = 0.95
"""Sound of a film often ends a little before its pictures."""


@dataclass(frozen=True)
class Heard:
    """A measured soundtrack. `loudness` is None for a film without sound, and where it could not be read."""

    loudness: Loudness | None = None
    silences: tuple[Stretch, ...] = ()
    findings: tuple[Finding, ...] = ()
    meter: LoudnessMeter | None = None


def hear(programme: Programme, progress: Callable[[float], None]) -> Heard:
    """Decodes all sound once. Sound that cannot be opened is a finding: the pictures are worth having without it."""
    try:
        track = soundtrack(programme)
        if track is None:
            return Heard()
        meter, reader = LoudnessMeter(track.weights), SoundReader(programme, len(track.weights))
        for count, block in enumerate(reader.blocks()):
            meter.push(block)
            if count % _EACH == 0:
                progress(min(1.0, count / float(programme.duration)))
    except DeliveryError as error:
        return Heard(findings=(_unmeasured(programme, str(error)),))
    if not reader.decoded:
        return Heard(findings=(_unmeasured(programme, "none of its sound could be decoded."),))
    meter.finish()
    loudness = Loudness(meter.integrated(), meter.true_peak(), meter.range(), track.layout)
    return Heard(loudness, tuple(_silences(programme, meter)), tuple(_missing(programme, reader.decoded)), meter)


def _unmeasured(programme: Programme, why: str) -> Finding:
    return Finding("unmeasured sound", "warning", f"Loudness is not measured: {why}", programme.source.name)


def _missing(programme: Programme, decoded: float) -> Iterator[Finding]:
    expected = float(sum(segment.duration for segment in programme.sound))
    if decoded < _COMPLETE * expected:
        message = f"{decoded:.1f} of {expected:.1f} seconds of sound are there; the rest counts as silence."
        yield Finding("short sound", "note", message, programme.source.name, "", f"{expected:.1f}", f"{decoded:.1f}")


def with_loudness(shots: Sequence[Shot], programme: Programme, heard: Heard) -> tuple[Shot, ...]:
    """The shots, each with the loudness of its time."""
    if heard.meter is None:
        return tuple(shots)
    rate, meter = programme.rate, heard.meter
    return tuple(
        replace(shot, loudness=meter.between(float(shot.start / rate), float(shot.end / rate))) for shot in shots
    )


def _silences(programme: Programme, meter: LoudnessMeter) -> Sequence[Stretch]:
    """Whole frames that are silent from beginning to end."""
    rate, frames = float(programme.rate), programme.frames
    return [
        Stretch("silence", ceil(start * rate - 1e-6), min(frames, floor(end * rate + 1e-6)))
        for start, end in meter.silences()
    ]
