"""Packages play what their playlists say: the frame at each programme index is the right one, by content."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from filming import write_film
from numbered import number_of
from packing import INTEROP, Part, dcp_playlist, imf_playlist, pack, track
from PIL import Image

from media.delivery import identify, kind_of
from media.findings import DeliveryError, MissingFiles
from media.opening import open_programme, open_reader
from media.programme import Programme
from media.sample import TrackFile
from media.timecode import timecode
from media.trackfile import inspect


def check(programme: Programme, expected: list[int]) -> None:
    reader = open_reader(programme)
    assert programme.frames == len(expected)
    assert [number_of(picture) for _, picture in reader.thumbnails()] == expected
    asked = list(range(0, len(expected), 5))
    assert [number_of(picture) for _, picture in reader.pictures(asked, 640)] == [expected[n] for n in asked]
    reader.close()


@pytest.mark.parametrize("namespace", [None, INTEROP], ids=["SMPTE", "Interop"])
def test_reels_play_from_entry_point_for_duration(tmp_path: Path, namespace: str | None) -> None:
    one, two = track(tmp_path, range(12), "one.mxf"), track(tmp_path, range(100, 112), "two.mxf")
    parts = [Part(one.id, "2", "7"), Part(two.id, "5", "6"), Part(one.id, "0", "3")]
    playlist = dcp_playlist(parts, namespace=namespace) if namespace else dcp_playlist(parts)
    pack(tmp_path, playlist, [one, two])
    assert kind_of(tmp_path) == "dcp"
    check(open_programme(tmp_path), [*range(2, 9), *range(105, 111), *range(3)])


@pytest.mark.parametrize("year", ["2013", "2016", "2020"])
def test_segments_resources_and_repeats_play_in_order(tmp_path: Path, year: str) -> None:
    one, two = track(tmp_path, range(12), "one.mxf"), track(tmp_path, range(100, 112), "two.mxf")
    segments = [[Part(one.id, "3", "4", repeat="3"), Part(two.id, "0", "2")], [Part(two.id, "6", "6")]]
    pack(tmp_path, imf_playlist(segments, year), [one, two])
    assert kind_of(tmp_path) == "imf"
    programme = open_programme(tmp_path)
    check(programme, [*range(3, 7)] * 3 + [100, 101, *range(106, 112)])
    assert timecode(programme.start_frame, programme.rate) == "09:59:50:00"


def test_a_resource_with_its_own_edit_rate_keeps_its_speed(tmp_path: Path) -> None:
    one = track(tmp_path, range(12), "one.mxf")
    pack(tmp_path, imf_playlist([[Part(one.id, "0", "12")]], rate="48 1"), [one])
    check(open_programme(tmp_path), [n // 2 for n in range(24)])


def test_the_left_eye_of_a_stereoscopic_reel_plays(tmp_path: Path) -> None:
    """Left and right eyes lie in turn (ST 429-10), so every second picture plays."""
    one = track(tmp_path, range(12), "one.mxf")
    part = Part(one.id, "1", "5", "6", element="MainStereoscopicPicture")
    pack(tmp_path, dcp_playlist([part]), [one])
    check(open_programme(tmp_path), [2, 4, 6, 8, 10])


CODINGS = [
    ("mpeg2video", "yuv420p", (192, 108), {"b": "2M", "g": "12", "bf": "2"}),
    ("prores_ks", "yuv422p10le", (192, 108), {}),
    ("dnxhd", "yuv422p", (1280, 720), {"b": "90M", "profile": "dnxhr_lb"}),
]


@pytest.mark.parametrize(("codec", "layout", "size", "options"), CODINGS, ids=[coding[0] for coding in CODINGS])
@pytest.mark.parametrize("kind", ["dcp", "imf"])
def test_other_codings_play_from_their_entry_point(
    tmp_path: Path, kind: str, codec: str, layout: str, size: tuple[int, int], options: dict[str, str]
) -> None:
    """MPEG-2 as in early Interop packages, ProRes as in RDD 45, DNxHD as broadcasters send it."""
    path = write_film(tmp_path / "one.mxf", codec, 30, Fraction(24), options=options, pixel_format=layout, size=size)
    one = TrackFile(inspect(path).package_id, path, 30, *size)
    part = Part(one.id, "7", "16", "30")
    pack(tmp_path, dcp_playlist([part]) if kind == "dcp" else imf_playlist([[part]]), [one])
    programme = open_programme(tmp_path)
    assert programme.colour == "rec709"
    check(programme, list(range(7, 23)))


def test_an_unknown_coding_is_refused_politely(tmp_path: Path) -> None:
    """As App #5 would be: the picture coding label of the track file is none FFmpeg knows."""
    one = track(tmp_path, range(4))
    data = one.path.read_bytes()
    for known, unknown in (("0401020203", "04010202ee"), ("0d010301020c", "0d01030102ee")):
        data = data.replace(bytes.fromhex(known), bytes.fromhex(unknown))
    one.path.write_bytes(data)
    pack(tmp_path, imf_playlist([[Part(one.id, "0", "4", "4")]]), [one])
    with pytest.raises(DeliveryError, match=r"picture\.mxf are in a coding that cannot be decoded\.$"):
        open_programme(tmp_path)


def test_the_feature_plays_where_there_are_several_playlists(tmp_path: Path) -> None:
    one = track(tmp_path, range(12), "one.mxf")
    pack(tmp_path, dcp_playlist([Part(one.id, "0", "12")], "Trailer", "trailer"), [one])
    feature = dcp_playlist([Part(one.id, "1", "4")], "Feature", "feature")
    (tmp_path / "CPL_feature.xml").write_text(feature)
    programme = open_programme(tmp_path)
    assert (programme.name, programme.frames) == ("Feature", 4)
    assert "unlisted file" in [finding.code for finding in programme.findings]
    trailer = next(tmp_path.glob("CPL_????????-*.xml")).stem[4:]
    assert open_programme(tmp_path, cpl=trailer).name == "Trailer"


def test_an_altered_track_file_is_named(tmp_path: Path) -> None:
    one = track(tmp_path, range(12), "one.mxf")
    pack(tmp_path, dcp_playlist([Part(one.id)]), [one])
    data = bytearray(one.path.read_bytes())
    data[len(data) // 2] ^= 1
    one.path.write_bytes(data)
    with pytest.raises(DeliveryError, match=r"one\.mxf is not the file that was packed"):
        open_programme(tmp_path)
    assert open_programme(tmp_path, check=False).frames == 8


def test_a_short_track_file_is_named(tmp_path: Path) -> None:
    one = track(tmp_path, range(12), "one.mxf")
    pack(tmp_path, dcp_playlist([Part(one.id)]), [one])
    one.path.write_bytes(one.path.read_bytes()[:-1000])
    with pytest.raises(DeliveryError, match=r"one\.mxf has \d+ bytes, but the packing list states \d+\.$"):
        open_programme(tmp_path)


def test_a_track_file_that_ends_early_loses_frames_aloud(tmp_path: Path) -> None:
    """FFmpeg reads a cut MXF to its end without an error."""
    one = track(tmp_path, range(12), "one.mxf")
    pack(tmp_path, dcp_playlist([Part(one.id, "0", "12")]), [one])
    one.path.write_bytes(one.path.read_bytes()[: one.path.stat().st_size * 6 // 10])
    reader = open_reader(open_programme(tmp_path, check=False))
    found = {index: number_of(picture) for index, picture in reader.thumbnails()}
    assert [number_of(picture) for _, picture in reader.pictures([2, 4], 640)] == [2, 4]
    assert 3 < len(found) < 10
    assert all(index == number for index, number in found.items())
    assert [finding.code for finding in reader.findings] == ["lost frames"]


def test_a_missing_track_file_is_waited_for(tmp_path: Path) -> None:
    one = track(tmp_path, range(12), "one.mxf")
    pack(tmp_path, dcp_playlist([Part(one.id)]), [one])
    one.path.unlink()
    with pytest.raises(MissingFiles) as caught:
        open_programme(tmp_path)
    assert caught.value.missing == ("one.mxf",)


def test_a_package_is_the_same_wherever_it_lies(tmp_path: Path) -> None:
    one = track(tmp_path / "here", range(4), "one.mxf")
    pack(tmp_path / "here", dcp_playlist([Part(one.id, "0", "4", "4")]), [one])
    before = identify(tmp_path / "here")
    (tmp_path / "here").rename(tmp_path / "there")
    assert identify(tmp_path / "there") == before


def test_colours_of_a_dcp_agree_with_the_film_it_was_made_from(shared_data: Path) -> None:
    """Codes after the X'Y'Z' transform against the source's; both coded lossily, so a few codes apart."""
    dcp = open_reader(open_programme(shared_data / "packages/dcp/tos_battle_smpte"))
    source = open_reader(open_programme(shared_data / "video/tos_battle.webm"))
    indices = list(range(8, 384, 32))
    shown = [picture for _, picture in dcp.pictures(indices, 640)]
    true = [picture for _, picture in source.pictures([1104 + n for n in indices], 640)]
    dcp.close()
    source.close()
    size = shown[0].shape[1::-1]
    fitted = [np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX), float) for picture in true]
    apart = [a - b for a, b in zip(shown, fitted, strict=True)]
    assert np.mean([np.abs(each).mean() for each in apart]) < 3.5
    assert max(np.abs(each.mean(axis=(0, 1))).max() for each in apart) < 2
