"""What the field's abbreviations mean, in words an asset manager reads as a tooltip."""

from __future__ import annotations

import unicodedata
from fractions import Fraction

SCALES = {
    "EWS": ("extreme wide shot", "The place is the subject; people are specks or absent."),
    "LS": ("long shot", "A whole figure, head to feet, with the surroundings."),
    "MLS": ("medium long shot", "A figure from the knees up."),
    "MS": ("medium shot", "A figure from the waist up."),
    "MCU": ("medium close-up", "Head and chest."),
    "CU": ("close-up", "The face, or a thing as large as a face."),
    "ECU": ("extreme close-up", "A detail: eyes, a hand, a keyhole."),
}
SETTINGS = {
    "INT": "interior",
    "EXT": "exterior",
    "DAY": "by day",
    "NIGHT": "by night",
}
KINDS = {
    "dcp": ("DCP", "Digital Cinema Package (SMPTE ST 429 or Interop)"),
    "imf": ("IMF", "Interoperable Master Format (SMPTE ST 2067)"),
    "file": ("File", "a single media file"),
}
WEIGHT = "Weight W: share of shots that carry the tag, times the sum of its probabilities (Khan et al. 2017)."
AVERAGE_PRECISION = (
    "How good the model is known to be at this tag: average precision on pictures it had not seen, "
    "1 being perfect; – where it was not measured. More under Models."
)
RELEVANCE = "Relevance R: the weight put between 0, the title's least tag, and 1, its strongest (Khan et al. 2017)."

_RATIOS = {"4:3": 4 / 3, "16:9": 16 / 9}


def tag_name(tag: str) -> str:
    return tag.replace("_", " ")


def visible(text: str) -> str:
    """Control characters and bidirectional overrides, which could make a name look like another, made visible."""
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if unicodedata.category(character) == "Cc" or character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
        return f"[U+{ord(character):04X}]"
    return character


def clock(seconds: float) -> str:
    """1:32:04, or 4:07, or 12.4 s below a minute."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def rate_name(rate: Fraction) -> str:
    """24, 23.976 (24000/1001)."""
    if rate.denominator == 1:
        return str(rate.numerator)
    return f"{float(rate):.3f}".rstrip("0") + f" ({rate.numerator}/{rate.denominator})"


def ratio_name(width: int, height: int) -> str:
    """2.39:1, and the name where the ratio has one."""
    if not width or not height:
        return "not known"
    ratio = width / height
    named = next((name for name, value in _RATIOS.items() if abs(ratio - value) < 0.005), "")
    return f"{ratio:.2f}:1{f' ({named})' if named else ''}"
