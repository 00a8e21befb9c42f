"""What the library page knows of a title: a small JSON file beside the title's page."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from catalog.library import Library
from catalog.records import Analysis, Estimate, Shot
from catalog.store import slug_of
from reports.files import write_text

VERSION = 3
"""Counted up when an entry or shots.js gets other keys, so that those of an older version are made again."""
_LIKELY_FACES = ("MCU", "CU", "MS", "MLS")


def entry_of(analysis: Analysis, thumbnails: frozenset[str]) -> dict[str, Any]:
    """thumbnails: the names of the files there are. Lists hold the most frequent first."""
    title, shots = analysis.title, analysis.shots
    poster = best_key_frame([shot for shot in shots if thumbnail_name(shot.number) in thumbnails])
    return {
        "version": VERSION,
        "analysed": analysis.analysed_at,
        "slug": slug_of(title),
        "name": title.name,
        "kind": title.kind,
        "seconds": round(float(title.frames / title.rate), 3),
        "width": title.width,
        "height": title.height,
        "shots": len(shots),
        "poster": poster and thumbnail_name(poster.number),
        "tags": [tag.tag for tag in analysis.tags],
        "scales": _values(shot.scale for shot in shots),
        "settings": _values(each for shot in shots for each in (shot.place, shot.time_of_day)),
        "movements": _values(shot.movement for shot in shots),
        "unsure": any(is_unsure(shot) for shot in shots),
        "beats": [beat for beat, _ in Counter(beat.category for beat in analysis.beats).most_common()],
        "findings": [sum(each.severity == "error" for each in title.findings), len(title.findings)],
    }


def write_entry(library: Library, entry: dict[str, Any]) -> None:
    write_text(library.reports / entry["slug"] / "entry.json", json.dumps(entry))


def read_entry(library: Library, slug: str, analysed_at: str) -> dict[str, Any] | None:
    """None where there is none, or not of this analysis, so that it has to be made again."""
    try:
        entry = json.loads((library.reports / slug / "entry.json").read_bytes())
    except (OSError, ValueError):
        return None
    fits = isinstance(entry, dict) and (entry.get("version"), entry.get("analysed")) == (VERSION, analysed_at)
    return entry if fits else None


def thumbnail_name(number: int) -> str:
    return f"{number:05d}.jpg"


def best_key_frame(shots: Sequence[Shot]) -> Shot | None:
    """The picture that stands for a title: a person seen close and surely, not among the credits at either end."""
    if not shots:
        return None
    margin = len(shots) // 20
    inner = shots[margin : len(shots) - margin]
    faces = [shot for shot in inner if shot.scale and shot.scale.value in _LIKELY_FACES]
    if faces:
        return max(faces, key=lambda shot: (shot.scale.confidence if shot.scale else 0, shot.frames))
    return inner[len(inner) // 3]


def is_unsure(shot: Shot) -> bool:
    """True where a model was unsure of a value, as opposed to not having measured it."""
    return any(said is not None and not said.value for said in estimates_of(shot))


def estimates_of(shot: Shot) -> tuple[Estimate | None, ...]:
    return (shot.scale, shot.place, shot.time_of_day, shot.movement)


def _values(estimates: Iterable[Estimate | None]) -> list[str]:
    return [value for value, _ in Counter(each.value for each in estimates if each and each.value).most_common()]
