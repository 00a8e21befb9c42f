"""What people say of shots, which goes before what the machine says, and never gets lost.

A correction is bound to a frame, the key frame of the shot it was made on: shots may be numbered anew when a title is
analysed again, and the person's word then goes to the shot that holds the frame. Tables and views hold the person's
values; `overruled` keeps the machine's beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlite_utils import Database

from catalog.library import CatalogError
from catalog.outbox import announce
from catalog.records import PERSON, SCALES

_VALUES: dict[str, tuple[str, ...]] = {"scale": SCALES, "place": ("INT", "EXT"), "time_of_day": ("DAY", "NIGHT")}
_COLUMNS = {"scale": "scale", "place": "place", "time_of_day": "time", "movement": "movement"}
"""Subjects that are columns of `shots`, with the prefix of their confidence and source."""
_ENGINES = {"scale": "scale", "place": "setting", "time_of_day": "setting", "movement": "movement", "tag": "tags"}
PRESENT, ABSENT = "present", "absent"


@dataclass(frozen=True)
class Word:
    """What somebody says of one shot; None and no tags mean nothing said. Raises CatalogError for unknown values."""

    shot: int
    scale: str | None = None
    place: str | None = None
    time_of_day: str | None = None
    movement: str | None = None
    tags: Mapping[str, bool] = field(default_factory=dict)
    """True where the shot has the tag, False where it has not."""

    def __post_init__(self) -> None:
        for subject, known in _VALUES.items():
            value = getattr(self, subject)
            if value is not None and value not in known:
                raise CatalogError(f"'{value}' is no {subject.replace('_', ' ')}. There are: {', '.join(known)}.")
        if not any(True for _ in self.statements()):
            raise CatalogError(f"Nothing is said of shot {self.shot}.")

    def statements(self) -> Iterable[tuple[str, str, str]]:
        """(subject, tag, value) of everything said."""
        for subject in _COLUMNS:
            value = getattr(self, subject)
            if value is not None:
                yield subject, "", value
        for tag, there in self.tags.items():
            yield "tag", tag, PRESENT if there else ABSENT


@dataclass(frozen=True)
class Correction:
    """One statement, as history keeps it. `act` is shared by all that was said at once."""

    act: int
    frame: int
    subject: str
    tag: str
    value: str
    by: str
    at: str
    undone_by: str | None
    undone_at: str | None


@dataclass(frozen=True)
class Agreement:
    """How an engine fared where people spoke. said: statements on what the machine had an answer to; right: agreeing.

    People look where they see a fault, so this is lower than the engine's accuracy over all shots.
    """

    engine: str
    said: int
    right: int


def correct(db: Database, title_id: int, words: Sequence[Word], by: str) -> int:
    """Takes people's words in; returns the number of the act, by which it can be undone.

    The caller holds the transaction. Raises CatalogError where a shot is not there.
    """
    frames = dict(db.execute("SELECT shot, key_frame FROM shots WHERE title_id = ?", [title_id]).fetchall())
    act = int(db.execute("SELECT coalesce(max(act), 0) + 1 FROM corrections").fetchone()[0])
    now = _now()
    for word in words:
        if word.shot not in frames:
            raise CatalogError(f"The title has no shot {word.shot}; it has {len(frames)} shots.")
        db.conn.executemany(
            "INSERT INTO corrections (act, title_id, frame, subject, tag, value, by, at) VALUES (?,?,?,?,?,?,?,?)",
            [(act, title_id, frames[word.shot], *statement, by, now) for statement in word.statements()],
        )
    reapply(db, title_id)
    announce(db, "title_corrected", title_id)
    return act


def undo(db: Database, title_id: int, by: str, shot: int | None = None) -> int:
    """Takes back the latest act on a title, or what the latest act on one shot said of that shot; returns its number.

    The caller holds the transaction. Raises CatalogError where nothing is left to undo.
    """
    where, values = "title_id = ? AND undone_at IS NULL", [title_id]
    if shot is not None:
        row = db.execute(
            "SELECT start_frame, end_frame FROM shots WHERE title_id = ? AND shot = ?", [title_id, shot]
        ).fetchone()
        if row is None:
            raise CatalogError(f"The title has no shot {shot}.")
        where, values = f"{where} AND frame >= ? AND frame < ?", [*values, *row]
    act = db.execute(f"SELECT max(act) FROM corrections WHERE {where}", values).fetchone()[0]
    if act is None:
        raise CatalogError(f"There is no correction of {'this title' if shot is None else f'shot {shot}'} to undo.")
    undone = f"UPDATE corrections SET undone_by = ?, undone_at = ? WHERE {where} AND act = ?"
    db.execute(undone, [by, _now(), *values, act])
    reapply(db, title_id)
    announce(db, "title_corrected", title_id)
    return int(act)


def history(db: Database, title_id: int) -> tuple[Correction, ...]:
    """Everything ever said of a title, oldest first, what was undone included."""
    rows = db.execute(
        "SELECT act, frame, subject, tag, value, by, at, undone_by, undone_at FROM corrections "
        "WHERE title_id = ? ORDER BY correction_id",
        [title_id],
    )
    return tuple(Correction(*row) for row in rows)


def agreement(db: Database) -> tuple[Agreement, ...]:
    """Each engine's answers against the statements of people that stand, over the whole catalog.

    An answer of `unsure`, and a tag that the machine did not give, are no answers and are left out.
    """
    counts: dict[str, list[int]] = {}
    for subject, machine, person in db.execute(
        "SELECT subject, machine_value, person_value FROM shot_corrections WHERE coalesce(machine_value, '') <> ''"
    ):
        count = counts.setdefault(_ENGINES[subject], [0, 0])
        count[0] += 1
        count[1] += machine == person
    return tuple(Agreement(engine, said, right) for engine, (said, right) in sorted(counts.items()))


def people_have_spoken(db: Database, title_id: int) -> bool:
    """True where a shot of the title carries a person's word now."""
    return db.execute("SELECT 1 FROM overruled WHERE title_id = ? LIMIT 1", [title_id]).fetchone() is not None


def reapply(db: Database, title_id: int) -> None:
    """Puts the machine's values back, then every statement that stands over them."""
    _restore(db, title_id)
    rows = db.execute(
        """SELECT c.correction_id, s.shot, c.subject, c.tag, c.value FROM corrections c
           JOIN shots s ON s.title_id = c.title_id AND c.frame >= s.start_frame AND c.frame < s.end_frame
           WHERE c.title_id = ? AND c.undone_at IS NULL ORDER BY c.correction_id""",
        [title_id],
    ).fetchall()
    latest = {(shot, subject, tag): (number, value) for number, shot, subject, tag, value in rows}
    for (shot, subject, tag), (number, value) in latest.items():
        _keep_machine_value(db, title_id, shot, subject, tag, number)
        if subject == "tag":
            _set_tag(db, title_id, shot, tag, (1.0, PERSON) if value == PRESENT else None)
        else:
            _set_column(db, title_id, shot, subject, value, 1.0, PERSON)
    db.execute(
        """UPDATE shots SET tag_source = ? WHERE title_id = ? AND shot IN
           (SELECT shot FROM overruled o WHERE o.title_id = shots.title_id AND subject = 'tag')""",
        [PERSON, title_id],
    )


def _keep_machine_value(db: Database, title_id: int, shot: int, subject: str, tag: str, number: int) -> None:
    if subject == "tag":
        machine = db.execute(
            """SELECT CASE WHEN g.tag IS NOT NULL THEN ? END, g.probability, s.tag_source FROM shots s
               LEFT JOIN tags g ON g.title_id = s.title_id AND g.shot = s.shot AND g.tag = ?
               WHERE s.title_id = ? AND s.shot = ?""",
            [PRESENT, tag, title_id, shot],
        ).fetchone()
    else:
        prefix = _COLUMNS[subject]
        machine = db.execute(
            f"SELECT {subject}, {prefix}_confidence, {prefix}_source FROM shots WHERE title_id = ? AND shot = ?",
            [title_id, shot],
        ).fetchone()
    values = [title_id, shot, subject, tag, *machine, number]
    db.execute("INSERT INTO overruled VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)


def _restore(db: Database, title_id: int) -> None:
    rows = db.execute(
        "SELECT shot, subject, tag, machine_value, machine_confidence, machine_source FROM overruled "
        "WHERE title_id = ?",
        [title_id],
    ).fetchall()
    for shot, subject, tag, value, confidence, source in rows:
        if subject == "tag":
            _set_tag(db, title_id, shot, tag, None if value is None else (confidence, source))
            db.execute("UPDATE shots SET tag_source = ? WHERE title_id = ? AND shot = ?", [source, title_id, shot])
        else:
            _set_column(db, title_id, shot, subject, value, confidence, source)
    db.execute("DELETE FROM overruled WHERE title_id = ?", [title_id])


def _set_column(db: Database, title_id: int, shot: int, subject: str, *estimate: str | float | None) -> None:
    prefix = _COLUMNS[subject]
    db.execute(
        f"UPDATE shots SET {subject} = ?, {prefix}_confidence = ?, {prefix}_source = ? WHERE title_id = ? AND shot = ?",
        [*estimate, title_id, shot],
    )


def _set_tag(db: Database, title_id: int, shot: int, tag: str, carried: tuple[float, str] | None) -> None:
    db.execute("DELETE FROM tags WHERE title_id = ? AND shot = ? AND tag = ?", [title_id, shot, tag])
    if carried:
        db.execute("INSERT INTO tags VALUES (?, ?, ?, ?, ?)", [title_id, shot, tag, *carried])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
