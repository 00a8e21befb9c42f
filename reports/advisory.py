"""What a viewer may want to be warned of, and the shots behind each word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.records import Shot
from reports.cards import Card

CONCERNS: dict[str, tuple[str, ...]] = {
    "Violence": ("violence", "sword_fight"),
    "Weapons": ("weapon",),
    "War and explosions": ("war", "bomb_explosion", "destruction"),
    "Murder": ("murder",),
    "Horror": ("horror", "monster"),
    "Crime": ("heist", "prison", "abduction"),
    "Crashes": ("vehicle_crash",),
    "Smoking": ("smoking",),
    "Drinking": ("drinking",),
    "Nudity and sex": ("nudity", "sex"),
}


@dataclass(frozen=True)
class Advisory:
    """The shots that carry one of `tags`, surest first, with that probability."""

    concern: str
    tags: tuple[str, ...]
    shots: tuple[tuple[int, float], ...]


def advisories(shots: Sequence[Shot]) -> tuple[Advisory, ...]:
    """One for each concern, also where no shot carries its tags."""
    return tuple(Advisory(concern, tags, _carriers(shots, tags)) for concern, tags in CONCERNS.items())


def _carriers(shots: Sequence[Shot], tags: Sequence[str]) -> tuple[tuple[int, float], ...]:
    found = [(shot.number, max(shot.tags.get(tag, 0.0) for tag in tags)) for shot in shots]
    return tuple(sorted(((number, value) for number, value in found if value), key=lambda each: (-each[1], each[0])))


def not_sought(cards: Mapping[str, Card]) -> tuple[str, ...]:
    """Concerns of which no model knows any tag, by the models' cards; none where no card lists its tags."""
    classes = [card.get("classes") for card in cards.values()]
    listed = [each["tags"] for each in classes if isinstance(each, Mapping) and "tags" in each]
    known = {tag for tags in listed for tag in tags}
    return tuple(concern for concern, tags in CONCERNS.items() if listed and not known.intersection(tags))
