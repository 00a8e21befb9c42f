"""Just enough PDF (ISO 32000-1) for pages of JPEG pictures and lines of text."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Jpeg:
    """A JPEG file with its size in pixels and its number of colour components."""

    data: bytes
    width: int
    height: int
    components: int


@dataclass
class Page:
    """What is drawn on a page. Points of 1/72 inch, counted from the lower left corner."""

    width: float
    height: float
    pictures: list[tuple[Jpeg, float, float, float, float]] = field(default_factory=list)
    texts: list[tuple[str, float, float, float]] = field(default_factory=list)

    def picture(self, jpeg: Jpeg, x: float, y: float, width: float, height: float) -> None:
        self.pictures.append((jpeg, x, y, width, height))

    def text(self, text: str, x: float, y: float, size: float) -> None:
        """In Helvetica; what Windows-1252 has no letter for becomes a question mark."""
        self.texts.append((text, x, y, size))


def read_jpeg(data: bytes) -> Jpeg:
    """Finds the frame header (ITU-T T.81, B.2.2). Raises ValueError where there is none."""
    place = 2
    while data[:2] == b"\xff\xd8" and place + 9 < len(data):
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height = int.from_bytes(data[place + 5 : place + 7], "big")
            width = int.from_bytes(data[place + 7 : place + 9], "big")
            return Jpeg(data, width, height, data[place + 9])
        place += 2 + length
    raise ValueError("This is no JPEG.")


def write_pdf(pages: list[Page], title: str) -> bytes:
    """A PDF 1.4 file. JPEG data goes in as it is."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", _font(), _info(title)]
    kids = []
    for page in pages:
        names = {}
        for number, (jpeg, *_) in enumerate(page.pictures):
            objects.append(_image(jpeg))
            names[f"P{number}"] = len(objects)
        objects.append(_stream(b"", _drawing(page)))
        images = " ".join(f"/{name} {number} 0 R" for name, number in names.items())
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {page.width:g} {page.height:g}] /Contents {len(objects)} 0 R "
            f"/Resources << /Font << /F 3 0 R >> /XObject << {images} >> >> >>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>".encode()
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    """Objects, the table of where they begin, and the trailer (7.5)."""
    content, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    parts = [content]
    place = len(content)
    for number, body in enumerate(objects, 1):
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        places.append(place)
        place += len(parts[-1])
    table = b"".join(b"%010d 00000 n \n" % each for each in places)
    size = len(objects) + 1
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table))
    parts.append(b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, place))
    return b"".join(parts)


def _drawing(page: Page) -> bytes:
    lines = [
        f"q {width:.2f} 0 0 {height:.2f} {x:.2f} {y:.2f} cm /P{number} Do Q".encode()
        for number, (_, x, y, width, height) in enumerate(page.pictures)
    ]
    lines += [
        b"BT /F %.1f Tf %.2f %.2f Td (%s) Tj ET" % (size, x, y, _escaped(text)) for text, x, y, size in page.texts
    ]
    return b"\n".join(lines)


def _escaped(text: str) -> bytes:
    encoded = text.encode("cp1252", "replace")
    return encoded.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").replace(b"\r", b" ")


def _image(jpeg: Jpeg) -> bytes:
    space = {1: "DeviceGray", 3: "DeviceRGB", 4: "DeviceCMYK"}[jpeg.components]
    facts = (
        f"/Type /XObject /Subtype /Image /Width {jpeg.width} /Height {jpeg.height} /ColorSpace /{space} "
        "/BitsPerComponent 8 /Filter /DCTDecode"
    )
    return _stream(facts.encode(), jpeg.data)


def _stream(facts: bytes, data: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (facts, len(data), data)


def _font() -> bytes:
    return b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def _info(title: str) -> bytes:
    """The title in UTF-16, which text strings may be in (7.9.2.2)."""
    return b"<< /Title <FEFF%s> /Producer (Reelwatch) >>" % title.encode("utf-16-be", "replace").hex().encode()
