"""What other systems are to hear, kept until they have heard it.

An announcement is written in the transaction of what it tells of. Later it is addressed: every connector that wants
it gets a message. A message is tried until it is delivered or dead; those of one title go to one connector in order.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from catalog.library import CatalogError, writing

EVENTS = ("title_analysed", "title_corrected", "title_failed", "delivery_quarantined")
RETRY_AFTER_S = (5, 300, 1800, 7200, 18000, 36000, 36000)
"""Before the second attempt and those after it, as Standard Webhooks recommends; then a message is dead."""
LEASE_S = 300.0
"""For how long whoever takes a message may be at it; a sender that is killed costs this long."""
_COLUMNS = (
    "m.message_id, m.connector, m.state, m.attempts, m.not_before, m.body, m.reason, m.updated_at, "
    "a.event, a.at, a.title_id, a.path, a.reason"
)
_FROM = f"SELECT {_COLUMNS} FROM messages m JOIN announcements a USING (announcement_id)"
_SAME_SUBJECT = "b.title_id IS a.title_id AND (a.title_id IS NOT NULL OR b.path = a.path)"


@dataclass(frozen=True)
class Message:
    """One announcement for one connector. body: what was sent at the first attempt, None before it."""

    message_id: str
    connector: str
    state: str
    attempts: int
    not_before: float
    body: str | None
    reason: str
    updated_at: str
    event: str
    at: str
    title_id: int | None
    path: str
    told: str
    """Why it failed or was quarantined; empty for other events."""


def announce(db: Database, event: str, title_id: int) -> None:
    """Notes that there is news of a title. The caller holds the transaction."""
    db.execute("INSERT INTO announcements (at, event, title_id) VALUES (?, ?, ?)", [_now(), event, title_id])


def address(db: Database, connectors: Mapping[str, Iterable[str]]) -> int:
    """Makes messages of new announcements; returns how many. connectors: the events each of them wants, by name.

    What nobody wants is forgotten. A connector that is configured later hears nothing of the past.
    """
    with writing(db):
        new = db.execute("SELECT announcement_id, event FROM announcements WHERE NOT addressed").fetchall()
        messages = [
            (f"msg_{secrets.token_hex(12)}", number, name, _now())
            for number, event in new
            for name, wanted in connectors.items()
            if event in wanted
        ]
        db.conn.executemany(
            "INSERT INTO messages (message_id, announcement_id, connector, state, updated_at) "
            "VALUES (?, ?, ?, 'waiting', ?)",
            messages,
        )
        db.execute("UPDATE announcements SET addressed = 1 WHERE NOT addressed")
        db.execute("DELETE FROM announcements WHERE announcement_id NOT IN (SELECT announcement_id FROM messages)")
    return len(messages)


def not_yet_addressed(db: Database, connectors: Mapping[str, Iterable[str]]) -> list[Message]:
    """The messages that `address` would make; changes nothing."""
    rows = db.execute("SELECT event, at, title_id, path, reason FROM announcements WHERE NOT addressed").fetchall()
    return [
        Message("new", name, "waiting", 0, 0.0, None, "", row[1], *row)
        for row in rows
        for name, wanted in connectors.items()
        if row[0] in wanted
    ]


def take(db: Database, connectors: Iterable[str], now: float) -> Message | None:
    """The next message that is due for one of these connectors, leased to the caller; None where there is none.

    One that waits holds back the later ones of its title for its connector. `now` is wall-clock time.
    """
    names = list(connectors)
    marks = ", ".join("?" * len(names))
    with writing(db):
        row = db.execute(
            f"""{_FROM} WHERE m.state = 'waiting' AND m.not_before <= ? AND m.connector IN ({marks})
                AND NOT EXISTS (SELECT 1 FROM messages n JOIN announcements b USING (announcement_id)
                    WHERE n.state = 'waiting' AND n.connector = m.connector
                    AND n.announcement_id < m.announcement_id AND {_SAME_SUBJECT})
                ORDER BY m.announcement_id LIMIT 1""",
            [now, *names],
        ).fetchone()
        if row is None:
            return None
        message = Message(*row)
        db.execute("UPDATE messages SET not_before = ? WHERE message_id = ?", [now + LEASE_S, message.message_id])
    return message


def keep_body(db: Database, message: Message, body: str) -> None:
    """What is sent first is what is sent again, under the same number."""
    _update(db, message.message_id, body=body)


def delivered(db: Database, message: Message) -> None:
    """The body is forgotten: a film's is large, and its content is in the catalog."""
    _update(db, message.message_id, state="delivered", attempts=message.attempts + 1, reason="", body=None)


def failed(db: Database, message: Message, reason: str, now: float, *, for_good: bool = False) -> str:
    """Waits for the next attempt, or is dead after the last one or `for_good`; returns the new state."""
    attempts = message.attempts + 1
    if for_good or attempts > len(RETRY_AFTER_S):
        _update(db, message.message_id, state="dead", attempts=attempts, reason=reason)
        return "dead"
    due = now + RETRY_AFTER_S[attempts - 1]
    _update(db, message.message_id, attempts=attempts, reason=reason, not_before=due)
    return "waiting"


def resend(db: Database, message_id: str) -> None:
    """A message starts anew, drawn up from what the catalog knows now. Raises CatalogError where there is none such."""
    find(db, message_id)
    _update(db, message_id, state="waiting", attempts=0, not_before=0.0, reason="", body=None)


def find(db: Database, message_id: str) -> Message:
    """Raises CatalogError where there is no such message."""
    row = db.execute(f"{_FROM} WHERE m.message_id = ?", [message_id]).fetchone()
    if row is None:
        raise CatalogError(f"The outbox has no message {message_id}; `reelwatch outbox` lists them.")
    return Message(*row)


def listed(db: Database, states: Iterable[str] = (), limit: int = 100) -> list[Message]:
    """The latest messages, the newest first."""
    wanted = list(states) or ["waiting", "delivered", "dead"]
    marks = ", ".join("?" * len(wanted))
    rows = db.execute(
        f"{_FROM} WHERE m.state IN ({marks}) ORDER BY m.announcement_id DESC, m.connector LIMIT ?", [*wanted, limit]
    )
    return [Message(*row) for row in rows]


def counts(db: Database) -> dict[str, int]:
    """Messages by state."""
    return dict(db.execute("SELECT state, count(*) FROM messages GROUP BY state").fetchall())


def _update(db: Database, message_id: str, **values: Any) -> None:
    values["updated_at"] = _now()
    changes = ", ".join(f"{name} = ?" for name in values)
    with writing(db):
        db.execute(f"UPDATE messages SET {changes} WHERE message_id = ?", [*values.values(), message_id])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
