"""Model cards made readable: which of their figures go into a table, and how good a tag is known to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reports.words import visible

Card = Mapping[str, Any]


def figure(value: object) -> str:
    """A value of a card in a few letters: three digits of a number, from-to of an interval, `not measured` for None."""
    if value is None:
        return "not measured"
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        interval = len(value) == 2 and all(isinstance(each, float) for each in value)
        return (" to " if interval else ", ").join(figure(each) for each in value)
    return visible(str(value))


def is_table(value: object) -> bool:
    """True for several objects of figures under names, such as measurements by data set."""
    return isinstance(value, Mapping) and len(value) > 1 and all(isinstance(each, Mapping) for each in value.values())


def columns(rows: Mapping[str, Mapping[str, object]]) -> list[str]:
    """All keys of the rows that hold figures, in order of appearance."""
    keys = (key for row in rows.values() for key, value in row.items() if not isinstance(value, Mapping))
    return list(dict.fromkeys(keys))


def nested(row: Mapping[str, object]) -> dict[str, object]:
    """What a row holds besides figures."""
    return {key: value for key, value in row.items() if isinstance(value, Mapping) and value}


def tag_precision(cards: Mapping[str, Card]) -> dict[str, str]:
    """Average precision of each tag that a model's card has one of."""
    tags = {tag: facts for card in cards.values() for tag, facts in (card.get("tags") or {}).items()}
    return {tag: f"{facts['ap']:.2f}" for tag, facts in tags.items() if facts.get("status") == "measured"}
