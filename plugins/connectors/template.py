"""Requests to an asset manager's REST API, written by Jinja templates of the house."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from pydantic import model_validator

from plugins.connectors.contract import ConnectorError, ConnectorKind, ConnectorSettings, News, Seconds, Secret
from plugins.connectors.http import Call, check_url, send
from plugins.exporters.xml_text import clean
from plugins.hookspecs import hookimpl


class TemplateSettings(ConnectorSettings):
    """[connectors.NAME] with kind = "http"."""

    kind: Literal["http"]
    url: str
    """A template; what it fills in should pass through `| urlencode`."""
    method: Literal["POST", "PUT", "PATCH"] = "POST"
    body: Path
    """File of the template; XML where its name ends in .xml, so that what it fills in is escaped."""
    headers: Mapping[str, str] = {}
    """Templates, which also know `secret`."""
    secret: Secret | None = None
    each: Literal["title", "shot", "beat"] = "title"
    """A request for the title, or one for each of its shots or beats; a retry begins with the first again."""
    timeout_s: Seconds = 20.0
    plain_http: bool = False

    @model_validator(mode="after")
    def _check(self) -> TemplateSettings:
        if "{" not in self.url.split("/", 3)[2]:
            check_url(self.url, self.plain_http)
            return self
        raise ValueError("the host of an address is no template")


@hookimpl
def register_connectors() -> Sequence[ConnectorKind]:
    return [ConnectorKind("http", "Requests written by templates, for REST APIs", TemplateSettings, Template)]


class Template:
    """Templates know `event`, `message_id`, all of the JSON export, and `shot` or `beat` where there is one each."""

    def __init__(self, settings: TemplateSettings) -> None:
        self._settings = settings

    def deliver(self, news: News) -> None:
        secret = self._settings.secret.read() if self._settings.secret else ""
        for call in list(self._calls(news, secret)):
            send(call)

    def preview(self, news: News) -> str:
        return "\n".join(f"{call}\n{call.body.decode()}" for call in self._calls(news, "[secret]"))

    def _calls(self, news: News, secret: str) -> Iterator[Call]:
        settings = self._settings
        body = self._read_body()
        escaping = settings.body.suffix == ".xml"
        for number, item in enumerate(self._items(news), 1):
            known = {"event": news.event, "message_id": news.message_id, **news.data, **item}
            headers = {
                "Content-Type": "application/xml" if escaping else "application/json",
                "Idempotency-Key": news.message_id if settings.each == "title" else f"{news.message_id}-{number}",
                **{name: _filled(text, {**known, "secret": secret}) for name, text in settings.headers.items()},
            }
            filled = _filled(body, known, escaping).encode()
            yield Call(settings.method, _filled(settings.url, known), headers, filled, settings.timeout_s)

    def _items(self, news: News) -> Sequence[dict[str, Any]]:
        if self._settings.each == "title":
            return [{}]
        return [{self._settings.each: item} for item in news.data.get(f"{self._settings.each}s", ())]

    def _read_body(self) -> str:
        try:
            return self._settings.body.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConnectorError(f"The template {self._settings.body} cannot be read: {error}.") from error


def _filled(text: str, known: Mapping[str, Any], escaping: bool = False) -> str:
    """Sandboxed, and strict: a name that is not known is an error and no empty text."""
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=escaping)
    environment.filters["milliseconds"] = lambda frame: _milliseconds(frame, known["title"]["rate"])
    try:
        filled = environment.from_string(text).render(known)
    except (TemplateError, KeyError, TypeError, ValueError) as error:
        raise ConnectorError(f"A template cannot be filled in: {error}.") from error
    return clean(filled) if escaping else filled.encode("utf-8", "backslashreplace").decode()


def _milliseconds(frame: int, rate: str) -> int:
    """Of a frame, counted from the title's first, to the nearest."""
    return round(frame * 1000 / Fraction(rate))
