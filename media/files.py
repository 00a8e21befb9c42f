"""A single media file as a Programme."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from media.colour import name_for
from media.container import DECODING_ERRORS, opened, picture_stream
from media.delivery import identify
from media.findings import DeliveryError, Finding
from media.programme import MAX_FRAMES, Programme, Segment, SoundSegment, Track, TrackKind
from media.sound import sound_detail
from media.timecode import frame_of, has_drop_frame
from media.timeline import Timeline, read_timeline
from media.wholeness import shortfall

_TRIES = 300
"""Packets in which the first picture must decode: ten seconds of film."""


@dataclass(frozen=True)
class _Facts:
    width: int
    height: int
    pixel_aspect: Fraction
    codec: str
    colour: str
    start_text: str
    stated: Fraction
    """Seconds that a Matroska header states; 0 where it does not, and for other containers."""
    tracks: tuple[Track, ...]
    findings: tuple[Finding, ...]


def open_file(path: Path) -> Programme:
    """The Programme of a media file. Raises DeliveryError with one sentence for what cannot be analysed."""
    if not path.is_file() or not path.stat().st_size:
        raise DeliveryError(f"{path.name} is empty." if path.is_file() else f"{path.name} is not a file.")
    short = shortfall(path)
    try:
        facts = _read_facts(path)
    except DeliveryError as error:
        if short is None:
            raise
        raise DeliveryError(short.message, [short]) from error
    timeline = read_timeline(path)
    if not timeline.shown:
        raise DeliveryError(f"{path.name} holds no frames.")
    start, drop = _start(facts.start_text, timeline.rate)
    heard = any(track.kind == "sound" for track in facts.tracks)
    return Programme(
        name=path.stem,
        kind="file",
        source=path,
        identity=identify(path),
        rate=timeline.rate,
        frames=timeline.shown,
        start_frame=start,
        drop_frame=drop,
        width=facts.width,
        height=facts.height,
        codec=facts.codec,
        colour=facts.colour,
        segments=(Segment(path, 0, timeline.shown, "file"),),
        tracks=facts.tracks,
        findings=(*_cut_findings(path, short, facts, timeline), *facts.findings, *_timing_findings(path, timeline)),
        pixel_aspect=facts.pixel_aspect,
        sound=(SoundSegment(path, Fraction(0), Fraction(0), timeline.shown / timeline.rate, "file"),) if heard else (),
    )


def _read_facts(path: Path) -> _Facts:
    with opened(path) as container:
        stream = picture_stream(container)
        tracks = tuple(_track(path, each) for each in container.streams)
        if stream is None:
            held = " and ".join(dict.fromkeys(track.kind for track in tracks if track.kind != "picture"))
            raise DeliveryError(f"{path.name} holds no pictures{f', only {held}' if held else ''}.")
        start_text = _start_text(container, stream)
        codec = stream.codec_context.name
        frame = _first_frame(container, stream, path)
        aspect = stream.sample_aspect_ratio or Fraction(1)
        aspect = aspect if Fraction(1, 8) <= aspect <= 8 else Fraction(1)
        width, height = frame.width, frame.height
        if round(frame.rotation / 90) % 2:
            width, height, aspect = height, width, 1 / aspect
        context = stream.codec_context
        colour = name_for("file", codec, int(frame.color_trc), int(frame.color_primaries))
        detail = f"{context.pix_fmt}, {frame.width}x{frame.height}"
        findings = _picture_findings(path, container, frame, aspect, detail)
        stated = Fraction(container.duration or 0, av.time_base) if "matroska" in container.format.name else Fraction(0)
        return _Facts(width, height, aspect, codec, colour, start_text, stated, tracks, findings)


def _first_frame(container: InputContainer, stream: VideoStream, path: Path) -> VideoFrame:
    reason = "none of its first packets holds a whole picture"
    try:
        for count, packet in enumerate(container.demux(stream)):
            try:
                frames = packet.decode()
            except MemoryError:
                raise
            except DECODING_ERRORS as error:
                reason, frames = str(getattr(error, "strerror", "") or error), []
            if frames:
                return frames[0]
            if count > _TRIES:
                break
    except DECODING_ERRORS as error:
        reason = str(getattr(error, "strerror", "") or error)
    raise DeliveryError(f"Not one frame of {path.name} could be decoded: {reason[:200].rstrip('.')}.")


def _picture_findings(
    path: Path, container: InputContainer, frame: VideoFrame, aspect: Fraction, detail: str
) -> tuple[Finding, ...]:
    notes = []
    films = len(container.streams.video)
    if films > 1:
        notes.append(("several pictures", f"{path.name} has {films} picture streams; the largest is analysed."))
    if frame.interlaced_frame:
        notes.append(("interlaced picture", "The picture is interlaced; key frames show one of its fields."))
    if round(frame.rotation / 90) % 4:
        notes.append(
            ("rotated picture", f"The picture is stored turned by {frame.rotation} degrees; it is shown upright.")
        )
    if aspect != 1:
        notes.append(("anamorphic pixels", f"Pixels are {aspect} times as wide as high ({detail})."))
    return tuple(Finding(code, "note", message, file=path.name) for code, message in notes)


def _cut_findings(path: Path, short: Finding | None, facts: _Facts, timeline: Timeline) -> tuple[Finding, ...]:
    """Matroska lists no frames: what a cut file lacks follows from the duration its header still states."""
    if short is None:
        return ()
    expected, held = round(facts.stated * timeline.rate), timeline.shown
    if not held < expected <= MAX_FRAMES:
        return (short,)
    message = f"About {expected - held} of {expected} frames are missing at its end."
    return short, Finding("lost frames", "warning", message, path.name, "", str(expected), str(held))


def _timing_findings(path: Path, timeline: Timeline) -> tuple[Finding, ...]:
    notes = []
    if timeline.grid is not None:
        onto = f"{timeline.shown} at {timeline.rate} a second"
        message = f"Frames come at a variable rate: {timeline.frames} were laid onto {onto}."
        notes.append(Finding("variable rate", "note", message, file=path.name))
    if timeline.odd_timestamps:
        message = f"The timestamps of {path.name} are impossible; frames are counted in order instead."
        notes.append(Finding("impossible timestamps", "warning", message, file=path.name))
    return tuple(notes)


def _track(path: Path, stream: Stream) -> Track:
    kinds: dict[str, TrackKind] = {"video": "picture", "audio": "sound", "subtitle": "subtitle"}
    context = stream.codec_context if stream.type in kinds else None
    codec = context.name if context else ""
    detail = ""
    if stream.type == "video" and context:
        detail = f"{context.width}x{context.height} {context.pix_fmt or ''}".strip()  # type: ignore[attr-defined]
    elif stream.type == "audio" and context:
        detail = sound_detail(cast(AudioStream, stream))
    return Track(kinds.get(stream.type, "data"), path.name, codec, detail, stream.metadata.get("language", ""))


def _start_text(container: InputContainer, stream: VideoStream) -> str:
    """The start timecode: of the picture stream, a timecode track (tmcd) or the file."""
    for metadata in (stream.metadata, *(each.metadata for each in container.streams), container.metadata):
        if "timecode" in metadata:
            return metadata["timecode"]
    return ""


def _start(text: str, rate: Fraction) -> tuple[int, bool]:
    if not text:
        return 0, has_drop_frame(rate)
    try:
        return frame_of(text, rate), has_drop_frame(rate) and any(mark in text for mark in ";.")
    except ValueError:
        return 0, has_drop_frame(rate)
