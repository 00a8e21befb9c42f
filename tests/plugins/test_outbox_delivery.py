"""From a catalog through real connectors to a server, with everything that can fail on the way."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlite_utils import Database
from stub_server import StubServer

from catalog import outbox
from catalog.corrections import Word, correct
from catalog.library import Library, open_catalog, writing
from catalog.records import Analysis
from catalog.store import save
from plugins.connectors.contract import ConnectorError, News
from plugins.outbox import Courier, Opened, deliver_due, open_connectors, previews

TEMPLATE = (
    '{"name": {{ title.name | tojson }}, "shots": {{ shots | length }}, "scale": {{ shots[0].scale.value | tojson }}}'
)


@pytest.fixture
def mam(stub: StubServer, tmp_path: Path) -> dict[str, Opened]:
    body = tmp_path / "body.json"
    body.write_text(TEMPLATE)
    return open_connectors({"mam": {"kind": "http", "url": f"{stub.url}/titles", "body": str(body)}})


def _said(stub: StubServer) -> list[dict[str, object]]:
    return [json.loads(request.body) for request in stub.received]


def test_a_title_arrives_once(db: Database, library: Library, mam: dict[str, Opened], stub: StubServer) -> None:
    assert deliver_due(db, library, mam, 0.0) == 1
    assert deliver_due(db, library, mam, 1e9) == 0
    assert _said(stub) == [{"name": "The Séance", "shots": 2, "scale": "CU"}]
    assert [message.state for message in outbox.listed(db)] == ["delivered"]


def test_a_failure_is_tried_again_with_the_same_body_and_number(
    db: Database, library: Library, mam: dict[str, Opened], stub: StubServer
) -> None:
    stub.answers = [500, 503]
    assert deliver_due(db, library, mam, 0.0) == 0
    (waiting,) = outbox.listed(db)
    assert "was answered 500" in waiting.reason and waiting.attempts == 1
    with writing(db):
        correct(db, 1, [Word(1, scale="MS")], "anna")
    assert deliver_due(db, library, mam, 4.0) == 0 and len(stub.received) == 1
    assert deliver_due(db, library, mam, 5.0) == 0
    assert deliver_due(db, library, mam, 305.0) == 2
    assert [said["scale"] for said in _said(stub)] == ["CU", "CU", "CU", "MS"]
    keys = [request.headers["idempotency-key"] for request in stub.received]
    assert keys[0] == keys[1] == keys[2] != keys[3]


def test_a_dead_letter_is_sent_again_with_what_is_known_now(
    db: Database, library: Library, mam: dict[str, Opened], stub: StubServer
) -> None:
    stub.answers = [410]
    deliver_due(db, library, mam, 0.0)
    (dead,) = outbox.listed(db, ["dead"])
    with writing(db):
        correct(db, 1, [Word(1, scale="MS")], "anna")
    outbox.resend(db, dead.message_id)
    assert deliver_due(db, library, mam, 0.0) == 2
    assert [said["scale"] for said in _said(stub)] == ["CU", "MS", "MS"]


class _Broken:
    def deliver(self, news: News) -> None:
        raise KeyError("no such thing")

    def preview(self, news: News) -> str:
        raise ConnectorError("not today")


def test_a_connector_that_breaks_harms_no_other(
    db: Database, library: Library, mam: dict[str, Opened], stub: StubServer
) -> None:
    both = {"broken": Opened(_Broken(), ("title_analysed",)), **mam}
    assert deliver_due(db, library, both, 0.0) == 1
    (waiting,) = outbox.listed(db, ["waiting"])
    assert waiting.connector == "broken" and "raised KeyError: 'no such thing'" in waiting.reason
    assert [said for _, said in previews(db, library, both)] == ["cannot be sent: not today"]


def test_a_sender_killed_in_the_middle_loses_nothing(
    db: Database, library: Library, mam: dict[str, Opened], stub: StubServer
) -> None:
    """The process dies after the other side has the message, before it is noted: it is sent again, same number."""
    outbox.address(db, {"mam": outbox.EVENTS})
    killed = """
import os, sys
from pathlib import Path
from catalog.library import Library, open_catalog
from plugins.outbox import Opened, deliver_due, open_connectors
class Dying:
    def __init__(self, inner): self.inner = inner
    def deliver(self, news):
        self.inner.deliver(news)
        os._exit(9)
url, body, library = sys.argv[1:]
mam = open_connectors({"mam": {"kind": "http", "url": url, "body": body}})
library = Library(Path(library))
deliver_due(open_catalog(library), library, {"mam": Opened(Dying(mam["mam"].connector), mam["mam"].events)}, 0.0)
"""
    body = library.root.parent / "body.json"
    result = subprocess.run([sys.executable, "-c", killed, f"{stub.url}/titles", str(body), str(library.root)])
    assert result.returncode == 9 and len(stub.received) == 1
    assert deliver_due(db, library, mam, outbox.LEASE_S - 1) == 0
    assert deliver_due(db, library, mam, outbox.LEASE_S) == 1
    first, again = stub.received
    assert first.headers["idempotency-key"] == again.headers["idempotency-key"] and first.body == again.body


def test_the_courier_delivers_beside_the_daemon(
    db: Database, library: Library, mam: dict[str, Opened], stub: StubServer, analysis: Analysis
) -> None:
    courier = Courier(library, mam)
    courier.start()
    deadline = time.monotonic() + 20
    while outbox.counts(open_catalog(library)) != {"delivered": 1} and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    courier.stop(10)
    assert len(stub.received) == 1 and outbox.counts(db) == {"delivered": 1}


def test_failed_deliveries_are_told_where_that_is_wanted(
    db: Database, library: Library, stub: StubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", "whsec_c2VjcmV0")
    table = {"kind": "webhook", "url": stub.url, "secret": {"env": "HOOK"}, "events": ["title_failed"]}
    with writing(db):
        db.execute(
            "INSERT INTO announcements (at, event, path, reason) VALUES ('now', 'title_failed', '/a', 'It is cut.')"
        )
    assert deliver_due(db, library, open_connectors({"ops": table}), 0.0) == 1
    assert _said(stub) == [{"type": "title_failed", "timestamp": "now", "data": {"path": "/a", "reason": "It is cut."}}]


def test_a_sidecar_lies_beside_the_delivery(library: Library, tmp_path: Path, analysis: Analysis) -> None:
    import dataclasses

    package = tmp_path / "in" / "FEATURE"
    package.mkdir(parents=True)
    db = open_catalog(library)
    with writing(db):
        save(db, dataclasses.replace(analysis, title=dataclasses.replace(analysis.title, source=str(package))))
    beside = open_connectors({"beside": {"kind": "sidecar"}})
    assert deliver_due(db, library, beside, 0.0) == 1
    assert [path.name for path in sorted(package.parent.iterdir())] == ["FEATURE", "FEATURE.reelwatch.json"]
    assert not list(package.iterdir())
    assert json.loads((package.parent / "FEATURE.reelwatch.json").read_text())["data"]["title"]["name"] == "The Séance"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({}, "connectors.x: kind should be one of http, "),
        ({"kind": "webhook", "url": "https://a.example"}, "connectors.x.secret: Field required"),
        ({"kind": "sidecar", "colour": "red"}, "connectors.x.colour: Extra inputs"),
        ({"kind": "sidecar", "events": ["lunch"]}, "connectors.x.events.0"),
        ({"kind": "http", "url": "https://{{ a }}.example/", "body": "b"}, "the host of an address is no template"),
    ],
)
def test_a_wrong_configuration_is_named(table: dict[str, object], said: str) -> None:
    with pytest.raises(ConnectorError, match=said):
        open_connectors({"x": table})
