"""Loudness as EBU Tech 3341 and 3342 want it, FFmpeg's ebur128 as a second opinion, and whole programmes' sound."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.filter import Graph
from av.video.frame import VideoFrame
from packing import Part, dcp_playlist, imf_playlist, pack, track

from media.loudness import SAMPLE_RATE, LoudnessMeter, Samples
from media.opening import open_programme
from media.sample import TrackFile
from media.sound import SoundReader, soundtrack

STEREO = (1.0, 1.0)
SURROUND = (1.0, 1.0, 1.0, 0.0, 1.41, 1.41)


def tone(*parts: tuple[float, float], frequency: float = 1000, channels: int = 2) -> Samples:
    """A sine of (dBFS, seconds) after one another, the same in all channels."""
    lines = []
    for level, seconds in parts:
        times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
        lines.append(10 ** (level / 20) * np.sin(2 * np.pi * frequency * times))
    return np.repeat(np.concatenate(lines).astype(np.float32)[:, None], channels, axis=1)


def meter(samples: Samples, weights: Sequence[float] = STEREO, step: int = 33_333) -> LoudnessMeter:
    measured = LoudnessMeter(weights)
    for start in range(0, len(samples), step):
        measured.push(samples[start : start + step])
    measured.finish()
    return measured


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (((-23, 20),), -23),
        (((-33, 20),), -33),
        (((-36, 10), (-23, 60), (-36, 10)), -23),
        (((-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)), -23),
        (((-26, 20), (-20, 20.1), (-26, 20)), -23),
    ],
    ids=["case 1", "case 2", "case 3", "case 4", "case 5"],
)
def test_integrated_loudness(parts: tuple[tuple[float, float], ...], expected: float) -> None:
    """EBU Tech 3341 table 1, cases 1 to 5: within 0.1 LU."""
    assert meter(tone(*parts)).integrated() == pytest.approx(expected, abs=0.1)


def test_surrounds_count_more_and_the_low_frequency_channel_not_at_all() -> None:
    """EBU Tech 3341 case 6: L R -28, C -24, Ls Rs -30 dBFS are -23 LUFS."""
    levels = (-28, -28, -24, 0, -30, -30)
    samples = np.concatenate([tone((level, 20), channels=1) for level in levels], axis=1)
    assert meter(samples, SURROUND).integrated() == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(
    ("levels", "expected"), [((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20), ((-50, -35, -20, -35, -50), 15)]
)
def test_loudness_range(levels: tuple[float, ...], expected: float) -> None:
    """EBU Tech 3342 table 1, cases 1 to 4: within 1 LU."""
    assert meter(tone(*((level, 20) for level in levels))).range() == pytest.approx(expected, abs=1)


@pytest.mark.parametrize(
    ("divisor", "degrees", "amplitude", "expected"),
    [(4, 0, 0.5, -6), (4, 45, 0.5, -6), (6, 60, 0.5, -6), (8, 67.5, 0.5, -6), (4, 45, 1.41, 3)],
    ids=["case 15", "case 16", "case 17", "case 18", "case 19"],
)
def test_true_peak(divisor: int, degrees: float, amplitude: float, expected: float) -> None:
    """EBU Tech 3341 table 1, cases 15 to 19: within +0.2 and -0.4 dB."""
    times = np.arange(2 * SAMPLE_RATE)
    edges = np.minimum(1, np.minimum(times, times[::-1]) / 4800)
    line = amplitude * edges * np.sin(2 * np.pi * times / divisor + np.radians(degrees))
    peak = meter(line.astype(np.float32)[:, None], (1.0,)).true_peak()
    assert peak is not None and expected - 0.4 <= peak <= expected + 0.2


def test_true_peaks_between_samples_are_found_wherever_they_lie() -> None:
    """Where blocks and runs meet, and under louder samples elsewhere."""
    for place in (4799, 4800, 4859, 9000):
        samples = np.zeros((14_400, 1), np.float32)
        samples[place : place + 2] = 0.5  # a sinc through two equal samples rises to 2/pi * 2 * 0.5 between them
        samples[100] = 0.55
        assert meter(samples, (1.0,)).true_peak() == pytest.approx(20 * np.log10(2 / np.pi), abs=0.3)


def test_how_samples_arrive_makes_no_difference() -> None:
    samples = np.random.default_rng(4).normal(0, 0.1, (60_123, 2)).astype(np.float32)
    whole, pieces = meter(samples, step=60_123), meter(samples, step=977)
    assert whole.integrated() == pytest.approx(pieces.integrated(), abs=1e-9)
    assert whole.true_peak() == pieces.true_peak()
    assert whole.between(0.3, 1.2) == pytest.approx(pieces.between(0.3, 1.2), abs=1e-9)


def test_ffmpeg_measures_the_same() -> None:
    samples = (programme_like(25) * np.array([1, 0.8, 1.2, 0.5, 0.7, 0.6])).astype(np.float32)
    ours = meter(samples, SURROUND)
    theirs = ebur128(samples, "5.1")
    assert ours.integrated() == pytest.approx(theirs["I"], abs=0.05)
    assert ours.range() == pytest.approx(theirs["LRA"], abs=0.15)
    assert ours.true_peak() == pytest.approx(20 * np.log10(theirs["true_peak"]), abs=0.2)


def programme_like(seconds: int) -> Samples:
    """Noise of six channels whose level wanders over 30 dB."""
    dice = np.random.default_rng(7)
    levels = np.interp(
        np.arange(seconds * SAMPLE_RATE) / SAMPLE_RATE, range(seconds + 1), dice.uniform(-45, -15, seconds + 1)
    )
    return (dice.uniform(-1, 1, (seconds * SAMPLE_RATE, 6)) * 10 ** (levels / 20)[:, None]).astype(np.float32)


def ebur128(samples: Samples, layout: str) -> dict[str, float]:
    graph = Graph()
    source = graph.add_abuffer(
        format="fltp", sample_rate=SAMPLE_RATE, layout=layout, time_base=Fraction(1, SAMPLE_RATE)
    )
    measuring, sink = graph.add("ebur128", "metadata=1:peak=true"), graph.add("abuffersink")
    source.link_to(measuring)
    measuring.link_to(sink)
    graph.configure()
    said: dict[str, float] = {}
    for start in range(0, len(samples), 4800):
        part = np.ascontiguousarray(samples[start : start + 4800].T)
        frame = AudioFrame.from_ndarray(part, format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
        graph.push(frame)
        out = graph.pull()
        for key, value in out.metadata.items():
            name = key.removeprefix("lavfi.r128.")
            if name in ("I", "LRA", "true_peak"):
                said[name] = float(value)
            elif name.startswith("true_peaks_ch"):
                said["true_peak"] = max(said.get("true_peak", 0.0), float(value))
    return said


def test_silence_and_the_loudness_of_a_stretch() -> None:
    measured = meter(tone((-23, 2), (-200, 1.5), (-62, 0.5), (-33, 2), (-200, 0.6)))
    assert measured.silences() == [(2.0, 4.0)]
    assert measured.between(0.5, 1.5) == pytest.approx(-23, abs=0.1)
    assert measured.between(4.5, 5.5) == pytest.approx(-33, abs=0.1)
    assert measured.between(2.5, 3.4) == -70
    assert measured.between(7, 8) is None


def test_nothing_above_the_gate_has_no_loudness() -> None:
    measured = meter(np.zeros((SAMPLE_RATE * 4, 2), np.float32))
    assert measured.integrated() is None and measured.range() is None and measured.true_peak() is None
    assert meter(np.full((SAMPLE_RATE, 2), np.nan, np.float32)).integrated() is None


def write_sound(path: Path, samples: Samples) -> TrackFile:
    """A sound track file of 24 bits. FFmpeg's MXF muxer wants pictures first, so it is QuickTime, which opens alike."""
    with av.open(str(path), "w", format="mov") as container:
        stream = container.add_stream("pcm_s24le", rate=SAMPLE_RATE, layout="stereo")
        whole = (samples.astype(np.float64) * (2**31 - 1)).astype(np.int32).reshape(1, -1)
        frame = AudioFrame.from_ndarray(whole, format="s32", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, 0, Fraction(1, SAMPLE_RATE)
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return TrackFile(str(uuid.uuid4()), path, len(samples) // 2000, 0, 0)


def main_sound(asset: str, intrinsic: int, entry: int) -> str:
    return (
        f"<MainSound><Id>urn:uuid:{asset}</Id><EditRate>24 1</EditRate><IntrinsicDuration>{intrinsic}"
        f"</IntrinsicDuration><EntryPoint>{entry}</EntryPoint><Duration>8</Duration></MainSound>"
    )


def stairs(seconds: float) -> Samples:
    """A ramp by which each sample of a track tells where it lies: its value is its time, a tenth at a second."""
    line = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE / 10
    return np.repeat(line.astype(np.float32)[:, None], 2, axis=1)


def played(path: Path) -> Samples:
    return np.concatenate(list(SoundReader(open_programme(path), 2).blocks()))


def at(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)


def test_reels_play_their_sound_from_its_entry_on_and_a_mute_reel_is_silent(tmp_path: Path) -> None:
    picture, recording = track(tmp_path, range(12)), write_sound(tmp_path / "sound.mxf", stairs(1))
    playlist = dcp_playlist([Part(picture.id)] * 3)
    reels = playlist.split("</AssetList>")
    reels[0] += main_sound(recording.id, 24, 0)
    reels[2] += main_sound(recording.id, 24, 12)
    pack(tmp_path, "</AssetList>".join(reels), [picture, recording])
    samples = played(tmp_path)
    assert len(samples) == SAMPLE_RATE
    third = at(8 / 24)
    assert samples[:third] == pytest.approx(stairs(1)[:third], abs=1e-6)
    assert not samples[third : 2 * third].any()
    assert samples[2 * third :] == pytest.approx(stairs(1)[at(0.5) : at(0.5) + third], abs=1e-6)


def test_imf_repeats_play_and_only_the_first_sound_track_is_heard(tmp_path: Path) -> None:
    picture = track(tmp_path, range(12))
    recording, other = write_sound(tmp_path / "a.mxf", stairs(1)), write_sound(tmp_path / "b.mxf", -stairs(1))
    playlist = imf_playlist([[Part(picture.id, repeat="2")]])
    sequence = (
        "<cc:MainAudioSequence><TrackId>urn:uuid:{0}</TrackId><ResourceList><Resource><Id>urn:uuid:{0}</Id>"
        "<EditRate>48000 1</EditRate><IntrinsicDuration>48000</IntrinsicDuration><EntryPoint>4800</EntryPoint>"
        "<SourceDuration>16000</SourceDuration><RepeatCount>2</RepeatCount><TrackFileId>urn:uuid:{1}</TrackFileId>"
        "</Resource></ResourceList></cc:MainAudioSequence>"
    )
    both = sequence.format(uuid.uuid4(), recording.id) + sequence.format(uuid.uuid4(), other.id)
    pack(tmp_path, playlist.replace("</SequenceList>", both + "</SequenceList>"), [picture, recording, other])
    once = stairs(1)[4800:20_800]
    assert played(tmp_path) == pytest.approx(np.concatenate([once, once]), abs=1e-6)


def test_an_entry_far_into_a_file_is_found(tmp_path: Path) -> None:
    picture, recording = track(tmp_path, range(12)), write_sound(tmp_path / "sound.mxf", stairs(9))
    heard = f"{main_sound(recording.id, 216, 190)}</AssetList>"
    pack(tmp_path, dcp_playlist([Part(picture.id)]).replace("</AssetList>", heard), [picture, recording])
    start = at(190 / 24)
    assert played(tmp_path) == pytest.approx(stairs(9)[start : start + 16_000], abs=1e-6)


def test_sound_that_is_not_here_is_said_and_not_measured(tmp_path: Path) -> None:
    picture = track(tmp_path, range(12))
    heard = f"{main_sound(str(uuid.uuid4()), 8, 0)}</AssetList>"
    pack(tmp_path, dcp_playlist([Part(picture.id)]).replace("</AssetList>", heard), [picture])
    programme = open_programme(tmp_path, check=False)
    assert programme.sound == () and soundtrack(programme) is None
    assert "Loudness is not measured: the sound file of reel 1 is not here." in [f.message for f in programme.findings]


def film(path: Path, recordings: Sequence[Samples], delay: float = 0, rate: int = SAMPLE_RATE) -> Path:
    """Two seconds of grey at 25 frames a second, with streams of sound that start `delay` seconds late."""
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("mpeg4", rate=25)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 64, "yuv420p"
        sounds = [
            container.add_stream("pcm_s16le", rate=rate, layout="mono" if each.shape[1] == 1 else "stereo")
            for each in recordings
        ]
        for number in range(50):
            frame = VideoFrame.from_ndarray(np.full((64, 64, 3), 99, np.uint8), format="rgb24")
            frame.pts = number
            container.mux(pictures.encode(frame.reformat(format="yuv420p")))
        container.mux(pictures.encode())
        for stream, each in zip(sounds, recordings, strict=True):
            whole = (each * 32767).astype(np.int16).reshape(1, -1)
            heard = AudioFrame.from_ndarray(whole, format="s16", layout=stream.layout.name)
            heard.sample_rate, heard.pts, heard.time_base = rate, round(delay * rate), Fraction(1, rate)
            container.mux(stream.encode(heard))
            container.mux(stream.encode())
    return path


@pytest.mark.parametrize("suffix", [".mov", ".mkv"])
def test_late_sound_is_laid_where_it_plays_and_the_rest_is_silent(tmp_path: Path, suffix: str) -> None:
    samples = played(film(tmp_path / f"late{suffix}", [tone((-6, 1))], delay=0.5))
    loud = np.flatnonzero(np.abs(samples[:, 0]) > 0.1)
    assert len(samples) == 2 * SAMPLE_RATE
    assert loud[0] == pytest.approx(at(0.5), abs=100) and loud[-1] == pytest.approx(at(1.5), abs=100)


def test_mono_streams_are_heard_together(tmp_path: Path) -> None:
    two = film(tmp_path / "two.mov", [tone((-23, 2), channels=1), tone((-23, 2), channels=1)])
    one = film(tmp_path / "one.mov", [tone((-23, 2), channels=1)])
    assert [integrated(two), integrated(one)] == [pytest.approx(-23, abs=0.1), pytest.approx(-26, abs=0.1)]
    described = soundtrack(open_programme(two))
    assert described is not None and described.layout == "2 mono streams as L R"


def integrated(path: Path) -> float | None:
    programme = open_programme(path)
    described = soundtrack(programme)
    assert described is not None
    samples = np.concatenate(list(SoundReader(programme, len(described.weights)).blocks()))
    return meter(samples, described.weights).integrated()


def test_other_sample_rates_are_heard_as_loud(tmp_path: Path) -> None:
    times = np.arange(88_200) / 44_100
    line = (10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * times)).astype(np.float32)
    path = film(tmp_path / "cd.mov", [np.stack([line, line], axis=1)], rate=44_100)
    assert integrated(path) == pytest.approx(-23, abs=0.1)


def test_a_silent_film_has_no_soundtrack(tmp_path: Path) -> None:
    assert soundtrack(open_programme(film(tmp_path / "silent.mov", []))) is None


def test_the_shared_packages_and_films_are_heard(shared_data: Path) -> None:
    dcp = open_programme(shared_data / "packages/dcp/tos_battle_smpte", check=False)
    laid = [(float(each.start), float(each.entry), float(each.duration)) for each in dcp.sound]
    assert laid == [(0, 0, 8), (8, 0.5, 8)]
    assert integrated(shared_data / "video/titanic.mp4") == pytest.approx(-26.35, abs=0.1)
