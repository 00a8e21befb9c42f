"""SMPTE timecode of a frame index at a rational rate (SMPTE ST 12-1)."""

from __future__ import annotations

import re
from fractions import Fraction

_TIMECODE = re.compile(r"^(\d\d):(\d\d):(\d\d)([:;.])(\d\d+)$")


def counting_base(rate: Fraction) -> int:
    """Frames a timecode second counts: 24 for 23.976, 30 for 29.97 and 30, 60 for 59.94."""
    if rate <= 0:
        raise ValueError(f"A frame rate must be above zero, not {rate}.")
    return max(1, round(rate))


def has_drop_frame(rate: Fraction) -> bool:
    """True for 29.97 and 59.94 (ST 12-1 defines drop frame for these); 23.976 has none."""
    return rate in (Fraction(30000, 1001), Fraction(60000, 1001))


def timecode(frame: int, rate: Fraction, drop: bool | None = None) -> str:
    """HH:MM:SS:FF of a frame counted from midnight; HH:MM:SS;FF where frame numbers are dropped.

    drop: None takes drop frame where the rate has one. Wraps at 24 hours.
    """
    base = counting_base(rate)
    dropping = has_drop_frame(rate) if drop is None else drop and has_drop_frame(rate)
    if dropping:
        frame = _with_dropped_numbers(frame % (base * 86400 - (base // 15) * 9 * 144), base)
    frame %= base * 86400
    seconds, frames = divmod(frame, base)
    digits = max(2, len(str(base - 1)))
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{clock}{';' if dropping else ':'}{frames:0{digits}d}"


def _with_dropped_numbers(frame: int, base: int) -> int:
    dropped = base // 15
    ten_minutes, rest = divmod(frame, base * 600 - dropped * 9)
    minutes = 0 if rest < base * 60 else 1 + (rest - base * 60) // (base * 60 - dropped)
    return frame + dropped * (9 * ten_minutes + minutes)


def frame_of(text: str, rate: Fraction) -> int:
    """The frame index of a timecode; a `;` or `.` before the frames means drop frame.

    Raises ValueError for what is no timecode at this rate.
    """
    match = _TIMECODE.match(text.strip())
    base = counting_base(rate)
    if not match:
        raise ValueError(f"'{text}' is no timecode; it should look like 01:00:00:00.")
    hours, minutes, seconds, frames = (int(match[i]) for i in (1, 2, 3, 5))
    if minutes > 59 or seconds > 59 or frames >= base:
        raise ValueError(f"'{text}' is no timecode at {rate} frames a second.")
    frame = (hours * 3600 + minutes * 60 + seconds) * base + frames
    if match[4] != ":" and has_drop_frame(rate):
        dropped = base // 15
        if frames < dropped and seconds == 0 and minutes % 10:
            raise ValueError(f"'{text}' does not exist: drop frame leaves this number out.")
        whole_minutes = hours * 60 + minutes
        frame -= dropped * (whole_minutes - whole_minutes // 10)
    return frame
