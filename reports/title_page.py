"""The page of one title."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from catalog.library import Library
from catalog.loading import load
from catalog.records import PERSON, SCALES, Analysis, Scene, Shot
from catalog.store import slug_of
from media.timecode import counting_base
from reports.advisory import advisories, not_sought
from reports.barcode import write_barcode
from reports.cards import Card, tag_precision
from reports.entry import entry_of, estimates_of, is_unsure, thumbnail_name, write_entry
from reports.facets import facets_of, write_facets
from reports.files import copy_assets, write_text
from reports.pages import render
from reports.statistics import cutting_statistics, length_classes
from reports.timeline import lanes, look_of
from reports.words import SETTINGS

STRIP_PICTURES = 16
Cards = Mapping[str, Card]


def write_title(db: Database, library: Library, title_id: int, cards: Cards = {}) -> Path:  # noqa: B006 - read only
    """Writes reports/<slug>/index.html from the catalog, with its barcode and its entry for the library page.

    cards: model cards by model name, as JSON objects. Raises CatalogError where there is no such title.
    """
    analysis = load(db, title_id)
    slug = slug_of(analysis.title)
    folder, pictures = library.reports / slug, library.thumbnails / slug
    thumbnails = frozenset(path.name for path in pictures.iterdir()) if pictures.is_dir() else frozenset[str]()
    picture_size = write_barcode(analysis, pictures, thumbnails, folder / "barcode.jpg")
    page = render("title.html", **_values(analysis, thumbnails, picture_size, cards), exports=_exports(library, slug))
    copy_assets(library.reports)
    write_text(folder / "index.html", page)
    write_entry(library, entry_of(analysis, thumbnails))
    write_facets(library, analysis)
    return folder / "index.html"


def _values(
    analysis: Analysis, thumbnails: frozenset[str], picture_size: tuple[int, int], cards: Cards
) -> dict[str, object]:
    title, shots = analysis.title, analysis.shots
    return {
        "analysis": analysis,
        "title": title,
        "slug": slug_of(title),
        "shots": shots,
        "shot_at": {shot.number: shot for shot in shots},
        "thumbnails": thumbnails,
        "thumbnail_name": thumbnail_name,
        "picture_size": picture_size,
        "barcode": bool(thumbnails),
        "strip": _strip(shots, title.frames),
        "lanes": lanes(analysis),
        "look_of": look_of,
        "statistics": cutting_statistics(shots, title),
        "lengths": length_classes(shots, title),
        "scales": _scale_shares(shots),
        "settings": _settings(shots),
        "advisories": advisories(shots),
        "not_sought": not_sought(cards),
        "groups": groups(analysis),
        "measured": {name: any(getattr(shot, name) for shot in shots) for name in _ESTIMATES},
        "corrected": sum(is_corrected(shot) for shot in shots),
        "unsure": sum(is_unsure(shot) for shot in shots),
        "PERSON": PERSON,
        "cards": cards,
        "tag_precision": tag_precision(cards),
        "data": _data(analysis),
    }


_ESTIMATES = ("scale", "place", "time_of_day", "movement")


def is_corrected(shot: Shot) -> bool:
    said = [each.source for each in estimates_of(shot) if each]
    return PERSON in (*said, shot.tag_source)


@dataclass(frozen=True)
class ScaleShare:
    """How many shots have a scale, and the share of the title's frames they fill. `look` is a scale, unsure or none."""

    look: str
    shots: int
    share: float


def _scale_shares(shots: Sequence[Shot]) -> tuple[ScaleShare, ...]:
    counts = Counter(look_of(shot.scale) for shot in shots)
    frames = Counter[str]()
    for shot in shots:
        frames[look_of(shot.scale)] += shot.frames
    total = sum(frames.values()) or 1
    looks = (*SCALES, *(look for look in ("unsure", "none") if counts[look]))
    return tuple(ScaleShare(look, counts[look], frames[look] / total) for look in looks)


def _settings(shots: Sequence[Shot]) -> list[str]:
    """INT, EXT, DAY and NIGHT, as far as shots have them."""
    found = {each.value for shot in shots for each in (shot.place, shot.time_of_day) if each and each.value}
    return [word for word in SETTINGS if word in found]


def _strip(shots: Sequence[Shot], frames: int) -> list[Shot]:
    """Shots on screen at even distances through the title."""
    moments = [(2 * place + 1) * frames // (2 * STRIP_PICTURES) for place in range(STRIP_PICTURES)]
    return [shot for shot in shots if any(shot.start <= moment < shot.end for moment in moments)]


@dataclass(frozen=True)
class Group:
    """Shots of one scene in order; `scene` is None for shots that are in none."""

    scene: Scene | None
    shots: tuple[Shot, ...]


def groups(analysis: Analysis) -> list[Group]:
    """The shots as the table shows them."""
    scenes = {number: each for each in analysis.scenes for number in range(each.start_shot, each.end_shot + 1)}
    runs = groupby(analysis.shots, key=lambda shot: scenes.get(shot.number))
    return [Group(scene, tuple(shots)) for scene, shots in runs]


def _exports(library: Library, slug: str) -> list[str]:
    """Names of the files in exports/ that are of this title."""
    return sorted(path.name for path in library.exports.glob(f"{slug}.*") if path.is_file())


def _data(analysis: Analysis) -> dict[str, Any]:
    """What the page's scripts need, as columns: a feature has thousands of shots."""
    title, shots = analysis.title, analysis.shots
    return {
        **facets_of(analysis),
        "base": counting_base(title.rate),
        "drop": ";" in title.timecode(0),
        "first": title.start_frame,
        "frames": title.frames,
        "number": [shot.number for shot in shots],
        "start": [shot.start for shot in shots],
        "end": [shot.end for shot in shots],
        "scene": [group.scene.number if group.scene else 0 for group in groups(analysis) for _ in group.shots],
        "corrected": [int(is_corrected(shot)) for shot in shots],
    }
