"""Finding shots and titles in the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from catalog.query import Query, parse


@dataclass(frozen=True)
class ShotHit:
    """A shot that fits; tags by falling probability. Empty strings mean unsure, None not measured."""

    title_id: int
    title: str
    slug: str
    shot: int
    start_frame: int
    end_frame: int
    start_tc: str
    end_tc: str
    scale: str | None
    place: str | None
    time_of_day: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True)
class TitleHit:
    """A title that fits by its words; `shots` counts those in it that fit the rest of the search."""

    title_id: int
    title: str
    kind: str
    source: str
    shots: int


@dataclass(frozen=True)
class Hits:
    """titles: all that hold a hit. shots: at most `limit` of them, in playing order."""

    titles: tuple[TitleHit, ...]
    shots: tuple[ShotHit, ...]


def search(db: Database, text: str, limit: int = 200) -> Hits:
    """Titles and shots that fit `text` (the words of catalog.query). Raises QueryError."""
    query = parse(text)
    where, values = _where(query)
    titles = db.execute(
        f"""SELECT t.title_id, t.name, t.kind, t.source, count(s.shot)
            FROM titles t JOIN shots s USING (title_id) WHERE {where}
            GROUP BY t.title_id ORDER BY t.name, t.title_id""",
        values,
    )
    shots = db.execute(
        f"""SELECT s.title_id, t.name, t.slug, s.shot, s.start_frame, s.end_frame, s.start_tc, s.end_tc,
            s.scale, s.place, s.time_of_day,
            (SELECT group_concat(tag, '|') FROM (SELECT tag FROM tags g
             WHERE g.title_id = s.title_id AND g.shot = s.shot ORDER BY probability DESC))
            FROM titles t JOIN shots s USING (title_id) WHERE {where}
            ORDER BY t.name, t.title_id, s.shot LIMIT ?""",
        [*values, limit],
    )
    return Hits(
        tuple(TitleHit(*row) for row in titles),
        tuple(_shot_hit(row) for row in shots),
    )


def _shot_hit(row: Sequence[Any]) -> ShotHit:
    *facts, tags = row
    return ShotHit(*[*facts, tuple(tags.split("|")) if tags else ()])


def _where(query: Query) -> tuple[str, list[object]]:
    conditions, values = ["1"], list[object]()
    if query.words:
        conditions.append("t.title_id IN (SELECT rowid FROM title_words WHERE title_words MATCH ?)")
        values.append(query.words)
    for condition in query.conditions:
        conditions.append(condition.sql)
        values += condition.values
    return " AND ".join(conditions), values
