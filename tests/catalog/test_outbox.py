"""What is to be told is told, in order, until it is heard."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from sqlite_utils import Database

from catalog import outbox
from catalog.corrections import Word, correct, undo
from catalog.library import CatalogError, Library, open_catalog, writing
from catalog.outbox import EVENTS, LEASE_S, RETRY_AFTER_S
from catalog.records import Analysis
from catalog.store import save

ALL = {"mam": EVENTS}


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return open_catalog(Library(tmp_path))


def _analysed(db: Database, analysis: Analysis) -> int:
    with writing(db):
        return save(db, analysis)


def _events(db: Database) -> list[str]:
    return [row[0] for row in db.execute("SELECT event FROM announcements ORDER BY announcement_id")]


def test_what_happens_to_a_title_is_announced_with_it(db: Database, analysis: Analysis) -> None:
    title_id = _analysed(db, analysis)
    with writing(db):
        correct(db, title_id, [Word(1, scale="MS")], "anna")
        undo(db, title_id, "anna")
    assert _events(db) == ["title_analysed", "title_corrected", "title_corrected"]


def test_what_is_rolled_back_is_not_announced(db: Database, analysis: Analysis) -> None:
    with pytest.raises(RuntimeError), writing(db):
        save(db, analysis)
        raise RuntimeError
    assert _events(db) == []


def test_a_job_that_ends_badly_is_announced_with_its_end(db: Database) -> None:
    now = "2026-11-21T08:00:00+00:00"
    db.execute("INSERT INTO jobs (job_id, path, kind, state, created_at, updated_at) VALUES (1, '/in/a.mov', 'file', "
               "'running', ?, ?)", [now, now])  # fmt: skip
    for state in ("queued", "failed", "quarantined"):
        db.execute("INSERT INTO job_events (job_id, at, from_state, state, reason) VALUES (1, ?, '', ?, 'It is cut.')",
                   [now, state])  # fmt: skip
    db.conn.commit()
    outbox.address(db, ALL)
    told = [(each.event, each.path, each.told) for each in outbox.listed(db)]
    assert sorted(told) == [
        ("delivery_quarantined", "/in/a.mov", "It is cut."),
        ("title_failed", "/in/a.mov", "It is cut."),
    ]


def test_each_connector_gets_what_it_wants_once(db: Database, analysis: Analysis) -> None:
    _analysed(db, analysis)
    wanted = {"mam": EVENTS, "mail": ("title_failed",), "log": ("title_analysed",)}
    assert outbox.address(db, wanted) == 2
    assert outbox.address(db, wanted) == 0
    assert {message.connector for message in outbox.listed(db)} == {"mam", "log"}


def test_what_nobody_wants_is_forgotten(db: Database, analysis: Analysis) -> None:
    _analysed(db, analysis)
    outbox.address(db, {})
    assert _events(db) == [] and outbox.address(db, ALL) == 0


def test_a_message_holds_back_the_later_ones_of_its_title_only(db: Database, analysis: Analysis) -> None:
    first = _analysed(db, analysis)
    _analysed(db, analysis)
    other = _analysed(db, dataclasses.replace(analysis, title=dataclasses.replace(analysis.title, identity="x")))
    outbox.address(db, ALL)
    taken = outbox.take(db, ALL, 100.0)
    assert taken is not None and taken.title_id == first
    outbox.failed(db, taken, "no answer", 100.0)
    following = outbox.take(db, ALL, 100.0)
    assert following is not None and following.title_id == other
    assert outbox.take(db, ALL, 100.0) is None
    again = outbox.take(db, ALL, 105.0)
    assert again is not None and again.message_id == taken.message_id and again.attempts == 1
    outbox.delivered(db, again)
    later = outbox.take(db, ALL, 105.0)
    assert later is not None and later.title_id == first and later.message_id != taken.message_id


def test_a_sender_that_is_killed_costs_its_lease(db: Database, analysis: Analysis, tmp_path: Path) -> None:
    _analysed(db, analysis)
    outbox.address(db, ALL)
    taken = outbox.take(db, ALL, 100.0)
    db.conn.close()
    again = open_catalog(Library(tmp_path))
    assert outbox.take(again, ALL, 100.0 + LEASE_S - 1) is None
    retaken = outbox.take(again, ALL, 100.0 + LEASE_S)
    assert taken is not None and retaken is not None and retaken.message_id == taken.message_id


def test_retries_wait_longer_and_longer_then_the_message_is_dead_and_can_be_sent_again(
    db: Database, analysis: Analysis
) -> None:
    _analysed(db, analysis)
    outbox.address(db, ALL)
    now, waits = 1000.0, []
    while (message := outbox.take(db, ALL, now)) is not None:
        outbox.keep_body(db, message, "{}")
        if outbox.failed(db, message, "HTTP 500", now) == "dead":
            break
        due = outbox.find(db, message.message_id).not_before
        waits.append(due - now)
        now = due
    assert waits == list(RETRY_AFTER_S)
    (dead,) = outbox.listed(db, ["dead"])
    assert (dead.reason, dead.attempts, dead.body) == ("HTTP 500", len(RETRY_AFTER_S) + 1, "{}")
    outbox.resend(db, dead.message_id)
    fresh = outbox.take(db, ALL, now)
    assert fresh is not None and (fresh.message_id, fresh.attempts, fresh.body) == (dead.message_id, 0, None)


def test_a_dead_message_holds_nothing_back(db: Database, analysis: Analysis) -> None:
    _analysed(db, analysis)
    _analysed(db, analysis)
    outbox.address(db, ALL)
    first = outbox.take(db, ALL, 0.0)
    assert first is not None and outbox.failed(db, first, "410 Gone", 0.0, for_good=True) == "dead"
    second = outbox.take(db, ALL, 0.0)
    assert second is not None and second.message_id != first.message_id


def test_a_message_that_is_not_there(db: Database) -> None:
    with pytest.raises(CatalogError, match="no message msg_1"):
        outbox.resend(db, "msg_1")
