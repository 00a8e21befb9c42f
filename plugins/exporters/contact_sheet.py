"""The key frames of a title on pages to print: a picture a shot, with its number, timecode and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from catalog.records import Analysis, Shot
from plugins.exporters.markers import words
from plugins.exporters.pdf import Page, read_jpeg, write_pdf
from plugins.hookspecs import PictureExporter, hookimpl

COLUMNS, ROWS = 5, 4
WIDTH, HEIGHT = 842.0, 595.0
"""A4, lying, in points."""
_MARGIN, _HEAD, _GAP, _LINE = 28.0, 30.0, 8.0, 8.0
_CELL_WIDTH = (WIDTH - 2 * _MARGIN - (COLUMNS - 1) * _GAP) / COLUMNS
_CELL_HEIGHT = (HEIGHT - 2 * _MARGIN - _HEAD - (ROWS - 1) * _GAP) / ROWS
_LETTERS = 40
"""What fits below a picture at 6.5 points, in letters of Helvetica's usual width."""


@hookimpl
def register_exporters() -> Sequence[PictureExporter]:
    return [PictureExporter("contact-sheet", ".pdf", "Contact sheet of the key frames, PDF", export)]


def export(analysis: Analysis, thumbnails: Path) -> bytes:
    """PDF, A4 lying, 20 shots a page. A shot whose key frame could not be decoded keeps its place, empty."""
    shots = analysis.shots
    sheets = [shots[start : start + COLUMNS * ROWS] for start in range(0, len(shots), COLUMNS * ROWS)] or [()]
    pages = [_page(analysis, sheet, number, len(sheets), thumbnails) for number, sheet in enumerate(sheets, 1)]
    return write_pdf(pages, analysis.title.name)


def _page(analysis: Analysis, shots: Sequence[Shot], number: int, of: int, thumbnails: Path) -> Page:
    title, page = analysis.title, Page(WIDTH, HEIGHT)
    page.text(title.name[:100], _MARGIN, HEIGHT - _MARGIN - 10, 14)
    facts = f"{title.timecode(0)} - {title.timecode(title.frames)}, {title.rate} fps, page {number} of {of}"
    page.text(facts, _MARGIN, HEIGHT - _MARGIN - 22, 8)
    for place, shot in enumerate(shots):
        row, column = divmod(place, COLUMNS)
        left = _MARGIN + column * (_CELL_WIDTH + _GAP)
        top = HEIGHT - _MARGIN - _HEAD - row * (_CELL_HEIGHT + _GAP)
        _cell(page, analysis, shot, left, top, thumbnails / f"{shot.number:05d}.jpg")
    return page


def _cell(page: Page, analysis: Analysis, shot: Shot, left: float, top: float, thumbnail: Path) -> None:
    room = _CELL_HEIGHT - 2 * _LINE - 4
    if thumbnail.is_file():
        jpeg = read_jpeg(thumbnail.read_bytes())
        factor = min(_CELL_WIDTH / jpeg.width, room / jpeg.height)
        width, height = jpeg.width * factor, jpeg.height * factor
        page.picture(jpeg, left, top - room, width, height)
    page.text(f"{shot.number}   {analysis.title.timecode(shot.start)}", left, top - room - _LINE, 7)
    page.text(words(shot)[:_LETTERS], left, top - room - 2 * _LINE, 6.5)
