"""The loudness of shots and silences as whole frames; what could not be heard is never called silent."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from catalog.records import Shot, Stretch
from engines.hearing import hear, with_loudness
from media.opening import open_programme
from media.programme import Programme


def film(path: Path, levels: list[float]) -> Programme:
    """A second of 1 kHz for each level in dBFS, under grey at 25 frames a second."""
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("mpeg4", rate=25)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 64, "yuv420p"
        sounds = container.add_stream("pcm_s16le", rate=48_000, layout="stereo")
        for number in range(25 * len(levels)):
            frame = VideoFrame.from_ndarray(np.full((64, 64, 3), 99, np.uint8), format="rgb24")
            frame.pts = number
            container.mux(pictures.encode(frame.reformat(format="yuv420p")))
        container.mux(pictures.encode())
        wave = np.sin(2 * np.pi * 1000 * np.arange(48_000) / 48_000)
        line = np.concatenate([10 ** (level / 20) * wave for level in levels])
        samples = (np.repeat(line, 2) * 32767).astype(np.int16).reshape(1, -1)
        heard = AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
        heard.sample_rate, heard.pts, heard.time_base = 48_000, 0, Fraction(1, 48_000)
        container.mux(sounds.encode(heard))
        container.mux(sounds.encode())
    return open_programme(path)


def test_shots_and_silences(tmp_path: Path) -> None:
    programme, told = film(tmp_path / "tone.mov", [-23, -200, -200, -33]), list[float]()
    heard = hear(programme, told.append)
    assert heard.loudness is not None and heard.loudness.layout == "stereo" and heard.findings == ()
    assert heard.silences == (Stretch("silence", 25, 75),)
    shots = (Shot(1, 0, 25, 12, None, 0.0), Shot(2, 25, 75, 50, "cut", 1.0), Shot(3, 75, 100, 80, "cut", 1.0))
    first, quiet, last = (shot.loudness for shot in with_loudness(shots, programme, heard))
    assert first == pytest.approx(-23, abs=0.2) and last == pytest.approx(-33, abs=0.2)
    assert quiet is not None and -70 <= quiet < -50  # the filter rings on for some milliseconds
    assert told and all(0 <= share <= 1 for share in told)


def test_sound_that_does_not_decode_is_not_called_silence(tmp_path: Path) -> None:
    path = tmp_path / "broken.mov"
    programme = film(path, [-23, -23])
    path.unlink()
    with av.open(str(path), "w", format="mov") as container:
        pictures = container.add_stream("mpeg4", rate=25)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 64, "yuv420p"
        frame = VideoFrame.from_ndarray(np.full((64, 64, 3), 99, np.uint8), format="rgb24")
        container.mux(pictures.encode(frame.reformat(format="yuv420p")))
        container.mux(pictures.encode())
    heard = hear(programme, lambda share: None)
    assert heard.loudness is None and heard.silences == ()
    shot = Shot(1, 0, 50, 12, None, 0.0)
    assert with_loudness([shot], programme, heard) == (shot,)
    path.write_bytes(b"no film any more")
    assert [finding.code for finding in hear(programme, lambda share: None).findings] == ["unmeasured sound"]


def test_sound_that_ends_early_is_said(tmp_path: Path) -> None:
    whole = film(tmp_path / "tone.mov", [-23, -23])
    segment = whole.sound[0]
    longer = Programme(
        **{**vars(whole), "frames": 100, "sound": (type(segment)(**{**vars(segment), "duration": Fraction(4)}),)}
    )
    heard = hear(longer, lambda share: None)
    assert [finding.message for finding in heard.findings] == [
        "2.0 of 4.0 seconds of sound are there; the rest counts as silence."
    ]
    assert heard.silences == (Stretch("silence", 50, 100),)
