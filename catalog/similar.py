"""Shots that look like a shot, by the features that the model left of their key frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from catalog.library import CatalogError

_CHUNK = 2048
"""Shots held at once: 10 MB of float32 at 1,280 features."""
_MODEL = "coalesce((SELECT model_sha256 FROM runs r WHERE r.title_id = s.title_id AND r.engine = 'scale'), '')"


@dataclass(frozen=True)
class Likeness:
    """A shot and its cosine with the one that was asked for, 1 being the same look."""

    title_id: int
    title: str
    slug: str
    shot: int
    start_frame: int
    end_frame: int
    start_tc: str
    end_tc: str
    cosine: float


def similar(db: Database, title_id: int, shot: int, limit: int = 20, elsewhere: bool = False) -> tuple[Likeness, ...]:
    """The shots most like one shot, likest first, itself left out; `elsewhere` leaves out its whole title.

    Exact: every shot that the same model has judged is compared, streamed in chunks. Raises CatalogError where there is
    no such shot or no model has looked at it.
    """
    wanted, model = _features(db, title_id, shot)
    best = np.empty((0, 3), np.float64)
    for shots, features in _chunks(db, len(wanted), model):
        others = shots[:, 0] != title_id if elsewhere else ~((shots[:, 0] == title_id) & (shots[:, 1] == shot))
        cosines = _cosines(features, wanted)
        best = np.concatenate([best, np.column_stack([shots, cosines])[others]])
        best = best[np.lexsort((best[:, 1], best[:, 0], -best[:, 2]))[:limit]]
    return tuple(_likeness(db, int(number), int(place), float(cosine)) for number, place, cosine in best)


def _features(db: Database, title_id: int, shot: int) -> tuple[NDArray[np.float32], str]:
    row = db.execute(
        f"SELECT s.features, {_MODEL} FROM shots s WHERE s.title_id = ? AND s.shot = ?", [title_id, shot]
    ).fetchone()
    if row is None:
        raise CatalogError(f"Title {title_id} has no shot {shot}.")
    if row[0] is None:
        raise CatalogError(
            f"No model has looked at shot {shot} of title {title_id}, so nothing can be compared with it."
        )
    return np.frombuffer(row[0], "<f2").astype(np.float32), row[1]


def _chunks(db: Database, width: int, model: str) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """(title_id and shot [N, 2], features [N, width]) of all shots that this model judged."""
    rows = db.execute(
        f"""SELECT s.title_id, s.shot, s.features FROM shots s
            WHERE s.title_id IN (SELECT title_id FROM titles s WHERE {_MODEL} = ?) AND length(s.features) = ?""",
        [model, 2 * width],
    )
    while chunk := rows.fetchmany(_CHUNK):
        numbers = np.fromiter(chain.from_iterable(row[:2] for row in chunk), np.int64).reshape(-1, 2)
        yield numbers, _matrix([row[2] for row in chunk], width)


def _matrix(blobs: Sequence[bytes], width: int) -> NDArray[np.float32]:
    return np.frombuffer(b"".join(blobs), "<f2").reshape(-1, width).astype(np.float32)


def _cosines(features: NDArray[np.float32], wanted: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.sqrt(np.einsum("ij,ij->i", features, features)) * np.linalg.norm(wanted)
    return np.asarray((features @ wanted) / np.maximum(norms, 1e-12), np.float32)


def _likeness(db: Database, title_id: int, shot: int, cosine: float) -> Likeness:
    row: Sequence[Any] = db.execute(
        """SELECT s.title_id, t.name, t.slug, s.shot, s.start_frame, s.end_frame, s.start_tc, s.end_tc
           FROM shots s JOIN titles t USING (title_id) WHERE s.title_id = ? AND s.shot = ?""",
        [title_id, shot],
    ).fetchone()
    return Likeness(*[*row, cosine])
