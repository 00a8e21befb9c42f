"""Timecode against values worked out by hand from SMPTE ST 12-1."""

from __future__ import annotations

from fractions import Fraction

import pytest

from media.timecode import frame_of, timecode

NTSC, NTSC2, FILM = Fraction(30000, 1001), Fraction(60000, 1001), Fraction(24000, 1001)


@pytest.mark.parametrize(
    ("frame", "rate", "expected"),
    [
        (0, Fraction(24), "00:00:00:00"),
        (86399, Fraction(24), "00:59:59:23"),
        (86400, Fraction(24), "01:00:00:00"),
        (1799, NTSC, "00:00:59;29"),
        (1800, NTSC, "00:01:00;02"),
        (3598, NTSC, "00:02:00;02"),
        (17981, NTSC, "00:09:59;29"),
        (17982, NTSC, "00:10:00;00"),
        (107892, NTSC, "01:00:00;00"),
        (3600, NTSC2, "00:01:00;04"),
        (35964, NTSC2, "00:10:00;00"),
        (86400, FILM, "01:00:00:00"),
        (1500, Fraction(25), "00:01:00:00"),
        (2159999, Fraction(25), "23:59:59:24"),
        (2160000, Fraction(25), "00:00:00:00"),
        (2589408, NTSC, "00:00:00;00"),
    ],
)
def test_timecode(frame: int, rate: Fraction, expected: str) -> None:
    assert timecode(frame, rate) == expected


def test_drop_frame_can_be_declined_and_is_never_given_to_rates_without_it() -> None:
    assert timecode(1800, NTSC, drop=False) == "00:01:00:00"
    assert timecode(1800, Fraction(24), drop=True) == "00:01:15:00"


@pytest.mark.parametrize("rate", [FILM, Fraction(24), Fraction(25), NTSC, Fraction(48), NTSC2, Fraction(120)])
def test_every_timecode_leads_back_to_its_frame(rate: Fraction) -> None:
    for frame in range(0, 2_000_000, 997):
        assert frame_of(timecode(frame, rate), rate) == frame


@pytest.mark.parametrize(
    "text", ["", "1:2:3:4", "00:60:00:00", "00:00:60:00", "00:00:00:24", "00:00:00", "-0:00:00:00"]
)
def test_what_is_no_timecode_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no timecode"):
        frame_of(text, Fraction(24))


def test_numbers_that_drop_frame_leaves_out_are_refused() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        frame_of("00:01:00;00", NTSC)
    with pytest.raises(ValueError, match="above zero"):
        timecode(0, Fraction(0))
