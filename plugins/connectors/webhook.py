"""A webhook signed as Standard Webhooks says: the event and the JSON export, by POST."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Sequence
from typing import Literal

from pydantic import model_validator

from plugins.connectors.contract import ConnectorError, ConnectorKind, ConnectorSettings, News, Seconds, Secret
from plugins.connectors.http import Call, check_url, send
from plugins.hookspecs import hookimpl

_PREFIX = "whsec_"


class WebhookSettings(ConnectorSettings):
    """[connectors.NAME] with kind = "webhook"."""

    kind: Literal["webhook"]
    url: str
    secret: Secret
    """whsec_ and base64 of 24 to 64 random bytes."""
    timeout_s: Seconds = 20.0
    plain_http: bool = False

    @model_validator(mode="after")
    def _check(self) -> WebhookSettings:
        check_url(self.url, self.plain_http)
        return self


@hookimpl
def register_connectors() -> Sequence[ConnectorKind]:
    return [ConnectorKind("webhook", "POST of the event, signed (Standard Webhooks)", WebhookSettings, Webhook)]


class Webhook:
    """POST to one address. The body is the same at every attempt; time and signature are those of the attempt."""

    def __init__(self, settings: WebhookSettings, wall: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._wall = wall

    def deliver(self, news: News) -> None:
        send(self._call(news, self._settings.secret.read()))

    def preview(self, news: News) -> str:
        return str(self._call(news, _PREFIX))

    def _call(self, news: News, secret: str) -> Call:
        body = payload(news)
        timestamp = int(self._wall())
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": news.message_id,
            "webhook-id": news.message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(secret, news.message_id, timestamp, body),
        }
        return Call("POST", self._settings.url, headers, body, self._settings.timeout_s)


def payload(news: News) -> bytes:
    """{"type", "timestamp", "data"}, as Standard Webhooks recommends."""
    return json.dumps({"type": news.event, "timestamp": news.at, "data": news.data}, ensure_ascii=False).encode(
        "utf-8", "backslashreplace"
    )


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """v1, and base64 of HMAC-SHA256 over `id.timestamp.body` (Standard Webhooks, symmetric signatures).

    Raises ConnectorError where the secret is no base64.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ConnectorError("The secret of a webhook should be whsec_ followed by base64.") from error
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"
