"""Webhooks as Standard Webhooks describes them, over a real connection."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import shutil
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import ValidationError
from stub_server import StubServer

from catalog.records import Analysis
from plugins.connectors.contract import ConnectorError, News, Refused, Secret
from plugins.connectors.http import Call, send
from plugins.connectors.webhook import Webhook, WebhookSettings, sign
from plugins.exporters.title_json import document

KEY = b"twenty-four random bytes"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


@pytest.fixture
def news(analysis: Analysis) -> News:
    return News("msg_1", "title_analysed", "2026-11-21T08:00:00+00:00", document(analysis), None)


def _webhook(url: str, monkeypatch: pytest.MonkeyPatch) -> Webhook:
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    settings = WebhookSettings(kind="webhook", url=url, secret=Secret(env="HOOK_SECRET"))
    return Webhook(settings, wall=lambda: 1700000000.9)


def test_the_signature_is_that_of_the_published_example() -> None:
    """Values of the libraries' own test, standard-webhooks/standard-webhooks."""
    body = b'{"test": 2432232314}'
    signature = sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_arrives_is_signed_and_keeps_the_schema(
    stub: StubServer, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    _webhook(f"{stub.url}/hook", monkeypatch).deliver(news)
    (request,) = stub.received
    assert (request.method, request.path) == ("POST", "/hook")
    assert request.headers["webhook-id"] == request.headers["idempotency-key"] == "msg_1"
    signed = b"msg_1." + request.headers["webhook-timestamp"].encode() + b"." + request.body
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"
    said = json.loads(request.body)
    assert (said["type"], said["timestamp"]) == ("title_analysed", "2026-11-21T08:00:00+00:00")
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((files("plugins") / "exporters" / "title.schema.json").read_text())
    jsonschema.validate(said["data"], schema)


@pytest.mark.parametrize("status", [302, 400, 401, 404, 429, 500, 503])
def test_anything_but_success_is_tried_again(
    stub: StubServer, news: News, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    stub.answers = [status]
    with pytest.raises(ConnectorError, match=f"was answered {status}") as raised:
        _webhook(stub.url, monkeypatch).deliver(news)
    assert not isinstance(raised.value, Refused)
    assert len(stub.received) == 1  # nor was the redirect followed


def test_gone_is_for_good(stub: StubServer, news: News, monkeypatch: pytest.MonkeyPatch) -> None:
    stub.answers = [410]
    with pytest.raises(Refused):
        _webhook(stub.url, monkeypatch).deliver(news)


def test_nobody_there(news: News, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConnectorError, match="refused"):
        _webhook("http://127.0.0.1:9/", monkeypatch).deliver(news)


def test_a_silent_server_costs_the_time_limit_only() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(ConnectorError, match="timed out"):
            send(Call("POST", url, {}, b"{}", 0.2))


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the certificate, is not here")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-keyout", key, "-out", certificate], check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    with pytest.raises(ConnectorError, match="CERTIFICATE_VERIFY_FAILED"):
        send(Call("POST", f"https://localhost:{server.server_port}/", {}, b"{}", 5.0))
    thread.join()
    server.server_close()


def test_secrets_come_from_elsewhere(
    tmp_path: Path, news: News, stub: StubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in ({}, {"env": "A", "file": "b"}):
        with pytest.raises(ValidationError, match="either an environment variable"):
            Secret(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        WebhookSettings(kind="webhook", url="https://a.example/", secret="whsec_AAAA")  # type: ignore[arg-type]
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    assert Secret(file=file).read() == SECRET
    webhook = _webhook(stub.url, monkeypatch)
    monkeypatch.delenv("HOOK_SECRET")
    with pytest.raises(ConnectorError, match="HOOK_SECRET, which holds the secret, is not set"):
        webhook.deliver(news)
    assert stub.received == []


@pytest.mark.parametrize(
    ("url", "said"),
    [("http://mam.example/", "not encrypted"), ("ftp://a/", "no https"), ("https://me:pw@a.example/", "password")],
)
def test_addresses_are_encrypted(url: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        WebhookSettings(kind="webhook", url=url, secret=Secret(env="A"))


def test_a_preview_touches_nothing_and_tells_no_secret(
    stub: StubServer, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = _webhook(stub.url, monkeypatch).preview(news)
    assert said.startswith(f"POST {stub.url}") and SECRET not in said and stub.received == []
