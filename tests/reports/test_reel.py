"""Reels are frame-exact, told by frames that carry their number; sound goes with the pictures."""

from __future__ import annotations

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from made_up_film import make_analysis

from media.findings import DeliveryError
from media.opening import open_programme
from media.sample import write_dcp, write_mp4
from reports.lettering import lettered, write_below
from reports.reel import Cut, write_reel
from reports.reel_sound import SAMPLE_RATE, sound_of
from reports.summary import key_stretches

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "media"))
from numbered import film, number_of, numbered

RATE = Fraction(24)


def numbers_in(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        return [number_of(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def write_sounding_film(path: Path, frames: int) -> Path:
    """A numbered film whose sound rises 20 Hz with every frame, starting at 300 Hz."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=RATE, options={"crf": "18", "preset": "veryfast", "g": "48"})
        video.width, video.height, video.pix_fmt = 192, 108, "yuv420p"
        audio = container.add_stream("aac", rate=44100, layout="mono")
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(numbered(number), format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, 1 / RATE
            container.mux(video.encode(frame))
        times = np.arange(int(frames / RATE * 44100)) / 44100
        pitch = 300 + 20 * np.floor(times * 24)
        wave = (0.5 * np.sin(2 * np.pi * np.cumsum(pitch) / 44100)).astype(np.float32)
        sound = av.AudioFrame.from_ndarray(wave[None], "fltp", "mono")
        sound.sample_rate, sound.pts, sound.time_base = 44100, 0, Fraction(1, 44100)
        container.mux([*video.encode(None), *audio.encode(sound), *audio.encode(None)])
    return path


def pitch_of(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 15))
    return float(spectrum.argmax() * SAMPLE_RATE / (1 << 15))


@pytest.fixture(scope="module")
def sounding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sounding_film(tmp_path_factory.mktemp("films") / "sounding.mp4", 120)


def test_cuts_of_a_film_and_a_package_play_frame_for_frame(sounding: Path, tmp_path: Path) -> None:
    write_dcp(tmp_path / "dcp", "Package", [film(range(500, 512)), film(range(700, 712))], RATE)
    one, two = open_programme(sounding, check=False), open_programme(tmp_path / "dcp", check=False)
    cuts = [Cut(one, "One", 50, 61), Cut(two, "Two", 9, 15), Cut(one, "One", 119, 120), Cut(one, "One", 3, 4)]
    assert write_reel(tmp_path / "out.mp4", cuts) == 19
    assert numbers_in(tmp_path / "out.mp4") == [*range(50, 61), 509, 510, 511, 700, 701, 702, 119, 3]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dcp", "out.mp4"]


def test_sound_goes_with_the_pictures(sounding: Path, tmp_path: Path) -> None:
    programme = open_programme(sounding, check=False)
    write_reel(tmp_path / "out.mp4", [Cut(programme, "a", 60, 84), Cut(programme, "a", 6, 30)])
    again = open_programme(tmp_path / "out.mp4", check=False)
    sound = sound_of(again, 0, 2 * SAMPLE_RATE)[0]
    for frame, heard in ((4, 64), (12, 72), (20, 80), (28, 10), (36, 18), (44, 26)):
        middle = int((frame + 0.5) / 24 * SAMPLE_RATE)
        assert abs(pitch_of(sound[middle - 900 : middle + 900]) - (300 + 20 * heard)) < 12, frame
    with av.open(str(tmp_path / "out.mp4")) as container:
        audio = container.streams.audio[0]
        assert abs(float(audio.duration * audio.time_base) - 2) < 0.03


def test_other_rates_and_shapes_are_brought_to_those_of_the_first(sounding: Path, tmp_path: Path) -> None:
    write_mp4(tmp_path / "fast.mp4", film(range(96), 96, 96), Fraction(48))
    slow, fast = open_programme(sounding, check=False), open_programme(tmp_path / "fast.mp4", check=False)
    write_reel(tmp_path / "out.mp4", [Cut(slow, "a", 0, 2), Cut(fast, "b", 40, 48)])
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.streams.video[0].average_rate == 24
        shown = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert [each.shape for each in shown] == [(108, 192, 3)] * 6
    assert [number_of(each[:, 42:150]) for each in shown[2:]] == [40, 42, 44, 46]
    assert max(each[:, :38].max() for each in shown[2:]) < 20 < min(each[:, :38].max() for each in shown[:2])


def test_burnt_in_letters_stand_below_and_the_frame_numbers_stay(sounding: Path, tmp_path: Path) -> None:
    programme = open_programme(sounding, check=False)
    write_reel(tmp_path / "out.mp4", [Cut(programme, "Séance", 30, 33)], burn_in=True)
    assert numbers_in(tmp_path / "out.mp4") == [30, 31, 32]
    with av.open(str(tmp_path / "out.mp4")) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="gray")
    drawn = np.zeros((108, 192, 3), np.uint8)
    drawn[:] = (96, 112, 128)
    write_below(drawn, "SEANCE  00:00:01:06")
    line = slice(95, 107)
    assert np.corrcoef(frame[line].ravel(), drawn[line, :, 1].ravel())[0, 1] > 0.9
    plain = numbered(30)
    assert np.abs(frame[:80].astype(int) - plain[:80, :, 1]).mean() < 40


def test_letters() -> None:
    assert ["".join(".#"[int(dot)] for dot in row) for row in lettered("T1")] == [
        ".#####...#..", "...#....##..", "...#.....#..", "...#.....#..", "...#.....#..", "...#.....#..", "...#....###.",
    ]  # fmt: skip
    assert lettered("").shape == (7, 0) and lettered("é").tolist() == lettered("E").tolist()
    small = np.zeros((4, 6, 3), np.uint8)
    write_below(small, "a long title that has no room at all")


def test_a_film_that_has_gone_leaves_nothing_behind(tmp_path: Path) -> None:
    write_mp4(tmp_path / "a.mp4", film(range(8)), RATE)
    programme = open_programme(tmp_path / "a.mp4", check=False)
    (tmp_path / "a.mp4").unlink()
    with pytest.raises((DeliveryError, OSError)):
        write_reel(tmp_path / "out.mp4", [Cut(programme, "a", 0, 4)])
    assert list(tmp_path.iterdir()) == []


def test_a_summary_takes_a_shot_of_each_long_scene_first() -> None:
    analysis = make_analysis(36)
    looks = [np.array([shot.number % 9 == 5, 1], np.float16) for shot in analysis.shots]
    typical = [np.mean([looks[number] for number in range(start, start + 9)], axis=0) for start in (0, 9, 18, 27)]
    shots = tuple(replace(shot, features=look) for shot, look in zip(analysis.shots, looks, strict=True))
    analysis = replace(analysis, shots=shots)
    stretches = key_stretches(analysis, Fraction(12))
    assert sum(end - start for start, end in stretches) <= 12 * 24
    assert stretches == sorted(stretches) and all(0 < end - start <= 72 for start, end in stretches)
    chosen = [next(shot for shot in shots if shot.start <= start and end <= shot.end) for start, end in stretches]
    assert len({(shot.number - 1) // 9 for shot in chosen}) == 4 == len(typical)
    assert not any(shot.number % 9 == 5 for shot in chosen)
    assert sum(end - start for start, end in key_stretches(analysis, Fraction(1, 2))) == 12
