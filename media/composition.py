"""A composition playlist, DCP or IMF, as one shape: what plays, from which track file, for how long."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from media.findings import Finding
from media.package import uuid_of
from media.programme import MAX_FRAMES, TrackKind
from media.xmltree import Element

MAX_RESOURCES = 100_000


@dataclass(frozen=True)
class Resource:
    """A run of edit units of one track file. `entry` and `duration` count in its own `rate`."""

    asset: str
    kind: TrackKind
    label: str
    rate: Fraction
    intrinsic: int
    entry: int
    duration: int
    repeat: int = 1
    stereoscopic: bool = False
    key_id: str = ""
    digest: bytes = b""
    language: str = ""
    track: str = ""
    """The virtual track of an IMF composition (ST 2067-3 clause 6.9.3); a DCP has one of each kind."""
    limited: bool = False
    """RGB codes leave head and foot room (64 to 940 of 10 bits), as the IMF essence descriptor says."""

    @property
    def plays(self) -> Fraction:
        """Seconds, repeats included."""
        return self.duration * self.repeat / self.rate


@dataclass(frozen=True)
class Composition:
    """A playlist as read. An error among its findings means that it cannot play."""

    id: str
    kind: Literal["dcp", "imf"]
    path: Path
    title: str
    content_kind: str
    rate: Fraction
    start_frame: int
    drop_frame: bool
    resources: tuple[Resource, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def pictures(self) -> tuple[Resource, ...]:
        return tuple(resource for resource in self.resources if resource.kind == "picture")

    @property
    def frames(self) -> int:
        return sum(int(picture.plays * self.rate) for picture in self.pictures)

    @property
    def encrypted(self) -> tuple[str, ...]:
        """KeyIds of the picture track files, in order, each once."""
        return tuple(dict.fromkeys(picture.key_id for picture in self.pictures if picture.key_id))


class Unplayable(Exception):
    """One value of a playlist that cannot be played; carries its finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def number(parent: Element, name: str, low: int, high: int, default: int | None = None) -> int:
    """A whole number element between low and high; the default where it is absent.

    Raises Unplayable.
    """
    text = parent.value(name)
    if not text and default is not None:
        return default
    digits = text.lstrip("+-")
    value = int(text) if digits.isascii() and digits.isdigit() and len(text) < 20 else None
    if value is None or not low <= value <= high:
        raise _impossible(parent, name, text, f"a whole number from {low} to {high}")
    return value


def edit_rate(parent: Element, name: str = "EditRate") -> Fraction:
    """A rate such as `24 1`, above 0 and at most 200000 (sound counts in samples).

    Raises Unplayable.
    """
    text = parent.value(name)
    parts = text.split()
    if len(parts) == 2 and all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        numerator, denominator = int(parts[0]), int(parts[1])
        if numerator and denominator and Fraction(numerator, denominator) <= 200_000:
            return Fraction(numerator, denominator)
    raise _impossible(parent, name, text, "a rate such as '24 1'")


def picture_rate(rate: Fraction, parent: Element) -> Fraction:
    """The rate again where pictures can play at it (1 to 240 a second). Raises Unplayable."""
    if not 1 <= rate <= 240:
        raise _impossible(parent, "EditRate", str(rate), "1 to 240 pictures a second")
    return rate


def extent(parent: Element, kind: TrackKind, name: str) -> tuple[int, int, int]:
    """Intrinsic duration, entry point and duration in edit units; `name` is that of the element of the duration.

    Without an entry point it plays from 0, without a duration to the end. Raises Unplayable.
    """
    limit = MAX_FRAMES if kind == "picture" else MAX_FRAMES * 4000
    intrinsic = number(parent, "IntrinsicDuration", 1, limit)
    entry = number(parent, "EntryPoint", 0, limit, default=0)
    return intrinsic, entry, number(parent, name, 1, limit, default=max(1, intrinsic - entry))


def digest(parent: Element) -> bytes:
    try:
        return base64.b64decode(parent.value("Hash"), validate=True)
    except (binascii.Error, ValueError):
        return b""


def key_id(parent: Element) -> str:
    text = parent.value("KeyId")
    return uuid_of(text) if text else ""


def impossible(code: str, message: str, element: Element, expected: str = "", found: str = "") -> Unplayable:
    where = f"{element.name} (line {element.line})"
    return Unplayable(Finding(code, "error", message, element=where, expected=expected, found=found))


def _impossible(parent: Element, name: str, text: str, expected: str) -> Unplayable:
    shown = text[:40]
    message = f"{name} of {parent.name} is '{shown}', not {expected}."
    return impossible("impossible value", message, parent, expected, shown)
