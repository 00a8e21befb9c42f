"""Packages for tests: playlists of any shape around numbered track files."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from numbered import film

from media.sample import TrackFile, write_package, write_track_file

DCP = "http://www.smpte-ra.org/schemas/429-7/2006/CPL"
INTEROP = "http://www.digicine.com/PROTO-ASDCP-CPL-20040511#"
IMF = {
    "2013": ("http://www.smpte-ra.org/schemas/2067-3/2013", "http://www.smpte-ra.org/schemas/2067-2/2013"),
    "2016": ("http://www.smpte-ra.org/schemas/2067-3/2016", "http://www.smpte-ra.org/schemas/2067-2/2016"),
    "2020": ("http://www.smpte-ra.org/ns/2067-3/2020", "http://www.smpte-ra.org/ns/2067-2/2020"),
}


@dataclass(frozen=True)
class Part:
    """A reel or resource: which track, from where, how long, how often."""

    track: str
    entry: str = "0"
    duration: str = "8"
    intrinsic: str = "12"
    repeat: str = "1"
    rate: str = "24 1"
    extra: str = ""
    element: str = "MainPicture"


def track(folder: Path, numbers: range, name: str = "picture.mxf", size: tuple[int, int] = (192, 108)) -> TrackFile:
    folder.mkdir(parents=True, exist_ok=True)
    return write_track_file(folder / name, film(numbers, *size), Fraction(24))


def dcp_playlist(parts: Sequence[Part], title: str = "Numbers", kind: str = "feature", namespace: str = DCP) -> str:
    reels = "".join(
        f"<Reel><Id>urn:uuid:{uuid.uuid4()}</Id><AssetList><{part.element}><Id>urn:uuid:{part.track}</Id>"
        f"<EditRate>{part.rate}</EditRate><IntrinsicDuration>{part.intrinsic}</IntrinsicDuration>"
        f"<EntryPoint>{part.entry}</EntryPoint><Duration>{part.duration}</Duration>{part.extra}"
        f"</{part.element}></AssetList></Reel>"
        for part in parts
    )
    return (
        f'<?xml version="1.0"?><CompositionPlaylist xmlns="{namespace}"><Id>urn:uuid:{uuid.uuid4()}</Id>'
        f"<ContentTitleText>{title}</ContentTitleText><ContentKind>{kind}</ContentKind>"
        f"<ReelList>{reels}</ReelList></CompositionPlaylist>"
    )


def imf_playlist(segments: Sequence[Sequence[Part]], year: str = "2016", rate: str = "24 1") -> str:
    core, constraints = IMF[year]
    texts = []
    for parts in segments:
        resources = "".join(
            f"<Resource><Id>urn:uuid:{uuid.uuid4()}</Id><EditRate>{part.rate}</EditRate>"
            f"<IntrinsicDuration>{part.intrinsic}</IntrinsicDuration><EntryPoint>{part.entry}</EntryPoint>"
            f"<SourceDuration>{part.duration}</SourceDuration><RepeatCount>{part.repeat}</RepeatCount>"
            f"<TrackFileId>urn:uuid:{part.track}</TrackFileId></Resource>"
            for part in parts
        )
        texts.append(
            f"<Segment><SequenceList><cc:MainImageSequence><ResourceList>{resources}</ResourceList>"
            "</cc:MainImageSequence></SequenceList></Segment>"
        )
    return (
        f'<?xml version="1.0"?><CompositionPlaylist xmlns="{core}" xmlns:cc="{constraints}">'
        f"<Id>urn:uuid:{uuid.uuid4()}</Id><ContentTitle>Numbers</ContentTitle><CompositionTimecode>"
        "<TimecodeDropFrame>0</TimecodeDropFrame><TimecodeRate>24</TimecodeRate>"
        f"<TimecodeStartAddress>09:59:50:00</TimecodeStartAddress></CompositionTimecode><EditRate>{rate}</EditRate>"
        f"<SegmentList>{''.join(texts)}</SegmentList></CompositionPlaylist>"
    )


def pack(folder: Path, playlist: str, tracks: Sequence[TrackFile]) -> Path:
    identity = playlist.partition("urn:uuid:")[2][:36]
    write_package(folder, "Numbers", identity, playlist, tracks)
    return folder
