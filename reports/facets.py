"""What can be searched of a title's shots, in columns small enough to be loaded for many titles."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from catalog.library import Library
from catalog.records import Analysis
from catalog.store import slug_of
from reports.entry import is_unsure
from reports.files import write_text
from reports.timeline import look_of


def facets_of(analysis: Analysis) -> dict[str, Any]:
    """Columns over all shots. Words stand once in `words`; the columns hold their places in it."""
    shots = analysis.shots
    words: dict[str, int] = {}

    def place(word: str) -> int:
        return words.setdefault(word, len(words))

    def places(each: Iterable[str]) -> list[int]:
        return [place(word) for word in each]

    columns: dict[str, Any] = {
        "scale": places(look_of(shot.scale) for shot in shots),
        "place": places(look_of(shot.place) for shot in shots),
        "time": places(look_of(shot.time_of_day) for shot in shots),
        "movement": places(look_of(shot.movement) for shot in shots),
        "tags": [places(shot.tags) for shot in shots],
        "beats": [
            places(beat.category for beat in analysis.beats if beat.start_shot <= shot.number <= beat.end_shot)
            for shot in shots
        ],
        "length": [shot.frames for shot in shots],
        "unsure": [int(is_unsure(shot)) for shot in shots],
    }
    rate = analysis.title.rate
    return {"rate": [rate.numerator, rate.denominator], "words": list(words), **columns}


def write_facets(library: Library, analysis: Analysis) -> None:
    """Writes reports/<slug>/shots.js, which the library page loads when a search asks one shot for several things."""
    slug = slug_of(analysis.title)
    columns = json.dumps(facets_of(analysis), separators=(",", ":"))
    write_text(library.reports / slug / "shots.js", f'reelwatchShots("{slug}",{columns});\n')
