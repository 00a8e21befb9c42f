"""Reading analyses back, and finding titles by what people call them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from sqlite_utils import Database

from catalog.library import CatalogError
from catalog.records import (
    ActivePicture,
    Analysis,
    Beat,
    Estimate,
    Loudness,
    ModelRun,
    Scene,
    Score,
    Shot,
    Stretch,
    TagSummary,
    Title,
    TrackRecord,
    Transition,
)
from media.findings import Finding


def load(db: Database, title_id: int) -> Analysis:
    """The analysis of a title. Raises CatalogError where there is none."""
    row = next(_rows(db, "SELECT * FROM titles WHERE title_id = ?", title_id), None)
    if row is None:
        raise CatalogError(f"The catalog has no title {title_id}.")
    tags: dict[int, dict[str, float]] = {}
    for tag in _rows(db, "SELECT * FROM tags WHERE title_id = ? ORDER BY probability DESC", title_id):
        tags.setdefault(tag["shot"], {})[tag["tag"]] = tag["probability"]
    shots = _rows(db, "SELECT * FROM shots WHERE title_id = ? ORDER BY shot", title_id)
    return Analysis(
        title=_title(db, row),
        transitions=tuple(
            Transition(each["kind"], each["start_frame"], each["end_frame"], each["confidence"])
            for each in _in_order(db, "transitions", title_id)
        ),
        shots=tuple(_shot(shot, tags.get(shot["shot"], {})) for shot in shots),
        tags=tuple(
            TagSummary(**_without(each, "title_id"))
            for each in _rows(db, "SELECT * FROM title_tags WHERE title_id = ? ORDER BY relevance DESC, tag", title_id)
        ),
        beats=tuple(
            Beat(number=each["beat"], **_without(each, "title_id", "beat"))
            for each in _rows(db, "SELECT * FROM beats WHERE title_id = ? ORDER BY beat", title_id)
        ),
        scores=tuple(Score(**_without(each, "title_id", "position")) for each in _in_order(db, "scores", title_id)),
        runs=tuple(
            ModelRun(**_without(each, "title_id"))
            for each in _rows(db, "SELECT * FROM runs WHERE title_id = ? ORDER BY rowid", title_id)
        ),
        analysed_at=row["analysed_at"],
        app_version=row["app_version"],
        stretches=tuple(
            Stretch(each["kind"], each["start_frame"], each["end_frame"])
            for each in _in_order(db, "stretches", title_id)
        ),
        loudness=next(
            (
                Loudness(each["integrated_lufs"], each["true_peak_dbtp"], each["range_lu"], each["layout"])
                for each in _rows(db, "SELECT * FROM loudness WHERE title_id = ?", title_id)
            ),
            None,
        ),
        active_picture=next(
            (
                ActivePicture(**_without(each, "title_id"))
                for each in _rows(db, "SELECT * FROM active_pictures WHERE title_id = ?", title_id)
            ),
            None,
        ),
        scenes=tuple(
            Scene(each["scene"], each["start_shot"], each["end_shot"])
            for each in _rows(db, "SELECT * FROM scenes WHERE title_id = ? ORDER BY scene", title_id)
        ),
    )


def find_title(db: Database, wanted: str) -> int:
    """The title_id of a title named by its number, slug or name. Raises CatalogError where none or several fit."""
    found = list(
        _rows(
            db,
            "SELECT title_id, name FROM titles WHERE slug = ?1 OR name = ?1 OR CAST(title_id AS TEXT) = ?1",
            wanted,
        )
    )
    if not found:
        raise CatalogError(f"The catalog has no title '{wanted}'; `reelwatch search` lists what there is.")
    if len(found) > 1:
        numbers = ", ".join(str(row["title_id"]) for row in found)
        raise CatalogError(f"Several titles are called '{wanted}'; name one by its number: {numbers}.")
    return int(found[0]["title_id"])


def _title(db: Database, row: Mapping[str, Any]) -> Title:
    title_id = row["title_id"]
    return Title(
        name=row["name"],
        kind=row["kind"],
        source=row["source"],
        identity=row["identity"],
        rate=Fraction(row["rate_numerator"], row["rate_denominator"]),
        frames=row["frames"],
        start_frame=row["start_frame"],
        drop_frame=bool(row["drop_frame"]),
        width=row["width"],
        height=row["height"],
        codec=row["codec"],
        colour=row["colour"],
        tracks=tuple(
            TrackRecord(**_without(each, "title_id", "position")) for each in _in_order(db, "tracks", title_id)
        ),
        findings=tuple(
            Finding(**_without(each, "title_id", "position")) for each in _in_order(db, "findings", title_id)
        ),
    )


def _shot(row: Mapping[str, Any], tags: Mapping[str, float]) -> Shot:
    def estimate(prefix: str, column: str) -> Estimate | None:
        if row[column] is None:
            return None
        return Estimate(row[column], row[f"{prefix}_confidence"], row[f"{prefix}_source"])

    return Shot(
        number=row["shot"],
        start=row["start_frame"],
        end=row["end_frame"],
        key_frame=row["key_frame"],
        transition_in=row["transition_in"],
        transition_confidence=row["transition_confidence"],
        scale=estimate("scale", "scale"),
        place=estimate("place", "place"),
        time_of_day=estimate("time", "time_of_day"),
        movement=estimate("movement", "movement"),
        tags=tags,
        tag_source=row["tag_source"],
        loudness=row["loudness"],
        features=None if row["features"] is None else np.frombuffer(row["features"], dtype="<f2"),
    )


def _rows(db: Database, sql: str, *values: object) -> Iterator[dict[str, Any]]:
    cursor = db.conn.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)


def _in_order(db: Database, table: str, title_id: int) -> Iterator[dict[str, Any]]:
    return _rows(db, f"SELECT * FROM {table} WHERE title_id = ? ORDER BY position", title_id)


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
