"""The shots as WebVTT chapters (W3C WebVTT), times counted from the first frame."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from catalog.records import Analysis, Shot
from plugins.hookspecs import Exporter, hookimpl


@hookimpl
def register_exporters() -> Sequence[Exporter]:
    return [Exporter("vtt", ".vtt", "WebVTT chapters, a cue a shot", export)]


def export(analysis: Analysis) -> bytes:
    rate = analysis.title.rate
    cues = (
        f"{shot.number}\n{clock(shot.start / rate)} --> {clock(shot.end / rate)}\n{_escaped(_says(shot))}\n"
        for shot in analysis.shots
    )
    return "\n".join(["WEBVTT\n", *cues]).encode()


def clock(seconds: Fraction) -> str:
    """HH:MM:SS.mmm, to the nearest millisecond."""
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def _says(shot: Shot) -> str:
    estimates = (shot.scale, shot.place, shot.time_of_day)
    return " ".join([f"Shot {shot.number}", *(each.value for each in estimates if each and each.value), *shot.tags])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
