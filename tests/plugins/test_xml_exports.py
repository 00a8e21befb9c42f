"""XML exports equal golden files written by hand, and come back from other people's parsers exact to the frame."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from every_rate import CUTS, RATES, at_rate

from catalog.records import Analysis
from plugins.exporters import title_ebucore, title_fcpxml, title_xmeml

GOLDEN = Path(__file__).parent / "golden"
EXPORTS: list[tuple[str, Callable[[Analysis], bytes]]] = [
    ("title.fcpxml", title_fcpxml.export),
    ("title.xmeml.xml", title_xmeml.export),
    ("title.ebucore.xml", title_ebucore.export),
]


@pytest.fixture
def plain(analysis: Analysis) -> Analysis:
    """At 25 frames a second from one o'clock, so that times can be worked out in the head; with a nasty name."""
    title = dataclasses.replace(
        analysis.title, name='Tom & "Jerry" <1>', source="/in/Tom & J.mov", rate=Fraction(25), frames=100,
        start_frame=90000, drop_frame=False, width=1920,
    )  # fmt: skip
    first, second = analysis.shots
    shots = (dataclasses.replace(first, end=30), dataclasses.replace(second, start=30, end=100))
    return dataclasses.replace(analysis, title=title, shots=shots)


@pytest.mark.parametrize(("name", "export"), EXPORTS)
def test_it_is_what_was_written_by_hand(plain: Analysis, name: str, export: Callable[[Analysis], bytes]) -> None:
    assert export(plain).decode() == (GOLDEN / name).read_text()


@pytest.mark.parametrize(("name", "export"), EXPORTS)
def test_what_xml_cannot_hold_is_written_out(plain: Analysis, name: str, export: Callable[[Analysis], bytes]) -> None:
    odd = b"caf\xe9 \x01]]>&amp;".decode("utf-8", "surrogateescape")
    title = dataclasses.replace(plain.title, name=odd, source=f"/in/{odd}")
    root = ElementTree.fromstring(export(dataclasses.replace(plain, title=title)))
    assert "caf\\udce9 \\x01]]>&amp;" in [*root.itertext(), *(e.get("name") for e in root.iter())]


def _seconds(text: str) -> Fraction:
    return Fraction(text.removesuffix("s"))


@pytest.mark.parametrize(("rate", "drop"), RATES)
def test_fcpxml_times_are_whole_frames(analysis: Analysis, rate: Fraction, drop: bool) -> None:
    exported = at_rate(analysis, rate, drop)
    root = ElementTree.fromstring(title_fcpxml.export(exported))
    sequence = root.find(".//sequence")
    assert sequence is not None and sequence.attrib["tcFormat"] == ("DF" if drop else "NDF")
    assert _seconds(root.find(".//format").attrib["frameDuration"]) == 1 / rate  # type: ignore[union-attr]
    start = exported.title.start_frame
    assert _seconds(sequence.attrib["tcStart"]) * rate == start
    clips = [[_seconds(clip.attrib[name]) * rate for name in ("offset", "start", "duration")]
             for clip in root.iter("asset-clip")]  # fmt: skip
    assert clips == [[start + first, start + first, end - first] for first, end in CUTS]


@pytest.mark.parametrize("rate", [rate for rate, _ in RATES if rate.denominator == 1])
def test_fcpxml_is_read_back_by_otio(analysis: Analysis, rate: Fraction) -> None:
    """At whole rates only: otio-fcpx-xml-adapter 1.0.0 takes 29.97 for 29."""
    otio = pytest.importorskip("opentimelineio")
    pytest.importorskip("otio_fcpx_xml_adapter")
    exported = at_rate(analysis, rate, False)
    (timeline,) = otio.adapters.read_from_string(title_fcpxml.export(exported).decode(), "fcpx_xml")
    start = exported.title.start_frame
    ranges = [clip.source_range for clip in timeline.find_clips()]
    assert [(each.start_time.value - start, each.duration.value) for each in ranges] == [
        (first, end - first) for first, end in CUTS
    ]


@pytest.mark.parametrize(("rate", "drop"), RATES)
def test_xmeml_is_read_back_by_otio(analysis: Analysis, rate: Fraction, drop: bool) -> None:
    otio = pytest.importorskip("opentimelineio")
    pytest.importorskip("otio_fcp_adapter")
    exported = at_rate(analysis, rate, drop)
    timeline = otio.adapters.read_from_string(title_xmeml.export(exported).decode(), "fcp_xml")
    start = exported.title.start_frame
    assert timeline.global_start_time.value == start
    assert abs(timeline.global_start_time.rate - float(rate)) < 0.005
    ranges = [clip.source_range for clip in timeline.find_clips()]
    assert [(each.start_time.value - start, each.duration.value) for each in ranges] == [
        (first, end - first) for first, end in CUTS
    ]
    assert [marker.marked_range.start_time.value for marker in timeline.tracks.markers] == [0, 0, 7, 1800]


@pytest.mark.parametrize(("rate", "drop"), RATES)
def test_ebucore_counts_frames_at_the_exact_rate(analysis: Analysis, rate: Fraction, drop: bool) -> None:
    root = ElementTree.fromstring(title_ebucore.export(at_rate(analysis, rate, drop)))
    names = {"e": title_ebucore.EBUCORE}
    parts = [part for part in root.iterfind(".//e:part", names) if part.attrib["typeLabel"] == "shot"]
    counted = []
    for part in parts:
        units = part.findall("*/e:editUnitNumber", names)
        for each in units:
            factor = Fraction(int(each.attrib["factorNumerator"]), int(each.attrib["factorDenominator"]))
            assert int(each.attrib["editRate"]) * factor == rate
        counted.append(tuple(int(each.text or "") for each in units))
    assert counted == [(first, end - first) for first, end in CUTS]
