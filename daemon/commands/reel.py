"""`reelwatch reel`"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlite_utils import Database

from catalog.library import Library, read_catalog
from catalog.loading import find_title, load
from catalog.search import search
from daemon.commands.options import WrongUse, json_option, library_option, print_json, spoken_errors
from daemon.commands.search import joined

if TYPE_CHECKING:
    from reports.reel import Cut

Stretch = tuple[int, int, int]
"""title_id, first frame, frame after the last."""


@click.command()
@click.argument("query", nargs=-1, required=True)
@library_option
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="An MP4 file.")
@click.option("--burn-in", is_flag=True, help="Write title and timecode into the picture.")
@click.option("--summary", metavar="LENGTH", help="Key shots of the title that QUERY names, such as 60s or 2m in all.")
@click.option("--limit", type=click.IntRange(1), default=200, show_default=True, help="Shots at most.")
@json_option
def reel(
    query: tuple[str, ...],
    library: Library,
    output: Path,
    burn_in: bool,
    summary: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Cut a film of just the shots that fit a search, frame by frame, with the sound of single media files.

    Status 1 where some title could not be read any more; the others are in the film.
    """
    from media.findings import DeliveryError
    from reports.reel import write_reel

    with spoken_errors():
        db = read_catalog(library)
        seconds = None if summary is None else _length(summary)
        stretches = _found(db, joined(query), limit) if seconds is None else _key_shots(db, " ".join(query), seconds)
        cuts, missing = _cuts(db, stretches)
    for sentence in missing:
        click.echo(sentence, err=True)
    if not cuts:
        raise click.ClickException("Nothing fits." if not missing else "No film is left to cut from.")
    try:
        frames = write_reel(output, cuts, burn_in)
    except DeliveryError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"The film cannot be cut: {error.strerror or error}: {error.filename}.") from error
    seconds_made = float(frames / cuts[0].programme.rate)
    if as_json:
        made = {"file": str(output.absolute()), "cuts": len(cuts), "frames": frames, "seconds": round(seconds_made, 3)}
        print_json({**made, "missing": missing})
    else:
        click.echo(f"{output}: {len(cuts)} shots, {frames} frames, {seconds_made:.1f} s")
    raise SystemExit(1 if missing else 0)


def _found(db: Database, query: str, limit: int) -> list[Stretch]:
    hits = search(db, query, limit)
    found = sum(title.shots for title in hits.titles)
    if found > len(hits.shots):
        click.echo(f"{found - len(hits.shots)} more shots fit; --limit takes more.", err=True)
    return [(hit.title_id, hit.start_frame, hit.end_frame) for hit in hits.shots]


def _key_shots(db: Database, title: str, seconds: Fraction) -> list[Stretch]:
    from reports.summary import key_stretches

    title_id = find_title(db, title)
    return [(title_id, start, end) for start, end in key_stretches(load(db, title_id), seconds)]


def _length(text: str) -> Fraction:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m)?", text)
    if not match or not Fraction(match[1]):
        raise WrongUse(f"'--summary {text}' is no length; it should look like 60s or 2m.")
    return Fraction(match[1]) * (60 if match[2] == "m" else 1)


def _cuts(db: Database, stretches: Iterable[Stretch]) -> tuple[list[Cut], list[str]]:
    """The cuts, and a sentence for each title that cannot be read as it was analysed."""
    from media.findings import DeliveryError
    from media.opening import open_programme
    from media.programme import Programme
    from reports.reel import Cut

    opened: dict[int, Programme | None] = {}
    cuts, missing = [], []
    for title_id, start, end in stretches:
        if title_id not in opened:
            title = load(db, title_id).title
            source, opened[title_id] = Path(title.source), None
            try:
                programme = open_programme(source, search=(source.parent,), check=False)
                if programme.identity == title.identity:
                    opened[title_id] = programme
                else:
                    missing.append(f"{title.name} is left out: {source} has other content than was analysed.")
            except DeliveryError as error:
                missing.append(f"{title.name} is left out: {error}")
        programme_there = opened[title_id]
        if programme_there is not None:
            cuts.append(Cut(programme_there, programme_there.name, start, min(end, programme_there.frames)))
    return cuts, missing
