"""Text, addresses and documents as XML 1.0 can hold them."""

from __future__ import annotations

import re
from urllib.parse import quote
from xml.etree.ElementTree import Element, indent, tostring

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, production 2 (Char): control characters and lone surrogates cannot be written, not even escaped."""


def clean(text: str) -> str:
    r"""The text with what XML cannot hold written as \udcXX or \x01."""
    return _FORBIDDEN.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def file_url(path: str, host: str = "") -> str:
    """file:// with the bytes of the name percent-encoded (RFC 8089)."""
    return f"file://{host}{quote(path.encode('utf-8', 'surrogateescape'))}"


def document(root: Element, doctype: str = "") -> bytes:
    """The indented document in UTF-8, with its declaration and, where named, its document type."""
    indent(root)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n' + (f"<!DOCTYPE {doctype}>\n" if doctype else "")
    body: str = tostring(root, encoding="unicode")
    return f"{head}{body}\n".encode()
