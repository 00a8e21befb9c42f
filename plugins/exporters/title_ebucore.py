"""The title as EBUCore 1.10 (EBU Tech 3293): title, tags, video format, a part for each shot and beat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement, register_namespace

from catalog.records import Analysis, Title
from media.timecode import counting_base
from plugins.exporters.markers import Marker, markers
from plugins.exporters.xml_text import clean, document
from plugins.hookspecs import Exporter, hookimpl

EBUCORE = "urn:ebu:metadata-schema:ebucore"
DC = "http://purl.org/dc/elements/1.1/"


@hookimpl
def register_exporters() -> Sequence[Exporter]:
    return [Exporter("ebucore", ".ebucore.xml", "EBUCore 1.10, a part for each shot and beat", export)]


def export(analysis: Analysis) -> bytes:
    """UTF-8. Times are counts of frames at the title's rate, from its first frame."""
    register_namespace("ebucore", EBUCORE)
    register_namespace("dc", DC)
    title = analysis.title
    root = Element(
        f"{{{EBUCORE}}}ebuCoreMain", version="1.10", dateLastModified=analysis.analysed_at[:10],
        writingLibraryName="Reelwatch", writingLibraryVersion=analysis.app_version,
    )  # fmt: skip
    core = _add(root, "coreMetadata")
    _dublin(_add(core, "title"), "title", title.name)
    for tag in analysis.tags:
        _dublin(_add(core, "subject", typeLabel="tag", note=f"relevance {tag.relevance:.3f}"), "subject", tag.tag)
    _format(_add(core, "format"), title)
    _dublin(_add(core, "identifier", typeLabel="Reelwatch"), "identifier", title.identity)
    tags = {f"Shot {shot.number}": shot.tags for shot in analysis.shots}
    for number, marker in enumerate(markers(analysis), 1):
        _part(core, title, number, marker, tags.get(marker.name, {}))
    return document(root)


def _format(parent: Element, title: Title) -> None:
    video = _add(parent, "videoFormat", videoFormatName=title.codec)
    _add(video, "width", unit="pixel").text = str(title.width)
    _add(video, "height", unit="pixel").text = str(title.height)
    rate = _add(video, "frameRate", **dict(_factors(title.rate)))
    rate.text = str(counting_base(title.rate))
    _edit_units(_add(parent, "start"), title, title.start_frame)
    _edit_units(_add(parent, "duration"), title, title.frames)


def _part(core: Element, title: Title, number: int, marker: Marker, tags: Mapping[str, float]) -> None:
    part = _add(core, "part", partId=f"part-{number}", partName=marker.name, typeLabel=marker.kind)
    _dublin(_add(part, "title"), "title", marker.name)
    for tag, probability in tags.items():
        _dublin(_add(part, "subject", typeLabel="tag", note=f"probability {probability:.3f}"), "subject", tag)
    if marker.comment:
        _dublin(_add(part, "description"), "description", marker.comment)
    _edit_units(_add(part, "partStartTime"), title, marker.start)
    _edit_units(_add(part, "partDuration"), title, marker.end - marker.start)


def _edit_units(parent: Element, title: Title, frames: int) -> None:
    base = str(counting_base(title.rate))
    _add(parent, "editUnitNumber", editRate=base, **dict(_factors(title.rate))).text = str(frames)


def _factors(rate: Fraction) -> Iterator[tuple[str, str]]:
    """The rate is the counting base times this: 30 x 1000/1001 for 29.97."""
    factor = rate / counting_base(rate)
    yield "factorNumerator", str(factor.numerator)
    yield "factorDenominator", str(factor.denominator)


def _dublin(parent: Element, name: str, text: str) -> None:
    SubElement(parent, f"{{{DC}}}{name}").text = clean(text)


def _add(parent: Element, name: str, **attributes: str) -> Element:
    return SubElement(parent, f"{{{EBUCORE}}}{name}", {key: clean(value) for key, value in attributes.items()})
