"""The title as Final Cut Pro 7 XML (xmeml 5), which Premiere Pro and Resolve read: a clip a shot, markers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from catalog.records import Analysis, Shot, Title
from media.timecode import counting_base
from plugins.exporters.markers import Marker, markers, words
from plugins.exporters.xml_text import clean, document, file_url
from plugins.hookspecs import Exporter, hookimpl


@hookimpl
def register_exporters() -> Sequence[Exporter]:
    return [Exporter("fcp7xml", ".xml", "Final Cut Pro 7 XML for Premiere, clips and markers", export)]


def export(analysis: Analysis) -> bytes:
    """UTF-8. Frames count in the timebase; 23.976, 29.97 and 59.94 are the timebase with ntsc TRUE."""
    title = analysis.title
    root = Element("xmeml", version="5")
    sequence = SubElement(root, "sequence", id="sequence-1")
    _say(sequence, name=title.name, duration=title.frames)
    _rate(sequence, title)
    _timecode(sequence, title)
    video = SubElement(SubElement(sequence, "media"), "video")
    _format(SubElement(SubElement(video, "format"), "samplecharacteristics"), title)
    track = SubElement(video, "track")
    for shot in analysis.shots:
        _clip(track, title, shot)
    for marker in markers(analysis):
        _marker(sequence, marker)
    return document(root, "xmeml")


def _clip(track: Element, title: Title, shot: Shot) -> None:
    clip = SubElement(track, "clipitem", id=f"clipitem-{shot.number}")
    _say(clip, name=f"Shot {shot.number}", duration=title.frames)
    _rate(clip, title)
    _say(clip, start=shot.start, end=shot.end)
    clip.extend(_numbers({"in": shot.start, "out": shot.end}))
    file = SubElement(clip, "file", id="file-1")
    if shot.number == 1:  # later clips name the file by its id only
        _file(file, title)
    said = words(shot)
    if said:
        _say(SubElement(clip, "comments"), mastercomment1=said)


def _file(file: Element, title: Title) -> None:
    _say(file, name=Path(title.source).name, pathurl=file_url(title.source, "localhost"))
    _rate(file, title)
    _say(file, duration=title.frames)
    _timecode(file, title)
    _format(SubElement(SubElement(SubElement(file, "media"), "video"), "samplecharacteristics"), title)


def _marker(sequence: Element, marker: Marker) -> None:
    """`out` of -1 marks a point (FCP XML Interchange Format); ours all last."""
    element = SubElement(sequence, "marker")
    _say(element, name=marker.name, comment=marker.comment)
    element.extend(_numbers({"in": marker.start, "out": marker.end}))


def _format(parent: Element, title: Title) -> None:
    _rate(parent, title)
    _say(parent, width=title.width, height=title.height)


def _rate(parent: Element, title: Title) -> None:
    ntsc = "TRUE" if title.rate.denominator == 1001 else "FALSE"
    _say(SubElement(parent, "rate"), timebase=counting_base(title.rate), ntsc=ntsc)


def _timecode(parent: Element, title: Title) -> None:
    element = SubElement(parent, "timecode")
    _rate(element, title)
    form = "DF" if title.drop_frame else "NDF"
    _say(element, string=title.timecode(0), frame=title.start_frame, displayformat=form)


def _say(parent: Element, **values: str | int) -> None:
    for name, value in values.items():
        SubElement(parent, name).text = clean(str(value))


def _numbers(values: dict[str, int]) -> list[Element]:
    """For names that are words of Python."""
    elements = []
    for name, value in values.items():
        element = Element(name)
        element.text = str(value)
        elements.append(element)
    return elements
