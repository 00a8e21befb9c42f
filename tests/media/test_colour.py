"""Colours as displayed: anchor values of the standards, and known patches through real encodings."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from packing import Part, imf_playlist, pack

from media import colour
from media.opening import open_programme, open_reader
from media.programme import Picture
from media.sample import TrackFile
from media.trackfile import inspect

PATCHES = [(0, 0, 0), (255, 255, 255), (128, 128, 128), (200, 40, 40), (40, 180, 40), (40, 40, 200), (220, 180, 150)]
SPACES = {"BT.709": (1, "ITU709"), "BT.601": (6, "ITU601")}
RANGES = {"limited": (1, "MPEG"), "full": (2, "JPEG")}


def patches() -> Picture:
    row = np.repeat(np.array([PATCHES], np.uint8), 32, axis=1)
    return np.repeat(row, 64, axis=0)


def film(path: Path, space: str | None, span: str, size: tuple[int, int] = (224, 64)) -> Path:
    """Ten frames of the patches, coded almost losslessly and tagged, or not tagged at all."""
    tag, matrix = SPACES[space or ("BT.709" if size[0] >= 1280 else "BT.601")]
    code, name = RANGES[span]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(25), options={"crf": "4"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv444p"
        context = stream.codec_context
        if space:
            context.colorspace = context.color_primaries = context.color_trc = tag
        context.color_range = code
        for n in range(10):
            frame = VideoFrame.from_ndarray(patches(), format="rgb24")
            frame = frame.reformat(*size, "yuv444p", dst_colorspace=matrix, dst_color_range=name, interpolation="POINT")
            frame.pts, frame.time_base = n, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def shown(path: Path) -> np.ndarray:
    """RGB at the patches' centres."""
    reader = open_reader(open_programme(path))
    (_, picture), *_ = reader.pictures([5], 640)
    reader.close()
    height, width = picture.shape[:2]
    step = width // len(PATCHES)
    return picture[height // 2, step // 2 :: step].astype(int)


@pytest.mark.parametrize("span", RANGES)
@pytest.mark.parametrize("space", SPACES)
def test_matrix_and_range_are_undone(tmp_path: Path, space: str, span: str) -> None:
    assert np.abs(shown(film(tmp_path / "patches.mp4", space, span)) - PATCHES).max() <= 4


@pytest.mark.parametrize("size", [(224, 64), (1344, 384)], ids=["SD is 601", "HD is 709"])
def test_an_untagged_film_follows_its_size(tmp_path: Path, size: tuple[int, int]) -> None:
    assert np.abs(shown(film(tmp_path / "patches.mp4", None, "limited", size)) - PATCHES).max() <= 4


def test_dci_white_and_grey() -> None:
    """D65 white at 48 cd/m2: 4095 (48 XYZ / 52.37)^(1/2.6) with XYZ 0.9505, 1, 1.0891 (ST 428-1 clause 4)."""
    codes = colour.to_dci(np.array([[[255, 255, 255], [128, 128, 128], [0, 0, 0]]], np.uint8))
    assert np.abs(codes[0, 0].astype(int) - [3883, 3960, 4092]).max() <= 1
    assert (colour.apply(codes, "dci-xyz")[0].astype(int) - [[255] * 3, [128] * 3, [0] * 3]).tolist() == [[0] * 3] * 3


def test_every_displayable_colour_survives_dci() -> None:
    steps = np.arange(0, 256, 15, dtype=np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    back = colour.apply(colour.to_dci(cube), "dci-xyz")
    apart = np.abs(back.astype(int) - cube)
    assert apart[cube >= 45].max() <= 1
    assert apart.mean() < 0.2, "only near-black components beside bright ones are coarse in 12 bits"


def test_pq_meets_its_anchors() -> None:
    """ST 2084 and BT.2408: 100 cd/m2 at 50.8 %, 203 at 58.1 %, 1000 at 75.2 %, 10000 at 100 %."""
    light = np.array([100.0, 203.0, 1000.0, 10000.0])
    assert np.abs(colour.pq_code(light) - [0.508, 0.581, 0.752, 1.0]).max() < 0.001
    assert np.allclose(colour.pq_light(colour.pq_code(light)), light)


def test_hlg_meets_its_anchors() -> None:
    """BT.2408 table 1: reference white, HLG 75 %, is 203 cd/m2 on a 1000 cd/m2 display."""
    assert np.abs(colour.hlg_light(np.array([0.0, 0.75, 1.0])) - [0, 203, 1000]).max() < 1.5


def test_tone_mapping_keeps_shadows_and_order() -> None:
    light = np.array([0.0, 1.0, 20.0, 80.0, 203.0, 500.0, 1000.0, 10000.0])
    mapped = colour.tone_mapped(light)
    assert np.allclose(mapped[:4] * 203, light[:4], atol=0.5)
    assert (np.diff(mapped[:7]) > 0).all()
    assert mapped[-1] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("name", ["hlg10-color-test.mp4", "hdr10-video-with-sdr-container.mp4"])
def test_hdr_films_use_the_whole_range(shared_data: Path, name: str) -> None:
    programme = open_programme(shared_data / "odd" / name)
    assert programme.colour == ("hlg" if name.startswith("hlg") else "pq")
    reader = open_reader(programme)
    (_, picture), *_ = reader.pictures([4], 640)
    reader.close()
    low, middle, high = np.percentile(picture, [1, 50, 99])
    assert low < 60
    assert 60 < middle < 220
    assert high > 200


def test_limited_rgb_of_an_imf_is_stretched(tmp_path: Path) -> None:
    """Black at 256 and white at 3760 of 12 bits, as only the playlist's essence descriptor says."""
    path = tmp_path / "picture.mxf"
    codes = np.round(256 + patches().astype(float) * (3760 - 256) / 255).astype(np.uint16)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("jpeg2000", rate=Fraction(24), options={"format": "j2k"})
        stream.width, stream.height, stream.pix_fmt = 224, 64, "gbrp12le"
        for n in range(6):
            frame = VideoFrame(224, 64, "gbrp12le")
            for plane, component in zip(frame.planes, (1, 2, 0), strict=True):
                rows = np.zeros((64, plane.line_size // 2), np.uint16)
                rows[:, :224] = codes[:, :, component]
                plane.update(rows.tobytes())
            frame.pts, frame.time_base = n, Fraction(1, 24)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    track = TrackFile(inspect(path).package_id, path, 6, 224, 64)
    encoding = "urn:uuid:0b5c2c4e-6f9b-4f39-8a53-0f6c5d1f4b11"
    descriptor = (
        f"<EssenceDescriptorList><EssenceDescriptor><Id>{encoding}</Id><RGBADescriptor>"
        "<ComponentMinRef>256</ComponentMinRef><ComponentMaxRef>3760</ComponentMaxRef></RGBADescriptor>"
        "</EssenceDescriptor></EssenceDescriptorList><CompositionTimecode>"
    )
    playlist = imf_playlist([[Part(track.id, "0", "6", "6")]])
    playlist = playlist.replace("<CompositionTimecode>", descriptor)
    pack(
        tmp_path,
        playlist.replace("<TrackFileId>", f"<SourceEncoding>{encoding}</SourceEncoding><TrackFileId>"),
        [track],
    )
    assert open_programme(tmp_path).colour == "rec709 limited"
    assert np.abs(shown(tmp_path) - PATCHES).max() <= 3
