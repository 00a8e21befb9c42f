"""XML from strangers: no DOCTYPE, no entities, bounded in size, depth and number of elements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from media.findings import DeliveryError, Finding

MAX_BYTES = 32 << 20
"""The largest CPL seen in the wild holds a few hundred reels or resources: about 1 MB."""
MAX_DEPTH = 64
MAX_ELEMENTS = 200_000


@dataclass
class Element:
    """An XML element; names are split into namespace and local name."""

    namespace: str
    name: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def child(self, name: str) -> Element | None:
        """The first child of this local name, whatever its namespace."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> list[Element]:
        return [child for child in self.children if child.name == name]

    def value(self, *path: str) -> str:
        """The stripped text at a path of local names; empty where there is none."""
        element: Element | None = self
        for name in path:
            element = element.child(name) if element else None
        return element.text.strip() if element else ""

    def walk(self) -> Iterator[Element]:
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))


class _Refused(Exception):
    pass


class _Builder:
    def __init__(self, parser: expat.XMLParserType) -> None:
        self.parser = parser
        self.root: Element | None = None
        self.open: list[Element] = []
        self.texts: list[list[str]] = []
        self.elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if len(self.open) >= MAX_DEPTH:
            raise _Refused(f"its elements are nested deeper than {MAX_DEPTH}")
        if self.elements > MAX_ELEMENTS:
            raise _Refused(f"it has more than {MAX_ELEMENTS} elements")
        namespace, _, local = name.rpartition(" ")
        element = Element(namespace, local, attributes, self.parser.CurrentLineNumber)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)
        self.texts.append([])

    def end(self, _name: str) -> None:
        self.open.pop().text = "".join(self.texts.pop())

    def characters(self, text: str) -> None:
        if self.texts:
            self.texts[-1].append(text)

    def doctype(self, *_: object) -> None:
        raise _Refused("it has a DOCTYPE, which no package needs")


def parse(path: Path) -> Element:
    """The root element of an XML file.

    Raises DeliveryError with one finding, "unsafe xml" or "malformed xml".
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _error("unreadable file", path, f"it cannot be read ({error.strerror})") from error
    return parse_bytes(data, path)


def parse_bytes(data: bytes, path: Path) -> Element:
    """As `parse`, for bytes already read; `path` is named in the error."""
    if len(data) > MAX_BYTES:
        raise _error("unsafe xml", path, f"it is larger than {MAX_BYTES >> 20} MiB")
    parser = expat.ParserCreate(namespace_separator=" ")
    builder = _Builder(parser)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = builder.doctype
    try:
        parser.Parse(data, True)
    except _Refused as refusal:
        raise _error("unsafe xml", path, str(refusal)) from None
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _error("malformed xml", path, f"it is not well-formed XML ({error})") from None
    if builder.root is None:
        raise _error("malformed xml", path, "it is empty")
    return builder.root


def _error(code: str, path: Path, reason: str) -> DeliveryError:
    message = f"{path.name} was not read: {reason}."
    return DeliveryError(message, [Finding(code, "error", message, file=path.name)])
