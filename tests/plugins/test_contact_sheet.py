"""The contact sheet is a PDF that holds every key frame and its words; PDFium reads and draws it."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

from catalog.records import Analysis, Shot
from plugins.exporters import contact_sheet
from plugins.exporters.pdf import read_jpeg
from reports.thumbnails import write_thumbnail


@pytest.fixture
def thumbnails(tmp_path: Path) -> Path:
    """A red picture for shot 1; shot 2 has none."""
    red = np.zeros((120, 200, 3), np.uint8)
    red[..., 0] = 255
    write_thumbnail(red, tmp_path / "00001.jpg")
    return tmp_path


def test_it_holds_pictures_as_they_are_and_says_what_is_known(analysis: Analysis, thumbnails: Path) -> None:
    name = "Séance (1\\2) 映画"
    sheet = contact_sheet.export(
        dataclasses.replace(analysis, title=dataclasses.replace(analysis.title, name=name)), thumbnails
    )
    assert (thumbnails / "00001.jpg").read_bytes() in sheet
    texts = re.findall(rb"\((.*)\) Tj", sheet)
    assert texts[0] == "Séance \\(1\\\\2\\) ??".encode("cp1252")
    assert b"1   01:00:00;00" in texts and b"CU INT forest music" in texts and b"2   01:00:03;10" in texts


def test_its_table_says_where_its_objects_are(analysis: Analysis, thumbnails: Path) -> None:
    sheet = contact_sheet.export(analysis, thumbnails)
    start = int(re.findall(rb"startxref\n(\d+)\n", sheet)[0])
    assert sheet[start:].startswith(b"xref\n0 ")
    places = [int(place) for place in re.findall(rb"^(\d{10}) 00000 n ", sheet[start:], re.MULTILINE)]
    assert len(places) >= 6
    for number, place in enumerate(places, 1):
        assert sheet[place:].startswith(b"%d 0 obj\n" % number)


def test_pages_hold_twenty_shots(analysis: Analysis, thumbnails: Path) -> None:
    for count, pages in ((0, 1), (20, 1), (21, 2)):
        shots = tuple(Shot(number, number, number + 1, number, "cut", 1.0) for number in range(1, count + 1))
        sheet = contact_sheet.export(dataclasses.replace(analysis, shots=shots, beats=()), thumbnails)
        assert f"/Count {pages} ".encode() in sheet


def test_a_jpeg_knows_its_size(thumbnails: Path) -> None:
    jpeg = read_jpeg((thumbnails / "00001.jpg").read_bytes())
    assert (jpeg.width, jpeg.height, jpeg.components) == (200, 120, 3)
    with pytest.raises(ValueError, match="no JPEG"):
        read_jpeg(b"GIF89a" * 9)


def test_somebody_elses_reader_draws_it(analysis: Analysis, thumbnails: Path) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    document = pdfium.PdfDocument(contact_sheet.export(analysis, thumbnails))
    page = document[0]
    assert document.get_metadata_dict()["Title"] == "The Séance"
    text = page.get_textpage().get_text_range()
    assert "The Séance" in text and "1 01:00:00;00" in text and "CU INT forest music" in text
    pixels = page.render(scale=0.5, rev_byteorder=True).to_numpy()
    red = (pixels[..., 0] > 200) & (pixels[..., 1] < 60) & (pixels[..., 2] < 60)
    assert 0.01 < red.mean() < 0.1
