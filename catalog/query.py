"""The words of a search: `tag:forest scale:CU setting:int,night beat:pursuit len:>10s "title words"`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sized
from dataclasses import dataclass

from catalog.library import CatalogError
from catalog.records import BEATS, SCALES

_VALUE = r'(?:"(?P<quoted{0}>[^"]*)"|(?P<plain{0}>[^\s"]+))'
_TERM = re.compile(rf"\s*(?:(?P<key>[A-Za-z_]+):{_VALUE.format(1)}?|{_VALUE.format(2)})")
_VALUE_GROUPS = ("quoted1", "plain1", "quoted2", "plain2")
_LENGTH = re.compile(r"^(?P<sign><=|>=|<|>|=)?(?P<number>\d+(?:\.\d+)?)(?P<unit>s|m|f)?$")
_SETTINGS = {
    "int": ("place", "INT"),
    "ext": ("place", "EXT"),
    "day": ("time_of_day", "DAY"),
    "night": ("time_of_day", "NIGHT"),
}


class QueryError(CatalogError):
    """A search that cannot be understood; the text says which word and what would do."""


@dataclass(frozen=True)
class Condition:
    """A piece of SQL over `s` (shots) and `t` (titles), and its values."""

    sql: str
    values: tuple[object, ...]


@dataclass(frozen=True)
class Query:
    """words: an FTS5 expression over titles, or empty. conditions: all must hold for a shot."""

    words: str
    conditions: tuple[Condition, ...]


def parse(text: str) -> Query:
    """Reads a search. A comma means "any of"; a term given twice must hold twice. Raises QueryError."""
    words: list[str] = []
    conditions: list[Condition] = []
    position = 0
    text = text.strip()
    while position < len(text):
        match = _TERM.match(text, position)
        if not match:
            raise QueryError(f"A quotation mark stands open in: {text[position:].strip()}")
        position = match.end()
        key = match["key"]
        value = next((match[name] for name in _VALUE_GROUPS if match[name] is not None), "")
        if key is None:
            words += [f'"{word}"*' for word in re.findall(r"\w+", value)]
        else:
            conditions += _conditions(key.lower(), value)
    return Query(" ".join(words), tuple(conditions))


def _conditions(key: str, value: str) -> list[Condition]:
    terms = {
        "tag": _tag, "scale": _scale, "setting": _setting, "beat": _beat,
        "movement": _movement, "len": _length, "unsure": _unsure,
    }  # fmt: skip
    if key not in terms:
        raise QueryError(f"'{key}:' is no search term{_hint(key, terms)}. There are: {', '.join(terms)}.")
    if not value:
        raise QueryError(f"'{key}:' needs a value after the colon.")
    return terms[key](value)


def _tag(value: str) -> list[Condition]:
    tags = tuple(value.lower().replace(" ", "_").split(","))
    sql = (
        f"EXISTS (SELECT 1 FROM tags g WHERE g.title_id = s.title_id AND g.shot = s.shot AND g.tag IN ({_marks(tags)}))"
    )
    return [Condition(sql, tags)]


def _scale(value: str) -> list[Condition]:
    scales = tuple(value.upper().split(","))
    for scale in scales:
        if scale not in SCALES:
            raise QueryError(f"'{scale}' is no shot scale. There are: {', '.join(SCALES)}.")
    return [Condition(f"s.scale IN ({_marks(scales)})", scales)]


def _setting(value: str) -> list[Condition]:
    wanted: dict[str, list[object]] = {}
    for word in value.lower().replace("/", ",").split(","):
        if word not in _SETTINGS:
            raise QueryError(f"'{word}' is no setting. There are: int, ext, day, night.")
        column, name = _SETTINGS[word]
        wanted.setdefault(column, []).append(name)
    return [Condition(f"s.{column} IN ({_marks(names)})", tuple(names)) for column, names in wanted.items()]


def _beat(value: str) -> list[Condition]:
    beats = tuple(value.lower().replace("_", " ").split(","))
    for beat in beats:
        if beat not in BEATS:
            raise QueryError(f"'{beat}' is no beat{_hint(beat, BEATS)}. There are: {', '.join(BEATS)}.")
    sql = (
        "EXISTS (SELECT 1 FROM beats b WHERE b.title_id = s.title_id AND s.shot BETWEEN b.start_shot AND b.end_shot "
        f"AND b.category IN ({_marks(beats)}))"
    )
    return [Condition(sql, beats)]


def _movement(value: str) -> list[Condition]:
    movements = tuple(value.lower().split(","))
    return [Condition(f"s.movement IN ({_marks(movements)})", movements)]


def _length(value: str) -> list[Condition]:
    match = _LENGTH.match(value.lower())
    if not match:
        raise QueryError(f"'len:{value}' is no length; it should look like len:>10s, len:<=2m or len:24f.")
    number, unit = float(match["number"]), match["unit"] or "s"
    length = "(s.end_frame - s.start_frame)"
    if unit != "f":
        length += " * 1.0 * t.rate_denominator / t.rate_numerator"
        number *= 60 if unit == "m" else 1
    return [Condition(f"{length} {match['sign'] or '='} ?", (number,))]


def _unsure(value: str) -> list[Condition]:
    unsure = "(s.scale = '' OR s.place = '' OR s.time_of_day = '' OR s.movement = '')"
    if value.lower() not in ("true", "false"):
        raise QueryError("'unsure:' takes true or false.")
    return [Condition(unsure if value.lower() == "true" else f"NOT coalesce({unsure}, 0)", ())]


def _marks(values: Sized) -> str:
    return ", ".join("?" * len(values))


def _hint(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), 1)
    return f"; did you mean '{close[0]}'" if close else ""
