"""Saving an analysis: all its rows, in the transaction of the caller."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from catalog.corrections import reapply
from catalog.loading import load
from catalog.outbox import announce
from catalog.records import (
    PERSON,
    Analysis,
    Beat,
    Loudness,
    Scene,
    Shot,
    Stretch,
    TagSummary,
    Title,
    Transition,
)

_OF_A_TITLE = (
    "tracks", "findings", "transitions", "shots", "title_tags", "beats", "scenes", "scores", "runs",
    "stretches", "loudness", "active_pictures",
)  # fmt: skip


def slug_of(title: Title) -> str:
    """Folder name of a title: its name in plain letters, and eight digits of its identity to keep it apart.

    The same before a title is saved and after it is loaded, whatever bytes its name holds.
    """
    name = _storable({"name": title.name})["name"].lower()
    words = re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:60].strip("-")
    digits = hashlib.sha256(title.identity.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{words}-{digits}" if words else digits


def save(db: Database, analysis: Analysis) -> int:
    """Writes all rows of a title, replacing an earlier analysis of the same content; returns its title_id.

    What people said of its shots before stands over the new values; then the caller goes on with `rederive`.
    The caller holds the transaction (catalog.library.writing), so that the job's end is part of it.
    """
    title_id = _save_title(db, analysis)
    for table in _OF_A_TITLE:
        db.execute(f"DELETE FROM {table} WHERE title_id = ?", [title_id])
    title = analysis.title
    _insert(db, "tracks", _placed(title_id, (vars(track) for track in title.tracks)))
    _insert(db, "findings", _placed(title_id, (vars(finding) for finding in title.findings)))
    _insert(db, "transitions", _placed(title_id, (_transition_row(each) for each in analysis.transitions)))
    _insert(db, "shots", (_shot_row(title_id, title, shot) for shot in analysis.shots))
    _insert(db, "tags", (row for shot in analysis.shots for row in _tag_rows(title_id, shot)))
    _insert(db, "title_tags", ({"title_id": title_id, **vars(tag)} for tag in analysis.tags))
    _insert(db, "beats", (_beat_row(title_id, beat) for beat in analysis.beats))
    _insert(db, "scenes", (_scene_row(title_id, scene) for scene in analysis.scenes))
    _insert(db, "scores", _placed(title_id, (vars(score) for score in analysis.scores)))
    _insert(db, "runs", ({"title_id": title_id, **vars(run)} for run in analysis.runs))
    _insert(db, "stretches", _placed(title_id, (_stretch_row(title, stretch) for stretch in analysis.stretches)))
    if analysis.loudness is not None:
        _insert(db, "loudness", [_loudness_row(title_id, analysis.loudness)])
    if analysis.active_picture is not None:
        _insert(db, "active_pictures", [{"title_id": title_id, **vars(analysis.active_picture)}])
    reapply(db, title_id)
    announce(db, "title_analysed", title_id)
    return title_id


def rederive(
    db: Database,
    title_id: int,
    summarise: Callable[[Sequence[Shot]], tuple[TagSummary, ...]],
    find_beats: Callable[[Sequence[Shot]], tuple[Beat, ...]],
) -> None:
    """Works out anew what follows from the shots' tags, once a person has changed them (engines.tags, engines.beats).

    The caller holds the transaction.
    """
    shots = load(db, title_id).shots
    rows = db.execute("SELECT tag, source FROM tags WHERE title_id = ? ORDER BY source = ?", [title_id, PERSON])
    sources = dict(rows.fetchall())
    tags = [{"title_id": title_id, **vars(each), "source": sources[each.tag]} for each in summarise(shots)]
    for table in ("title_tags", "beats"):
        db.execute(f"DELETE FROM {table} WHERE title_id = ?", [title_id])
    _insert(db, "title_tags", tags)
    _insert(db, "beats", (_beat_row(title_id, beat) for beat in find_beats(shots)))


def _save_title(db: Database, analysis: Analysis) -> int:
    title = analysis.title
    row = {
        "identity": title.identity,
        "slug": slug_of(title),
        "name": title.name,
        "kind": title.kind,
        "source": title.source,
        "status": "done",
        "frames": title.frames,
        "rate_numerator": title.rate.numerator,
        "rate_denominator": title.rate.denominator,
        "start_frame": title.start_frame,
        "drop_frame": title.drop_frame,
        "start_tc": title.timecode(0),
        "width": title.width,
        "height": title.height,
        "codec": title.codec,
        "colour": title.colour,
        "analysed_at": analysis.analysed_at,
        "app_version": analysis.app_version,
    }
    columns, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    changes = ", ".join(f"{name} = excluded.{name}" for name in row if name != "identity")
    cursor = db.execute(
        f"INSERT INTO titles ({columns}) VALUES ({marks}) "
        f"ON CONFLICT (identity) DO UPDATE SET {changes} RETURNING title_id",
        _storable(row),
    )
    title_id = int(cursor.fetchone()[0])
    db.execute("DELETE FROM title_words WHERE rowid = ?", [title_id])
    db.execute(
        "INSERT INTO title_words (rowid, name, source) VALUES (?, ?, ?)",
        [title_id, *_storable({"name": title.name, "source": title.source}).values()],
    )
    return title_id


def _insert(db: Database, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    storable = [_storable(row) for row in rows]
    if storable:
        columns, marks = ", ".join(storable[0]), ", ".join(f":{name}" for name in storable[0])
        db.conn.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", storable)


def _storable(row: Mapping[str, Any]) -> dict[str, Any]:
    """SQLite takes UTF-8 only: bytes of a file name that are none are written as \\udcXX."""
    return {
        name: value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
        for name, value in row.items()
    }


def _placed(title_id: int, rows: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    return ({"title_id": title_id, "position": position, **row} for position, row in enumerate(rows))


def _transition_row(each: Transition) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "start_frame": each.start,
        "end_frame": each.end,
        "confidence": each.confidence,
    }


def _shot_row(title_id: int, title: Title, shot: Shot) -> dict[str, Any]:
    row: dict[str, Any] = {
        "title_id": title_id,
        "shot": shot.number,
        "start_frame": shot.start,
        "end_frame": shot.end,
        "start_tc": title.timecode(shot.start),
        "end_tc": title.timecode(shot.end),
        "key_frame": shot.key_frame,
        "transition_in": shot.transition_in,
        "transition_confidence": shot.transition_confidence,
        "tag_source": shot.tag_source,
        "loudness": shot.loudness,
        "features": None if shot.features is None else shot.features.astype("<f2").tobytes(),
    }
    for prefix, column, estimate in (
        ("scale", "scale", shot.scale),
        ("place", "place", shot.place),
        ("time", "time_of_day", shot.time_of_day),
        ("movement", "movement", shot.movement),
    ):
        row[column] = estimate.value if estimate else None
        row[f"{prefix}_confidence"] = estimate.confidence if estimate else None
        row[f"{prefix}_source"] = estimate.source if estimate else None
    return row


def _stretch_row(title: Title, stretch: Stretch) -> dict[str, Any]:
    return {
        "kind": stretch.kind,
        "start_frame": stretch.start,
        "end_frame": stretch.end,
        "start_tc": title.timecode(stretch.start),
        "end_tc": title.timecode(stretch.end),
    }


def _loudness_row(title_id: int, loudness: Loudness) -> dict[str, Any]:
    return {
        "title_id": title_id,
        "integrated_lufs": loudness.integrated,
        "true_peak_dbtp": loudness.true_peak,
        "range_lu": loudness.range,
        "layout": loudness.layout,
    }


def _tag_rows(title_id: int, shot: Shot) -> Iterable[dict[str, Any]]:
    return (
        {
            "title_id": title_id,
            "shot": shot.number,
            "tag": tag,
            "probability": probability,
            "source": shot.tag_source,
        }
        for tag, probability in shot.tags.items()
    )


def _beat_row(title_id: int, beat: Beat) -> dict[str, Any]:
    row = {"title_id": title_id, "beat": beat.number, **vars(beat)}
    del row["number"]
    return row


def _scene_row(title_id: int, scene: Scene) -> dict[str, Any]:
    span = {"start_shot": scene.start_shot, "end_shot": scene.end_shot}
    return {"title_id": title_id, "scene": scene.number, **span}
