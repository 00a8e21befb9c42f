"""HTTP requests of connectors: certificates verified, redirects not followed, time limited."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from plugins.connectors.contract import ConnectorError, Refused

USER_AGENT = "Reelwatch"
_SAID = 300
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Call:
    """One request. timeout_s: for connecting and for each silence of the other side."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    timeout_s: float

    def __str__(self) -> str:
        """Headers that may hold secrets are not shown."""
        names = ", ".join(name for name in self.headers)
        return f"{self.method} {self.url} ({len(self.body)} bytes; headers {names})"


class _NoRedirects(HTTPRedirectHandler):
    """A redirect is a failure: news goes where it was configured to go (Standard Webhooks says so too)."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def check_url(url: str, plain_http: bool) -> None:
    """Raises ValueError for what is no HTTPS address; plain HTTP passes to this machine, or where it is allowed."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"'{url}' is no https:// address")
    if parts.username or parts.password:
        raise ValueError("a password does not belong into an address; use a header with a secret")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK and not plain_http:
        raise ValueError(f"'{url}' is not encrypted; use https, or plain_http = true where that is meant")


def send(call: Call) -> bytes:
    """Raises ConnectorError for anything but a status of 200 to 299; Refused for 410 (Gone)."""
    opener = build_opener(_NoRedirects, HTTPSHandler(context=ssl.create_default_context()))
    headers = {"User-Agent": USER_AGENT, **call.headers}
    request = Request(call.url, data=call.body or None, headers=headers, method=call.method)
    try:
        with opener.open(request, timeout=call.timeout_s) as answer:
            answered: bytes = answer.read()
            return answered
    except HTTPError as error:
        with error:
            said = error.read(_SAID).decode("utf-8", "replace").strip()
        sentence = f"{call.method} {call.url} was answered {error.code} {error.reason}{f': {said}' if said else ''}"
        raise (Refused if error.code == 410 else ConnectorError)(sentence) from error
    except (URLError, TimeoutError, OSError, http.client.HTTPException) as error:
        raise ConnectorError(f"{call.method} {call.url} failed: {getattr(error, 'reason', None) or error}.") from error
