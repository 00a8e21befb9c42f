"""Writes small deliveries from drawn frames: an MP4, and a DCP of one or more reels. For the demo and the tests."""

from __future__ import annotations

import base64
import itertools
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from xml.sax.saxutils import escape

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from media.colour import to_dci
from media.programme import Picture
from media.trackfile import inspect, sha1

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ASSET_MAP = "http://www.smpte-ra.org/schemas/429-9/2007/AM"
_PACKING_LIST = "http://www.smpte-ra.org/schemas/429-8/2007/PKL"
_PLAYLIST = "http://www.smpte-ra.org/schemas/429-7/2006/CPL"


@dataclass(frozen=True)
class TrackFile:
    """A picture track file as written; `id` is its UUID."""

    id: str
    path: Path
    frames: int
    width: int
    height: int


def write_mp4(path: Path, frames: Iterable[Picture], rate: Fraction) -> int:
    """H.264 in MP4 from RGB pictures of one even size. Returns the number of frames written."""
    count = 0
    with av.open(str(path), "w", format="mp4") as container:
        stream: VideoStream | None = None
        for picture in frames:
            if stream is None:
                stream = container.add_stream("libx264", rate=rate, options={"crf": "18", "preset": "veryfast"})
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = "yuv420p"
                context = stream.codec_context
                context.color_primaries = context.color_trc = context.colorspace = 1
            frame = VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709")
            frame.pts, frame.time_base = count, 1 / rate
            container.mux(stream.encode(frame))
            count += 1
        if stream is None:
            raise ValueError("A film needs at least one frame.")
        container.mux(stream.encode())
    return count


def write_dcp(folder: Path, title: str, reels: Sequence[Iterable[Picture]], rate: Fraction) -> None:
    """An SMPTE DCP (JPEG 2000, X'Y'Z', 12 bit, no sound) in `folder`, one track file a reel.

    The pictures keep their size, so that a small sample stays small; a projector wants 2048x858 or 1998x1080.
    The asset map is written last: a watcher sees a whole package or none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = [write_track_file(folder / f"reel{n}_j2c.mxf", reel, rate) for n, reel in enumerate(reels, start=1)]
    playlist = str(uuid.uuid4())
    write_package(folder, title, playlist, _playlist(playlist, title, written, rate), written)


def write_package(folder: Path, title: str, playlist_id: str, playlist: str, tracks: Sequence[TrackFile]) -> None:
    """Playlist, packing list, volume index and asset map around track files that lie in `folder` already."""
    packing = str(uuid.uuid4())
    cpl = folder / f"CPL_{playlist_id}.xml"
    cpl.write_text(playlist, encoding="utf-8")
    assets = {playlist_id: cpl, **{track.id: track.path for track in tracks}}
    pkl = folder / f"PKL_{packing}.xml"
    pkl.write_text(_packing_list(packing, title, assets), encoding="utf-8")
    (folder / "VOLINDEX.xml").write_text(f'{_XML}<VolumeIndex xmlns="{_ASSET_MAP}"><Index>1</Index></VolumeIndex>\n')
    asset_map = _asset_map({packing: pkl, **assets}, packing)
    (folder / "ASSETMAP.xml").write_text(asset_map, encoding="utf-8")


def write_track_file(path: Path, frames: Iterable[Picture], rate: Fraction) -> TrackFile:
    """One picture track file (MXF OP1a, ST 429-4 coding); its package id becomes a fresh UUID."""
    pictures = iter(frames)
    first = next(pictures, None)
    if first is None:
        raise ValueError("A reel needs at least one frame.")
    height, width = first.shape[:2]
    count = 0
    with av.open(str(path), "w", format="mxf") as container:
        stream = container.add_stream("jpeg2000", rate=rate, options={"format": "j2k", "pred": "dwt97int"})
        stream.width, stream.height, stream.pix_fmt = width, height, "gbrp12le"
        for count, picture in enumerate(itertools.chain([first], pictures), start=1):
            frame = _frame(to_dci(picture))
            frame.pts, frame.time_base = count - 1, 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    fresh = uuid.uuid4()
    written = uuid.UUID(inspect(path).package_id)
    path.write_bytes(path.read_bytes().replace(written.bytes, fresh.bytes))
    return TrackFile(str(fresh), path, count, width, height)


def _frame(codes: np.ndarray[tuple[int, ...], np.dtype[np.uint16]]) -> VideoFrame:
    height, width = codes.shape[:2]
    frame = VideoFrame(width, height, "gbrp12le")
    for plane, component in zip(frame.planes, (1, 2, 0), strict=True):
        rows = np.zeros((height, plane.line_size // 2), np.uint16)
        rows[:, :width] = codes[:, :, component]
        plane.update(rows.tobytes())
    return frame


def _issue() -> str:
    now = datetime.now(UTC).replace(microsecond=0).isoformat()
    return f"<IssueDate>{now}</IssueDate><Issuer>Reelwatch</Issuer>"


def _playlist(identity: str, title: str, reels: Sequence[TrackFile], rate: Fraction) -> str:
    text, head = escape(title), f"{_issue()}<Creator>Reelwatch</Creator>"
    speed = f"{rate.numerator} {rate.denominator}"
    parts = [
        f"<Reel><Id>urn:uuid:{uuid.uuid4()}</Id><AssetList><MainPicture><Id>urn:uuid:{reel.id}</Id>"
        f"<EditRate>{speed}</EditRate><IntrinsicDuration>{reel.frames}</IntrinsicDuration><EntryPoint>0</EntryPoint>"
        f"<Duration>{reel.frames}</Duration><Hash>{_hash(reel.path)}</Hash><FrameRate>{speed}</FrameRate>"
        f"<ScreenAspectRatio>{reel.width} {reel.height}</ScreenAspectRatio></MainPicture></AssetList></Reel>\n"
        for reel in reels
    ]
    return (
        f'{_XML}<CompositionPlaylist xmlns="{_PLAYLIST}"><Id>urn:uuid:{identity}</Id>'
        f"<AnnotationText>{text}</AnnotationText>{head}<ContentTitleText>{text}</ContentTitleText>"
        f"<ContentKind>feature</ContentKind><ContentVersion><Id>urn:uuid:{uuid.uuid4()}</Id>"
        f"<LabelText>{text}</LabelText></ContentVersion><RatingList/>\n<ReelList>{''.join(parts)}</ReelList>"
        "</CompositionPlaylist>\n"
    )


def _packing_list(identity: str, title: str, assets: dict[str, Path]) -> str:
    parts = [
        f"<Asset><Id>urn:uuid:{asset}</Id><Hash>{_hash(path)}</Hash><Size>{path.stat().st_size}</Size>"
        f"<Type>{'text/xml' if path.suffix == '.xml' else 'application/mxf'}</Type>"
        f"<OriginalFileName>{path.name}</OriginalFileName></Asset>\n"
        for asset, path in assets.items()
    ]
    return (
        f'{_XML}<PackingList xmlns="{_PACKING_LIST}"><Id>urn:uuid:{identity}</Id>'
        f"<AnnotationText>{escape(title)}</AnnotationText>{_issue()}<Creator>Reelwatch</Creator>\n"
        f"<AssetList>{''.join(parts)}</AssetList></PackingList>\n"
    )


def _asset_map(assets: dict[str, Path], packing: str) -> str:
    parts = [
        f"<Asset><Id>urn:uuid:{asset}</Id>{'<PackingList>true</PackingList>' if asset == packing else ''}<ChunkList>"
        f"<Chunk><Path>{path.name}</Path><VolumeIndex>1</VolumeIndex><Offset>0</Offset>"
        f"<Length>{path.stat().st_size}</Length></Chunk></ChunkList></Asset>\n"
        for asset, path in assets.items()
    ]
    return (
        f'{_XML}<AssetMap xmlns="{_ASSET_MAP}"><Id>urn:uuid:{uuid.uuid4()}</Id><Creator>Reelwatch</Creator>'
        f"<VolumeCount>1</VolumeCount>{_issue()}\n<AssetList>{''.join(parts)}</AssetList></AssetMap>\n"
    )


def _hash(path: Path) -> str:
    return base64.b64encode(sha1(path)).decode()
