"""From the outbox in the catalog to the connectors, one message at a time."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlite_utils import Database

from catalog import outbox
from catalog.library import CatalogError, Library, open_catalog
from catalog.loading import load
from catalog.outbox import Message
from catalog.store import slug_of
from plugins.connectors.contract import Connector, ConnectorError, News, Refused
from plugins.exporters.title_json import document
from plugins.manager import connector_kinds

log = logging.getLogger("reelwatch.outbox")

_LOOK_S = 2.0
"""How often the courier looks into the outbox; a look is two small queries."""


@dataclass(frozen=True)
class Opened:
    """A connector as it was configured, and the events it wants."""

    connector: Connector
    events: tuple[str, ...]


def open_connectors(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Opened]:
    """Connectors of the tables [connectors.NAME] of reelwatch.toml. Raises ConnectorError, naming table and setting."""
    kinds = connector_kinds()
    opened = {}
    for name, table in tables.items():
        kind = kinds.get(str(table.get("kind")))
        if kind is None:
            raise ConnectorError(f"connectors.{name}: kind should be one of {', '.join(sorted(kinds))}.")
        try:
            settings = kind.settings(**table)
        except ValidationError as error:
            faults = (
                f"{'.'.join(map(str, ('connectors', name, *each['loc'])))}: {each['msg']}." for each in error.errors()
            )
            raise ConnectorError(" ".join(faults)) from error
        opened[name] = Opened(kind.open(settings), settings.events)
    return opened


def deliver_due(db: Database, library: Library, connectors: Mapping[str, Opened], now: float) -> int:
    """Addresses what is new and sends what is due at `now`; returns how many messages arrived.

    Blocks on the network. A connector that fails is left alone for the rest of this call, so that one that is down
    costs the others one time limit.
    """
    outbox.address(db, {name: each.events for name, each in connectors.items()})
    arrived, answering = 0, set(connectors)
    while (message := outbox.take(db, answering, now)) is not None:
        if _deliver(db, library, connectors[message.connector].connector, message, now):
            arrived += 1
        else:
            answering.discard(message.connector)
    return arrived


def previews(db: Database, library: Library, connectors: Mapping[str, Opened]) -> Iterator[tuple[Message, str]]:
    """What would be sent for every message that waits, and why it cannot be where it cannot. Changes nothing."""
    new = outbox.not_yet_addressed(db, {name: each.events for name, each in connectors.items()})
    for message in (*outbox.listed(db, ["waiting"]), *new):
        if message.connector in connectors:
            try:
                yield message, connectors[message.connector].connector.preview(news_of(db, library, message))
            except (ConnectorError, CatalogError) as error:
                yield message, f"cannot be sent: {error}"


def news_of(db: Database, library: Library, message: Message) -> News:
    """What a message carries: as it was drawn up at the first attempt, or from what the catalog knows now."""
    folder = None
    data: dict[str, Any] = {"path": message.path, "reason": message.told}
    if message.title_id is not None:
        analysis = load(db, message.title_id)
        folder = library.thumbnails / slug_of(analysis.title)
        data = json.loads(message.body) if message.body else document(analysis)
    return News(message.message_id, message.event, message.at, data, folder)


def _deliver(db: Database, library: Library, connector: Connector, message: Message, now: float) -> bool:
    try:
        news = news_of(db, library, message)
        if message.body is None and message.title_id is not None:
            outbox.keep_body(db, message, json.dumps(news.data))
        connector.deliver(news)
    except Exception as error:
        _note_failure(db, message, error, now)
        return False
    outbox.delivered(db, message)
    log.info("%s has %s of %s", message.connector, message.event, message.path or f"title {message.title_id}")
    return True


def _note_failure(db: Database, message: Message, error: Exception, now: float) -> None:
    """A fault of the connector's own is no reason to lose the message either."""
    expected = isinstance(error, ConnectorError | CatalogError)
    reason = str(error) if expected else f"The connector raised {type(error).__name__}: {error}"
    reason = reason.encode("utf-8", "backslashreplace").decode()
    state = outbox.failed(db, message, reason, now, for_good=isinstance(error, Refused))
    what = "dead" if state == "dead" else "tried again later"
    log.warning(
        "Message %s for %s is %s: %s", message.message_id, message.connector, what, reason, exc_info=not expected
    )


class Courier:
    """A thread that delivers while the daemon does other things. It has its own connection to the catalog."""

    def __init__(self, library: Library, connectors: Mapping[str, Opened]) -> None:
        self._library = library
        self._connectors = connectors
        self._stopping = threading.Event()
        self._last_round = False
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float, last_round: bool = False) -> None:
        """Ends after the message at hand, or after one more look at what is due.

        A message that takes longer than `timeout` seconds is sent again after its lease.
        """
        self._last_round = last_round
        self._stopping.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        db = open_catalog(self._library)
        while not self._stopping.is_set():
            self._look(db)
            self._stopping.wait(_LOOK_S)
        if self._last_round:
            self._look(db)
        db.conn.close()

    def _look(self, db: Database) -> None:
        try:
            deliver_due(db, self._library, self._connectors, time.time())
        except (sqlite3.Error, CatalogError) as error:
            log.error("The outbox cannot be worked on now: %s", error)
