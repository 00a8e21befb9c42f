"""The title as FCPXML for Final Cut Pro and Resolve: a clip a shot, tags as keywords, beats as markers."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from catalog.records import Analysis, Beat, Shot, Title
from plugins.exporters.markers import words
from plugins.exporters.xml_text import clean, document, file_url
from plugins.hookspecs import Exporter, hookimpl

VERSION = "1.8"
"""Read by Final Cut Pro since 10.4.1 and by Resolve; later versions ask for media-rep, which needs bookmarks."""


@hookimpl
def register_exporters() -> Sequence[Exporter]:
    return [Exporter("fcpxml", ".fcpxml", "FCPXML 1.8, a clip a shot, keywords and markers", export)]


def export(analysis: Analysis) -> bytes:
    """UTF-8. Times are fractions of a second of whole frames, as the format asks; clip times are the timecode's."""
    title = analysis.title
    root = Element("fcpxml", version=VERSION)
    _resources(SubElement(root, "resources"), title)
    event = SubElement(SubElement(root, "library"), "event", name="Reelwatch")
    project = SubElement(event, "project", name=clean(title.name))
    sequence = SubElement(
        project, "sequence", format="r1", duration=_time(title, title.frames),
        tcStart=_time(title, title.start_frame), tcFormat=_timecode_format(title),
    )  # fmt: skip
    spine = SubElement(sequence, "spine")
    for shot in analysis.shots:
        _clip(spine, title, shot, [beat for beat in analysis.beats if beat.start_shot == shot.number], analysis.shots)
    return document(root, "fcpxml")


def _resources(resources: Element, title: Title) -> None:
    SubElement(
        resources, "format", id="r1", frameDuration=_time(title, 1), width=str(title.width),
        height=str(title.height),
    )  # fmt: skip
    SubElement(
        resources, "asset", id="r2", name=clean(title.name), src=file_url(title.source),
        start=_time(title, title.start_frame), duration=_time(title, title.frames), hasVideo="1", format="r1",
    )  # fmt: skip


def _clip(spine: Element, title: Title, shot: Shot, beats: Sequence[Beat], shots: Sequence[Shot]) -> None:
    start, duration = _time(title, title.start_frame + shot.start), _time(title, shot.frames)
    clip = SubElement(
        spine, "asset-clip", ref="r2", name=f"Shot {shot.number}", offset=start, start=start, duration=duration,
        format="r1", tcFormat=_timecode_format(title),
    )  # fmt: skip
    said = words(shot)
    if said:
        SubElement(clip, "note").text = clean(said)
    if shot.tags:
        SubElement(clip, "keyword", start=start, duration=duration, value=clean(", ".join(shot.tags)))
    ends = {each.number: each.end for each in shots}
    for beat in beats:
        length = _time(title, ends[beat.end_shot] - shot.start)
        SubElement(clip, "marker", start=start, duration=length, value=clean(beat.category), note=clean(beat.source))


def _timecode_format(title: Title) -> str:
    return "DF" if title.drop_frame else "NDF"


def _time(title: Title, frames: int) -> str:
    """Whole seconds as 5s, all else over the rate's numerator as Final Cut Pro writes it: 1001/30000s."""
    numerator, denominator = frames * title.rate.denominator, title.rate.numerator
    whole, rest = divmod(numerator, denominator)
    return f"{numerator}/{denominator}s" if rest else f"{whole}s"
