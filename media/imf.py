"""Composition playlists of the Interoperable Master Format (ST 2067-3: 2013, 2016 and 2020)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from media.composition import (
    MAX_RESOURCES,
    Composition,
    Resource,
    Unplayable,
    digest,
    edit_rate,
    extent,
    impossible,
    number,
    picture_rate,
)
from media.findings import Finding
from media.package import uuid_of
from media.programme import TrackKind
from media.timecode import frame_of, has_drop_frame
from media.xmltree import Element

NAMESPACES = ("http://www.smpte-ra.org/schemas/2067-3/", "http://www.smpte-ra.org/ns/2067-3/")

_KINDS: dict[str, TrackKind] = {
    "MainImageSequence": "picture",
    "MainAudioSequence": "sound",
    "SubtitlesSequence": "subtitle",
    "ForcedNarrativeSequence": "subtitle",
    "HearingImpairedCaptionsSequence": "subtitle",
    "VisuallyImpairedTextSequence": "subtitle",
    "CommentarySequence": "subtitle",
    "KaraokeSequence": "subtitle",
    "IABSequence": "atmos",
}


def read_composition(path: Path, root: Element) -> Composition:
    """An IMF playlist; what cannot be played becomes findings."""
    findings: list[Finding] = []
    rate = Fraction(24)
    try:
        rate = picture_rate(edit_rate(root), root)
    except Unplayable as problem:
        findings.append(problem.finding)
    resources = _resources(root, rate, findings)
    start, drop = _timecode(root, rate, findings)
    return Composition(
        id=uuid_of(root.value("Id")),
        kind="imf",
        path=path,
        title=root.value("ContentTitle") or root.value("Annotation") or path.stem,
        content_kind=root.value("ContentKind").lower(),
        rate=rate,
        start_frame=start,
        drop_frame=drop,
        resources=tuple(resources),
        findings=tuple(findings),
    )


def _resources(root: Element, rate: Fraction, findings: list[Finding]) -> list[Resource]:
    found: list[Resource] = []
    limited = _limited_encodings(root)
    segments = root.child("SegmentList")
    for count, segment in enumerate(segments.all("Segment") if segments else [], start=1):
        sequences = segment.child("SequenceList")
        for sequence in sequences.children if sequences else []:
            kind = _KINDS.get(sequence.name)
            items = sequence.child("ResourceList")
            for item in items.all("Resource") if items and kind else []:
                if len(found) >= MAX_RESOURCES:
                    return found
                try:
                    resource = _resource(item, kind or "data", f"segment {count}", rate)
                    narrow = uuid_of(item.value("SourceEncoding")) in limited
                    found.append(replace(resource, limited=narrow, track=sequence.value("TrackId")))
                except Unplayable as problem:
                    findings.append(problem.finding)
    return found


def _resource(item: Element, kind: TrackKind, label: str, rate: Fraction) -> Resource:
    own_rate = edit_rate(item) if item.value("EditRate") else rate
    if kind == "picture":
        picture_rate(own_rate, item)
    intrinsic, entry, duration = extent(item, kind, "SourceDuration")
    repeat = number(item, "RepeatCount", 1, MAX_RESOURCES, default=1)
    if entry + duration > intrinsic:
        message = f"{label} plays edit units {entry} to {entry + duration - 1} of a resource of {intrinsic}."
        raise impossible("impossible duration", message, item, str(intrinsic), str(entry + duration))
    return Resource(
        asset=uuid_of(item.value("TrackFileId")),
        kind=kind,
        label=label,
        rate=own_rate,
        intrinsic=intrinsic,
        entry=entry,
        duration=duration,
        repeat=repeat,
        digest=digest(item),
    )


def _limited_encodings(root: Element) -> set[str]:
    """Ids of RGBA descriptors whose black and white are 16 and 235 times a power of two (ST 2067-21 clause 6.2)."""
    steps = {(str(16 << shift), str(235 << shift)) for shift in range(9)}
    descriptors = root.child("EssenceDescriptorList")
    return {
        uuid_of(descriptor.value("Id"))
        for descriptor in (descriptors.children if descriptors else [])
        for coding in descriptor.all("RGBADescriptor")
        if (coding.value("ComponentMinRef"), coding.value("ComponentMaxRef")) in steps
    }


def _timecode(root: Element, rate: Fraction, findings: list[Finding]) -> tuple[int, bool]:
    stated = root.child("CompositionTimecode")
    text = stated.value("TimecodeStartAddress") if stated else ""
    if stated is None or not text:
        return 0, has_drop_frame(rate)
    drop = stated.value("TimecodeDropFrame").lower() in ("1", "true") and has_drop_frame(rate)
    plain = text.replace(";", ":").replace(".", ":")
    try:
        return frame_of(f"{plain[:8]}{';' if drop else ':'}{plain[9:]}", rate), drop
    except ValueError as error:
        findings.append(Finding("impossible timecode", "warning", str(error), element="TimecodeStartAddress"))
        return 0, drop
