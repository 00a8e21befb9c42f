"""Films of many codecs and containers: the picture at index i is frame i, read from its content."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from filming import write_film
from numbered import film, number_of

from media.findings import DeliveryError
from media.opening import open_programme, open_reader
from media.programme import Programme
from media.sample import write_mp4
from media.timecode import timecode


def played(programme: Programme) -> list[int]:
    reader = open_reader(programme)
    found = [(index, number_of(picture)) for index, picture in reader.thumbnails()]
    assert [index for index, _ in found] == list(range(programme.frames))
    reader.close()
    return [number for _, number in found]


def pictured(programme: Programme, asked: list[int]) -> list[int]:
    reader = open_reader(programme)
    found = list(reader.pictures(asked, 640))
    assert [index for index, _ in found] == asked
    reader.close()
    return [number_of(picture) for _, picture in found]


@dataclass(frozen=True)
class Make:
    name: str
    codec: str
    options: dict[str, str] = field(default_factory=dict)
    rate: str = "25"
    pixel_format: str = "yuv420p"
    height: int = 108


MAKES = [
    Make("h264_b_frames.mp4", "libx264", {"bf": "3", "g": "24", "b_strategy": "0"}, "24000/1001"),
    Make("h264_open_gop.mkv", "libx264", {"bf": "3", "g": "20", "x264-params": "open-gop=1:scenecut=0"}, "24"),
    Make("h264.ts", "libx264", {"bf": "2", "g": "30"}),
    Make("h264_one_key_frame.mov", "libx264", {"bf": "2", "g": "1000"}, "30000/1001"),
    Make("hevc.mp4", "libx265", {"x265-params": "log-level=none:keyint=30:bframes=4:pools=1"}, "50"),
    Make("vp8.webm", "libvpx", {"g": "40", "threads": "1"}, "24"),
    Make("vp9.webm", "libvpx-vp9", {"auto-alt-ref": "1", "lag-in-frames": "12", "g": "40", "cpu-used": "8"}, "30"),
    Make("av1.mkv", "libsvtav1", {"preset": "8", "g": "40", "svtav1-params": "lp=1"}, "24", height=112),
    Make("prores.mov", "prores_ks", {"profile": "0"}, "24", "yuv422p10le"),
    Make("mpeg2.ts", "mpeg2video", {"g": "12", "bf": "2", "b": "3M"}),
    Make("mpeg2.mxf", "mpeg2video", {"g": "12", "bf": "2", "b": "3M"}),
    Make("mpeg2.mpg", "mpeg2video", {"g": "12", "bf": "2", "b": "3M"}),
    Make("mpeg4.avi", "mpeg4", {"g": "12", "bf": "2", "b": "2M"}),
    Make("mjpeg.avi", "mjpeg", {"q": "3"}, "30", "yuvj420p"),
    Make("ffv1.mkv", "ffv1", {"g": "1"}, "24"),
]


@pytest.mark.parametrize("make", MAKES, ids=lambda make: make.name)
def test_the_picture_at_an_index_is_that_frame(tmp_path: Path, make: Make) -> None:
    count = 130
    path = write_film(
        tmp_path / make.name,
        make.codec,
        count,
        Fraction(make.rate),
        options=make.options,
        pixel_format=make.pixel_format,
        size=(192, make.height),
    )
    programme = open_programme(path)
    assert (programme.frames, programme.rate) == (count, Fraction(make.rate))
    assert played(programme) == list(range(count))
    for seed in range(4):
        asked = sorted(random.Random(seed).sample(range(count), 5))
        assert pictured(programme, asked) == asked
    assert pictured(programme, [count - 1]) == [count - 1]


def test_a_variable_rate_is_laid_onto_a_grid(tmp_path: Path) -> None:
    times = [Fraction(n, 25) for n in range(20)] + [Fraction(20, 25) + Fraction(n, 5) for n in range(10)]
    path = write_film(tmp_path / "phone.mp4", "libx264", 30, times=times, options={"bf": "0"})
    programme = open_programme(path)
    assert programme.rate == 25
    assert "variable rate" in [finding.code for finding in programme.findings]
    shown = [sum(1 for time in times if time <= Fraction(n, 25)) - 1 for n in range(20 + 9 * 5 + 1)]
    assert played(programme) == shown
    assert pictured(programme, [3, 19, 26, 60]) == [shown[n] for n in (3, 19, 26, 60)]


def test_a_delayed_start_does_not_shift_the_frames(tmp_path: Path) -> None:
    times = [Fraction(3) + Fraction(n, 25) for n in range(40)]
    programme = open_programme(write_film(tmp_path / "late.mkv", "libx264", 40, times=times))
    assert (programme.frames, programme.rate) == (40, 25)
    assert played(programme) == list(range(40))
    assert pictured(programme, [0, 25]) == [0, 25]


def test_a_hidden_vp8_frame_is_not_counted(tmp_path: Path) -> None:
    """Alternate references have packets of their own, never shown (RFC 6386 clause 9.1: the show_frame bit)."""
    path = write_film(tmp_path / "film.webm", "libvpx", 30, options={"g": "5", "threads": "1"})
    with av.open(str(path)) as container:
        hidden = [bytes(packet) for packet in container.demux(video=0) if packet.size][12]
    data = path.read_bytes()
    assert data.count(hidden) == 1
    path.write_bytes(data.replace(hidden, bytes([hidden[0] & 0xEF]) + hidden[1:]))
    programme = open_programme(path)
    reader = open_reader(programme)
    shown = [number_of(picture) for _, picture in reader.thumbnails()]
    reader.close()
    assert shown == [11 if n == 12 else n for n in range(30)], "frame 11 stands until the next one is due"
    assert reader.findings == ()


def test_joined_streams_of_two_sizes_play_one_after_the_other(tmp_path: Path) -> None:
    """Two transport streams in one file: timestamps start anew and the picture changes its size.

    FFmpeg's MPEG-2 decoder drops the picture it holds back when the size changes; that is told.
    """
    for name, size in (("a.ts", (192, 108)), ("b.ts", (320, 180))):
        write_film(tmp_path / name, "mpeg2video", 40, options={"g": "10", "bf": "0", "b": "2M"}, size=size)
    joined = tmp_path / "joined.ts"
    joined.write_bytes((tmp_path / "a.ts").read_bytes() + (tmp_path / "b.ts").read_bytes())
    programme = open_programme(joined)
    assert (programme.frames, programme.rate) == (80, 25)
    reader = open_reader(programme)
    shown = [number_of(picture) for _, picture in reader.thumbnails()]
    assert shown == [*range(39), *range(40)]
    assert reader.findings[0].message.startswith("1 of 80 frames could not be decoded")
    assert [number_of(picture) for _, picture in reader.pictures([5, 50], 640)] == [5, 11]
    reader.close()


def test_a_stored_rotation_is_undone(tmp_path: Path) -> None:
    """The track matrix of ISO/IEC 14496-12 clause 6.2.2 with a=0 b=1 c=-1 d=0: x'=-y, y'=x, a quarter clockwise."""
    clockwise = [0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30]
    path = write_film(tmp_path / "phone.mov", "libx264", 5, options={"bf": "0"}, matrix=clockwise)
    programme = open_programme(path)
    assert (programme.width, programme.height) == (108, 192)
    reader = open_reader(programme)
    (_, picture), *_ = reader.pictures([3], 640)
    assert picture.shape == (192, 108, 3)
    assert number_of(np.rot90(picture, 1)) == 3
    thumbnail = dict(reader.thumbnails())[3]
    assert thumbnail.shape == (72, 128, 3)
    assert number_of(np.rot90(thumbnail, 1)) == 3
    reader.close()


def test_the_start_timecode_of_a_film_is_kept(tmp_path: Path) -> None:
    path = write_film(tmp_path / "reel.mov", "libx264", 5, metadata={"timecode": "10:00:00:12"})
    programme = open_programme(path)
    assert timecode(programme.start_frame, programme.rate, programme.drop_frame) == "10:00:00:12"


def test_frames_that_are_lost_are_named(tmp_path: Path) -> None:
    path = tmp_path / "cut.mov"
    write_film(path, "mjpeg", 100, pixel_format="yuvj420p", options={"q": "3"})
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    programme = open_programme(path)
    reader = open_reader(programme)
    found = {index: number_of(picture) for index, picture in reader.thumbnails()}
    reader.close()
    assert 40 < len(found) < 80
    assert all(index == number for index, number in found.items())
    assert [finding.code for finding in programme.findings] == ["short file"]
    assert [finding.code for finding in reader.findings] == ["lost frames"]


@pytest.mark.parametrize(("name", "codec"), [("film.mkv", "libx264"), ("film.webm", "libvpx")])
def test_a_cut_matroska_film_says_how_many_frames_it_lacks(tmp_path: Path, name: str, codec: str) -> None:
    path = write_film(tmp_path / name, codec, 100, options={"b": "1M", "g": "10"})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    programme = open_programme(path)
    lost = {finding.code: finding for finding in programme.findings}["lost frames"]
    assert (int(lost.expected), int(lost.found)) == (100, programme.frames)
    assert lost.message == f"About {100 - programme.frames} of 100 frames are missing at its end."
    assert 20 < programme.frames < 80


@pytest.mark.parametrize("name", ["film.mkv", "film.avi", "film.mxf", "film.mov"])
def test_a_cut_film_says_so(tmp_path: Path, name: str) -> None:
    codec = {"film.mxf": "mpeg2video", "film.avi": "mpeg4"}.get(name, "libx264")
    path = write_film(tmp_path / name, codec, 100, options={"b": "1M", "g": "10"})
    assert open_programme(path).findings == ()
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    programme = open_programme(path)
    assert programme.findings[0].code == "short file"
    reader = open_reader(programme)
    decoded = [(index, number_of(picture)) for index, picture in reader.thumbnails()]
    asked = [3, 20, 27]
    assert [(index, number_of(picture)) for index, picture in reader.pictures(asked, 640)] == [(n, n) for n in asked]
    reader.close()
    assert 30 < len(decoded) < 90
    assert sum(index == number for index, number in decoded) >= len(decoded) - 2


def test_a_film_without_its_index_says_what_is_missing(tmp_path: Path) -> None:
    """An MP4 written as cameras do has its index at the end."""
    path = tmp_path / "camera.mp4"
    write_mp4(path, film(range(50)), Fraction(25))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DeliveryError, match=r"^camera\.mp4 was cut short: \d+ bytes .*index \(moov\).*\.$"):
        open_programme(path)


@pytest.mark.parametrize("name", ["text.mp4", "playlist.mp4", "empty.mov"])
def test_what_is_no_film_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    write_film(tmp_path / "neighbour.mp4", "libx264", 5)
    texts = {"text.mp4": "hello\n" * 500, "playlist.mp4": "ffconcat version 1.0\nfile neighbour.mp4\n", "empty.mov": ""}
    (tmp_path / name).write_text(texts[name])
    with pytest.raises(DeliveryError, match=rf"{name} is .*\.$"):
        open_programme(tmp_path / name)


def test_a_film_without_pictures_is_refused(shared_data: Path) -> None:
    with pytest.raises(DeliveryError, match=r"holds no pictures, only sound\.$"):
        open_programme(shared_data / "bad" / "2c3a8e23b73e.mp4")


def test_an_interlaced_picture_shows_one_field(shared_data: Path) -> None:
    """Combing: rows that differ from both neighbours in the same direction."""
    programme = open_programme(shared_data / "odd" / "xdcam-ex-1080i50.mov")
    assert "interlaced picture" in [finding.code for finding in programme.findings]
    reader = open_reader(programme)
    (_, picture), *_ = reader.pictures([12], 1920)
    reader.close()
    rows = picture.astype(int)
    even, odd = rows[2:-2:2], rows[1:-3:2]
    assert np.abs(even - odd).mean() < 3
